//! What tokens say: [`Claims`] of a user's, [`Times`] of all.

use serde_json::Value;

use super::json::{self, Fault};
use super::moment::Moment;
use super::token_error::{TokenError, TokenErrorKind};

/// What a verified JWT of a user says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claims {
    user_id: Option<Box<str>>,
    session_id: Option<Box<str>>,
    exp: i64,
    pub(super) times: Times,
    /// From when on the token is refused, in seconds since 1970.
    pub(super) end: Option<i64>,
}

impl Claims {
    /// Reads the payload of a user's token.
    pub(super) fn read(payload: &[u8]) -> Result<Self, TokenError> {
        let names = ["userId", "sessionId", "exp", "nbf", "iat"];
        let [user, session, exp, nbf, iat] = claims(payload, names)?;
        let times = Times::read(exp, nbf, iat)?;
        Ok(Self {
            user_id: text("userId", user)?,
            session_id: text("sessionId", session)?,
            exp: times.exp.ok_or(TokenErrorKind::MissingExp)?,
            times,
            end: None,
        })
    }

    /// `userId`.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        self.user_id.as_deref()
    }

    /// `sessionId`.
    #[must_use]
    pub fn session_id(&self) -> Option<&str> {
        self.session_id.as_deref()
    }

    /// `exp`, in seconds since 1970.
    #[must_use]
    pub fn exp(&self) -> i64 {
        self.exp
    }

    /// `nbf`, in seconds since 1970.
    #[must_use]
    pub fn nbf(&self) -> Option<i64> {
        self.times.nbf
    }

    /// `iat`, in seconds since 1970.
    #[must_use]
    pub fn iat(&self) -> Option<i64> {
        self.times.iat
    }

    /// From when on the token is refused: `exp` with the leeway, or when it gets too old.
    pub(super) fn end(&self) -> Option<Moment> {
        self.end.map(Moment::from_seconds)
    }
}

/// The claims about time, in seconds since 1970.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Times {
    pub(super) exp: Option<i64>,
    pub(super) nbf: Option<i64>,
    pub(super) iat: Option<i64>,
}

impl Times {
    pub(super) fn read(
        exp: Option<Value>,
        nbf: Option<Value>,
        iat: Option<Value>,
    ) -> Result<Self, TokenError> {
        Ok(Self { exp: integer("exp", exp)?, nbf: integer("nbf", nbf)?, iat: integer("iat", iat)? })
    }
}

/// Some claims of a payload.
pub(super) fn claims<const N: usize>(
    payload: &[u8],
    names: [&'static str; N],
) -> Result<[Option<Value>; N], TokenError> {
    json::fields(payload, names).map_err(|fault| match fault {
        Fault::NoObject => TokenError::new(TokenErrorKind::Payload),
        Fault::Twice(name) => TokenError::claim(name),
    })
}

pub(super) fn text(
    claim: &'static str,
    value: Option<Value>,
) -> Result<Option<Box<str>>, TokenError> {
    match value {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.into())),
        Some(_) => Err(TokenError::claim(claim)),
    }
}

fn integer(claim: &'static str, value: Option<Value>) -> Result<Option<i64>, TokenError> {
    value.map(|value| value.as_i64().ok_or_else(|| TokenError::claim(claim))).transpose()
}

//! The claims of a token: [`Claims`] for the JWT of a user, [`TimeClaims`] for every token.

use super::error::{TokenError, TokenErrorKind};
use super::payload::{Claim, Payload};
use crate::auth::time::UnixTime;

/// The claims of a verified JWT of a user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claims {
    user_id: Option<Box<str>>,
    session_id: Option<Box<str>>,
    exp: i64,
    pub(super) times: TimeClaims,
    /// The time from which the token is refused, in seconds since 1970.
    pub(super) end: Option<i64>,
}

impl Claims {
    /// Reads the payload of a user's token.
    pub(super) fn read(payload: &[u8]) -> Result<Self, TokenError> {
        let names = ["userId", "sessionId", "exp", "nbf", "iat"];
        let [user_id, session_id, exp, nbf, iat] = Payload::read(payload, names)?;
        let times = TimeClaims::read(exp, nbf, iat)?;
        Ok(Self {
            user_id: user_id.text()?,
            session_id: session_id.text()?,
            exp: times.exp.ok_or(TokenErrorKind::MissingExp)?,
            times,
            end: None,
        })
    }

    /// Returns the claim `userId`.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        self.user_id.as_deref()
    }

    /// Returns the claim `sessionId`.
    #[must_use]
    pub fn session_id(&self) -> Option<&str> {
        self.session_id.as_deref()
    }

    /// Returns the claim `exp`, in seconds since 1970.
    #[must_use]
    pub fn exp(&self) -> i64 {
        self.exp
    }

    /// Returns the claim `nbf`, in seconds since 1970.
    #[must_use]
    pub fn nbf(&self) -> Option<i64> {
        self.times.nbf
    }

    /// Returns the claim `iat`, in seconds since 1970.
    #[must_use]
    pub fn iat(&self) -> Option<i64> {
        self.times.iat
    }

    /// Returns the time from which the token is refused. It is the earlier of `exp` plus the leeway, and the
    /// end of the maximum age.
    pub(in crate::auth) fn end(&self) -> Option<UnixTime> {
        self.end.map(UnixTime::from_seconds)
    }
}

/// The claims about time, in seconds since 1970.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::auth) struct TimeClaims {
    pub(super) exp: Option<i64>,
    pub(super) nbf: Option<i64>,
    pub(super) iat: Option<i64>,
}

impl TimeClaims {
    pub(in crate::auth) fn read(exp: Claim, nbf: Claim, iat: Claim) -> Result<Self, TokenError> {
        Ok(Self { exp: exp.integer()?, nbf: nbf.integer()?, iat: iat.integer()? })
    }
}

//! JWTs: [`Tokens`] verifies and makes them.

use std::fmt;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use jsonwebtoken::signature::{Signer, Verifier};
use serde::Serialize;
use serde_json::Value;

use super::claims::{Claims, Times};
use super::json::{self, Fault};
use super::moment::Moment;
use super::secret::Secret;
use super::token_error::{TokenError, TokenErrorKind as Kind};

/// The longest token in bytes. Appwrite's have under 300; an API key with every scope there is needs
/// about 3,000, and the longest that the reference's tests accept has 26,801. HTTP servers rarely let
/// a header of more than this pass. Whatever is longer is refused unread.
pub const MAX_TOKEN_LEN: usize = 32 * 1024;

/// How long a JWT is valid unless asked otherwise.
///
/// Source: `account.createJWT` of appwrite/appwrite.
pub const DEFAULT_JWT_LIFETIME: Duration = Duration::from_secs(900);

/// How long a JWT can be valid, and how old one with `iat` may be.
///
/// Source: `account.createJWT` and the `max_age` of appwrite/appwrite.
pub const MAX_JWT_LIFETIME: Duration = Duration::from_secs(3600);

/// How far clocks may be allowed to differ. More would revive what has expired.
pub const MAX_LEEWAY: Duration = Duration::from_secs(120);

/// The header that the reference and this library write.
const HEADER: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9";

/// Verifies and makes tokens.
///
/// The algorithm is HS256, whatever a token's header says. With [several secrets](Self::also_accept)
/// the first one signs and each of them verifies, so that a secret can be replaced without throwing
/// everybody out: put the new one first, and drop the old one when the last token that it signed has
/// expired, after an hour ([`MAX_JWT_LIFETIME`]) or, for ephemeral API keys, a day.
///
/// The clock is given, so that tests and replays need no waiting.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use rolegate::{DEFAULT_JWT_LIFETIME, Secret, TokenErrorKind, Tokens};
///
/// let tokens = Tokens::new(Secret::new("your-secret-key")?);
/// let now = SystemTime::now();
/// let jwt = tokens.create_jwt("user-a", "session-1", DEFAULT_JWT_LIFETIME, now)?;
/// assert_eq!(tokens.verify_jwt(&jwt, now)?.user_id(), Some("user-a"));
///
/// let later = now + Duration::from_secs(900);
/// assert_eq!(tokens.verify_jwt(&jwt, later).unwrap_err().kind(), TokenErrorKind::Expired);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Tokens {
    first: Secret,
    others: Vec<Secret>,
    leeway: i64,
}

impl Tokens {
    /// Tokens that are signed with a secret and verified with it.
    #[must_use]
    pub fn new(secret: Secret) -> Self {
        Self { first: secret, others: Vec::new(), leeway: 0 }
    }

    /// Verifies with a further secret too.
    #[must_use]
    pub fn also_accept(mut self, secret: Secret) -> Self {
        self.others.push(secret);
        self
    }

    /// Allows clocks to differ by whole seconds: `exp` and `nbf` are taken that much more
    /// generously. None is allowed unless this is called.
    ///
    /// # Errors
    ///
    /// More than [`MAX_LEEWAY`].
    pub fn with_leeway(mut self, leeway: Duration) -> Result<Self, LeewayTooLong> {
        if leeway > MAX_LEEWAY {
            return Err(LeewayTooLong(leeway));
        }
        self.leeway = seconds(leeway);
        Ok(self)
    }

    /// Verifies a user's JWT: signature, header, `exp`, `nbf` and `iat`.
    ///
    /// It is refused at and after `exp`, which must be there, at and before `nbf`, and from
    /// [`MAX_JWT_LIFETIME`] after `iat` on (earlier by a leeway, as in the reference). All claims that
    /// count must be there once at most, and be integers or texts; `null` is as if absent.
    ///
    /// Takes time linear in the token, and nothing for one longer than [`MAX_TOKEN_LEN`].
    ///
    /// # Errors
    ///
    /// The token is not valid now.
    ///
    /// Source: adhocore/jwt, as appwrite/appwrite uses it. Whatever it refuses is refused here.
    pub fn verify_jwt(&self, token: &str, now: SystemTime) -> Result<Claims, TokenError> {
        let mut claims = Claims::read(&self.open(token)?)?;
        claims.end = self.check(&claims.times, MAX_JWT_LIFETIME, now)?;
        Ok(claims)
    }

    /// Makes a JWT for a user and one of its sessions, valid for a while: whole seconds, up to
    /// [`MAX_JWT_LIFETIME`], and [`DEFAULT_JWT_LIFETIME`] where nothing else is asked for.
    ///
    /// # Errors
    ///
    /// The lifetime is longer, or an id is missing or too long for a token.
    ///
    /// Source: `account.createJWT` of appwrite/appwrite.
    pub fn create_jwt(
        &self,
        user_id: &str,
        session_id: &str,
        lifetime: Duration,
        now: SystemTime,
    ) -> Result<String, CreateJwtError> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Payload<'a> {
            user_id: &'a str,
            session_id: &'a str,
            exp: i64,
        }
        if lifetime > MAX_JWT_LIFETIME {
            return Err(CreateJwtError::Lifetime(lifetime));
        }
        if is_nobody(user_id) || session_id.is_empty() {
            return Err(CreateJwtError::Id);
        }
        let exp = Moment::from(now).seconds().saturating_add(seconds(lifetime));
        let payload = serde_json::to_vec(&Payload { user_id, session_id, exp });
        let payload = payload.map_err(|_| CreateJwtError::Id)?;
        let mut token = format!("{HEADER}.{}", URL_SAFE_NO_PAD.encode(payload));
        let signature =
            self.first.signer().try_sign(token.as_bytes()).map_err(|_| CreateJwtError::Id)?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        if token.len() > MAX_TOKEN_LEN { Err(CreateJwtError::Id) } else { Ok(token) }
    }

    /// The payload of a token with a good header and signature. It is not read before.
    pub(super) fn open(&self, token: &str) -> Result<Vec<u8>, TokenError> {
        if token.len() > MAX_TOKEN_LEN {
            return Err(Kind::TooLong.into());
        }
        let (message, signature) = token.rsplit_once('.').ok_or(Kind::Segments)?;
        let (header, payload) = message.split_once('.').ok_or(Kind::Segments)?;
        if payload.contains('.') {
            return Err(Kind::Segments.into());
        }
        check_header(header)?;
        // Strict base64 has one text for each signature: comparing bytes is comparing texts.
        let signature = decode(signature)?;
        let mut secrets = std::iter::once(&self.first).chain(&self.others);
        if !secrets.any(|secret| secret.verifier().verify(message.as_bytes(), &signature).is_ok()) {
            return Err(Kind::Signature.into());
        }
        decode(payload)
    }

    /// Checks what a token says of its time, and tells from when on it would be refused.
    pub(super) fn check(
        &self,
        times: &Times,
        max_age: Duration,
        now: SystemTime,
    ) -> Result<Option<i64>, TokenError> {
        let now = Moment::from(now).seconds();
        let expires = times.exp.map(|exp| exp.saturating_add(self.leeway));
        if expires.is_some_and(|end| now >= end) {
            return Err(Kind::Expired.into());
        }
        let max_age = seconds(max_age).saturating_sub(self.leeway);
        let too_old = times.iat.map(|iat| iat.saturating_add(max_age));
        if too_old.is_some_and(|end| now >= end) {
            return Err(Kind::TooOld.into());
        }
        if times.nbf.is_some_and(|nbf| now <= nbf.saturating_sub(self.leeway)) {
            return Err(Kind::NotYet.into());
        }
        Ok(expires.into_iter().chain(too_old).min())
    }
}

fn check_header(header: &str) -> Result<(), TokenError> {
    if header == HEADER {
        return Ok(());
    }
    let header = json::fields(&decode(header)?, ["alg", "kid", "crit"]);
    let [algorithm, key_id, critical] = header.map_err(|fault| match fault {
        Fault::NoObject => TokenError::new(Kind::Header),
        Fault::Twice(name) => TokenError::claim(name),
    })?;
    let algorithm = algorithm.as_ref().and_then(Value::as_str);
    if algorithm.and_then(|name| name.parse().ok()) != Some(Algorithm::HS256) {
        return Err(Kind::Algorithm.into());
    }
    if key_id.is_some() {
        return Err(Kind::KeyId.into());
    }
    // RFC 7515, 4.1.11: whoever does not understand an extension must refuse the token.
    if critical.is_some() {
        return Err(Kind::Critical.into());
    }
    Ok(())
}

fn decode(segment: &str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD.decode(segment).map_err(|_| Kind::Base64.into())
}

/// Whether an id is one that the reference takes for none.
pub(super) fn is_nobody(id: &str) -> bool {
    matches!(id, "" | "0")
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

/// Why no JWT was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum CreateJwtError {
    /// Longer than [`MAX_JWT_LIFETIME`].
    Lifetime(Duration),
    /// The user's or the session's id is empty or too long for a token, or the user's is `0`, which
    /// Appwrite takes for none.
    Id,
}

impl fmt::Display for CreateJwtError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lifetime(found) => {
                write!(f, "expected a lifetime of at most {MAX_JWT_LIFETIME:?}, found {found:?}")
            }
            Self::Id => {
                f.write_str("expected ids of a user and a session, found one that cannot be")
            }
        }
    }
}

impl std::error::Error for CreateJwtError {}

/// An error: a leeway of more than [`MAX_LEEWAY`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LeewayTooLong(Duration);

impl fmt::Display for LeewayTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected a leeway of at most {MAX_LEEWAY:?}, found {:?}", self.0)
    }
}

impl std::error::Error for LeewayTooLong {}

//! The secrets that create and verify JWTs: [`JwtKeys`].

use std::fmt;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use jsonwebtoken::signature::{Signer, Verifier};
use serde::Serialize;

use super::claims::{Claims, TimeClaims};
use super::error::{TokenError, TokenErrorKind as Kind};
use super::limits::{MAX_JWT_LIFETIME, MAX_LEEWAY, MAX_TOKEN_LEN};
use super::payload::{Payload, PayloadError};
use crate::auth::secret::Secret;
use crate::auth::time::UnixTime;
use crate::principal::is_empty_id;

/// The encoded header that Appwrite and this library write: `{"typ":"JWT","alg":"HS256"}`.
const HEADER: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9";

/// The secrets that sign and verify JWTs.
///
/// The algorithm is always HS256. A token with another algorithm in its header is refused.
///
/// With [several secrets](Self::also_accept), the first secret signs and each secret verifies. To replace
/// a secret without signing users out, create the keys with the new secret, and add the old one. Remove the
/// old secret when all tokens that it signed have expired. For JWTs of [`create_jwt`](Self::create_jwt),
/// this is after [`MAX_JWT_LIFETIME`]. An ephemeral API key without `exp` and `iat` never expires.
///
/// The time is an argument, so that tests do not wait.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use rolegate::auth::{DEFAULT_JWT_LIFETIME, JwtKeys, Secret, TokenErrorKind};
///
/// let keys = JwtKeys::new(Secret::new("your-secret-key")?);
/// let now = SystemTime::now();
/// let jwt = keys.create_jwt("user-a", "session-1", DEFAULT_JWT_LIFETIME, now)?;
/// assert_eq!(keys.verify_jwt(&jwt, now)?.user_id(), Some("user-a"));
///
/// let later = now + Duration::from_secs(900);
/// assert_eq!(keys.verify_jwt(&jwt, later).unwrap_err().kind(), TokenErrorKind::Expired);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct JwtKeys {
    first: Secret,
    others: Vec<Secret>,
    leeway: i64,
}

impl JwtKeys {
    /// Creates keys with one secret, which signs and verifies tokens.
    #[must_use]
    pub fn new(secret: Secret) -> Self {
        Self { first: secret, others: Vec::new(), leeway: 0 }
    }

    /// Adds a secret that only verifies tokens.
    #[must_use]
    pub fn also_accept(mut self, secret: Secret) -> Self {
        self.others.push(secret);
        self
    }

    /// Sets the leeway: the allowed difference between clocks, in whole seconds. It applies to `exp` and
    /// `nbf`. The default is zero.
    ///
    /// # Errors
    ///
    /// The leeway is longer than [`MAX_LEEWAY`].
    pub fn with_leeway(mut self, leeway: Duration) -> Result<Self, LeewayTooLong> {
        if leeway > MAX_LEEWAY {
            return Err(LeewayTooLong(leeway));
        }
        self.leeway = seconds(leeway);
        Ok(self)
    }

    /// Verifies the signature, the header, and the claims `exp`, `nbf` and `iat` of a user's JWT.
    ///
    /// | claim | the token is refused |
    /// | --- | --- |
    /// | `exp` | if the claim is missing, and at and after `exp` plus the leeway |
    /// | `nbf` | at and before `nbf` minus the leeway |
    /// | `iat` | at and after `iat` plus [`MAX_JWT_LIFETIME`] minus the leeway, as in Appwrite |
    ///
    /// A repeated claim is refused. `userId` and `sessionId` must be strings, and the other claims integers.
    /// `null` counts as absent.
    ///
    /// Takes time linear in the length of the token. A token longer than [`MAX_TOKEN_LEN`] is refused
    /// without reading it.
    ///
    /// # Errors
    ///
    /// The token is not valid at `now`.
    ///
    /// Source: adhocore/jwt, as appwrite/appwrite uses it. Every token that adhocore/jwt refuses is refused
    /// here.
    pub fn verify_jwt(&self, token: &str, now: SystemTime) -> Result<Claims, TokenError> {
        let mut claims = Claims::read(&self.verify_signature(token)?)?;
        claims.end = self.check_times(&claims.times, MAX_JWT_LIFETIME, now)?;
        Ok(claims)
    }

    /// Creates a JWT for a user and one of the user's sessions. The lifetime is rounded down to whole
    /// seconds. Appwrite's default is [`DEFAULT_JWT_LIFETIME`](super::DEFAULT_JWT_LIFETIME).
    ///
    /// # Errors
    ///
    /// The lifetime is longer than [`MAX_JWT_LIFETIME`]. Or an id is empty, `0`, or too long for a token.
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
        if is_empty_id(user_id) || is_empty_id(session_id) {
            return Err(CreateJwtError::Id);
        }
        let exp = UnixTime::from(now).seconds().saturating_add(seconds(lifetime));
        let payload = serde_json::to_vec(&Payload { user_id, session_id, exp });
        let payload = payload.map_err(|_| CreateJwtError::Id)?;
        let mut token = format!("{HEADER}.{}", URL_SAFE_NO_PAD.encode(payload));
        let signature =
            self.first.signer().try_sign(token.as_bytes()).map_err(|_| CreateJwtError::Id)?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        if token.len() > MAX_TOKEN_LEN { Err(CreateJwtError::Id) } else { Ok(token) }
    }

    /// Verifies the header and the signature of a token, and returns the payload. The payload is decoded
    /// after the signature is verified.
    pub(in crate::auth) fn verify_signature(&self, token: &str) -> Result<Vec<u8>, TokenError> {
        if token.len() > MAX_TOKEN_LEN {
            return Err(Kind::TooLong.into());
        }
        let (message, signature) = token.rsplit_once('.').ok_or(Kind::Segments)?;
        let (header, payload) = message.split_once('.').ok_or(Kind::Segments)?;
        if payload.contains('.') {
            return Err(Kind::Segments.into());
        }
        check_header(header)?;
        // Strict base64 has one text for each signature, so the comparison of bytes is exact.
        let signature = decode(signature)?;
        let mut secrets = std::iter::once(&self.first).chain(&self.others);
        if !secrets.any(|secret| secret.verifier().verify(message.as_bytes(), &signature).is_ok()) {
            return Err(Kind::Signature.into());
        }
        decode(payload)
    }

    /// Checks the claims about time. Returns the time from which the token is refused.
    pub(in crate::auth) fn check_times(
        &self,
        times: &TimeClaims,
        max_age: Duration,
        now: SystemTime,
    ) -> Result<Option<i64>, TokenError> {
        let now = UnixTime::from(now).seconds();
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
    let header = decode(header)?;
    let claims = Payload::claims(&header, ["alg", "kid", "crit"]);
    let [algorithm, key_id, critical] = claims.map_err(|error| match error {
        PayloadError::NotAnObject => TokenError::new(Kind::Header),
        PayloadError::Repeated(name) => TokenError::claim(name),
    })?;
    let algorithm = algorithm.text().ok().flatten();
    if algorithm.and_then(|name| name.parse().ok()) != Some(Algorithm::HS256) {
        return Err(Kind::Algorithm.into());
    }
    if key_id.is_present() {
        return Err(Kind::KeyId.into());
    }
    // RFC 7515, 4.1.11: an extension that is not understood makes a token invalid.
    if critical.is_present() {
        return Err(Kind::Critical.into());
    }
    Ok(())
}

fn decode(segment: &str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD.decode(segment).map_err(|_| Kind::Base64.into())
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

/// The error of creating a JWT.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum CreateJwtError {
    /// The lifetime is longer than [`MAX_JWT_LIFETIME`].
    Lifetime(Duration),
    /// The id of the user or session is empty, `0`, or too long for a token.
    Id,
}

impl fmt::Display for CreateJwtError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lifetime(found) => {
                write!(f, "lifetime {found:?} is longer than {MAX_JWT_LIFETIME:?}")
            }
            Self::Id => f.write_str("the id of the user or session is empty, `0`, or too long"),
        }
    }
}

impl std::error::Error for CreateJwtError {}

/// An error: the leeway is longer than [`MAX_LEEWAY`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LeewayTooLong(Duration);

impl fmt::Display for LeewayTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "leeway {:?} is longer than {MAX_LEEWAY:?}", self.0)
    }
}

impl std::error::Error for LeewayTooLong {}

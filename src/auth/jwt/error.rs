//! The error of a refused token: [`TokenError`].

use std::fmt;

use super::limits::MAX_TOKEN_LEN;

/// An error: a token is refused.
///
/// The error contains neither the token nor the value of a claim, so it can be logged and sent to a
/// client.
///
/// ```
/// use std::time::SystemTime;
/// use rolegate::auth::{JwtKeys, Secret, TokenErrorKind};
///
/// let keys = JwtKeys::new(Secret::new("your-secret-key")?);
/// let error = keys.verify_jwt("a.b", SystemTime::now()).unwrap_err();
/// assert_eq!(error.kind(), TokenErrorKind::Segments);
/// assert_eq!(error.to_string(), "expected three segments with dots between them");
/// # Ok::<(), rolegate::auth::EmptySecret>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TokenError {
    kind: TokenErrorKind,
    claim: &'static str,
}

/// The kind of a [`TokenError`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum TokenErrorKind {
    /// The token is longer than [`MAX_TOKEN_LEN`], 32 KiB.
    TooLong,
    /// The token does not have three segments with dots between them. An empty token is of this kind.
    Segments,
    /// A segment is not base64 in the URL-safe alphabet without padding.
    Base64,
    /// The header is not a JSON object.
    Header,
    /// The header names no algorithm, or another algorithm than HS256.
    Algorithm,
    /// The header names a key (`kid`).
    KeyId,
    /// The header demands an extension (`crit`).
    Critical,
    /// No secret gives this signature.
    Signature,
    /// The payload is not a JSON object.
    Payload,
    /// The claim `exp` is missing.
    MissingExp,
    /// A claim has a value of the wrong type, or is repeated.
    Claim,
    /// The token has expired: the time is at or after `exp`.
    Expired,
    /// The token is too old: the time is too long after `iat`.
    TooOld,
    /// The token is not valid yet: the time is at or before `nbf`.
    NotYet,
}

impl TokenError {
    #[cold]
    pub(super) fn new(kind: TokenErrorKind) -> Self {
        Self { kind, claim: "" }
    }

    /// Creates an error about a claim.
    #[cold]
    pub(super) fn claim(claim: &'static str) -> Self {
        Self { kind: TokenErrorKind::Claim, claim }
    }

    /// Returns the kind of the error.
    #[must_use]
    pub fn kind(&self) -> TokenErrorKind {
        self.kind
    }
}

impl From<TokenErrorKind> for TokenError {
    fn from(kind: TokenErrorKind) -> Self {
        Self::new(kind)
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use TokenErrorKind as Kind;
        f.write_str(match self.kind {
            Kind::TooLong => {
                return write!(f, "the token is longer than {MAX_TOKEN_LEN} bytes");
            }
            Kind::Claim => {
                return write!(f, "claim `{}` has the wrong type or is repeated", self.claim);
            }
            Kind::Segments => "expected three segments with dots between them",
            Kind::Base64 => "expected URL-safe base64 without padding",
            Kind::Header => "expected a JSON object in the header",
            Kind::Algorithm => "the algorithm is not HS256",
            Kind::KeyId => "the header names a key (`kid`), which is not supported",
            Kind::Critical => "the header demands an extension (`crit`), which is not supported",
            Kind::Signature => "wrong signature",
            Kind::Payload => "expected a JSON object in the payload",
            Kind::MissingExp => "missing claim `exp`",
            Kind::Expired => "the token has expired",
            Kind::TooOld => "the token is too old",
            Kind::NotYet => "the token is not valid yet",
        })
    }
}

impl std::error::Error for TokenError {}

//! Why a token is refused: [`TokenError`].

use std::fmt;

/// Why a token is refused.
///
/// Neither the token nor any of its claims' values is part of it, so that it can be logged and
/// answered with.
///
/// ```
/// use std::time::SystemTime;
/// use rolegate::{Secret, TokenErrorKind, Tokens};
///
/// let tokens = Tokens::new(Secret::new("your-secret-key")?);
/// let error = tokens.verify_jwt("a.b", SystemTime::now()).unwrap_err();
/// assert_eq!(error.kind(), TokenErrorKind::Segments);
/// assert_eq!(error.to_string(), "expected three segments, found fewer or more");
/// # Ok::<(), rolegate::EmptySecret>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TokenError {
    kind: TokenErrorKind,
    claim: &'static str,
}

/// What sort of mistake a [`TokenError`] is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum TokenErrorKind {
    /// Longer than [`MAX_TOKEN_LEN`](crate::MAX_TOKEN_LEN).
    TooLong,
    /// Not three segments with a dot between them. An empty token is of this kind.
    Segments,
    /// A segment is not base64 of the URL-safe alphabet without padding.
    Base64,
    /// The header is not a JSON object.
    Header,
    /// The header names no algorithm, or another one than HS256.
    Algorithm,
    /// The header names a key (`kid`).
    KeyId,
    /// The header demands that extensions be understood (`crit`).
    Critical,
    /// The signature is not that of any of the secrets.
    Signature,
    /// The payload is not a JSON object.
    Payload,
    /// There is no `exp`.
    MissingExp,
    /// A claim has a value of another type, or is there twice.
    Claim,
    /// Now is at or after `exp`.
    Expired,
    /// Now is too long after `iat`.
    TooOld,
    /// Now is at or before `nbf`.
    NotYet,
}

impl TokenError {
    #[cold]
    pub(super) fn new(kind: TokenErrorKind) -> Self {
        Self { kind, claim: "" }
    }

    /// About one of the claims that are known by name.
    #[cold]
    pub(super) fn claim(claim: &'static str) -> Self {
        Self { kind: TokenErrorKind::Claim, claim }
    }

    /// What sort of mistake it is.
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
                return write!(
                    f,
                    "expected a token of at most {} bytes, found more",
                    super::MAX_TOKEN_LEN
                );
            }
            Kind::Claim => {
                return write!(
                    f,
                    "expected one value of the right type in the claim `{}`, found another",
                    self.claim
                );
            }
            Kind::Segments => "expected three segments, found fewer or more",
            Kind::Base64 => "expected base64 for URLs without padding, found something else",
            Kind::Header => "expected a header that is a JSON object, found something else",
            Kind::Algorithm => "expected the algorithm HS256, found another or none",
            Kind::KeyId => "expected a header without `kid`, found one",
            Kind::Critical => "expected a header without `crit`, found one",
            Kind::Signature => "expected a signature of one of the secrets, found another",
            Kind::Payload => "expected a payload that is a JSON object, found something else",
            Kind::MissingExp => "expected the claim `exp`, found none",
            Kind::Expired => "expected a token before its `exp`, found one that has expired",
            Kind::TooOld => "expected a token that was issued lately, found one that is too old",
            Kind::NotYet => "expected a token after its `nbf`, found one that is not valid yet",
        })
    }
}

impl std::error::Error for TokenError {}

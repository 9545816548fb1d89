//! What came with a request: [`Credentials`].

use std::fmt;

use super::secret::Redacted;

/// What came with a request, none of it believed yet.
///
/// Each value is given as the request has it: a header that is not there is `None`, one that is there
/// and empty is `Some("")`, and so a malformed token or an unknown key, not the absence of one.
///
/// ```
/// use rolegate::Credentials;
///
/// let header = |name: &str| (name == "x-appwrite-jwt").then_some("a.b.c");
/// let credentials =
///     Credentials::none().with_jwt(header("x-appwrite-jwt")).with_key(header("x-appwrite-key"));
/// assert_eq!(format!("{credentials:?}"), "Credentials { session: None, jwt: Some(..), key: None }");
/// ```
#[derive(Clone, Copy, Default)]
pub struct Credentials<'a> {
    pub(super) session: Option<(&'a str, &'a str)>,
    pub(super) unknown_session: bool,
    pub(super) jwt: Option<&'a str>,
    pub(super) key: Option<&'a str>,
}

impl<'a> Credentials<'a> {
    /// None at all.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// A session: the ids of the user and of the session. The host has checked the session's secret,
    /// which only it knows how it is stored; whether the user has that session, and until when, is
    /// checked here.
    #[must_use]
    pub fn with_session(mut self, ids: impl Into<Option<(&'a str, &'a str)>>) -> Self {
        self.session = ids.into();
        self
    }

    /// A session whose secret the host does not know. It makes a guest of whoever has nothing else, and
    /// the reason is not the absence of a credential; beside another credential it does not count, as in
    /// the reference.
    #[must_use]
    pub fn with_unknown_session(mut self) -> Self {
        self.unknown_session = true;
        self
    }

    /// A JWT: the header `X-Appwrite-JWT`.
    #[must_use]
    pub fn with_jwt(mut self, jwt: impl Into<Option<&'a str>>) -> Self {
        self.jwt = jwt.into();
        self
    }

    /// An API key: the header `X-Appwrite-Key`.
    #[must_use]
    pub fn with_key(mut self, key: impl Into<Option<&'a str>>) -> Self {
        self.key = key.into();
        self
    }

    /// Two of them, if there are so many.
    pub(super) fn conflict(&self) -> Option<(CredentialKind, CredentialKind)> {
        use CredentialKind::{ApiKey, Jwt, Session};
        match (self.session.is_some(), self.jwt.is_some(), self.key.is_some()) {
            (true, true, _) => Some((Session, Jwt)),
            (true, _, true) => Some((Session, ApiKey)),
            (_, true, true) => Some((Jwt, ApiKey)),
            _ => None,
        }
    }
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("session", &(self.session.is_some() || self.unknown_session).then_some(Redacted))
            .field("jwt", &self.jwt.map(|_| Redacted))
            .field("key", &self.key.map(|_| Redacted))
            .finish()
    }
}

/// What sort of credential it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum CredentialKind {
    /// A session.
    Session,
    /// A JWT.
    Jwt,
    /// An API key.
    ApiKey,
}

impl fmt::Display for CredentialKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Session => "a session",
            Self::Jwt => "a JWT",
            Self::ApiKey => "an API key",
        })
    }
}

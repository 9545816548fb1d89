//! The credentials in the headers of a request: [`Credentials`].

use std::fmt;

use super::lookup::UserLookup;
use super::secret::Redacted;
use crate::principal::is_empty_id;

/// The credentials in the headers of a request, before verification.
///
/// With the feature `http`, `auth::http::RequestCredentials` reads them from an `http::HeaderMap`. A host that
/// sets them one by one must refuse repeated headers and decode the session itself.
///
/// Each value but that of a session is the value of one header. An empty value, or `0`, counts as absent, as
/// in Appwrite.
///
/// ```
/// use rolegate::auth::Credentials;
///
/// let header = |name: &str| (name == "x-appwrite-jwt").then_some("a.b.c");
/// let credentials = Credentials::none()
///     .with_project(header("x-appwrite-project"))
///     .with_jwt(header("x-appwrite-jwt"))
///     .with_key(header("x-appwrite-key"));
/// assert!(!format!("{credentials:?}").contains("a.b.c"));
/// ```
#[derive(Clone, Copy, Default)]
pub struct Credentials<'a> {
    pub(super) project: Option<&'a str>,
    pub(super) session: Option<SessionCredential<'a>>,
    pub(super) jwt: Option<&'a str>,
    pub(super) key: Option<&'a str>,
    pub(super) key_user: Option<&'a str>,
    pub(super) key_organization: Option<&'a str>,
    pub(super) target: Option<ImpersonationTarget<'a>>,
}

/// A session that a request presents, before verification.
#[derive(Clone, Copy)]
pub(super) enum SessionCredential<'a> {
    /// The user, and the secret whose SHA-256 is stored.
    OfUser { user_id: &'a str, secret: &'a str },
    /// The secret, by which the host finds the user.
    SecretAlone(&'a str),
    /// The ids of the user and the session, because the host has verified the secret.
    VerifiedByHost { user_id: &'a str, session_id: &'a str },
}

impl<'a> SessionCredential<'a> {
    /// Returns the look-up of the user, or `None` if no user can have the session.
    pub(super) fn lookup(self) -> Option<UserLookup<'a>> {
        match self {
            Self::OfUser { user_id, .. } | Self::VerifiedByHost { user_id, .. } => {
                (!is_empty_id(user_id)).then_some(UserLookup::Id(user_id))
            }
            Self::SecretAlone(secret) => {
                (!secret.is_empty()).then_some(UserLookup::SessionSecret(secret))
            }
        }
    }

    /// Returns the secret, if it is not verified yet.
    pub(super) fn secret(self) -> Option<&'a str> {
        match self {
            Self::OfUser { secret, .. } | Self::SecretAlone(secret) => Some(secret),
            Self::VerifiedByHost { .. } => None,
        }
    }

    /// Returns the id of the user, if the request names it.
    pub(super) fn user_id(self) -> Option<&'a str> {
        match self {
            Self::OfUser { user_id, .. } | Self::VerifiedByHost { user_id, .. } => Some(user_id),
            Self::SecretAlone(_) => None,
        }
    }
}

/// The user as whom an impersonator wants to act.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ImpersonationTarget<'a> {
    /// The id in the header `X-Appwrite-Impersonate-User-Id`.
    Id(&'a str),
    /// The e-mail address in the header `X-Appwrite-Impersonate-User-Email`. It is compared in lower case.
    Email(&'a str),
    /// The phone number in the header `X-Appwrite-Impersonate-User-Phone`.
    Phone(&'a str),
}

impl<'a> Credentials<'a> {
    /// Creates empty credentials, as of a guest.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Sets the project from the header `X-Appwrite-Project`. Standard and ephemeral API keys are refused
    /// unless this is the project of the authenticator.
    #[must_use]
    pub fn with_project(mut self, project_id: impl HeaderText<'a>) -> Self {
        self.project = present(project_id);
        self
    }

    /// Sets a session: the user id and the secret from the cookie `a_session_<project>` or the header
    /// `X-Appwrite-Session`.
    ///
    /// The session counts if the user has a session with the SHA-256 of `secret` in lower-case
    /// hexadecimal. That session must have a `provider`, and an `expire` that has not passed. An empty
    /// secret finds no session.
    #[must_use]
    pub fn with_session(mut self, user_id: &'a str, secret: &'a str) -> Self {
        self.session = Some(SessionCredential::OfUser { user_id, secret });
        self
    }

    /// Sets a session by its secret alone, for hosts whose clients do not send the id of the user. The host
    /// finds the user by the hash of the secret: [`UserLookup::SessionSecret`].
    ///
    /// The session counts under the conditions of [`with_session`](Self::with_session).
    #[must_use]
    pub fn with_session_secret(mut self, secret: &'a str) -> Self {
        self.session = Some(SessionCredential::SecretAlone(secret));
        self
    }

    /// Sets a session whose secret the host has verified, by the ids of the user and the session. Only the
    /// `expire` and the factors of the session are checked.
    #[must_use]
    pub fn with_session_verified_by_host(mut self, user_id: &'a str, session_id: &'a str) -> Self {
        self.session = Some(SessionCredential::VerifiedByHost { user_id, session_id });
        self
    }

    /// Sets the JWT from the header `X-Appwrite-JWT`.
    #[must_use]
    pub fn with_jwt(mut self, jwt: impl HeaderText<'a>) -> Self {
        self.jwt = present(jwt);
        self
    }

    /// Sets the API key from the header `X-Appwrite-Key`.
    #[must_use]
    pub fn with_key(mut self, key: impl HeaderText<'a>) -> Self {
        self.key = present(key);
        self
    }

    /// Sets the user to whom an account key belongs, from the header `X-Appwrite-User`.
    #[must_use]
    pub fn with_key_user(mut self, user_id: impl HeaderText<'a>) -> Self {
        self.key_user = present(user_id);
        self
    }

    /// Sets the organization to which an organization key belongs, from the header
    /// `X-Appwrite-Organization`.
    #[must_use]
    pub fn with_key_organization(mut self, team_id: impl HeaderText<'a>) -> Self {
        self.key_organization = present(team_id);
        self
    }

    /// Sets the user as whom the caller wants to act, unless a target is set already. The target is ignored
    /// unless the caller has `impersonator: true`.
    ///
    /// The first target that is not empty counts, as in Appwrite. A host passes the three headers in this
    /// order: id, e-mail address, phone number.
    ///
    /// ```
    /// use rolegate::auth::{Credentials, ImpersonationTarget as Target};
    ///
    /// let header = |name: &str| (name == "x-appwrite-impersonate-user-email").then_some("a@example.com");
    /// let credentials = Credentials::none()
    ///     .with_impersonation_target(header("x-appwrite-impersonate-user-id").map(Target::Id))
    ///     .with_impersonation_target(header("x-appwrite-impersonate-user-email").map(Target::Email))
    ///     .with_impersonation_target(header("x-appwrite-impersonate-user-phone").map(Target::Phone));
    /// assert!(format!("{credentials:?}").contains("target: Some"));
    /// ```
    #[must_use]
    pub fn with_impersonation_target(
        mut self,
        target: impl Into<Option<ImpersonationTarget<'a>>>,
    ) -> Self {
        self.target = self.target.or(target.into().filter(|target| !is_empty_id(target.text())));
        self
    }
}

impl<'a> ImpersonationTarget<'a> {
    pub(super) fn text(self) -> &'a str {
        match self {
            Self::Id(text) | Self::Email(text) | Self::Phone(text) => text,
        }
    }
}

/// The value of a header, which may be absent: a text, or an `Option` of a text.
pub trait HeaderText<'a> {
    /// Returns the text, or `None` if the header is absent.
    fn header_text(self) -> Option<&'a str>;
}

impl<'a, S: AsRef<str> + ?Sized> HeaderText<'a> for &'a S {
    fn header_text(self) -> Option<&'a str> {
        Some(self.as_ref())
    }
}

impl<'a, S: AsRef<str> + ?Sized> HeaderText<'a> for Option<&'a S> {
    fn header_text(self) -> Option<&'a str> {
        self.map(AsRef::as_ref)
    }
}

fn present<'a>(text: impl HeaderText<'a>) -> Option<&'a str> {
    text.header_text().filter(|text| !is_empty_id(text))
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("project", &self.project)
            .field("session", &self.session.map(|_| Redacted))
            .field("jwt", &self.jwt.map(|_| Redacted))
            .field("key", &self.key.map(|_| Redacted))
            .field("key_user", &self.key_user)
            .field("key_organization", &self.key_organization)
            .field("target", &self.target.map(|_| Redacted))
            .finish()
    }
}

impl fmt::Debug for ImpersonationTarget<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Id(_) => "Id(..)",
            Self::Email(_) => "Email(..)",
            Self::Phone(_) => "Phone(..)",
        })
    }
}

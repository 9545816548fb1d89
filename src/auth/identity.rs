//! The caller of a request: [`Identity`].

use std::fmt;
use std::time::SystemTime;

use super::api_key::KeyKind;
use super::error::AuthenticateError;
use super::jwt::TokenError;
use super::scope::{MissingScope, Scopes};
use super::time::UnixTime;
use crate::principal::{Principal, is_empty_id, shown_id};

/// The caller of a request: a [`Principal`], with the method of authentication, the scopes and the expiry.
///
/// A guest has an identity too, and by default has the scope `documents.read`. A route for users calls
/// [`require_user`](Self::require_user).
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use]
pub struct Identity {
    pub(super) principal: Principal,
    pub(super) method: AuthMethod,
    pub(super) scopes: Scopes,
    pub(super) end: Option<UnixTime>,
    pub(super) impersonator: Option<Box<str>>,
}

/// The method by which a caller authenticated.
///
/// `Display` prints a line for the log: escaped ids and names, and no secret.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum AuthMethod {
    /// The caller is a guest.
    Guest(Guest),
    /// The request has a session that counts.
    #[non_exhaustive]
    Session {
        /// The id of the user who signed in. For an impersonation, this is the actor.
        user_id: Box<str>,
        /// The id of the session.
        session_id: Box<str>,
    },
    /// The request has a JWT that counts.
    #[non_exhaustive]
    Jwt {
        /// The id of the user who signed in. For an impersonation, this is the actor.
        user_id: Box<str>,
        /// The id of the session in which the JWT was created. A JWT without a session stays valid until
        /// it expires.
        session_id: Option<Box<str>>,
    },
    /// The request has an API key that counts.
    #[non_exhaustive]
    ApiKey {
        /// The kind of the key.
        kind: KeyKind,
        /// The name of the key.
        name: Box<str>,
        /// The id of the owner: the project, the organization's team, or the account's user. The project
        /// of an ephemeral key can be another project than the project of the request.
        owner_id: Box<str>,
    },
}

/// A caller without a credential that counts: the reason, and the ids that a credential named.
///
/// The ids are for the log, and must not decide anything. They can be any text from the request, and nothing
/// proves that the client is that user. `Display` escapes and cuts them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Guest {
    pub(super) reason: GuestReason,
    pub(super) user_id: Option<Box<str>>,
    pub(super) session_id: Option<Box<str>>,
}

/// The reason why a caller is a guest.
///
/// A host logs this reason, because a credential that does not count leads to an empty list and not to an
/// error.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum GuestReason {
    /// The request has no credential.
    NoCredential,
    /// The JWT is valid and names no user.
    NoUserInJwt,
    /// The user does not exist, or no user has a session with the secret that stood alone.
    UnknownUser,
    /// The user has no session with this secret.
    UnknownSession,
    /// The session of the JWT has been deleted.
    SessionDeleted,
    /// The session has expired, or its `expire` is missing or unreadable.
    SessionExpired,
    /// The prefix of the API key, before its first `_`, is not a kind of key.
    UnknownKeyKind,
    /// The ephemeral API key is of another project.
    KeyOfAnotherProject,
    /// The token of the ephemeral API key is not valid.
    InvalidKeyToken(TokenError),
}

impl Identity {
    /// Returns the principal for which permissions are evaluated. For an impersonation, this is the
    /// target.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Returns the principal, by value.
    #[must_use]
    pub fn into_principal(self) -> Principal {
        self.principal
    }

    /// Returns the method by which the caller authenticated.
    #[must_use]
    pub fn method(&self) -> &AuthMethod {
        &self.method
    }

    /// Returns the reason why the caller is a guest, or `None` for a user or a key.
    #[must_use]
    pub fn guest_reason(&self) -> Option<GuestReason> {
        match &self.method {
            AuthMethod::Guest(guest) => Some(guest.reason),
            _ => None,
        }
    }

    /// Returns the id of the user who acts as another user, or `None` without impersonation.
    /// [`Principal::user_id`] is the id of the target. Log both ids.
    #[must_use]
    pub fn impersonator_id(&self) -> Option<&str> {
        self.impersonator.as_deref()
    }

    /// Returns the scopes of the caller.
    #[must_use]
    pub fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    /// Checks that the caller has a further scope, such as `documents.write`.
    ///
    /// # Errors
    ///
    /// The caller lacks the scope.
    pub fn require_scope(&self, scope: &str) -> Result<(), MissingScope> {
        self.scopes.require(scope)
    }

    /// Returns the id of the user, for a route that is for users only.
    ///
    /// # Errors
    ///
    /// The caller is a guest or a key that does not act as a user: every key but an account key.
    pub fn require_user(&self) -> Result<&str, AuthenticateError> {
        self.principal.user_id().ok_or(AuthenticateError::UserRequired)
    }

    /// Returns the time at which the credential expires, or `None` if it never expires or the time is not
    /// known. The time is the earliest of the token's `exp`, its maximum age, and the expiry of the session or key.
    ///
    /// The host must close a long-lived connection at this time. The time includes the
    /// [leeway](super::JwtKeys::with_leeway).
    #[must_use]
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.end?.system_time()
    }
}

impl AuthMethod {
    /// Returns the name of the method: `guest`, `session`, `jwt` or `api-key`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Guest(_) => "guest",
            Self::Session { .. } => "session",
            Self::Jwt { .. } => "jwt",
            Self::ApiKey { .. } => "api-key",
        }
    }

    /// Returns the id of the user who signed in, for the log. For an account key, this is the user of the
    /// platform.
    ///
    /// **For a guest, this is the user that a refused session or JWT named.** To decide by the id of the user,
    /// call [`Identity::require_user`].
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        match self {
            Self::Guest(guest) => guest.user_id(),
            Self::Session { user_id, .. }
            | Self::Jwt { user_id, .. }
            | Self::ApiKey { kind: KeyKind::Account, owner_id: user_id, .. } => Some(user_id),
            Self::ApiKey { .. } => None,
        }
    }

    /// Returns the id of the session. For a guest, this is the session that ended or that the JWT named.
    #[must_use]
    pub fn session_id(&self) -> Option<&str> {
        match self {
            Self::Guest(guest) => guest.session_id(),
            Self::Session { session_id, .. } => Some(session_id),
            Self::Jwt { session_id, .. } => session_id.as_deref(),
            Self::ApiKey { .. } => None,
        }
    }
}

impl Guest {
    /// Returns a guest whose credential named no user.
    pub(super) fn new(reason: GuestReason) -> Self {
        Self { reason, user_id: None, session_id: None }
    }

    /// Returns a guest whose credential named a user and possibly a session.
    pub(super) fn named(
        reason: GuestReason,
        user_id: Option<&str>,
        session_id: Option<&str>,
    ) -> Self {
        let named = |id: Option<&str>| id.filter(|id| !is_empty_id(id)).map(Into::into);
        Self { reason, user_id: named(user_id), session_id: named(session_id) }
    }

    /// Returns the reason why the caller is a guest.
    #[must_use]
    pub fn reason(&self) -> GuestReason {
        self.reason
    }

    /// Returns the id of the user that the session or JWT named.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        self.user_id.as_deref()
    }

    /// Returns the id of the session that ended, or that the JWT named.
    #[must_use]
    pub fn session_id(&self) -> Option<&str> {
        self.session_id.as_deref()
    }
}

impl fmt::Display for Guest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = self.reason;
        match (self.user_id().map(shown_id), self.session_id().map(shown_id)) {
            (None, None) => write!(f, "{reason}"),
            (Some(user), None) => write!(f, "{reason} (user `{user}`)"),
            (None, Some(session)) => write!(f, "{reason} (session `{session}`)"),
            (Some(user), Some(session)) => {
                write!(f, "{reason} (user `{user}`, session `{session}`)")
            }
        }
    }
}

impl fmt::Display for AuthMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Guest(guest) => write!(f, "guest: {guest}"),
            Self::Session { user_id, session_id } => {
                let (user, session) = (user_id.escape_debug(), session_id.escape_debug());
                write!(f, "user `{user}` by session `{session}`")
            }
            Self::Jwt { user_id, session_id: Some(session_id) } => {
                let (user, session) = (user_id.escape_debug(), session_id.escape_debug());
                write!(f, "user `{user}` by JWT of session `{session}`")
            }
            Self::Jwt { user_id, session_id: None } => {
                write!(f, "user `{}` by JWT without a session", user_id.escape_debug())
            }
            Self::ApiKey { kind, name, owner_id } => {
                let (name, owner) = (name.escape_debug(), owner_id.escape_debug());
                write!(f, "{kind} key `{name}` of `{owner}`")
            }
        }
    }
}

impl fmt::Display for GuestReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoCredential => "no credential",
            Self::NoUserInJwt => "the JWT names no user",
            Self::UnknownUser => "unknown user",
            Self::UnknownSession => "the user has no session with this secret",
            Self::SessionDeleted => "the session of the JWT has been deleted",
            Self::SessionExpired => "the session has expired",
            Self::UnknownKeyKind => "unknown kind of API key",
            Self::KeyOfAnotherProject => "the API key is of another project",
            Self::InvalidKeyToken(error) => return write!(f, "invalid token in API key: {error}"),
        })
    }
}

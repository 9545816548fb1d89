//! Who sent a request: [`Identity`].

use std::fmt;
use std::time::SystemTime;

use super::api_key::KeyKind;
use super::error::AuthenticateError;
use super::jwt::TokenError;
use super::scope::{MissingScope, Scopes};
use super::time::UnixTime;
use crate::principal::Principal;

/// The caller of a request: a [`Principal`], how it authenticated, its scopes, and when that ends.
///
/// A guest is an identity too, and has the scope `documents.read` like every user. A route for users
/// calls [`require_user`](Self::require_user).
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use]
pub struct Identity {
    pub(super) principal: Principal,
    pub(super) method: AuthMethod,
    pub(super) scopes: Scopes,
    pub(super) end: Option<UnixTime>,
    pub(super) impersonator: Option<Box<str>>,
}

/// How a caller authenticated.
///
/// Its `Display` is a line for the log: ids and names, escaped, and no secret.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum AuthMethod {
    /// Not at all: the caller is a guest, for this reason.
    Guest(GuestReason),
    /// A session.
    #[non_exhaustive]
    Session {
        /// The id of the user who signed in: of an impersonation, the actor.
        user_id: Box<str>,
        /// The id of the session.
        session_id: Box<str>,
    },
    /// A JWT.
    #[non_exhaustive]
    Jwt {
        /// The id of the user who signed in: of an impersonation, the actor.
        user_id: Box<str>,
        /// The id of the session that the JWT was made in. A JWT without one outlives every session.
        session_id: Option<Box<str>>,
    },
    /// An API key.
    #[non_exhaustive]
    ApiKey {
        /// The kind of the key.
        kind: KeyKind,
        /// The name of the key.
        name: Box<str>,
        /// The id of its owner: the project, the organization's team, or the account's user. The project of
        /// an ephemeral key can be another one than this.
        owner_id: Box<str>,
    },
}

/// Why a caller is only a guest.
///
/// This is for the host's log: a credential that does not count gives an empty list, not an error.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum GuestReason {
    /// The request carries no credential.
    NoCredential,
    /// The JWT is valid and names no user.
    NoUserInJwt,
    /// The user does not exist.
    UnknownUser,
    /// The user has no session with this secret.
    UnknownSession,
    /// The session of the JWT has been deleted.
    SessionDeleted,
    /// The session has expired, or has no end that can be read.
    SessionExpired,
    /// The text before the first `_` of the API key is no kind of key.
    UnknownKeyKind,
    /// The ephemeral API key is of another project.
    KeyOfAnotherProject,
    /// The token of the ephemeral API key is not valid.
    InvalidKeyToken(TokenError),
}

impl Identity {
    /// Returns the principal that permissions are checked for. Of an impersonation it is the target.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Returns the principal, by value.
    #[must_use]
    pub fn into_principal(self) -> Principal {
        self.principal
    }

    /// Returns how the caller authenticated.
    #[must_use]
    pub fn method(&self) -> &AuthMethod {
        &self.method
    }

    /// Returns why the caller is a guest, or `None` for a user or a key.
    #[must_use]
    pub fn guest_reason(&self) -> Option<GuestReason> {
        match self.method {
            AuthMethod::Guest(reason) => Some(reason),
            _ => None,
        }
    }

    /// Returns the id of the user who acts as another user, or `None` without impersonation.
    /// The id of the target is [`Principal::user_id`]. Both belong in the log.
    #[must_use]
    pub fn impersonator_id(&self) -> Option<&str> {
        self.impersonator.as_deref()
    }

    /// Returns the scopes of the caller.
    #[must_use]
    pub fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    /// Checks for a further scope, such as `documents.write`.
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

    /// Returns when the credential ends: the earliest of the token's `exp`, its maximum age, and the end of
    /// the session or key. `None` means that no end is known.
    ///
    /// A long-lived connection must be closed then. A [leeway](super::JwtKeys::with_leeway) is included.
    #[must_use]
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.end?.system_time()
    }
}

impl fmt::Display for AuthMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Guest(reason) => write!(f, "guest: {reason}"),
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

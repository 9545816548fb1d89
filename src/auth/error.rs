//! The error of authentication, before permissions are evaluated: [`AuthenticateError`].

use std::error::Error;
use std::fmt;

use super::api_key::KeyKind;
use super::jwt::TokenError;
use super::scope::MissingScope;
use crate::principal::{BlockedUser, shown_id};
use crate::refusal::Refusal;

/// An error: the request is refused for its credentials or for the state of its account.
///
/// [`status`](Refusal::status) and [`error_type`](Refusal::error_type) are Appwrite's. If several variants
/// apply, the error is the first one in the order below.
#[derive(Debug)]
#[non_exhaustive]
pub enum AuthenticateError {
    /// The request has a session that counts and a JWT.
    SessionAndJwt,
    /// The JWT is not valid.
    InvalidJwt(TokenError),
    /// The request has a session or JWT that counts, and an API key.
    ///
    /// Appwrite refuses such a request only if it has the header `X-Appwrite-User`. Without that header,
    /// Appwrite uses the key.
    UserAndApiKey,
    /// The account key has expired.
    AccountKeyExpired,
    /// The request has a standard or ephemeral API key, or a key of an unknown kind, and does not name
    /// this project.
    MissingProject,
    /// The standard or organization key has expired.
    KeyExpired,
    /// No standard, organization or account key has this secret. Or the request does not name the owner of
    /// an organization or account key.
    UnknownKey(KeyKind),
    /// The caller lacks a scope.
    MissingScope(MissingScope),
    /// The route is for users, and the caller is a guest or a key that does not act as a user.
    UserRequired,
    /// The user is blocked.
    Blocked(BlockedUser),
    /// The user must reset the password.
    #[non_exhaustive]
    PasswordResetRequired {
        /// The id of the user.
        user_id: Box<str>,
    },
    /// The session lacks a factor.
    #[non_exhaustive]
    MoreFactorsRequired {
        /// The id of the user.
        user_id: Box<str>,
    },
    /// The [`Directory`](super::Directory) failed. Only
    /// [`Authenticator::authenticate`](super::Authenticator::authenticate) returns this error. The cause is
    /// the [`source`](Error::source). `Display` omits the cause, so a client does not see it.
    Directory(Box<dyn Error + Send + Sync>),
}

impl Refusal for AuthenticateError {
    fn status(&self) -> u16 {
        match self {
            Self::SessionAndJwt | Self::UserAndApiKey | Self::MissingProject | Self::Blocked(_) => {
                403
            }
            Self::InvalidJwt(_)
            | Self::AccountKeyExpired
            | Self::KeyExpired
            | Self::UnknownKey(_)
            | Self::MissingScope(_)
            | Self::UserRequired
            | Self::MoreFactorsRequired { .. } => 401,
            Self::PasswordResetRequired { .. } => 412,
            Self::Directory(_) => 500,
        }
    }

    fn error_type(&self) -> &'static str {
        match self {
            Self::SessionAndJwt => "user_jwt_and_cookie_set",
            Self::InvalidJwt(_) => "user_jwt_invalid",
            Self::UserAndApiKey => "user_api_key_and_session_set",
            Self::AccountKeyExpired => "account_key_expired",
            Self::MissingProject => "project_id_missing",
            Self::KeyExpired => "project_key_expired",
            Self::UnknownKey(_) => "user_unauthorized",
            Self::MissingScope(_) | Self::UserRequired => "general_unauthorized_scope",
            Self::Blocked(_) => "user_blocked",
            Self::PasswordResetRequired { .. } => "user_password_reset_required",
            Self::MoreFactorsRequired { .. } => "user_more_factors_required",
            Self::Directory(_) => "general_unknown",
        }
    }
}

impl Refusal for MissingScope {
    fn status(&self) -> u16 {
        401
    }

    fn error_type(&self) -> &'static str {
        "general_unauthorized_scope"
    }
}

impl From<BlockedUser> for AuthenticateError {
    fn from(error: BlockedUser) -> Self {
        Self::Blocked(error)
    }
}

impl From<MissingScope> for AuthenticateError {
    fn from(error: MissingScope) -> Self {
        Self::MissingScope(error)
    }
}

impl fmt::Display for AuthenticateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SessionAndJwt => "a session and a JWT in one request; send only one of them",
            Self::InvalidJwt(error) => return write!(f, "invalid JWT: {error}"),
            Self::UserAndApiKey => "an API key beside a session or JWT; send only one of them",
            Self::AccountKeyExpired => "the account key has expired",
            Self::MissingProject => {
                "an API key without this project's id; name the project in `X-Appwrite-Project`"
            }
            Self::KeyExpired => "the API key has expired",
            Self::UnknownKey(KeyKind::Account) => {
                "unknown account key, or not of the user in `X-Appwrite-User`"
            }
            Self::UnknownKey(KeyKind::Organization) => {
                "unknown organization key, or not of the team in `X-Appwrite-Organization`"
            }
            Self::UnknownKey(kind) => return write!(f, "unknown {kind} API key"),
            Self::MissingScope(error) => return error.fmt(f),
            Self::UserRequired => "this route requires a signed-in user",
            Self::Blocked(error) => return error.fmt(f),
            Self::PasswordResetRequired { user_id } => {
                return write!(f, "user `{}` must reset the password", shown_id(user_id));
            }
            Self::MoreFactorsRequired { user_id } => {
                return write!(f, "the session of user `{}` lacks a factor", shown_id(user_id));
            }
            Self::Directory(_) => "the look-up of a user or key failed",
        })
    }
}

impl Error for AuthenticateError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::InvalidJwt(error) => Some(error),
            Self::MissingScope(error) => Some(error),
            Self::Blocked(error) => Some(error),
            Self::Directory(error) => Some(&**error),
            _ => None,
        }
    }
}

//! What a host must find, and where it looks: [`Lookup`], [`Found`], [`Directory`].

use std::fmt;

use super::User;
use super::api_key::{FoundKey, KeyKind};
use super::authenticate::AuthenticateError;
use super::secret::Redacted;

/// What a host must find before it can be [decided](crate::Pending::decide) who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Lookup<'a> {
    /// Nothing.
    Nothing,
    /// The user with this id, with its memberships and sessions.
    User(&'a str),
    /// The stored key with this secret.
    Key {
        /// Where to look: with the project, with organizations or with users.
        kind: KeyKind,
        /// The whole text of the key, its kind included.
        secret: &'a str,
    },
}

impl fmt::Debug for Lookup<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("Nothing"),
            Self::User(id) => f.debug_tuple("User").field(id).finish(),
            Self::Key { kind, .. } => {
                f.debug_struct("Key").field("kind", kind).field("secret", &Redacted).finish()
            }
        }
    }
}

/// What a host has found. Something else than what was to be found counts as not found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// There was nothing to look for.
    Nothing,
    /// A user, or none.
    User(Option<User>),
    /// A key, or none.
    Key(Option<FoundKey>),
}

/// Where users and keys are kept, for hosts that may block while they look.
pub trait Directory {
    /// What can go wrong.
    type Error;

    /// The user with an id, with its memberships and sessions.
    ///
    /// # Errors
    ///
    /// It cannot be told whether there is one.
    fn user(&self, id: &str) -> Result<Option<User>, Self::Error>;

    /// The stored key with a secret: the whole text, with the kind.
    ///
    /// # Errors
    ///
    /// It cannot be told whether there is one.
    fn key(&self, kind: KeyKind, secret: &str) -> Result<Option<FoundKey>, Self::Error>;
}

/// Why [`Authenticator::authenticate`](crate::Authenticator::authenticate) has no answer.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum RequestError<E> {
    /// The credentials are refused.
    Refused(AuthenticateError),
    /// The directory failed.
    Directory(E),
}

impl<E> From<AuthenticateError> for RequestError<E> {
    fn from(error: AuthenticateError) -> Self {
        Self::Refused(error)
    }
}

impl<E: fmt::Display> fmt::Display for RequestError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::Directory(error) => write!(f, "the directory failed: {error}"),
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for RequestError<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Refused(error) => Some(error),
            Self::Directory(error) => Some(error),
        }
    }
}

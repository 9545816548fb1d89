//! The look-ups that a host does: [`UserLookup`] and [`KeyLookup`]. [`Directory`] is for hosts that block.

use std::error::Error;
use std::fmt;

use super::api_key::{KeyKind, StoredKey};
use super::secret::{Redacted, SecretHash};
use crate::principal::User;

/// A look-up of a user of the project, with memberships, sessions and authenticators.
///
/// The value is from the request. It may be any text that is not empty.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum UserLookup<'a> {
    /// The user with this `$id`.
    Id(&'a str),
    /// The user with this e-mail address, in lower case.
    Email(&'a str),
    /// The user with this phone number.
    Phone(&'a str),
    /// The user who has a session with this secret. The host stores the SHA-256 of the secret in lower-case
    /// hexadecimal, and looks up the hash.
    ///
    /// This look-up happens only after
    /// [`Credentials::with_session_secret`](super::Credentials::with_session_secret).
    SessionSecret(&'a str),
}

impl UserLookup<'_> {
    /// Returns `true` if `user` has the requested value, and has an id.
    pub(super) fn is_answered_by(&self, user: &User) -> bool {
        let has_value = match self {
            Self::Id(id) => user.id == *id,
            Self::Email(email) => user.email.as_deref() == Some(email),
            Self::Phone(phone) => user.phone.as_deref() == Some(phone),
            Self::SessionSecret(secret) => {
                let hash = SecretHash::new(secret);
                user.sessions.iter().any(|session| hash.is_of(session))
            }
        };
        has_value && !user.is_guest()
    }
}

/// A look-up of a stored API key.
///
/// `secret` is the whole text of the key, with the prefix. A host that stores hashes looks up the hash,
/// and creates the [`StoredKey`] with the secret that was presented.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum KeyLookup<'a> {
    /// A standard key, of this project.
    Project {
        /// The key.
        secret: &'a str,
    },
    /// A key of an organization, which is a team of the platform.
    Organization {
        /// The id of the team, from `X-Appwrite-Organization`.
        team_id: &'a str,
        /// The key.
        secret: &'a str,
    },
    /// A key of an account. Accounts are users of the *platform* (the console). A user of the project with
    /// the same id is another user, and the keys of that user do not count.
    Account {
        /// The id of the platform's user, from `X-Appwrite-User`.
        user_id: &'a str,
        /// The key.
        secret: &'a str,
    },
}

impl fmt::Debug for UserLookup<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => f.debug_tuple("Id").field(id).finish(),
            Self::Email(_) => f.write_str("Email(..)"),
            Self::Phone(_) => f.write_str("Phone(..)"),
            Self::SessionSecret(_) => f.write_str("SessionSecret(..)"),
        }
    }
}

impl KeyLookup<'_> {
    /// Returns the kind of the key.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        match self {
            Self::Project { .. } => KeyKind::Standard,
            Self::Organization { .. } => KeyKind::Organization,
            Self::Account { .. } => KeyKind::Account,
        }
    }

    /// Returns the whole text of the key.
    #[must_use]
    pub fn secret(&self) -> &str {
        match self {
            Self::Project { secret }
            | Self::Organization { secret, .. }
            | Self::Account { secret, .. } => secret,
        }
    }
}

impl fmt::Debug for KeyLookup<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("KeyLookup");
        debug.field("kind", &self.kind());
        match self {
            Self::Project { .. } => {}
            Self::Organization { team_id, .. } => {
                debug.field("team_id", team_id);
            }
            Self::Account { user_id, .. } => {
                debug.field("user_id", user_id);
            }
        }
        debug.field("secret", &Redacted).finish()
    }
}

/// The users and keys of a host that may block while it looks them up.
pub trait Directory {
    /// The error of a look-up.
    type Error: Into<Box<dyn Error + Send + Sync>>;

    /// Returns a user of the project, with memberships, sessions and authenticators.
    ///
    /// # Errors
    ///
    /// The look-up failed. An unknown user is `Ok(None)`.
    fn user(&self, lookup: UserLookup<'_>) -> Result<Option<User>, Self::Error>;

    /// Returns a stored key.
    ///
    /// # Errors
    ///
    /// The look-up failed. An unknown key is `Ok(None)`.
    fn key(&self, lookup: KeyLookup<'_>) -> Result<Option<StoredKey>, Self::Error>;
}

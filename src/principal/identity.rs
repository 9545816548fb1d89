//! Who asks, and by what: [`Identity`].

use std::fmt;
use std::time::SystemTime;

use super::Principal;
use super::api_key::KeyKind;
use super::moment::Moment;
use super::scope::{MissingScope, Scopes};
use super::token_error::TokenError;

/// Whoever sent a request: a [`Principal`], what made it one, what it may be used for, and until when.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use]
pub struct Identity {
    pub(super) principal: Principal,
    pub(super) provenance: Provenance,
    pub(super) scopes: Scopes,
    pub(super) end: Option<Moment>,
}

/// What made somebody a principal.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Provenance {
    /// Nothing: it is a guest, and this is why.
    Guest(GuestReason),
    /// A session.
    #[non_exhaustive]
    Session {
        /// The user's id.
        user_id: Box<str>,
        /// The session's id.
        session_id: Box<str>,
    },
    /// A JWT.
    #[non_exhaustive]
    Jwt {
        /// The user's id.
        user_id: Box<str>,
        /// The session that the JWT was made in. One that names none outlives every session.
        session_id: Option<Box<str>>,
    },
    /// An API key.
    #[non_exhaustive]
    ApiKey {
        /// What sort of key.
        kind: KeyKind,
        /// Its name.
        name: Box<str>,
        /// The id of the project, for an organization's key of the team, for an account's of the
        /// user. An ephemeral key's project need not be this one.
        owner_id: Box<str>,
    },
}

/// Why somebody is only a guest. Users who gave a credential that did not count lose hours to an empty
/// list; this is for the host's log.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum GuestReason {
    /// No credential was given.
    NoCredential,
    /// The JWT is valid and names no user.
    NoUserInToken,
    /// There is no such user.
    UnknownUser,
    /// The user has no such session any more.
    SessionGone,
    /// The session has expired.
    SessionExpired,
    /// The host knows no session with the secret that was given.
    UnknownSession,
    /// The text before the first `_` of the API key is no kind of key.
    UnknownKeyKind,
    /// There is no such API key.
    UnknownKey,
    /// The API key is another project's.
    KeyOfAnotherProject,
    /// The token of an ephemeral API key is refused.
    KeyToken(TokenError),
}

impl Identity {
    /// Who it is to permissions.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// As [`principal`](Self::principal), to keep.
    #[must_use]
    pub fn into_principal(self) -> Principal {
        self.principal
    }

    /// What made it a principal.
    #[must_use]
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// Why it is only a guest, if it is one.
    #[must_use]
    pub fn guest_reason(&self) -> Option<GuestReason> {
        match self.provenance {
            Provenance::Guest(reason) => Some(reason),
            _ => None,
        }
    }

    /// What it may be used for.
    #[must_use]
    pub fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    /// Checks that it may be used for something, such as `documents.read`. Permissions come after
    /// that; a key that bypasses permissions needs its scopes all the same.
    ///
    /// # Errors
    ///
    /// The scope is missing. The error names it.
    pub fn require_scope(&self, scope: &str) -> Result<(), MissingScope> {
        self.scopes.require(scope)
    }

    /// When the credential ends, after which whoever holds on to the identity, such as a long-lived
    /// connection, must let go: the earliest of a token's `exp`, its greatest age and the end of
    /// the session or of the key. `None` is no end that is known.
    ///
    /// A [leeway](crate::Tokens::with_leeway) is included: it is the end that the next request would
    /// meet.
    #[must_use]
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.end?.system_time()
    }
}

/// For the host's log: ids and names, escaped, and no secret.
impl fmt::Display for Provenance {
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
            Self::NoCredential => "no credential was given",
            Self::NoUserInToken => "the JWT names no user",
            Self::UnknownUser => "there is no such user",
            Self::SessionGone => "the user has no such session any more",
            Self::SessionExpired => "the session has expired",
            Self::UnknownSession => "there is no session with that secret",
            Self::UnknownKeyKind => "the API key is of no known kind",
            Self::UnknownKey => "there is no such API key",
            Self::KeyOfAnotherProject => "the API key is another project's",
            Self::KeyToken(error) => return write!(f, "the API key's token is refused: {error}"),
        })
    }
}

//! The party at the other end of a connection: [`Caller`].

use std::time::SystemTime;

use smallvec::SmallVec;

use super::caller_names;
use crate::principal::Principal;

/// The party at the other end of a connection: a principal, with what it signed in with and its expiry.
///
/// The session, the actor and the key decide nothing. The host ends the connection by them when they are revoked.
///
/// With the feature `auth`, a caller is created from an `auth::Identity`.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use rolegate::audience::Caller;
/// use rolegate::{Principal, User};
///
/// let principal = Principal::user(&User::new("ann"))?;
/// let in_an_hour = SystemTime::now() + Duration::from_secs(3600);
/// let caller = Caller::new(principal).with_session("s1").with_expiry(in_an_hour);
/// assert_eq!(caller.session_id(), Some("s1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use]
pub struct Caller {
    principal: Principal,
    session_id: Option<Box<str>>,
    actor_id: Option<Box<str>>,
    key_name: Option<Box<str>>,
    expires_at: Option<SystemTime>,
}

impl Caller {
    /// Creates a caller who never expires, without a session, an actor or a key.
    pub fn new(principal: Principal) -> Self {
        Self { principal, session_id: None, actor_id: None, key_name: None, expires_at: None }
    }

    /// Sets the session. [`Audience::disconnect_session`](super::Audience::disconnect_session) ends the
    /// connections of a session.
    pub fn with_session(self, session_id: impl Into<Box<str>>) -> Self {
        Self { session_id: Some(session_id.into()), ..self }
    }

    /// Sets the id of the user who acts as the principal, which is another user.
    /// [`Audience::disconnect_user`](super::Audience::disconnect_user) ends the connections of this user too.
    pub fn with_actor(self, user_id: impl Into<Box<str>>) -> Self {
        Self { actor_id: Some(user_id.into()), ..self }
    }

    /// Sets the name of the API key. [`Audience::disconnect_key`](super::Audience::disconnect_key) ends the
    /// connections of the keys with a name.
    pub fn with_key(self, name: impl Into<Box<str>>) -> Self {
        Self { key_name: Some(name.into()), ..self }
    }

    /// Sets the time from which the caller receives nothing.
    pub fn with_expiry(self, expires_at: SystemTime) -> Self {
        Self { expires_at: Some(expires_at), ..self }
    }

    /// Returns the principal.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Returns the id of the session, or `None` if it is not known.
    #[must_use]
    pub fn session_id(&self) -> Option<&str> {
        self.session_id.as_deref()
    }

    /// Returns the id of the user who acts as the principal, or `None` if the caller is the principal.
    #[must_use]
    pub fn actor_id(&self) -> Option<&str> {
        self.actor_id.as_deref()
    }

    /// Returns the name of the API key, or `None` if the caller has none.
    #[must_use]
    pub fn key_name(&self) -> Option<&str> {
        self.key_name.as_deref()
    }

    /// Returns the time from which the caller receives nothing, or `None` if the caller never expires.
    #[must_use]
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.expires_at
    }

    /// Returns the names of the session, the actor and the key among the roles.
    pub(super) fn names(&self) -> SmallVec<[String; 3]> {
        let session = self.session_id().map(caller_names::session);
        let actor = self.actor_id().map(caller_names::actor);
        session.into_iter().chain(actor).chain(self.key_name().map(caller_names::key)).collect()
    }
}

/// Creates a caller who never expires, without a session, an actor or a key.
impl From<Principal> for Caller {
    fn from(principal: Principal) -> Self {
        Self::new(principal)
    }
}

/// Takes the principal, the session, the actor, the name of the key and the expiry of an identity.
///
/// For an impersonation, the principal is the target, and the session is that of the actor.
/// A key has the name that the host gave to it. Keys without a name share the name `UNKNOWN`, and end together.
#[cfg(feature = "auth")]
impl From<&crate::auth::Identity> for Caller {
    fn from(identity: &crate::auth::Identity) -> Self {
        let key_name = match identity.method() {
            crate::auth::AuthMethod::ApiKey { name, .. } => Some(name.clone()),
            _ => None,
        };
        Self {
            principal: identity.principal().clone(),
            session_id: identity.method().session_id().map(Into::into),
            actor_id: identity.impersonator_id().map(Into::into),
            key_name,
            expires_at: identity.expires_at(),
        }
    }
}

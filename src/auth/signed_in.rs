//! A user whose credential counts: [`SignedIn`].

use super::account::{AccountState, Authenticated};
use super::credentials::SessionCredential;
use super::identity::{AuthMethod, Guest, GuestReason, Identity};
use super::jwt::Claims;
use super::scope::Scopes;
use super::secret::SecretHash;
use super::time::{Expiry, UnixTime};
use crate::principal::{Principal, Session, User, is_empty_id};

/// A user whose session, JWT or account key counts.
pub(super) struct SignedIn {
    pub(super) user: User,
    pub(super) method: AuthMethod,
    pub(super) scopes: Scopes,
    pub(super) end: Option<UnixTime>,
    /// The number of completed factors of the session. It is `None` for a JWT and a key, for which factors
    /// are not checked.
    pub(super) session_factors: Option<usize>,
}

impl SignedIn {
    /// Checks that the user has the session that was presented, and that the session has not expired.
    pub(super) fn by_session(
        user: User,
        credential: SessionCredential<'_>,
        scopes: &Scopes,
        now: UnixTime,
    ) -> Result<Self, Guest> {
        let hash = credential.secret().map(SecretHash::new);
        let is_it = |session: &&Session| match (credential, &hash) {
            (SessionCredential::VerifiedByHost { session_id, .. }, _) => session.id == session_id,
            (_, Some(hash)) => hash.is_of(session),
            (_, None) => false,
        };
        let guest = |reason, session_id| Guest::named(reason, Some(&user.id), session_id);
        let mut refused = guest(GuestReason::UnknownSession, None);
        for session in user.sessions.iter().filter(is_it) {
            let expiry = Expiry::of_session(session.expire.as_deref());
            if expiry.has_passed(now) {
                refused = guest(GuestReason::SessionExpired, Some(&session.id));
                continue;
            }
            // Appwrite returns the id of the session, and an empty id means no session.
            if is_empty_id(&session.id) {
                return Err(guest(GuestReason::UnknownSession, None));
            }
            let (user_id, session_id) = (user.id.as_str().into(), session.id.as_str().into());
            return Ok(Self {
                method: AuthMethod::Session { user_id, session_id },
                scopes: scopes.clone(),
                end: expiry.time(),
                session_factors: Some(session.factors.len()),
                user,
            });
        }
        Err(refused)
    }

    /// Checks that the session of a JWT still exists. A JWT whose `sessionId` is absent or empty belongs to
    /// no session.
    ///
    /// Source: `User::sessionActive` of appwrite/appwrite.
    pub(super) fn by_jwt(
        user: User,
        claims: &Claims,
        scopes: &Scopes,
        now: UnixTime,
    ) -> Result<Self, Guest> {
        let session_id = claims.session_id().filter(|id| !is_empty_id(id));
        let session_end = match session_id {
            None => None,
            Some(id) => {
                let session = user.sessions.iter().find(|session| session.id == id);
                let guest = |reason| Guest::named(reason, Some(&user.id), Some(id));
                let session = session.ok_or_else(|| guest(GuestReason::SessionDeleted))?;
                let end = Expiry::of_session(session.expire.as_deref());
                if end.has_passed(now) {
                    return Err(guest(GuestReason::SessionExpired));
                }
                end.time()
            }
        };
        let (user_id, session_id) = (user.id.as_str().into(), session_id.map(Into::into));
        Ok(Self {
            user,
            method: AuthMethod::Jwt { user_id, session_id },
            scopes: scopes.clone(),
            end: claims.end().into_iter().chain(session_end).min(),
            session_factors: None,
        })
    }

    /// Returns the user as the caller.
    pub(super) fn authenticated(self) -> Authenticated {
        let state = AccountState::of(&self.user, self.session_factors);
        let identity = Identity {
            principal: principal_of(&self.user),
            method: self.method,
            scopes: self.scopes,
            end: self.end,
            impersonator: None,
        };
        Authenticated::new(identity, state)
    }

    /// Returns the user as a caller who acts as `target`.
    pub(super) fn acting_as(self, target: &User) -> Authenticated {
        let [target_state, actor_state] =
            [target, &self.user].map(|user| AccountState::of(user, self.session_factors));
        let identity = Identity {
            principal: principal_of(target),
            method: self.method,
            scopes: self.scopes,
            end: self.end,
            impersonator: Some(self.user.id.into()),
        };
        Authenticated::of_impersonation(identity, target_state, actor_state)
    }
}

/// Returns the principal of a user, or a guest for a blocked user. [`Authenticated`] refuses a blocked user
/// before it returns the identity.
fn principal_of(user: &User) -> Principal {
    Principal::user(user).unwrap_or_else(|_| Principal::guest())
}

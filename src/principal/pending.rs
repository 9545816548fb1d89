//! Between what a credential says and who asks: [`Pending`].

use std::fmt;
use std::time::SystemTime;

use super::api_key::{EphemeralKey, FoundKey, KeyKind, Owner};
use super::authenticate::{AuthenticateError, Authenticator};
use super::claims::Claims;
use super::directory::{Found, Lookup};
use super::identity::{GuestReason, Identity, Provenance};
use super::moment::{End, Moment};
use super::{Principal, User};
use crate::permission::Role;

/// A request whose credential is verified as far as it can be without looking anything up.
#[must_use]
pub struct Pending<'a> {
    authenticator: &'a Authenticator,
    now: Moment,
    asked: Asked<'a>,
}

/// What is to be decided.
pub(super) enum Asked<'a> {
    /// It is a guest, whatever is found.
    Nothing(GuestReason),
    /// Whether there is this user with this session.
    Session { user_id: &'a str, session_id: &'a str },
    /// Whether there is the user that the claims name, with their session if they name one.
    Jwt(Claims),
    /// What a key may do that needs nothing to be found.
    Ephemeral(EphemeralKey),
    /// Whether there is this key.
    Key { kind: KeyKind, secret: &'a str },
}

impl<'a> Pending<'a> {
    pub(super) fn new(authenticator: &'a Authenticator, now: SystemTime, asked: Asked<'a>) -> Self {
        Self { authenticator, now: now.into(), asked }
    }

    /// What the host must find.
    #[must_use]
    pub fn lookup(&self) -> Lookup<'_> {
        match &self.asked {
            Asked::Nothing(_) | Asked::Ephemeral(_) => Lookup::Nothing,
            Asked::Session { user_id, .. } => Lookup::User(user_id),
            Asked::Jwt(claims) => claims.user_id().map_or(Lookup::Nothing, Lookup::User),
            Asked::Key { kind, secret } => Lookup::Key { kind: *kind, secret },
        }
    }

    /// Who asks, from what the host has found.
    ///
    /// Who is not found, by whatever credential, is a guest, and so is whose session is gone or has
    /// expired. A JWT without `sessionId` is bound to no session, as in the reference.
    ///
    /// # Errors
    ///
    /// The user is blocked, or the stored key has expired.
    pub fn decide(self, found: Found) -> Result<Identity, AuthenticateError> {
        match &self.asked {
            Asked::Nothing(reason) => Ok(self.guest(*reason)),
            Asked::Ephemeral(key) => Ok(self.ephemeral(key)),
            Asked::Session { user_id, session_id } => {
                self.signed_in(found, user_id, Some(session_id), None)
            }
            Asked::Jwt(claims) => {
                let user_id = claims.user_id().unwrap_or_default();
                self.signed_in(found, user_id, claims.session_id(), Some(claims))
            }
            Asked::Key { kind, secret } => match found {
                Found::Key(Some(key)) if key.is(secret) => self.stored_key(*kind, &key),
                _ => Ok(self.guest(GuestReason::UnknownKey)),
            },
        }
    }

    fn guest(&self, reason: GuestReason) -> Identity {
        Identity {
            principal: Principal::guest(),
            provenance: Provenance::Guest(reason),
            scopes: self.authenticator.scopes().guests.clone(),
            end: None,
        }
    }

    fn signed_in(
        &self,
        found: Found,
        user_id: &str,
        session_id: Option<&str>,
        claims: Option<&Claims>,
    ) -> Result<Identity, AuthenticateError> {
        let user = match found {
            Found::User(Some(user)) if user.id == user_id => user,
            _ => return Ok(self.guest(GuestReason::UnknownUser)),
        };
        let session = match session_id.map(|id| session_end(&user, id)) {
            None => End::Never,
            Some(None) => return Ok(self.guest(GuestReason::SessionGone)),
            Some(Some(end)) if end.has_passed(self.now) => {
                return Ok(self.guest(GuestReason::SessionExpired));
            }
            Some(Some(end)) => end,
        };
        let principal = Principal::user(&user)?;
        let user_id = user_id.into();
        let session_id = session_id.map(Into::into);
        let provenance = match (claims, session_id) {
            (None, Some(session_id)) => Provenance::Session { user_id, session_id },
            (_, session_id) => Provenance::Jwt { user_id, session_id },
        };
        let end = claims.and_then(Claims::end).into_iter().chain(session.moment()).min();
        Ok(Identity {
            principal,
            provenance,
            scopes: self.authenticator.scopes().users.clone(),
            end,
        })
    }

    fn ephemeral(&self, key: &EphemeralKey) -> Identity {
        // Every token of the server has the same secret. One that names no project, such as a user's
        // JWT, is no key of this one, whatever this one is called.
        let here =
            !key.project_id.is_empty() && *key.project_id == *self.authenticator.project_id();
        if !here && !key.any_project {
            return self.guest(GuestReason::KeyOfAnotherProject);
        }
        // Made for another project it may be used here, and still bypasses nothing here.
        let principal =
            if here { Principal::key_with_bypass() } else { Principal::from_roles([Role::any()]) };
        Identity {
            principal,
            provenance: Provenance::ApiKey {
                kind: KeyKind::Ephemeral,
                name: key.name.clone(),
                owner_id: key.project_id.clone(),
            },
            scopes: key.scopes.and(&self.authenticator.scopes().keys),
            end: key.end,
        }
    }

    fn stored_key(&self, kind: KeyKind, key: &FoundKey) -> Result<Identity, AuthenticateError> {
        let (principal, owner_id) = match (kind, key.owner()) {
            (KeyKind::Standard, Owner::Project(id)) if **id == *self.authenticator.project_id() => {
                (Principal::key_with_bypass(), id)
            }
            (KeyKind::Standard, Owner::Project(_)) => {
                return Ok(self.guest(GuestReason::KeyOfAnotherProject));
            }
            (KeyKind::Organization, Owner::Organization(id)) => (owner_of_team(id), id),
            (KeyKind::Account, Owner::Account(user)) if user.is_guest() => {
                return Ok(self.guest(GuestReason::UnknownUser));
            }
            (KeyKind::Account, Owner::Account(user)) => (Principal::user(user)?, &user.id),
            _ => return Ok(self.guest(GuestReason::UnknownKey)),
        };
        if key.end().has_passed(self.now) {
            return Err(AuthenticateError::KeyExpired);
        }
        let scopes = match kind {
            KeyKind::Standard => key.scopes().and(&self.authenticator.scopes().keys),
            _ => key.scopes().clone(),
        };
        let provenance = Provenance::ApiKey {
            kind,
            name: key.name().into(),
            owner_id: owner_id.as_str().into(),
        };
        Ok(Identity { principal, provenance, scopes, end: key.end().moment() })
    }
}

/// When one of a user's sessions ends; `None` if there is no such session.
fn session_end(user: &User, id: &str) -> Option<End> {
    let mut sessions = user.sessions.iter().filter(|session| !session.id.is_empty());
    let session = sessions.find(|session| session.id == id)?;
    Some(End::parse(session.expire.as_deref()))
}

fn owner_of_team(team: &str) -> Principal {
    let roles = [Ok(Role::any()), Role::team(team), Role::team_role(team, "owner")];
    Principal::from_roles(roles.into_iter().flatten())
}

impl fmt::Debug for Pending<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").field("lookup", &self.lookup()).finish_non_exhaustive()
    }
}

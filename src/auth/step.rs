//! The steps of authentication, with one look-up in each: [`Step`].

use std::fmt;
use std::time::SystemTime;

use super::account::Authenticated;
use super::api_key::{EphemeralKey, KeyKind, Owner, StoredKey};
use super::credentials::{Credentials, ImpersonationTarget, SessionCredential};
use super::error::AuthenticateError;
use super::identity::{AuthMethod, Guest, GuestReason, Identity};
use super::jwt::{Claims, JwtKeys, MAX_TOKEN_LEN};
use super::lookup::{KeyLookup, UserLookup};
use super::scope::{BuiltInScopes, Scopes};
use super::signed_in::SignedIn;
use super::time::UnixTime;
use crate::permission::Role;
use crate::principal::{Principal, User, is_empty_id};

/// A step of authentication: the caller, or a look-up that the host does.
///
/// A request takes at most four look-ups: the user of the session, the user of the JWT, a key, and the
/// target of an impersonation. The answer of the host is checked again. A user must have the id, e-mail
/// address, phone number or session secret of the look-up, and a key must have the secret.
///
/// ```
/// # use rolegate::auth::{AuthenticateError, Identity, KeyLookup, Step, StoredKey, UserLookup};
/// # use rolegate::User;
/// # struct Host;
/// # impl Host {
/// #     async fn user(&self, _: UserLookup<'_>) -> Result<Option<User>, AuthenticateError> { Ok(None) }
/// #     async fn key(&self, _: KeyLookup<'_>) -> Result<Option<StoredKey>, AuthenticateError> { Ok(None) }
/// # }
/// async fn finish(host: &Host, mut step: Step<'_>) -> Result<Identity, AuthenticateError> {
///     loop {
///         step = match step {
///             Step::FindUser(find) => {
///                 let user = host.user(find.lookup()).await?;
///                 find.found(user)?
///             }
///             Step::FindKey(find) => {
///                 let key = host.key(find.lookup()).await?;
///                 find.found(key)?
///             }
///             Step::Done(caller) => return caller.require_scope("documents.read"),
///         };
///     }
/// }
/// ```
#[derive(Debug)]
#[must_use]
pub enum Step<'a> {
    /// Authentication is complete.
    Done(Authenticated),
    /// The host must look up a user.
    FindUser(FindUser<'a>),
    /// The host must look up an API key.
    FindKey(FindKey<'a>),
}

/// The settings of the authenticator, and the time of the request.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) jwt_keys: &'a JwtKeys,
    pub(super) project_id: &'a str,
    pub(super) scopes: &'a BuiltInScopes,
    pub(super) now: SystemTime,
}

/// A request that is being authenticated.
#[derive(Clone, Copy)]
struct Request<'a> {
    context: Context<'a>,
    credentials: Credentials<'a>,
}

/// A look-up of a user. Pass the answer to [`found`](Self::found).
#[must_use]
pub struct FindUser<'a> {
    request: Request<'a>,
    purpose: Purpose<'a>,
}

/// A look-up of an API key. Pass the answer to [`found`](Self::found).
#[must_use]
pub struct FindKey<'a> {
    request: Request<'a>,
    lookup: KeyLookup<'a>,
}

/// The purpose of a look-up of a user.
enum Purpose<'a> {
    Session { session: SessionCredential<'a>, lookup: UserLookup<'a> },
    Jwt { claims: Claims, user_id: Box<str> },
    Impersonation { target: Target<'a>, actor: Box<SignedIn> },
}

/// An [`ImpersonationTarget`], with the e-mail address in lower case.
enum Target<'a> {
    Id(&'a str),
    Email(String),
    Phone(&'a str),
}

/// Starts authentication with the session.
pub(super) fn begin<'a>(
    context: Context<'a>,
    credentials: Credentials<'a>,
) -> Result<Step<'a>, AuthenticateError> {
    let request = Request { context, credentials };
    match credentials.session {
        None => request.after_session(Err(Guest::new(GuestReason::NoCredential))),
        Some(session) => match session.lookup() {
            None => request.after_session(Err(Guest::new(GuestReason::UnknownUser))),
            Some(lookup) => {
                let purpose = Purpose::Session { session, lookup };
                Ok(Step::FindUser(FindUser { request, purpose }))
            }
        },
    }
}

impl<'a> Request<'a> {
    fn now(&self) -> UnixTime {
        self.context.now.into()
    }

    /// Continues with the JWT. A session that counts and a JWT are an error.
    fn after_session(
        self,
        session: Result<SignedIn, Guest>,
    ) -> Result<Step<'a>, AuthenticateError> {
        let Some(token) = self.credentials.jwt else { return self.after_jwt(session) };
        if session.is_ok() {
            return Err(AuthenticateError::SessionAndJwt);
        }
        let Context { jwt_keys, now, .. } = self.context;
        let claims = jwt_keys.verify_jwt(token, now).map_err(AuthenticateError::InvalidJwt)?;
        match claims.user_id().filter(|id| !is_empty_id(id)) {
            None => {
                let guest = Guest::named(GuestReason::NoUserInJwt, None, claims.session_id());
                self.after_jwt(Err(guest))
            }
            Some(user_id) => {
                let user_id = user_id.into();
                let purpose = Purpose::Jwt { claims, user_id };
                Ok(Step::FindUser(FindUser { request: self, purpose }))
            }
        }
    }

    /// Continues with the API key. A user and an API key are an error.
    fn after_jwt(self, signed_in: Result<SignedIn, Guest>) -> Result<Step<'a>, AuthenticateError> {
        match (self.credentials.key, signed_in) {
            (Some(_), Ok(_)) => Err(AuthenticateError::UserAndApiKey),
            (Some(key), Err(_)) => self.check_key(key),
            (None, Ok(user)) => Ok(self.after_key(user)),
            (None, Err(guest)) => Ok(self.guest(guest)),
        }
    }

    fn check_key(self, secret: &'a str) -> Result<Step<'a>, AuthenticateError> {
        let kind = KeyKind::split(secret);
        let find = |lookup| Ok(Step::FindKey(FindKey { request: self, lookup }));
        let unknown = |kind| Err(AuthenticateError::UnknownKey(kind));
        match kind {
            Some((KeyKind::Account, _)) => match self.credentials.key_user {
                Some(user_id) if secret.len() <= MAX_TOKEN_LEN => {
                    find(KeyLookup::Account { user_id, secret })
                }
                _ => unknown(KeyKind::Account),
            },
            Some((KeyKind::Organization, _)) => match self.credentials.key_organization {
                Some(team_id) if secret.len() <= MAX_TOKEN_LEN => {
                    find(KeyLookup::Organization { team_id, secret })
                }
                _ => unknown(KeyKind::Organization),
            },
            _ if !self.is_this_project(self.credentials.project.unwrap_or_default()) => {
                Err(AuthenticateError::MissingProject)
            }
            Some((KeyKind::Standard, _)) if secret.len() <= MAX_TOKEN_LEN => {
                find(KeyLookup::Project { secret })
            }
            Some((KeyKind::Standard, _)) => unknown(KeyKind::Standard),
            Some((KeyKind::Ephemeral, token)) => Ok(self.ephemeral_key(token)),
            None => Ok(self.guest(Guest::new(GuestReason::UnknownKeyKind))),
        }
    }

    /// Continues with the impersonation, if the request has a target and the user may act as others.
    fn after_key(self, actor: SignedIn) -> Step<'a> {
        let Some(target) = self.credentials.target.filter(|_| actor.user.impersonator) else {
            return Step::Done(actor.authenticated());
        };
        let target = match target {
            ImpersonationTarget::Id(id) => Target::Id(id),
            ImpersonationTarget::Email(email) => Target::Email(email.to_ascii_lowercase()),
            ImpersonationTarget::Phone(phone) => Target::Phone(phone),
        };
        let purpose = Purpose::Impersonation { target, actor: Box::new(actor) };
        Step::FindUser(FindUser { request: self, purpose })
    }

    fn guest(self, guest: Guest) -> Step<'a> {
        let scopes = self.context.scopes.guests.clone();
        without_account(Principal::guest(), AuthMethod::Guest(guest), scopes, None)
    }

    fn ephemeral_key(self, token: &str) -> Step<'a> {
        let Context { jwt_keys, scopes, now, .. } = self.context;
        let key = match EphemeralKey::verify(jwt_keys, token, now) {
            Ok(key) => key,
            Err(error) => return self.guest(Guest::new(GuestReason::InvalidKeyToken(error))),
        };
        // All tokens of a server share one secret. A token without a project id, such as the JWT of a user,
        // is not a key of this project.
        let here = self.is_this_project(&key.project_id);
        if !here && !key.any_project {
            return self.guest(Guest::new(GuestReason::KeyOfAnotherProject));
        }
        // A key of another project never bypasses permissions.
        let principal =
            if here { Principal::key_with_bypass() } else { Principal::from_roles([Role::any()]) };
        let method = AuthMethod::ApiKey {
            kind: KeyKind::Ephemeral,
            name: key.name,
            owner_id: key.project_id,
        };
        without_account(principal, method, key.scopes.and(&scopes.keys), key.end)
    }

    /// Returns `true` if `id` is the id of the authenticator's project and is not empty.
    fn is_this_project(self, id: &str) -> bool {
        !is_empty_id(id) && *id == *self.context.project_id
    }
}

impl<'a> FindUser<'a> {
    /// Returns the user to look up.
    #[must_use]
    pub fn lookup(&self) -> UserLookup<'_> {
        match &self.purpose {
            Purpose::Session { lookup, .. } => *lookup,
            Purpose::Jwt { user_id, .. } => UserLookup::Id(user_id),
            Purpose::Impersonation { target, .. } => match target {
                Target::Id(id) => UserLookup::Id(id),
                Target::Email(email) => UserLookup::Email(email),
                Target::Phone(phone) => UserLookup::Phone(phone),
            },
        }
    }

    /// Continues with the user, or with `None` if the user does not exist. Another user than the requested
    /// one counts as `None`.
    ///
    /// If a session does not count and the request has no other credential, the caller is a guest. If the
    /// target of an impersonation is unknown, the request acts as the user that signed in.
    ///
    /// # Errors
    ///
    /// The JWT is invalid. Or the request has two credentials that exclude each other: a session that
    /// counts and a JWT, or a user and an API key. Or the following API key is refused.
    pub fn found(self, user: Option<User>) -> Result<Step<'a>, AuthenticateError> {
        let user = user.filter(|user| self.lookup().is_answered_by(user));
        let Self { request, purpose } = self;
        let (scopes, now) = (&request.context.scopes.users, request.now());
        match purpose {
            Purpose::Session { session: credential, .. } => {
                let unknown = || Guest::named(GuestReason::UnknownUser, credential.user_id(), None);
                let signed_in = user.ok_or_else(unknown);
                request.after_session(
                    signed_in.and_then(|user| SignedIn::by_session(user, credential, scopes, now)),
                )
            }
            Purpose::Jwt { claims, user_id } => {
                let session_id = claims.session_id();
                let unknown = || Guest::named(GuestReason::UnknownUser, Some(&user_id), session_id);
                let signed_in = user.ok_or_else(unknown);
                request.after_jwt(
                    signed_in.and_then(|user| SignedIn::by_jwt(user, &claims, scopes, now)),
                )
            }
            Purpose::Impersonation { actor, .. } => Ok(Step::Done(match &user {
                Some(target) => actor.acting_as(target),
                None => actor.authenticated(),
            })),
        }
    }
}

impl<'a> FindKey<'a> {
    /// Returns the key to look up.
    #[must_use]
    pub fn lookup(&self) -> KeyLookup<'_> {
        self.lookup
    }

    /// Continues with the key, or with `None` if this key is not stored. A key with another secret or
    /// another owner counts as `None`.
    ///
    /// # Errors
    ///
    /// The key is unknown or has expired.
    pub fn found(self, key: Option<StoredKey>) -> Result<Step<'a>, AuthenticateError> {
        let Self { request, lookup } = self;
        let unknown = || AuthenticateError::UnknownKey(lookup.kind());
        let key = key.filter(|key| key.has_secret(lookup.secret())).ok_or_else(unknown)?;
        let expired = key.has_expired(request.now());
        let end = key.end().time();
        let name = key.name().into();
        let method = |owner_id: &str| AuthMethod::ApiKey {
            kind: lookup.kind(),
            name,
            owner_id: owner_id.into(),
        };
        match (lookup, key.owner) {
            (KeyLookup::Project { .. }, Owner::Project(id)) if request.is_this_project(&id) => {
                if expired {
                    return Err(AuthenticateError::KeyExpired);
                }
                let scopes = key.scopes.and(&request.context.scopes.keys);
                let principal = Principal::key_with_bypass();
                Ok(without_account(principal, method(&id), scopes, end))
            }
            (KeyLookup::Organization { team_id, .. }, Owner::Organization(id)) if id == team_id => {
                if expired {
                    return Err(AuthenticateError::KeyExpired);
                }
                Ok(without_account(owner_of_team(&id), method(&id), key.scopes, end))
            }
            (KeyLookup::Account { user_id, .. }, Owner::Account(user)) if user.id == user_id => {
                if expired {
                    return Err(AuthenticateError::AccountKeyExpired);
                }
                Ok(request.after_key(SignedIn {
                    method: method(&user.id),
                    user: *user,
                    scopes: key.scopes,
                    end,
                    session_factors: None,
                }))
            }
            _ => Err(unknown()),
        }
    }
}

/// Returns a caller without an account to check: a guest or a key.
fn without_account<'a>(
    principal: Principal,
    method: AuthMethod,
    scopes: Scopes,
    end: Option<UnixTime>,
) -> Step<'a> {
    let identity = Identity { principal, method, scopes, end, impersonator: None };
    Step::Done(Authenticated::without_account(identity))
}

fn owner_of_team(team: &str) -> Principal {
    let roles = [Ok(Role::any()), Role::team(team), Role::team_role(team, "owner")];
    Principal::from_roles(roles.into_iter().flatten())
}

impl fmt::Debug for FindUser<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FindUser").field("lookup", &self.lookup()).finish_non_exhaustive()
    }
}

impl fmt::Debug for FindKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FindKey").field("lookup", &self.lookup).finish_non_exhaustive()
    }
}

//! Authentication: sessions, JWTs, API keys, scopes and the state of accounts.

mod account;
mod boundaries;
mod checklist;
mod conflicts;
mod differential;
mod directory;
mod errors;
mod guests;
mod hostile;
#[cfg(feature = "http")]
mod http;
mod impersonation;
mod keys;
mod laws;
mod model;
mod printed;
mod probes;
mod redaction;
mod scopes;
mod story;
mod tokens;
mod world;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use rolegate::auth::{
    AuthenticateError, Authenticated, Authenticator, Credentials, Directory, Identity, JwtKeys,
    KeyKind, KeyLookup, Secret, StoredKey, UserLookup,
};
use rolegate::{PrincipalKind, Refusal, User};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub const SECRET: &str = "your-secret-key";
pub const PROJECT: &str = "project-1";

/// The secret of the session `s1` of `user-a`.
pub const SESSION_SECRET: &str = "secret-of-session-1";

/// The first second of 2026.
pub const NOW: u64 = 1_767_225_600;

/// A date before [`NOW`].
pub const PAST: &str = "2025-12-31T23:59:59.999+00:00";
/// A date one hour after [`NOW`].
pub const FUTURE: &str = "2026-01-01T01:00:00.000+00:00";

pub fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

pub fn now() -> SystemTime {
    at(NOW)
}

pub fn jwt_keys() -> JwtKeys {
    JwtKeys::new(Secret::new(SECRET).unwrap())
}

pub fn authenticator() -> Authenticator {
    Authenticator::new(jwt_keys(), PROJECT)
}

/// Returns a token with any header and payload, signed by `jsonwebtoken` with this algorithm.
pub fn signed_as(algorithm: Algorithm, header: &[u8], payload: &[u8]) -> String {
    let encode = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
    let message = format!("{}.{}", encode(header), encode(payload));
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, algorithm).unwrap();
    format!("{message}.{signature}")
}

pub fn signed(header: &[u8], payload: &[u8]) -> String {
    signed_as(Algorithm::HS256, header, payload)
}

/// Returns a token with the usual header.
pub fn token(payload: &Value) -> String {
    signed(br#"{"typ":"JWT","alg":"HS256"}"#, payload.to_string().as_bytes())
}

/// Returns a token with these claims and an `exp` in 15 minutes.
pub fn jwt(claims: &Value) -> String {
    let mut claims = claims.clone();
    claims["exp"] = (NOW + 900).into();
    token(&claims)
}

/// Returns the SHA-256 of a text in lower-case hexadecimal.
pub fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// The error of a [`Store`] without a connection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Down;

impl std::fmt::Display for Down {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no connection")
    }
}

impl std::error::Error for Down {}

/// Stored users and keys. Texts are compared without regard to case, as databases do by default. The
/// owner of a key is not compared at all.
#[derive(Default)]
pub struct Store {
    pub users: Vec<User>,
    pub keys: Vec<(KeyKind, String, StoredKey)>,
}

impl Store {
    /// Creates a store of `user-a` with the session `s1`, which ends in an hour.
    pub fn of_user_a() -> Self {
        Self::of_users(vec![user_a()])
    }

    pub fn of_users(users: Vec<User>) -> Self {
        Self { users, keys: Vec::new() }
    }

    pub fn with_key(mut self, kind: KeyKind, secret: &str, key: StoredKey) -> Self {
        self.keys.push((kind, secret.to_owned(), key));
        self
    }

    /// Authenticates a request, and checks neither scope nor account.
    pub fn verify(
        &self,
        credentials: &Credentials<'_>,
        now: SystemTime,
    ) -> Result<Authenticated, AuthenticateError> {
        authenticator().authenticate(credentials, self, now)
    }

    /// Authenticates a request and checks the account.
    pub fn ask(
        &self,
        credentials: &Credentials<'_>,
        now: SystemTime,
    ) -> Result<Identity, AuthenticateError> {
        self.verify(credentials, now)?.require_active()
    }

    /// Returns the [`outcome`] of a request now.
    pub fn outcome(&self, credentials: &Credentials<'_>) -> String {
        outcome(self.ask(credentials, now()))
    }
}

impl Directory for Store {
    type Error = Down;

    fn user(&self, lookup: UserLookup<'_>) -> Result<Option<User>, Down> {
        if lookup == UserLookup::Id("broken") {
            return Err(Down);
        }
        let same = |stored: Option<&str>, asked: &str| {
            stored.is_some_and(|stored| stored.eq_ignore_ascii_case(asked))
        };
        let is_it = |user: &&User| match lookup {
            UserLookup::Id(id) => same(Some(&user.id), id),
            UserLookup::Email(email) => same(user.email.as_deref(), email),
            UserLookup::Phone(phone) => same(user.phone.as_deref(), phone),
            UserLookup::SessionSecret(secret) => {
                let hash = sha256(secret);
                user.sessions.iter().any(|session| same(session.secret.as_deref(), &hash))
            }
        };
        Ok(self.users.iter().find(is_it).cloned())
    }

    fn key(&self, lookup: KeyLookup<'_>) -> Result<Option<StoredKey>, Down> {
        let is_it = |(kind, secret, _): &&(KeyKind, String, StoredKey)| {
            *kind == lookup.kind() && secret.eq_ignore_ascii_case(lookup.secret())
        };
        Ok(self.keys.iter().find(is_it).map(|(_, _, key)| key.clone()))
    }
}

/// Returns the outcome of a request in a few words: an error type, `guest: REASON`, `bypass`, `user-a`,
/// `user-a acts as user-b`, or the roles of a key.
pub fn outcome(answer: Result<Identity, AuthenticateError>) -> String {
    let identity = match answer {
        Ok(identity) => identity,
        Err(error) => return error.error_type().to_owned(),
    };
    if let Some(reason) = identity.guest_reason() {
        return format!("guest: {reason}");
    }
    match (identity.principal().kind(), identity.impersonator_id()) {
        (PrincipalKind::Bypass, None) => "bypass".to_owned(),
        (PrincipalKind::User(user), None) => user.to_string(),
        (PrincipalKind::User(user), Some(actor)) => format!("{actor} acts as {user}"),
        (PrincipalKind::Roles, None) => {
            let roles = identity.principal().roles().iter();
            roles.map(ToString::to_string).collect::<Vec<_>>().join(" ")
        }
        other => panic!("{other:?}"),
    }
}

pub fn user(document: Value) -> User {
    serde_json::from_value(document).unwrap()
}

/// Returns `user-a`, verified, with the session `s1`.
pub fn user_a() -> User {
    user(user_a_json())
}

pub fn user_a_json() -> Value {
    json!({
        "$id": "user-a",
        "emailVerification": true,
        "sessions": [{
            "$id": "s1",
            "expire": FUTURE,
            "secret": sha256(SESSION_SECRET),
            "provider": "email",
            "factors": ["password"],
        }],
    })
}

/// Returns the credentials of the session `s1` of `user-a`, by its secret.
pub fn session() -> Credentials<'static> {
    Credentials::none().with_session("user-a", SESSION_SECRET)
}

/// Returns the session `s1` of `user-a` by its secret, and as one that the host has verified.
pub fn both_sessions() -> [Credentials<'static>; 2] {
    [session(), Credentials::none().with_session_verified_by_host("user-a", "s1")]
}

/// Returns the credentials of an API key, in a request that names the project.
pub fn key(key: &str) -> Credentials<'_> {
    Credentials::none().with_project(PROJECT).with_key(key)
}

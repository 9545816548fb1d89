//! Who asks: tokens, sessions, API keys and scopes. The story of Appwrite's guide is in `story`.

mod boundaries;
mod errors;
mod guests;
mod hostile;
mod keys;
mod laws;
mod printed;
mod redaction;
mod scopes;
mod story;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use rolegate::{
    Authenticator, Credentials, Directory, FoundKey, Identity, KeyKind, RequestError, Secret,
    Tokens, User,
};
use serde_json::Value;

pub const SECRET: &str = "your-secret-key";
pub const PROJECT: &str = "project-1";

/// The first second of 2026.
pub const NOW: u64 = 1_767_225_600;

pub fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

pub fn now() -> SystemTime {
    at(NOW)
}

pub fn tokens() -> Tokens {
    Tokens::new(Secret::new(SECRET).unwrap())
}

pub fn authenticator() -> Authenticator {
    Authenticator::new(tokens(), PROJECT)
}

/// A token of any header and payload, signed by `jsonwebtoken` as an algorithm says.
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

/// A token with the usual header.
pub fn token(payload: &Value) -> String {
    signed(br#"{"typ":"JWT","alg":"HS256"}"#, payload.to_string().as_bytes())
}

/// The store cannot be reached.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Down;

impl std::fmt::Display for Down {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no connection")
    }
}

impl std::error::Error for Down {}

/// What is stored. It compares secrets as databases do by default, without regard to case.
#[derive(Default)]
pub struct Store {
    pub users: Vec<User>,
    pub keys: Vec<(KeyKind, String, FoundKey)>,
}

impl Store {
    /// user-a with the session s1, which ends in an hour, and nobody else.
    pub fn of_user_a() -> Self {
        Self { users: vec![user_a()], keys: Vec::new() }
    }

    pub fn with_key(mut self, kind: KeyKind, secret: &str, key: FoundKey) -> Self {
        self.keys.push((kind, secret.to_owned(), key));
        self
    }

    pub fn ask(
        &self,
        credentials: &Credentials<'_>,
        now: SystemTime,
    ) -> Result<Identity, RequestError<Down>> {
        authenticator().authenticate(credentials, self, now)
    }
}

impl Directory for Store {
    type Error = Down;

    fn user(&self, id: &str) -> Result<Option<User>, Down> {
        if id == "broken" {
            return Err(Down);
        }
        Ok(self.users.iter().find(|user| user.id.eq_ignore_ascii_case(id)).cloned())
    }

    fn key(&self, kind: KeyKind, secret: &str) -> Result<Option<FoundKey>, Down> {
        let mut keys = self.keys.iter();
        let key = keys.find(|(of, stored, _)| *of == kind && stored.eq_ignore_ascii_case(secret));
        Ok(key.map(|(_, _, key)| key.clone()))
    }
}

pub fn user_a() -> User {
    serde_json::from_str(
        r#"{
            "$id": "user-a",
            "emailVerification": true,
            "sessions": [{ "$id": "s1", "expire": "2026-01-01T01:00:00.000+00:00" }]
        }"#,
    )
    .unwrap()
}

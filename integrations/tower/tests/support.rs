//! A directory with a few users and keys, and requests to it.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::fmt::Write as _;
use std::io;
use std::sync::Mutex;
use std::time::SystemTime;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use axum::routing::get;
use rolegate::User;
use rolegate::auth::http::encode_session;
use rolegate::auth::{
    Authenticator, DEFAULT_JWT_LIFETIME, JwtKeys, KeyLookup, Secret, StoredKey, UserLookup,
};
use rolegate::principal::Membership;
use rolegate_tower::{AsyncDirectory, Caller, IdentityLayer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tower::ServiceExt;

pub(crate) const SESSION_SECRET: &str = "hunter2-session";
pub(crate) const KEY: &str = "standard_hunter2-key";
pub(crate) const PROJECT: (&str, &str) = ("x-appwrite-project", "p1");
const NEVER: &str = "9999-12-31T00:00:00.000+00:00";

/// A directory in memory that records the look-ups of users.
#[derive(Default, Debug)]
pub(crate) struct Users {
    pub(crate) known: Mutex<Vec<User>>,
    pub(crate) lookups: Mutex<Vec<String>>,
    pub(crate) fails: bool,
}

impl Users {
    pub(crate) fn new() -> Self {
        let mut boss = user("boss", &json!({ "impersonator": true }));
        boss.memberships.push(Membership::confirmed("m1", "t1", ["owner"]));
        let users = vec![
            user("user-a", &json!({})),
            boss,
            user("blocked", &json!({ "status": false })),
            user("blocked-boss", &json!({ "status": false, "impersonator": true })),
            user("resetting", &json!({ "reset": true })),
            user("two-factor", &json!({ "mfa": true, "emailVerification": true })),
            user("line\nbreak", &json!({})),
        ];
        Self { known: users.into(), ..Self::default() }
    }

    pub(crate) fn failing() -> Self {
        Self { fails: true, ..Self::default() }
    }

    pub(crate) fn lookup_count(&self) -> usize {
        self.lookups.lock().unwrap().len()
    }
}

/// Returns a user with the session `s1`, which has [`SESSION_SECRET`] and one factor.
pub(crate) fn user(id: &str, fields: &Value) -> User {
    let mut hash = String::new();
    for byte in Sha256::digest(SESSION_SECRET) {
        write!(hash, "{byte:02x}").unwrap();
    }
    let mut json = json!({ "$id": id, "email": format!("{id}@example.com"), "sessions": [
        { "$id": "s1", "expire": NEVER, "provider": "email", "secret": hash, "factors": ["password"] },
        { "$id": "old", "expire": "2001-01-01T00:00:00.000+00:00" },
    ] });
    json.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    serde_json::from_value(json).unwrap()
}

impl AsyncDirectory for Users {
    type Error = io::Error;

    async fn user(&self, lookup: UserLookup<'_>) -> Result<Option<User>, io::Error> {
        tokio::task::yield_now().await;
        self.lookups.lock().unwrap().push(format!("{lookup:?}"));
        if self.fails || lookup == UserLookup::Id("failing") {
            return Err(io::Error::other("database at 10.0.0.7\nis down"));
        }
        let users = self.known.lock().unwrap();
        let is_it = |user: &&User| match lookup {
            UserLookup::Id(id) => user.id == id,
            UserLookup::Email(email) => user.email.as_deref() == Some(email),
            UserLookup::SessionSecret(secret) => secret == SESSION_SECRET,
            UserLookup::Phone(_) => false,
        };
        Ok(users.iter().find(is_it).cloned())
    }

    async fn key(&self, lookup: KeyLookup<'_>) -> Result<Option<StoredKey>, io::Error> {
        tokio::task::yield_now().await;
        if self.fails {
            return Err(io::Error::other("database at 10.0.0.7\nis down"));
        }
        Ok(match lookup {
            KeyLookup::Project { secret: KEY } => {
                Some(StoredKey::of_project("p1", KEY).with_scopes(["users.read"]))
            }
            KeyLookup::Organization { team_id, secret } => {
                Some(StoredKey::of_organization(team_id, secret))
            }
            KeyLookup::Account { user_id, secret } => {
                Some(StoredKey::of_account(User::new(user_id), secret))
            }
            KeyLookup::Project { .. } => None,
        })
    }
}

pub(crate) fn keys() -> JwtKeys {
    JwtKeys::new(Secret::new("hunter2-server").unwrap())
}

pub(crate) fn layer<D: AsyncDirectory>(directory: D) -> IdentityLayer<D> {
    IdentityLayer::new(Authenticator::new(keys(), "p1"), directory)
}

/// Returns the value of a session cookie or header.
pub(crate) fn session(user_id: &str) -> String {
    encode_session(user_id, SESSION_SECRET)
}

pub(crate) fn cookie(user_id: &str) -> (&'static str, String) {
    ("cookie", format!("theme=dark; a_session_p1={}", session(user_id)))
}

pub(crate) fn jwt_of(user_id: &str, session_id: &str) -> String {
    keys().create_jwt(user_id, session_id, DEFAULT_JWT_LIFETIME, SystemTime::now()).unwrap()
}

pub(crate) fn jwt(user_id: &str) -> (&'static str, String) {
    ("x-appwrite-jwt", jwt_of(user_id, "s1"))
}

/// A header, with an owned value.
pub(crate) fn header(name: &'static str, value: &str) -> (&'static str, String) {
    (name, value.to_owned())
}

pub(crate) fn project() -> (&'static str, String) {
    header(PROJECT.0, PROJECT.1)
}

pub(crate) fn key() -> Vec<(&'static str, String)> {
    vec![project(), header("x-appwrite-key", KEY)]
}

/// Answers with the identity of the caller.
pub(crate) async fn who(caller: Caller) -> axum::Json<Value> {
    let principal = caller.principal();
    axum::Json(json!({
        "method": caller.method().as_str(),
        "user": principal.user_id(),
        "bypass": principal.bypasses_permissions(),
        "impersonator": caller.impersonator_id(),
    }))
}

pub(crate) fn router() -> Router {
    Router::new().route("/", get(who))
}

/// Sends a request to `/`, and returns the response.
pub(crate) async fn send(router: Router, headers: &[(&'static str, String)]) -> Response<Body> {
    let mut request = Request::get("/");
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

/// Sends a request to `/`, and returns the status and the JSON.
pub(crate) async fn ask(router: Router, headers: &[(&'static str, String)]) -> (u16, Value) {
    let response = send(router, headers).await;
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), 1 << 16).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

/// Asserts that a request is refused with a status and a type, in Appwrite's JSON.
pub(crate) async fn assert_refused(
    router: Router,
    headers: &[(&'static str, String)],
    status: u16,
    kind: &str,
) -> String {
    let (found, body) = ask(router, headers).await;
    assert_eq!((found, &body["type"]), (status, &json!(kind)), "{headers:?}: {body}");
    assert_eq!(body["code"], status, "{body}");
    assert_eq!(body.as_object().unwrap().len(), 3, "{body}");
    body["message"].as_str().unwrap().to_owned()
}

//! A small server with axum: from request headers to an identity to a filtered list of three birthdays.
//!
//! ```sh
//! cargo run --manifest-path examples/axum-minimal/Cargo.toml
//! curl 127.0.0.1:3000/birthdays -H 'X-Appwrite-Project: p1' -H 'X-Appwrite-Key: standard_backend'
//! ```

use std::sync::Arc;
use std::time::SystemTime;

use axum::extract::{FromRequestParts, State};
use axum::http::{StatusCode, request::Parts};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use rolegate::auth::{
    AuthenticateError, Authenticator, Credentials, Identity, JwtKeys, KeyLookup, Secret, Step,
    StoredKey, UserLookup,
};
use rolegate::principal::Session;
use rolegate::{Action, Collection, Refusal, User};
use serde_json::{Value, json};

struct App {
    authenticator: Authenticator,
    collection: Collection,
    users: Vec<User>,
    documents: Vec<(Value, Vec<String>)>,
}

/// The look-ups of the host. A real host asks its database.
impl App {
    async fn user(&self, lookup: UserLookup<'_>) -> Option<User> {
        let UserLookup::Id(id) = lookup else { return None };
        self.users.iter().find(|user| user.id == id).cloned()
    }

    async fn key(&self, lookup: KeyLookup<'_>) -> Option<StoredKey> {
        let key = StoredKey::of_project("p1", "standard_backend").with_scopes(["documents.read"]);
        (lookup.secret() == "standard_backend").then_some(key)
    }
}

/// The caller of a request: a guest, a user or an API key.
struct Caller(Identity);

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Refused<AuthenticateError>;

    async fn from_request_parts(
        parts: &mut Parts,
        app: &Arc<App>,
    ) -> Result<Self, Self::Rejection> {
        // A header that is not a text is a malformed credential. It must not count as absent.
        let header = |name| parts.headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        let credentials = Credentials::none()
            .with_project(header("x-appwrite-project"))
            .with_jwt(header("x-appwrite-jwt"))
            .with_key(header("x-appwrite-key"));
        let mut step = app.authenticator.begin(&credentials, SystemTime::now())?;
        loop {
            step = match step {
                Step::FindUser(find) => {
                    let user = app.user(find.lookup()).await;
                    find.found(user)?
                }
                Step::FindKey(find) => {
                    let key = app.key(find.lookup()).await;
                    find.found(key)?
                }
                Step::Done(caller) => return Ok(Self(caller.require_scope("documents.read")?)),
            };
        }
    }
}

/// A refusal of rolegate, which becomes Appwrite's JSON error.
struct Refused<R>(R);

impl<R: Refusal> From<R> for Refused<R> {
    fn from(refusal: R) -> Self {
        Self(refusal)
    }
}

impl<R: Refusal> IntoResponse for Refused<R> {
    fn into_response(self) -> Response {
        let code = self.0.status();
        let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let (message, kind) = (self.0.to_string(), self.0.error_type());
        (status, Json(json!({ "message": message, "code": code, "type": kind }))).into_response()
    }
}

async fn birthdays(
    State(app): State<Arc<App>>,
    Caller(identity): Caller,
) -> Result<Json<Value>, Refused<rolegate::AccessDenied>> {
    let matcher = app.collection.matcher(identity.principal(), Action::Read)?;
    let visible = app.documents.iter().filter(|(_, permissions)| matcher.allows(permissions));
    let documents: Vec<&Value> = visible.map(|(document, _)| document).collect();
    Ok(Json(json!({ "total": documents.len(), "documents": documents })))
}

fn app() -> Result<App, Box<dyn std::error::Error>> {
    let secret = std::env::var("JWT_SECRET").unwrap_or_else(|_| "your-secret-key".into());
    let document =
        |name: &str, id: &str| (json!({ "name": name }), vec![format!("read(\"user:{id}\")")]);
    let mut kevin = User::new("user-a");
    kevin.sessions.push(Session::new("s1", "9999-12-31T00:00:00.000+00:00"));
    Ok(App {
        authenticator: Authenticator::new(JwtKeys::new(Secret::new(secret)?), "p1"),
        collection: Collection::new([r#"create("users")"#], true.into()),
        users: vec![kevin],
        documents: vec![document("Kevin", "user-a"), document("Laura", "user-b")],
    })
}

fn router(app: App) -> Router {
    Router::new().route("/birthdays", get(birthdays)).with_state(Arc::new(app))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    Ok(axum::serve(listener, router(app()?)).await?)
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt;

    use super::*;

    /// Sends a request and returns the status with the body.
    async fn ask(headers: &[(&str, &str)]) -> (u16, Value) {
        let mut request = Request::get("/birthdays");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = router(app().unwrap()).oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 1 << 16).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn list_holds_what_the_caller_may_read() {
        let keys = JwtKeys::new(Secret::new("your-secret-key").unwrap());
        let hour = rolegate::auth::MAX_JWT_LIFETIME;
        let jwt = keys.create_jwt("user-a", "s1", hour, SystemTime::now()).unwrap();
        let (project, key) = (("x-appwrite-project", "p1"), ("x-appwrite-key", "standard_backend"));
        for (headers, names) in [
            (vec![], json!([])),
            (vec![("x-appwrite-jwt", &*jwt)], json!([{ "name": "Kevin" }])),
            (vec![project, key], json!([{ "name": "Kevin" }, { "name": "Laura" }])),
        ] {
            let (status, body) = ask(&headers).await;
            assert_eq!((status, &body["documents"]), (200, &names), "{headers:?}");
        }
    }

    #[tokio::test]
    async fn bad_credential_is_refused_and_not_a_guest() {
        let project = ("x-appwrite-project", "p1");
        for (name, value, kind) in [
            ("x-appwrite-jwt", "a.b.c", "user_jwt_invalid"),
            ("x-appwrite-jwt", "é", "user_jwt_invalid"),
            ("x-appwrite-key", "standard_é", "user_unauthorized"),
        ] {
            let (status, body) = ask(&[project, (name, value)]).await;
            assert_eq!((status, &body["type"]), (401, &json!(kind)), "{name}: {value}");
        }
    }
}

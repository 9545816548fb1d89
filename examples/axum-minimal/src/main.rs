//! A small server with axum: from request headers to an identity to a filtered list of birthdays.
//!
//! ```sh
//! JWT_SECRET=your-secret-key cargo run --manifest-path examples/axum-minimal/Cargo.toml
//! curl 127.0.0.1:3000/birthdays -H 'X-Appwrite-Project: p1' -H 'X-Appwrite-Key: standard_backend'
//! ```

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use rolegate::auth::{Authenticator, JwtKeys, KeyLookup, Secret, StoredKey, UserLookup};
use rolegate::principal::Session;
use rolegate::{Action, Collection, User};
use rolegate_tower::{AsyncDirectory, Caller, IdentityLayer, Refused, RequireScope};
use serde_json::{Value, json};

/// The users and keys of the host. A real host asks its database.
struct Directory {
    users: Vec<User>,
}

impl AsyncDirectory for Directory {
    type Error = Infallible;

    async fn user(&self, lookup: UserLookup<'_>) -> Result<Option<User>, Infallible> {
        let UserLookup::Id(id) = lookup else { return Ok(None) };
        Ok(self.users.iter().find(|user| user.id == id).cloned())
    }

    async fn key(&self, lookup: KeyLookup<'_>) -> Result<Option<StoredKey>, Infallible> {
        let key = StoredKey::of_project("p1", "standard_backend").with_scopes(["documents.read"]);
        Ok((lookup.secret() == "standard_backend").then_some(key))
    }
}

/// The documents, each with its permissions.
struct Birthdays {
    collection: Collection,
    documents: Vec<(Value, Vec<String>)>,
}

/// Lists the birthdays that the caller may read: a guest, a user or an API key.
async fn list(
    State(birthdays): State<Arc<Birthdays>>,
    caller: Caller,
) -> Result<Json<Value>, Refused> {
    let matcher = birthdays.collection.matcher(caller.principal(), Action::Read)?;
    let visible = birthdays.documents.iter().filter(|(_, permissions)| matcher.allows(permissions));
    let documents: Vec<&Value> = visible.map(|(document, _)| document).collect();
    Ok(Json(json!({ "total": documents.len(), "documents": documents })))
}

fn directory() -> Directory {
    let mut kevin = User::new("user-a");
    kevin.sessions.push(Session::new("s1", "9999-12-31T00:00:00.000+00:00"));
    Directory { users: vec![kevin] }
}

fn birthdays() -> Birthdays {
    let document =
        |name: &str, id: &str| (json!({ "name": name }), vec![format!("read(\"user:{id}\")")]);
    Birthdays {
        collection: Collection::new([r#"create("users")"#], true.into()),
        documents: vec![document("Kevin", "user-a"), document("Laura", "user-b")],
    }
}

fn router(secret: Secret) -> Router {
    let authenticator = Authenticator::new(JwtKeys::new(secret), "p1");
    Router::new()
        .route("/birthdays", get(list))
        .layer(RequireScope::new("documents.read"))
        // The last layer is the outermost.
        .layer(IdentityLayer::new(authenticator, directory()))
        .with_state(Arc::new(birthdays()))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let secret =
        std::env::var("JWT_SECRET").map_err(|_| "set `JWT_SECRET` to the secret of JWTs")?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    Ok(axum::serve(listener, router(Secret::new(secret)?)).await?)
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

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
        let response =
            router(Secret::new("your-secret-key").unwrap()).oneshot(request).await.unwrap();
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
    async fn bad_or_repeated_credential_is_refused_and_not_a_guest() {
        let (project, key) = (("x-appwrite-project", "p1"), ("x-appwrite-key", "standard_backend"));
        for (headers, status, kind) in [
            ([project, ("x-appwrite-jwt", "a.b.c")], 401, "user_jwt_invalid"),
            ([project, ("x-appwrite-jwt", "é")], 400, "general_argument_invalid"),
            ([project, ("x-appwrite-key", "standard_x")], 401, "user_unauthorized"),
            ([project, ("x-appwrite-key", "standard_é")], 400, "general_argument_invalid"),
            ([key, key], 400, "general_argument_invalid"),
        ] {
            let (found, body) = ask(&headers).await;
            assert_eq!((found, &body["type"]), (status, &json!(kind)), "{headers:?}");
        }
    }
}

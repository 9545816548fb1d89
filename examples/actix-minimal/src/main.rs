//! A small server with actix-web: from request headers to an identity to a filtered list of birthdays.
//!
//! ```sh
//! JWT_SECRET=your-secret-key cargo run --manifest-path examples/actix-minimal/Cargo.toml
//! curl 127.0.0.1:3000/birthdays -H 'X-Appwrite-Project: p1' -H 'X-Appwrite-Key: standard_backend'
//! ```

use std::time::SystemTime;

use actix_web::error::{ErrorBadRequest, ErrorNotFound, InternalError};
use actix_web::http::StatusCode;
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer, web};
use http::{HeaderMap, HeaderName, HeaderValue};
use rolegate::auth::http::RequestCredentials;
use rolegate::auth::{
    AuthenticateError, Authenticator, Identity, JwtKeys, KeyLookup, Secret, Step, StoredKey,
    UserLookup,
};
use rolegate::principal::Session;
use rolegate::{Action, Collection, Refusal, User};
use serde_json::{Value, json};

#[derive(Clone)]
struct Host {
    authenticator: Authenticator,
    collection: Collection,
    users: Vec<User>,
    documents: Vec<(Value, Vec<String>)>,
}

/// The look-ups of the host. A real host asks its database.
impl Host {
    async fn user(&self, lookup: UserLookup<'_>) -> Option<User> {
        let UserLookup::Id(id) = lookup else { return None };
        self.users.iter().find(|user| user.id == id).cloned()
    }

    async fn key(&self, lookup: KeyLookup<'_>) -> Option<StoredKey> {
        let key = StoredKey::of_project("p1", "standard_backend").with_scopes(["documents.read"]);
        (lookup.secret() == "standard_backend").then_some(key)
    }

    async fn identity(
        &self,
        request: &RequestCredentials<'_>,
    ) -> Result<Identity, AuthenticateError> {
        let mut step = self.authenticator.begin(&request.credentials(), SystemTime::now())?;
        loop {
            step = match step {
                Step::FindUser(find) => {
                    let user = self.user(find.lookup()).await;
                    find.found(user)?
                }
                Step::FindKey(find) => {
                    let key = self.key(find.lookup()).await;
                    find.found(key)?
                }
                Step::Done(caller) => return caller.require_scope("documents.read"),
            };
        }
    }
}

/// Copies the headers from version 0.2 of the crate `http` to version 1, with repeated ones.
fn headers_of(request: &HttpRequest) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    for (name, value) in request.headers() {
        let name = HeaderName::try_from(name.as_str()).map_err(ErrorBadRequest)?;
        let value = HeaderValue::try_from(value.as_bytes()).map_err(ErrorBadRequest)?;
        headers.try_append(name, value).map_err(ErrorBadRequest)?;
    }
    Ok(headers)
}

/// Converts a refusal to Appwrite's JSON error.
fn refused(refusal: impl Refusal + 'static) -> Error {
    let (message, code, kind) = (refusal.to_string(), refusal.status(), refusal.error_type());
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = json!({ "message": message, "code": code, "type": kind });
    InternalError::from_response(refusal, HttpResponse::build(status).json(body)).into()
}

#[actix_web::get("/birthdays")]
async fn birthdays(host: web::Data<Host>, request: HttpRequest) -> Result<web::Json<Value>, Error> {
    let headers = headers_of(&request)?;
    let project = host.authenticator.project_id();
    let credentials = RequestCredentials::from_headers(&headers, project).map_err(refused)?;
    if credentials.project().is_some_and(|named| named != project) {
        return Err(ErrorNotFound("project not found"));
    }
    let identity = host.identity(&credentials).await.map_err(refused)?;
    let matcher = host.collection.matcher(identity.principal(), Action::Read).map_err(refused)?;
    let visible = host.documents.iter().filter(|(_, permissions)| matcher.allows(permissions));
    let documents: Vec<&Value> = visible.map(|(document, _)| document).collect();
    Ok(web::Json(json!({ "total": documents.len(), "documents": documents })))
}

fn host(secret: Secret) -> web::Data<Host> {
    let document =
        |name: &str, id: &str| (json!({ "name": name }), vec![format!("read(\"user:{id}\")")]);
    let mut kevin = User::new("user-a");
    kevin.sessions.push(Session::new("s1", "9999-12-31T00:00:00.000+00:00"));
    web::Data::new(Host {
        authenticator: Authenticator::new(JwtKeys::new(secret), "p1"),
        collection: Collection::new([r#"create("users")"#], true.into()),
        users: vec![kevin],
        documents: vec![document("Kevin", "user-a"), document("Laura", "user-b")],
    })
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let secret =
        std::env::var("JWT_SECRET").map_err(|_| "set `JWT_SECRET` to the secret of JWTs")?;
    let host = host(Secret::new(secret)?);
    let server = HttpServer::new(move || App::new().app_data(host.clone()).service(birthdays));
    Ok(server.bind(("127.0.0.1", 3000))?.run().await?)
}

#[cfg(test)]
mod tests {
    use actix_web::test::{TestRequest, call_service, init_service, read_body_json};

    use super::*;

    /// Sends a request and returns the status with the body.
    async fn ask(headers: &[(&str, &str)]) -> (u16, Value) {
        let host = host(Secret::new("your-secret-key").unwrap());
        let app = init_service(App::new().app_data(host).service(birthdays)).await;
        let mut request = TestRequest::get().uri("/birthdays");
        for (name, value) in headers {
            request = request.append_header((*name, *value));
        }
        let response = call_service(&app, request.to_request()).await;
        (response.status().as_u16(), read_body_json(response).await)
    }

    #[actix_web::test]
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

    #[actix_web::test]
    async fn bad_or_repeated_credential_is_refused_and_not_a_guest() {
        let (project, key) = (("x-appwrite-project", "p1"), ("x-appwrite-key", "standard_backend"));
        for (headers, status, kind) in [
            ([project, ("x-appwrite-jwt", "a.b.c")], 401, "user_jwt_invalid"),
            ([project, ("x-appwrite-jwt", "é")], 400, "general_argument_invalid"),
            ([project, ("x-appwrite-key", "standard_x")], 401, "user_unauthorized"),
            ([key, key], 400, "general_argument_invalid"),
        ] {
            let (found, body) = ask(&headers).await;
            assert_eq!((found, &body["type"]), (status, &json!(kind)), "{headers:?}");
        }
    }

    #[actix_web::test]
    async fn request_to_another_project_is_not_found() {
        let app =
            init_service(App::new().app_data(host(Secret::new("k").unwrap())).service(birthdays));
        let request =
            TestRequest::get().uri("/birthdays").append_header(("x-appwrite-project", "p2"));
        assert_eq!(call_service(&app.await, request.to_request()).await.status(), 404);
    }
}

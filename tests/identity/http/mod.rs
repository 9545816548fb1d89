//! The credentials of a request, read from its headers.

mod bare;
mod cookies;
mod guests;
mod impersonation;
mod printed;
mod refused;
mod second;
mod sources;
mod values;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue};
use rolegate::auth::http::{
    HeaderError, HeaderErrorKind, RequestCredentials, SessionFormat, encode_session,
};
use rolegate::{Refusal, User};
use serde_json::json;

use super::{FUTURE, PROJECT, Store, sha256, user};

/// The name of the session cookie of [`PROJECT`].
const COOKIE: &str = "a_session_project-1";

/// The outcome of a session whose secret is not one of the user.
const UNKNOWN_SESSION: &str = "guest: the user has no session with this secret";
/// The outcome of a cookie that Appwrite might read as a session, and this library refuses.
const MALFORMED: &str = "400 malformed Cookie";

/// Returns headers with these names and values, in this order.
fn headers<V: AsRef<[u8]>>(lines: &[(&str, V)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        headers.append(name, HeaderValue::from_bytes(value.as_ref()).unwrap());
    }
    headers
}

/// Returns headers with one `Cookie` field.
fn cookie(value: impl AsRef<[u8]>) -> HeaderMap {
    headers(&[("cookie", value)])
}

/// Returns the secret of the session of a user in the [`store`].
fn secret_of(id: &str) -> String {
    format!("secret-of-{id}")
}

/// Returns the value of the session of a user in the [`store`].
fn session_of(id: &str) -> String {
    encode_session(id, &secret_of(id))
}

/// Returns the base64 of any bytes.
fn encoded(json: impl AsRef<[u8]>) -> String {
    STANDARD.encode(json)
}

/// Returns a user with one session.
fn with_session(id: &str) -> User {
    user(json!({
        "$id": id,
        "sessions": [{
            "$id": format!("s-{id}"),
            "expire": FUTURE,
            "secret": sha256(&secret_of(id)),
            "provider": "email",
            "factors": ["password"],
        }],
    }))
}

/// Returns a store of `user-a` to `user-d`, with one session each.
fn store() -> Store {
    Store::of_users(["user-a", "user-b", "user-c", "user-d"].map(with_session).into())
}

/// Returns the outcome of a request to a store: the refusal of a header, or else the outcome of
/// authentication.
fn outcome_with(store: &Store, headers: &HeaderMap, format: SessionFormat) -> String {
    match RequestCredentials::from_headers_with(headers, PROJECT, format) {
        Err(error) => refusal(&error),
        Ok(request) => store.outcome(&request.credentials()),
    }
}

/// Returns the outcome of a request to the [`store`].
fn outcome(headers: &HeaderMap) -> String {
    outcome_with(&store(), headers, SessionFormat::Appwrite)
}

fn bare_outcome(headers: &HeaderMap) -> String {
    outcome_with(&store(), headers, SessionFormat::BareSecret)
}

/// Returns the status, the kind and the header of an error, such as `400 repeated X-Appwrite-Key`.
fn refusal(error: &HeaderError) -> String {
    assert_eq!(error.error_type(), "general_argument_invalid");
    let kind = match error.kind() {
        HeaderErrorKind::Repeated => "repeated",
        HeaderErrorKind::NotAscii => "not ASCII",
        HeaderErrorKind::MalformedSession => "malformed",
        HeaderErrorKind::TooLong { .. } => "too long",
        other => panic!("{other:?}"),
    };
    format!("{} {kind} {}", error.status(), error.header())
}

/// Returns a text with each byte as `%` and two digits.
fn percent_encoded(text: impl AsRef<[u8]>) -> String {
    let bytes = text.as_ref().iter();
    bytes.map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat()
}

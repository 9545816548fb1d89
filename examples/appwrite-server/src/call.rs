//! A request, who sent it, and what is written down of it: [`Call`].

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::{IntoResponse, Response};
use rolegate::{Credentials, Identity};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::store::{Db, digest};
use crate::{COOKIE, PROJECT, Server};

/// Room for a document, and not for filling the memory.
const MAX_BODY: usize = 1 << 20;

/// How much of a path is worth a place in the log.
const MAX_LOGGED_PATH: usize = 256;

pub type Answer = Result<Response, Failure>;

/// A request as it came.
pub struct Call {
    pub server: Arc<Server>,
    pub method: Method,
    pub uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, axum::Error>,
}

/// A request whose sender is known.
pub struct Asked<'a> {
    pub call: &'a Call,
    pub who: &'a Identity,
    pub db: &'a Db<'a>,
}

/// Answers every request, and logs who asked for what.
pub async fn answer(State(server): State<Arc<Server>>, request: Request) -> Response {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let (method, uri, headers) = (parts.method, parts.uri, parts.headers);
    let body = to_bytes(body, MAX_BODY).await;
    let call = Call { server, method, uri, headers, body };
    // The database blocks, and checking a password takes a while. It goes on when the client has gone,
    // and so must the log.
    let task = tokio::task::spawn_blocking(move || {
        let mut who = String::from("unknown");
        let answer = crate::dispatch(&call, &mut who);
        let response = answer.unwrap_or_else(Failure::into_response);
        let path: String = call.uri.path().chars().take(MAX_LOGGED_PATH).collect();
        let (status, took) = (response.status().as_u16(), started.elapsed());
        tracing::info!(method = %call.method, path, status, who, ?took);
        response
    });
    task.await.unwrap_or_else(|error| Failure::internal(error).into_response())
}

impl Call {
    /// Who asks. What is logged of it is what made it somebody, or why it was refused.
    pub fn identify(&self, db: &Db<'_>, log: &mut String) -> Result<Identity, Failure> {
        let jwt = self.header("x-appwrite-jwt");
        let mut credentials =
            Credentials::none().with_jwt(jwt).with_key(self.header("x-appwrite-key"));
        let session: Option<(String, String)>;
        if let Some(secret) = self.session_secret() {
            let sql = "SELECT json_array(user, id) FROM sessions WHERE secret = ?";
            session = db.one(sql, [digest(&secret)])?;
            credentials = match &session {
                Some((user, id)) => credentials.with_session((&**user, &**id)),
                None => credentials.with_unknown_session(),
            };
        }
        let now = SystemTime::now();
        let identity = self.server.authenticator.authenticate(&credentials, db, now);
        *log = match &identity {
            Ok(identity) => identity.provenance().to_string(),
            Err(rolegate::RequestError::Refused(error)) => format!("refused: {error}"),
            Err(_) => "unknown: the directory failed".into(),
        };
        if self.header("x-appwrite-project").is_some_and(|project| project != PROJECT) {
            let message = "expected this project, found another";
            return Err(Failure::new(404, "project_not_found", message));
        }
        Ok(identity?)
    }

    /// A header that is there and not empty. What is no text is there, and wrong.
    fn header(&self, name: &str) -> Option<&str> {
        let text = self.headers.get(name)?.to_str().unwrap_or("?");
        Some(text).filter(|text| !text.is_empty())
    }

    /// The secret of a session: a header of its own, a cookie, or what stands for one where none is kept.
    fn session_secret(&self) -> Option<String> {
        let cookies =
            self.headers.get_all(header::COOKIE).iter().filter_map(|all| all.to_str().ok());
        let mut cookies =
            cookies.flat_map(|all| all.split(';')).filter_map(|one| one.trim().split_once('='));
        let cookie =
            || cookies.find(|(name, _)| *name == COOKIE).map(|(_, secret)| secret.to_owned());
        let fallback = || {
            let all = self.header("x-fallback-cookies")?;
            let all: Map<String, Value> = serde_json::from_str(all).ok()?;
            all.get(COOKIE)?.as_str().map(Into::into)
        };
        let secret = self.header("x-appwrite-session").map(Into::into);
        secret.or_else(cookie).or_else(fallback).filter(|secret| !secret.is_empty())
    }

    /// The body, read as a JSON object. None at all is an empty one.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        let body = self.body.as_ref().map_err(|_| {
            let message =
                format!("expected a whole body of at most {MAX_BODY} bytes, found another");
            Failure::new(413, "general_argument_invalid", message)
        })?;
        let body = if body.is_empty() { b"{}" } else { &**body };
        object(body).map_err(Failure::argument)
    }
}

/// Reads a JSON object. By itself serde takes an array, too, for the fields in their order.
pub fn object<T: DeserializeOwned>(json: &[u8]) -> serde_json::Result<T> {
    let object: Map<String, Value> = serde_json::from_slice(json)?;
    serde_json::from_value(object.into())
}

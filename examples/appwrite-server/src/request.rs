//! A request, who sent it, and what is written down of it: [`Call`].

use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use anyhow::Result;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use rolegate::{Credentials, Identity, RequestError};
use rusqlite::{Connection, Transaction, TransactionBehavior::Immediate};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::database::{Database, digest};
use crate::documents::{self, Collections, Place};
use crate::{PROJECT, Server, account, failure::Failure, graphql};

/// Room for a document, and not for filling the memory.
const MAX_BODY: usize = 1 << 20;

/// How long a request may search.
const PATIENCE: Duration = Duration::from_secs(5);

/// The cookie of a session: `a_session_` and the project.
pub const COOKIE: &str = "a_session_birthdays";

/// A request as it came, and what is logged of its sender.
pub struct Call {
    pub server: Arc<Server>,
    pub uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, axum::Error>,
    who: OnceLock<String>,
}

/// Somebody who may ask.
pub struct Asked<'a> {
    pub who: Identity,
    pub database: Database<'a>,
}

/// Answers every request, and logs who asked for what.
pub async fn answer(State(server): State<Arc<Server>>, request: Request) -> Response {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let (method, uri, headers) = (parts.method, parts.uri, parts.headers);
    let body = to_bytes(body, MAX_BODY).await;
    let call = Call { server, uri, headers, body, who: OnceLock::new() };
    // The database blocks, and checking a password takes a while. It goes on when the client has gone,
    // and so must the log.
    let task = tokio::task::spawn_blocking(move || {
        let answer = call.dispatch(method.as_str());
        let response = answer.unwrap_or_else(|error| Failure::of(error).into_response());
        let status = response.status().as_u16();
        if status == 404 && call.who.get().is_none() {
            // Whoever asks for what there is not is somebody, too. (Who could not be found out is not tried
            // twice.)
            let _ = call.read("", |_, _| Ok(()));
        }
        let took = started.elapsed();
        let who = call.who.get().map_or("unknown", String::as_str);
        tracing::info!(%method, path = format!("{:.256}", call.uri.path()), status, who, ?took);
        response
    });
    task.await.unwrap_or_else(|error| Failure::of(error.into()).into_response())
}

impl Call {
    /// Finds out what is asked for.
    fn dispatch(&self, method: &str) -> Result<Response> {
        let path: Vec<_> = self.uri.path().split('/').skip(1).collect();
        let place = |database, collection, rows| Place { call: self, database, collection, rows };
        match (method, &*path) {
            ("POST", ["v1", "account", "sessions", "email"]) => account::create_session(self),
            ("DELETE", ["v1", "account", "sessions", id]) => account::delete_session(self, id),
            ("POST", ["v1", "account", "jwts" | "jwt"]) => account::create_jwt(self),
            ("POST", ["v1", "graphql"] | ["v1", "graphql", "mutation"]) => graphql::answer(self),
            (_, ["v1", "databases", one, "collections", two, "documents", id @ ..]) => {
                place(one, two, false).answer(method, id)
            }
            (_, ["v1", "tablesdb", one, "tables", two, "rows", id @ ..]) => {
                let answer = place(one, two, true).answer(method, id);
                answer.map_err(|error| Failure::of(error).of_rows().into())
            }
            _ => Err(Failure::no_route().into()),
        }
    }

    /// Does something that reads and takes a scope.
    pub fn read<T>(
        &self,
        scope: &str,
        work: impl FnOnce(&Asked<'_>, &Collections) -> Result<T>,
    ) -> Result<T> {
        let collections = self.server.collections.read().map_err(in_doubt)?;
        self.server.connected(|connection| {
            // Whoever writes waits for it, and everybody else for that.
            let (until, server) = (Instant::now() + PATIENCE, Arc::clone(&self.server));
            let is_over = move || Instant::now() > until || server.ending.load(Ordering::Relaxed);
            connection.progress_handler(1 << 16, Some(is_over));
            let done = self.ask(connection, scope).and_then(|asked| work(&asked, &collections));
            connection.progress_handler(0, None::<fn() -> bool>);
            done
        })
    }

    /// Does something that writes and takes a scope, in one transaction. Indexes are changed last, when
    /// nothing but the commit can fail; if that does, they are made anew, and without an index nothing is
    /// visible.
    pub fn write<T>(
        &self,
        scope: &str,
        work: impl FnOnce(&Asked<'_>, &mut Collections) -> Result<T>,
    ) -> Result<T> {
        let mut collections = self.server.collections.write().map_err(in_doubt)?;
        self.server.connected(|connection| {
            let transaction = Transaction::new(connection, Immediate)?;
            let done = work(&self.ask(&transaction, scope)?, &mut collections)?;
            if let Err(error) = transaction.commit() {
                collections.clear();
                *collections = documents::load(&Database(connection))?;
                return Err(error.into());
            }
            Ok(done)
        })
    }

    /// Who asks. What is logged of it is what made it somebody, or why it was refused.
    fn ask<'a>(&self, connection: &'a Connection, scope: &str) -> Result<Asked<'a>> {
        let database = Database(connection);
        let (jwt, key) = (self.header("x-appwrite-jwt"), self.header("x-appwrite-key"));
        let mut credentials = Credentials::none().with_jwt(jwt).with_key(key);
        let session: Option<(String, String)>;
        if let Some(secret) = self.session_secret() {
            let sql = "SELECT json_array(user, id) FROM sessions WHERE secret = ?";
            session = database.one(sql, [digest(&secret)])?;
            credentials = match &session {
                Some((user, id)) => credentials.with_session((&**user, &**id)),
                None => credentials.with_unknown_session(),
            };
        }
        let authenticator = &self.server.authenticator;
        let who = authenticator.authenticate(&credentials, &database, SystemTime::now());
        let who = who.map_err(|error| match error {
            RequestError::Refused(error) => {
                let _ = self.who.set(format!("refused: {error}"));
                error.into()
            }
            error => anyhow::Error::from(error),
        })?;
        let _ = self.who.set(who.provenance().to_string());
        if self.header("x-appwrite-project").is_some_and(|project| project != PROJECT) {
            let message = "expected the project of this server, found another";
            return Err(Failure::new(404, "project_not_found", message).into());
        }
        who.require_scope(scope)?;
        Ok(Asked { who, database })
    }

    /// A header that is there and not empty. What is no text is there, and wrong.
    fn header(&self, name: &str) -> Option<&str> {
        let text = self.headers.get(name)?.to_str().unwrap_or("?");
        Some(text).filter(|text| !text.is_empty())
    }

    /// The secret of a session: a header of its own, a cookie, or what stands for one where none is kept.
    fn session_secret(&self) -> Option<String> {
        let cookies = CookieJar::from_headers(&self.headers);
        let fallback = self.header("x-fallback-cookies").unwrap_or_default();
        let fallback: Value = serde_json::from_str(fallback).unwrap_or_default();
        let cookie = cookies.get(COOKIE).map(|cookie| cookie.value());
        let secrets = [self.header("x-appwrite-session"), cookie, fallback[COOKIE].as_str()];
        secrets.into_iter().flatten().find(|secret| !secret.is_empty()).map(String::from)
    }

    /// The body, a JSON object; none at all is an empty one. By itself serde takes an array, too, for
    /// the fields in their order.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        let message = "expected a whole body of at most a mebibyte, found another";
        let body = self.body.as_ref();
        let body = body.map_err(|_| Failure::new(413, "general_argument_invalid", message))?;
        let body = if body.is_empty() { b"{}" } else { &**body };
        let object = serde_json::from_slice::<Map<String, Value>>(body);
        object.and_then(|object| serde_json::from_value(object.into())).map_err(Failure::argument)
    }
}

/// A write that panicked can have changed an index and not the database: nobody is shown anything by it.
fn in_doubt<T>(_: PoisonError<T>) -> anyhow::Error {
    anyhow::anyhow!("what is indexed is in doubt; start the server again")
}

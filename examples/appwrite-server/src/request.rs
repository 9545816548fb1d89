//! A request and its caller: [`Call`].

use std::cell::RefCell;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock, PoisonError};
use std::time::{Instant, SystemTime};

use anyhow::Result;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri};
use rolegate::auth::http::RequestCredentials;
use rolegate::auth::{AuthenticateError, Authenticated, Identity};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error};
use serde_json::{Map, Value};

use crate::collections::{self, Collections};
use crate::database::Database;
use crate::limits::{INSTRUCTIONS_PER_CHECK, SEARCH_TIME};
use crate::realtime::News;
use crate::{PROJECT, Server, failure::Failure};

/// A request, its deadline, and the description of its caller for the log.
pub struct Call {
    pub server: Arc<Server>,
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: Result<Bytes, Failure>,
    pub started: Instant,
    pub until: Instant,
    pub who: OnceLock<String>,
}

/// An authenticated caller, with a connection to the database.
pub struct Asked<'a> {
    pub who: Identity,
    pub database: Database<'a>,
    news: RefCell<Vec<News>>,
}

impl Asked<'_> {
    /// Lists a change, which [`Call::write`] publishes after the commit.
    pub fn tell(&self, news: News) {
        self.news.borrow_mut().push(news);
    }
}

impl Call {
    /// Runs `work`, which only reads, if the caller has the scope. `work` gets what `choose` returns of the
    /// collections.
    ///
    /// The lock is held until `choose` returns. SQLite keeps the version of a file that a transaction reads,
    /// so later writes change neither that version nor a snapshot. A database in memory has one version,
    /// and the lock is held until `work` returns.
    pub fn read<S, T>(
        &self,
        scope: &str,
        choose: impl FnOnce(&Identity, &Collections) -> Result<S>,
        work: impl FnOnce(&Asked<'_>, S) -> Result<T>,
    ) -> Result<T> {
        let collections = self.server.collections.read().map_err(in_doubt)?;
        self.in_time()?;
        self.server.connected(|connection| {
            let transaction = Transaction::new(connection, TransactionBehavior::Deferred)?;
            // The first statement that reads determines the version.
            transaction.prepare_cached("SELECT 1 FROM sqlite_schema")?.exists([])?;
            self.limit(&transaction);
            let done = self.ask(&transaction, scope).and_then(|asked| {
                let chosen = choose(&asked.who, &collections)?;
                let _held = self.server.lock.is_none().then_some(collections);
                work(&asked, chosen)
            });
            unlimit(&transaction);
            done
        })
    }

    /// Runs `work`, which writes, in one transaction, if the caller has the scope.
    ///
    /// `work` changes indexes last, when only the commit can fail. If the commit fails, the indexes are loaded
    /// again. If that fails too, no document is visible. After the commit, and under the same lock, the changes
    /// become events.
    pub fn write<T>(
        &self,
        scope: &str,
        work: impl FnOnce(&Asked<'_>, &mut Collections) -> Result<T>,
    ) -> Result<T> {
        let mut collections = self.server.collections.write().map_err(in_doubt)?;
        self.in_time()?;
        self.server.connected(|connection| {
            let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
            self.limit(&transaction);
            let done = self.ask(&transaction, scope).and_then(|asked| {
                let done = work(&asked, &mut collections)?;
                Ok((done, asked.news.into_inner()))
            });
            unlimit(&transaction);
            let (done, news) = done?;
            if let Err(error) = transaction.commit() {
                collections.clear();
                *collections = collections::load(&Database(connection))?;
                return Err(error.into());
            }
            self.server.realtime.publish(news);
            Ok(done)
        })
    }

    /// Makes SQLite stop at the deadline, after [`SEARCH_TIME`], and when the server stops.
    fn limit(&self, connection: &Connection) {
        let (until, server) =
            (self.until.min(Instant::now() + SEARCH_TIME), Arc::clone(&self.server));
        let is_over = move || Instant::now() > until || server.ending.load(Ordering::Relaxed);
        connection.progress_handler(INSTRUCTIONS_PER_CHECK, Some(is_over));
    }

    /// Authenticates the caller of a route that does not exist, for the log.
    pub fn name_caller(&self) -> Result<()> {
        self.server.connected(|connection| {
            self.limit(connection);
            let database = Database(connection);
            let named = self.checked(&database, Authenticated::require_active);
            unlimit(connection);
            named.map(drop)
        })
    }

    fn ask<'a>(&self, connection: &'a Connection, scope: &str) -> Result<Asked<'a>> {
        let database = Database(connection);
        let who = self.checked(&database, |caller| caller.require_scope(scope))?;
        Ok(Asked { who, database, news: RefCell::default() })
    }

    /// Authenticates the caller, and checks its scope and account. The log shows the credential that counts, or
    /// the reason of the refusal.
    fn checked(
        &self,
        database: &Database<'_>,
        check: impl FnOnce(Authenticated) -> Result<Identity, AuthenticateError>,
    ) -> Result<Identity> {
        let request =
            RequestCredentials::from_headers(&self.headers, PROJECT).inspect_err(|error| {
                let _ = self.who.set(format!("refused: {error}"));
            })?;
        if request.project().is_some_and(|project| project != PROJECT) {
            return Err(Failure::new(404, "project_not_found", "project not found").into());
        }
        let authenticator = &self.server.authenticator;
        let credentials = request.credentials();
        let caller = authenticator.authenticate(&credentials, database, SystemTime::now());
        let mut name = String::new();
        let checked = caller.and_then(|caller| {
            name = caller.method().to_string();
            check(caller)
        });
        match &checked {
            Err(AuthenticateError::Directory(_)) => {}
            Err(error) if name.is_empty() => name = format!("refused: {error}"),
            Err(error) => name = format!("{name}, refused: {error}"),
            Ok(_) => {}
        }
        if !name.is_empty() {
            let _ = self.who.set(name);
        }
        Ok(checked?)
    }

    /// Parses the body, a JSON object of at most `limit` bytes. An empty body is the empty object.
    pub fn json<T: DeserializeOwned>(&self, limit: usize) -> Result<T, Failure> {
        let body = self.body.as_ref().map_err(Failure::clone)?;
        if body.len() > limit {
            let message = format!("body is longer than {limit} bytes");
            return Err(Failure::new(413, "general_argument_invalid", message));
        }
        let body = if body.is_empty() { b"{}" } else { &**body };
        let mut text = serde_json::Deserializer::from_slice(body);
        let whole = object(&mut text).and_then(|object| text.end().map(|()| object));
        whole.and_then(|object| serde_json::from_value(object.into())).map_err(Failure::argument)
    }
}

/// Reads a JSON object. The empty array counts as the empty object, because PHP writes both as `[]`. Other
/// arrays are errors.
///
/// Derived code would also accept an array, with the fields in their order.
pub fn object<'de, D: Deserializer<'de>>(value: D) -> Result<Map<String, Value>, D::Error> {
    match Value::deserialize(value)? {
        Value::Object(object) => Ok(object),
        Value::Array(array) if array.is_empty() => Ok(Map::new()),
        Value::Array(_) => Err(D::Error::custom("expected an object, found an array")),
        _ => Err(D::Error::custom("expected an object")),
    }
}

/// Chooses nothing of the collections, for a [`read`](Call::read) of users and keys only.
pub fn nothing(_: &Identity, _: &Collections) -> Result<()> {
    Ok(())
}

fn unlimit(connection: &Connection) {
    connection.progress_handler(0, None::<fn() -> bool>);
}

/// Returns the error for all requests after a panic in a write. The write may have changed an index and not
/// the database.
fn in_doubt<T>(_: PoisonError<T>) -> anyhow::Error {
    anyhow::anyhow!("an index may differ from the database; start the server again")
}

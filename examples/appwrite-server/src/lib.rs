//! A server that Appwrite's own SDKs talk to, and that leaves every decision to rolegate.
//!
//! A request becomes an identity ([`call`]) before anything else is looked at. Data lives in SQLite
//! ([`store`]); permission lists are compiled at start and kept current ([`index`]).

pub mod account;
pub mod call;
pub mod documents;
pub mod failure;
pub mod graphql;
pub mod index;
pub mod query;
pub mod store;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use rolegate::{Authenticator, BuiltInScopes, Scopes, Secret, Tokens};
use rusqlite::{Connection, Transaction, TransactionBehavior::Immediate};

use call::{Answer, Asked, Call};
use documents::Place;
use failure::Failure;
use store::{Collections, Db};

/// The one project there is, and the cookie of its sessions: `a_session_` and the project.
pub const PROJECT: &str = "birthdays";
const COOKIE: &str = "a_session_birthdays";

/// Everything that a request needs.
///
/// One lock orders everything. Whoever reads holds it shared from the decision to the last document
/// read; whoever writes holds it alone until what is compiled and what is committed agree again. So
/// nobody ever sees a document by a permission list that is not the document's.
pub struct Server {
    collections: RwLock<Collections>,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    path: PathBuf,
    _lock: Option<File>,
    authenticator: Authenticator,
    graphql: graphql::Api,
}

impl Server {
    /// Opens a file, or a database in memory; a new one begins with a seed, in SQL.
    pub fn open(file: Option<&Path>, seed: &str, secret: Secret) -> Result<Arc<Self>, Failure> {
        // The connections of this process share a database in memory by its name.
        let name = format!("file:/{}?vfs=memdb", store::random_hex(16)?);
        let path = file.map(resolve).transpose().map_err(Failure::internal)?;
        // What is compiled stands for what is stored: nobody else may write there.
        let beside = |path: &PathBuf| {
            let mut name = path.clone().into_os_string();
            name.push(".lock");
            File::create(name)
        };
        let lock = path.as_ref().map(beside);
        let lock = lock.transpose().map_err(Failure::internal)?;
        if lock.as_ref().is_some_and(|lock| lock.try_lock().is_err()) {
            let message = "expected a file that no other server has open, found one that is in use";
            return Err(Failure::internal(message));
        }
        let path = path.unwrap_or_else(|| name.into());
        let mut writer = connect(&path)?;
        let transaction = Transaction::new(&mut writer, Immediate)?;
        if !transaction.prepare("SELECT 1 FROM sqlite_schema")?.exists([])? {
            transaction.execute_batch(include_str!("../schema.sql"))?;
            transaction.execute_batch(seed)?;
        }
        transaction.commit()?;
        let mut scopes = BuiltInScopes::default();
        scopes.users = Scopes::new(scopes.users.iter().chain(["account"]));
        Ok(Arc::new(Self {
            collections: RwLock::new(store::compile(&Db(&writer))?),
            writer: Mutex::new(writer),
            readers: Mutex::default(),
            path,
            _lock: lock,
            authenticator: Authenticator::new(Tokens::new(secret), PROJECT).with_scopes(scopes),
            graphql: graphql::schema(),
        }))
    }

    pub fn router(self: Arc<Self>) -> Router {
        Router::new().fallback(call::answer).with_state(self)
    }

    /// Does something that reads.
    fn read<T>(
        &self,
        work: impl FnOnce(&Db<'_>, &Collections) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let collections = self.collections.read().unwrap_or_else(PoisonError::into_inner);
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = idle.map_or_else(|| connect(&self.path), Ok)?;
        let done = work(&Db(&connection), &collections);
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        done
    }

    /// Does something that writes, in one transaction. Indexes are changed last, when nothing but the
    /// commit can fail; if that does, they are made anew, and without an index nothing is visible.
    fn write<T>(
        &self,
        work: impl FnOnce(&Db<'_>, &mut Collections) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut collections = self.collections.write().unwrap_or_else(PoisonError::into_inner);
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = Transaction::new(&mut writer, Immediate)?;
        let done = work(&Db(&transaction), &mut collections)?;
        if let Err(error) = transaction.commit() {
            *collections = Collections::new();
            *collections = store::compile(&Db(&writer))?;
            return Err(error.into());
        }
        Ok(done)
    }
}

/// A file's one path, whatever links lead to it; it is made if there is none. SQLite must not take
/// it for anything but a file.
fn resolve(file: &Path) -> std::io::Result<PathBuf> {
    if file == ":memory:" || file.to_string_lossy().starts_with("file:") {
        let message = "expected the path of a file, found a name that only SQLite knows";
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, message));
    }
    File::options().create(true).append(true).open(file)?;
    file.canonicalize()
}

fn connect(path: &Path) -> Result<Connection, Failure> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(64);
    // What is committed has reached the disk. Those who read wait for that, by the server's lock.
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    Ok(connection)
}

/// Finds out what is asked for, and by whom. What there is not waits for nothing.
fn dispatch(call: &Call, log: &mut String) -> Answer {
    let path: Vec<_> = call.uri.path().split('/').skip(1).collect();
    let (method, path) = (call.method.as_str(), &*path);
    if let ("POST", ["v1", "account", "sessions", "email"]) = (method, path) {
        return account::create_session(call, log);
    }
    let (place, one) = match path {
        ["v1", "databases", database, "collections", collection, "documents", one @ ..] => {
            (Some(Place { database, collection, names: ["collection", "document"] }), one)
        }
        ["v1", "tablesdb", database, "tables", collection, "rows", one @ ..] => {
            (Some(Place { database, collection, names: ["table", "row"] }), one)
        }
        _ => (None, path),
    };
    match (method, &place, one) {
        ("GET", Some(place), []) => read(call, log, |asked, all| place.list(asked, all)),
        ("GET", Some(place), [id]) => read(call, log, |asked, all| place.get(asked, all, id)),
        ("POST", Some(place), []) => write(call, log, |asked, all| place.create(asked, all)),
        ("PATCH", Some(place), [id]) => write(call, log, |asked, all| place.update(asked, all, id)),
        ("DELETE", Some(place), [id]) => {
            write(call, log, |asked, all| place.delete(asked, all, id))
        }
        ("POST", None, ["v1", "account", "jwts" | "jwt"]) => {
            read(call, log, |asked, _| account::create_jwt(asked))
        }
        ("POST", None, ["v1", "graphql"] | ["v1", "graphql", "mutation"]) => {
            read(call, log, |asked, _| graphql::answer(asked))
        }
        ("DELETE", None, ["v1", "account", "sessions", id]) => {
            write(call, log, |asked, _| account::delete_session(asked, id))
        }
        _ => {
            let message = "expected a route of this server, found another";
            Err(Failure::new(404, "general_route_not_found", message))
        }
    }
}

fn read(
    call: &Call,
    log: &mut String,
    work: impl FnOnce(&Asked<'_>, &Collections) -> Answer,
) -> Answer {
    call.server.read(|db, all| work(&Asked { call, who: &call.identify(db, log)?, db }, all))
}

fn write(
    call: &Call,
    log: &mut String,
    work: impl FnOnce(&Asked<'_>, &mut Collections) -> Answer,
) -> Answer {
    call.server.write(|db, all| work(&Asked { call, who: &call.identify(db, log)?, db }, all))
}

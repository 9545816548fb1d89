//! A server for Appwrite's own SDKs. rolegate makes every decision.
//!
//! The caller of a [`request`] is authenticated first. SQLite stores the data ([`database`]). The permissions
//! of the documents in [`collections`] are indexed at start, and the index is updated with each write. A
//! search asks SQLite, which stores the same permissions as [`lists`].

pub mod account;
pub mod answer;
pub mod collections;
pub mod database;
pub mod documents;
pub mod failure;
pub mod graphql;
pub mod limits;
pub mod lists;
pub mod password;
pub mod query;
pub mod realtime;
pub mod request;
pub mod users;

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use argon2::password_hash::rand_core::{OsRng, RngCore};
use axum::Router;
use axum::routing::{delete, get, post, put};
use rolegate::auth::{Authenticator, BuiltInScopes, JwtKeys, Scopes, Secret};
use rusqlite::{Connection, Transaction, TransactionBehavior::Immediate};
use tokio::sync::Semaphore;

use answer::no_route;
use collections::Collections;
use database::Database;
use documents::Words;
use limits::{ConnectionLimits, SEARCHES_AT_ONCE};
use password::Passwords;
use realtime::Realtime;

/// The only project.
pub const PROJECT: &str = "birthdays";

/// The state that all requests share.
///
/// One lock protects the index and the database. A writer holds an exclusive lock until the index and the
/// database agree again. A reader holds a shared lock while it takes a snapshot of the index, and begins
/// to read the version of the database that agrees with the snapshot. A caller therefore sees a document only
/// by permissions that the document has at one time during the request.
pub struct Server {
    collections: RwLock<Collections>,
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    authenticator: Authenticator,
    graphql: graphql::Api,
    passwords: Passwords,
    realtime: Realtime,
    /// The turns of searches.
    searches: Arc<Semaphore>,
    /// `true` if searches must stop at once.
    ending: AtomicBool,
    /// The lock of the file, or `None` for a database in memory. It is dropped after every connection, because closing a file ends SQLite's locks
    /// on the file.
    lock: Option<File>,
}

impl Server {
    /// Opens a file, or a database in memory. Fills a new database with the SQL of `seed`.
    pub fn open(
        file: Option<&Path>,
        seed: &str,
        secret: Secret,
        limits: ConnectionLimits,
    ) -> anyhow::Result<Arc<Self>> {
        // SQLite takes an absolute path for a file, also if its name looks like a URI. A database in memory
        // has a name for the other connections of this process.
        let memory = format!("file:/{}?vfs=memdb", random_hex(16)?).into();
        let path = file.map_or(Ok(memory), std::path::absolute)?;
        let lock = file.map(|_| lock(&path)).transpose()?;
        let mut connection = database::connect(&path)?;
        let transaction = Transaction::new(&mut connection, Immediate)?;
        let is_new = !transaction.prepare("SELECT 1 FROM sqlite_schema")?.exists([])?;
        lists::create_tables(&transaction)?;
        transaction.execute_batch(include_str!("../schema.sql"))?;
        if is_new {
            transaction.execute_batch(seed)?;
        }
        lists::renew(&Database(&transaction))?;
        transaction.commit()?;
        let mut scopes = BuiltInScopes::default();
        scopes.users = Scopes::new(scopes.users.iter().chain(["account"]));
        Ok(Arc::new(Self {
            collections: RwLock::new(collections::load(&Database(&connection))?),
            path,
            idle: Mutex::new(vec![connection]),
            authenticator: Authenticator::new(JwtKeys::new(secret), PROJECT).with_scopes(scopes),
            graphql: graphql::schema(),
            passwords: Passwords::default(),
            realtime: Realtime::new(limits),
            searches: Arc::new(Semaphore::new(SEARCHES_AT_ONCE)),
            ending: AtomicBool::new(false),
            lock,
        }))
    }

    pub fn router(self: Arc<Self>) -> Router {
        Router::new()
            .route("/v1/account/sessions/email", post(account::create_session))
            .route("/v1/account/sessions/{session}", delete(account::delete_session))
            .route("/v1/account/jwts", post(account::create_jwt))
            .route("/v1/account/jwt", post(account::create_jwt))
            .route("/v1/graphql", post(graphql::post))
            .route("/v1/graphql/mutation", post(graphql::post))
            .route("/v1/users/{user}/labels", put(users::set_labels))
            .route("/v1/realtime", get(realtime::connect).head(no_route))
            .merge(documents::routes(Words::Documents))
            .merge(documents::routes(Words::Rows))
            .fallback(no_route)
            .method_not_allowed_fallback(no_route)
            .with_state(self)
    }

    /// Returns the number of open connections for events.
    pub fn connections(&self) -> usize {
        self.realtime.connections()
    }

    /// Stops present and future searches, because the server stops. Commits are not stopped.
    pub fn end_searches(&self) {
        self.ending.store(true, Ordering::Relaxed);
    }

    /// Runs `work` with a separate connection.
    fn connected<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = idle().pop();
        let mut connection = connection.map_or_else(|| database::connect(&self.path), Ok)?;
        let done = work(&mut connection);
        idle().push(connection);
        done
    }
}

/// Locks a database for this server, because another server would not update the index of this one.
///
/// The lock belongs to the file and not to its name, so a file in use is also refused through a link. The
/// locks of SQLite are independent of it.
fn lock(path: &Path) -> anyhow::Result<File> {
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
    anyhow::ensure!(file.try_lock().is_ok(), "the file is in use by another server");
    Ok(file)
}

/// Returns random bytes as text.
pub fn random_hex(bytes: usize) -> anyhow::Result<String> {
    let mut random = vec![0; bytes];
    OsRng.try_fill_bytes(&mut random)?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

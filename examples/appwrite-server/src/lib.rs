//! A server that Appwrite's own SDKs talk to, and that leaves every decision to rolegate.
//!
//! A [`request`] becomes an identity before anything else is looked at. Data lives in SQLite
//! ([`database`]); the permissions of [`documents`] are indexed at start and kept current.

pub mod account;
pub mod database;
pub mod documents;
pub mod failure;
pub mod graphql;
pub mod query;
pub mod request;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use argon2::password_hash::rand_core::{OsRng, RngCore};
use axum::Router;
use rolegate::{Authenticator, BuiltInScopes, Scopes, Secret, Tokens};
use rusqlite::{Connection, Transaction, TransactionBehavior::Immediate};

use database::Database;
use documents::Collections;

/// The one project there is.
pub const PROJECT: &str = "birthdays";

/// Everything that a request needs.
///
/// One lock orders everything. Whoever reads holds it shared from the decision to the last document
/// read; whoever writes holds it alone until what is indexed and what is committed agree again. So
/// nobody ever sees a document by a permission list that is not the document's.
pub struct Server {
    collections: RwLock<Collections>,
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    authenticator: Authenticator,
    graphql: graphql::Api,
    /// Whether searches are given up at once.
    ending: AtomicBool,
    _lock: Option<File>,
}

impl Server {
    /// Opens a file, or a database in memory; a new one begins with a seed, in SQL.
    pub fn open(file: Option<&Path>, seed: &str, secret: Secret) -> anyhow::Result<Arc<Self>> {
        // An absolute path is a file to SQLite, whatever its name. What is in memory has a name for the
        // other connections of this process.
        let memory = format!("file:/{}?vfs=memdb", random_hex(16)?).into();
        let path = file.map_or(Ok(memory), std::path::absolute)?;
        let mut connection = database::connect(&path)?;
        // What is indexed stands for what is stored: nobody else may write there.
        let beside = |_| File::create(format!("{}.lock", connection.path().unwrap_or_default()));
        let lock = file.map(beside).transpose()?;
        let free = lock.as_ref().is_none_or(|lock| lock.try_lock().is_ok());
        anyhow::ensure!(free, "expected a file that no other server has open, found one in use");
        let transaction = Transaction::new(&mut connection, Immediate)?;
        if !transaction.prepare("SELECT 1 FROM sqlite_schema")?.exists([])? {
            transaction.execute_batch(include_str!("../schema.sql"))?;
            transaction.execute_batch(seed)?;
        }
        transaction.commit()?;
        let mut scopes = BuiltInScopes::default();
        scopes.users = Scopes::new(scopes.users.iter().chain(["account"]));
        Ok(Arc::new(Self {
            collections: RwLock::new(documents::load(&Database(&connection))?),
            path,
            idle: Mutex::new(vec![connection]),
            authenticator: Authenticator::new(Tokens::new(secret), PROJECT).with_scopes(scopes),
            graphql: graphql::schema(),
            ending: AtomicBool::new(false),
            _lock: lock,
        }))
    }

    pub fn router(self: Arc<Self>) -> Router {
        Router::new().fallback(request::answer).with_state(self)
    }

    /// Gives up searches, those to come too: for a server that stops. What is written is written.
    pub fn end_searches(&self) {
        self.ending.store(true, Ordering::Relaxed);
    }

    /// Does something with a connection of its own.
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

/// Random bytes that nobody guesses, as text.
pub fn random_hex(bytes: usize) -> anyhow::Result<String> {
    let mut random = vec![0; bytes];
    OsRng.try_fill_bytes(&mut random)?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

//! Where everything is kept: [`Store`], a database in SQLite, and what is compiled of it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::Duration;

use argon2::password_hash::rand_core::{OsRng, RngCore};
use itertools::Itertools;
use rolegate::{Collection, Directory, FoundKey, KeyKind, Session, User};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use sha2::{Digest, Sha256};

use crate::PROJECT;
use crate::failure::Failure;
use crate::index::Index;

/// The database, and the permissions of its documents compiled.
///
/// One lock orders everything. Whoever reads holds it shared from the decision to the last document read;
/// whoever writes holds it alone until what is compiled and what is committed agree again. So nobody ever
/// sees a document by a permission list that is not the document's.
pub struct Store {
    path: String,
    collections: RwLock<Collections>,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

/// Collections by database and id.
pub type Collections = HashMap<String, HashMap<String, Stored>>;

/// A collection, and the index of its documents.
pub struct Stored {
    pub number: i64,
    pub rules: Collection,
    pub attributes: Vec<String>,
    pub index: Index,
}

impl Store {
    /// Opens a file, or a database in memory. A new one begins with a seed, in SQL.
    pub fn open(file: Option<&Path>, seed: &str) -> Result<Self, Failure> {
        let path = match file {
            Some(file) => file.to_string_lossy().into_owned(),
            // The connections of this process share it by its name.
            None => format!("file:/{}?vfs=memdb", random_hex(16)?),
        };
        let mut writer = connect(&path)?;
        let transaction = Transaction::new(&mut writer, TransactionBehavior::Immediate)?;
        if !transaction.prepare("SELECT 1 FROM sqlite_schema")?.exists([])? {
            transaction.execute_batch(include_str!("../schema.sql"))?;
            transaction.execute_batch(seed)?;
        }
        transaction.commit()?;
        let collections = RwLock::new(compile(&writer)?);
        Ok(Self { path, collections, writer: Mutex::new(writer), readers: Mutex::default() })
    }

    /// Does something that reads. What it sees of the database and of the indexes belongs together.
    pub fn read<T>(
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

    /// Does something that writes, in one transaction. Indexes are changed last, when nothing but the commit
    /// can fail; if that does, they are made anew.
    pub fn write<T>(
        &self,
        work: impl FnOnce(&Db<'_>, &mut Collections) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut collections = self.collections.write().unwrap_or_else(PoisonError::into_inner);
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = Transaction::new(&mut writer, TransactionBehavior::Immediate)?;
        let done = work(&Db(&transaction), &mut collections)?;
        if let Err(error) = transaction.commit() {
            // Without an index nothing is visible.
            *collections = Collections::new();
            *collections = compile(&writer)?;
            return Err(error.into());
        }
        Ok(done)
    }
}

fn connect(path: &str) -> Result<Connection, Failure> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(64);
    // What is committed has reached the disk, and readers do not wait for that.
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    Ok(connection)
}

/// Every collection with every document's list, from the database.
fn compile(db: &Connection) -> Result<Collections, Failure> {
    let mut collections = Collections::new();
    let mut statement =
        db.prepare("SELECT number, database, id, rules, attributes FROM collections")?;
    let mut documents = db.prepare("SELECT sequence, list FROM documents WHERE collection = ?")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let number = row.get(0)?;
        let [rules, attributes] = [row.get::<_, String>(3)?, row.get(4)?];
        let rules = serde_json::from_str(&rules).map_err(Failure::internal)?;
        let attributes = serde_json::from_str(&attributes).map_err(Failure::internal)?;
        let mut index = Index::default();
        for document in documents.query_map([number], |row| Ok((row.get(0)?, row.get(1)?)))? {
            let (sequence, list): (_, String) = document?;
            let id = index.compile(&list)?;
            index.file(sequence, None, Some((id, list)));
        }
        let stored = Stored { number, rules, attributes, index };
        collections.entry(row.get(1)?).or_default().insert(row.get(2)?, stored);
    }
    Ok(collections)
}

/// Random bytes that nobody guesses, as text.
pub fn random_hex(bytes: usize) -> Result<String, Failure> {
    let mut random = vec![0; bytes];
    OsRng.try_fill_bytes(&mut random).map_err(Failure::internal)?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What is stored of a random secret: enough to recognise it, and of no use to whoever reads it.
pub fn digest(secret: &str) -> Vec<u8> {
    Sha256::digest(secret).to_vec()
}

/// A connection, as the directory that users and keys are looked up in.
pub struct Db<'a>(pub &'a Connection);

impl Directory for Db<'_> {
    type Error = Failure;

    fn user(&self, id: &str) -> Result<Option<User>, Failure> {
        let mut user = self.0.prepare_cached("SELECT profile FROM users WHERE id = ?")?;
        let Some(user) = user.query_row([id], |row| row.get::<_, String>(0)).optional()? else {
            return Ok(None);
        };
        let mut user: User = serde_json::from_str(&user).map_err(Failure::internal)?;
        let mut sessions =
            self.0.prepare_cached("SELECT id, expire FROM sessions WHERE user = ?")?;
        let session =
            |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
        let sessions = sessions.query_map([id], session)?;
        user.sessions =
            sessions.map_ok(|(id, expire)| Session::new(id, expire)).collect::<Result<_, _>>()?;
        Ok(Some(user))
    }

    fn key(&self, kind: KeyKind, secret: &str) -> Result<Option<FoundKey>, Failure> {
        let mut key =
            self.0.prepare_cached("SELECT name, scopes FROM keys WHERE kind = ? AND secret = ?")?;
        let values = rusqlite::params![kind.as_str(), digest(secret)];
        let key =
            key.query_row(values, |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
        Ok(key.optional()?.map(|(name, scopes)| {
            FoundKey::of_project(PROJECT, secret).with_name(name).with_scopes(scopes.split(' '))
        }))
    }
}

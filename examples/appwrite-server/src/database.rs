//! What SQLite keeps: [`Database`].

use std::path::Path;
use std::time::Duration;

use rolegate::{Directory, FoundKey, KeyKind, User};
use rusqlite::{Connection, Params, Result, types::FromSqlError};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::PROJECT;

pub fn connect(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(64);
    // What is committed has reached the disk.
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    Ok(connection)
}

/// A connection, and so the directory that users and keys are looked up in.
pub struct Database<'a>(pub &'a Connection);

impl Database<'_> {
    /// Everything that a statement gives, each in one column of JSON.
    pub fn all<T: DeserializeOwned>(&self, sql: &str, values: impl Params) -> Result<Vec<T>> {
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query(values)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let one = serde_json::from_str(row.get_ref(0)?.as_str()?);
            all.push(one.map_err(|error| FromSqlError::Other(error.into()))?);
        }
        Ok(all)
    }

    pub fn one<T: DeserializeOwned>(&self, sql: &str, values: impl Params) -> Result<Option<T>> {
        Ok(self.all(sql, values)?.pop())
    }
}

impl Directory for Database<'_> {
    type Error = rusqlite::Error;

    fn user(&self, id: &str) -> Result<Option<User>> {
        let sessions =
            "SELECT json_group_array(json_object('$id', id, 'expire', expire)) FROM sessions";
        let profile =
            format!("json_set(profile, '$.sessions', json(({sessions} WHERE user = ?1)))");
        self.one(&format!("SELECT {profile} FROM users WHERE id = ?1"), [id])
    }

    fn key(&self, kind: KeyKind, secret: &str) -> Result<Option<FoundKey>> {
        let sql = "SELECT json_array(name, json(scopes)) FROM keys WHERE kind = ? AND secret = ?";
        let found = self.one::<(String, Vec<String>)>(sql, (kind.as_str(), digest(secret)))?;
        let key = FoundKey::of_project(PROJECT, secret);
        Ok(found.map(|(name, scopes)| key.with_name(name).with_scopes(scopes)))
    }
}

/// What is stored of a random secret: enough to recognise it, and of no use to whoever reads it.
pub fn digest(secret: &str) -> Vec<u8> {
    Sha256::digest(secret).to_vec()
}

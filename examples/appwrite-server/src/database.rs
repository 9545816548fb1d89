//! Users, keys and documents in SQLite: [`Database`].

use std::path::Path;
use std::time::Duration;

use rolegate::User;
use rolegate::auth::{Directory, KeyLookup, StoredKey, UserLookup};
use rusqlite::{Connection, Params, Result, types::FromSqlError};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::{PROJECT, failure::Failure, limits::MAX_PAGE};

pub fn connect(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(64);
    // A list that a document has cannot be deleted, and what a list grants is deleted with the list.
    connection.pragma_update(None, "foreign_keys", true)?;
    // A commit returns after the data is on the disk.
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    Ok(connection)
}

/// A connection, and the directory in which users and keys are looked up.
pub struct Database<'a>(pub &'a Connection);

impl Database<'_> {
    /// Returns all rows that a statement selects. Each row is one column of JSON.
    pub fn all<T: DeserializeOwned>(&self, sql: &str, values: impl Params) -> Result<Vec<T>> {
        self.each(sql, values, parse)
    }

    /// Returns the same as [`all`](Self::all), or an error if the rows have more than [`MAX_PAGE`] bytes.
    pub fn page<T: DeserializeOwned>(
        &self,
        sql: &str,
        values: impl Params,
    ) -> anyhow::Result<Vec<T>> {
        let mut left = MAX_PAGE;
        self.each(sql, values, |text| {
            left = left.checked_sub(text.len()).ok_or_else(|| {
                let message = format!("the page is longer than {MAX_PAGE} bytes; ask for less");
                Failure::new(400, "general_query_limit_exceeded", message)
            })?;
            Ok(parse(text)?)
        })
    }

    fn each<T, E: From<rusqlite::Error>>(
        &self,
        sql: &str,
        values: impl Params,
        mut read: impl FnMut(&str) -> Result<T, E>,
    ) -> Result<Vec<T>, E> {
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query(values)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(read(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?);
        }
        Ok(all)
    }

    /// Returns the last row that a statement selects.
    pub fn one<T: DeserializeOwned>(&self, sql: &str, values: impl Params) -> Result<Option<T>> {
        Ok(self.all(sql, values)?.pop())
    }
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T> {
    Ok(serde_json::from_str(text).map_err(|error| FromSqlError::Other(error.into()))?)
}

impl Directory for Database<'_> {
    type Error = rusqlite::Error;

    fn user(&self, lookup: UserLookup<'_>) -> Result<Option<User>> {
        // Users who act as other users name them by the id only.
        let UserLookup::Id(id) = lookup else { return Ok(None) };
        let session = "json_object('$id', id, 'secret', lower(hex(secret)), 'provider', 'email',
            'expire', expire, 'factors', json('[\"password\"]'))";
        let sessions = format!("SELECT json_group_array({session}) FROM sessions");
        let profile =
            format!("json_set(profile, '$.sessions', json(({sessions} WHERE user = ?1)))");
        self.one(&format!("SELECT {profile} FROM users WHERE id = ?1"), [id])
    }

    fn key(&self, lookup: KeyLookup<'_>) -> Result<Option<StoredKey>> {
        let KeyLookup::Project { secret } = lookup else { return Ok(None) };
        let sql = "SELECT json_array(name, json(scopes)) FROM keys WHERE kind = ? AND secret = ?";
        let found =
            self.one::<(String, Vec<String>)>(sql, (lookup.kind().as_str(), digest(secret)))?;
        let key = StoredKey::of_project(PROJECT, secret);
        Ok(found.map(|(name, scopes)| key.with_name(name).with_scopes(scopes)))
    }
}

/// Returns the hash of a random secret, which is stored instead of the secret. A reader of the file cannot
/// sign in with it.
pub fn digest(secret: &str) -> Vec<u8> {
    Sha256::digest(secret).to_vec()
}

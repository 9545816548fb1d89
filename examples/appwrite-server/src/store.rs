//! The database: [`Db`], and what is compiled of it: [`Collections`].

use std::collections::HashMap;

use argon2::password_hash::rand_core::{OsRng, RngCore};
use rolegate::{Collection, Directory, FoundKey, KeyKind, User};
use rusqlite::{Connection, Params};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::PROJECT;
use crate::failure::Failure;
use crate::index::Index;

/// Collections by database and id.
pub type Collections = HashMap<(String, String), Stored>;

/// A collection, and the index of its documents.
pub struct Stored {
    pub number: i64,
    pub rules: Collection,
    pub attributes: Vec<String>,
    pub index: Index,
}

/// A connection, and so the directory that users and keys are looked up in.
pub struct Db<'a>(pub &'a Connection);

impl Db<'_> {
    /// Everything that a statement gives, each in one column of JSON.
    pub fn all<T: DeserializeOwned>(
        &self,
        sql: &str,
        values: impl Params,
    ) -> Result<Vec<T>, Failure> {
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query(values)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let json = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            all.push(serde_json::from_str(json).map_err(Failure::internal)?);
        }
        Ok(all)
    }

    pub fn one<T: DeserializeOwned>(
        &self,
        sql: &str,
        values: impl Params,
    ) -> Result<Option<T>, Failure> {
        Ok(self.all(sql, values)?.pop())
    }

    /// How many rows a statement changes.
    pub fn run(&self, sql: &str, values: impl Params) -> Result<usize, Failure> {
        Ok(self.0.prepare_cached(sql)?.execute(values)?)
    }
}

impl Directory for Db<'_> {
    type Error = Failure;

    fn user(&self, id: &str) -> Result<Option<User>, Failure> {
        let sessions =
            "SELECT json_group_array(json_object('$id', id, 'expire', expire)) FROM sessions";
        let profile =
            format!("json_set(profile, '$.sessions', json(({sessions} WHERE user = ?1)))");
        self.one(&format!("SELECT {profile} FROM users WHERE id = ?1"), [id])
    }

    fn key(&self, kind: KeyKind, secret: &str) -> Result<Option<FoundKey>, Failure> {
        let sql = "SELECT json_array(name, json(scopes)) FROM keys WHERE kind = ? AND secret = ?";
        let found: Option<(String, Vec<String>)> =
            self.one(sql, (kind.as_str(), digest(secret)))?;
        let key = FoundKey::of_project(PROJECT, secret);
        Ok(found.map(|(name, scopes)| key.with_name(name).with_scopes(scopes)))
    }
}

/// Every collection with every document's list, from the database.
pub fn compile(db: &Db<'_>) -> Result<Collections, Failure> {
    let sql =
        "SELECT json_array(number, database, id, json(rules), json(attributes)) FROM collections";
    let mut collections = Collections::new();
    for (number, database, id, rules, attributes) in db.all(sql, [])? {
        let mut index = Index::default();
        let mut documents =
            db.0.prepare("SELECT sequence, list FROM documents WHERE collection = ?")?;
        let mut documents = documents.query([number])?;
        while let Some(row) = documents.next()? {
            index.file(row.get(0)?, None, Some(&row.get::<_, String>(1)?))?;
        }
        collections.insert((database, id), Stored { number, rules, attributes, index });
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

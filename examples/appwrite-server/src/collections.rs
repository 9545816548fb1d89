//! The collections of every database, with an index of the documents: [`Collections`].

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use rolegate::index::{DocumentIndex, IndexSnapshot};
use rolegate::{Collection, Principal};
use rusqlite::Result as SqlResult;
use serde_json::{Map, Value};

use crate::{database::Database, failure::Failure};

/// Databases by their ids.
pub type Collections = BTreeMap<String, Parts>;

/// A database: its collections by their ids.
pub struct Parts {
    enabled: bool,
    collections: BTreeMap<String, Stored>,
}

/// A collection: its permissions, and an index of its documents by their sequence numbers.
pub struct Stored<I = DocumentIndex<i64>> {
    pub number: i64,
    pub rules: Arc<Collection>,
    pub attributes: Arc<[String]>,
    pub index: I,
}

/// A collection at one time. It does not change when the collection does.
pub type Snapshot = Stored<IndexSnapshot<i64>>;

impl Stored {
    /// Returns the collection at this time. Takes constant time.
    pub fn snapshot(&self) -> Snapshot {
        let (rules, attributes) = (Arc::clone(&self.rules), Arc::clone(&self.attributes));
        Stored { number: self.number, rules, attributes, index: self.index.snapshot() }
    }
}

/// A document as a client sees it.
pub type Document = Map<String, Value>;

/// Returns a collection. If the collection or its database is disabled, only keys that bypass permissions
/// find it.
pub fn find<'c>(
    all: &'c Collections,
    (database, collection): (&str, &str),
    principal: &Principal,
) -> Result<&'c Stored, Failure> {
    let open = |enabled| enabled || principal.bypasses_permissions();
    let database = all.get(database).filter(|it| open(it.enabled));
    let database = database.ok_or_else(|| missing("database"))?;
    let stored = database.collections.get(collection).filter(|it| open(!it.rules.is_closed()));
    stored.ok_or_else(|| missing("collection"))
}

/// Returns the same collection by a mutable reference.
pub fn find_mut<'c>(
    all: &'c mut Collections,
    (database, collection): (&str, &str),
    principal: &Principal,
) -> Result<&'c mut Stored, Failure> {
    find(all, (database, collection), principal)?;
    let stored = all.get_mut(database).and_then(|it| it.collections.get_mut(collection));
    stored.ok_or_else(|| missing("collection"))
}

/// Loads all databases and collections, and the permissions of all documents. A database without a row is
/// enabled.
pub fn load(database: &Database<'_>) -> Result<Collections> {
    let mut collections = Collections::new();
    let mut open = |id, enabled| {
        let parts = Parts { enabled, collections: BTreeMap::new() };
        collections.entry(id).or_insert(parts);
    };
    let sql = "SELECT json_array(id, json(iif(enabled, 'true', 'false'))) FROM databases";
    database.all(sql, [])?.into_iter().for_each(|(id, enabled)| open(id, enabled));
    let sql = "SELECT DISTINCT json_quote(database) FROM collections";
    database.all(sql, [])?.into_iter().for_each(|id| open(id, true));
    let sql =
        "SELECT json_array(number, database, id, json(rules), json(attributes)) FROM collections";
    type Row = (i64, String, String, Collection, Vec<String>);
    for (number, of, id, rules, attributes) in database.all::<Row>(sql, [])? {
        let (attributes, index) = (attributes.into(), index(database, number)?);
        if let Some(parts) = collections.get_mut(&of) {
            let rules = if parts.enabled { rules } else { rules.closed() }.into();
            parts.collections.insert(id, Stored { number, rules, attributes, index });
        }
    }
    Ok(collections)
}

fn index(database: &Database<'_>, collection: i64) -> Result<DocumentIndex<i64>> {
    let sql = "SELECT json_object('$sequence', CAST(sequence AS TEXT),
        '$permissions', json(permissions)) FROM documents WHERE collection = ?";
    let documents: SqlResult<Vec<Document>> = database.all(sql, [collection]);
    let mut index = DocumentIndex::new();
    for document in documents? {
        for malformed in index.insert_lenient(sequence(&document), permissions(&document))? {
            tracing::warn!(collection, id = %document["$sequence"], "a stored {malformed}");
        }
    }
    Ok(index)
}

fn missing(what: &str) -> Failure {
    Failure::new(404, &format!("{what}_not_found"), format!("{what} not found"))
}

/// Returns the number of a document, which is its key in an index.
pub fn sequence(document: &Document) -> i64 {
    document["$sequence"].as_str().and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// Returns the permissions of a document.
pub fn permissions(document: &Document) -> Vec<&str> {
    strings(&document["$permissions"])
}

/// Returns the strings of a stored list. Other values are left out, and grant nothing.
pub fn strings(permissions: &Value) -> Vec<&str> {
    permissions.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

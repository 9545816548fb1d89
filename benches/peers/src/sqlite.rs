//! SQLite, bundled with rusqlite 0.42, with Appwrite's tables for permissions.
//!
//! The tables, indexes and condition are those of the adapter for SQLite in utopia-php/database. `_perms` has
//! a row for each permission of a document, and the condition is `_uid IN (SELECT _document ...)`.
//! [`SqliteCovering`] tunes this query: it adds the document to the index on permissions, so that the inner
//! query does not read the table.
//!
//! Prepared: the database in memory with statistics (`ANALYZE`), and the statement, with the roles as
//! parameters. Timed: binding the parameters, running the statement, and reading the rows in any order.
//!
//! [`SqlitePage`] reads a page: the first documents in the order of the primary key, which is the order of pages
//! in Appwrite. The document is in the index on permissions.

use rusqlite::{Connection, Result, params_from_iter};

use crate::data::Data;
use crate::{Engine, PAGE};

const SCHEMA: &str = "
    CREATE TABLE documents (
        _id INTEGER PRIMARY KEY AUTOINCREMENT,
        _uid VARCHAR(255) NOT NULL,
        _permissions MEDIUMTEXT DEFAULT NULL
    );
    CREATE TABLE documents_perms (
        _id INTEGER PRIMARY KEY AUTOINCREMENT,
        _type VARCHAR(12) NOT NULL,
        _permission VARCHAR(255) NOT NULL,
        _document VARCHAR(255) NOT NULL
    );
";

const INDEXES: &str = "
    CREATE UNIQUE INDEX documents_index1 ON documents (_uid);
    CREATE UNIQUE INDEX perms_index_1 ON documents_perms (_document, _type, _permission);
";

const PERMISSIONS: &str = "CREATE INDEX perms_index_2 ON documents_perms (_permission, _type);";

const COVERING: &str =
    "CREATE INDEX perms_index_2 ON documents_perms (_permission, _type, _document);";

/// A database with the indexes of Appwrite.
pub struct Sqlite {
    database: Connection,
    query: String,
    roles: Vec<String>,
}

/// The same database with a covering index.
pub struct SqliteCovering(Sqlite);

/// The first page of the same database, with a covering index.
pub struct SqlitePage(Sqlite);

impl Sqlite {
    /// Fills the database.
    #[must_use]
    pub fn new(data: &Data) -> Self {
        Self::with_index(data, PERMISSIONS, "")
    }

    fn with_index(data: &Data, permissions: &str, order: &str) -> Self {
        let holders = vec!["?"; data.caller.roles.len()].join(", ");
        let query = format!(
            "SELECT main._id FROM documents AS main WHERE main._uid IN (
                 SELECT _document FROM documents_perms
                 WHERE _permission IN ({holders}) AND _type = 'read'
             ) {order}"
        );
        Self {
            database: fill(data, permissions).expect("the rows fit the tables"),
            query,
            roles: data.caller.roles.clone(),
        }
    }

    fn ask(&self) -> Result<Vec<usize>> {
        let mut statement = self.database.prepare_cached(&self.query)?;
        let ids = statement.query_map(params_from_iter(&self.roles), |row| row.get(0))?;
        // Ids begin at 1.
        ids.map(|id| id.map(|id: u32| id as usize - 1)).collect()
    }
}

impl SqliteCovering {
    /// Fills the database.
    #[must_use]
    pub fn new(data: &Data) -> Self {
        Self(Sqlite::with_index(data, COVERING, ""))
    }
}

impl SqlitePage {
    /// Fills the database.
    #[must_use]
    pub fn new(data: &Data) -> Self {
        let order = format!("ORDER BY main._id LIMIT {PAGE}");
        Self(Sqlite::with_index(data, COVERING, &order))
    }
}

fn fill(data: &Data, permissions: &str) -> Result<Connection> {
    let mut database = Connection::open_in_memory()?;
    database.execute_batch(SCHEMA)?;
    let rows = database.transaction()?;
    {
        let insert = "INSERT INTO documents (_uid, _permissions) VALUES (?, ?)";
        let mut document_row = rows.prepare(insert)?;
        let insert = "INSERT INTO documents_perms (_type, _permission, _document) VALUES (?, ?, ?)";
        let mut permission_row = rows.prepare(insert)?;
        for document in &data.documents {
            document_row.execute([&document.id, &format!("{:?}", document.permissions)])?;
            for permission in &document.permissions {
                let (action, role) = permission.split_once("(\"").expect("an action and a role");
                let role = role.strip_suffix("\")").expect("a role in quotes");
                permission_row.execute([action, role, &document.id])?;
            }
        }
    }
    rows.commit()?;
    database.execute_batch(INDEXES)?;
    database.execute_batch(permissions)?;
    database.execute_batch("ANALYZE")?;
    Ok(database)
}

impl Engine for Sqlite {
    fn visible(&mut self) -> Vec<usize> {
        self.ask().expect("the query is SQL")
    }
}

impl Engine for SqliteCovering {
    fn visible(&mut self) -> Vec<usize> {
        self.0.visible()
    }
}

impl Engine for SqlitePage {
    fn visible(&mut self) -> Vec<usize> {
        self.0.visible()
    }
}

//! Conditions in SQL: [`Layout`] turns a [`Plan`](super::Plan) into a text with placeholders, and their values.
//!
//! # Which layout
//!
//! | the permissions are in | layout | index |
//! | --- | --- | --- |
//! | Appwrite's table `COLLECTION_perms` | [`Layout::perms`] | Appwrite's, on `(_permission, _type)` |
//! | Appwrite's column `_permissions` of type `jsonb` | [`Layout::appwrite_postgres`] | Appwrite's GIN index |
//! | a column of your table, `jsonb` or `text[]` on PostgreSQL | [`Layout::column`] | a GIN index, which you create |
//! | a column of your table, of another type or elsewhere | [`Layout::column`] | none: every document is read |
//! | a schema that you design, with many documents for each list | [`AclSchema`] | on the number of the list |
//!
//! Choose [`AclSchema`] for a new schema. It needs less space, it finds the visible lists from the roles, and a total is
//! a sum over lists. On PostgreSQL, a column `jsonb` with an index is as fast for users with up to 100 roles, and faster
//! for users who see many documents. A column is simpler, and suits a few thousand documents, or conditions that leave few documents.
//!
//! # An existing PostgreSQL table
//!
//! A table `notes` gets a column, an index, and a page of the 25 newest visible notes. The owner of a note gets all
//! permissions. The column is filled first, because an index that is there during the update stays slow until the next
//! vacuum.
//!
//! ```sql
//! ALTER TABLE notes ADD COLUMN permissions jsonb NOT NULL DEFAULT '[]';
//! UPDATE notes SET permissions =
//!     jsonb_build_array('read("user:' || owner || '")', 'write("user:' || owner || '")');
//! CREATE INDEX notes_permissions ON notes USING gin (permissions);
//! ```
//!
//! ```
//! use rolegate::query::sql::{Bind, ColumnType, Dialect, Layout};
//! use rolegate::{Action, Principal};
//!
//! let layout = Layout::column(Dialect::Postgres, ColumnType::Jsonb)?;
//! let layout = layout.column_name("permissions")?.alias("n")?;
//!
//! let ann = Principal::parse_roles(["any", "users", "user:ann"])?;
//! let visible = layout.condition(&ann.plan(Action::Read), 1);
//! let sql = format!(
//!     "SELECT n.id, n.text FROM notes AS n WHERE {} ORDER BY n.id DESC LIMIT 25",
//!     visible.text()
//! );
//! let permissions = [r#"read("any")"#, r#"read("user:ann")"#, r#"read("users")"#];
//! assert_eq!(visible.binds(), [Bind::TextArray(permissions.map(String::from).into())]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A program binds all values of [`Fragment::binds`] in their order, as the function `values` of `postgres.rs` below does.
//! Their number depends on the plan: a key with bypass needs none. A total is `SELECT count(*)` with the same condition.
//!
//! Run `VACUUM ANALYZE notes` once. `EXPLAIN` then shows that the index is used. This is the plan of the page for 20,000
//! notes; PostgreSQL reads all rows of a much smaller table instead:
//!
//! ```text
//! Limit
//!   InitPlan 1 (returns $0)
//!     ->  Result
//!   ->  Sort
//!         Sort Key: n.id DESC
//!         ->  Bitmap Heap Scan on notes n
//!               Recheck Cond: (permissions ?| $0)
//!               Filter: (jsonb_typeof(permissions) = 'array'::text)
//!               ->  Bitmap Index Scan on notes_permissions
//!                     Index Cond: (permissions ?| $0)
//! ```
//!
//! The condition has the operator `?|`. A driver that takes `?` for a placeholder, such as PDO or JDBC, needs `??|`.
//!
//! An empty list is visible to no user, so a new note needs its permissions. `$3` are the texts of
//! [`Principal::document_permissions`](crate::Principal::document_permissions), as an array:
//!
//! ```sql
//! INSERT INTO notes (owner, text, permissions) VALUES ($1, $2, to_jsonb(CAST($3 AS text[])))
//! ```
//!
//! # Programs to copy
//!
//! Each is tested on a real database, and binds the values of a condition with its driver:
//!
//! | in `tests/databases/examples` | driver | layout | content |
//! | --- | --- | --- | --- |
//! | `postgres.rs` | tokio-postgres | a column of an existing table | the steps above, `EXPLAIN`, insert, guarded update |
//! | `sqlite.rs` | rusqlite | [`AclSchema`] | create, insert, page, exact total, guarded update |
//! | `mariadb.rs` | mysql | Appwrite's tables | page, total |
//!
//! # Guards
//!
//! The condition of another action guards a change: `UPDATE notes AS n SET text = $1 WHERE n.id = $2 AND CONDITION`. Its
//! plan is that of [`Action::Update`](crate::Action::Update), and its first placeholder is 3. A `DELETE` is guarded in
//! the same way. MariaDB 10.11 takes an alias only in the form `DELETE n FROM notes AS n WHERE …`.
//!
//! If no row changed, [`Layout::actions`] tells a document that is hidden from one that may only be read. A host
//! without collections passes [`Collection::without_permissions`](crate::Collection::without_permissions) with
//! `DocumentSecurity::Enabled`. To insert a document of a collection, check
//! [`Collection::create`](crate::Collection::create) first.
//!
//! With [`Layout::perms`], the permissions are rows of another table. If a transaction takes them away while the guarded
//! change waits for the document, PostgreSQL decides by the permissions from before, unless the isolation level is
//! `REPEATABLE READ`. At the default level, lock the document with `SELECT … FOR UPDATE` first, in the same transaction.
//!
//! # Exact
//!
//! A condition compares byte for byte, whatever the collation of the columns. It is also false for an id that is
//! NULL, and for a list that is NULL, no array, or no JSON. Elements that are no texts grant nothing. The database says
//! what JSON is:
//!
//! - MariaDB and DuckDB accept some texts that are not, such as an array with the element `1.` or `NaN`.
//! - MariaDB refuses JSON with 32 or more nested arrays and objects.
//! - On PostgreSQL, [`ColumnType::Json`] grants nothing if an array contains arrays, objects, the escape of half a
//!   surrogate pair, or a number with more than 200 digits before or after the point or 3 digits in its exponent.
//!
//! PostgreSQL databases need the encoding `UTF8` and the setting `standard_conforming_strings = on`, the defaults.
//!
//! Texts of the host become part of a statement only as identifiers in quotes. Everything else is a bind value, except
//! the name of the action.
//!
//! Source: `getSQLPermissionsCondition` and `createCollection` of the SQL adapters of utopia-php/database.

mod acl;
mod column;
mod dialect;
mod error;
mod fragment;
mod json;
mod layout;
mod perms;
#[cfg(feature = "sea-query")]
mod sea_query;

pub use acl::{AclSchema, StoredList};
pub use dialect::Dialect;
pub use error::{LayoutError, LayoutErrorKind};
pub use fragment::{Bind, Fragment};
pub use layout::{ColumnType, Layout};

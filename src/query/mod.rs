//! The decision as a query, for hosts whose documents are in a database.
//!
//! [`Collection::plan`](crate::Collection::plan) says which documents an action is allowed on: a [`Plan`]. A database
//! finds them:
//!
//! | database | condition |
//! | --- | --- |
//! | SQLite, PostgreSQL, MariaDB, DuckDB | [`sql::Layout::condition`] |
//! | MongoDB | [`mongodb::filter`] |
//! | Elasticsearch, OpenSearch | [`elasticsearch::filter`] |
//! | Qdrant | [`qdrant::filter`] |
//!
//! Other stores get [`Filter::permissions`] or [`Filter::roles`]: a document matches if one of the texts is equal to one
//! of its own, byte for byte. In Tantivy this is a `TermSetQuery` on a field with the tokenizer `raw`.
//!
//! A condition has the meaning of [`Collection::get`](crate::Collection::get). The tests compare the rows of each database
//! with [`Principal::can`](crate::Principal::can).
//!
//! A condition can be combined with the host's own conditions in any way. It decides on the permissions that the database
//! has at the time of the query. A row that is read and kept, such as in a cache, does not follow later changes.
//! Elasticsearch shows a change of permissions only after the next refresh of its index.
//!
//! Filters of document stores know no tenants. A store that several tenants share needs a condition on the tenant too.

pub mod elasticsearch;
mod field;
pub mod mongodb;
mod plan;
pub mod qdrant;
pub mod sql;

pub use field::{FilterError, FilterErrorKind};
pub use plan::{Filter, Plan};

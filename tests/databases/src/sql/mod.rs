//! Databases that are asked in SQL: [`Database`], and [`SqlStore`] for each layout.

mod compose;
mod duckdb;
mod fill;
mod lists;
mod mariadb;
mod place;
mod postgres;
mod sqlite;
mod store;
mod tables;
mod types;

pub use compose::{check_compositions, check_names, shapes};
pub use duckdb::DuckDb;
pub use lists::{check_changes, check_prefix};
pub use mariadb::MariaDb;
pub use place::{Place, Shape};
pub use postgres::Postgres;
pub use sqlite::Sqlite;
pub use store::SqlStore;
pub use types::check_types;

use rolegate::query::sql::{Bind, Dialect};

/// A connection to a database.
pub trait Database {
    fn name(&self) -> String;

    fn dialect(&self) -> Dialect;

    /// Removes all tables.
    fn reset(&mut self);

    /// Runs a statement that returns no rows. Returns the number of rows that it changed.
    fn execute(&mut self, sql: &str, binds: &[Bind]) -> Result<u64, String>;

    /// Runs a query for one column of integers.
    fn integers(&mut self, sql: &str, binds: &[Bind]) -> Result<Vec<i64>, String>;
}

/// Runs a statement that must succeed.
pub(crate) fn run(database: &mut dyn Database, sql: &str, binds: &[Bind]) -> u64 {
    let name = database.name();
    database
        .execute(sql, binds)
        .unwrap_or_else(|error| panic!("{name}: {error}\n{sql}\n{}", shown(binds)))
}

/// Runs a query that must succeed.
pub(crate) fn ask(database: &mut dyn Database, sql: &str, binds: &[Bind]) -> Vec<i64> {
    let name = database.name();
    database
        .integers(sql, binds)
        .unwrap_or_else(|error| panic!("{name}: {error}\n{sql}\n{}", shown(binds)))
}

/// Returns the beginning of the values, for messages.
pub(crate) fn shown(binds: &[Bind]) -> String {
    format!("{binds:?}").chars().take(500).collect()
}

/// Returns an identifier in quotes.
pub(crate) fn quoted(dialect: Dialect, identifier: &str) -> String {
    match dialect {
        Dialect::MariaDb => format!("`{}`", identifier.replace('`', "``")),
        _ => format!("\"{}\"", identifier.replace('"', "\"\"")),
    }
}

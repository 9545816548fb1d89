//! The databases: [`Database`].

mod mariadb;
mod postgres;
mod sqlite;

use rolegate::query::sql::Dialect;

use crate::Result;
use crate::rows::Row;
use crate::statement::Statement;

/// A database that holds the documents.
pub trait Database {
    /// Returns the name and the version.
    fn title(&mut self) -> Result<String>;

    fn dialect(&self) -> Dialect;

    /// Runs a statement without a result.
    fn execute(&mut self, text: &str) -> Result<()>;

    /// Inserts rows.
    fn load(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: &mut dyn Iterator<Item = Row>,
    ) -> Result<()>;

    /// Runs a statement, receives all columns of all rows, and returns the integers in the first column.
    fn integers(&mut self, statement: &Statement) -> Result<Vec<i64>>;

    /// Returns the plan of a statement, a line for each step.
    fn explain(&mut self, statement: &Statement) -> Result<Vec<String>>;
}

/// The name of a database on the command line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Name {
    Sqlite,
    Postgres,
    MariaDb,
}

impl Name {
    pub const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::MariaDb];

    /// Parses a name.
    pub fn parse(text: &str) -> Result<Self> {
        match text {
            "sqlite" => Ok(Self::Sqlite),
            "postgres" => Ok(Self::Postgres),
            "mariadb" => Ok(Self::MariaDb),
            _ => Err(format!("expected sqlite, postgres or mariadb, found `{text}`").into()),
        }
    }

    /// Starts the database without tables. A server stops when the value is dropped.
    pub fn start(self) -> Result<Box<dyn Database>> {
        Ok(match self {
            Self::Sqlite => Box::new(sqlite::Sqlite::open()?),
            Self::Postgres => Box::new(postgres::Postgres::start()?),
            Self::MariaDb => Box::new(mariadb::MariaDb::start()?),
        })
    }
}

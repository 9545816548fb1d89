//! SQLite, in memory: [`Sqlite`].

use rolegate::query::sql::{Bind, Dialect};
use rusqlite::{Connection, Statement};

use super::Database;

pub struct Sqlite {
    encoding: &'static str,
    connection: Connection,
}

impl Default for Sqlite {
    fn default() -> Self {
        Self::with_encoding("UTF-8")
    }
}

impl Sqlite {
    /// Creates a database that stores texts in an encoding, such as `UTF-16le`.
    #[must_use]
    pub fn with_encoding(encoding: &'static str) -> Self {
        Self { encoding, connection: open(encoding) }
    }
}

fn open(encoding: &str) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    let settings = format!("PRAGMA encoding = '{encoding}'; PRAGMA foreign_keys = ON");
    connection.execute_batch(&settings).unwrap();
    connection
}

impl Database for Sqlite {
    fn name(&self) -> String {
        format!("SQLite {} {}", rusqlite::version(), self.encoding)
    }

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn reset(&mut self) {
        self.connection = open(self.encoding);
    }

    fn execute(&mut self, sql: &str, binds: &[Bind]) -> Result<u64, String> {
        let mut statement =
            self.connection.prepare_cached(sql).map_err(|error| error.to_string())?;
        bind(&mut statement, binds)?;
        let changed = statement.raw_execute().map_err(|error| error.to_string())?;
        Ok(changed as u64)
    }

    fn integers(&mut self, sql: &str, binds: &[Bind]) -> Result<Vec<i64>, String> {
        let mut statement =
            self.connection.prepare_cached(sql).map_err(|error| error.to_string())?;
        bind(&mut statement, binds)?;
        let rows = statement.raw_query().mapped(|row| row.get(0)).collect::<Result<_, _>>();
        rows.map_err(|error| error.to_string())
    }
}

fn bind(statement: &mut Statement<'_>, binds: &[Bind]) -> Result<(), String> {
    assert_eq!(statement.parameter_count(), binds.len(), "the number of values");
    for (position, bind) in binds.iter().enumerate() {
        let Bind::Text(text) = bind else { panic!("SQLite has no arrays: {bind:?}") };
        statement.raw_bind_parameter(position + 1, text).map_err(|error| error.to_string())?;
    }
    Ok(())
}

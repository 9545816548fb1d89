//! MariaDB on this machine.

use std::sync::Arc;

use mysql::prelude::{Protocol, Queryable as _};
use mysql::{Conn, OptsBuilder, Params, QueryResult, Value};
use rolegate::query::sql::{Bind, Dialect};

use super::Database;
use crate::Result;
use crate::rows::Row;
use crate::servers::MariaDbServer;
use crate::statement::Statement;

/// The memory in which the server holds the tables. The default of 128 MB is too small for them.
const BUFFER_POOL: u64 = 1 << 30;
/// The rows of one statement when the tables are filled.
const BATCH: usize = 1_000;

/// A server with a connection.
pub struct MariaDb {
    connection: Conn,
    /// Stops the server when it is dropped, after the connection.
    _server: Arc<MariaDbServer>,
}

impl MariaDb {
    pub fn start() -> Result<Self> {
        let server = MariaDbServer::shared();
        let socket = server.socket().to_string_lossy().into_owned();
        let options = OptsBuilder::new().socket(Some(socket)).user(Some("root"));
        let mut connection = Conn::new(options)?;
        for text in [
            format!("SET GLOBAL innodb_buffer_pool_size = {BUFFER_POOL}").as_str(),
            "CREATE DATABASE appwrite DEFAULT CHARACTER SET utf8mb4",
            "USE appwrite",
        ] {
            connection.query_drop(text)?;
        }
        Ok(Self { connection, _server: server })
    }
}

impl Database for MariaDb {
    fn title(&mut self) -> Result<String> {
        let version: Option<String> = self.connection.query_first("SELECT VERSION()")?;
        let version = version.ok_or("the server has no version")?;
        Ok(format!("MariaDB {}", version.split('-').next().unwrap_or_default()))
    }

    fn dialect(&self) -> Dialect {
        Dialect::MariaDb
    }

    fn execute(&mut self, text: &str) -> Result<()> {
        Ok(self.connection.query_drop(text)?)
    }

    fn load(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: &mut dyn Iterator<Item = Row>,
    ) -> Result<()> {
        let insert = format!("INSERT INTO {table} ({}) VALUES ", columns.join(", "));
        self.connection.query_drop("START TRANSACTION")?;
        let mut rows = rows.map(|row| values(&row));
        loop {
            let batch: Vec<String> = rows.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                break;
            }
            self.connection.query_drop(format!("{insert}{}", batch.join(", ")))?;
        }
        Ok(self.connection.query_drop("COMMIT")?)
    }

    fn integers(&mut self, statement: &Statement) -> Result<Vec<i64>> {
        match statement {
            Statement::Literal(text) => read(self.connection.query_iter(text)?),
            Statement::Prepared { text, binds } => {
                read(self.connection.exec_iter(text, params(binds)?)?)
            }
        }
    }

    fn explain(&mut self, statement: &Statement) -> Result<Vec<String>> {
        match statement.explained("ANALYZE") {
            Statement::Literal(text) => lines(self.connection.query_iter(text)?),
            Statement::Prepared { text, binds } => {
                lines(self.connection.exec_iter(text, params(&binds)?)?)
            }
        }
    }
}

/// Returns the values of a row in parentheses.
fn values(row: &Row) -> String {
    let quoted = row.iter().map(|value| {
        let escaped = value.replace('\\', "\\\\").replace('\'', "\\'");
        format!("'{escaped}'")
    });
    format!("({})", quoted.collect::<Vec<_>>().join(", "))
}

fn read<P: Protocol>(rows: QueryResult<'_, '_, '_, P>) -> Result<Vec<i64>> {
    let mut integers = Vec::new();
    for row in rows {
        integers.push(row?.take(0).ok_or("a row has no column")?);
    }
    Ok(integers)
}

/// Returns the rows with a bar between the columns.
fn lines<P: Protocol>(rows: QueryResult<'_, '_, '_, P>) -> Result<Vec<String>> {
    let line = |row: mysql::Row| {
        let cells = row.unwrap().into_iter().map(|cell| match cell {
            Value::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            other => other.as_sql(true),
        });
        cells.collect::<Vec<_>>().join(" | ")
    };
    rows.map(|row| Ok(line(row?))).collect()
}

fn params(binds: &[Bind]) -> Result<Params> {
    let value = |bind: &Bind| match bind {
        Bind::Text(text) => Ok(Value::from(text)),
        Bind::TextArray(_) => Err("MariaDB has no arrays".into()),
    };
    Ok(Params::Positional(binds.iter().map(value).collect::<Result<_>>()?))
}

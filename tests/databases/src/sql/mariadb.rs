//! MariaDB: [`MariaDb`].

use mysql::prelude::Queryable;
use mysql::{Conn, OptsBuilder, Params, Value};
use rolegate::query::sql::{Bind, Dialect};

use super::Database;
use crate::servers::MariaDbServer;

/// A connection to a database of its own.
pub struct MariaDb {
    connection: Conn,
    database: String,
    /// The clause of `CREATE DATABASE`: a character set and a collation, or nothing.
    options: String,
    version: String,
}

impl MariaDb {
    /// Creates a database, and connects to it.
    pub fn connect(server: &MariaDbServer, database: &str, options: &str) -> Self {
        let socket = server.socket().to_str().unwrap().to_owned();
        let mut connection = Conn::new(
            OptsBuilder::new().user(Some("root")).socket(Some(socket)).stmt_cache_size(Some(64)),
        )
        .unwrap();
        let version: String = connection.query_first("SELECT version()").unwrap().unwrap();
        let mut mariadb = Self {
            connection,
            database: database.to_owned(),
            options: options.to_owned(),
            version,
        };
        mariadb.reset();
        mariadb
    }
}

impl Database for MariaDb {
    fn name(&self) -> String {
        format!("MariaDB {} {}", self.version, self.options)
    }

    fn dialect(&self) -> Dialect {
        Dialect::MariaDb
    }

    fn reset(&mut self) {
        let Self { connection, database, options, .. } = self;
        for sql in [
            format!("DROP DATABASE IF EXISTS {database}"),
            format!("CREATE DATABASE {database} {options}"),
            format!("USE {database}"),
        ] {
            connection.query_drop(sql).unwrap();
        }
    }

    fn execute(&mut self, sql: &str, binds: &[Bind]) -> Result<u64, String> {
        if binds.is_empty() {
            self.connection.query_drop(sql).map_err(|error| error.to_string())?;
        } else {
            self.connection.exec_drop(sql, parameters(binds)).map_err(|error| error.to_string())?;
        }
        Ok(self.connection.affected_rows())
    }

    fn integers(&mut self, sql: &str, binds: &[Bind]) -> Result<Vec<i64>, String> {
        self.connection.exec(sql, parameters(binds)).map_err(|error| error.to_string())
    }
}

fn parameters(binds: &[Bind]) -> Params {
    if binds.is_empty() {
        return Params::Empty;
    }
    let values = binds.iter().map(|bind| match bind {
        Bind::Text(text) => Value::from(text),
        Bind::TextArray(texts) => panic!("MariaDB has no arrays: {texts:?}"),
    });
    Params::Positional(values.collect())
}

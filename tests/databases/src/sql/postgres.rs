//! PostgreSQL: [`Postgres`].

use std::collections::HashMap;

use postgres::types::ToSql;
use postgres::{Client, NoTls, Statement};
use rolegate::query::sql::{Bind, Dialect};

use super::Database;
use crate::servers::PostgresServer;

/// A connection to a database of its own.
pub struct Postgres {
    client: Client,
    statements: HashMap<String, Statement>,
    version: String,
}

impl Postgres {
    /// Creates a database, and connects to it.
    pub fn connect(server: &PostgresServer, database: &str) -> Self {
        let url = server.url();
        let mut admin = Client::connect(&format!("{url} dbname=postgres"), NoTls).unwrap();
        admin.batch_execute(&format!("CREATE DATABASE {database}")).unwrap();
        let version = admin.query_one("SHOW server_version", &[]).unwrap().get(0);
        let client = Client::connect(&format!("{url} dbname={database}"), NoTls).unwrap();
        Self { client, statements: HashMap::new(), version }
    }

    /// Makes the planner use an index where one can be used.
    pub fn prefer_indexes(&mut self) {
        self.client.batch_execute("SET enable_seqscan = off").unwrap();
    }
}

impl Database for Postgres {
    fn name(&self) -> String {
        format!("PostgreSQL {}", self.version)
    }

    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn reset(&mut self) {
        self.statements.clear();
        self.client.batch_execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public").unwrap();
    }

    fn execute(&mut self, sql: &str, binds: &[Bind]) -> Result<u64, String> {
        self.client.execute(sql, &parameters(binds)).map_err(|error| message(&error))
    }

    fn integers(&mut self, sql: &str, binds: &[Bind]) -> Result<Vec<i64>, String> {
        if !self.statements.contains_key(sql) {
            let statement = self.client.prepare(sql).map_err(|error| message(&error))?;
            self.statements.insert(sql.to_owned(), statement);
        }
        let rows = self.client.query(&self.statements[sql], &parameters(binds));
        let rows = rows.map_err(|error| message(&error))?;
        rows.iter().map(|row| row.try_get(0).map_err(|error| message(&error))).collect()
    }
}

fn parameters(binds: &[Bind]) -> Vec<&(dyn ToSql + Sync)> {
    binds
        .iter()
        .map(|bind| match bind {
            Bind::Text(text) => text as &(dyn ToSql + Sync),
            Bind::TextArray(texts) => texts,
        })
        .collect()
}

fn message(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(error) => error.to_string(),
        None => error.to_string(),
    }
}

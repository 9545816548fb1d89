//! PostgreSQL on this machine.

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::Arc;

use postgres::types::ToSql;
use postgres::{Client, NoTls, SimpleQueryMessage};
use rolegate::query::sql::{Bind, Dialect};

use super::Database;
use crate::Result;
use crate::rows::Row;
use crate::servers::PostgresServer;
use crate::statement::Statement;

/// A server with a connection.
pub struct Postgres {
    client: Client,
    prepared: HashMap<String, postgres::Statement>,
    /// Stops the server when it is dropped, after the connection.
    _server: Arc<PostgresServer>,
}

impl Postgres {
    pub fn start() -> Result<Self> {
        let server = PostgresServer::shared();
        let mut client = Client::connect(&format!("{} dbname=postgres", server.url()), NoTls)?;
        // The server of the tests is started with other settings than the defaults.
        client.batch_execute("SET max_parallel_workers_per_gather = 2; SET jit = on")?;
        Ok(Self { client, prepared: HashMap::new(), _server: server })
    }

    fn prepare(&mut self, text: &str) -> Result<postgres::Statement> {
        if let Some(known) = self.prepared.get(text) {
            return Ok(known.clone());
        }
        let statement = self.client.prepare(text)?;
        self.prepared.insert(text.into(), statement.clone());
        Ok(statement)
    }
}

impl Database for Postgres {
    fn title(&mut self) -> Result<String> {
        let version: String = self.client.query_one("SHOW server_version", &[])?.get(0);
        Ok(format!("PostgreSQL {}", version.split(' ').next().unwrap_or_default()))
    }

    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn execute(&mut self, text: &str) -> Result<()> {
        Ok(self.client.batch_execute(text)?)
    }

    fn load(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: &mut dyn Iterator<Item = Row>,
    ) -> Result<()> {
        let columns: Vec<String> = columns.iter().map(|column| format!("\"{column}\"")).collect();
        let text = format!("COPY {table} ({}) FROM STDIN", columns.join(", "));
        let mut writer = self.client.copy_in(&text)?;
        for row in rows {
            let row: Vec<String> = row.iter().map(|value| escaped(value)).collect();
            writeln!(writer, "{}", row.join("\t"))?;
        }
        writer.finish()?;
        Ok(())
    }

    fn integers(&mut self, statement: &Statement) -> Result<Vec<i64>> {
        match statement {
            Statement::Literal(text) => {
                let messages = self.client.simple_query(text)?;
                Ok(first_column(&messages)
                    .map(str::parse)
                    .collect::<std::result::Result<_, _>>()?)
            }
            Statement::Prepared { text, binds } => {
                let prepared = self.prepare(text)?;
                let rows = self.client.query(&prepared, &params(binds))?;
                Ok(rows.iter().map(|row| row.try_get(0)).collect::<std::result::Result<_, _>>()?)
            }
        }
    }

    fn explain(&mut self, statement: &Statement) -> Result<Vec<String>> {
        match statement.explained("EXPLAIN (ANALYZE, COSTS, TIMING OFF)") {
            Statement::Literal(text) => {
                let messages = self.client.simple_query(&text)?;
                Ok(first_column(&messages).map(str::to_owned).collect())
            }
            Statement::Prepared { text, binds } => {
                let rows = self.client.query(&text, &params(&binds))?;
                Ok(rows.iter().map(|row| row.get(0)).collect())
            }
        }
    }
}

/// Returns a value in the text format of `COPY`.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n")
}

fn first_column(messages: &[SimpleQueryMessage]) -> impl Iterator<Item = &str> {
    messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    })
}

fn params(binds: &[Bind]) -> Vec<&(dyn ToSql + Sync)> {
    let mut params: Vec<&(dyn ToSql + Sync)> = Vec::new();
    for bind in binds {
        params.push(match bind {
            Bind::Text(text) => text,
            Bind::TextArray(texts) => texts,
        });
    }
    params
}

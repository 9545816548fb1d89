//! SQLite in memory, bundled with rusqlite.

use rolegate::query::sql::{Bind, Dialect};
use rusqlite::{Connection, Params, Statement as Compiled, params_from_iter, version};

use super::Database;
use crate::Result;
use crate::rows::Row;
use crate::statement::Statement;

/// A connection to a database in memory.
pub struct Sqlite(Connection);

impl Sqlite {
    pub fn open() -> Result<Self> {
        Ok(Self(Connection::open_in_memory()?))
    }
}

impl Database for Sqlite {
    fn title(&mut self) -> Result<String> {
        Ok(format!("SQLite {}", version()))
    }

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn execute(&mut self, text: &str) -> Result<()> {
        Ok(self.0.execute_batch(text)?)
    }

    fn load(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: &mut dyn Iterator<Item = Row>,
    ) -> Result<()> {
        let transaction = self.0.transaction()?;
        let holders = vec!["?"; columns.len()].join(", ");
        let text = format!("INSERT INTO {table} ({}) VALUES ({holders})", columns.join(", "));
        let mut insert = transaction.prepare(&text)?;
        for row in rows {
            insert.execute(params_from_iter(row))?;
        }
        drop(insert);
        Ok(transaction.commit()?)
    }

    fn integers(&mut self, statement: &Statement) -> Result<Vec<i64>> {
        match statement {
            Statement::Literal(text) => read(&mut self.0.prepare(text)?, []),
            Statement::Prepared { text, binds } => {
                let mut statement = self.0.prepare_cached(text)?;
                read(&mut statement, params_from_iter(texts(binds)?))
            }
        }
    }

    fn explain(&mut self, statement: &Statement) -> Result<Vec<String>> {
        let (text, binds) = match statement {
            Statement::Literal(text) => (text, Vec::new()),
            Statement::Prepared { text, binds } => (text, texts(binds)?),
        };
        let mut explain = self.0.prepare(&format!("EXPLAIN QUERY PLAN {text}"))?;
        let steps = explain.query_map(params_from_iter(binds), |row| row.get(3))?;
        Ok(steps.collect::<rusqlite::Result<_>>()?)
    }
}

fn read(statement: &mut Compiled<'_>, params: impl Params) -> Result<Vec<i64>> {
    let columns = statement.column_count();
    let mut rows = statement.query(params)?;
    let mut integers = Vec::new();
    while let Some(row) = rows.next()? {
        for column in 1..columns {
            std::hint::black_box(row.get_ref(column)?);
        }
        integers.push(row.get(0)?);
    }
    Ok(integers)
}

fn texts(binds: &[Bind]) -> Result<Vec<&str>> {
    let mut texts = Vec::new();
    for bind in binds {
        match bind {
            Bind::Text(text) => texts.push(text.as_str()),
            Bind::TextArray(_) => return Err("SQLite has no arrays".into()),
        }
    }
    Ok(texts)
}

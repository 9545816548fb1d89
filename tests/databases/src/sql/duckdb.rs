//! DuckDB, by its Python package: [`DuckDb`].

use rolegate::query::sql::{Bind, Dialect};
use serde_json::{Value, json};

use super::Database;
use crate::evaluator::Evaluator;

pub struct DuckDb {
    evaluator: Evaluator,
    /// The statements that run before all others.
    settings: Vec<String>,
    version: String,
}

impl DuckDb {
    pub fn start(settings: &[&str]) -> Self {
        let mut evaluator = Evaluator::python("duckdb");
        let version = evaluator.ask(&json!({ "version": true })).unwrap();
        let version = version.as_str().unwrap().to_owned();
        let settings = settings.iter().map(|&setting| setting.to_owned()).collect();
        let mut duckdb = Self { evaluator, settings, version };
        duckdb.reset();
        duckdb
    }

    fn ask(&mut self, sql: &str, binds: &[Bind]) -> Result<Vec<i64>, String> {
        let answer = self.evaluator.ask(&json!({ "sql": sql, "binds": binds }))?;
        let numbers = answer.as_array().unwrap().iter().map(Value::as_i64);
        numbers
            .collect::<Option<_>>()
            .ok_or_else(|| format!("not all values are integers: {answer}"))
    }
}

impl Database for DuckDb {
    fn name(&self) -> String {
        format!("DuckDB {} {}", self.version, self.settings.join("; "))
    }

    fn dialect(&self) -> Dialect {
        Dialect::DuckDb
    }

    fn reset(&mut self) {
        self.evaluator.ask(&json!({ "reset": self.settings })).unwrap();
    }

    /// Returns the number of changed rows, which DuckDB returns as a row.
    fn execute(&mut self, sql: &str, binds: &[Bind]) -> Result<u64, String> {
        let counts = self.ask(sql, binds)?;
        Ok(counts.first().map_or(0, |count| count.unsigned_abs()))
    }

    fn integers(&mut self, sql: &str, binds: &[Bind]) -> Result<Vec<i64>, String> {
        self.ask(sql, binds)
    }
}

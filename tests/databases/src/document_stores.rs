//! Document stores and search engines that get a filter as JSON: [`DocumentStore`].

use std::collections::BTreeSet;

use rolegate::query::{Plan, mongodb, qdrant};
use serde_json::{Value, json};

use crate::check::{Reading, Store, Wanted};
use crate::corpus::{Corpus, Row, Stored};
use crate::evaluator::Evaluator;

/// An evaluator of filters, in a child process.
pub struct DocumentStore {
    evaluator: Evaluator,
    engine: Engine,
    version: String,
}

/// The program that evaluates filters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    /// Filters of MongoDB, by `mongomock` for Python.
    Mongomock,
    /// Filters of MongoDB, by `mingo` for Node.js.
    Mingo,
    /// Qdrant, by the in-memory mode of its client for Python.
    Qdrant,
}

/// The field with the permissions.
const FIELD: &str = "_permissions";

impl DocumentStore {
    pub fn start(engine: Engine) -> Self {
        let mut evaluator = match engine {
            Engine::Mongomock => Evaluator::python("mongomock"),
            Engine::Mingo => Evaluator::node("mingo"),
            Engine::Qdrant => Evaluator::python("qdrant"),
        };
        let version = evaluator.ask(&json!({ "version": true })).unwrap();
        Self { evaluator, engine, version: version.as_str().unwrap().to_owned() }
    }

    /// Replaces all documents. The field of a document without a value is absent.
    pub fn load_values(&mut self, values: &[(usize, Option<Value>)]) {
        let documents: Vec<_> = values
            .iter()
            .map(|(position, value)| match value {
                Some(value) => json!({ "id": position, "fields": { FIELD: value } }),
                None => json!({ "id": position, "fields": {} }),
            })
            .collect();
        self.evaluator.ask(&json!({ "load": documents })).unwrap();
    }

    fn filter(&self, plan: &Plan<'_>) -> Value {
        match self.engine {
            Engine::Mongomock | Engine::Mingo => mongodb::filter(plan, FIELD).unwrap(),
            Engine::Qdrant => qdrant::filter(plan, FIELD).unwrap(),
        }
    }
}

impl Store for DocumentStore {
    fn name(&self) -> String {
        format!("{:?} {}", self.engine, self.version)
    }

    /// Loads the rows without JSON texts, which are for columns of SQL databases.
    fn load(&mut self, corpus: &Corpus) -> BTreeSet<usize> {
        let rows = corpus.rows.iter().enumerate().filter_map(|(position, row)| match &row.stored {
            Stored::Null if position % 2 == 0 => Some((position, None)),
            Stored::Null => Some((position, Some(Value::Null))),
            Stored::List(list) => Some((position, Some(json!(list)))),
            Stored::Json(_) => None,
        });
        let rows: Vec<_> = rows.collect();
        self.load_values(&rows);
        rows.into_iter().map(|(position, _)| position).collect()
    }

    fn find(&mut self, plan: &Plan<'_>, wanted: Wanted) -> BTreeSet<usize> {
        let filter = match (wanted, self.engine) {
            (Wanted::Allowed, _) => self.filter(plan),
            (Wanted::Denied, Engine::Qdrant) => json!({ "must_not": [self.filter(plan)] }),
            (Wanted::Denied, _) => json!({ "$nor": [self.filter(plan)] }),
        };
        let found = self.evaluator.ask(&json!({ "find": filter })).unwrap();
        let found: Vec<usize> = serde_json::from_value(found).unwrap();
        found.into_iter().collect()
    }

    fn reading<'r>(&self, _position: usize, row: &'r Row) -> Option<Reading<'r>> {
        Some(Reading::Exactly(row.stored.permissions()))
    }

    fn query_text(&self, plan: &Plan<'_>) -> String {
        self.filter(plan).to_string().chars().take(500).collect()
    }
}

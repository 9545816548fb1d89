//! The queries of a subscription: [`Subscription`].

use std::cmp::Ordering;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::budget::{Budget, Share};
use super::message::{full, malformed};
use crate::collections::Document;
use crate::failure::Failure;

/// A subscription of a connection: its id and its queries. It selects documents that match all queries.
#[derive(Clone)]
pub struct Subscription {
    id: Box<str>,
    /// The number by which subscriptions are compared. A subscription and the one that it replaces have the same id, and
    /// for a moment the audience holds both.
    number: u64,
    /// `None` if every document is selected.
    queries: Option<Arc<Queries>>,
}

struct Queries {
    all: Box<[Query]>,
    /// The length of the queries as they were sent.
    share: Share,
}

/// A query, in Appwrite's JSON format.
#[derive(Deserialize)]
#[serde(tag = "method", rename_all = "camelCase")]
enum Query {
    Select { values: (String,) },
    Equal { attribute: Box<str>, values: Values },
    NotEqual { attribute: Box<str>, values: Values },
    LessThan { attribute: Box<str>, values: Values },
    LessThanEqual { attribute: Box<str>, values: Values },
    GreaterThan { attribute: Box<str>, values: Values },
    GreaterThanEqual { attribute: Box<str>, values: Values },
    IsNull { attribute: Box<str> },
    IsNotNull { attribute: Box<str> },
    And { values: Box<[Query]> },
    Or { values: Box<[Query]> },
}

/// The values of a query: texts, numbers, booleans and `null`.
///
/// Arrays and objects would take 100 times as much memory as their text.
#[derive(Deserialize)]
#[serde(try_from = "Box<[Value]>")]
struct Values(Box<[Value]>);

impl TryFrom<Box<[Value]>> for Values {
    type Error = &'static str;

    fn try_from(values: Box<[Value]>) -> Result<Self, Self::Error> {
        let is_nested = |value: &Value| value.is_array() || value.is_object();
        if values.iter().any(is_nested) {
            return Err("expected texts, numbers, booleans or null, found an array or an object");
        }
        Ok(Self(values))
    }
}

impl Subscription {
    /// Parses the queries of a subscription. They take their length of the budget of all connections.
    pub fn parse(id: &str, queries: &[String], budget: &Budget) -> Result<Self, Failure> {
        let parse = |(number, text): (usize, &String)| {
            let query: Query = serde_json::from_str(text)
                .map_err(|error| malformed(format!("query {number}: {error}")))?;
            if matches!(&query, Query::Select { values: (all,) } if all != "*") {
                let message = format!("query {number}: `select` takes nothing but `*`");
                return Err(malformed(message));
            }
            Ok(query)
        };
        let (id, number) = (id.into(), 0);
        if queries.is_empty() {
            return Ok(Self { id, number, queries: None });
        }
        let share = budget.take(queries.iter().map(String::len).sum());
        if budget.is_exceeded() {
            return Err(full("no room for queries; try again later"));
        }
        let all = queries.iter().enumerate().map(parse).collect::<Result<_, _>>()?;
        Ok(Self { id, number, queries: Some(Arc::new(Queries { all, share })) })
    }

    /// Returns the subscription with a number that no other subscription has.
    pub fn with_number(self, number: u64) -> Self {
        Self { number, ..self }
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the length of the queries.
    pub fn bytes(&self) -> usize {
        self.queries.as_ref().map_or(0, |queries| queries.share.bytes())
    }

    /// Returns `true` if a document matches the queries. As in Appwrite, `select("*")` matches alone.
    pub fn selects(&self, document: &Document) -> bool {
        let Some(queries) = &self.queries else { return true };
        let all = |query: &Query| matches!(query, Query::Select { .. });
        queries.all.iter().any(all) || queries.all.iter().all(|query| query.matches(document))
    }
}

impl PartialEq for Subscription {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Subscription {}

impl Query {
    /// Returns `true` if a document matches. A missing attribute matches no query.
    fn matches(&self, document: &Document) -> bool {
        use Query::{
            And, Equal, GreaterThan, GreaterThanEqual, IsNotNull, IsNull, LessThan, LessThanEqual,
            NotEqual, Or, Select,
        };
        let has = |attribute: &str, holds: &dyn Fn(&Value) -> bool| {
            document.get(attribute).is_some_and(holds)
        };
        let compares = |attribute, values: &Values, holds: fn(Ordering) -> bool| {
            has(attribute, &|found| {
                values.0.iter().any(|value| order(found, value).is_some_and(holds))
            })
        };
        match self {
            Select { .. } => true,
            Equal { attribute, values } => has(attribute, &|found| values.0.contains(found)),
            NotEqual { attribute, values } => has(attribute, &|found| !values.0.contains(found)),
            LessThan { attribute, values } => compares(attribute, values, Ordering::is_lt),
            LessThanEqual { attribute, values } => compares(attribute, values, Ordering::is_le),
            GreaterThan { attribute, values } => compares(attribute, values, Ordering::is_gt),
            GreaterThanEqual { attribute, values } => compares(attribute, values, Ordering::is_ge),
            IsNull { attribute } => has(attribute, &Value::is_null),
            IsNotNull { attribute } => has(attribute, &|found| !found.is_null()),
            And { values } => values.iter().all(|query| query.matches(document)),
            Or { values } => values.iter().any(|query| query.matches(document)),
        }
    }
}

/// Compares two numbers or two texts. Other values have no order.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64()?.partial_cmp(&right.as_f64()?),
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

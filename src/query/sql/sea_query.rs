//! Conditions as expressions of the crate `sea-query`. This file defines `Layout::expression`.

use sea_query::{ArrayType, Expr, Value};

use super::fragment::Binder;
use super::{Bind, Dialect, Layout, LayoutError};
use crate::query::Plan;

impl Layout {
    /// Returns the condition of [`condition`](Self::condition) as an expression, for `Query::select().and_where(…)`
    /// with the builder of the same database.
    ///
    /// # Errors
    ///
    /// The database is DuckDB, for which `sea-query` has no builder.
    pub fn expression(&self, plan: &Plan<'_>) -> Result<Expr, LayoutError> {
        if self.dialect() == Dialect::DuckDb {
            return Err(LayoutError::dialect(self.dialect()));
        }
        let mut binder = Binder::without_numbers(self.dialect());
        let text = self.text(plan, &mut binder);
        let (text, binds) = binder.finish(text).into_parts();
        Ok(Expr::cust_with_values(text, binds.into_iter().map(value)))
    }
}

fn value(bind: Bind) -> Value {
    match bind {
        Bind::Text(text) => text.into(),
        Bind::TextArray(texts) => {
            let texts = texts.into_iter().map(Value::from).collect();
            Value::Array(ArrayType::String, Some(Box::new(texts)))
        }
    }
}

//! A database with one layout: [`SqlStore`].

use std::collections::BTreeSet;

use rolegate::query::Plan;
use rolegate::query::sql::{Fragment, Layout};

use super::place::{DOCUMENTS, Place, TENANTS};
use super::{Database, Shape, ask, fill, lists, run, shown, tables};
use crate::check::{Reading, Store, Wanted};
use crate::corpus::{Corpus, Row};

/// A database with one layout.
pub struct SqlStore<'d> {
    pub(super) database: &'d mut dyn Database,
    pub(super) shape: Shape,
    pub(super) layout: Layout,
}

impl<'d> SqlStore<'d> {
    pub fn new(database: &'d mut dyn Database, shape: Shape) -> Self {
        let layout = shape.layout(database.dialect());
        Self { database, shape, layout }
    }

    /// Returns the positions of the rows for which a condition is true.
    pub(super) fn positions(
        &mut self,
        condition: &Fragment,
        before: &str,
        after: &str,
    ) -> BTreeSet<usize> {
        let sql =
            format!("SELECT d._id FROM {DOCUMENTS} AS d WHERE {before}{}{after}", condition.text());
        positions(ask(self.database, &sql, condition.binds()))
    }
}

/// Returns the positions of rows with these numbers, which begin at 1.
pub(super) fn positions(numbers: Vec<i64>) -> BTreeSet<usize> {
    let count = numbers.len();
    let positions: BTreeSet<usize> =
        numbers.into_iter().map(|number| usize::try_from(number - 1).unwrap()).collect();
    assert_eq!(positions.len(), count, "a query returned a row twice");
    positions
}

impl Store for SqlStore<'_> {
    fn name(&self) -> String {
        let Shape { place, text, tenant } = self.shape;
        let tenant = tenant.map_or(String::new(), |tenant| format!(", tenant {tenant}"));
        format!("{}, {place:?} {text}{tenant}", self.database.name())
    }

    fn load(&mut self, corpus: &Corpus) -> BTreeSet<usize> {
        self.database.reset();
        for statement in tables::create(self.database.dialect(), self.shape, corpus.constraints) {
            run(self.database, &statement, &[]);
        }
        match self.shape.place {
            Place::Acl => lists::documents(self.database, corpus),
            _ => fill::documents(self.database, self.shape, corpus),
        }
    }

    fn find(&mut self, plan: &Plan<'_>, wanted: Wanted) -> BTreeSet<usize> {
        let condition = self.layout.condition(plan, 1);
        let not = if wanted == Wanted::Denied { "NOT " } else { "" };
        self.positions(&condition, not, "")
    }

    fn reading<'r>(&self, position: usize, row: &'r Row) -> Option<Reading<'r>> {
        if self.shape.tenant.is_some_and(|tenant| TENANTS[position % TENANTS.len()] != Some(tenant))
        {
            return None;
        }
        Some(match self.shape.place {
            Place::Perms if row.id.is_none() => Reading::Exactly(&[]),
            Place::Json(_) => row.stored.reading_of_json(self.database.dialect()),
            Place::Jsonb => row.stored.reading_of_jsonb(),
            Place::Perms | Place::Array | Place::Acl => Reading::Exactly(row.stored.permissions()),
        })
    }

    fn query_text(&self, plan: &Plan<'_>) -> String {
        let condition = self.layout.condition(plan, 1);
        format!("{}\n{}", condition.text(), shown(condition.binds()))
    }
}

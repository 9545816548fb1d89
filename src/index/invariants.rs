//! The invariants of an index.

use super::runs::Runs;
use super::{DocumentIndex, IndexSnapshot};
use crate::invariant::{Validity, holds};

impl<K: Ord + Clone> DocumentIndex<K> {
    /// For tests: checks the invariants of the representation. Takes far longer than any other method.
    ///
    /// # Errors
    ///
    /// The first invariant that is broken.
    #[doc(hidden)]
    pub fn internal_validate(&self) -> Result<(), &'static str> {
        self.now.internal_validate()?;
        let table = self.table();
        let runs = (0..).zip(self.now.runs.iter()).filter(|(_, run)| !run.is_empty());
        let live: usize = runs.map(|(list, _)| table.weight_of(list)).sum();
        holds(live == self.live, "the weight of the lists with documents is wrong")?;
        let dead = table.weight() - live;
        holds(dead <= self.max_dead(), "too many lists have no documents")?;
        holds(!self.now.order.is_sparse(), "most chunk numbers are free")
    }
}

impl<K: Ord + Clone> IndexSnapshot<K> {
    /// For tests: checks the invariants of the representation.
    ///
    /// # Errors
    ///
    /// The first invariant that is broken.
    #[doc(hidden)]
    pub fn internal_validate(&self) -> Result<(), &'static str> {
        let table = self.table();
        table.internal_validate()?;
        holds(table.id() == self.table_id, "the table has another id")?;
        holds(self.runs.len() <= table.len(), "documents of an unknown list")?;
        self.order.internal_validate()?;
        holds(self.order.is_sorted(), "a document is not found, or out of order")?;
        self.validate_runs()
    }

    /// Checks that the runs are those of the documents.
    fn validate_runs(&self) -> Validity {
        let known = self.order.iter().all(|(_, list)| (list as usize) < self.runs.len());
        holds(known, "a document's list has no run")?;
        let expected = Runs::of(&self.order, self.runs.len());
        let same = self.runs.iter().zip(expected.iter()).all(|(run, expected)| {
            run.entries() == expected.entries() && run.documents() == expected.documents()
        });
        holds(same, "a run differs from the documents of its list")
    }
}

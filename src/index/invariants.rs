//! What holds of an index whatever was done to it.

use std::collections::BTreeSet;

use super::DocumentIndex;
use crate::invariant::holds;

impl<K: Ord + Clone> DocumentIndex<K> {
    /// For tests: whether the representation is as it must be. Takes far longer than anything else
    /// that an index does.
    ///
    /// # Errors
    ///
    /// The law that is broken.
    #[doc(hidden)]
    pub fn internal_validate(&self) -> Result<(), &'static str> {
        self.table.internal_validate()?;
        holds(
            self.by_list.len() <= self.table.len(),
            "there are documents of a list that is not there",
        )?;
        let of_lists: usize = self.by_list.iter().map(BTreeSet::len).sum();
        holds(of_lists == self.documents.len(), "not every document is of one list")?;
        let same = (0..).zip(&self.by_list).all(|(list, documents)| {
            documents.iter().all(|document| self.documents.get(document) == Some(&list))
        });
        holds(same, "a document is of another list than its own")?;
        let live = (0..).zip(&self.by_list).filter(|(_, documents)| !documents.is_empty());
        let live: usize = live.map(|(list, _)| self.table.weight_of(list)).sum();
        holds(live == self.live, "the lists that have documents weigh something else")?;
        let dead = self.table.weight() - live;
        holds(dead <= self.max_dead(), "too many lists have no document")
    }
}

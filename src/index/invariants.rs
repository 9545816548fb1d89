//! The invariants of an index.

use std::collections::BTreeSet;

use super::DocumentIndex;
use crate::invariant::holds;

impl<K: Ord + Clone> DocumentIndex<K> {
    /// For tests: checks the invariants of the representation. Takes far longer than any other method.
    ///
    /// # Errors
    ///
    /// The first invariant that is broken.
    #[doc(hidden)]
    pub fn internal_validate(&self) -> Result<(), &'static str> {
        self.table.internal_validate()?;
        holds(self.by_list.len() <= self.table.len(), "documents of an unknown list")?;
        let of_lists: usize = self.by_list.iter().map(BTreeSet::len).sum();
        holds(of_lists == self.documents.len(), "a document does not have one list")?;
        let same = (0..).zip(&self.by_list).all(|(list, documents)| {
            documents.iter().all(|document| self.documents.get(document) == Some(&list))
        });
        holds(same, "a document is stored under another list")?;
        let live = (0..).zip(&self.by_list).filter(|(_, documents)| !documents.is_empty());
        let live: usize = live.map(|(list, _)| self.table.weight_of(list)).sum();
        holds(live == self.live, "the weight of the lists with documents is wrong")?;
        let dead = self.table.weight() - live;
        holds(dead <= self.max_dead(), "too many lists have no documents")
    }
}

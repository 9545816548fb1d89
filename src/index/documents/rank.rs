//! Skipping documents by their number.

use std::collections::BinaryHeap;

use super::{Direction, Documents, cost_of_test};

/// The number of tests in constant time that cost as much as collecting an entry, which is often not in the
/// cache.
const TESTS_PER_ENTRY: usize = 32;

/// The number of lists whose documents are counted: 4,096.
const COUNTED: usize = 1 << 12;

impl<K> Documents<'_, K> {
    /// Skips whole chunks with at most `n` visible documents together, if this is cheaper than reading
    /// them. Returns the number of documents that are left to skip.
    ///
    /// Collects the entries of the visible lists, and selects a chunk by the number of documents before
    /// it. Takes time in proportion to the entries.
    pub(super) fn jump(&mut self, n: usize) -> usize {
        // Fewer documents are skipped chunk by chunk.
        let pays_from = self.view.order.sizes().chunk / 4;
        if n < pays_from || self.view.shows_all() {
            return n;
        }
        let documents = self.estimated_documents();
        // The number of documents that a walk would test, if the visible ones are evenly spread.
        let tested = n.saturating_mul(self.view.order.len() / documents.max(1));
        if tested.saturating_mul(cost_of_test(&self.view)) < TESTS_PER_ENTRY * documents {
            if self.merged.is_none() {
                self.steps = self.steps.max(2 * tested);
            }
            return n;
        }
        let mut entries = self.entries_left();
        let Some(wanted) = select(&mut entries, n) else {
            let all: usize = entries.iter().map(|(_, documents)| documents).sum();
            // Nothing follows the end, also for the next jump.
            self.last = Some(match self.direction {
                Direction::Ascending => u64::MAX,
                Direction::Descending => 0,
            });
            (self.steps, self.merged) = (0, Some(BinaryHeap::new()));
            return n - all;
        };
        let before = entries.iter().filter(|(place, _)| *place < wanted);
        let skipped: usize = before.map(|(_, documents)| documents).sum();
        // The merge starts after the last chunk that was read, so this is the label before the wanted one.
        self.last = Some(match self.direction {
            Direction::Ascending => wanted - 1,
            Direction::Descending => !wanted + 1,
        });
        (self.steps, self.merged) = (0, None);
        n - skipped
    }

    /// Returns the number of visible documents. If there are many lists, it is an estimate by their number,
    /// because counting would take longer than a walk.
    fn estimated_documents(&self) -> usize {
        let (lists, all) = (self.view.list_count(), self.view.runs.len());
        if lists <= COUNTED {
            return self.view.documents();
        }
        lists.saturating_mul(self.view.order.len()) / all.max(1)
    }

    /// Returns the place and the number of documents of each entry that is not read yet. Places ascend in
    /// the order of iteration.
    fn entries_left(&self) -> Vec<(u64, usize)> {
        let mut left = Vec::new();
        self.view.lists().for_each(|list| {
            let rest = self.rest_of(self.view.runs.entries(list));
            left.extend(rest.iter().map(|entry| (!self.rank(*entry), entry.documents() as usize)));
        });
        left
    }
}

/// Returns the place of the entry that has document `n`, or `None` if there are fewer documents.
fn select(entries: &mut [(u64, usize)], n: usize) -> Option<u64> {
    let (mut rest, mut left) = (entries, n);
    while !rest.is_empty() {
        let middle = rest.len() / 2;
        let (before, &mut (place, documents), after) =
            rest.select_nth_unstable_by_key(middle, |entry| entry.0);
        let skipped: usize = before.iter().map(|(_, documents)| documents).sum();
        if left < skipped {
            rest = before;
        } else if left - skipped < documents {
            return Some(place);
        } else {
            left -= skipped + documents;
            rest = after;
        }
    }
    None
}

//! The visible documents of an index in order: [`Documents`].

#[cfg(test)]
mod cost;

use std::cmp::Ordering;
use std::collections::binary_heap::{BinaryHeap, PeekMut};
use std::collections::{btree_map, btree_set};
use std::iter::FusedIterator;
use std::ops::Bound::{self, Excluded, Unbounded};

use super::view::View;

/// The order in which documents are returned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Ascending,
    Descending,
}

impl Direction {
    /// Returns the range of the documents after `document` in this direction, or of all documents for
    /// `None`.
    fn beyond<K>(self, document: Option<&K>) -> (Bound<&K>, Bound<&K>) {
        let document = document.map_or(Unbounded, Excluded);
        match self {
            Self::Ascending => (document, Unbounded),
            Self::Descending => (Unbounded, document),
        }
    }

    fn next<T>(self, all: &mut impl DoubleEndedIterator<Item = T>) -> Option<T> {
        match self {
            Self::Ascending => all.next(),
            Self::Descending => all.next_back(),
        }
    }
}

/// The visible documents of an index, after one document or from the start.
///
/// Merging has a high set-up cost, so iteration first scans at most one document for each visible list.
/// For a principal that sees most documents, the scan finds a whole page. For other principals the
/// scan costs little compared to the k-way merge that follows.
pub(super) struct Documents<'a, K> {
    view: View<'a, K>,
    direction: Direction,
    /// The documents that are not scanned yet.
    scan: btree_map::Range<'a, K, u32>,
    /// The number of documents that may still be scanned.
    steps: usize,
    /// The last document that was scanned.
    last: Option<&'a K>,
    merged: Option<BinaryHeap<Run<'a, K>>>,
}

impl<'a, K: Ord> Documents<'a, K> {
    pub(super) fn new(view: View<'a, K>, document: Option<&K>, direction: Direction) -> Self {
        let scan = view.documents.range(direction.beyond(document));
        let steps = view.lists().map_or(usize::MAX, Iterator::count);
        Self { view, direction, scan, steps, last: None, merged: None }
    }

    /// Prepares the merge of the visible lists, from the last scanned document on. If no document was
    /// scanned, no list is visible.
    fn merge(&self) -> BinaryHeap<Run<'a, K>> {
        let (direction, beyond) = (self.direction, self.direction.beyond(self.last));
        let runs = self.view.runs().into_iter().flatten();
        let runs = runs.filter_map(|documents| {
            let mut rest = documents.range(beyond);
            Some(Run { next: direction.next(&mut rest)?, rest, direction })
        });
        runs.collect()
    }
}

impl<'a, K: Ord> Iterator for Documents<'a, K> {
    type Item = &'a K;

    fn next(&mut self) -> Option<&'a K> {
        while self.steps > 0 {
            let (document, list) = self.direction.next(&mut self.scan)?;
            self.steps -= 1;
            self.last = Some(document);
            if self.view.shows(*list) {
                return Some(document);
            }
        }
        if self.merged.is_none() {
            self.merged = Some(self.merge());
        }
        let mut first = self.merged.as_mut()?.peek_mut()?;
        let document = first.next;
        match first.direction.next(&mut first.rest) {
            Some(next) => first.next = next,
            None => drop(PeekMut::pop(first)),
        }
        Some(document)
    }
}

impl<K: Ord> FusedIterator for Documents<'_, K> {}

/// The documents of one list that are not returned yet. A max-heap of runs has the run with the next document
/// to return at its top.
struct Run<'a, K> {
    next: &'a K,
    rest: btree_set::Range<'a, K>,
    direction: Direction,
}

impl<K: Ord> Ord for Run<'_, K> {
    fn cmp(&self, other: &Self) -> Ordering {
        match self.direction {
            Direction::Ascending => other.next.cmp(self.next),
            Direction::Descending => self.next.cmp(other.next),
        }
    }
}

impl<K: Ord> PartialOrd for Run<'_, K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: Ord> PartialEq for Run<'_, K> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<K: Ord> Eq for Run<'_, K> {}

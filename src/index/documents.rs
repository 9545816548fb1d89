//! The documents that are visible, in order: [`Documents`].

#[cfg(test)]
mod cost;

use std::cmp::Ordering;
use std::collections::binary_heap::{BinaryHeap, PeekMut};
use std::collections::{btree_map, btree_set};
use std::iter::FusedIterator;
use std::ops::Bound::{self, Excluded, Unbounded};

use super::DocumentIndex;
use crate::evaluate::Visibility;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Ascending,
    Descending,
}

impl Direction {
    /// What comes after a document in this direction.
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

/// The visible documents of an index.
///
/// To merge lists is dear to begin with, and pays for whoever sees little. So as many documents are
/// walked first as there are visible lists, which costs little beside merging them: then whoever sees
/// much need not merge, and nobody walks past more than that.
pub(super) struct Documents<'a, K> {
    index: &'a DocumentIndex<K>,
    visible: &'a Visibility,
    direction: Direction,
    /// What may still be walked, and how much of it.
    walk: btree_map::Range<'a, K, u32>,
    steps: usize,
    /// The last document that was walked to.
    last: Option<&'a K>,
    merged: Option<BinaryHeap<Run<'a, K>>>,
}

impl<'a, K: Ord + Clone> Documents<'a, K> {
    pub(super) fn new(
        index: &'a DocumentIndex<K>,
        visible: &'a Visibility,
        document: Option<&K>,
        direction: Direction,
    ) -> Self {
        let walk = index.documents.range(direction.beyond(document));
        let steps = index.visible_lists(visible).map_or(usize::MAX, Iterator::count);
        Self { index, visible, direction, walk, steps, last: None, merged: None }
    }

    /// What the visible lists have beyond the last document that was walked to. (If none was, no list is
    /// visible.)
    fn merge(&self) -> BinaryHeap<Run<'a, K>> {
        let (direction, beyond) = (self.direction, self.direction.beyond(self.last));
        let runs = self.index.runs(self.visible).into_iter().flatten();
        let runs = runs.filter_map(|documents| {
            let mut rest = documents.range(beyond);
            Some(Run { next: direction.next(&mut rest)?, rest, direction })
        });
        runs.collect()
    }
}

impl<'a, K: Ord + Clone> Iterator for Documents<'a, K> {
    type Item = &'a K;

    fn next(&mut self) -> Option<&'a K> {
        while self.steps > 0 {
            let (document, list) = self.direction.next(&mut self.walk)?;
            self.steps -= 1;
            self.last = Some(document);
            if self.visible.allows(self.index.id(*list)) {
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

impl<K: Ord + Clone> FusedIterator for Documents<'_, K> {}

/// A list's documents, the next one at hand. Of several, the one whose turn it is is the greatest.
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

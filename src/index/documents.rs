//! The visible documents of an index in order: [`Documents`].

#[cfg(test)]
mod cost;
mod rank;

use std::collections::binary_heap::{BinaryHeap, PeekMut};
use std::iter::FusedIterator;

use smallvec::SmallVec;

use super::order::{Chunk, Place};
use super::positions::Positions;
use super::run::Entry;
use super::view::View;
use crate::packed::to_u32;

/// The order in which documents are returned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Direction {
    Ascending,
    Descending,
}

/// The visible documents of an index, after one document or from the start.
///
/// Documents are read chunk by chunk. Iteration either walks from chunk to chunk, or merges the runs of the
/// visible lists, which skips the chunks without visible documents. A walk is cheaper if many lists are
/// visible, and it ends when it has cost as much as preparing the merge. The cost is then at most
/// twice that of the cheaper way.
pub(super) struct Documents<'a, K> {
    view: View<'a, K>,
    direction: Direction,
    /// The chunk that is being read.
    chunk: Option<&'a Chunk<K>>,
    /// The positions in the chunk of the visible documents that are not returned yet.
    found: Positions,
    /// The label of the last chunk that was read.
    last: Option<u64>,
    /// The next chunk of the walk.
    next: Option<Place>,
    /// The number of documents that may still be tested in the walk.
    steps: usize,
    merged: Option<BinaryHeap<Head>>,
    #[cfg(test)]
    chunks_read: usize,
}

/// The length of a page for which the walk is compared with the merge.
const PAGE: usize = 25;

/// The number of tests in constant time that cost as much as preparing one list for the merge.
const TESTS_PER_LIST: usize = 16;

impl<'a, K: Ord> Documents<'a, K> {
    /// Starts a page.
    pub(super) fn new(view: View<'a, K>, document: Option<&K>, direction: Direction) -> Self {
        Self::with_steps(view, document, direction, steps(&view))
    }

    /// Starts an iteration over all visible documents, which are `documents` in number.
    pub(super) fn whole(view: View<'a, K>, documents: usize) -> Self {
        // A merge reads one chunk for each document, unless a chunk has more of them.
        let tested = view.order.len().saturating_mul(cost_of_test(&view));
        let steps = if tested <= documents * view.order.sizes().chunk { usize::MAX } else { 0 };
        Self::with_steps(view, None, Direction::Ascending, steps)
    }

    fn with_steps(
        view: View<'a, K>,
        document: Option<&K>,
        direction: Direction,
        steps: usize,
    ) -> Self {
        let mut documents = Self {
            view,
            direction,
            chunk: None,
            found: Positions::default(),
            last: None,
            next: None,
            steps,
            merged: None,
            #[cfg(test)]
            chunks_read: 0,
        };
        match document {
            Some(key) => documents.start_at(key),
            None => documents.next = documents.first(),
        }
        documents
    }

    /// Reads the rest of the chunk in which the page starts.
    fn start_at(&mut self, key: &K) {
        let Some(found) = self.view.order.find(key) else { return };
        self.read(found.chunk, |view, list| view.shows(list));
        match (self.direction, found.at) {
            (Direction::Ascending, Ok(at)) => self.found.keep_from(at + 1),
            (Direction::Ascending, Err(at)) => self.found.keep_from(at),
            (Direction::Descending, Ok(at) | Err(at)) => self.found.keep_below(at),
        }
        self.next = self.beyond(found.place);
    }
}

impl<'a, K> Documents<'a, K> {
    fn first(&self) -> Option<Place> {
        match self.direction {
            Direction::Ascending => self.view.order.first(),
            Direction::Descending => self.view.order.last(),
        }
    }

    fn beyond(&self, place: Place) -> Option<Place> {
        match self.direction {
            Direction::Ascending => self.view.order.next(place),
            Direction::Descending => self.view.order.previous(place),
        }
    }

    /// Finds the wanted documents of a chunk.
    fn read(&mut self, number: u32, wanted: impl Fn(&View<'a, K>, u32) -> bool) {
        self.chunk = self.view.order.chunk(number);
        self.last = Some(self.view.order.label(number));
        let lists = self.chunk.map_or(&[][..], Chunk::lists);
        self.found = Positions::of(lists, |list| wanted(&self.view, list));
        #[cfg(test)]
        {
            self.chunks_read += 1;
        }
    }

    /// Reads the next chunk. Returns `false` after the last one.
    fn read_next(&mut self) -> bool {
        if self.steps > 0 { self.walk() } else { self.merge() }
    }

    fn walk(&mut self) -> bool {
        let Some(place) = self.next else { return false };
        let Some(number) = self.view.order.number_at(place) else { return false };
        if self.steps == usize::MAX && self.view.shows_all() {
            self.read(number, |_, _| true);
        } else {
            self.read(number, |view, list| view.shows(list));
            let tested = self.chunk.map_or(0, |chunk| chunk.lists().len());
            if self.steps != usize::MAX {
                self.steps = self.steps.saturating_sub(tested);
            }
        }
        self.next = self.beyond(place);
        true
    }

    fn merge(&mut self) -> bool {
        let mut heads = self.merged.take().unwrap_or_else(|| self.heads());
        let Some(&Head { rank, list, at }) = heads.peek() else {
            self.merged = Some(heads);
            return false;
        };
        let Some(first) = self.entry(list, at as usize) else { return false };
        let mut lists: SmallVec<[u32; 8]> = SmallVec::new();
        while let Some(mut head) = heads.peek_mut().filter(|head| head.rank == rank) {
            lists.push(head.list);
            match self.head(head.list, head.at as usize + 1) {
                Some(following) => *head = following,
                None => drop(PeekMut::pop(head)),
            }
        }
        self.merged = Some(heads);
        if let [list] = lists[..] {
            self.read(first.chunk(), |_, other| other == list);
        } else {
            lists.sort_unstable();
            self.read(first.chunk(), |_, list| lists.binary_search(&list).is_ok());
        }
        true
    }

    /// Returns the first entry of each visible list, from the chunk after the last one that was read.
    fn heads(&self) -> BinaryHeap<Head> {
        let mut heads = Vec::with_capacity(self.view.list_count());
        self.view.lists().for_each(|list| heads.extend(self.first_head(list)));
        heads.into()
    }

    fn first_head(&self, list: u32) -> Option<Head> {
        let ends = self.view.runs.ends(list)?;
        let [near, far] = ends.map(|entry| self.rank(entry));
        let [near, far] =
            if self.direction == Direction::Ascending { [near, far] } else { [far, near] };
        // The rank of a chunk is lower if it comes later.
        match self.last.map(|label| self.rank_of(label)) {
            Some(read) if far >= read => None,
            Some(read) if near >= read => {
                let entries = self.view.runs.entries(list);
                let at = entries.len() - self.rest_of(entries).len();
                self.head(list, at)
            }
            _ => Some(Head { rank: near, list, at: 0 }),
        }
    }

    /// Returns the head of a list at position `at` in the direction of iteration.
    fn head(&self, list: u32, at: usize) -> Option<Head> {
        let rank = self.rank(self.entry(list, at)?);
        Some(Head { rank, list, at: to_u32(at) })
    }

    fn entry(&self, list: u32, at: usize) -> Option<Entry> {
        let entries = self.view.runs.entries(list);
        match self.direction {
            Direction::Ascending => entries.get(at).copied(),
            Direction::Descending => entries.iter().nth_back(at).copied(),
        }
    }

    /// Returns the rank of an entry: the next chunk in the direction of iteration has the highest one.
    #[inline]
    fn rank(&self, entry: Entry) -> u64 {
        self.rank_of(self.view.order.label(entry.chunk()))
    }

    fn rank_of(&self, label: u64) -> u64 {
        if self.direction == Direction::Ascending { !label } else { label }
    }

    /// Returns the entries of the chunks that are not read yet.
    fn rest_of<'e>(&self, entries: &'e [Entry]) -> &'e [Entry] {
        let Some(last) = self.last else { return entries };
        let label = |entry: &Entry| self.view.order.label(entry.chunk());
        let rest = match self.direction {
            Direction::Ascending => {
                entries.get(entries.partition_point(|entry| label(entry) <= last)..)
            }
            Direction::Descending => {
                entries.get(..entries.partition_point(|entry| label(entry) < last))
            }
        };
        rest.unwrap_or_default()
    }
}

/// Returns the number of documents to test before the merge.
fn steps<K>(view: &View<'_, K>) -> usize {
    if view.shows_all() {
        return usize::MAX;
    }
    let (lists, all) = (view.list_count(), view.runs.len());
    let steps = TESTS_PER_LIST * lists / cost_of_test(view);
    // The walk pays if it finds a page before its end, provided that visible documents are evenly spread.
    let pays = PAGE * all <= steps.saturating_mul(lists);
    if pays { steps } else { 0 }
}

/// Returns the steps that a test of a document takes.
fn cost_of_test<K>(view: &View<'_, K>) -> usize {
    if view.visible.is_dense() { 1 } else { 1 + view.list_count().max(1).ilog2() as usize }
}

impl<'a, K> Iterator for Documents<'a, K> {
    type Item = &'a K;

    fn next(&mut self) -> Option<&'a K> {
        loop {
            let at = match self.direction {
                Direction::Ascending => self.found.pop_first(),
                Direction::Descending => self.found.pop_last(),
            };
            match at {
                Some(at) => return self.chunk?.keys().get(at),
                None if self.read_next() => {}
                None => return None,
            }
        }
    }

    /// Skips `n` documents in time that does not depend on `n`, and returns the next one.
    fn nth(&mut self, n: usize) -> Option<&'a K> {
        let (mut left, mut found) = (n, self.found.count());
        if left >= found {
            left = self.jump(left - found);
            found = 0;
            self.found = Positions::default();
        }
        while left >= found {
            left -= found;
            self.found = Positions::default();
            if !self.read_next() {
                return None;
            }
            found = self.found.count();
        }
        for _ in 0..left {
            self.next();
        }
        self.next()
    }
}

impl<K> FusedIterator for Documents<'_, K> {}

/// The next entry of a list that is not read yet. A max-heap of heads has the one with the next chunk to
/// read at its top.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Head {
    rank: u64,
    list: u32,
    /// The position of the entry, in the direction of iteration.
    at: u32,
}

//! The visible documents of an index in order: [`Documents`].

#[cfg(test)]
mod cost;
mod rank;

use std::cmp::Ordering;
use std::collections::binary_heap::{BinaryHeap, PeekMut};
use std::iter::FusedIterator;

use smallvec::SmallVec;

use super::order::{Chunk, Place};
use super::positions::Positions;
use super::run::Entry;
use super::view::View;

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
/// visible. It ends when it has cost as much as preparing the merge, and as finding by the merge what the walk
/// has found. The cost is then at most about twice that of the cheaper way.
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
    /// The number of documents that may be tested at first. A walk that finds documents may test as many again, so a
    /// gap behind many visible documents takes no longer than one at the start.
    steps_at_first: usize,
    merged: Option<BinaryHeap<Head<'a>>>,
    #[cfg(test)]
    chunks_read: usize,
}

/// The length of a page for which the walk is compared with the merge.
const PAGE: usize = 25;

/// The number of tests in constant time that cost as much as preparing one list for the merge.
const TESTS_PER_LIST: usize = 16;

/// The number of tests in constant time that cost as much as finding one document by the merge.
const TESTS_PER_DOCUMENT: usize = 64;

/// The largest number of documents of a chunk for which the merge takes time of their own: 8. Further ones have mostly the
/// same lists, which the merge finds together.
const MOST_PER_CHUNK: usize = 8;

impl<'a, K: Ord> Documents<'a, K> {
    /// Starts a page.
    pub(super) fn new(view: View<'a, K>, document: Option<&K>, direction: Direction) -> Self {
        Self::with_steps(view, document, direction, steps(&view))
    }

    /// Starts an iteration over all visible documents, which are `documents` in number.
    pub(super) fn whole(view: View<'a, K>, documents: usize) -> Self {
        // A merge reads one chunk for each document, unless a chunk has more of them.
        let tested = view.order.len().saturating_mul(cost_of_test(&view));
        let read = documents.saturating_mul(view.order.sizes().chunk);
        let steps = if tested <= read { usize::MAX } else { 0 };
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
            steps_at_first: steps,
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
        self.read_and_test(found.chunk);
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

    /// Goes to a chunk, and finds the visible documents from the numbers of their lists.
    fn read(&mut self, number: u32, find: impl FnOnce(&View<'a, K>, &[u32]) -> Positions) {
        self.chunk = self.view.order.chunk(number);
        self.last = Some(self.view.order.label(number));
        self.found = find(&self.view, self.chunk.map_or(&[], Chunk::lists));
        #[cfg(test)]
        {
            self.chunks_read += 1;
        }
    }

    /// Goes to a chunk, and tests each of its documents.
    fn read_and_test(&mut self, number: u32) {
        self.read(number, |view, lists| Positions::select(lists, |out| view.select(lists, out)));
    }

    /// Reads the next chunk. Returns `false` after the last one.
    fn read_next(&mut self) -> bool {
        if self.steps > 0 { self.walk() } else { self.merge() }
    }

    fn walk(&mut self) -> bool {
        let Some(place) = self.next else { return false };
        let Some(number) = self.view.order.number_at(place) else { return false };
        self.next = self.beyond(place);
        self.load(self.next.and_then(|place| self.view.order.number_at(place)));
        if self.steps == usize::MAX && self.view.shows_all() {
            self.read(number, |_, lists| Positions::below(lists.len()));
        } else {
            self.read_and_test(number);
            let tested = self.chunk.map_or(0, |chunk| chunk.lists().len());
            if self.steps != usize::MAX {
                let found = self.found.count().min(MOST_PER_CHUNK);
                let more = found * TESTS_PER_DOCUMENT / cost_of_test(&self.view);
                let most = self.steps.max(self.steps_at_first);
                self.steps = (self.steps + more).min(most).saturating_sub(tested);
            }
        }
        true
    }

    /// Loads a chunk while the one before it is read, because it is usually not in the cache.
    fn load(&self, number: Option<u32>) {
        let chunk = number.and_then(|number| self.view.order.chunk(number));
        std::hint::black_box(chunk.and_then(|chunk| chunk.lists().first().copied()));
    }

    fn merge(&mut self) -> bool {
        let mut heads = self.merged.take().unwrap_or_else(|| self.heads());
        let Some(&Head { rank, chunk, .. }) = heads.peek() else {
            self.merged = Some(heads);
            return false;
        };
        let mut lists: SmallVec<[u32; 8]> = SmallVec::new();
        while let Some(mut head) = heads.peek_mut().filter(|head| head.rank == rank) {
            lists.push(head.list);
            if !self.advance(&mut head) {
                PeekMut::pop(head);
            }
        }
        self.load(heads.peek().map(|head| head.chunk));
        self.merged = Some(heads);
        self.read(chunk, |_, in_chunk| Positions::of_any(in_chunk, &mut lists));
        true
    }

    /// Returns the first entry of each visible list, from the chunk after the last one that was read.
    fn heads(&self) -> BinaryHeap<Head<'a>> {
        let mut heads = Vec::with_capacity(self.view.list_count());
        self.view.lists().for_each(|list| heads.extend(self.first_head(list)));
        heads.into()
    }

    fn first_head(&self, list: u32) -> Option<Head<'a>> {
        let [mut near, mut far] = self.view.runs.ends(list)?;
        if self.direction == Direction::Descending {
            (near, far) = (far, near);
        }
        let head = Head { rank: self.rank(near), chunk: near.chunk(), list, rest: None };
        // A chunk that comes later has a lower rank.
        match self.last.map(|label| self.rank_of(label)) {
            Some(read) if self.rank(far) >= read => None,
            Some(read) if head.rank >= read => {
                let mut rest = self.rest_of(self.view.runs.entries(list));
                let next = self.split(&mut rest)?;
                let rank = self.rank(next);
                Some(Head { rank, chunk: next.chunk(), list, rest: Some(rest) })
            }
            _ => Some(head),
        }
    }

    /// Goes to the next entry of a list. Returns `false` after the last one.
    fn advance(&self, head: &mut Head<'a>) -> bool {
        let mut rest = head.rest.unwrap_or_else(|| {
            let mut all = self.view.runs.entries(head.list);
            // The first entry is in the head already.
            self.split(&mut all);
            all
        });
        let Some(next) = self.split(&mut rest) else { return false };
        (head.rank, head.chunk, head.rest) = (self.rank(next), next.chunk(), Some(rest));
        true
    }

    /// Removes the next entry in the direction of iteration, and returns it.
    fn split(&self, rest: &mut &[Entry]) -> Option<Entry> {
        let (next, others) = match self.direction {
            Direction::Ascending => rest.split_first()?,
            Direction::Descending => rest.split_last()?,
        };
        *rest = others;
        Some(*next)
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

    /// Skips `n` documents, and returns the next one. Skips whole chunks, or jumps over them: see `rank.rs`.
    fn nth(&mut self, n: usize) -> Option<&'a K> {
        let (mut left, mut found) = (n, self.found.count());
        if left >= found {
            left = self.jump(left - found);
            found = 0;
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
struct Head<'a> {
    rank: u64,
    chunk: u32,
    list: u32,
    /// The entries after this one, or `None` if they are not loaded yet. Most lists need no entry but
    /// their first.
    rest: Option<&'a [Entry]>,
}

impl Ord for Head<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank.cmp(&other.rank)
    }
}

impl PartialOrd for Head<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.rank == other.rank
    }
}

impl Eq for Head<'_> {}

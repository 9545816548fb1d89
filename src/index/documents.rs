//! The visible documents of an index in order: [`Documents`].

mod rank;

use std::collections::binary_heap::{BinaryHeap, PeekMut};
use std::iter::FusedIterator;

use smallvec::SmallVec;

use super::order::{Chunk, Place};
use super::positions::Positions;
use super::run::{Entry, Run};
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

    /// Starts an iteration over all visible documents, if `documents` are visible.
    pub(super) fn whole(view: View<'a, K>, documents: usize) -> Self {
        // One visible document in each second chunk.
        let walks = documents >= view.order.len() / 512;
        let steps = if walks { usize::MAX } else { 0 };
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
        let first = heads.peek().and_then(|head| Some((head.rank, self.entry(*head)?.chunk())));
        let Some((rank, number)) = first else { return false };
        let mut lists: SmallVec<[u32; 8]> = SmallVec::new();
        while let Some(mut head) = heads.peek_mut().filter(|head| head.rank == rank) {
            lists.push(head.list);
            match self.following(*head) {
                Some(following) => *head = following,
                None => drop(PeekMut::pop(head)),
            }
        }
        self.merged = Some(heads);
        if let [list] = lists[..] {
            self.read(number, |_, other| other == list);
        } else {
            lists.sort_unstable();
            self.read(number, |_, list| lists.binary_search(&list).is_ok());
        }
        true
    }

    /// Returns the first entry of each visible list, from the chunk after the last one that was read.
    fn heads(&self) -> BinaryHeap<Head> {
        let heads = self.view.runs().filter_map(|(list, run)| {
            let rest = self.rest_of(run);
            let at = match self.direction {
                Direction::Ascending => run.entries().len() - rest.len(),
                Direction::Descending => rest.len().checked_sub(1)?,
            };
            self.head(list, run, at)
        });
        heads.collect::<Vec<_>>().into()
    }

    fn head(&self, list: u32, run: &Run, at: usize) -> Option<Head> {
        let label = self.view.order.label(run.entries().get(at)?.chunk());
        let rank = if self.direction == Direction::Ascending { !label } else { label };
        Some(Head { rank, list, at: to_u32(at) })
    }

    fn entry(&self, head: Head) -> Option<Entry> {
        self.view.runs.get(head.list)?.entries().get(head.at as usize).copied()
    }

    /// Returns the next entry of the same list.
    fn following(&self, head: Head) -> Option<Head> {
        let at = match self.direction {
            Direction::Ascending => head.at as usize + 1,
            Direction::Descending => (head.at as usize).checked_sub(1)?,
        };
        self.head(head.list, self.view.runs.get(head.list)?, at)
    }

    /// Returns the entries of the chunks that are not read yet.
    fn rest_of(&self, run: &'a Run) -> &'a [Entry] {
        let (all, order) = (run.entries(), self.view.order);
        let Some(last) = self.last else { return all };
        let label = |entry: &Entry| order.label(entry.chunk());
        match self.direction {
            Direction::Ascending => {
                let read = all.partition_point(|entry| label(entry) <= last);
                all.get(read..).unwrap_or_default()
            }
            Direction::Descending => {
                let left = all.partition_point(|entry| label(entry) < last);
                all.get(..left).unwrap_or_default()
            }
        }
    }
}

/// Returns the number of documents to test before the merge.
fn steps<K>(view: &View<'_, K>) -> usize {
    if view.shows_all() {
        return usize::MAX;
    }
    let (lists, all) = (view.lists(), view.runs.len());
    let cost_of_test = if view.visible.is_dense() { 1 } else { 1 + lists.ilog2() as usize };
    let steps = TESTS_PER_LIST * lists / cost_of_test;
    // The walk pays if it finds a page before its end, provided that visible documents are evenly spread.
    let pays = PAGE * all <= steps.saturating_mul(lists);
    if pays { steps } else { 0 }
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
        let mut left = n;
        loop {
            let found = self.found.count();
            if left < found {
                break;
            }
            left -= found;
            self.found = Positions::default();
            left = self.jump(left);
            if !self.read_next() {
                return None;
            }
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
    /// The place of the chunk in the direction of iteration. The next chunk has the highest rank.
    rank: u64,
    list: u32,
    /// The position of the entry in the run of the list.
    at: u32,
}

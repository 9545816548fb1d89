//! The run of each list: [`Runs`].

use super::order::{Moved, Order};
use super::pages::Pages;
use super::run::{Entry, Run};
use crate::packed::to_u32;

/// The runs in the order of the list numbers.
#[derive(Clone, Default)]
pub(super) struct Runs(Pages<Run>);

impl Runs {
    /// Collects the runs of the lists below `lists` from the documents of an order.
    pub(super) fn of<K>(order: &Order<K>, lists: usize) -> Self {
        // The entries of all lists are first stored one list after the other.
        let mut ends = vec![0_usize; lists];
        for_each_entry(order, lists, |list, _| {
            if let Some(end) = ends.get_mut(list as usize) {
                *end += 1;
            }
        });
        let mut total = 0;
        for end in &mut ends {
            total += std::mem::replace(end, total);
        }
        let mut entries = vec![Entry::default(); total];
        for_each_entry(order, lists, |list, entry| {
            let Some(end) = ends.get_mut(list as usize) else { return };
            if let Some(place) = entries.get_mut(*end) {
                *place = entry;
                *end += 1;
            }
        });
        let mut start = 0;
        let runs = ends.into_iter().map(|end| {
            let run = Run::new(entries.get(start..end).unwrap_or_default());
            start = end;
            run
        });
        Self(runs.collect())
    }

    /// Returns the number of lists that may have documents. The runs of later lists are empty.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    pub(super) fn get(&self, list: u32) -> Option<&Run> {
        self.0.get(list as usize)
    }

    /// Returns the number of documents of a list.
    #[inline]
    pub(super) fn documents(&self, list: u32) -> usize {
        self.get(list).map_or(0, Run::documents)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Run> {
        self.0.iter()
    }

    /// Adds a document to a list. Returns `true` if it is the first one.
    pub(super) fn add<K>(&mut self, list: u32, chunk: u32, order: &Order<K>) -> bool {
        self.0.grow_to(list as usize + 1);
        let Some(run) = self.0.get_mut(list as usize) else { return false };
        let first = run.is_empty();
        run.add(chunk, 1, |chunk| order.label(chunk));
        first
    }

    /// Removes a document from a list. Returns `true` if it was the last one.
    pub(super) fn take<K>(&mut self, list: u32, chunk: u32, order: &Order<K>) -> bool {
        let Some(run) = self.0.get_mut(list as usize) else { return false };
        run.take(chunk, 1, |chunk| order.label(chunk));
        run.is_empty()
    }

    /// Follows documents that moved from one chunk to another.
    pub(super) fn follow<K>(&mut self, moved: Moved, order: &Order<K>) {
        let Moved { from, to, mut lists, .. } = moved;
        lists.sort_unstable();
        for same in lists.chunk_by(|one, other| one == other) {
            let Some(run) = same.first().and_then(|list| self.0.get_mut(*list as usize)) else {
                continue;
            };
            let documents = to_u32(same.len());
            run.add(to, documents, |chunk| order.label(chunk));
            run.take(from, documents, |chunk| order.label(chunk));
        }
    }

    /// Returns the bytes on the heap. Counts a part that a clone shares as a whole.
    pub(super) fn memory(&self) -> usize {
        self.0.memory() + self.iter().map(Run::memory).sum::<usize>()
    }
}

/// Calls `then` for each list of each chunk, in the order of the chunks.
fn for_each_entry<K>(order: &Order<K>, lists: usize, mut then: impl FnMut(u32, Entry)) {
    let mut in_chunk = Vec::new();
    for number in order.numbers() {
        let Some(chunk) = order.chunk(number) else { continue };
        in_chunk.clear();
        in_chunk.extend(chunk.lists().iter().filter(|list| (**list as usize) < lists));
        in_chunk.sort_unstable();
        for same in in_chunk.chunk_by(|one, other| one == other) {
            if let Some(list) = same.first() {
                then(*list, Entry::new(number, to_u32(same.len())));
            }
        }
    }
}

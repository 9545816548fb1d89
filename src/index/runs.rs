//! The run of each list: [`Runs`].

use super::order::{Moved, Order};
use super::pages::Pages;
use super::run::{Entry, Run};
use crate::packed::to_u32;

/// The runs in the order of the list numbers.
#[derive(Clone, Default)]
pub(super) struct Runs {
    /// The number of documents of each list. A total reads nothing else.
    documents: Pages<u32>,
    runs: Pages<Run>,
}

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
        let runs: Pages<Run> = runs.collect();
        let documents = runs.iter().map(|run| run.entries().iter().map(|it| it.documents()).sum());
        Self { documents: documents.collect(), runs }
    }

    /// Returns the number of lists that may have documents. The runs of later lists are empty.
    pub(super) fn len(&self) -> usize {
        self.runs.len()
    }

    #[inline]
    pub(super) fn get(&self, list: u32) -> Option<&Run> {
        self.runs.get(list as usize)
    }

    /// Returns the number of documents of a list.
    #[inline]
    pub(super) fn documents(&self, list: u32) -> usize {
        self.documents.get(list as usize).map_or(0, |documents| *documents as usize)
    }

    /// Returns the number of documents and the run of each list.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &Run)> {
        self.documents.iter().map(|documents| *documents as usize).zip(self.runs.iter())
    }

    /// Starts to load the run of a list into the cache.
    #[inline]
    pub(super) fn touch(&self, list: u32) {
        let last = self.get(list).and_then(|run| run.entries().last());
        std::hint::black_box((last.map(|entry| entry.chunk()), self.documents(list)));
    }

    /// Adds a document to a list. Returns `true` if it is the first one.
    pub(super) fn add<K>(&mut self, list: u32, chunk: u32, order: &Order<K>) -> bool {
        self.documents.grow_to(list as usize + 1);
        self.runs.grow_to(list as usize + 1);
        if let Some(run) = self.runs.get_mut(list as usize) {
            run.add(chunk, |chunk| order.label(chunk));
        }
        let Some(documents) = self.documents.get_mut(list as usize) else { return false };
        *documents += 1;
        *documents == 1
    }

    /// Removes a document from a list. Returns `true` if it was the last one.
    pub(super) fn take<K>(&mut self, list: u32, chunk: u32, order: &Order<K>) -> bool {
        if let Some(run) = self.runs.get_mut(list as usize) {
            run.take(chunk, |chunk| order.label(chunk));
        }
        let Some(documents) = self.documents.get_mut(list as usize) else { return false };
        *documents -= 1;
        *documents == 0
    }

    /// Follows documents that moved from one chunk to another.
    pub(super) fn follow<K>(&mut self, moved: Moved, order: &Order<K>) {
        let Moved { from, to, mut lists, .. } = moved;
        lists.sort_unstable();
        // Most runs are not in the cache. Loading all of them first takes less time than one by one.
        lists.iter().for_each(|list| self.touch(*list));
        for same in lists.chunk_by(|one, other| one == other) {
            let list = same.first().map_or(usize::MAX, |list| *list as usize);
            if let Some(run) = self.runs.get_mut(list) {
                run.follow([from, to], to_u32(same.len()), |chunk| order.label(chunk));
            }
        }
    }

    /// Returns the bytes on the heap. Counts a part that a clone shares as a whole.
    pub(super) fn memory(&self) -> usize {
        let runs = self.runs.iter().map(Run::memory).sum::<usize>();
        self.documents.memory() + self.runs.memory() + runs
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

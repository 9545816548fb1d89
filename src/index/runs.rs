//! The number of documents and the run of each list: [`Runs`].

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::order::{Moved, Order};
use super::pages::Pages;
use super::run::{Entry, Run};
use crate::invariant::{Validity, holds};
use crate::packed::to_u32;

/// The runs in the order of the list numbers.
///
/// Each array has one element for each list. Totals read `documents` only. A page reads `ends`, and for few
/// of the lists their runs.
#[derive(Clone, Default)]
pub(super) struct Runs {
    /// The number of documents.
    documents: Pages<u32>,
    /// The first and the last entry of the run.
    ends: Pages<Ends>,
    /// The run, if it has more than two entries.
    long: Pages<Option<Arc<Run>>>,
}

/// The first and the last entry of a run. They are the same if the run has one entry.
#[derive(Clone, Copy)]
pub(super) struct Ends([Entry; 2]);

impl Default for Ends {
    fn default() -> Self {
        Self([Entry::NONE; 2])
    }
}

impl Ends {
    fn of(entries: &[Entry]) -> Self {
        match entries {
            [first, .., last] => Self([*first, *last]),
            [entry] => Self([*entry; 2]),
            [] => Self::default(),
        }
    }

    /// Returns the first and the last entry, or `None` if the list has no documents.
    pub(super) fn get(self) -> Option<[Entry; 2]> {
        (self.0 != [Entry::NONE; 2]).then_some(self.0)
    }

    /// Returns the entries of a run with at most two.
    fn entries(&self) -> &[Entry] {
        match &self.0 {
            [Entry::NONE, _] => &[],
            [first, last] if first == last => self.0.get(..1).unwrap_or_default(),
            both => both,
        }
    }
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
        let mut entries = vec![Entry::NONE; total];
        for_each_entry(order, lists, |list, entry| {
            let Some(end) = ends.get_mut(list as usize) else { return };
            if let Some(place) = entries.get_mut(*end) {
                *place = entry;
                *end += 1;
            }
        });
        let mut start = 0;
        let runs: Vec<&[Entry]> = ends
            .into_iter()
            .map(|end| {
                let run = entries.get(start..end).unwrap_or_default();
                start = end;
                run
            })
            .collect();
        let documents = |run: &&[Entry]| run.iter().map(|entry| entry.documents()).sum();
        let long = |run: &&[Entry]| (run.len() > 2).then(|| Arc::new(Run::new(run)));
        Self {
            documents: runs.iter().map(documents).collect(),
            ends: runs.iter().map(|run| Ends::of(run)).collect(),
            long: runs.iter().map(long).collect(),
        }
    }

    /// Returns the number of lists that may have documents. The runs of later lists are empty.
    pub(super) fn len(&self) -> usize {
        self.documents.len()
    }

    /// Returns the number of documents of a list.
    #[inline]
    pub(super) fn documents(&self, list: u32) -> usize {
        self.documents.get(list as usize).map_or(0, |documents| *documents as usize)
    }

    /// Returns the first and the last entry of a list, or `None` if it has no documents.
    #[inline]
    pub(super) fn ends(&self, list: u32) -> Option<[Entry; 2]> {
        self.ends.get(list as usize)?.get()
    }

    /// Returns the entries of a list.
    pub(super) fn entries(&self, list: u32) -> &[Entry] {
        let Some(ends) = self.ends.get(list as usize) else { return &[] };
        match (ends.entries(), self.long.get(list as usize)) {
            ([_, _], Some(Some(run))) => run.entries(),
            (few, _) => few,
        }
    }

    /// Adds a document to a list. Returns `true` if it is the first one.
    pub(super) fn add<K>(&mut self, list: u32, chunk: u32, order: &Order<K>) -> bool {
        let lists = list as usize + 1;
        self.documents.grow_to(lists);
        self.ends.grow_to(lists);
        self.long.grow_to(lists);
        self.change(list, |run| run.add(chunk, |chunk| order.label(chunk)));
        let Some(documents) = self.documents.get_mut(list as usize) else { return false };
        *documents += 1;
        *documents == 1
    }

    /// Removes a document from a list. Returns `true` if it was the last one.
    pub(super) fn take<K>(&mut self, list: u32, chunk: u32, order: &Order<K>) -> bool {
        self.change(list, |run| run.take(chunk, |chunk| order.label(chunk)));
        let Some(documents) = self.documents.get_mut(list as usize) else { return false };
        *documents -= 1;
        *documents == 0
    }

    /// Follows documents that moved from one chunk to another.
    pub(super) fn follow<K>(&mut self, moved: Moved, order: &Order<K>) {
        let Moved { from, to, mut lists, .. } = moved;
        lists.sort_unstable();
        // Most runs are not in the cache. Loading all of them first takes less time than one by one.
        for list in &lists {
            self.touch(*list);
        }
        for same in lists.chunk_by(|one, other| one == other) {
            let Some(list) = same.first() else { continue };
            let documents = to_u32(same.len());
            self.change(*list, |run| {
                run.follow([from, to], documents, |chunk| order.label(chunk));
            });
        }
    }

    /// Starts to load what a change of a list reads into the cache.
    #[inline]
    pub(super) fn touch(&self, list: u32) {
        let end = self.entries(list).last().map(|entry| entry.chunk());
        std::hint::black_box((self.ends(list), end, self.documents(list)));
    }

    /// Returns the bytes on the heap. Counts a part that a clone shares as a whole.
    pub(super) fn memory(&self) -> usize {
        let long = self.long.iter().flatten();
        let run = 2 * size_of::<usize>() + size_of::<Run>();
        let runs = long.map(|long| run + long.memory()).sum::<usize>();
        self.documents.memory() + self.ends.memory() + self.long.memory() + runs
    }

    /// Checks the lengths of the arrays. Checks that a run of its own has more than two entries and the right
    /// ends.
    pub(super) fn internal_validate(&self) -> Validity {
        let (lists, ends) = (self.documents.len(), self.ends.len());
        holds(ends == lists && self.long.len() == lists, "the arrays differ in length")?;
        let sound = self.long.iter().zip(self.ends.iter()).all(|(long, ends)| {
            let Some(run) = long else { return true };
            run.entries().len() > 2 && Ends::of(run.entries()).0 == ends.0
        });
        holds(sound, "the ends of a run are not its own")
    }

    /// Changes the run of a list.
    fn change(&mut self, list: u32, change: impl FnOnce(&mut Run)) {
        let list = list as usize;
        // The array of long runs is not changed for a run that stays short, so a clone still shares it.
        if let Some(Some(_)) = self.long.get(list) {
            let Some(long @ Some(_)) = self.long.get_mut(list) else { return };
            let Some(run) = long.as_mut().map(Arc::make_mut) else { return };
            change(run);
            let ends = Ends::of(run.entries());
            if run.entries().len() <= 2 {
                *long = None;
            }
            self.set_ends(list, ends);
        } else {
            let mut run = Run::new(self.ends.get(list).map_or(&[], Ends::entries));
            change(&mut run);
            self.set_ends(list, Ends::of(run.entries()));
            if run.entries().len() > 2
                && let Some(long) = self.long.get_mut(list)
            {
                *long = Some(Arc::new(run));
            }
        }
    }

    fn set_ends(&mut self, list: usize, new: Ends) {
        if self.ends.get(list).is_some_and(|ends| ends.0 != new.0)
            && let Some(ends) = self.ends.get_mut(list)
        {
            *ends = new;
        }
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

//! Positions in a chunk: [`Positions`].

#[cfg(test)]
mod tests;

use super::order::MAX_CHUNK_LEN;
use crate::evaluate::select_equal;

const WORDS: usize = MAX_CHUNK_LEN / 64;

/// The number of lists up to which each one is compared with a whole chunk.
const COMPARED: usize = 4;

/// A set of positions in a chunk, one bit for each position.
#[derive(Clone, Copy, Default)]
pub(super) struct Positions([u64; WORDS]);

impl Positions {
    /// Returns the positions below `len`.
    pub(super) fn below(len: usize) -> Self {
        let mut all = Self([u64::MAX; WORDS]);
        all.keep_below(len);
        all
    }

    /// Returns the positions of the lists for which `wanted` is true.
    #[inline]
    pub(super) fn of(lists: &[u32], wanted: impl Fn(u32) -> bool) -> Self {
        let mut positions = Self::default();
        for (word, lists) in positions.0.iter_mut().zip(lists.chunks(64)) {
            for (place, list) in lists.iter().enumerate() {
                *word |= u64::from(wanted(*list)) << place;
            }
        }
        positions
    }

    /// Returns the positions of the wanted lists, which it sorts.
    pub(super) fn of_any(lists: &[u32], wanted: &mut [u32]) -> Self {
        let mut positions = Self::default();
        if wanted.len() <= COMPARED {
            for list in wanted {
                positions.add_equal(lists, *list);
            }
            return positions;
        }
        wanted.sort_unstable();
        Self::of(lists, |list| wanted.binary_search(&list).is_ok())
    }

    /// Returns the positions that a filter selects. The filter is given a word for each 64 lists.
    #[inline]
    pub(super) fn select(lists: &[u32], filter: impl FnOnce(&mut [u64])) -> Self {
        let mut positions = Self::default();
        if let Some(words) = positions.0.get_mut(..lists.len().div_ceil(64)) {
            filter(words);
        }
        positions
    }

    fn add_equal(&mut self, lists: &[u32], wanted: u32) {
        let Self(more) = Self::select(lists, |words| select_equal(lists, wanted, words));
        self.0.iter_mut().zip(more).for_each(|(word, more)| *word |= more);
    }

    /// Removes the positions from `end` on.
    pub(super) fn keep_below(&mut self, end: usize) {
        for (word, first) in self.0.iter_mut().zip((0..).step_by(64)) {
            let kept = end.saturating_sub(first);
            if kept < 64 {
                *word &= (1 << kept) - 1;
            }
        }
    }

    /// Removes the positions below `start`.
    pub(super) fn keep_from(&mut self, start: usize) {
        let below = Self::below(start);
        self.0.iter_mut().zip(below.0).for_each(|(word, below)| *word &= !below);
    }

    /// Returns the number of positions.
    pub(super) fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Removes the lowest position and returns it.
    pub(super) fn pop_first(&mut self) -> Option<usize> {
        let (at, word) = self.0.iter_mut().enumerate().find(|(_, word)| **word != 0)?;
        let place = word.trailing_zeros() as usize;
        *word &= *word - 1;
        Some(64 * at + place)
    }

    /// Removes the highest position and returns it.
    pub(super) fn pop_last(&mut self) -> Option<usize> {
        let (at, word) = self.0.iter_mut().enumerate().rfind(|(_, word)| **word != 0)?;
        let place = 63 - word.leading_zeros() as usize;
        *word &= !(1 << place);
        Some(64 * at + place)
    }
}

//! Positions in a chunk: [`Positions`].

#[cfg(test)]
mod tests;

use super::order::MAX_CHUNK_LEN;

const WORDS: usize = MAX_CHUNK_LEN / 64;

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

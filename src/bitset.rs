//! Sets of small numbers, one bit for each number: [`BitSet`].

use std::iter::FusedIterator;

/// The number of bits in a word: 64.
pub(crate) const WORD_BITS: usize = u64::BITS as usize;

/// A set of numbers. Bit `i % 64` of word `i / 64` is set if `i` is a member.
///
/// `W` owns the words. It is a `Vec` while the set grows, and a box or an array afterwards.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct BitSet<W>(W);

impl BitSet<Vec<u64>> {
    /// Returns an empty set without room.
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Returns an empty set with room for the numbers below `len`.
    pub(crate) fn with_room(len: usize) -> Self {
        Self(vec![0; len.div_ceil(WORD_BITS)])
    }

    /// Removes all members, and makes room for the numbers below `len` and no others.
    pub(crate) fn reset(&mut self, len: usize) {
        self.0.clear();
        self.0.resize(len.div_ceil(WORD_BITS), 0);
    }

    /// Makes room for 64 more numbers.
    pub(crate) fn push_word(&mut self) {
        self.0.push(0);
    }

    /// Returns the bytes on the heap.
    pub(crate) fn memory(&self) -> usize {
        self.0.capacity() * size_of::<u64>()
    }

    /// Gives back the room that is reserved for growth.
    pub(crate) fn into_boxed(self) -> BitSet<Box<[u64]>> {
        BitSet(self.0.into_boxed_slice())
    }
}

impl<const N: usize> BitSet<[u64; N]> {
    /// Returns an empty set with room for the numbers below `64 * N`.
    pub(crate) const fn empty() -> Self {
        Self([0; N])
    }
}

impl<W: AsRef<[u64]>> BitSet<W> {
    #[inline]
    pub(crate) fn words(&self) -> &[u64] {
        self.0.as_ref()
    }

    /// Returns `true` if `number` is a member.
    #[inline]
    pub(crate) fn contains(&self, number: usize) -> bool {
        contains(self.words(), number)
    }

    /// Returns the number of members.
    pub(crate) fn count(&self) -> usize {
        count(self.words())
    }

    /// Returns `true` if the set has no members.
    pub(crate) fn is_empty(&self) -> bool {
        self.words().iter().all(|&word| word == 0)
    }

    /// Returns the members in ascending order.
    pub(crate) fn iter(&self) -> Members<'_> {
        let (first, rest) = self.words().split_first().unwrap_or((&0, &[]));
        Members { words: rest.iter(), word: *first, base: 0 }
    }
}

impl<W: AsMut<[u64]>> BitSet<W> {
    #[inline]
    pub(crate) fn words_mut(&mut self) -> &mut [u64] {
        self.0.as_mut()
    }

    /// Adds `number` if the set has room for it. Returns `true` if `number` is a new member.
    #[inline]
    pub(crate) fn insert(&mut self, number: usize) -> bool {
        let Some(word) = self.words_mut().get_mut(number / WORD_BITS) else { return false };
        let is_new = *word >> (number % WORD_BITS) & 1 == 0;
        *word |= 1 << (number % WORD_BITS);
        is_new
    }

    /// Removes `number`. Returns `true` if it was a member.
    pub(crate) fn remove(&mut self, number: usize) -> bool {
        let Some(word) = self.words_mut().get_mut(number / WORD_BITS) else { return false };
        let was_there = *word >> (number % WORD_BITS) & 1 != 0;
        *word &= !(1 << (number % WORD_BITS));
        was_there
    }

    /// Adds the members of `other`, each increased by `64 * offset`, if the set has room for them.
    /// Returns the number of new members.
    #[inline]
    pub(crate) fn union_at(&mut self, offset: usize, other: &[u64]) -> usize {
        let words = self.words_mut().get_mut(offset..).unwrap_or_default();
        let pairs = words.iter_mut().zip(other);
        pairs
            .map(|(word, other)| {
                let new = (other & !*word).count_ones() as usize;
                *word |= other;
                new
            })
            .sum()
    }

    /// Removes the numbers from `len` on. They must all be in the last word.
    pub(crate) fn trim(&mut self, len: usize) {
        if let Some(last) = self.words_mut().get_mut(len / WORD_BITS) {
            *last &= (1 << (len % WORD_BITS)) - 1;
        }
    }
}

/// Returns `true` if bit `number` of the words is set.
#[inline]
pub(crate) fn contains(words: &[u64], number: usize) -> bool {
    // A missing word counts as 0, so filtering takes no branch for each document.
    let word = words.get(number / WORD_BITS).copied().unwrap_or(0);
    word >> (number % WORD_BITS) & 1 != 0
}

fn count(words: &[u64]) -> usize {
    words.iter().map(|word| word.count_ones() as usize).sum()
}

/// The members of a [`BitSet`], in ascending order.
#[derive(Clone)]
pub(crate) struct Members<'a> {
    words: std::slice::Iter<'a, u64>,
    /// The bits of the current word whose numbers have not been returned. Bit 0 stands for `base`.
    word: u64,
    base: usize,
}

impl Iterator for Members<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.word == 0 {
            self.word = *self.words.next()?;
            self.base += WORD_BITS;
        }
        let number = self.base + self.word.trailing_zeros() as usize;
        self.word &= self.word - 1;
        Some(number)
    }

    /// Returns the exact number of members that are left.
    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.word.count_ones() as usize + count(self.words.as_slice());
        (left, Some(left))
    }
}

impl ExactSizeIterator for Members<'_> {}

impl FusedIterator for Members<'_> {}

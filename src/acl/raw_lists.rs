//! Raw lists that were compiled before, with the numbers of their lists: [`RawLists`].
//!
//! Most documents have a list that an earlier document had too, with the same texts in the same order. The list
//! is then found by one look-up for all of its texts. Otherwise each role would take a look-up of its own. That
//! takes three times as long.
//!
//! A hash of the texts finds a candidate. The comparison of all lengths and all texts decides. The texts of all
//! lists are stored in one buffer, one after the other, so a comparison reads neighbouring bytes.
//!
//! The texts of a list take more memory than the compiled list. Few lists are therefore remembered, unless
//! lists repeat: [`RawLists::has_room`]. No list is forgotten, so a list that begins to repeat after 16 MiB of texts
//! are remembered is compiled again each time, until `AclTable::shrink_to_fit` forgets all.

#[cfg(test)]
mod tests;

use hashbrown::HashTable;

use crate::hash::{RandomState, hash_next};
use crate::invariant::{Validity, holds};
use crate::packed::to_u32;

/// The least number of permissions of a list that is too long to be remembered: 8. It is compiled without reading all of
/// it ahead.
pub(super) const TOO_LONG: usize = 8;

/// The number of lists that are remembered before any list repeats: 256. They take about 30 KiB.
const AT_FIRST: usize = 256;

/// The number of lists that are remembered for each document with a repeated list: 4. If a fifth of the documents have
/// repeated lists, the lists of all others are therefore remembered.
const FOR_EACH_REPEAT: usize = 4;

/// The number of raw lists that are remembered for each compiled list: 2. The permissions of a list can be written in
/// many orders, and a document that is written again and again in other orders must not fill the memory.
const FOR_EACH_LIST: usize = 2;

/// The largest number of bytes of the texts: 16 MiB, which is room for about 130,000 lists.
const MAX_BYTES: usize = 16 << 20;

#[derive(Default)]
pub(super) struct RawLists {
    texts: Vec<u8>,
    lists: HashTable<RawList>,
    hasher: RandomState,
    /// The number of times that a list was compiled again.
    repeats: usize,
}

/// A list that is remembered.
struct RawList {
    lens: Lens,
    /// The offset of its texts.
    start: u32,
    /// Its number in the table.
    list: u32,
}

/// The lengths of up to eight texts, each in a byte. A permission has at most 133 bytes. The bytes after the last
/// text are zero.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Lens(u64);

impl Lens {
    fn of(texts: &[&str]) -> Self {
        let byte = |text: &&str| u64::from(u8::try_from(text.len()).unwrap_or_default());
        Self(texts.iter().rev().fold(0, |later, text| later << 8 | byte(text)))
    }

    /// Removes the first length. Returns `None` after the last text.
    fn pop(&mut self) -> Option<usize> {
        let [first, ..] = self.0.to_le_bytes();
        self.0 >>= 8;
        (first > 0).then_some(usize::from(first))
    }
}

impl RawLists {
    /// Returns the hash of one more text, after texts with the hash `before`. The hash of no texts is 0.
    #[inline]
    pub(super) fn hash_next(&self, before: u64, text: &str) -> u64 {
        hash_next(&self.hasher, before, text.as_bytes())
    }

    /// Returns the number of a raw list that is remembered, and counts the repetition. `hash` is that of the
    /// texts.
    #[inline]
    pub(super) fn get<'a>(
        &mut self,
        hash: u64,
        texts: &(impl Iterator<Item = &'a str> + Clone),
    ) -> Option<u32> {
        let same = |known: &RawList| known.has(texts.clone(), &self.texts);
        let found = self.lists.find(hash, same)?.list;
        self.count_repeat();
        Some(found)
    }

    /// Counts a list that was compiled again, although it was not remembered.
    pub(super) fn count_repeat(&mut self) {
        self.repeats = self.repeats.saturating_add(1);
    }

    /// Remembers a raw list, if there is room beside the compiled lists, which are `lists` in number. Each of its texts
    /// is a permission, and there are fewer than [`TOO_LONG`].
    pub(super) fn add(&mut self, texts: &[&str], list: u32, lists: usize) {
        if !self.has_room(lists) {
            return;
        }
        let hash = self.hash(texts);
        let same = |known: &RawList| known.has(texts.iter().copied(), &self.texts);
        if self.lists.find(hash, same).is_some() {
            return;
        }
        let known = RawList { lens: Lens::of(texts), start: to_u32(self.texts.len()), list };
        for text in texts {
            self.texts.extend_from_slice(text.as_bytes());
        }
        let Self { texts, lists, hasher, .. } = self;
        lists.insert_unique(hash, known, |known| known.hash(texts, hasher));
    }

    /// Returns the bytes on the heap.
    pub(super) fn memory(&self) -> usize {
        self.texts.capacity() + self.lists.allocation_size()
    }

    /// Calls `compiles` with the texts and the number of each list that is remembered. Checks that it returns
    /// `true`, and that the list is found under its number.
    pub(super) fn internal_validate(
        &self,
        mut compiles: impl FnMut(&[&str], u32) -> bool,
    ) -> Validity {
        let mut bytes = 0;
        for known in &self.lists {
            let texts: Vec<_> = known.texts(&self.texts).map(std::str::from_utf8).collect();
            let texts: Vec<&str> = texts.into_iter().flatten().collect();
            bytes += texts.iter().map(|text| text.len()).sum::<usize>();
            let is_whole = Lens::of(&texts) == known.lens && texts.len() < TOO_LONG;
            holds(is_whole, "a raw list is not whole")?;
            let same = |other: &RawList| other.has(texts.iter().copied(), &self.texts);
            let found = self.lists.find(self.hash(&texts), same);
            let found = found.is_some_and(|found| found.start == known.start);
            holds(found, "a raw list is not found, or is stored twice")?;
            holds(compiles(&texts, known.list), "a raw list has the number of another list")?;
        }
        holds(bytes == self.texts.len(), "there are texts of no raw list")
    }

    fn hash(&self, texts: &[&str]) -> u64 {
        texts.iter().fold(0, |before, text| self.hash_next(before, text))
    }

    fn has_room(&self, lists: usize) -> bool {
        let most = self.repeats.saturating_mul(FOR_EACH_REPEAT);
        let most = most.min(lists.saturating_mul(FOR_EACH_LIST)).saturating_add(AT_FIRST);
        self.lists.len() < most && self.texts.len() < MAX_BYTES
    }
}

impl RawList {
    /// Returns `true` if the texts of the list, whose bytes are in `stored`, are `texts`.
    #[inline]
    fn has<'a>(&self, texts: impl Iterator<Item = &'a str>, stored: &[u8]) -> bool {
        let mut stored = stored.get(self.start as usize..).unwrap_or_default();
        let mut lens = self.lens;
        for text in texts {
            match stored.strip_prefix(text.as_bytes()) {
                Some(rest) if lens.pop() == Some(text.len()) => stored = rest,
                _ => return false,
            }
        }
        lens == Lens::default()
    }

    /// Returns the texts of the list.
    fn texts<'a>(&self, stored: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut stored = stored.get(self.start as usize..).unwrap_or_default();
        let mut lens = self.lens;
        std::iter::from_fn(move || {
            let (first, rest) = stored.split_at_checked(lens.pop()?)?;
            stored = rest;
            Some(first)
        })
    }

    fn hash(&self, stored: &[u8], hasher: &RandomState) -> u64 {
        self.texts(stored).fold(0, |before, text| hash_next(hasher, before, text))
    }
}

//! Distinct texts, each stored once: [`Interner`].
//!
//! All texts are stored in one packed buffer. The id of a text is its position in the order of
//! insertion. A text takes its bytes, 4 bytes for its end offset, and a share of a hash table. The hash
//! table has 5 bytes for each slot, and between 7/16 and 7/8 of its slots are used. A hash finds the
//! candidate, and the comparison of the bytes decides.

#[cfg(test)]
mod collisions;

use hashbrown::HashTable;

use crate::hash::{RandomState, hash_bytes};
use crate::invariant::{Validity, holds};
use crate::packed::{range_of, slice_at, to_u32};

#[derive(Clone, Default)]
pub(super) struct Interner {
    text: String,
    ends: Vec<u32>,
    ids: HashTable<u32>,
    hasher: RandomState,
}

impl Interner {
    /// Returns the number of texts.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns the bytes of all texts together.
    pub(super) fn text_len(&self) -> usize {
        self.text.len()
    }

    /// Returns the id of a text.
    pub(super) fn get(&self, text: &str) -> Option<u32> {
        self.find(self.hash(text), text)
    }

    /// Returns the hash of a text.
    #[inline]
    pub(super) fn hash(&self, text: &str) -> u64 {
        hash_bytes(&self.hasher, text.as_bytes())
    }

    /// Returns the id of a text. `hash` is its [`hash`](Self::hash).
    #[inline]
    pub(super) fn find(&self, hash: u64, text: &str) -> Option<u32> {
        self.ids.find(hash, |&id| self.is(id, text)).copied()
    }

    /// Adds a text that is not stored yet, with its [`hash`](Self::hash). The caller has checked that its id and its end
    /// offset fit.
    pub(super) fn push(&mut self, hash: u64, text: &str) -> u32 {
        if self.ids.len() == self.ids.capacity() {
            self.rebuild(self.ids.len() * 2);
        }
        let id = to_u32(self.ends.len());
        self.text.push_str(text);
        self.ends.push(to_u32(self.text.len()));
        self.insert(hash, id);
        id
    }

    /// Returns `true` if `text` is the text of `id`.
    pub(super) fn is(&self, id: u32, text: &str) -> bool {
        self.bytes(id) == text.as_bytes()
    }

    /// Returns the text of `id`.
    pub(super) fn text(&self, id: u32) -> &str {
        let (start, end) = range_of(&self.ends, id);
        self.text.get(start..end).unwrap_or_default()
    }

    /// Removes the texts with ids from `len` on.
    pub(super) fn truncate(&mut self, len: usize) {
        while self.ends.len() > len {
            let id = to_u32(self.ends.len() - 1);
            let text = self.text(id);
            let (hash, start) = (self.hash(text), self.text.len() - text.len());
            if let Ok(entry) = self.ids.find_entry(hash, |&other| other == id) {
                entry.remove();
            }
            self.ends.pop();
            self.text.truncate(start);
        }
    }

    /// Returns the bytes on the heap.
    pub(super) fn memory(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<u32>() + self.ids.allocation_size()
    }

    pub(super) fn shrink_to_fit(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.rebuild(self.ids.len());
    }

    /// Checks that each text is stored once and is found under its id.
    pub(super) fn internal_validate(&self) -> Validity {
        let ascend = self.ends.is_sorted_by(|earlier, later| earlier < later);
        holds(ascend && self.ends.first() != Some(&0), "a role's text is empty")?;
        let end = self.ends.last().map_or(0, |&end| end as usize);
        holds(end == self.text.len(), "text after the last role")?;
        let whole = self.ends.iter().all(|&end| self.text.is_char_boundary(end as usize));
        holds(whole, "a role ends within a character")?;
        holds(self.ids.len() == self.ends.len(), "the hash table does not have each role once")?;
        let found = (0..to_u32(self.ends.len())).all(|id| self.get(self.text(id)) == Some(id));
        holds(found, "a role is not found under its id")
    }

    /// Builds the hash table again, in the order of the ids. Letting it grow would visit the texts in
    /// the order of their hashes, and take four times as long.
    fn rebuild(&mut self, capacity: usize) {
        self.ids = HashTable::with_capacity(capacity);
        for id in 0..to_u32(self.ends.len()) {
            self.insert(self.hash(self.text(id)), id);
        }
    }

    fn insert(&mut self, hash: u64, id: u32) {
        let Self { text, ends, ids, hasher } = self;
        ids.insert_unique(hash, id, |&id| hash_bytes(hasher, slice_at(text.as_bytes(), ends, id)));
    }

    fn bytes(&self, id: u32) -> &[u8] {
        slice_at(self.text.as_bytes(), &self.ends, id)
    }
}

//! Texts kept once each: [`Interner`].
//!
//! All texts stand in one buffer, one behind the other; a text's id is its place in the order in
//! which they came. Per text that is its bytes, 4 bytes for where it ends, and 5 bytes a slot in a
//! hash table that is between 7/16 and 7/8 full. A hash finds the candidate, the bytes decide.

#[cfg(test)]
mod collisions;

use hashbrown::HashTable;

use crate::hash::{RandomState, hash_bytes};
use crate::invariant::{Validity, holds};
use crate::runs::{range_of, run_at};

#[derive(Default)]
pub(super) struct Interner {
    text: String,
    ends: Vec<u32>,
    ids: HashTable<u32>,
    hasher: RandomState,
}

impl Interner {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// How many bytes of text there are.
    pub(super) fn text_len(&self) -> usize {
        self.text.len()
    }

    pub(super) fn get(&self, text: &str) -> Option<u32> {
        let hash = self.hash(text.as_bytes());
        self.ids.find(hash, |&id| self.bytes(id) == text.as_bytes()).copied()
    }

    /// Adds a text that is not there yet. The caller has checked that its id and its end fit.
    pub(super) fn push(&mut self, text: &str) -> u32 {
        if self.ids.len() == self.ids.capacity() {
            self.rebuild(self.ids.len() * 2);
        }
        let id = saturating(self.ends.len());
        self.text.push_str(text);
        self.ends.push(saturating(self.text.len()));
        self.insert(id);
        id
    }

    /// Whether `text` is the text of `id`.
    pub(super) fn is(&self, id: u32, text: &str) -> bool {
        self.bytes(id) == text.as_bytes()
    }

    pub(super) fn text(&self, id: u32) -> &str {
        let (start, end) = range_of(&self.ends, id);
        self.text.get(start..end).unwrap_or_default()
    }

    /// Forgets the texts from the `len`th on.
    pub(super) fn truncate(&mut self, len: usize) {
        while self.ends.len() > len {
            let id = saturating(self.ends.len() - 1);
            let bytes = self.bytes(id);
            let (hash, start) = (self.hash(bytes), self.text.len() - bytes.len());
            if let Ok(entry) = self.ids.find_entry(hash, |&other| other == id) {
                entry.remove();
            }
            self.ends.pop();
            self.text.truncate(start);
        }
    }

    /// Bytes on the heap.
    pub(super) fn memory(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<u32>() + self.ids.allocation_size()
    }

    pub(super) fn shrink_to_fit(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.rebuild(self.ids.len());
    }

    /// Each text is there once and is found as itself.
    pub(super) fn internal_validate(&self) -> Validity {
        let ascend = self.ends.is_sorted_by(|earlier, later| earlier < later);
        holds(ascend && self.ends.first() != Some(&0), "a role's text is empty")?;
        let end = self.ends.last().map_or(0, |&end| end as usize);
        holds(end == self.text.len(), "there is text of no role")?;
        let whole = self.ends.iter().all(|&end| self.text.is_char_boundary(end as usize));
        holds(whole, "a role ends within a character")?;
        holds(self.ids.len() == self.ends.len(), "the hash table has not each role once")?;
        let found = (0..saturating(self.ends.len())).all(|id| self.get(self.text(id)) == Some(id));
        holds(found, "a role is not found as itself")
    }

    /// Makes the hash table anew, in the order in which the texts stand, which is four times as fast
    /// as letting it grow: that would visit them in the order of their hashes.
    fn rebuild(&mut self, capacity: usize) {
        self.ids = HashTable::with_capacity(capacity);
        for id in 0..saturating(self.ends.len()) {
            self.insert(id);
        }
    }

    fn insert(&mut self, id: u32) {
        let hash = self.hash(self.bytes(id));
        let Self { text, ends, ids, hasher } = self;
        ids.insert_unique(hash, id, |&id| hash_bytes(hasher, run_at(text.as_bytes(), ends, id)));
    }

    fn hash(&self, bytes: &[u8]) -> u64 {
        hash_bytes(&self.hasher, bytes)
    }

    fn bytes(&self, id: u32) -> &[u8] {
        run_at(self.text.as_bytes(), &self.ends, id)
    }
}

/// A length as the `u32` that it fits in, since it has been checked against the table's limits.
pub(super) fn saturating(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

//! Texts kept once each: [`Interner`].
//!
//! All texts stand in one buffer, one behind the other; a text's id is its place in the order in
//! which they came. Per text that is its bytes, 4 bytes for where it ends, and 5 bytes a slot in a
//! hash table that is between 7/16 and 7/8 full. A hash finds the candidate, the bytes decide.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

#[derive(Default)]
pub(super) struct Interner {
    text: String,
    ends: Vec<u32>,
    ids: HashTable<u32>,
    /// Seeded anew for each table, so that nobody can prepare texts that collide.
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
        let hash = self.hasher.hash_one(text.as_bytes());
        self.ids.find(hash, |&id| text_of(&self.text, &self.ends, id) == text).copied()
    }

    /// Adds a text that is not there yet. The caller has checked that its id and its end fit.
    pub(super) fn push(&mut self, text: &str) -> u32 {
        let id = saturating(self.ends.len());
        self.text.push_str(text);
        self.ends.push(saturating(self.text.len()));
        let Self { text: all, ends, ids, hasher } = self;
        let hash = hasher.hash_one(text.as_bytes());
        ids.insert_unique(hash, id, |&id| hasher.hash_one(text_of(all, ends, id).as_bytes()));
        id
    }

    pub(super) fn text(&self, id: u32) -> &str {
        text_of(&self.text, &self.ends, id)
    }

    /// Forgets the texts from the `len`th on.
    pub(super) fn truncate(&mut self, len: usize) {
        while self.ends.len() > len {
            let id = saturating(self.ends.len() - 1);
            let text = text_of(&self.text, &self.ends, id);
            let start = self.text.len() - text.len();
            let hash = self.hasher.hash_one(text.as_bytes());
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
        let Self { text, ends, ids, hasher } = self;
        ids.shrink_to_fit(|&id| hasher.hash_one(text_of(text, ends, id).as_bytes()));
    }
}

fn text_of<'a>(text: &'a str, ends: &[u32], id: u32) -> &'a str {
    let id = id as usize;
    let start =
        id.checked_sub(1).and_then(|before| ends.get(before)).map_or(0, |&end| end as usize);
    let end = ends.get(id).map_or(start, |&end| end as usize);
    text.get(start..end).unwrap_or_default()
}

/// A length as the `u32` that it fits in, since the caller has kept to the table's limits.
fn saturating(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

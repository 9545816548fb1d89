//! The chunks in which a list has documents: [`Run`].
//!
//! A run has one entry of four bytes for each chunk in which the list has documents, in the order of the
//! chunks. The entry has the chunk and the number of documents. It does not have their places, because
//! reading a chunk finds them.

#[cfg(test)]
mod tests;

use smallvec::SmallVec;

use super::order::MAX_CHUNK_LEN;

/// The number of bits of an entry for the documents. The other 25 bits are for the chunk.
const DOCUMENT_BITS: u32 = MAX_CHUNK_LEN.ilog2();

/// The largest number of chunks: 2^25 - 1. The last number is that of [`Entry::NONE`].
pub(super) const MAX_CHUNKS: usize = (1 << (u32::BITS - DOCUMENT_BITS)) - 1;

/// The number of entries that are compared one by one. This takes less time than reading the labels of a
/// few chunks.
const SCANNED: usize = 128;

/// A chunk in the upper 25 bits, and in the lower 7 the number of documents less one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Entry(u32);

impl Entry {
    /// The entry of no chunk. A chunk does not get this number.
    pub(super) const NONE: Self = Self(u32::MAX);

    const MASK: u32 = (1 << DOCUMENT_BITS) - 1;

    /// Creates the entry of a chunk with `documents` documents of the list: 1 to 128.
    pub(super) fn new(chunk: u32, documents: u32) -> Self {
        debug_assert!((1..=128).contains(&documents), "an entry for {documents} documents");
        Self(chunk << DOCUMENT_BITS | (documents.wrapping_sub(1) & Self::MASK))
    }

    pub(super) fn chunk(self) -> u32 {
        self.0 >> DOCUMENT_BITS
    }

    /// Returns the number of documents in the chunk.
    pub(super) fn documents(self) -> u32 {
        (self.0 & Self::MASK) + 1
    }
}

/// The entries of a list in the order of their chunks.
#[derive(Clone, Default)]
pub(super) struct Run(SmallVec<[Entry; 4]>);

impl Run {
    /// Creates a run from its entries in order.
    pub(super) fn new(entries: &[Entry]) -> Self {
        Self(SmallVec::from_slice(entries))
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.0
    }

    /// Returns the bytes on the heap, without those of the run itself.
    pub(super) fn memory(&self) -> usize {
        if self.0.spilled() { self.0.capacity() * size_of::<Entry>() } else { 0 }
    }

    /// Adds a document of a chunk. `label` gives the place of a chunk in the order.
    pub(super) fn add(&mut self, chunk: u32, label: impl Fn(u32) -> u64) {
        match self.place_of(chunk, label) {
            Ok(at) => self.resize(at, |documents| documents + 1),
            Err(at) => self.insert(at, Entry::new(chunk, 1)),
        }
    }

    /// Removes a document of a chunk.
    pub(super) fn take(&mut self, chunk: u32, label: impl Fn(u32) -> u64) {
        if let Ok(at) = self.place_of(chunk, label) {
            self.resize(at, |documents| documents - 1);
        }
    }

    /// Moves documents from one chunk to another, which is its neighbour in the order.
    pub(super) fn follow(
        &mut self,
        [from, to]: [u32; 2],
        documents: u32,
        label: impl Fn(u32) -> u64,
    ) {
        let Ok(at) = self.place_of(from, &label) else { return };
        let is_to = |at: &usize| self.0.get(*at).is_some_and(|entry| entry.chunk() == to);
        let neighbours = [at.checked_sub(1), Some(at + 1)];
        match neighbours.into_iter().flatten().find(is_to) {
            Some(neighbour) => {
                self.resize(neighbour, |before| before + documents);
                self.resize(at, |before| before - documents);
            }
            None if self.0.get(at).is_some_and(|entry| entry.documents() == documents) => {
                self.replace(at, Entry::new(to, documents));
            }
            None => {
                self.resize(at, |before| before - documents);
                let follows = label(from) < label(to);
                self.insert(if follows { at + 1 } else { at }, Entry::new(to, documents));
            }
        }
    }

    /// Returns the place of the entry for a chunk, or the place where it belongs.
    fn place_of(&self, chunk: u32, label: impl Fn(u32) -> u64) -> Result<usize, usize> {
        // Documents are often inserted in ascending order, and then the chunk is the last one.
        let entries = self.entries();
        let Some(last) = entries.last() else { return Err(0) };
        if last.chunk() == chunk {
            return Ok(entries.len() - 1);
        }
        if entries.len() <= SCANNED
            && let Some(at) = entries.iter().position(|entry| entry.chunk() == chunk)
        {
            return Ok(at);
        }
        let wanted = label(chunk);
        if label(last.chunk()) < wanted {
            return Err(entries.len());
        }
        entries.binary_search_by_key(&wanted, |entry| label(entry.chunk()))
    }

    /// Changes the number of documents of an entry, and removes an entry without documents.
    fn resize(&mut self, at: usize, documents: impl Fn(u32) -> u32) {
        let Some(entry) = self.0.get(at) else { return };
        match documents(entry.documents()) {
            0 => self.remove(at),
            documents => self.replace(at, Entry::new(entry.chunk(), documents)),
        }
    }

    fn replace(&mut self, at: usize, entry: Entry) {
        if let Some(place) = self.0.get_mut(at) {
            *place = entry;
        }
    }

    fn insert(&mut self, at: usize, entry: Entry) {
        if self.0.len() == self.0.capacity() {
            // Growth by an eighth reserves less than doubling does.
            self.0.reserve_exact(4 + self.0.len() / 8);
        }
        self.0.insert(at, entry);
    }

    fn remove(&mut self, at: usize) {
        self.0.remove(at);
        if self.0.len() < self.0.capacity() / 2 {
            self.0.shrink_to_fit();
        }
    }
}

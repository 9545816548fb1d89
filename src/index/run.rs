//! The chunks in which a list has documents: [`Run`].
//!
//! A run has one entry of four bytes for each chunk in which the list has documents, in the order of the
//! chunks. The entry has the chunk and the number of documents. It does not have their places, because
//! reading a chunk finds them.

use std::sync::Arc;

use smallvec::SmallVec;

use super::order::MAX_CHUNK_LEN;

/// The number of bits of an entry for the documents. The other 25 bits are for the chunk.
const DOCUMENT_BITS: u32 = MAX_CHUNK_LEN.ilog2();

/// A chunk in the upper 25 bits, and in the lower 7 the number of documents less one.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Entry(u32);

impl Entry {
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

/// The entries of a list in the order of their chunks. Up to three entries need no memory on the heap.
#[derive(Clone)]
pub(super) enum Run {
    Few { len: u8, entries: [Entry; FEW] },
    Many(Arc<Many>),
}

/// The number of entries that are stored in the run itself.
const FEW: usize = 3;

/// The number of entries that are compared one by one. This takes less time than reading the labels of a
/// few chunks.
const SCANNED: usize = 128;

type Many = SmallVec<[Entry; 8]>;

const _: () = assert!(size_of::<Run>() == 16, "a run takes 16 bytes");

impl Default for Run {
    fn default() -> Self {
        Self::Few { len: 0, entries: [Entry::default(); FEW] }
    }
}

impl Run {
    /// Creates a run from its entries in order.
    pub(super) fn new(entries: &[Entry]) -> Self {
        let mut few = [Entry::default(); FEW];
        if let (Some(place), Ok(len)) = (few.get_mut(..entries.len()), entries.len().try_into()) {
            place.copy_from_slice(entries);
            return Self::Few { len, entries: few };
        }
        Self::Many(Arc::new(SmallVec::from_slice(entries)))
    }

    #[inline]
    pub(super) fn entries(&self) -> &[Entry] {
        match self {
            Self::Few { len, entries } => entries.get(..usize::from(*len)).unwrap_or_default(),
            Self::Many(entries) => entries,
        }
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
        let all = self.entries().get(at).is_some_and(|entry| entry.documents() == documents);
        let neighbours = [at.checked_sub(1), Some(at + 1)];
        let is_to = |at: &usize| self.entries().get(*at).is_some_and(|entry| entry.chunk() == to);
        match neighbours.into_iter().flatten().find(is_to) {
            Some(neighbour) => {
                self.resize(neighbour, |before| before + documents);
                self.resize(at, |before| before - documents);
            }
            None if all => self.replace(at, Entry::new(to, documents)),
            None => {
                self.resize(at, |before| before - documents);
                let follows = label(from) < label(to);
                self.insert(if follows { at + 1 } else { at }, Entry::new(to, documents));
            }
        }
    }

    /// Returns the bytes on the heap.
    pub(super) fn memory(&self) -> usize {
        match self {
            Self::Few { .. } => 0,
            Self::Many(entries) => {
                let spilled = if entries.spilled() { entries.capacity() } else { 0 };
                2 * size_of::<usize>() + size_of::<Many>() + spilled * size_of::<Entry>()
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
        let Some(entry) = self.entries().get(at) else { return };
        match documents(entry.documents()) {
            0 => self.remove(at),
            documents => self.replace(at, Entry::new(entry.chunk(), documents)),
        }
    }

    fn replace(&mut self, at: usize, entry: Entry) {
        let entries = match self {
            Self::Few { entries, .. } => entries,
            Self::Many(entries) => Arc::make_mut(entries).as_mut_slice(),
        };
        if let Some(place) = entries.get_mut(at) {
            *place = entry;
        }
    }

    fn insert(&mut self, at: usize, entry: Entry) {
        match self {
            Self::Few { .. } => {
                let mut all: SmallVec<[Entry; FEW + 1]> = SmallVec::from_slice(self.entries());
                all.insert(at, entry);
                *self = Self::new(&all);
            }
            Self::Many(entries) => {
                let entries = Arc::make_mut(entries);
                if entries.len() == entries.capacity() {
                    // Growth by a quarter reserves less than doubling does.
                    entries.reserve_exact(entries.len() / 4);
                }
                entries.insert(at, entry);
            }
        }
    }

    fn remove(&mut self, at: usize) {
        match self {
            Self::Few { len, entries } => {
                entries.copy_within(at + 1.., at);
                *len -= 1;
            }
            Self::Many(entries) => {
                let entries = Arc::make_mut(entries);
                entries.remove(at);
                if entries.len() <= FEW {
                    let few = std::mem::take(entries);
                    *self = Self::new(&few);
                } else if entries.len() < entries.capacity() / 2 {
                    entries.shrink_to_fit();
                }
            }
        }
    }
}

//! The chunks in which a list has documents: [`Run`].
//!
//! A run has one entry of four bytes for each chunk in which the list has documents, in the order of the
//! chunks. The entry has the chunk and the number of documents. It does not have their places, because
//! reading a chunk finds them.

use std::sync::Arc;

use smallvec::SmallVec;

/// The largest number of documents in a chunk: 256. An entry has 8 bits for it.
pub(super) const MAX_CHUNK_LEN: usize = 1 << 8;

/// A chunk in the upper 24 bits, and in the lower 8 the number of documents less one.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Entry(u32);

impl Entry {
    /// Creates the entry of a chunk with `documents` documents of the list: 1 to 256.
    pub(super) fn new(chunk: u32, documents: u32) -> Self {
        debug_assert!((1..=256).contains(&documents), "an entry for {documents} documents");
        Self(chunk << 8 | (documents.wrapping_sub(1) & 0xff))
    }

    pub(super) fn chunk(self) -> u32 {
        self.0 >> 8
    }

    /// Returns the number of documents in the chunk.
    pub(super) fn documents(self) -> u32 {
        (self.0 & 0xff) + 1
    }
}

/// The entries of a list in the order of their chunks. Up to three entries need no memory on the heap.
#[derive(Clone)]
pub(super) enum Run {
    Few { len: u8, entries: [Entry; FEW] },
    Many { documents: u32, entries: Arc<Many> },
}

/// The number of entries that are stored in the run itself.
const FEW: usize = 3;

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
        let documents = entries.iter().map(|entry| entry.documents()).sum();
        Self::Many { documents, entries: Arc::new(SmallVec::from_slice(entries)) }
    }

    /// Returns the number of documents.
    #[inline]
    pub(super) fn documents(&self) -> usize {
        match self {
            Self::Few { .. } => self.entries().iter().map(|entry| entry.documents() as usize).sum(),
            Self::Many { documents, .. } => *documents as usize,
        }
    }

    #[inline]
    pub(super) fn entries(&self) -> &[Entry] {
        match self {
            Self::Few { len, entries } => entries.get(..usize::from(*len)).unwrap_or_default(),
            Self::Many { entries, .. } => entries,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Few { len: 0, .. })
    }

    /// Adds documents of a chunk. `label` gives the place of a chunk in the order.
    pub(super) fn add(&mut self, chunk: u32, documents: u32, label: impl Fn(u32) -> u64) {
        match place_of(self.entries(), chunk, label) {
            Ok(at) => {
                let before = self.entries().get(at).map_or(0, |entry| entry.documents());
                self.replace(at, Entry::new(chunk, before + documents));
            }
            Err(at) => self.insert(at, Entry::new(chunk, documents)),
        }
    }

    /// Removes documents of a chunk.
    pub(super) fn take(&mut self, chunk: u32, documents: u32, label: impl Fn(u32) -> u64) {
        let Ok(at) = place_of(self.entries(), chunk, label) else { return };
        let before = self.entries().get(at).map_or(0, |entry| entry.documents());
        if before > documents {
            self.replace(at, Entry::new(chunk, before - documents));
        } else {
            self.remove(at);
        }
    }

    /// Returns the bytes on the heap.
    pub(super) fn memory(&self) -> usize {
        match self {
            Self::Few { .. } => 0,
            Self::Many { entries, .. } => {
                let spilled = if entries.spilled() { entries.capacity() } else { 0 };
                2 * size_of::<usize>() + size_of::<Many>() + spilled * size_of::<Entry>()
            }
        }
    }

    fn replace(&mut self, at: usize, entry: Entry) {
        match self {
            Self::Few { entries, .. } => put(entries, at, entry),
            Self::Many { documents, entries } => {
                let before = entries.get(at).map_or(0, |entry| entry.documents());
                *documents = *documents + entry.documents() - before;
                put(Arc::make_mut(entries).as_mut_slice(), at, entry);
            }
        }
    }

    fn insert(&mut self, at: usize, entry: Entry) {
        match self {
            Self::Few { len, entries } if usize::from(*len) < FEW => {
                entries.copy_within(at..FEW - 1, at + 1);
                put(entries, at, entry);
                *len += 1;
            }
            Self::Few { .. } => {
                let mut all: SmallVec<[Entry; FEW + 1]> = SmallVec::from_slice(self.entries());
                all.insert(at, entry);
                *self = Self::new(&all);
            }
            Self::Many { documents, entries } => {
                *documents += entry.documents();
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
            Self::Many { documents, entries } => {
                let entries = Arc::make_mut(entries);
                *documents -= entries.remove(at).documents();
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

/// Returns the place of the entry for a chunk, or the place where it belongs.
fn place_of(entries: &[Entry], chunk: u32, label: impl Fn(u32) -> u64) -> Result<usize, usize> {
    // Documents are often inserted in ascending order, and then the chunk is the last one.
    let Some(last) = entries.last() else { return Err(0) };
    if last.chunk() == chunk {
        return Ok(entries.len() - 1);
    }
    let wanted = label(chunk);
    if label(last.chunk()) < wanted {
        return Err(entries.len());
    }
    entries.binary_search_by_key(&wanted, |entry| label(entry.chunk()))
}

fn put(entries: &mut [Entry], at: usize, entry: Entry) {
    if let Some(place) = entries.get_mut(at) {
        *place = entry;
    }
}

//! The documents of an index in the order of their keys: [`Order`].
//!
//! The documents are in chunks of at most 128, and the chunks are in nodes. A chunk has a number that
//! stays the same while the order around it changes, and a label that gives its place in the order. A run
//! can therefore name chunks by their numbers.

mod change;
mod label;
#[cfg(test)]
mod tests;

pub(super) use change::Moved;

use std::cmp::Ordering;
use std::sync::Arc;

use super::pages::Pages;
use super::run::MAX_CHUNKS;

/// The documents in ascending order of their keys, each with the number of its list.
///
/// A clone takes constant time and shares all documents. A change copies the chunks and nodes that it
/// changes, if a clone shares them.
pub(super) struct Order<K> {
    /// The chunks by their numbers. A number that is free has no chunk.
    slots: Pages<Slot<K>>,
    /// The numbers that are free.
    free: Arc<Vec<u32>>,
    /// The chunks in order.
    nodes: Arc<Nodes<K>>,
    len: usize,
    sizes: Sizes,
}

/// The largest number of documents in a chunk: 128.
pub(super) const MAX_CHUNK_LEN: usize = 128;

/// The largest number of documents in a chunk, and of chunks in a node.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub(super) chunk: usize,
    pub(super) node: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { chunk: MAX_CHUNK_LEN, node: 128 }
    }
}

/// Documents in ascending order.
#[derive(Clone)]
pub(super) struct Chunk<K> {
    keys: Vec<K>,
    lists: Vec<u32>,
}

struct Slot<K> {
    /// Labels ascend in the order of the chunks.
    label: u64,
    chunk: Option<Arc<Chunk<K>>>,
}

/// Nodes in order, each with a lower bound of its keys. The bound of the first one is never used.
struct Nodes<K> {
    bounds: Vec<K>,
    nodes: Vec<Arc<Node<K>>>,
}

/// Chunks in order, each with a lower bound of its keys. The bound of the first one is never used.
#[derive(Clone)]
struct Node<K> {
    bounds: Vec<K>,
    chunks: Vec<u32>,
}

/// The place of a chunk in the order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place {
    node: usize,
    at: usize,
}

/// The place of a document, or the place where it would be inserted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) place: Place,
    pub(super) chunk: u32,
    /// The position in the chunk, or the position where the document belongs.
    pub(super) at: Result<usize, usize>,
}

impl<K> Clone for Order<K> {
    fn clone(&self) -> Self {
        let Self { slots, free, nodes, len, sizes } = self;
        let (slots, free, nodes) = (slots.clone(), Arc::clone(free), Arc::clone(nodes));
        Self { slots, free, nodes, len: *len, sizes: *sizes }
    }
}

impl<K> Clone for Slot<K> {
    fn clone(&self) -> Self {
        Self { label: self.label, chunk: self.chunk.clone() }
    }
}

impl<K> Default for Slot<K> {
    fn default() -> Self {
        Self { label: 0, chunk: None }
    }
}

impl<K: Clone> Clone for Nodes<K> {
    fn clone(&self) -> Self {
        Self { bounds: self.bounds.clone(), nodes: self.nodes.clone() }
    }
}

impl<K> Chunk<K> {
    pub(super) fn keys(&self) -> &[K] {
        &self.keys
    }

    pub(super) fn lists(&self) -> &[u32] {
        &self.lists
    }

    /// Returns the bytes on the heap.
    fn memory(&self) -> usize {
        2 * size_of::<usize>()
            + size_of::<Self>()
            + self.keys.capacity() * size_of::<K>()
            + self.lists.capacity() * size_of::<u32>()
    }
}

impl<K> Order<K> {
    pub(super) fn new(sizes: Sizes) -> Self {
        let nodes = Nodes { bounds: Vec::new(), nodes: Vec::new() };
        Self {
            slots: Pages::default(),
            free: Arc::default(),
            nodes: Arc::new(nodes),
            len: 0,
            sizes,
        }
    }

    /// Returns the number of documents.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn sizes(&self) -> Sizes {
        self.sizes
    }

    /// Returns a chunk by its number.
    #[inline]
    pub(super) fn chunk(&self, number: u32) -> Option<&Chunk<K>> {
        self.slots.get(number as usize)?.chunk.as_deref()
    }

    /// Returns the label of a chunk.
    #[inline]
    pub(super) fn label(&self, number: u32) -> u64 {
        self.slots.get(number as usize).map_or(0, |slot| slot.label)
    }

    /// Returns the number of chunks.
    pub(super) fn chunks(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Returns `true` if nearly all chunk numbers are taken. Fuller chunks then need fewer numbers.
    pub(super) fn is_nearly_full(&self) -> bool {
        self.chunks() >= MAX_CHUNKS - 2
    }

    /// Returns `true` if most chunk numbers are free, so that numbering again gives memory back.
    pub(super) fn is_sparse(&self) -> bool {
        self.slots.len() > 4096 + 4 * self.chunks()
    }

    /// Returns the number of the chunk at a place.
    pub(super) fn number_at(&self, place: Place) -> Option<u32> {
        self.node(place.node)?.chunks.get(place.at).copied()
    }

    pub(super) fn first(&self) -> Option<Place> {
        (!self.nodes.nodes.is_empty()).then_some(Place { node: 0, at: 0 })
    }

    pub(super) fn last(&self) -> Option<Place> {
        let node = self.nodes.nodes.len().checked_sub(1)?;
        Some(Place { node, at: self.node(node)?.chunks.len().checked_sub(1)? })
    }

    /// Returns the place after a place.
    pub(super) fn next(&self, place: Place) -> Option<Place> {
        let Place { node, at } = place;
        let here = Place { node, at: at + 1 };
        let there = Place { node: node + 1, at: 0 };
        [here, there].into_iter().find(|place| self.number_at(*place).is_some())
    }

    /// Returns the place before a place.
    pub(super) fn previous(&self, place: Place) -> Option<Place> {
        let Place { node, at } = place;
        if let Some(at) = at.checked_sub(1) {
            return Some(Place { node, at });
        }
        let node = node.checked_sub(1)?;
        Some(Place { node, at: self.node(node)?.chunks.len().checked_sub(1)? })
    }

    /// Returns the chunks in order.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> {
        self.nodes.nodes.iter().flat_map(|node| node.chunks.iter().copied())
    }

    /// Returns the documents in ascending order, each with the number of its list.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, u32)> {
        self.numbers()
            .filter_map(|number| self.chunk(number))
            .flat_map(|chunk| chunk.keys.iter().zip(chunk.lists.iter().copied()))
    }

    /// Returns the bytes on the heap. Counts a part that a clone shares as a whole.
    pub(super) fn memory(&self) -> usize {
        let chunks = self.numbers().filter_map(|number| self.chunk(number));
        let bound = size_of::<K>();
        let nodes = self.nodes.nodes.iter().map(|node| {
            2 * size_of::<usize>()
                + size_of::<Node<K>>()
                + node.bounds.capacity() * bound
                + node.chunks.capacity() * size_of::<u32>()
        });
        self.slots.memory()
            + self.free.capacity() * size_of::<u32>()
            + self.nodes.bounds.capacity() * bound
            + self.nodes.nodes.capacity() * size_of::<usize>()
            + nodes.sum::<usize>()
            + chunks.map(Chunk::memory).sum::<usize>()
    }

    fn node(&self, at: usize) -> Option<&Node<K>> {
        self.nodes.nodes.get(at).map(|node| &**node)
    }
}

impl<K: Ord> Order<K> {
    /// Finds a document. Returns `None` if there are no documents at all.
    ///
    /// Calls `Ord::cmp` and no other comparison of `K`, as ordered maps do. A host may order its keys by a
    /// part of them, while `PartialEq` compares the whole.
    pub(super) fn find(&self, key: &K) -> Option<Found> {
        let node = last_not_above(&self.nodes.bounds, key);
        let inner = self.node(node)?;
        let at = last_not_above(&inner.bounds, key);
        let place = Place { node, at };
        let chunk = *inner.chunks.get(at)?;
        let keys = &self.chunk(chunk)?.keys;
        let at = count(keys, |other| other.cmp(key).is_lt());
        let same = keys.get(at).is_some_and(|other| other.cmp(key).is_eq());
        Some(Found { place, chunk, at: if same { Ok(at) } else { Err(at) } })
    }

    /// Returns the number of a document's list.
    pub(super) fn list_of(&self, key: &K) -> Option<u32> {
        let found = self.find(key)?;
        self.chunk(found.chunk)?.lists.get(found.at.ok()?).copied()
    }

    /// Compares the keys of each chunk and the bounds. Only for checks of the invariants.
    pub(super) fn is_sorted(&self) -> bool {
        let keys =
            self.iter().is_sorted_by(|(one, _), (other, _)| one.cmp(other) == Ordering::Less);
        keys && self.iter().all(|(key, list)| self.list_of(key) == Some(list))
    }
}

/// Returns the position of the last bound that is not greater than `key`, or 0.
fn last_not_above<K: Ord>(bounds: &[K], key: &K) -> usize {
    count(bounds.get(1..).unwrap_or_default(), |bound| bound.cmp(key).is_le())
}

/// The number of keys in a block: 16. Blocks of `u64` have two cache lines.
const BLOCK: usize = 16;

/// Returns the number of keys for which `is_before` is true: those before some position.
///
/// Compares the last key of each block first. The keys of a chunk are usually not in the cache, and these
/// loads do not wait for each other. A binary search would wait for the cache line of each step.
fn count<K>(keys: &[K], is_before: impl Fn(&K) -> bool) -> usize {
    if keys.len() > MAX_CHUNK_LEN {
        return keys.partition_point(is_before);
    }
    let lasts = keys.iter().skip(BLOCK - 1).step_by(BLOCK);
    let start = BLOCK * lasts.map(|key| usize::from(is_before(key))).sum::<usize>();
    let block = keys.get(start..).unwrap_or_default();
    let block = block.get(..BLOCK).unwrap_or(block);
    start + block.partition_point(is_before)
}

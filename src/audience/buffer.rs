//! The memory of an event: [`Buffer`].

use std::fmt;

use super::id_set::IdSet;
use crate::bitset::BitSet;

/// The memory that finding receivers needs, and the receivers that were found. A host keeps it, so that an event
/// allocates nothing.
///
/// A buffer takes a few bytes for each receiver, or up to six bits for each connection. It can be used with any
/// audience. Each thread has its own.
#[derive(Default)]
pub struct Buffer {
    /// The roles that may read the document before and after the change.
    pub(super) readers: [IdSet; 2],
    /// The channels for each transition.
    pub(super) channels: [IdSet; 3],
    /// The connections with the roles, if they are many.
    pub(super) sides: [BitSet<Vec<u64>>; 2],
    /// Slots in the upper 30 bits, and the sides on which the connection may read in the lower two.
    pub(super) candidates: Vec<u32>,
    /// The receivers for each transition.
    pub(super) found: [Found; 3],
    /// For tests: the method of each search.
    pub(super) forced: Option<Method>,
}

/// A method to find receivers. `search.rs` describes them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Method {
    LookUpReaders,
    LookUpListeners,
    Combine,
}

/// The slots of some receivers.
#[derive(Default)]
pub(super) struct Found {
    /// The slots, or nothing if they are in `bits`.
    pub(super) slots: Vec<u32>,
    /// The slots, or nothing if they are in `slots`.
    pub(super) bits: BitSet<Vec<u64>>,
    /// The number of slots.
    pub(super) count: usize,
}

impl Found {
    pub(super) const fn new() -> Self {
        Self { slots: Vec::new(), bits: BitSet::new(), count: 0 }
    }
}

impl Buffer {
    /// Creates an empty buffer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// For tests: creates buffers that force each method of a search. Small audiences then use all of them.
    #[doc(hidden)]
    #[must_use]
    pub fn internal_forced() -> [Self; 3] {
        [Method::LookUpReaders, Method::LookUpListeners, Method::Combine]
            .map(|method| Self { forced: Some(method), ..Self::default() })
    }

    /// Returns the bytes on the heap.
    #[must_use]
    pub fn memory(&self) -> usize {
        let sets = self.readers.iter().chain(&self.channels).map(IdSet::memory);
        let sides = self.sides.iter().chain(self.found.iter().map(|found| &found.bits));
        let slots = self.found.iter().map(|found| &found.slots).chain([&self.candidates]);
        sets.sum::<usize>()
            + sides.map(BitSet::memory).sum::<usize>()
            + slots.map(|slots| slots.capacity() * size_of::<u32>()).sum::<usize>()
    }

    pub(super) fn clear(&mut self) {
        self.readers.iter_mut().chain(&mut self.channels).for_each(IdSet::clear);
        self.candidates.clear();
        for found in &mut self.found {
            found.slots.clear();
            found.bits.reset(0);
            found.count = 0;
        }
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffer").field("memory", &self.memory()).finish_non_exhaustive()
    }
}

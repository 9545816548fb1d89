//! The slots of many connections, in blocks: [`Blocks`].
//!
//! A block stands for 4,096 neighbouring slots. It has up to 256 slots as sorted offsets of two bytes, and more
//! as a bitmap of 512 bytes. To add or remove a slot therefore moves at most 512 bytes. A sorted `Vec` of the
//! slots of 30,000 connections would move 60 KB on average, which takes microseconds.

use crate::bitset::BitSet;
use crate::invariant::{Validity, holds};
use crate::packed::to_u32;

/// The number of slots in a block: 4,096.
pub(super) const BLOCK: u32 = 4096;
const WORDS: usize = BLOCK as usize / 64;

/// The largest number of slots that a block stores as offsets. Their 512 bytes are those of a bitmap.
const MOST_OFFSETS: usize = 256;
/// The number of slots below which a bitmap becomes offsets again. It is lower than `MOST_OFFSETS`, so that one
/// connection that comes and goes does not convert the block each time.
const FEWEST_BITS: u16 = 128;

#[derive(Default)]
pub(super) struct Blocks {
    blocks: Vec<Block>,
    len: usize,
}

enum Block {
    Offsets(Vec<u16>),
    Bits { bits: Box<BitSet<[u64; WORDS]>>, count: u16 },
}

impl Blocks {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Returns the number of blocks up to the last slot.
    pub(super) fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// Adds a slot. Returns `true` if it is new.
    pub(super) fn insert(&mut self, slot: u32) -> bool {
        let number = (slot / BLOCK) as usize;
        if self.blocks.len() <= number {
            self.blocks.resize_with(number + 1, || Block::Offsets(Vec::new()));
        }
        let Some(block) = self.blocks.get_mut(number) else { return false };
        let is_new = block.insert(offset(slot));
        self.len += usize::from(is_new);
        is_new
    }

    /// Removes a slot. Returns `true` if it was there.
    pub(super) fn remove(&mut self, slot: u32) -> bool {
        let Some(block) = self.blocks.get_mut((slot / BLOCK) as usize) else { return false };
        let was_there = block.remove(offset(slot));
        self.len -= usize::from(was_there);
        while self.blocks.last().is_some_and(|last| last.len() == 0) {
            self.blocks.pop();
        }
        if self.blocks.capacity() / 4 > self.blocks.len() {
            self.blocks.shrink_to_fit();
        }
        was_there
    }

    /// Returns every slot in ascending order.
    pub(super) fn to_slots(&self) -> Vec<u32> {
        let mut slots = Vec::with_capacity(self.len);
        self.for_each(|slot| slots.push(slot));
        slots
    }

    /// Calls `each` with every slot in ascending order.
    #[inline]
    pub(super) fn for_each(&self, mut each: impl FnMut(u32)) {
        for (number, block) in (0..).zip(&self.blocks) {
            let first = number * BLOCK;
            match block {
                Block::Offsets(offsets) => {
                    for &offset in offsets {
                        each(first + u32::from(offset));
                    }
                }
                Block::Bits { bits, .. } => {
                    bits.iter().for_each(|offset| each(first + to_u32(offset)));
                }
            }
        }
    }

    /// Adds the slots to a set that has room for them.
    pub(super) fn add_to(&self, set: &mut BitSet<Vec<u64>>) {
        for (number, block) in self.blocks.iter().enumerate() {
            match block {
                Block::Offsets(offsets) => {
                    let first = number * BLOCK as usize;
                    for &offset in offsets {
                        set.insert(first + usize::from(offset));
                    }
                }
                Block::Bits { bits, .. } => {
                    set.union_at(number * WORDS, bits.words());
                }
            }
        }
    }

    /// Returns the bytes on the heap.
    pub(super) fn memory(&self) -> usize {
        self.blocks.capacity() * size_of::<Block>()
            + self.blocks.iter().map(Block::memory).sum::<usize>()
    }

    pub(super) fn internal_validate(&self) -> Validity {
        let len: usize = self.blocks.iter().map(Block::len).sum();
        holds(len == self.len, "the number of slots of blocks is wrong")?;
        holds(self.blocks.last().is_none_or(|last| last.len() > 0), "the last block is empty")?;
        self.blocks.iter().try_for_each(Block::internal_validate)
    }
}

/// Returns the offset of a slot in its block.
fn offset(slot: u32) -> u16 {
    // The remainder is below 4,096.
    u16::try_from(slot % BLOCK).unwrap_or_default()
}

impl Block {
    fn len(&self) -> usize {
        match self {
            Self::Offsets(offsets) => offsets.len(),
            Self::Bits { count, .. } => usize::from(*count),
        }
    }

    fn insert(&mut self, offset: u16) -> bool {
        match self {
            Self::Offsets(offsets) => {
                let at = match offsets.last() {
                    Some(last) if *last >= offset => match offsets.binary_search(&offset) {
                        Ok(_) => return false,
                        Err(at) => at,
                    },
                    _ => offsets.len(),
                };
                if offsets.len() < MOST_OFFSETS {
                    offsets.insert(at, offset);
                    return true;
                }
                let mut bits = Box::new(BitSet::empty());
                for offset in offsets.iter().chain([&offset]) {
                    bits.insert(usize::from(*offset));
                }
                let count = u16::try_from(offsets.len() + 1).unwrap_or(u16::MAX);
                *self = Self::Bits { bits, count };
                true
            }
            Self::Bits { bits, count } => {
                let is_new = bits.insert(usize::from(offset));
                *count += u16::from(is_new);
                is_new
            }
        }
    }

    fn remove(&mut self, offset: u16) -> bool {
        match self {
            Self::Offsets(offsets) => {
                let Ok(at) = offsets.binary_search(&offset) else { return false };
                offsets.remove(at);
                if offsets.capacity() / 4 >= offsets.len() {
                    offsets.shrink_to(offsets.len() * 2);
                }
                true
            }
            Self::Bits { bits, count } => {
                let was_there = bits.remove(usize::from(offset));
                *count -= u16::from(was_there);
                if *count < FEWEST_BITS {
                    let offsets = bits.iter().map(|at| u16::try_from(at).unwrap_or(u16::MAX));
                    *self = Self::Offsets(offsets.collect());
                }
                was_there
            }
        }
    }

    fn memory(&self) -> usize {
        match self {
            Self::Offsets(offsets) => offsets.capacity() * size_of::<u16>(),
            Self::Bits { .. } => size_of::<BitSet<[u64; WORDS]>>(),
        }
    }

    fn internal_validate(&self) -> Validity {
        match self {
            Self::Offsets(offsets) => {
                let ascend = offsets.is_sorted_by(|earlier, later| earlier < later);
                holds(ascend, "a block's offsets are out of order")?;
                holds(offsets.len() <= MOST_OFFSETS, "a block has too many offsets")
            }
            Self::Bits { bits, count } => {
                holds(bits.count() == usize::from(*count), "the count of a block is wrong")?;
                holds(*count >= FEWEST_BITS, "a block has too few bits")
            }
        }
    }
}

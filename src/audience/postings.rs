//! The slots of the connections that have a role or a channel: [`Postings`].
//!
//! | connections | representation | bytes for each |
//! | --- | --- | --- |
//! | one | its slot, in place of the number of a `Postings` | 0 |
//! | up to 24, and eight for each block of 4,096 slots | sorted slots | 4, and what a `Vec` reserves |
//! | more | [`Blocks`] | 2 to 5, or one bit for each slot of the block |
//!
//! Most roles belong to one connection, such as `user:ann` and `member:m1`, so the entry of a name has the slot
//! itself. An offset in a block takes two bytes less than a slot. Eight connections that share a block save 16 bytes, and
//! the reserve of the `Vec`, which pays for the 24 bytes of the block.

use super::blocks::{BLOCK, Blocks};
use crate::bitset::BitSet;
use crate::invariant::{Validity, holds};

/// Returns the number of connections above which `blocks` blocks pay.
fn many(blocks: usize) -> usize {
    24 + 8 * blocks
}

/// Returns the number of connections below which slots pay again. It is half of the other number, so that one
/// connection that comes and goes does not convert the posting each time.
fn few(blocks: usize) -> usize {
    many(blocks) / 2
}

/// At least one slot. A posting of one slot is usually stored by its name.
pub(super) enum Postings {
    Slots(Vec<u32>),
    Blocks(Box<Blocks>),
}

impl Default for Postings {
    fn default() -> Self {
        Self::Slots(Vec::new())
    }
}

impl Postings {
    pub(super) fn of(slots: [u32; 2]) -> Self {
        let mut slots = slots.to_vec();
        slots.sort_unstable();
        Self::Slots(slots)
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Slots(slots) => slots.len(),
            Self::Blocks(blocks) => blocks.len(),
        }
    }

    /// Returns the only slot, or `None` if there are more.
    pub(super) fn only(&self) -> Option<u32> {
        match self {
            Self::Slots(slots) if slots.len() == 1 => slots.first().copied(),
            _ => None,
        }
    }

    /// Adds a slot, unless it is there already.
    pub(super) fn insert(&mut self, slot: u32) {
        match self {
            Self::Slots(slots) => {
                let at = match slots.last() {
                    Some(last) if *last >= slot => match slots.binary_search(&slot) {
                        Ok(_) => return,
                        Err(at) => at,
                    },
                    _ => slots.len(),
                };
                slots.insert(at, slot);
                let end = slots.last().copied().unwrap_or_default();
                if slots.len() > many(blocks_to(end)) {
                    let mut blocks = Box::<Blocks>::default();
                    for &slot in &*slots {
                        blocks.insert(slot);
                    }
                    *self = Self::Blocks(blocks);
                }
            }
            Self::Blocks(blocks) => {
                // A slot far behind the others adds the blocks between them.
                if blocks.insert(slot) && blocks.len() < few(blocks.blocks()) {
                    *self = Self::Slots(blocks.to_slots());
                }
            }
        }
    }

    /// Removes a slot, if it is there.
    pub(super) fn remove(&mut self, slot: u32) {
        match self {
            Self::Slots(slots) => {
                if let Ok(at) = slots.binary_search(&slot) {
                    slots.remove(at);
                    if slots.capacity() / 4 >= slots.len() {
                        slots.shrink_to(slots.len() * 2);
                    }
                }
            }
            Self::Blocks(blocks) => {
                if blocks.remove(slot) && blocks.len() < few(blocks.blocks()) {
                    *self = Self::Slots(blocks.to_slots());
                }
            }
        }
    }

    /// Calls `each` with every slot in ascending order.
    #[inline]
    pub(super) fn for_each(&self, each: impl FnMut(u32)) {
        match self {
            Self::Slots(slots) => slots.iter().copied().for_each(each),
            Self::Blocks(blocks) => blocks.for_each(each),
        }
    }

    /// Adds the slots to a set that has room for them.
    pub(super) fn add_to(&self, set: &mut BitSet<Vec<u64>>) {
        match self {
            Self::Slots(slots) => {
                for &slot in slots {
                    set.insert(slot as usize);
                }
            }
            Self::Blocks(blocks) => blocks.add_to(set),
        }
    }

    /// Returns the bytes on the heap.
    pub(super) fn memory(&self) -> usize {
        match self {
            Self::Slots(slots) => slots.capacity() * size_of::<u32>(),
            Self::Blocks(blocks) => size_of::<Blocks>() + blocks.memory(),
        }
    }

    pub(super) fn internal_validate(&self) -> Validity {
        holds(self.len() > 1, "a posting of one slot is not stored by its name")?;
        match self {
            Self::Slots(slots) => {
                let ascend = slots.is_sorted_by(|earlier, later| earlier < later);
                holds(ascend, "the slots of a posting are out of order")
            }
            Self::Blocks(blocks) => {
                holds(blocks.len() >= few(blocks.blocks()), "a posting has too many blocks")?;
                blocks.internal_validate()
            }
        }
    }
}

/// Returns the number of blocks up to a slot.
fn blocks_to(slot: u32) -> usize {
    (slot / BLOCK) as usize + 1
}

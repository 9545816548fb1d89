//! The lists that name a role: [`Postings`].
//!
//! Lists are numbered as they come, so that a role's postings come in ascending order. A posting is
//! four bytes, list and actions together; that is all for most roles, which few lists name, and
//! the first four stand in the entry itself. A role such as `any` can be named by nearly every list,
//! and reading a posting for each would make resolving cost what the table holds. So lists fall
//! into blocks of 4,096, and when a role's postings leave a block that they have filled so far
//! that bits are smaller, they become one bit map of 512 bytes for each action in it. A block is
//! made of bits only if that takes no more memory than its postings did: the whole stays linear in
//! the number of postings whatever comes.

use smallvec::SmallVec;

use crate::invariant::{Validity, holds};
use crate::permission::{Action, ActionSet};

/// The most lists that a posting can tell apart.
pub(super) const MAX_LISTS: u32 = 1 << 28;

/// Lists in a block.
const BLOCK: u32 = 4096;
const WORDS: usize = BLOCK as usize / 64;

/// A list in the upper 28 bits, the actions that it grants the role in the lower 4.
#[derive(Clone, Copy)]
struct Posting(u32);

impl Posting {
    fn new(list: u32, actions: ActionSet) -> Self {
        Self(list << 4 | u32::from(actions.bits()))
    }

    fn list(self) -> u32 {
        self.0 >> 4
    }

    fn grants(self, action: Action) -> bool {
        self.0 & action as u32 != 0
    }
}

/// The lists of one block that grant a role one action.
struct Bits {
    block: u32,
    action: Action,
    words: [u64; WORDS],
}

#[derive(Default)]
pub(super) struct Postings {
    /// Of the blocks that are not made of bits, the last block's among them; ascending.
    sparse: SmallVec<[Posting; 4]>,
    /// A box more, so that the many roles without bits pay 8 bytes for it and not 24.
    dense: Option<Box<Dense>>,
}

#[derive(Default)]
struct Dense {
    blocks: Vec<Bits>,
}

impl Postings {
    /// Adds a list, which comes behind all that are there.
    pub(super) fn push(&mut self, list: u32, actions: ActionSet) {
        if self.sparse.last().is_some_and(|last| last.list() / BLOCK != list / BLOCK) {
            self.seal();
        }
        self.sparse.push(Posting::new(list, actions));
    }

    /// Makes the last block one of bits, if that takes no more memory.
    fn seal(&mut self) {
        let Some(block) = self.sparse.last().map(|last| last.list() / BLOCK) else { return };
        let before = self.sparse.iter().rposition(|posting| posting.list() / BLOCK != block);
        let start = before.map_or(0, |before| before + 1);
        let postings = self.sparse.get(start..).unwrap_or_default();
        if size_of_val(postings) < bits_for(postings) {
            return;
        }
        let actions = actions_of(postings);
        let blocks = &mut self.dense.get_or_insert_default().blocks;
        for action in actions {
            let mut words = [0; WORDS];
            for posting in postings.iter().filter(|posting| posting.grants(action)) {
                set_bit(&mut words, posting.list() % BLOCK);
            }
            blocks.push(Bits { block, action, words });
        }
        self.sparse.truncate(start);
    }

    /// Sets the bit of every list that grants `action`.
    pub(super) fn mark(&self, action: Action, words: &mut [u64]) {
        for posting in self.sparse.iter().filter(|posting| posting.grants(action)) {
            set_bit(words, posting.list());
        }
        for bits in self.bits_of(action) {
            let start = bits.block as usize * WORDS;
            let target = words.get_mut(start..).unwrap_or_default();
            for (word, more) in target.iter_mut().zip(&bits.words) {
                *word |= more;
            }
        }
    }

    /// The lists that grant `action`, each once, in no particular order.
    pub(super) fn lists(&self, action: Action) -> impl Iterator<Item = u32> {
        let dense = self.bits_of(action).flat_map(|bits| {
            let first = bits.block * BLOCK;
            (0..BLOCK).filter(|&at| bit(&bits.words, at)).map(move |at| first + at)
        });
        let sparse = self.sparse.iter().filter(move |posting| posting.grants(action));
        dense.chain(sparse.map(|posting| posting.list()))
    }

    /// Each list is there once, in order, and blocks are made of bits where that is smaller and only
    /// there.
    pub(super) fn internal_validate(&self) -> Validity {
        let ascend = self.sparse.is_sorted_by(|earlier, later| earlier.list() < later.list());
        holds(ascend, "a role's postings are out of order")?;
        let granting = self.sparse.iter().all(|posting| posting.0 & 0xf != 0);
        holds(granting, "a posting grants nothing")?;
        let blocks = self.dense.as_ref().map_or(&[][..], |dense| &dense.blocks);
        holds(self.dense.is_none() || !blocks.is_empty(), "a box for blocks has none")?;
        let key = |bits: &Bits| (bits.block, bits.action as u8);
        let ascend = blocks.is_sorted_by(|earlier, later| key(earlier) < key(later));
        holds(ascend, "blocks are out of order")?;
        let set = blocks.iter().all(|bits| bits.words.iter().any(|&word| word != 0));
        holds(set, "a block has no bits")?;
        for block in blocks.chunk_by(|one, other| one.block == other.block) {
            let Some(first) = block.first() else { continue };
            let twice = self.sparse.iter().any(|posting| posting.list() / BLOCK == first.block);
            holds(!twice, "a block is kept both ways")?;
            let named = |at: &u32| block.iter().any(|bits| bit(&bits.words, *at));
            let postings = (0..BLOCK).filter(named).count() * size_of::<Posting>();
            holds(postings >= size_of_val(block), "a block's bits take more than its postings")?;
        }
        for block in self.sparse.chunk_by(|one, other| one.list() / BLOCK == other.list() / BLOCK) {
            let is_last = block.last().map(|last| last.0) == self.sparse.last().map(|last| last.0);
            let smaller = size_of_val(block) < bits_for(block);
            holds(is_last || smaller, "a block's postings take more than its bits")?;
        }
        Ok(())
    }

    fn bits_of(&self, action: Action) -> impl Iterator<Item = &Bits> {
        let blocks = self.dense.as_ref().map_or(&[][..], |dense| &dense.blocks);
        blocks.iter().filter(move |bits| bits.action == action)
    }

    /// Bytes on the heap.
    pub(super) fn memory(&self) -> usize {
        let sparse = if self.sparse.spilled() { self.sparse.capacity() } else { 0 };
        let dense = self
            .dense
            .as_ref()
            .map_or(0, |dense| size_of::<Dense>() + dense.blocks.capacity() * size_of::<Bits>());
        sparse * size_of::<Posting>() + dense
    }

    pub(super) fn shrink_to_fit(&mut self) {
        self.sparse.shrink_to_fit();
        if let Some(dense) = &mut self.dense {
            dense.blocks.shrink_to_fit();
        }
    }
}

/// The actions that a block's postings grant.
fn actions_of(postings: &[Posting]) -> ActionSet {
    let named = |&action: &Action| postings.iter().any(|posting| posting.grants(action));
    Action::ALL.into_iter().filter(named).collect()
}

/// The bytes that a block's postings would take as bits.
fn bits_for(postings: &[Posting]) -> usize {
    actions_of(postings).iter().count() * size_of::<Bits>()
}

fn set_bit(words: &mut [u64], at: u32) {
    if let Some(word) = words.get_mut(at as usize / 64) {
        *word |= 1 << (at % 64);
    }
}

fn bit(words: &[u64], at: u32) -> bool {
    words.get(at as usize / 64).is_some_and(|word| word >> (at % 64) & 1 != 0)
}

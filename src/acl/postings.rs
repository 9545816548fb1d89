//! The lists that name a role: [`Postings`].
//!
//! Lists are numbered in the order of their insertion, so the postings of a role arrive in ascending
//! order. A posting takes four bytes for the list and its actions. Most roles are named by few lists,
//! so the first four postings are stored in the entry itself.
//!
//! A role such as `any` can be in nearly every list. Reading a posting for each list would then make
//! resolving slow. Lists are therefore grouped into blocks of 4,096. A block is complete when a
//! posting begins the next block. Its postings then become one bitmap of 512 bytes for each action,
//! unless the bitmaps take more memory than the postings. Memory therefore stays linear in the number of
//! postings for any input.

use smallvec::SmallVec;

use crate::bitset::BitSet;
use crate::invariant::{Validity, holds};
use crate::packed::to_u32;
use crate::permission::{Action, ActionSet};

/// The largest number of lists that postings can number: 2^28.
pub(super) const MAX_LISTS: u32 = 1 << 28;

/// The number of lists in a block: 4,096.
const BLOCK: u32 = 4096;
const WORDS: usize = BLOCK as usize / 64;

/// A list in the upper 28 bits, and the actions that it grants the role in the lower 4.
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

/// The lists of one block that grant a role one action, as offsets in the block.
#[derive(Clone)]
struct Bitmap {
    block: u32,
    action: Action,
    lists: BitSet<[u64; WORDS]>,
}

#[derive(Clone, Default)]
pub(super) struct Postings {
    /// The postings of blocks without bitmaps, and of the last block, in ascending order.
    sparse: SmallVec<[Posting; 4]>,
    /// The bitmaps of the other blocks. A role without bitmaps needs 8 bytes for the empty box, where a
    /// `Vec` would need 24.
    dense: Option<Box<Dense>>,
}

#[derive(Clone, Default)]
struct Dense {
    bitmaps: Vec<Bitmap>,
}

impl Postings {
    /// Adds a list whose number is greater than all numbers so far.
    pub(super) fn push(&mut self, list: u32, actions: ActionSet) {
        if self.sparse.last().is_some_and(|last| last.list() / BLOCK != list / BLOCK) {
            self.seal();
        }
        self.sparse.push(Posting::new(list, actions));
    }

    /// Replaces the postings of the last block by bitmaps, unless the postings take less memory.
    fn seal(&mut self) {
        let Some(block) = self.sparse.last().map(|last| last.list() / BLOCK) else { return };
        let before = self.sparse.iter().rposition(|posting| posting.list() / BLOCK != block);
        let start = before.map_or(0, |before| before + 1);
        let postings = self.sparse.get(start..).unwrap_or_default();
        if size_of_val(postings) < bitmap_bytes(postings) {
            return;
        }
        let actions = actions_of(postings);
        let bitmaps = &mut self.dense.get_or_insert_default().bitmaps;
        for action in actions.iter() {
            let mut lists = BitSet::empty();
            for posting in postings.iter().filter(|posting| posting.grants(action)) {
                lists.insert((posting.list() % BLOCK) as usize);
            }
            bitmaps.push(Bitmap { block, action, lists });
        }
        self.sparse.truncate(start);
    }

    /// Sets the bit in `lists` of every list that grants `action`. Returns the number of bits that were
    /// not set before.
    pub(super) fn set_bits_for(&self, action: Action, lists: &mut BitSet<Vec<u64>>) -> usize {
        let granting = self.sparse.iter().filter(|posting| posting.grants(action));
        let sparse: usize =
            granting.map(|posting| usize::from(lists.insert(posting.list() as usize))).sum();
        let bitmaps = self.bitmaps_of(action);
        let dense: usize = bitmaps
            .map(|bitmap| lists.union_at(bitmap.block as usize * WORDS, bitmap.lists.words()))
            .sum();
        sparse + dense
    }

    /// Returns an upper bound of the number of lists that grant `action`, or `None` if the bound is
    /// greater than `most`.
    ///
    /// Postings outside bitmaps count for every action. Stops counting bitmaps after `most`.
    pub(super) fn count_up_to(&self, action: Action, most: usize) -> Option<usize> {
        let within = |count: usize| (count <= most).then_some(count);
        let sparse = within(self.sparse.len())?;
        self.bitmaps_of(action).try_fold(sparse, |sum, bitmap| within(sum + bitmap.lists.count()))
    }

    /// Returns the lists that grant `action`, each once, in no particular order.
    pub(super) fn lists(&self, action: Action) -> impl Iterator<Item = u32> {
        let dense = self.bitmaps_of(action).flat_map(|bitmap| {
            let first = bitmap.block * BLOCK;
            bitmap.lists.iter().map(move |at| first + to_u32(at))
        });
        let sparse = self.sparse.iter().filter(move |posting| posting.grants(action));
        dense.chain(sparse.map(|posting| posting.list()))
    }

    fn bitmaps(&self) -> &[Bitmap] {
        self.dense.as_ref().map_or(&[], |dense| &dense.bitmaps)
    }

    fn bitmaps_of(&self, action: Action) -> impl Iterator<Item = &Bitmap> {
        self.bitmaps().iter().filter(move |bitmap| bitmap.action == action)
    }

    /// Returns the bytes on the heap.
    pub(super) fn memory(&self) -> usize {
        let sparse = if self.sparse.spilled() { self.sparse.capacity() } else { 0 };
        let dense = self
            .dense
            .as_ref()
            .map_or(0, |dense| size_of::<Dense>() + dense.bitmaps.capacity() * size_of::<Bitmap>());
        sparse * size_of::<Posting>() + dense
    }

    pub(super) fn shrink_to_fit(&mut self) {
        self.sparse.shrink_to_fit();
        if let Some(dense) = &mut self.dense {
            dense.bitmaps.shrink_to_fit();
        }
    }

    /// Checks that each list is stored once and in order. Checks that a block has bitmaps unless they
    /// are larger than its postings.
    pub(super) fn internal_validate(&self) -> Validity {
        let ascend = self.sparse.is_sorted_by(|earlier, later| earlier.list() < later.list());
        holds(ascend, "a role's postings are out of order")?;
        let granting = self.sparse.iter().all(|posting| posting.0 & 0xf != 0);
        holds(granting, "a posting grants nothing")?;
        let bitmaps = self.bitmaps();
        holds(self.dense.is_none() || !bitmaps.is_empty(), "a box for bitmaps is empty")?;
        let key = |bitmap: &Bitmap| (bitmap.block, bitmap.action as u8);
        let ascend = bitmaps.is_sorted_by(|earlier, later| key(earlier) < key(later));
        holds(ascend, "bitmaps are out of order")?;
        let set = bitmaps.iter().all(|bitmap| !bitmap.lists.is_empty());
        holds(set, "a bitmap is empty")?;
        for block in bitmaps.chunk_by(|one, other| one.block == other.block) {
            let Some(first) = block.first() else { continue };
            let twice = self.sparse.iter().any(|posting| posting.list() / BLOCK == first.block);
            holds(!twice, "a block has postings and bitmaps")?;
            let named = |at: &usize| block.iter().any(|bitmap| bitmap.lists.contains(*at));
            let postings = (0..BLOCK as usize).filter(named).count() * size_of::<Posting>();
            holds(
                postings >= size_of_val(block),
                "a block's bitmaps are larger than its postings",
            )?;
        }
        for block in self.sparse.chunk_by(|one, other| one.list() / BLOCK == other.list() / BLOCK) {
            let is_last = block.last().map(|last| last.0) == self.sparse.last().map(|last| last.0);
            let smaller = size_of_val(block) < bitmap_bytes(block);
            holds(is_last || smaller, "a block's postings are larger than its bitmaps")?;
        }
        Ok(())
    }
}

/// Returns the actions that a block's postings grant.
fn actions_of(postings: &[Posting]) -> ActionSet {
    let named = |&action: &Action| postings.iter().any(|posting| posting.grants(action));
    Action::ALL.into_iter().filter(named).collect()
}

/// Returns the bytes that a block's postings would take as bitmaps.
fn bitmap_bytes(postings: &[Posting]) -> usize {
    actions_of(postings).iter().count() * size_of::<Bitmap>()
}

//! Few visible lists, as numbers in ascending order: [`Numbers`].
//!
//! Bits cost time and memory in proportion to the table. Numbers cost only what the roles reach. The
//! table shows the times in a table of 5.1 million lists. Resolving with bits includes counting them,
//! and iterating reads every word.
//!
//! | visible lists | sort numbers | set bits | iterate numbers | iterate bits | find a number |
//! | --- | --- | --- | --- | --- | --- |
//! | 500 | 3 µs | 17 µs | 0.2 µs | 38 µs | 11 ns |
//! | 7,300 | 36 µs | 27 µs | 3 µs | 119 µs | 18 ns |
//! | 20,000 | 110 µs | 48 µs | 8 µs | 294 µs | 29 ns |
//! | 50,000 | 272 µs | 100 µs | 20 µs | 572 µs | 31 ns |

use std::sync::OnceLock;

use super::BYTES_FROM;
use crate::acl::{AclColumn, Indices};
use crate::bitset::BitSet;
use crate::evaluate::kernel;
use crate::invariant::{Validity, holds};

/// The number of lists up to which a table always gets bits: 65,536. The bits take at most 8 KiB.
const BITS_UP_TO: usize = 1 << 16;

/// The number of lists of a larger table for each list that may be stored as a number: 128. Numbers
/// then take at most a quarter of the memory of bits. With one iteration over the result, numbers are
/// always faster. Filtering many documents and looking up single lists is faster with bits.
const LISTS_FOR_EACH: usize = 128;

/// The number of bits that are set in the time of one binary search: 16.
const BITS_FOR_EACH_SEARCH: usize = 16;

/// A set of at least two lists, as numbers.
#[derive(Clone)]
pub(super) struct Numbers {
    /// The numbers in ascending order, without repetitions.
    lists: Box<[u32]>,
    /// One bit for each list up to the last visible one, for large columns of four-byte numbers. The bits
    /// are created at the first such filtering.
    bits: OnceLock<BitSet<Box<[u64]>>>,
    /// One byte for each of the first 65,536 lists, for large columns of two-byte numbers. The bytes are
    /// created at the first such filtering.
    bytes: OnceLock<Box<[u8]>>,
}

impl Numbers {
    /// Returns the number of visible lists up to which numbers are used, for a table of `len` lists.
    pub(super) fn most_of(len: usize) -> usize {
        if len <= BITS_UP_TO { 0 } else { len / LISTS_FOR_EACH }
    }

    /// Takes numbers in ascending order, without repetitions.
    pub(super) fn new(lists: Vec<u32>) -> Self {
        Self { lists: lists.into(), bits: OnceLock::new(), bytes: OnceLock::new() }
    }

    /// Returns the numbers in ascending order.
    pub(super) fn as_slice(&self) -> &[u32] {
        &self.lists
    }

    /// Returns `true` if [`contains`](Self::contains) takes constant time.
    pub(super) fn is_dense(&self) -> bool {
        self.bits.get().is_some()
    }

    #[inline]
    pub(super) fn contains(&self, list: u32) -> bool {
        match self.bits.get() {
            Some(bits) => bits.contains(list as usize),
            None => self.lists.binary_search(&list).is_ok(),
        }
    }

    pub(super) fn select(&self, column: &Indices, out: &mut [u64]) {
        match column {
            Indices::U8(column) => {
                let bits = bits_of::<4>(self.below(1 << 8));
                kernel::select_bytes(column, bits.words(), out);
            }
            Indices::U16(column) => self.select_shorts(column, out),
            Indices::U32(column) => {
                let words = self.last() as usize / 64;
                if pays(column.len(), words, self.lists.len()) {
                    kernel::select(column, self.bits().words(), out);
                } else {
                    kernel::select_listed(column, &self.lists, out);
                }
            }
        }
    }

    /// Selects from few documents. Takes a binary search for each one, unless there are bits.
    pub(super) fn select_from(&self, column: &[u32], out: &mut [u64]) {
        match self.bits.get() {
            Some(bits) => kernel::select(column, bits.words(), out),
            None => kernel::select_listed(column, &self.lists, out),
        }
    }

    fn select_shorts(&self, column: &[u16], out: &mut [u64]) {
        const WORDS: usize = kernel::SHORT_NUMBERS / 64;
        let lists = self.below(1 << 16);
        let bytes = if column.len() < BYTES_FROM { None } else { self.bytes(lists).first_chunk() };
        if let Some(bytes) = bytes {
            kernel::select_from_table::<u16, { kernel::SHORT_NUMBERS }>(column, bytes, out);
        } else if pays(column.len(), WORDS, lists.len()) {
            kernel::select(column, bits_of::<WORDS>(lists).words(), out);
        } else {
            kernel::select_listed(column, lists, out);
        }
    }

    /// Returns the numbers below `end`.
    fn below(&self, end: u32) -> &[u32] {
        let len = self.lists.partition_point(|&list| list < end);
        self.lists.get(..len).unwrap_or_default()
    }

    fn last(&self) -> u32 {
        self.lists.last().copied().unwrap_or_default()
    }

    fn bits(&self) -> &BitSet<Box<[u64]>> {
        self.bits.get_or_init(|| {
            let mut bits = BitSet::with_room(self.last() as usize + 1);
            for &list in &self.lists {
                bits.insert(list as usize);
            }
            bits.into_boxed()
        })
    }

    /// Returns the bytes of the first 65,536 lists, of which `lists` are visible.
    fn bytes(&self, lists: &[u32]) -> &[u8] {
        self.bytes.get_or_init(|| {
            let mut bytes = vec![0; kernel::SHORT_NUMBERS];
            for &list in lists {
                if let Some(byte) = bytes.get_mut(list as usize) {
                    *byte = 1;
                }
            }
            bytes.into()
        })
    }

    pub(super) fn internal_validate(&self) -> Validity {
        let lists = &self.lists;
        holds(lists.len() > 1, "fewer than two lists have numbers")?;
        let ascend = lists.is_sorted_by(|earlier, later| earlier < later);
        holds(ascend, "the numbers are out of order")?;
        holds(self.last() < AclColumn::FOREIGN, "a list has the number of no list")?;
        if let Some(bits) = self.bits.get() {
            let listed = lists.iter().map(|&list| list as usize);
            holds(bits.iter().eq(listed), "the bits differ from the numbers")?;
        }
        let Some(bytes) = self.bytes.get() else { return Ok(()) };
        holds(bytes.len() == kernel::SHORT_NUMBERS, "a number has no byte")?;
        let set = (0_u32..).zip(bytes).filter(|(_, byte)| **byte != 0).map(|(list, _)| list);
        let listed = lists.iter().copied().take_while(|&list| (list as usize) < bytes.len());
        holds(set.eq(listed), "the bytes differ from the numbers")?;
        holds(bytes.iter().all(|&byte| byte <= 1), "a byte is neither 0 nor 1")
    }
}

/// Returns `true` if clearing `words` and setting the bits of `lists` numbers takes less time than a
/// binary search for each document.
fn pays(documents: usize, words: usize, lists: usize) -> bool {
    documents >= (words + lists) / BITS_FOR_EACH_SEARCH
}

/// Returns the bits of some numbers, which are less than `64 * N`.
fn bits_of<const N: usize>(lists: &[u32]) -> BitSet<[u64; N]> {
    let mut bits = BitSet::empty();
    for &list in lists {
        bits.insert(list as usize);
    }
    bits
}

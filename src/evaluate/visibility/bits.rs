//! Many visible lists, one bit for each list of the table: [`Bits`].

use std::sync::OnceLock;

use super::BYTES_FROM;
use crate::acl::Indices;
use crate::bitset::BitSet;
use crate::evaluate::kernel;
use crate::invariant::{Validity, holds};

/// A set of lists, one bit for each list of the table.
#[derive(Clone)]
pub(super) struct Bits {
    lists: BitSet<Box<[u64]>>,
    /// The number of lists in the set.
    count: usize,
    /// The first 65,536 bits as bytes, for large columns of two-byte numbers. A look-up of a byte takes
    /// half the time of a look-up of a bit. The bytes are created at the first such filtering.
    bytes: OnceLock<Box<[u8]>>,
}

impl Bits {
    pub(super) fn new(lists: BitSet<Vec<u64>>, count: usize) -> Self {
        Self { lists: lists.into_boxed(), count, bytes: OnceLock::new() }
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    #[inline]
    pub(super) fn contains(&self, list: u32) -> bool {
        self.lists.contains(list as usize)
    }

    /// Returns the lists in ascending order.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        self.lists.iter()
    }

    pub(super) fn select(&self, column: &Indices, out: &mut [u64]) {
        let words = self.lists.words();
        match column {
            Indices::U8(column) => kernel::select_bytes(column, words, out),
            Indices::U16(column) => self.select_shorts(column, out),
            Indices::U32(column) => self.select_from(column, out),
        }
    }

    pub(super) fn select_from(&self, column: &[u32], out: &mut [u64]) {
        kernel::select(column, self.lists.words(), out);
    }

    fn select_shorts(&self, column: &[u16], out: &mut [u64]) {
        let words = self.lists.words();
        if kernel::select_few_shorts(column, words, out) {
            return;
        }
        match self.bytes_for(column.len()) {
            Some(bytes) => kernel::select_from_table(column, bytes, out),
            None => kernel::select_shorts(column, words, out),
        }
    }

    /// Returns the bytes, if they pay for this number of documents.
    fn bytes_for(&self, documents: usize) -> Option<&[u8; kernel::SHORT_NUMBERS]> {
        if documents < BYTES_FROM {
            return None;
        }
        let bytes = self.bytes.get_or_init(|| {
            let mut bytes = vec![0; kernel::SHORT_NUMBERS];
            kernel::expand(self.lists.words(), &mut bytes);
            bytes.into()
        });
        bytes.first_chunk()
    }

    pub(super) fn internal_validate(&self) -> Validity {
        holds(self.count > 1, "fewer than two lists have bits")?;
        holds(self.lists.count() == self.count, "the number of bits is wrong")?;
        let Some(bytes) = self.bytes.get() else { return Ok(()) };
        holds(bytes.len() == kernel::SHORT_NUMBERS, "a number has no byte")?;
        let agree = |(list, &byte): (usize, &u8)| byte == u8::from(self.lists.contains(list));
        holds(bytes.iter().enumerate().all(agree), "a byte differs from its bit")
    }
}

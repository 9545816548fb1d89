//! The selected documents of a batch: [`Selection`].

use std::fmt;
use std::iter::FusedIterator;

use crate::bitset::{BitSet, WORD_BITS};
use crate::invariant::holds;

/// The documents of a batch that a filter selected, one bit for each document.
///
/// [`Visibility::filter`](crate::Visibility::filter) creates it. Positions are those of the column. A
/// batch of `n` documents takes `n / 8` bytes. Counting and combining read 64 documents at a time.
///
/// ```
/// use rolegate::Selection;
///
/// let mut visible: Selection = [true, false, true].into_iter().collect();
/// assert_eq!((visible.batch_len(), visible.count()), (3, 2));
/// assert!(visible.contains(2));
/// assert_eq!(visible.iter().collect::<Vec<_>>(), [0, 2]);
/// visible.invert();
/// assert_eq!(visible.iter().collect::<Vec<_>>(), [1]);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Selection {
    /// One bit for each document of the batch. The bits after `batch_len` are 0.
    bits: BitSet<Vec<u64>>,
    batch_len: usize,
}

impl Selection {
    /// Creates a selection for a batch without documents.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the number of documents in the batch, selected or not.
    #[must_use]
    pub fn batch_len(&self) -> usize {
        self.batch_len
    }

    /// Returns `true` if no document is selected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bits.is_empty()
    }

    /// Returns the number of selected documents. Reads `n / 8` bytes.
    #[must_use]
    pub fn count(&self) -> usize {
        self.bits.count()
    }

    /// Returns `true` if the document at `position` is selected, and `false` beyond the end.
    #[must_use]
    pub fn contains(&self, position: usize) -> bool {
        self.bits.contains(position)
    }

    /// Returns the positions of the selected documents, ascending.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = usize> + FusedIterator + Clone {
        self.bits.iter()
    }

    /// Returns the selected documents of `documents`, which the host stores in the order of the column.
    ///
    /// ```
    /// use rolegate::Selection;
    ///
    /// let visible: Selection = [true, false, true].into_iter().collect();
    /// assert_eq!(visible.of(&["Kevin", "Laura", "Bob"]).collect::<Vec<_>>(), [&"Kevin", &"Bob"]);
    /// ```
    pub fn of<'d, D>(&self, documents: &'d [D]) -> impl Iterator<Item = &'d D> {
        self.iter().filter_map(|position| documents.get(position))
    }

    /// Keeps the documents that `other` selects too. A document beyond the batch of `other` is not
    /// selected.
    pub fn intersect(&mut self, other: &Self) {
        let others = other.bits.words().iter().copied().chain(std::iter::repeat(0));
        self.bits.words_mut().iter_mut().zip(others).for_each(|(word, other)| *word &= other);
    }

    /// Adds the documents that `other` selects. Ignores documents beyond this batch.
    pub fn union(&mut self, other: &Self) {
        self.bits.union_at(0, other.bits.words());
        self.bits.trim(self.batch_len);
    }

    /// Selects the documents that were not selected, and no others.
    pub fn invert(&mut self) {
        self.bits.words_mut().iter_mut().for_each(|word| *word = !*word);
        self.bits.trim(self.batch_len);
    }

    /// For tests: checks the invariants of the representation.
    ///
    /// # Errors
    ///
    /// The first invariant that is broken.
    #[doc(hidden)]
    pub fn internal_validate(&self) -> Result<(), &'static str> {
        let words = self.bits.words().len();
        holds(words == self.batch_len.div_ceil(WORD_BITS), "too many words, or too few")?;
        let last = self.bits.iter().last();
        holds(last < Some(self.batch_len), "a document after the end is selected")
    }

    /// Makes room for a batch of `len` documents, none of them selected, and returns the words.
    ///
    /// The caller does not set bits after `len`.
    pub(super) fn reset(&mut self, len: usize) -> &mut [u64] {
        self.batch_len = len;
        self.bits.reset(len);
        self.bits.words_mut()
    }

    /// Changes this to a batch of `len` documents, all of them selected.
    pub(super) fn reset_to_all(&mut self, len: usize) {
        self.reset(len).fill(u64::MAX);
        self.bits.trim(len);
    }
}

/// Creates a batch with one document for each item. The document is selected if the item is `true`.
impl FromIterator<bool> for Selection {
    fn from_iter<I: IntoIterator<Item = bool>>(items: I) -> Self {
        let mut selection = Self::new();
        for item in items {
            if selection.batch_len.is_multiple_of(WORD_BITS) {
                selection.bits.push_word();
            }
            if item {
                selection.bits.insert(selection.batch_len);
            }
            selection.batch_len += 1;
        }
        selection
    }
}

impl fmt::Debug for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Selection({} of {})", self.count(), self.batch_len)
    }
}

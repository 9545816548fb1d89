//! Which documents of a batch: [`Selection`].

use std::fmt;

use crate::invariant::holds;

/// Which documents of a batch: one bit a document.
///
/// Made by [`Visibility::filter`](crate::Visibility::filter). Positions are those of the column.
/// Takes `n / 8` bytes for `n` documents; counting and combining read 64 documents at a time.
///
/// ```
/// use rolegate::Selection;
///
/// let mut visible: Selection = [true, false, true].into_iter().collect();
/// assert_eq!(visible.count(), 2);
/// assert!(visible.contains(2));
/// assert_eq!(visible.iter().collect::<Vec<_>>(), [0, 2]);
/// visible.invert();
/// assert_eq!(visible.iter().collect::<Vec<_>>(), [1]);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Selection {
    /// Bits behind `len` are 0.
    words: Vec<u64>,
    len: usize,
}

const BITS: usize = u64::BITS as usize;

impl Selection {
    /// No documents, selected or not.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many documents the batch has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether the batch has no documents. Whether none is selected tells
    /// [`count`](Self::count).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many documents are selected. Reads `n / 8` bytes.
    #[must_use]
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether the document at `position` is selected; not so beyond the end.
    #[must_use]
    pub fn contains(&self, position: usize) -> bool {
        self.words.get(position / BITS).is_some_and(|word| word >> (position % BITS) & 1 != 0)
    }

    /// The positions of the selected documents, ascending.
    #[must_use]
    pub fn iter(&self) -> SelectionIter<'_> {
        let mut words = self.words.iter();
        let word = words.next().copied().unwrap_or_default();
        SelectionIter { words, word, base: 0 }
    }

    /// The selected ones of the host's documents, which are in the column's order.
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

    /// Keeps what `other` selects too. What `other` does not reach is not selected.
    pub fn intersect(&mut self, other: &Self) {
        let others = other.words.iter().copied().chain(std::iter::repeat(0));
        self.words.iter_mut().zip(others).for_each(|(word, other)| *word &= other);
    }

    /// Adds what `other` selects, as far as this batch reaches.
    pub fn union(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
        self.trim();
    }

    /// Selects what was not selected.
    pub fn invert(&mut self) {
        self.words.iter_mut().for_each(|word| *word = !*word);
        self.trim();
    }

    /// For tests: whether the representation is as it must be.
    ///
    /// # Errors
    ///
    /// The law that is broken.
    #[doc(hidden)]
    pub fn internal_validate(&self) -> Result<(), &'static str> {
        holds(
            self.words.len() == self.len.div_ceil(BITS),
            "there are not as many words as needed",
        )?;
        let begun = self.len % BITS;
        let behind =
            self.words.last().filter(|_| begun != 0).is_some_and(|last| last >> begun != 0);
        holds(!behind, "a document behind the end is selected")
    }

    /// Makes room for a batch of `len` documents, none selected, and gives out the words to select
    /// them in. Whoever sets bits behind `len` must [`trim`](Self::trim).
    pub(super) fn reset(&mut self, len: usize) -> &mut [u64] {
        self.len = len;
        self.words.clear();
        self.words.resize(len.div_ceil(BITS), 0);
        &mut self.words
    }

    /// Makes it a batch of `len` documents, all selected.
    pub(super) fn reset_to_all(&mut self, len: usize) {
        self.reset(len).fill(u64::MAX);
        self.trim();
    }

    /// Clears the bits behind the end.
    fn trim(&mut self) {
        if !self.len.is_multiple_of(BITS)
            && let Some(last) = self.words.get_mut(self.len / BITS)
        {
            *last &= (1 << (self.len % BITS)) - 1;
        }
    }
}

/// The positions of a [`Selection`]'s documents, ascending.
#[derive(Clone, Debug)]
pub struct SelectionIter<'a> {
    words: std::slice::Iter<'a, u64>,
    /// What is left of the word that begins at `base`.
    word: u64,
    base: usize,
}

impl Iterator for SelectionIter<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        while self.word == 0 {
            self.word = *self.words.next()?;
            self.base += BITS;
        }
        let position = self.base + self.word.trailing_zeros() as usize;
        self.word &= self.word - 1;
        Some(position)
    }

    /// Exact: counts what is left.
    fn size_hint(&self) -> (usize, Option<usize>) {
        let rest = self.words.as_slice().iter().map(|word| word.count_ones() as usize);
        let left = self.word.count_ones() as usize + rest.sum::<usize>();
        (left, Some(left))
    }
}

impl ExactSizeIterator for SelectionIter<'_> {}

impl std::iter::FusedIterator for SelectionIter<'_> {}

impl<'a> IntoIterator for &'a Selection {
    type Item = usize;
    type IntoIter = SelectionIter<'a>;

    fn into_iter(self) -> SelectionIter<'a> {
        self.iter()
    }
}

/// One document for each item, selected where it is true.
impl FromIterator<bool> for Selection {
    fn from_iter<I: IntoIterator<Item = bool>>(items: I) -> Self {
        let mut selection = Self::new();
        for item in items {
            let at = selection.len % BITS;
            if at == 0 {
                selection.words.push(0);
            }
            if let Some(last) = selection.words.last_mut() {
                *last |= u64::from(item) << at;
            }
            selection.len += 1;
        }
        selection
    }
}

impl fmt::Debug for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Selection({} of {})", self.count(), self.len)
    }
}

//! One list id for each document: [`AclColumn`].
//!
//! The speed of filtering is limited by reading the column, so the column is as narrow as possible. It
//! starts with one byte for each document, and widens when an id does not fit. Filtering 16 million
//! documents reads 16 MB for up to 256 lists and 32 MB for up to 65,536 lists. A column of `u32` would
//! take 64 MB.

use std::fmt;

use super::id::{AclId, TableId};
use crate::invariant::holds;

/// One [`AclId`] for each document, in the order of the documents: the input of a filter.
///
/// All ids belong to one table, which is the table of the first id. An id of another table occupies
/// its position, but its document is never visible. A document takes 1, 2 or 4 bytes, depending on the
/// largest id.
///
/// ```
/// use rolegate::{Action, AclColumn, AclTable, Principal};
///
/// let documents = [r#"read("any")"#, r#"read("user:ann")"#, r#"read("user:bob")"#];
/// let mut table = AclTable::new();
/// let column: AclColumn =
///     documents.iter().map(|list| table.insert([list])).collect::<Result<_, _>>()?;
///
/// let ann = Principal::parse_roles(["any", "users", "user:ann"])?;
/// let visible = table.resolve(&ann, Action::Read).filter(&column);
/// assert_eq!(visible.iter().collect::<Vec<_>>(), [0, 1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct AclColumn {
    table: Option<TableId>,
    indices: Indices,
    /// An upper bound of the numbers in `indices`.
    max: u32,
}

/// The numbers of the lists, in the smallest width that fits them.
#[derive(Clone)]
pub(crate) enum Indices {
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
}

/// Evaluates an expression with `$numbers` bound to the numbers of any width.
macro_rules! for_any_width {
    ($indices:expr, $numbers:ident => $value:expr) => {
        match $indices {
            $crate::acl::Indices::U8($numbers) => $value,
            $crate::acl::Indices::U16($numbers) => $value,
            $crate::acl::Indices::U32($numbers) => $value,
        }
    };
}
pub(crate) use for_any_width;

impl Default for Indices {
    fn default() -> Self {
        Self::U8(Vec::new())
    }
}

impl AclColumn {
    /// The number that replaces an id of another table. Tables do not assign it.
    pub(crate) const FOREIGN: u32 = u32::MAX;

    /// Creates a column without documents.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the number of documents.
    #[must_use]
    pub fn len(&self) -> usize {
        for_any_width!(&self.indices, numbers => numbers.len())
    }

    /// Returns `true` if the column has no documents.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends a document. Takes amortised constant time. Widening copies the column.
    #[inline]
    pub fn push(&mut self, id: AclId) {
        let index = self.admit(id);
        for_any_width!(&mut self.indices, numbers => numbers.push(narrowed(index)));
    }

    /// Replaces the list of the document at `position`. Call this after an update of its permissions.
    ///
    /// Returns `true` if the column has that position.
    pub fn set(&mut self, position: usize, id: AclId) -> bool {
        if position >= self.len() {
            return false;
        }
        let index = self.admit(id);
        for_any_width!(&mut self.indices, numbers => put(numbers, position, narrowed(index)));
        true
    }

    /// Returns the list of the document at `position`.
    ///
    /// Returns `None` beyond the end, and for a document whose id belongs to another table than the
    /// column.
    #[must_use]
    pub fn get(&self, position: usize) -> Option<AclId> {
        let index = for_any_width!(&self.indices, numbers => widened(*numbers.get(position)?));
        let table = self.table.filter(|_| index != Self::FOREIGN)?;
        Some(AclId::new(table, index))
    }

    /// Removes the document at `position` and moves the last document there. Takes constant time.
    ///
    /// Returns `true` if the column had that position.
    pub fn swap_remove(&mut self, position: usize) -> bool {
        let inside = position < self.len();
        if inside {
            for_any_width!(&mut self.indices, numbers => drop(numbers.swap_remove(position)));
        }
        inside
    }

    /// Returns the list of each document in order, as [`get`](Self::get) does.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<AclId>> {
        (0..self.len()).map(|position| self.get(position))
    }

    /// Returns the bytes on the heap.
    #[must_use]
    pub fn memory(&self) -> usize {
        let capacity = for_any_width!(&self.indices, numbers => numbers.capacity());
        capacity * self.width() as usize
    }

    /// Gives back the memory that is reserved for growth. Call it after loading a collection.
    pub fn shrink_to_fit(&mut self) {
        for_any_width!(&mut self.indices, numbers => numbers.shrink_to_fit());
    }

    /// For tests: checks the invariants of the representation.
    ///
    /// # Errors
    ///
    /// The first invariant that is broken.
    #[doc(hidden)]
    pub fn internal_validate(&self) -> Result<(), &'static str> {
        let largest = for_any_width!(&self.indices, numbers => {
            numbers.iter().copied().map(widened).max()
        });
        let fits = self.width() == width_for(self.max);
        holds(fits, "the column is not as wide as its largest id needs")?;
        holds(largest <= Some(self.max), "an index is greater than the upper bound")?;
        holds(self.table.is_some() || self.is_empty(), "documents belong to no table")
    }

    pub(crate) fn table(&self) -> Option<TableId> {
        self.table
    }

    pub(crate) fn max(&self) -> u32 {
        self.max
    }

    pub(crate) fn indices(&self) -> &Indices {
        &self.indices
    }

    /// Returns the bytes for each document.
    fn width(&self) -> u8 {
        match &self.indices {
            Indices::U8(_) => 1,
            Indices::U16(_) => 2,
            Indices::U32(_) => 4,
        }
    }

    /// Returns the number to store for `id`, after widening the column for it.
    #[inline]
    fn admit(&mut self, id: AclId) -> u32 {
        let index = if id.table() == *self.table.get_or_insert(id.table()) {
            id.index()
        } else {
            Self::FOREIGN
        };
        if index > self.max {
            self.max = index;
            self.widen(index);
        }
        index
    }

    fn widen(&mut self, index: u32) {
        let width = width_for(index);
        if width > self.width() {
            self.indices = match width {
                2 => Indices::U16(self.copied()),
                _ => Indices::U32(self.copied()),
            };
        }
    }

    /// Copies the numbers into a wider vector.
    fn copied<T: TryFrom<u32> + Default>(&self) -> Vec<T> {
        for_any_width!(&self.indices, numbers => {
            numbers.iter().map(|&number| narrowed(widened(number))).collect()
        })
    }
}

/// Returns the bytes that `index` needs: 1, 2 or 4.
fn width_for(index: u32) -> u8 {
    if u8::try_from(index).is_ok() {
        1
    } else if u16::try_from(index).is_ok() {
        2
    } else {
        4
    }
}

/// Converts a number of any width to an index.
fn widened(number: impl Into<u32>) -> u32 {
    number.into()
}

/// Converts an index to the width of the column, which [`AclColumn::widen`] has made sufficient.
fn narrowed<T: TryFrom<u32> + Default>(index: u32) -> T {
    debug_assert!(T::try_from(index).is_ok(), "the column is too narrow for {index}");
    T::try_from(index).unwrap_or_default()
}

fn put<T>(numbers: &mut [T], position: usize, number: T) {
    if let Some(place) = numbers.get_mut(position) {
        *place = number;
    }
}

impl Extend<AclId> for AclColumn {
    fn extend<I: IntoIterator<Item = AclId>>(&mut self, ids: I) {
        ids.into_iter().for_each(|id| self.push(id));
    }
}

impl FromIterator<AclId> for AclColumn {
    fn from_iter<I: IntoIterator<Item = AclId>>(ids: I) -> Self {
        let mut column = Self::new();
        column.extend(ids);
        column
    }
}

impl fmt::Debug for AclColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AclColumn")
            .field("len", &self.len())
            .field("bytes_per_document", &self.width())
            .finish_non_exhaustive()
    }
}

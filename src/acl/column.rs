//! One list id for each document: [`AclColumn`].
//!
//! A column of `u32` is four bytes a document, and reading it is what bounds filtering. Most tables
//! have far fewer lists than that can number, so the column starts with one byte a document and
//! widens when a list comes that does not fit. On 16 million documents that is 16 MB of reading
//! for up to 256 lists and 32 MB for up to 65,536, where `u32` would be 64 MB.

use std::fmt;

use super::id::{AclId, TableId};
use crate::invariant::holds;

/// One [`AclId`] for each document, in the documents' order: what a filter runs over.
///
/// All ids are of one table, the table of the first one that came. An id of another table takes its
/// place, but its document is never visible. Takes 1, 2 or 4 bytes a document, as the largest id
/// needs.
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
    /// No index is greater.
    max: u32,
}

/// The ids' numbers, as wide as they need to be.
#[derive(Clone)]
pub(crate) enum Indices {
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
}

impl Default for Indices {
    fn default() -> Self {
        Self::U8(Vec::new())
    }
}

impl AclColumn {
    /// What stands for an id of another table: a number that no table gives out.
    pub(crate) const FOREIGN: u32 = u32::MAX;

    /// A column without documents.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many documents it has.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.indices {
            Indices::U8(indices) => indices.len(),
            Indices::U16(indices) => indices.len(),
            Indices::U32(indices) => indices.len(),
        }
    }

    /// Whether it has no documents.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a document. Amortised constant time; when the column has to widen, it is copied once.
    pub fn push(&mut self, id: AclId) {
        let index = self.admit(id);
        match &mut self.indices {
            Indices::U8(indices) => indices.push(narrowed(index)),
            Indices::U16(indices) => indices.push(narrowed(index)),
            Indices::U32(indices) => indices.push(index),
        }
    }

    /// Gives the document at `position` another list, as when its permissions were updated, and
    /// says whether there is such a document.
    pub fn set(&mut self, position: usize, id: AclId) -> bool {
        if position >= self.len() {
            return false;
        }
        let index = self.admit(id);
        match &mut self.indices {
            Indices::U8(indices) => put(indices, position, narrowed(index)),
            Indices::U16(indices) => put(indices, position, narrowed(index)),
            Indices::U32(indices) => put(indices, position, index),
        }
        true
    }

    /// The list of the document at `position`. `None` beyond the end, and where an id of another
    /// table than the column's was given.
    #[must_use]
    pub fn get(&self, position: usize) -> Option<AclId> {
        let index = match &self.indices {
            Indices::U8(indices) => u32::from(*indices.get(position)?),
            Indices::U16(indices) => u32::from(*indices.get(position)?),
            Indices::U32(indices) => *indices.get(position)?,
        };
        let table = self.table.filter(|_| index != Self::FOREIGN)?;
        Some(AclId::new(table, index))
    }

    /// Removes the document at `position`, puts the last one in its place, and says whether there was
    /// such a document. Constant time.
    pub fn swap_remove(&mut self, position: usize) -> bool {
        let inside = position < self.len();
        if inside {
            match &mut self.indices {
                Indices::U8(indices) => drop(indices.swap_remove(position)),
                Indices::U16(indices) => drop(indices.swap_remove(position)),
                Indices::U32(indices) => drop(indices.swap_remove(position)),
            }
        }
        inside
    }

    /// The lists of all documents, in order: as [`get`](Self::get).
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<AclId>> {
        (0..self.len()).map(|position| self.get(position))
    }

    /// Bytes on the heap.
    #[must_use]
    pub fn memory(&self) -> usize {
        match &self.indices {
            Indices::U8(indices) => indices.capacity(),
            Indices::U16(indices) => indices.capacity() * size_of::<u16>(),
            Indices::U32(indices) => indices.capacity() * size_of::<u32>(),
        }
    }

    /// Gives back what is reserved for growth: after a collection has been loaded.
    pub fn shrink_to_fit(&mut self) {
        match &mut self.indices {
            Indices::U8(indices) => indices.shrink_to_fit(),
            Indices::U16(indices) => indices.shrink_to_fit(),
            Indices::U32(indices) => indices.shrink_to_fit(),
        }
    }

    /// For tests: whether the representation is as it must be.
    ///
    /// # Errors
    ///
    /// The law that is broken.
    #[doc(hidden)]
    pub fn internal_validate(&self) -> Result<(), &'static str> {
        let (wide_enough, not_wider, largest) = match &self.indices {
            Indices::U8(indices) => {
                (self.max <= u8::MAX.into(), true, indices.iter().max().map(|&max| max.into()))
            }
            Indices::U16(indices) => (
                self.max <= u16::MAX.into(),
                self.max > u8::MAX.into(),
                indices.iter().max().map(|&max| max.into()),
            ),
            Indices::U32(indices) => {
                (true, self.max > u16::MAX.into(), indices.iter().max().copied())
            }
        };
        holds(wide_enough && not_wider, "the column is not as wide as its largest id needs")?;
        holds(largest <= Some(self.max), "an index is greater than the greatest")?;
        holds(self.table.is_some() || self.is_empty(), "documents are of no table")
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

    /// The number to store for `id`, with the column wide enough for it.
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
        let widened = match &self.indices {
            Indices::U8(indices) if index > u32::from(u16::MAX) => {
                Indices::U32(indices.iter().map(|&index| index.into()).collect())
            }
            Indices::U16(indices) if index > u32::from(u16::MAX) => {
                Indices::U32(indices.iter().map(|&index| index.into()).collect())
            }
            Indices::U8(indices) if index > u32::from(u8::MAX) => {
                Indices::U16(indices.iter().map(|&index| index.into()).collect())
            }
            _ => return,
        };
        self.indices = widened;
    }
}

/// An index in the column's width, which [`AclColumn::widen`] has made wide enough.
fn narrowed<T: TryFrom<u32> + Default>(index: u32) -> T {
    debug_assert!(T::try_from(index).is_ok(), "the column is too narrow for {index}");
    T::try_from(index).unwrap_or_default()
}

fn put<T>(indices: &mut [T], position: usize, index: T) {
    if let Some(place) = indices.get_mut(position) {
        *place = index;
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
        let width = match &self.indices {
            Indices::U8(_) => 1,
            Indices::U16(_) => 2,
            Indices::U32(_) => 4,
        };
        f.debug_struct("AclColumn")
            .field("len", &self.len())
            .field("bytes_per_document", &width)
            .finish_non_exhaustive()
    }
}

//! The lists that a principal sees: [`Visibility`].

mod bits;
mod numbers;
mod sort;
#[cfg(test)]
mod tests;

use std::fmt;

use self::bits::Bits;
use self::numbers::Numbers;
use self::sort::sort_distinct;
use super::{Selection, kernel};
use crate::acl::{AclColumn, AclId, AclTable, Indices, Reach, TableId, for_any_width};
use crate::bitset::BitSet;
use crate::invariant::holds;
use crate::packed::to_u32;
use crate::permission::Action;
use crate::principal::Principal;

/// The lists of an [`AclTable`] that allow an action to a principal.
///
/// It describes the table at the time of [`AclTable::resolve`]. Lists that were inserted later are not
/// visible. An exception is a principal that bypasses permissions, or that a
/// [`Collection`](crate::Collection) grants the action: it sees every document of the table, also with a
/// list that was inserted later. Lists of another table are never visible.
///
/// A visibility takes four bytes for each visible list, and at most one bit for each list of the table.
/// [`filter_into`](Self::filter_into) says when it allocates more.
///
/// A visibility does not borrow the table. The section [Threads](crate#threads) says how long a host may
/// keep one.
#[derive(Clone)]
pub struct Visibility {
    table: TableId,
    lists: Lists,
}

/// The visible lists. The variants make filtering cheaper if no list, one list or every list is visible.
/// Filtering then needs no look-up for each document, or does not read the column.
#[derive(Clone)]
enum Lists {
    /// Every document of the table, also if its list was inserted later.
    Unrestricted,
    /// No list.
    None,
    /// One list.
    One(u32),
    /// All lists at resolve time: `0..n`.
    All(u32),
    /// At least two lists, few in proportion to the table.
    Numbers(Numbers),
    /// At least two lists, and not all.
    Bits(Bits),
}

/// The number of documents from which a table of bytes pays: 65,536. Creating the bytes takes as long as
/// testing about 65,536 documents bit by bit.
const BYTES_FROM: usize = 1 << 16;

impl AclTable {
    /// Finds the lists that allow `action` to `principal`.
    ///
    /// Takes time and memory in proportion to the number of lists that the principal's roles reach. The
    /// size of the table does not matter beyond 65,536 lists.
    ///
    /// The result stores few lists as numbers of four bytes. If more than one list of 128 is visible, or if
    /// the table has at most 65,536 lists, the result stores one bit for each list of the table.
    #[must_use]
    pub fn resolve(&self, principal: &Principal, action: Action) -> Visibility {
        let table = self.id();
        if principal.bypasses_permissions() {
            return Visibility { table, lists: Lists::Unrestricted };
        }
        let reach = self.reach(principal.roles(), action);
        Visibility { table, lists: Lists::new(&reach, self.len()) }
    }
}

impl Lists {
    /// Collects the lists of a table of `len` lists. The result depends on the set of lists only, and not
    /// on the number of postings.
    fn new(reach: &Reach<'_>, len: usize) -> Self {
        let most = Numbers::most_of(len);
        if let Some(postings) = reach.postings_up_to(most) {
            let mut lists = Vec::with_capacity(postings);
            reach.append_to(&mut lists);
            sort_distinct(&mut lists);
            return Self::few(lists);
        }
        let mut lists = BitSet::with_room(len);
        match reach.set_bits(&mut lists) {
            count if count == len && len > 1 => Self::All(to_u32(len)),
            count if count <= most.max(1) => Self::few(lists.iter().map(to_u32).collect()),
            count => Self::Bits(Bits::new(lists, count)),
        }
    }

    /// Takes numbers in ascending order, without repetitions.
    fn few(lists: Vec<u32>) -> Self {
        match lists[..] {
            [] => Self::None,
            [list] => Self::One(list),
            _ => Self::Numbers(Numbers::new(lists)),
        }
    }
}

impl Visibility {
    /// Returns the visibility of a principal that sees every document of `table`.
    pub(super) fn unrestricted(table: &AclTable) -> Self {
        Self { table: table.id(), lists: Lists::Unrestricted }
    }

    /// Returns `true` if every document of the table is visible, with any list.
    #[must_use]
    pub fn is_unrestricted(&self) -> bool {
        matches!(self.lists, Lists::Unrestricted)
    }

    /// Returns `true` if every list of `table` below number `lists` is visible. Takes constant time.
    ///
    /// May return `false` for fewer than two lists, although they are visible.
    pub(crate) fn covers(&self, table: TableId, lists: u32) -> bool {
        self.table == table
            && match self.lists {
                Lists::Unrestricted => true,
                Lists::All(len) => len >= lists,
                Lists::None | Lists::One(_) | Lists::Numbers(_) | Lists::Bits(_) => false,
            }
    }

    /// Returns the number of visible lists of `table`, or `None` if every document of `table` is visible.
    /// Takes constant time.
    pub(crate) fn list_count(&self, table: TableId) -> Option<usize> {
        match &self.lists {
            _ if table != self.table => Some(0),
            Lists::Unrestricted => None,
            Lists::None => Some(0),
            Lists::One(_) => Some(1),
            Lists::All(len) => Some(*len as usize),
            Lists::Numbers(numbers) => Some(numbers.as_slice().len()),
            Lists::Bits(bits) => Some(bits.count()),
        }
    }

    /// Returns `true` if documents with list number `list` of `table` are visible.
    ///
    /// Takes constant time if [`is_dense`](Self::is_dense), and otherwise a binary search.
    #[inline]
    pub(crate) fn shows(&self, table: TableId, list: u32) -> bool {
        match &self.lists {
            _ if table != self.table => false,
            Lists::Unrestricted => true,
            Lists::None => false,
            Lists::One(visible) => list == *visible,
            Lists::All(len) => list < *len,
            Lists::Numbers(numbers) => numbers.contains(list),
            Lists::Bits(bits) => bits.contains(list),
        }
    }

    /// Sets bit `i` of `out` if documents with list number `lists[i]` of `table` are visible, and clears all
    /// other bits. `out` has one word for each 64 lists.
    pub(crate) fn select(&self, table: TableId, lists: &[u32], out: &mut [u64]) {
        match &self.lists {
            Lists::Numbers(numbers) if table == self.table => numbers.select_from(lists, out),
            Lists::Bits(bits) if table == self.table => bits.select_from(lists, out),
            _ => kernel::select_where(lists, |list| self.shows(table, list), out),
        }
    }

    /// Returns `true` if [`shows`](Self::shows) takes constant time.
    pub(crate) fn is_dense(&self) -> bool {
        match &self.lists {
            Lists::Numbers(numbers) => numbers.is_dense(),
            Lists::Unrestricted | Lists::None | Lists::One(_) | Lists::All(_) | Lists::Bits(_) => {
                true
            }
        }
    }

    /// Returns `true` if no list is visible.
    #[must_use]
    pub fn is_none(&self) -> bool {
        matches!(self.lists, Lists::None)
    }

    /// Returns `true` if documents with this list are visible.
    #[must_use]
    pub fn allows(&self, id: AclId) -> bool {
        self.shows(id.table(), id.index())
    }

    /// Returns the visible lists in ascending order, or `None` if every document is visible.
    ///
    /// Lists partition the documents. A host that counts documents by list therefore gets an exact
    /// total without reading a document.
    #[must_use]
    pub fn lists(&self) -> Option<impl Iterator<Item = AclId>> {
        Some(self.lists_of(self.table)?.map(|list| AclId::new(self.table, list)))
    }

    /// Returns the numbers of the visible lists of `table` in ascending order, or `None` if every
    /// document of `table` is visible.
    pub(crate) fn lists_of(&self, table: TableId) -> Option<impl Iterator<Item = u32>> {
        let (range, numbers, bits) = match &self.lists {
            _ if table != self.table => (0..0, None, None),
            Lists::Unrestricted => return None,
            Lists::None => (0..0, None, None),
            Lists::One(list) => (*list..list + 1, None, None),
            Lists::All(len) => (0..*len, None, None),
            Lists::Numbers(numbers) => (0..0, Some(numbers.as_slice()), None),
            Lists::Bits(bits) => (0..0, None, Some(bits.iter())),
        };
        let numbers = numbers.unwrap_or_default().iter().copied();
        Some(range.chain(numbers).chain(bits.into_iter().flatten().map(to_u32)))
    }

    /// Selects the visible documents of a batch.
    ///
    /// Reads the id of each document once. Does not read the column if no document or every document
    /// in it is visible. Allocates the selection, which has one bit for each document. To reuse a
    /// selection, call [`filter_into`](Self::filter_into).
    #[must_use]
    pub fn filter(&self, column: &AclColumn) -> Selection {
        let mut selection = Selection::new();
        self.filter_into(column, &mut selection);
        selection
    }

    /// Selects the visible documents of a batch, as [`filter`](Self::filter) does, and reuses a
    /// selection.
    ///
    /// Allocates nothing if the selection has held this number of documents before. There are two exceptions,
    /// and each happens once for a visibility:
    ///
    /// - 64 KiB, at the first filtering of 65,536 or more documents whose ids take two bytes
    /// - one bit for each list up to the last visible one, at the first filtering of ids of four bytes, if the
    ///   visible lists are stored as numbers. A batch of fewer documents than one in 1,024 of these lists
    ///   does not need the bits.
    pub fn filter_into(&self, column: &AclColumn, selection: &mut Selection) {
        let len = column.len();
        match &self.lists {
            _ if column.table() != Some(self.table) => {
                selection.reset(len);
            }
            Lists::Unrestricted => {
                select_below(column, AclColumn::FOREIGN, selection);
            }
            Lists::None => {
                selection.reset(len);
            }
            Lists::All(lists) => select_below(column, *lists, selection),
            Lists::One(list) => select_one(column.indices(), *list, selection.reset(len)),
            Lists::Numbers(numbers) => numbers.select(column.indices(), selection.reset(len)),
            Lists::Bits(bits) => bits.select(column.indices(), selection.reset(len)),
        }
    }

    /// For tests: checks the invariants of the representation.
    ///
    /// # Errors
    ///
    /// The first invariant that is broken.
    #[doc(hidden)]
    pub fn internal_validate(&self) -> Result<(), &'static str> {
        match &self.lists {
            Lists::Unrestricted | Lists::None => Ok(()),
            Lists::One(list) => {
                holds(*list < AclColumn::FOREIGN, "the one list has the number of no list")
            }
            Lists::All(lists) => holds(*lists > 1, "`All` has fewer than two lists"),
            Lists::Numbers(numbers) => numbers.internal_validate(),
            Lists::Bits(bits) => bits.internal_validate(),
        }
    }
}

/// Selects the documents with one list. If the column is too narrow for the number of the list, no
/// document has this list.
fn select_one(column: &Indices, list: u32, out: &mut [u64]) {
    match column {
        Indices::U8(column) => {
            if let Ok(list) = u8::try_from(list) {
                let mut lists = BitSet::<[u64; 4]>::empty();
                lists.insert(list.into());
                kernel::select_bytes(column, lists.words(), out);
            }
        }
        Indices::U16(column) => {
            if let Ok(list) = u16::try_from(list) {
                kernel::select_equal(column, list, out);
            }
        }
        Indices::U32(column) => kernel::select_equal(column, list, out),
    }
}

/// Selects the documents with a list number below `lists`. Usually these are all documents, and then the
/// column is not read.
fn select_below(column: &AclColumn, lists: u32, selection: &mut Selection) {
    if column.max() < lists {
        return selection.reset_to_all(column.len());
    }
    let out = selection.reset(column.len());
    for_any_width!(column.indices(), column => kernel::select_below(column, lists, out));
}

impl fmt::Debug for Visibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.list_count(self.table) {
            None => f.write_str("Visibility(unrestricted)"),
            Some(count) => write!(f, "Visibility({count} lists)"),
        }
    }
}

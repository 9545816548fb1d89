//! The lists that a principal sees: [`Visibility`].

use std::fmt;
use std::sync::OnceLock;

use super::{Selection, kernel};
use crate::acl::{AclColumn, AclId, AclTable, Indices, TableId, for_any_width};
use crate::bitset::BitSet;
use crate::invariant::holds;
use crate::packed::to_u32;
use crate::permission::Action;
use crate::principal::Principal;

/// The lists of an [`AclTable`] that allow an action to a principal, one bit for each list.
///
/// It describes the table at the time of [`AclTable::resolve`]. Lists that were inserted later are not
/// visible. An exception is a principal that bypasses permissions, or that a
/// [`Collection`](crate::Collection) grants the action: it sees every document of the table, also with a
/// list that was inserted later. Lists of another table are never visible.
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
    /// At least two lists, and not all.
    Some(Subset),
}

/// A set of lists, prepared for filtering.
#[derive(Clone)]
struct Subset {
    lists: BitSet<Box<[u64]>>,
    /// The number of lists in the set.
    count: usize,
    /// The first 65,536 bits as bytes, for large columns of two-byte numbers. A look-up of a byte takes
    /// half the time of a look-up of a bit. The bytes are created at the first such filtering.
    bytes: OnceLock<Box<[u8]>>,
}

/// The number of documents from which the bytes pay: 65,536. Creating the bytes takes as long as testing
/// about 65,536 documents bit by bit.
const BYTES_FROM: usize = 1 << 16;

impl Subset {
    fn select(&self, column: &Indices, out: &mut [u64]) {
        let words = self.lists.words();
        match column {
            Indices::U8(column) => kernel::select_bytes(column, words, out),
            Indices::U16(column) => match self.bytes_for(column.len()) {
                Some(bytes) => kernel::select_from_table(column, bytes, out),
                None => kernel::select_shorts(column, words, out),
            },
            Indices::U32(column) => kernel::select(column, words, out),
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
}

impl AclTable {
    /// Finds the lists that allow `action` to `principal`.
    ///
    /// Takes time in proportion to the number of lists that the principal's roles reach, and to the size
    /// of the result. The result is allocated and has one bit for each list of the table.
    #[must_use]
    pub fn resolve(&self, principal: &Principal, action: Action) -> Visibility {
        let table = self.id();
        if principal.bypasses_permissions() {
            return Visibility { table, lists: Lists::Unrestricted };
        }
        let mut lists = BitSet::with_room(self.len());
        for role in principal.roles() {
            self.set_bits_for(action, role, &mut lists);
        }
        Visibility { table, lists: Lists::new(lists, self.len()) }
    }
}

impl Lists {
    fn new(lists: BitSet<Vec<u64>>, len: usize) -> Self {
        match lists.count() {
            0 => Self::None,
            1 => Self::One(lists.iter().next().map_or(u32::MAX, to_u32)),
            count if count == len => Self::All(to_u32(len)),
            count => {
                Self::Some(Subset { lists: lists.into_boxed(), count, bytes: OnceLock::new() })
            }
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
                Lists::None | Lists::One(_) | Lists::Some(_) => false,
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
            Lists::Some(subset) => Some(subset.count),
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
            Lists::Some(subset) => subset.lists.contains(list as usize),
        }
    }

    /// Returns `true` if [`shows`](Self::shows) takes constant time.
    #[allow(dead_code, reason = "the index chooses its plan by it")]
    pub(crate) fn is_dense(&self) -> bool {
        match &self.lists {
            Lists::Unrestricted | Lists::None | Lists::One(_) | Lists::All(_) | Lists::Some(_) => {
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
        let (range, subset) = match &self.lists {
            _ if table != self.table => (0..0, None),
            Lists::Unrestricted => return None,
            Lists::None => (0..0, None),
            Lists::One(list) => (*list..list + 1, None),
            Lists::All(len) => (0..*len, None),
            Lists::Some(subset) => (0..0, Some(subset.lists.iter())),
        };
        Some(range.chain(subset.into_iter().flatten().map(to_u32)))
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
    /// Allocates nothing if the selection has held this number of documents before. One exception is 64 KiB for
    /// each visibility, at the first filtering of 65,536 or more documents.
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
            Lists::Some(subset) => subset.select(column.indices(), selection.reset(len)),
        }
    }

    /// For tests: checks the invariants of the representation.
    ///
    /// # Errors
    ///
    /// The first invariant that is broken.
    #[doc(hidden)]
    pub fn internal_validate(&self) -> Result<(), &'static str> {
        let subset = match &self.lists {
            Lists::Unrestricted | Lists::None => return Ok(()),
            Lists::One(list) => {
                return holds(*list < AclColumn::FOREIGN, "the one list has the number of no list");
            }
            Lists::All(lists) => return holds(*lists > 1, "`All` has fewer than two lists"),
            Lists::Some(subset) => subset,
        };
        holds(subset.count > 1, "`Some` has fewer than two lists")?;
        holds(subset.lists.count() == subset.count, "the number of lists is wrong")?;
        let Some(bytes) = subset.bytes.get() else { return Ok(()) };
        holds(bytes.len() == kernel::SHORT_NUMBERS, "a number has no byte")?;
        let agree = |(list, &byte): (usize, &u8)| byte == u8::from(subset.lists.contains(list));
        holds(bytes.iter().enumerate().all(agree), "a byte differs from its bit")
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

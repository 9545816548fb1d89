//! Which lists a principal sees: [`Visibility`].

use std::fmt;
use std::sync::OnceLock;

use super::{Selection, kernel};
use crate::acl::{AclColumn, AclId, AclTable, Indices, TableId};
use crate::invariant::holds;
use crate::permission::Action;
use crate::principal::Principal;

/// Which lists of an [`AclTable`] allow a principal an action: one bit a list.
///
/// It stands for the table as it was when it was [resolved](AclTable::resolve): lists that came
/// later are not visible. Whoever bypasses permissions, or may read a whole
/// [`Collection`](crate::Collection), sees every document of the table, whatever its list. Lists of
/// other tables are never visible, to nobody.
///
/// Needs no table any more, and may be kept, [within limits](crate#among-threads).
#[derive(Clone)]
pub struct Visibility {
    table: TableId,
    lists: Lists,
}

/// Filtering costs what it must: where nothing, one list or everything is visible, the column need
/// not be looked up word by word, or not be read at all.
#[derive(Clone)]
enum Lists {
    /// Every document of the table, whatever its list and whenever it came.
    EveryDocument,
    /// No list.
    None,
    /// One list.
    One(u32),
    /// The first so many lists, which was all that there were.
    All(u32),
    /// At least two, and not all.
    Some(Bits),
}

/// A bit for each list.
#[derive(Clone)]
struct Bits {
    words: Box<[u64]>,
    /// The first 65,536 bits as bytes, made when a large column of two-byte numbers is filtered: to
    /// look up a byte takes half the time of a bit.
    bytes: OnceLock<Box<[u8]>>,
}

/// From how many documents on it pays to make the bytes: making them takes as long as looking at
/// about so many documents bit by bit.
const BYTES_FROM: usize = 1 << 16;

impl Bits {
    fn contains(&self, list: u32) -> bool {
        self.words.get(list as usize / 64).is_some_and(|word| word >> (list % 64) & 1 != 0)
    }

    fn select(&self, column: &Indices, out: &mut [u64]) {
        match column {
            Indices::U8(column) => kernel::select_bytes(column, &self.words, out),
            Indices::U16(column) => match self.bytes_for(column.len()) {
                Some(bytes) => kernel::select_from_table(column, bytes, out),
                None => kernel::select_shorts(column, &self.words, out),
            },
            Indices::U32(column) => kernel::select(column, &self.words, out),
        }
    }

    /// The bytes, if it pays for so many documents.
    fn bytes_for(&self, documents: usize) -> Option<&[u8; kernel::SHORT_NUMBERS]> {
        if documents < BYTES_FROM {
            return None;
        }
        let bytes = self.bytes.get_or_init(|| {
            let mut bytes = vec![0; kernel::SHORT_NUMBERS];
            kernel::expand(&self.words, &mut bytes);
            bytes.into()
        });
        bytes.first_chunk()
    }
}

impl AclTable {
    /// Which lists allow `action` to `principal`.
    ///
    /// Takes time in proportion to the lists that the principal's roles reach, and one bit a list to
    /// write the answer down. Allocates that answer.
    #[must_use]
    pub fn resolve(&self, principal: &Principal, action: Action) -> Visibility {
        let table = self.id();
        if principal.bypasses_permissions() {
            return Visibility { table, lists: Lists::EveryDocument };
        }
        let mut words = vec![0; self.len().div_ceil(64)];
        for role in principal.roles() {
            self.mark(action, role, &mut words);
        }
        Visibility { table, lists: Lists::from_words(words, self.len()) }
    }
}

impl Lists {
    fn from_words(words: Vec<u64>, len: usize) -> Self {
        let count: usize = words.iter().map(|word| word.count_ones() as usize).sum();
        match count {
            0 => Self::None,
            1 => Self::One(bits_of(&words).next().unwrap_or(u32::MAX)),
            _ if count == len => Self::All(u32::try_from(len).unwrap_or(u32::MAX)),
            _ => Self::Some(Bits { words: words.into(), bytes: OnceLock::new() }),
        }
    }
}

impl Visibility {
    /// Every document of `table`, for whoever may have the whole collection.
    pub(super) fn every_document(table: &AclTable) -> Self {
        Self { table: table.id(), lists: Lists::EveryDocument }
    }

    /// Whether every document of the table is visible, whatever its list.
    #[must_use]
    pub fn is_every_document(&self) -> bool {
        matches!(self.lists, Lists::EveryDocument)
    }

    /// Whether every document with a list of this table is visible.
    pub(crate) fn is_all_of(&self, table: &AclTable) -> bool {
        self.table == table.id()
            && match self.lists {
                Lists::EveryDocument => true,
                Lists::All(len) => len as usize == table.len(),
                Lists::None | Lists::One(_) | Lists::Some(_) => false,
            }
    }

    /// Whether no list is visible.
    #[must_use]
    pub fn is_none(&self) -> bool {
        matches!(self.lists, Lists::None)
    }

    /// Whether documents with this list are visible.
    #[must_use]
    pub fn allows(&self, id: AclId) -> bool {
        match &self.lists {
            _ if id.table() != self.table => false,
            Lists::EveryDocument => true,
            Lists::None => false,
            Lists::One(list) => id.index() == *list,
            Lists::All(len) => id.index() < *len,
            Lists::Some(bits) => bits.contains(id.index()),
        }
    }

    /// The visible lists, ascending, or `None` if every document is visible, whatever its list.
    ///
    /// Lists partition the documents, so a host that counts documents by list gets an exact total
    /// from this without reading a document.
    #[must_use]
    pub fn lists(&self) -> Option<impl Iterator<Item = AclId>> {
        Some(self.lists_of(self.table)?.map(|list| AclId::new(self.table, list)))
    }

    /// The visible lists of a table by their numbers, ascending, or `None` if every document of it is
    /// visible.
    pub(crate) fn lists_of(&self, table: TableId) -> Option<impl Iterator<Item = u32>> {
        let (range, words): (_, &[u64]) = match &self.lists {
            _ if table != self.table => (0..0, &[]),
            Lists::EveryDocument => return None,
            Lists::None => (0..0, &[]),
            Lists::One(list) => (*list..list + 1, &[]),
            Lists::All(len) => (0..*len, &[]),
            Lists::Some(bits) => (0..0, &bits.words),
        };
        Some(range.chain(bits_of(words)))
    }

    /// Which documents of a batch are visible.
    ///
    /// Reads each document's id once, and does not read the column where nothing or everything in it
    /// is visible. Allocates the selection, one bit a document; [`filter_into`](Self::filter_into)
    /// reuses one.
    #[must_use]
    pub fn filter(&self, column: &AclColumn) -> Selection {
        let mut selection = Selection::new();
        self.filter_into(column, &mut selection);
        selection
    }

    /// As [`filter`](Self::filter), into a selection that is there already. Allocates nothing if the
    /// selection has been as large before; the first filtering of more than 65,536 documents can
    /// allocate 64 KiB, once for this visibility.
    pub fn filter_into(&self, column: &AclColumn, selection: &mut Selection) {
        let len = column.len();
        match &self.lists {
            _ if column.table() != Some(self.table) => {
                selection.reset(len);
            }
            Lists::EveryDocument => {
                select_below(column, AclColumn::FOREIGN, selection);
            }
            Lists::None => {
                selection.reset(len);
            }
            Lists::All(lists) => select_below(column, *lists, selection),
            Lists::One(list) => select_one(column.indices(), *list, selection.reset(len)),
            Lists::Some(bits) => bits.select(column.indices(), selection.reset(len)),
        }
    }
}

impl Visibility {
    /// For tests: whether the representation is as it must be.
    ///
    /// # Errors
    ///
    /// The law that is broken.
    #[doc(hidden)]
    pub fn internal_validate(&self) -> Result<(), &'static str> {
        let bits = match &self.lists {
            Lists::EveryDocument | Lists::None => return Ok(()),
            Lists::One(list) => {
                return holds(*list < AclColumn::FOREIGN, "no list has this number");
            }
            Lists::All(lists) => return holds(*lists > 1, "all lists are none or one"),
            Lists::Some(bits) => bits,
        };
        holds(bits_of(&bits.words).nth(1).is_some(), "some lists are none or one")?;
        let Some(bytes) = bits.bytes.get() else { return Ok(()) };
        holds(bytes.len() == kernel::SHORT_NUMBERS, "there is not a byte for each number")?;
        let agree = |(list, &byte): (u32, &u8)| byte == u8::from(bits.contains(list));
        holds((0..).zip(bytes).all(agree), "a byte says something else than its bit")
    }
}

/// The documents with one list. A column too narrow for it has none of them.
fn select_one(column: &Indices, list: u32, out: &mut [u64]) {
    match column {
        Indices::U8(column) => {
            if let Ok(list) = u8::try_from(list) {
                let mut bits = [0; 4];
                bits.iter_mut().zip((0..).step_by(64)).for_each(|(word, base)| {
                    *word = u64::from(list / 64 * 64 == base) << (list % 64);
                });
                kernel::select_bytes(column, &bits, out);
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

/// The documents with one of the first `lists` lists: all of them, as a rule, and then the column
/// need not be read.
fn select_below(column: &AclColumn, lists: u32, selection: &mut Selection) {
    if column.max() < lists {
        return selection.reset_to_all(column.len());
    }
    let out = selection.reset(column.len());
    match column.indices() {
        Indices::U8(column) => kernel::select_below(column, lists, out),
        Indices::U16(column) => kernel::select_below(column, lists, out),
        Indices::U32(column) => kernel::select_below(column, lists, out),
    }
}

/// The places of the bits that are set, ascending.
fn bits_of(words: &[u64]) -> impl Iterator<Item = u32> {
    (0..).step_by(64).zip(words).flat_map(|(base, &word)| {
        let left = |word: u64| (word != 0).then_some(word);
        std::iter::successors(left(word), move |word| left(word & (word - 1)))
            .map(move |word| base + word.trailing_zeros())
    })
}

impl fmt::Debug for Visibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.lists().map(Iterator::count) {
            None => f.write_str("Visibility(every document)"),
            Some(count) => write!(f, "Visibility({count} lists)"),
        }
    }
}

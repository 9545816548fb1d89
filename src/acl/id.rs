//! The id of a list in a table: [`AclId`].

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

/// The identity of a table in this process. The numbers wrap after 2^32 tables.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TableId(u32);

impl TableId {
    pub(super) fn next() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// The id of a permission list in an [`AclTable`](crate::AclTable).
///
/// An id is valid as long as its table exists. It names its table, so other tables recognise it and it
/// grants nothing there. Table ids wrap after 2^32 tables in the same process. A clone of a table is
/// another table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AclId {
    table: TableId,
    index: u32,
}

impl AclId {
    pub(crate) fn new(table: TableId, index: u32) -> Self {
        Self { table, index }
    }

    pub(crate) fn table(self) -> TableId {
        self.table
    }

    pub(crate) fn index(self) -> u32 {
        self.index
    }
}

impl fmt::Debug for AclId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AclId({})", self.index)
    }
}

//! Which list of which table: [`AclId`].

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

/// Which table an id is of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TableId(u32);

impl TableId {
    pub(super) fn next() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// A permission list in an [`AclTable`](crate::AclTable).
///
/// Valid for as long as the table is. It knows its table (up to 2^32 tables later in the same
/// process), so that an id of another table is recognised and grants nothing.
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

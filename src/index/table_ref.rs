//! Access to the table of an index: [`TableRef`].

use std::fmt;
use std::ops::Deref;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use crate::acl::AclTable;

/// The table of an index, locked for reading. It dereferences to the [`AclTable`].
///
/// A writer waits until every `TableRef` of its table is dropped. A thread that holds one must not change
/// the index, and must not ask for another one. Otherwise the thread can wait for itself.
pub struct TableRef<'a>(RwLockReadGuard<'a, AclTable>);

impl<'a> TableRef<'a> {
    pub(super) fn new(table: &'a RwLock<AclTable>) -> Self {
        // A table stays valid if a thread panics while it inserts a list.
        Self(table.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Deref for TableRef<'_> {
    type Target = AclTable;

    fn deref(&self) -> &AclTable {
        &self.0
    }
}

impl fmt::Debug for TableRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

//! The documents of an index at one time: [`IndexSnapshot`].

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

use super::documents::{Direction, Documents};
use super::order::{Order, Sizes};
use super::runs::Runs;
use super::table_ref::TableRef;
use super::view::View;
use crate::acl::{AclId, AclTable, TableId};
use crate::evaluate::{Selection, Visibility};
use crate::permission::Action;
use crate::principal::Principal;

/// The documents of a [`DocumentIndex`](super::DocumentIndex) at one time.
///
/// [`DocumentIndex::snapshot`](super::DocumentIndex::snapshot) creates one in constant time. A later change of
/// the index does not change the snapshot. Threads can therefore read a snapshot while another thread
/// changes the index. A clone takes constant time.
///
/// A snapshot shares its documents with the index. The first change of a part after a snapshot copies
/// this part: a chunk, a node of chunks, a run, or a page of 16 KiB. The first change after a snapshot also
/// copies the tables of the pages: about 20 bytes for each 1,024 lists, and a byte for each 1,000
/// documents. With 10 million documents and 5 million lists, this change takes about half a
/// millisecond.
///
/// A snapshot also shares the [`table`](Self::table) of lists, because a list never changes. A
/// [`Visibility`] of the index is therefore valid for its snapshots, until a compaction replaces the table
/// of the index. A snapshot keeps its table. To be sure, resolve from the snapshot that is read.
///
/// | operation | takes time in proportion to |
/// | --- | --- |
/// | [`get`](Self::get), [`allows`](Self::allows) | the logarithm of the documents |
/// | [`count`](Self::count) | the visible lists, or constant time if all lists are visible |
/// | [`after`](Self::after), [`before`](Self::before) | the visible lists at most. Each chunk with visible documents then takes the logarithm of the visible lists |
/// | `skip` of a page | the chunks in which each visible list has documents, or the documents that are skipped, whichever is estimated to be less |
/// | [`select`](Self::select) | the documents |
///
/// The documents are in chunks of at most 128. Reading a chunk means testing its documents, even if few are
/// visible.
pub struct IndexSnapshot<K> {
    /// Every list of a document is in the table. Later changes of an index only add lists.
    pub(super) table: Arc<RwLock<AclTable>>,
    pub(super) table_id: TableId,
    pub(super) order: Order<K>,
    pub(super) runs: Runs,
}

impl<K> IndexSnapshot<K> {
    pub(super) fn new(table: AclTable, order: Order<K>, runs: Runs) -> Self {
        Self { table_id: table.id(), table: Arc::new(RwLock::new(table)), order, runs }
    }

    pub(super) fn empty(table: AclTable, sizes: Sizes) -> Self {
        Self::new(table, Order::new(sizes), Runs::default())
    }

    /// Returns the number of documents.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Returns `true` if there are no documents.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the compiled lists of the documents, locked for reading.
    ///
    /// The table may also have lists of earlier and later documents. The writer of the index waits until
    /// the lock is released: see [`TableRef`].
    #[must_use]
    pub fn table(&self) -> TableRef<'_> {
        TableRef::new(&self.table)
    }

    /// Finds the lists that allow `action` to `principal`, as [`AclTable::resolve`] does.
    #[must_use]
    pub fn resolve(&self, principal: &Principal, action: Action) -> Visibility {
        self.table().resolve(principal, action)
    }

    /// Returns the number of visible documents.
    #[must_use]
    pub fn count(&self, visible: &Visibility) -> usize {
        self.view(visible).documents()
    }

    /// Returns the bytes on the heap: the documents, the runs of the lists, and the table.
    ///
    /// Does not count what the keys themselves have on the heap. Counts what is shared with other snapshots
    /// as a whole. Takes time in proportion to the lists and to the chunks of documents.
    #[must_use]
    pub fn memory(&self) -> usize {
        // The table is locked while its own bytes are counted, and not longer.
        let table = self.table().memory();
        table + self.order.memory() + self.runs.memory()
    }

    pub(super) fn view<'a>(&'a self, visible: &'a Visibility) -> View<'a, K> {
        let Self { table_id, order, runs, .. } = self;
        View { table: *table_id, order, runs, visible }
    }

    pub(super) fn table_mut(&self) -> RwLockWriteGuard<'_, AclTable> {
        self.table.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the documents in ascending order, each with the number of its list.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&K, u32)> {
        self.order.iter()
    }
}

impl<K: Ord> IndexSnapshot<K> {
    /// Returns the list of a document, or `None` if there is no such document.
    ///
    /// [`AclTable::grants`] returns the grants of the list.
    #[must_use]
    pub fn get(&self, document: &K) -> Option<AclId> {
        Some(AclId::new(self.table_id, self.order.list_of(document)?))
    }

    /// Returns `true` if there is such a document and it is visible.
    #[must_use]
    pub fn allows(&self, visible: &Visibility, document: &K) -> bool {
        self.get(document).is_some_and(|list| visible.allows(list))
    }

    /// Returns the visible documents after `document` in ascending order, or all visible documents for
    /// `None`. There need not be such a `document`.
    ///
    /// To continue at an offset, call `skip` on the result. It selects the first document by its rank.
    /// It reads about four bytes for each chunk in which a visible list has documents, or tests the
    /// documents before the offset if this is cheaper. Reading the chunks allocates 16 bytes for each of them.
    ///
    /// A filter of the host can follow: `after(..).filter(..)` takes time for each visible document
    /// that the filter drops. [`count_where`](Self::count_where) returns the total in this case.
    pub fn after<'a>(
        &'a self,
        visible: &'a Visibility,
        document: Option<&K>,
    ) -> impl Iterator<Item = &'a K> + use<'a, K> {
        Documents::new(self.view(visible), document, Direction::Ascending)
    }

    /// Returns the visible documents before `document` in descending order, or all visible documents for
    /// `None`. Otherwise it is the same as [`after`](Self::after).
    pub fn before<'a>(
        &'a self,
        visible: &'a Visibility,
        document: Option<&K>,
    ) -> impl Iterator<Item = &'a K> + use<'a, K> {
        Documents::new(self.view(visible), document, Direction::Descending)
    }

    /// Returns the number of visible documents for which `predicate` is true.
    ///
    /// An index knows the number of documents of each list, and not how many of them a predicate
    /// accepts. An exact total with a predicate therefore visits every visible document. If the host
    /// knows the few documents that match, it is cheaper to call [`allows`](Self::allows) for each.
    ///
    /// ```
    /// use rolegate::index::DocumentIndex;
    /// use rolegate::{Action, Principal};
    ///
    /// let mut index = DocumentIndex::new();
    /// for number in 0..100 {
    ///     index.insert(number, [if number < 60 { r#"read("any")"# } else { r#"read("users")"# }])?;
    /// }
    /// let visible = index.resolve(&Principal::guest(), Action::Read);
    /// assert_eq!(index.count(&visible), 60);
    /// assert_eq!(index.count_where(&visible, |number| number % 10 == 0), 6);
    ///
    /// let matches = [20, 30, 90];
    /// assert_eq!(matches.iter().filter(|number| index.allows(&visible, number)).count(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn count_where(
        &self,
        visible: &Visibility,
        mut predicate: impl FnMut(&K) -> bool,
    ) -> usize {
        let documents = Documents::whole(self.view(visible), self.count(visible));
        documents.filter(|document| predicate(document)).count()
    }

    /// Selects the visible documents. Positions are those in ascending order of the keys.
    ///
    /// A host whose columns are in the same order can combine the result with a [`Selection`] of its own:
    /// the count after [`intersect`](Selection::intersect) is the exact total.
    #[must_use]
    pub fn select(&self, visible: &Visibility) -> Selection {
        let view = self.view(visible);
        self.order.iter().map(|(_, list)| view.shows(list)).collect()
    }
}

impl<K> Clone for IndexSnapshot<K> {
    fn clone(&self) -> Self {
        let Self { table, table_id, order, runs } = self;
        Self {
            table: Arc::clone(table),
            table_id: *table_id,
            order: order.clone(),
            runs: runs.clone(),
        }
    }
}

impl<K> fmt::Debug for IndexSnapshot<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IndexSnapshot")
            .field("documents", &self.len())
            .field("table", &*self.table())
            .finish_non_exhaustive()
    }
}

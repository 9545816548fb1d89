//! Documents in order and by their lists: [`DocumentIndex`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use smallvec::SmallVec;

use super::documents::{Direction, Documents};
use super::view::View;
use crate::acl::{AclLimits, AclTable, InsertError, MalformedPermission, TableFull};
use crate::evaluate::Visibility;

/// The weight of unused lists that a table of any size may keep: 16,384 lists and grants.
const MAX_DEAD: usize = 1 << 14;

/// The documents of a changing collection, in order and by their lists. An index returns pages and
/// totals of the documents that a principal sees.
///
/// `K` identifies a document, and the order of `K` is the order of pages. Examples are a sequence number,
/// and a time with an id. The index stores each document with its list, and each list with its
/// documents. Each document has exactly one list. A total is therefore a sum over the visible lists,
/// and a page is a k-way merge of their documents.
///
/// | operation | takes time in proportion to |
/// | --- | --- |
/// | [`insert`](Self::insert), [`remove`](Self::remove) | the permissions, and the logarithm of the documents |
/// | [`count`](Self::count) | the lists, or constant time if all lists are visible |
/// | [`after`](Self::after), [`before`](Self::before) | the lists, and the visible lists times the logarithm of their documents. Each document then takes the logarithm of the visible lists |
///
/// # Compaction
///
/// The index removes the lists without documents when they weigh more than the documents and their
/// lists, plus 16,384. The weight of a list is one, plus one for each of its grants. Memory is therefore
/// in proportion to the documents and their lists after any number of changes. The change that triggers
/// compaction takes time in proportion to the whole index. On average, the costs in the table above
/// include this time.
///
/// # Visibilities
///
/// A [`Visibility`] is resolved from the index's [`table`](Self::table), by
/// [`Collection::visibility`](crate::Collection::visibility) or [`AclTable::resolve`]. A visibility describes
/// the index at that time. Resolve again after each change, also after a refused one.
///
/// An older visibility shows a document only if the document's present list allows it. It may show
/// fewer documents, or none. An unrestricted visibility also shows documents that were inserted later,
/// until compaction replaces the table.
///
/// A clone of an index has a table of its own, so a visibility of the original shows nothing in it.
///
/// ```
/// use rolegate::index::DocumentIndex;
/// use rolegate::{Action, Principal};
///
/// let mut index = DocumentIndex::new();
/// for (sequence, permission) in [
///     (1, r#"read("user:ann")"#),
///     (2, r#"read("user:ben")"#),
///     (3, r#"read("any")"#),
///     (4, r#"read("user:ann")"#),
/// ] {
///     index.insert(sequence, [permission])?;
/// }
/// let ann = Principal::parse_roles(["any", "users", "user:ann"])?;
///
/// let visible = index.table().resolve(&ann, Action::Read);
/// assert_eq!(index.count(&visible), 3);
/// assert!(index.after(&visible, None).eq(&[1, 3, 4]));
/// assert!(index.after(&visible, Some(&1)).take(25).eq(&[3, 4]));
/// assert!(index.before(&visible, None).eq(&[4, 3, 1]));
///
/// index.insert(1, [r#"read("user:ben")"#])?;
/// index.remove(&4);
/// let visible = index.table().resolve(&ann, Action::Read);
/// assert!(index.after(&visible, None).eq(&[3]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct DocumentIndex<K> {
    pub(super) table: AclTable,
    /// Each document with the number of its list.
    pub(super) documents: BTreeMap<K, u32>,
    /// The documents of each list, in the order of the list numbers.
    pub(super) by_list: Vec<BTreeSet<K>>,
    /// The weight in the table of the lists that have documents.
    pub(super) live: usize,
    /// The number of changes since the last compaction, refused ones included.
    changes: usize,
}

/// The permissions of a document, collected because a full table is tried again after compaction.
type List<S> = SmallVec<[S; 8]>;

impl<K: Ord + Clone> DocumentIndex<K> {
    /// Creates an index without documents.
    #[must_use]
    pub fn new() -> Self {
        Self::with_limits(AclLimits::default())
    }

    /// Creates an index without documents whose table refuses lists beyond `limits`.
    #[must_use]
    pub fn with_limits(limits: AclLimits) -> Self {
        let table = AclTable::with_limits(limits);
        Self { table, documents: BTreeMap::new(), by_list: Vec::new(), live: 0, changes: 0 }
    }

    /// Inserts a document with its permissions, or replaces the permissions of a document. Refuses a
    /// list with a malformed permission, as [`AclTable::insert`] does.
    ///
    /// # Errors
    ///
    /// The first malformed permission, or the limit that the table has reached. The document is
    /// unchanged: if it was inserted before, its previous permissions still count.
    ///
    /// A full table is compacted first, if this pays. It pays if the unused lists and their grants, or
    /// the changes since the last compaction, exceed a quarter of the weight of the index. Refused
    /// changes count too. The weight is the number of documents, their lists, and the grants of these
    /// lists.
    pub fn insert<S: AsRef<str>>(
        &mut self,
        document: K,
        permissions: impl IntoIterator<Item = S>,
    ) -> Result<(), InsertError> {
        self.changes += 1;
        let permissions: List<S> = permissions.into_iter().collect();
        let id = match self.table.insert(&permissions) {
            Err(InsertError::Full(_)) if self.make_room() => self.table.insert(&permissions)?,
            result => result?,
        };
        self.place(document, id.index());
        Ok(())
    }

    /// Inserts a document with the well-formed permissions of a list, or replaces the permissions of a
    /// document by them. Returns the malformed permissions, which grant nothing.
    ///
    /// # Errors
    ///
    /// The limit that the table has reached. The document is unchanged. A full table is compacted first,
    /// as by [`insert`](Self::insert).
    pub fn insert_lenient<S: AsRef<str>>(
        &mut self,
        document: K,
        permissions: impl IntoIterator<Item = S>,
    ) -> Result<Vec<MalformedPermission>, TableFull> {
        self.changes += 1;
        let permissions: List<S> = permissions.into_iter().collect();
        let (id, malformed) = match self.table.insert_lenient(&permissions) {
            Err(_) if self.make_room() => self.table.insert_lenient(&permissions)?,
            result => result?,
        };
        self.place(document, id.index());
        Ok(malformed)
    }

    /// Removes a document. Returns `true` if the index had it.
    pub fn remove(&mut self, document: &K) -> bool {
        self.changes += 1;
        let was_there = self.take_out(document);
        self.compact_beyond(self.max_dead());
        was_there
    }

    /// Returns the number of documents.
    #[must_use]
    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// Returns `true` if the index has no documents.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// Returns the compiled lists of the documents, from which a [`Visibility`] is resolved. The table
    /// may also have lists of earlier documents.
    #[must_use]
    pub fn table(&self) -> &AclTable {
        &self.table
    }

    /// Returns the number of visible documents.
    #[must_use]
    pub fn count(&self, visible: &Visibility) -> usize {
        match self.view(visible).runs() {
            None => self.documents.len(),
            Some(runs) => runs.map(BTreeSet::len).sum(),
        }
    }

    /// Returns `true` if the index has the document and it is visible.
    #[must_use]
    pub fn allows(&self, visible: &Visibility, document: &K) -> bool {
        self.documents.get(document).is_some_and(|list| self.view(visible).shows(*list))
    }

    /// Returns the visible documents after `document` in ascending order, or all visible documents for
    /// `None`.
    ///
    /// The index need not have `document`. Iteration first scans at most one document for each visible
    /// list, and then merges the lists. For a principal that sees most documents, the scan finds a
    /// whole page.
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

    pub(super) fn view<'a>(&'a self, visible: &'a Visibility) -> View<'a, K> {
        let Self { table, documents, by_list, .. } = self;
        View { table, documents, by_list, visible }
    }

    /// Stores a document under a list of the table, and removes it from its previous list.
    fn place(&mut self, document: K, list: u32) {
        let copy = document.clone();
        let lists = self.by_list.len().max(list as usize + 1);
        self.by_list.resize_with(lists, BTreeSet::new);
        self.take_out(&document);
        self.documents.insert(document, list);
        if let Some(documents) = self.by_list.get_mut(list as usize)
            && documents.insert(copy)
            && documents.len() == 1
        {
            self.live += self.table.weight_of(list);
        }
        self.compact_beyond(self.max_dead());
    }

    /// Removes a document. Returns `true` if the index had it.
    ///
    /// `by_list` is updated before `documents`. If `K::cmp` panics in between, the document is hidden, and the
    /// next change still finds it.
    fn take_out(&mut self, document: &K) -> bool {
        let Some(&list) = self.documents.get(document) else { return false };
        if let Some(documents) = self.by_list.get_mut(list as usize)
            && documents.remove(document)
            && documents.is_empty()
        {
            self.live -= self.table.weight_of(list);
        }
        self.documents.remove(document);
        true
    }

    /// Compacts a full table if this pays. Returns `true` if it compacted the table.
    ///
    /// It pays if the unused lists, or the changes since the last compaction, exceed a quarter of the
    /// index. The cost of compaction for each of these lists and changes is then bounded. Without this
    /// condition, a table with few lists and many documents could be compacted at each change.
    fn make_room(&mut self) -> bool {
        let pays = (self.live + self.documents.len()) / 4;
        self.compact_beyond(if self.changes > pays { 0 } else { pays })
    }

    /// Returns the weight that unused lists may have. The limit grows with the index, so the cost of
    /// compaction for each change is bounded.
    pub(super) fn max_dead(&self) -> usize {
        MAX_DEAD + self.live + self.documents.len()
    }

    /// Removes the lists without documents if they weigh more than `limit`. Returns `true` if it removed
    /// them.
    fn compact_beyond(&mut self, limit: usize) -> bool {
        if self.table.weight() - self.live <= limit {
            return false;
        }
        let has_documents = |list: u32| {
            self.by_list.get(list as usize).is_some_and(|documents| !documents.is_empty())
        };
        // A part of a table fits into a table with the same limits.
        let Ok((table, numbers)) = self.table.compacted(has_documents) else { return false };
        self.table = table;
        self.by_list.retain(|documents| !documents.is_empty());
        self.by_list.shrink_to_fit();
        for list in self.documents.values_mut() {
            *list = numbers.get(*list as usize).copied().unwrap_or(u32::MAX);
        }
        self.changes = 0;
        true
    }
}

impl<K: Ord + Clone> Default for DocumentIndex<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K> fmt::Debug for DocumentIndex<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DocumentIndex")
            .field("documents", &self.documents.len())
            .field("table", &self.table)
            .finish_non_exhaustive()
    }
}

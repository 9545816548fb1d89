//! Documents in their order and by their lists: [`DocumentIndex`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::documents::{Direction, Documents};
use crate::acl::{AclId, AclLimits, AclTable, MalformedPermission, TableFull};
use crate::evaluate::Visibility;

/// How many lists and grants of no document may stay in a table of any size.
const MAX_DEAD: usize = 1 << 14;

/// The documents of a living collection: which of them somebody sees, in order and from any of them
/// on, and how many those are.
///
/// `K` says which document it is, and its order is the order of pages: a sequence number, or a time and
/// an id. Each document is kept with its list, and each list with its documents. Lists partition the
/// documents, so a total is a sum over the visible lists, and a page is those lists' documents, merged.
///
/// | operation | takes time in proportion to |
/// | --- | --- |
/// | [`insert`](Self::insert), [`remove`](Self::remove) | the permissions, and the logarithm of the documents |
/// | [`count`](Self::count) | the lists; none, if all are visible |
/// | [`after`](Self::after), [`before`](Self::before) | the lists once and the visible ones' logarithm of documents, then the logarithm of the visible lists for each document taken |
///
/// Lists that no document has any more are forgotten once they are most of what is held and more than a
/// few thousand, so that memory is in proportion to the documents and to the lists that they have,
/// however often those change. The change that it falls to takes time in proportion to all that is held;
/// spread over the changes that made it necessary, that is no more than the table says.
///
/// A [`Visibility`] is resolved from the index's [`table`](Self::table), by
/// [`Collection::visibility`](crate::Collection::visibility) or [`AclTable::resolve`]. It stands for the
/// index as it was: resolve again after a change, be it refused or not. By its lists, one from before
/// shows nothing that a document's present list does not allow, and it may show less than that does, or
/// nothing at all. One that shows every document shows those of later too, until lists are forgotten.
///
/// ```
/// use rolegate::{Action, DocumentIndex, Principal};
///
/// let mut index = DocumentIndex::new();
/// for (sequence, permission) in [
///     (1, r#"read("user:ann")"#),
///     (2, r#"read("user:ben")"#),
///     (3, r#"read("any")"#),
///     (4, r#"read("user:ann")"#),
/// ] {
///     index.insert(sequence, &[permission])?;
/// }
/// let ann = Principal::parse_roles(["any", "users", "user:ann"])?;
///
/// let visible = index.table().resolve(&ann, Action::Read);
/// assert_eq!(index.count(&visible), 3);
/// assert!(index.after(&visible, None).eq(&[1, 3, 4]));
/// assert!(index.after(&visible, Some(&1)).take(25).eq(&[3, 4]));
/// assert!(index.before(&visible, None).eq(&[4, 3, 1]));
///
/// index.insert(1, &[r#"read("user:ben")"#])?;
/// index.remove(&4);
/// let visible = index.table().resolve(&ann, Action::Read);
/// assert!(index.after(&visible, None).eq(&[3]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct DocumentIndex<K> {
    pub(super) table: AclTable,
    /// Each document with its list's number.
    pub(super) documents: BTreeMap<K, u32>,
    /// Each list's documents, in the order of the lists' numbers.
    pub(super) by_list: Vec<BTreeSet<K>>,
    /// What those lists that have documents weigh in the table.
    pub(super) live: usize,
    /// How often it was changed, or a change was refused, since lists were last forgotten.
    changes: usize,
}

impl<K: Ord + Clone> DocumentIndex<K> {
    /// An index without documents.
    #[must_use]
    pub fn new() -> Self {
        Self::with_limits(AclLimits::default())
    }

    /// An index without documents whose table will not hold more than `limits`.
    #[must_use]
    pub fn with_limits(limits: AclLimits) -> Self {
        let table = AclTable::with_limits(limits);
        Self { table, documents: BTreeMap::new(), by_list: Vec::new(), live: 0, changes: 0 }
    }

    /// Gives a document its permissions, a new one or one that is there. Malformed ones grant nothing
    /// and are given back; the rest of them counts.
    ///
    /// # Errors
    ///
    /// A limit of the table was reached. The document is as it was. Lists that no document has any more
    /// make room first. That goes through all that is held, and so is not done for each: but it is if
    /// there were more changes since the last time, refused ones included, than a quarter of the
    /// documents, their lists and those lists' grants.
    pub fn insert<S: AsRef<str>>(
        &mut self,
        document: K,
        permissions: &[S],
    ) -> Result<Vec<MalformedPermission>, TableFull> {
        self.changes += 1;
        let (id, malformed) = self.compile(permissions)?;
        let (list, copy) = (id.index(), document.clone());
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
        Ok(malformed)
    }

    /// Takes a document out. Whether it was there.
    pub fn remove(&mut self, document: &K) -> bool {
        self.changes += 1;
        let was_there = self.take_out(document);
        self.compact_beyond(self.max_dead());
        was_there
    }

    /// How many documents there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// Whether there are no documents.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// The documents' lists, compiled: what a [`Visibility`] is resolved from. It may hold lists that
    /// documents had before.
    #[must_use]
    pub fn table(&self) -> &AclTable {
        &self.table
    }

    /// How many documents are visible.
    #[must_use]
    pub fn count(&self, visible: &Visibility) -> usize {
        match self.runs(visible) {
            None => self.documents.len(),
            Some(runs) => runs.map(BTreeSet::len).sum(),
        }
    }

    /// Whether a document is there and visible.
    #[must_use]
    pub fn allows(&self, visible: &Visibility, document: &K) -> bool {
        self.documents.get(document).is_some_and(|list| visible.allows(self.id(*list)))
    }

    /// The visible documents, ascending: those after one, be it there or not, or all of them.
    ///
    /// As many documents are walked first as there are visible lists: whoever sees much has a page by
    /// then. Only whoever wants more has the lists merged.
    pub fn after<'a>(
        &'a self,
        visible: &'a Visibility,
        document: Option<&K>,
    ) -> impl Iterator<Item = &'a K> + use<'a, K> {
        Documents::new(self, visible, document, Direction::Ascending)
    }

    /// The visible documents, descending: those before one, be it there or not, or all of them. Else as
    /// [`after`](Self::after).
    pub fn before<'a>(
        &'a self,
        visible: &'a Visibility,
        document: Option<&K>,
    ) -> impl Iterator<Item = &'a K> + use<'a, K> {
        Documents::new(self, visible, document, Direction::Descending)
    }

    /// The documents of each visible list, or `None` if every document is visible.
    pub(super) fn runs<'a>(
        &'a self,
        visible: &'a Visibility,
    ) -> Option<impl Iterator<Item = &'a BTreeSet<K>>> {
        let lists = self.visible_lists(visible)?;
        Some(lists.filter_map(|list| self.by_list.get(list as usize)))
    }

    /// The visible lists, or `None` if every document is visible.
    pub(super) fn visible_lists<'a>(
        &self,
        visible: &'a Visibility,
    ) -> Option<impl Iterator<Item = u32> + use<'a, K>> {
        if visible.is_all_of(&self.table) {
            return None;
        }
        visible.lists_of(self.table.id())
    }

    pub(super) fn id(&self, list: u32) -> AclId {
        AclId::new(self.table.id(), list)
    }

    /// Compiles a list. Before it is refused, lists of no document make room for it, if that pays: if
    /// there are so many of them, or there were so many changes, that going through everything costs each
    /// no more than a fixed part of it. (Few lists may be all that fits beside many documents.)
    fn compile<S: AsRef<str>>(
        &mut self,
        permissions: &[S],
    ) -> Result<(AclId, Vec<MalformedPermission>), TableFull> {
        self.table.insert_lenient(permissions).or_else(|full| {
            let pays = (self.live + self.documents.len()) / 4;
            if self.compact_beyond(if self.changes > pays { 0 } else { pays }) {
                self.table.insert_lenient(permissions)
            } else {
                Err(full)
            }
        })
    }

    /// Whoever was allowed to see it is so no longer, whatever comes next. Comparing can panic: what is of
    /// a list is also among all documents at any time, so that the next change finds it there.
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

    /// What lists of no document may weigh: so much that forgetting them, which goes through everything,
    /// costs each change no more than a fixed part of it.
    pub(super) fn max_dead(&self) -> usize {
        MAX_DEAD + self.live + self.documents.len()
    }

    /// Forgets the lists of no document, if they weigh more than `limit`. Whether they did.
    fn compact_beyond(&mut self, limit: usize) -> bool {
        if self.table.weight() - self.live <= limit {
            return false;
        }
        let has_documents = |list: u32| {
            self.by_list.get(list as usize).is_some_and(|documents| !documents.is_empty())
        };
        // What is a part of a table fits into one with the same limits.
        let Ok((table, numbers)) = self.table.retained(has_documents) else { return false };
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

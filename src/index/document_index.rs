//! Documents in order and by their lists: [`DocumentIndex`].

use std::fmt;
use std::ops::Deref;

use smallvec::SmallVec;

use super::order::{Found, Order, Sizes};
use super::runs::Runs;
use super::snapshot::IndexSnapshot;
use crate::acl::{AclId, AclLimits, AclTable, InsertError, MalformedPermission, TableFull};

/// The weight of unused lists that a table of any size may keep: 16,384 lists and grants.
const MAX_DEAD: usize = 1 << 14;

/// The largest number of documents: 2^30. The chunks of these documents can then be numbered.
pub(super) const MAX_DOCUMENTS: u32 = 1 << 30;

/// The documents of a changing collection, in order and by their lists. An index returns pages and
/// totals of the documents that a principal sees.
///
/// `K` identifies a document, and the order of `K` is the order of pages. Examples are a sequence number,
/// and a time with an id. The index stores each key once, in chunks of at most 128 documents. For each
/// list, it stores the chunks in which the list has documents. Each document has exactly one list. A
/// total is therefore a sum over the visible lists, and a page reads only chunks with visible
/// documents.
///
/// The methods that read are those of [`IndexSnapshot`], to which an index dereferences.
///
/// | operation | takes time in proportion to |
/// | --- | --- |
/// | [`insert`](Self::insert), [`insert_with_list`](Self::insert_with_list), [`remove`](Self::remove) | the permissions, the logarithm of the documents, and a chunk. In the worst case, a chunk is divided: this changes the runs of up to 64 lists, and each change may copy a run, which has four bytes for each chunk of its list |
/// | [`bulk_load`](Self::bulk_load) | the documents, and their logarithm if they are not sorted |
/// | [`snapshot`](Self::snapshot) | constant time |
///
/// A document takes its key, four bytes for its list, at most four bytes in the run of the list, and about
/// two bytes for its share of a chunk. A list takes 20 bytes, and 40 more if its documents are in more than two
/// chunks. The [`table`](IndexSnapshot::table) comes on top. [`memory`](IndexSnapshot::memory) returns the exact
/// number. The largest number of documents is 2^30.
///
/// # Compaction
///
/// The index removes the lists without documents when they weigh more than the documents and their
/// lists, plus 16,384. The weight of a list is one, plus one for each of its grants. Memory is therefore
/// in proportion to the documents and their lists after any number of changes. The change that triggers
/// compaction takes time in proportion to the whole index. On average, the costs in the table above
/// include this time.
///
/// The index also remembers the texts of at most 256 lists, and of two more for each list. Compaction forgets them.
///
/// # Visibilities
///
/// A [`Visibility`](crate::Visibility) is resolved by [`resolve`](IndexSnapshot::resolve), or from the
/// [`table`](IndexSnapshot::table) by [`Collection::visibility`](crate::Collection::visibility). A visibility
/// describes the index at that time. Resolve again after each change, also after a refused one.
///
/// An older visibility shows a document only if the document's present list allows it. It may show
/// fewer documents, or none. An unrestricted visibility also shows documents that were inserted later,
/// until compaction replaces the table.
///
/// A clone of an index has a table of its own, so a visibility of the original shows nothing in it.
/// Cloning copies the table, and shares the documents until they change.
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
/// let visible = index.resolve(&ann, Action::Read);
/// assert_eq!(index.count(&visible), 3);
/// assert!(index.after(&visible, None).eq(&[1, 3, 4]));
/// assert!(index.after(&visible, Some(&1)).take(25).eq(&[3, 4]));
/// assert!(index.before(&visible, None).eq(&[4, 3, 1]));
///
/// index.insert(1, [r#"read("user:ben")"#])?;
/// index.remove(&4);
/// let visible = index.resolve(&ann, Action::Read);
/// assert!(index.after(&visible, None).eq(&[3]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct DocumentIndex<K> {
    pub(super) now: IndexSnapshot<K>,
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
        Self::with_sizes(limits, Sizes::default())
    }

    /// For tests: creates an index with chunks of at most `chunk` documents, and nodes of at most `chunk`
    /// chunks. Small collections then have many of them.
    #[doc(hidden)]
    #[must_use]
    pub fn internal_with_chunks_of(limits: AclLimits, chunk: usize) -> Self {
        let size = chunk.clamp(2, Sizes::default().chunk);
        Self::with_sizes(limits, Sizes { chunk: size, node: size })
    }

    fn with_sizes(limits: AclLimits, sizes: Sizes) -> Self {
        Self::from_parts(IndexSnapshot::empty(AclTable::with_limits(limits), sizes), 0)
    }

    /// Creates an index from its documents, and the weight of the lists that have documents.
    pub(super) fn from_parts(now: IndexSnapshot<K>, live: usize) -> Self {
        Self { now, live, changes: 0 }
    }

    /// Inserts a document with its permissions, or replaces the permissions of a document. Refuses a
    /// list with a malformed permission, as [`AclTable::insert`] does.
    ///
    /// # Errors
    ///
    /// The first malformed permission, or the limit that the table or the index has reached. The document
    /// is unchanged: if it was inserted before, its previous permissions still count.
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
        // The caller's code runs before the table is locked.
        let permissions: List<&str> = permissions.iter().map(AsRef::as_ref).collect();
        self.check_room(&document)?;
        let inserted = self.now.table_mut().insert(&permissions);
        let id = match inserted {
            Err(InsertError::Full(_)) if self.make_room() => {
                self.now.table_mut().insert(&permissions)?
            }
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
    /// The limit that the table or the index has reached. The document is unchanged. A full table is
    /// compacted first, as by [`insert`](Self::insert).
    pub fn insert_lenient<S: AsRef<str>>(
        &mut self,
        document: K,
        permissions: impl IntoIterator<Item = S>,
    ) -> Result<Vec<MalformedPermission>, TableFull> {
        self.changes += 1;
        let permissions: List<S> = permissions.into_iter().collect();
        // The caller's code runs before the table is locked.
        let permissions: List<&str> = permissions.iter().map(AsRef::as_ref).collect();
        self.check_room(&document)?;
        let inserted = self.now.table_mut().insert_lenient(&permissions);
        let (id, malformed) = match inserted {
            Err(_) if self.make_room() => self.now.table_mut().insert_lenient(&permissions)?,
            result => result?,
        };
        self.place(document, id.index());
        Ok(malformed)
    }

    /// Inserts a document with a list of the index, or gives a document another list. This saves the time to
    /// look up the permissions.
    ///
    /// ```
    /// use rolegate::index::DocumentIndex;
    /// use rolegate::{Action, Principal};
    ///
    /// let mut index = DocumentIndex::new();
    /// index.insert("album", [r#"read("any")"#])?;
    /// let list = index.get(&"album").ok_or("no album")?;
    /// index.insert_with_list("photo", list)?;
    ///
    /// let visible = index.resolve(&Principal::guest(), Action::Read);
    /// assert!(index.after(&visible, None).eq(&["album", "photo"]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The list belongs to another table, which the index may have replaced by compaction. Or the index
    /// has reached its limit. The document is unchanged.
    pub fn insert_with_list(&mut self, document: K, list: AclId) -> Result<(), InsertError> {
        self.changes += 1;
        if list.table() != self.now.table_id {
            return Err(InsertError::ForeignList);
        }
        self.check_room(&document)?;
        self.place(document, list.index());
        Ok(())
    }

    /// Removes a document. Returns `true` if the index had it.
    pub fn remove(&mut self, document: &K) -> bool {
        self.changes += 1;
        let was_there = self.take_out(document);
        self.compact_beyond(self.max_dead());
        was_there
    }

    /// Returns the documents at this time. Takes constant time.
    ///
    /// ```
    /// use std::sync::RwLock;
    ///
    /// use rolegate::index::DocumentIndex;
    /// use rolegate::{Action, Principal};
    ///
    /// let index = RwLock::new(DocumentIndex::new());
    /// index.write().unwrap().insert(1, [r#"read("any")"#])?;
    ///
    /// // A reader holds the lock only while it takes the snapshot.
    /// let snapshot = index.read().unwrap().snapshot();
    /// index.write().unwrap().remove(&1);
    ///
    /// let visible = snapshot.resolve(&Principal::guest(), Action::Read);
    /// assert_eq!((snapshot.count(&visible), index.read().unwrap().len()), (1, 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// A snapshot still shows what was revoked afterwards. A host that must see every revocation takes a
    /// new snapshot for each request.
    #[must_use]
    pub fn snapshot(&self) -> IndexSnapshot<K> {
        self.now.clone()
    }

    /// Gives back the memory that is reserved for growth and that of the texts of lists, and packs the documents into
    /// full chunks. Takes time in proportion to the whole index.
    pub fn shrink_to_fit(&mut self) {
        self.now.table_mut().shrink_to_fit();
        self.pack();
    }

    /// Refuses a new document if there is no room for another one.
    fn check_room(&self, document: &K) -> Result<(), TableFull> {
        if self.len() >= MAX_DOCUMENTS as usize && self.get(document).is_none() {
            return Err(TableFull::documents(MAX_DOCUMENTS));
        }
        Ok(())
    }

    /// Stores a document under a list of the table, and removes it from its previous list.
    fn place(&mut self, document: K, list: u32) {
        if self.now.order.is_nearly_full() {
            self.pack();
        }
        // The run is loaded into the cache while the document is searched.
        self.now.runs.touch(list);
        match self.now.order.find(&document) {
            Some(Found { chunk, at: Ok(at), .. }) => self.move_to(chunk, at, list),
            found => self.add(found, document, list),
        }
        self.compact_beyond(self.max_dead());
    }

    /// Gives a document another list.
    fn move_to(&mut self, chunk: u32, at: usize, list: u32) {
        let IndexSnapshot { order, runs, .. } = &mut self.now;
        let before = order.chunk(chunk).and_then(|chunk| chunk.lists().get(at).copied());
        let Some(before) = before.filter(|before| *before != list) else { return };
        order.set_list(chunk, at, list);
        let (was_last, is_first) = (runs.take(before, chunk, order), runs.add(list, chunk, order));
        self.weigh(was_last.then_some(before), is_first.then_some(list));
    }

    /// Adds a document that the index does not have.
    fn add(&mut self, mut found: Option<Found>, document: K, list: u32) {
        let IndexSnapshot { order, runs, .. } = &mut self.now;
        if let Some(place) = &found
            && let Some(moved) = order.make_room(place)
        {
            runs.follow(moved, order);
            found = order.find(&document);
        }
        let chunk = order.insert(found, document, list);
        let is_first = runs.add(list, chunk, order);
        self.weigh(None, is_first.then_some(list));
    }

    /// Removes a document. Returns `true` if the index had it.
    fn take_out(&mut self, document: &K) -> bool {
        let IndexSnapshot { order, runs, .. } = &mut self.now;
        let Some(Found { place, chunk, at: Ok(at) }) = order.find(document) else { return false };
        let Some(list) = order.chunk(chunk).and_then(|chunk| chunk.lists().get(at).copied()) else {
            return false;
        };
        // The key is dropped after all changes, because dropping it can panic.
        let _key = order.remove(place, at);
        let was_last = runs.take(list, chunk, order);
        self.weigh(was_last.then_some(list), None);
        let IndexSnapshot { order, runs, .. } = &mut self.now;
        if let Some(moved) = order.tidy(place) {
            let vacated = moved.vacated.zip(Some(moved.from));
            runs.follow(moved, order);
            if let Some((place, number)) = vacated {
                order.remove_chunk(place, number);
            }
        }
        if self.now.order.is_sparse() {
            self.pack();
        }
        true
    }

    /// Subtracts the weight of a list that lost its last document, and adds that of a list with its first.
    fn weigh(&mut self, lost: Option<u32>, gained: Option<u32>) {
        if lost.is_some() || gained.is_some() {
            let table = self.now.table();
            let weight = |list: Option<u32>| list.map_or(0, |list| table.weight_of(list));
            let live = self.live + weight(gained) - weight(lost);
            drop(table);
            self.live = live;
        }
    }

    /// Compacts a full table if this pays. Returns `true` if it compacted the table.
    ///
    /// It pays if the unused lists, or the changes since the last compaction, exceed a quarter of the
    /// index. The cost of compaction for each of these lists and changes is then bounded. Without this
    /// condition, a table with few lists and many documents could be compacted at each change.
    fn make_room(&mut self) -> bool {
        let pays = (self.live + self.len()) / 4;
        self.compact_beyond(if self.changes > pays { 0 } else { pays })
    }

    /// Returns the weight that unused lists may have. The limit grows with the index, so the cost of
    /// compaction for each change is bounded.
    pub(super) fn max_dead(&self) -> usize {
        MAX_DEAD + self.live + self.len()
    }

    /// Removes the lists without documents if they weigh more than `limit`. Returns `true` if it removed
    /// them.
    pub(super) fn compact_beyond(&mut self, limit: usize) -> bool {
        let runs = &self.now.runs;
        let table = self.now.table();
        if table.weight() - self.live <= limit {
            return false;
        }
        // A part of a table fits into a table with the same limits.
        let compacted = table.compacted(|list| runs.documents(list) > 0);
        drop(table);
        let Ok((table, numbers)) = compacted else { return false };
        let order = self.repacked(|list| numbers.get(list as usize).copied().unwrap_or(u32::MAX));
        let runs = Runs::of(&order, table.len());
        self.now = IndexSnapshot::new(table, order, runs);
        self.changes = 0;
        true
    }

    /// Packs the documents into full chunks, and numbers the chunks again.
    fn pack(&mut self) {
        let order = self.repacked(|list| list);
        self.now.runs = Runs::of(&order, self.now.runs.len());
        self.now.order = order;
    }

    /// Copies the documents, with another number for each list.
    fn repacked(&self, number: impl Fn(u32) -> u32) -> Order<K> {
        let documents = self.now.order.iter().map(|(key, list)| (key.clone(), number(list)));
        Order::from_sorted(documents, self.now.order.sizes())
    }
}

impl<K> Deref for DocumentIndex<K> {
    type Target = IndexSnapshot<K>;

    fn deref(&self) -> &IndexSnapshot<K> {
        &self.now
    }
}

impl<K> Clone for DocumentIndex<K> {
    fn clone(&self) -> Self {
        let IndexSnapshot { order, runs, .. } = self.now.clone();
        let now = IndexSnapshot::new(AclTable::clone(&self.now.table()), order, runs);
        Self { now, live: self.live, changes: self.changes }
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
            .field("documents", &self.len())
            .field("table", &*self.table())
            .finish_non_exhaustive()
    }
}

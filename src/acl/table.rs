//! Distinct permission lists, each stored once: [`AclTable`].
//!
//! A list is stored as grants: the number of a role and the actions that it is granted, in four bytes.
//! The grants of a list are sorted by role, with one grant for each role. Order, repetition and the
//! spelling of `write` therefore make no difference, and equal lists share one entry. The grants of
//! all lists are stored in one packed buffer. A hash table finds the list with given grants.
//!
//! A list is compiled in `table/compile.rs`. The texts of lists that were compiled before are in
//! `raw_lists.rs`. `AclTable::resolve` is in `evaluate/visibility.rs`, and reads the postings with `reach.rs`.
//! Compaction is in `table/compacted.rs`, and `internal_validate` in `table/invariants.rs`. The part of a table
//! that an index saves is in `table/saved.rs`.

mod compacted;
mod compile;
mod invariants;
#[cfg(feature = "rayon")]
mod parallel;
mod saved;
#[cfg(test)]
mod tests;

#[cfg(feature = "rayon")]
pub use parallel::InsertAllError;
pub(crate) use saved::{SavedTableError, TableLoader};

use std::fmt;

use hashbrown::HashTable;

use super::error::{InsertError, Limited, MalformedPermission, TableFull};
use super::grant::{Grant, GrantBits};
use super::id::{AclId, TableId};
use super::interner::Interner;
use super::limits::AclLimits;
use super::postings::Postings;
use super::raw_lists::RawLists;
use crate::hash::{RandomState, hash_numbers};
use crate::packed::{slice_at, to_u32};
use crate::permission::{Action, Role};

/// The distinct permission lists of a set of documents, compiled.
///
/// Documents with the same list share one [`AclId`]. Order and repetitions in a list make no difference.
/// A decision is therefore made once for each distinct list, and not for each document. For each role, the
/// table knows the lists that name the role.
///
/// Ids stay valid after later insertions. A table is `Send` and `Sync`. The crate's documentation shows
/// [how threads share it](crate#threads).
///
/// Insertion takes time linear in the length of the list, plus sorting. A list that was inserted before with
/// the same texts in the same order takes one look-up, if it has fewer than eight permissions and the table
/// remembers its texts. A hash finds the candidate, and the comparison of all texts decides.
///
/// # Memory
///
/// These are the bytes after [`shrink_to_fit`](Self::shrink_to_fit). Before that call, up to twice as
/// many bytes are reserved, and the table remembers the texts of lists. A hash table has 5 bytes for each slot,
/// and 7/16 to 7/8 of its slots are used.
///
/// | for | bytes |
/// | --- | --- |
/// | a list | 10 to 16: 4, and its share of a hash table |
/// | each role that a list names | 4 in the list, and 4 at the role after its first four lists |
/// | a role | its text, and 42 to 48: 36, and its share of a hash table |
///
/// A list of three permissions for two roles takes 26 to 32 bytes, and a list for three roles takes
/// 34 to 40. Lists that name a very common role cost less, because the role stores one bit for each
/// list.
///
/// A list that is remembered takes its texts and 20 to 39 bytes. The table remembers at most 256 lists, four more for
/// each time that a list was inserted again, and two more for each distinct list. Above 16 MiB of texts, it remembers no
/// further lists, until [`shrink_to_fit`](Self::shrink_to_fit) forgets all of them.
///
/// # Clones
///
/// A clone is another table with the same lists and with ids of its own. An id, an
/// [`AclColumn`](crate::AclColumn) or a [`Visibility`](crate::Visibility) of one table grants nothing
/// in the other. The two tables can therefore change without confusing their lists.
/// [`insert`](Self::insert) returns the id of a list in the clone.
///
/// ```
/// use rolegate::{AclTable, Action, Role};
///
/// let mut table = AclTable::new();
/// let one = table.insert([r#"read("any")"#, r#"write("user:ann")"#])?;
/// let same = table.insert([r#"write("user:ann")"#, r#"read("any")"#, r#"delete("user:ann")"#])?;
/// assert_eq!(one, same);
/// assert_eq!(table.len(), 1);
/// assert_eq!(table.lists_granting(Action::Update, &Role::user("ann")?).count(), 1);
///
/// let error = table.insert([r#"read("any")"#, r#"read("usr:ann")"#]).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "permission 1, byte 6: expected a role, found `usr`; write `user:ann`"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct AclTable {
    id: TableId,
    limits: AclLimits,
    roles: Interner,
    postings: Vec<Postings>,
    grants: Vec<GrantBits>,
    ends: Vec<u32>,
    lists: HashTable<u32>,
    hasher: RandomState,
    raw: RawLists,
}

impl AclTable {
    /// Creates a table without lists.
    #[must_use]
    pub fn new() -> Self {
        Self::with_limits(AclLimits::default())
    }

    /// Creates a table without lists that refuses insertions beyond `limits`.
    #[must_use]
    pub fn with_limits(limits: AclLimits) -> Self {
        Self {
            id: TableId::next(),
            limits: limits.capped(),
            roles: Interner::default(),
            postings: Vec::new(),
            grants: Vec::new(),
            ends: Vec::new(),
            lists: HashTable::new(),
            hasher: RandomState::default(),
            raw: RawLists::default(),
        }
    }

    /// Compiles a list, and returns the id of its entry. Refuses a list with a malformed permission.
    ///
    /// # Errors
    ///
    /// The first malformed permission, or the limit that the table has reached. The table is
    /// unchanged.
    pub fn insert<S: AsRef<str>>(
        &mut self,
        permissions: impl IntoIterator<Item = S>,
    ) -> Result<AclId, InsertError> {
        self.compile(permissions, |malformed| Err(InsertError::Malformed(malformed)))
    }

    /// Compiles the well-formed permissions of a list, and returns the id of its entry with the
    /// malformed permissions. The malformed permissions grant nothing.
    ///
    /// # Errors
    ///
    /// The limit that the table has reached. The table is unchanged.
    pub fn insert_lenient<S: AsRef<str>>(
        &mut self,
        permissions: impl IntoIterator<Item = S>,
    ) -> Result<(AclId, Vec<MalformedPermission>), TableFull> {
        let mut refused = Vec::new();
        let id = self.compile(permissions, |malformed| {
            refused.push(malformed);
            Ok(())
        })?;
        Ok((id, refused))
    }

    /// Returns the number of distinct lists.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns `true` if the table has no lists.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns the roles that the lists name.
    #[must_use]
    pub fn roles(&self) -> impl ExactSizeIterator<Item = Role<'_>> {
        (0..self.postings.len()).map(|id| self.role(to_u32(id)))
    }

    /// Returns the grants of a list, or `None` for an id of another table.
    #[must_use]
    pub fn grants(&self, id: AclId) -> Option<impl ExactSizeIterator<Item = Grant<'_>>> {
        let grants = self.grants_of(id.index())?;
        (id.table() == self.id).then(|| {
            grants
                .iter()
                .map(|grant| Grant { role: self.role(grant.role()), actions: grant.actions() })
        })
    }

    /// Returns the lists that grant `action` to `role`, each once, in no particular order.
    ///
    /// Takes time in proportion to the lists that name the role.
    pub fn lists_granting(
        &self,
        action: Action,
        role: &Role<'_>,
    ) -> impl Iterator<Item = AclId> + use<'_> {
        let postings = self.postings_of(role);
        let lists = postings.into_iter().flat_map(move |postings| postings.lists(action));
        lists.map(|list| AclId::new(self.id, list))
    }

    /// Returns the bytes on the heap, with the memory that is reserved for growth.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.roles.memory()
            + self.postings.capacity() * size_of::<Postings>()
            + self.postings.iter().map(Postings::memory).sum::<usize>()
            + self.grants.capacity() * size_of::<GrantBits>()
            + self.ends.capacity() * size_of::<u32>()
            + self.lists.allocation_size()
            + self.raw.memory()
    }

    /// Gives back the memory that is reserved for growth, and that of the texts of lists. Call it after loading
    /// a collection.
    pub fn shrink_to_fit(&mut self) {
        self.roles.shrink_to_fit();
        self.postings.shrink_to_fit();
        self.postings.iter_mut().for_each(Postings::shrink_to_fit);
        self.grants.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.rebuild(self.lists.len());
        self.raw = RawLists::default();
    }

    pub(crate) fn id(&self) -> TableId {
        self.id
    }

    pub(super) fn postings_of(&self, role: &Role<'_>) -> Option<&Postings> {
        self.postings.get(self.roles.get(role.as_str())? as usize)
    }

    fn role(&self, id: u32) -> Role<'_> {
        Role::from_canonical(self.roles.text(id))
    }

    fn grants_of(&self, list: u32) -> Option<&[GrantBits]> {
        ((list as usize) < self.ends.len()).then(|| slice_at(&self.grants, &self.ends, list))
    }

    /// Adds a role that the table does not have. `hash` is the hash of its text.
    fn intern_role(&mut self, hash: u64, role: &Role<'_>) -> Result<u32, TableFull> {
        let text = role.as_str();
        check(self.roles.len() + 1, self.limits.roles, Limited::Roles)?;
        check(self.roles.text_len() + text.len(), self.limits.role_bytes, Limited::RoleBytes)?;
        self.postings.push(Postings::default());
        Ok(self.roles.push(hash, text))
    }

    fn intern_list(&mut self, new: &[GrantBits]) -> Result<u32, TableFull> {
        let hash = hash_of(&self.hasher, new);
        let Self { lists, grants, ends, .. } = self;
        if let Some(&list) = lists.find(hash, |&list| slice_at(grants, ends, list) == new) {
            return Ok(list);
        }
        check(ends.len() + 1, self.limits.lists, Limited::Lists)?;
        check(grants.len() + new.len(), self.limits.grants, Limited::Grants)?;
        if lists.len() == lists.capacity() {
            self.rebuild(self.lists.len() * 2);
        }
        let list = to_u32(self.ends.len());
        self.grants.extend_from_slice(new);
        self.ends.push(to_u32(self.grants.len()));
        self.insert_list(hash, list);
        for grant in new {
            if let Some(postings) = self.postings.get_mut(grant.role() as usize) {
                postings.push(list, grant.actions());
            }
        }
        Ok(list)
    }

    /// Builds the hash table of lists again, in the order of their numbers. `Interner::rebuild` has
    /// the reason.
    fn rebuild(&mut self, capacity: usize) {
        self.lists = HashTable::with_capacity(capacity);
        for list in 0..to_u32(self.ends.len()) {
            let hash = hash_of(&self.hasher, slice_at(&self.grants, &self.ends, list));
            self.insert_list(hash, list);
        }
    }

    fn insert_list(&mut self, hash: u64, list: u32) {
        let Self { lists, grants, ends, hasher, .. } = self;
        lists.insert_unique(hash, list, |&list| hash_of(hasher, slice_at(grants, ends, list)));
    }
}

fn hash_of(hasher: &RandomState, grants: &[GrantBits]) -> u64 {
    hash_numbers(hasher, grants.iter().map(|grant| grant.bits()))
}

fn check(len: usize, limit: u32, limited: Limited) -> Result<(), TableFull> {
    if len > limit as usize { Err(TableFull::new(limited, limit)) } else { Ok(()) }
}

impl Clone for AclTable {
    /// Copies the lists into another table, which has ids of its own and remembers no texts.
    fn clone(&self) -> Self {
        Self {
            id: TableId::next(),
            limits: self.limits,
            roles: self.roles.clone(),
            postings: self.postings.clone(),
            grants: self.grants.clone(),
            ends: self.ends.clone(),
            lists: self.lists.clone(),
            hasher: self.hasher.clone(),
            raw: RawLists::default(),
        }
    }
}

impl Default for AclTable {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for AclTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AclTable")
            .field("lists", &self.len())
            .field("roles", &self.postings.len())
            .field("grants", &self.grants.len())
            .finish_non_exhaustive()
    }
}

//! Distinct permission lists, each kept once: [`AclTable`].
//!
//! A list is kept as grants: a role's number and the actions it is granted, four bytes, sorted by
//! role and with one grant a role, so that order, repetition and `write` spelt out make no
//! difference. Equal lists have equal grants and therefore one entry. The grants of all lists stand
//! one behind the other; a hash table finds the list with given grants.

#[cfg(test)]
mod edges;
mod invariants;
mod retained;

use std::fmt;

use hashbrown::HashTable;
use smallvec::SmallVec;

use super::grant::{Grant, GrantBits};
use super::id::{AclId, TableId};
use super::interner::{Interner, saturating};
use super::limits::AclLimits;
use super::postings::Postings;
use super::{InsertError, MalformedPermission, TableFull};
use crate::hash::{RandomState, hash_numbers};
use crate::permission::{Action, MAX_ROLE_LEN, Permission, Role, split_canonical};
use crate::runs::run_at;

/// Distinct permission lists, compiled: the roles they name interned, each list kept once.
///
/// Documents that have the same list share one [`AclId`], whatever the order or repetitions in it, so
/// that everything further on costs what the distinct lists cost. For each role the table knows the
/// lists that name it.
///
/// Ids stay valid whatever is inserted later. A table is `Send` and `Sync`;
/// [how threads share it](crate#among-threads) is told with the crate.
///
/// Inserting takes time linear in the list's length (plus sorting it).
///
/// # Memory
///
/// After [`shrink_to_fit`](Self::shrink_to_fit); until then up to twice as much is reserved.
///
/// | for | bytes |
/// | --- | --- |
/// | a list | 4, and 5 for each slot of a hash table that is 7/16 to 7/8 full: 10 to 16 |
/// | each role that a list names | 4 in the list, and 4 at the role beyond the first four lists |
/// | a role | its text, 36, and a slot of the same size: 42 to 48 |
///
/// So a list of three permissions for two roles takes 26 to 32 bytes, and one for three roles 34 to
/// 40. Lists that name a very common role cost less: there it is one bit a list.
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
}

/// Grants of a list that is being compiled; most lists have fewer than eight.
type Scratch = SmallVec<[GrantBits; 8]>;

impl AclTable {
    /// A table without lists.
    #[must_use]
    pub fn new() -> Self {
        Self::with_limits(AclLimits::default())
    }

    /// A table without lists that will not hold more than `limits`.
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
        }
    }

    /// Compiles a list: the entry that it has, or a new one.
    ///
    /// # Errors
    ///
    /// The first malformed permission, or a limit that was reached. The table is as it was.
    pub fn insert<S: AsRef<str>>(
        &mut self,
        permissions: impl IntoIterator<Item = S>,
    ) -> Result<AclId, InsertError> {
        self.compile(permissions, |malformed| Err(InsertError::Malformed(malformed)))
    }

    /// Compiles a list of which some permissions may be malformed. Those grant nothing and are given
    /// back; the rest of the list counts.
    ///
    /// # Errors
    ///
    /// A limit that was reached. The table is as it was.
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

    /// How many distinct lists there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no lists.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The roles that lists name.
    #[must_use]
    pub fn roles(&self) -> impl ExactSizeIterator<Item = Role<'_>> {
        (0..self.postings.len()).map(|id| self.role(saturating(id)))
    }

    /// What a list grants, or `None` for an id of another table.
    #[must_use]
    pub fn grants(&self, id: AclId) -> Option<impl ExactSizeIterator<Item = Grant<'_>>> {
        let grants = self.grants_of(id.index())?;
        (id.table() == self.id).then(|| {
            grants
                .iter()
                .map(|grant| Grant { role: self.role(grant.role()), actions: grant.actions() })
        })
    }

    /// The lists that grant `action` to `role`, each once, in no particular order. Takes time in
    /// proportion to how many name the role.
    pub fn lists_granting(
        &self,
        action: Action,
        role: &Role<'_>,
    ) -> impl Iterator<Item = AclId> + use<'_> {
        let postings = self.postings_of(role);
        let lists = postings.into_iter().flat_map(move |postings| postings.lists(action));
        lists.map(|list| AclId::new(self.id, list))
    }

    /// Bytes on the heap, what is reserved for growth included.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.roles.memory()
            + self.postings.capacity() * size_of::<Postings>()
            + self.postings.iter().map(Postings::memory).sum::<usize>()
            + self.grants.capacity() * size_of::<GrantBits>()
            + self.ends.capacity() * size_of::<u32>()
            + self.lists.allocation_size()
    }

    /// Gives back what is reserved for growth: after the lists of a collection have been loaded.
    pub fn shrink_to_fit(&mut self) {
        self.roles.shrink_to_fit();
        self.postings.shrink_to_fit();
        self.postings.iter_mut().for_each(Postings::shrink_to_fit);
        self.grants.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.rebuild(self.lists.len());
    }

    pub(crate) fn id(&self) -> TableId {
        self.id
    }

    /// Sets the bit of every list that grants `action` to `role`.
    pub(crate) fn mark(&self, action: Action, role: &Role<'_>, words: &mut [u64]) {
        if let Some(postings) = self.postings_of(role) {
            postings.mark(action, words);
        }
    }

    fn postings_of(&self, role: &Role<'_>) -> Option<&Postings> {
        self.postings.get(self.roles.get(role.as_str())? as usize)
    }

    fn role(&self, id: u32) -> Role<'_> {
        Role::from_canonical(self.roles.text(id))
    }

    fn grants_of(&self, list: u32) -> Option<&[GrantBits]> {
        ((list as usize) < self.ends.len()).then(|| run_at(&self.grants, &self.ends, list))
    }

    fn compile<S: AsRef<str>, E: From<TableFull>>(
        &mut self,
        permissions: impl IntoIterator<Item = S>,
        mut refuse: impl FnMut(MalformedPermission) -> Result<(), E>,
    ) -> Result<AclId, E> {
        let mut attempt = Attempt { roles: self.roles.len(), table: self, failed: true };
        let table = &mut *attempt.table;
        let mut grants = Scratch::new();
        for (position, permission) in permissions.into_iter().enumerate() {
            let text = permission.as_ref();
            let last = grants.last().map(|last| last.role());
            if let Some(grant) = table.known(text, last) {
                push_or_merge(&mut grants, grant);
            } else {
                match Permission::parse(text) {
                    Ok(new) => {
                        let role = table.intern_role(&new.role())?;
                        push_or_merge(&mut grants, GrantBits::new(role, new.actions()));
                    }
                    Err(error) => refuse(MalformedPermission::new(position, error))?,
                }
            }
        }
        normalize(&mut grants);
        let id = AclId::new(table.id, table.intern_list(&grants)?);
        attempt.failed = false;
        Ok(id)
    }

    /// A permission for a role that is known. The role was checked when it came; it and an action
    /// around it are a permission. Often it is the role of the permission before, `last`, which is
    /// then found without a look-up.
    fn known(&self, text: &str, last: Option<u32>) -> Option<GrantBits> {
        let (actions, role) = split_canonical(text)?;
        // Not even hashed: nobody is to pay for a megabyte that is refused anyway.
        if role.len() > MAX_ROLE_LEN {
            return None;
        }
        let role = match last {
            Some(last) if self.roles.is(last, role) => last,
            _ => self.roles.get(role)?,
        };
        Some(GrantBits::new(role, actions))
    }

    fn intern_role(&mut self, role: &Role<'_>) -> Result<u32, TableFull> {
        let text = role.as_str();
        check(self.roles.len() + 1, self.limits.roles, "distinct roles")?;
        check(self.roles.text_len() + text.len(), self.limits.role_bytes, "bytes of roles")?;
        self.postings.push(Postings::default());
        Ok(self.roles.push(text))
    }

    fn intern_list(&mut self, new: &[GrantBits]) -> Result<u32, TableFull> {
        let hash = hash_of(&self.hasher, new);
        let Self { lists, grants, ends, .. } = self;
        if let Some(&list) = lists.find(hash, |&list| run_at(grants, ends, list) == new) {
            return Ok(list);
        }
        check(ends.len() + 1, self.limits.lists, "distinct lists")?;
        check(grants.len() + new.len(), self.limits.grants, "grants")?;
        if lists.len() == lists.capacity() {
            self.rebuild(self.lists.len() * 2);
        }
        let list = saturating(self.ends.len());
        self.grants.extend_from_slice(new);
        self.ends.push(saturating(self.grants.len()));
        self.insert_list(hash, list);
        for grant in new {
            if let Some(postings) = self.postings.get_mut(grant.role() as usize) {
                postings.push(list, grant.actions());
            }
        }
        Ok(list)
    }

    /// Makes the hash table of lists anew, in the order in which they stand: see [`Interner`].
    fn rebuild(&mut self, capacity: usize) {
        self.lists = HashTable::with_capacity(capacity);
        for list in 0..saturating(self.ends.len()) {
            let hash = hash_of(&self.hasher, run_at(&self.grants, &self.ends, list));
            self.insert_list(hash, list);
        }
    }

    fn insert_list(&mut self, hash: u64, list: u32) {
        let Self { lists, grants, ends, hasher, .. } = self;
        lists.insert_unique(hash, list, |&list| hash_of(hasher, run_at(grants, ends, list)));
    }

    /// Forgets the roles that came with a list that was refused: no other list names them. What
    /// they took goes too, if it was most of it: refused lists must not fill the memory.
    #[cold]
    fn forget_roles_from(&mut self, len: usize) {
        self.roles.truncate(len);
        self.postings.truncate(len);
        if self.postings.capacity() / 4 > len {
            self.postings.shrink_to_fit();
            self.roles.shrink_to_fit();
        }
    }
}

/// A list that is being compiled. If that comes to nothing, be it by a panic of the caller's iterator,
/// its new roles are forgotten.
struct Attempt<'t> {
    table: &'t mut AclTable,
    /// How many roles there were before.
    roles: usize,
    failed: bool,
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if self.failed {
            self.table.forget_roles_from(self.roles);
        }
    }
}

fn hash_of(hasher: &RandomState, grants: &[GrantBits]) -> u64 {
    hash_numbers(hasher, grants.iter().map(|grant| grant.bits()))
}

/// Adds a grant, or its actions to the last one if that is for the same role.
fn push_or_merge(grants: &mut Scratch, grant: GrantBits) {
    match grants.last_mut() {
        Some(last) if last.role() == grant.role() => last.merge(grant),
        _ => grants.push(grant),
    }
}

/// Sorts by role and makes one grant of several for the same role.
fn normalize(grants: &mut Scratch) {
    if grants.is_sorted_by(|earlier, later| earlier.role() < later.role()) {
        return;
    }
    grants.sort_unstable();
    grants.dedup_by(|later, earlier| {
        let same = later.role() == earlier.role();
        if same {
            earlier.merge(*later);
        }
        same
    });
}

fn check(len: usize, limit: u32, what: &'static str) -> Result<(), TableFull> {
    if len > limit as usize { Err(TableFull::new(what, limit)) } else { Ok(()) }
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

//! Compiling one list: from the texts of its permissions to its number.
//!
//! A list that was compiled before with the same texts is found as a whole ([`RawLists`]). In any other list,
//! each role is looked up, and a new role is checked and added.
//!
//! [`RawLists`]: crate::acl::raw_lists::RawLists

use smallvec::SmallVec;

use super::AclTable;
use crate::acl::error::{MalformedPermission, TableFull};
use crate::acl::grant::GrantBits;
use crate::acl::id::AclId;
use crate::acl::raw_lists::TOO_LONG;
use crate::permission::{
    MAX_ROLE_LEN, Permission, Role, diagnose_permission, is_role, split_canonical,
};

/// The grants of a list that is being compiled. Most lists have fewer than eight.
pub(super) type Scratch = SmallVec<[GrantBits; 8]>;

/// The first permissions of a list.
type First<S> = SmallVec<[S; TOO_LONG]>;

impl AclTable {
    /// Compiles a list, and calls `refuse` for each malformed permission.
    ///
    /// Reads up to [`TOO_LONG`] permissions before it compiles the first one, or up to one that is too long. If the size
    /// hint of the iterator is [`TOO_LONG`] or more, it reads nothing ahead, because such a list is never remembered.
    pub(super) fn compile<S: AsRef<str>, E: From<TableFull>>(
        &mut self,
        permissions: impl IntoIterator<Item = S>,
        refuse: impl FnMut(MalformedPermission) -> Result<(), E>,
    ) -> Result<AclId, E> {
        let mut permissions = permissions.into_iter();
        if permissions.size_hint().0 >= TOO_LONG {
            return self.compile_long(&[], permissions, refuse);
        }
        // An array that is filled in place. To move a vector of this size takes a tenth of the time of a
        // list that was compiled before.
        let mut first = [const { None }; TOO_LONG];
        let mut hash = 0;
        let mut is_whole = false;
        for place in &mut first {
            let Some(permission) = permissions.next() else {
                is_whole = true;
                break;
            };
            let text = permission.as_ref();
            // No longer text is a permission, and a text of any length must not be hashed before it is refused.
            let is_too_long = text.len() > Permission::MAX_LEN;
            if !is_too_long {
                hash = self.raw.hash_next(hash, text);
            }
            *place = Some(permission);
            if is_too_long {
                break;
            }
        }
        let texts = first.iter().map_while(Option::as_ref).map(S::as_ref);
        if is_whole && let Some(list) = self.raw.get(hash, &texts) {
            return Ok(AclId::new(self.id, list));
        }
        // `as_ref` can return another text each time. Its texts are from here on the same.
        let texts: First<&str> = texts.collect();
        if is_whole {
            self.compile_short(&texts, refuse)
        } else {
            self.compile_long(&texts, permissions, refuse)
        }
    }

    /// Compiles a list of fewer than [`TOO_LONG`] permissions that is not remembered.
    fn compile_short<E: From<TableFull>>(
        &mut self,
        texts: &[&str],
        refuse: impl FnMut(MalformedPermission) -> Result<(), E>,
    ) -> Result<AclId, E> {
        let lists = self.len();
        let mut attempt = Attempt::new(self, refuse);
        texts.iter().try_for_each(|text| attempt.add(text))?;
        let malformed = attempt.malformed;
        let list = attempt.finish()?;
        if self.len() == lists {
            self.raw.count_repeat();
        }
        if !malformed {
            self.raw.add(texts, list, self.ends.len());
        }
        Ok(AclId::new(self.id, list))
    }

    /// Compiles a list that is not remembered: `first`, and then `others`.
    fn compile_long<S: AsRef<str>, E: From<TableFull>>(
        &mut self,
        first: &[&str],
        mut others: impl Iterator<Item = S>,
        refuse: impl FnMut(MalformedPermission) -> Result<(), E>,
    ) -> Result<AclId, E> {
        let id = self.id;
        let mut attempt = Attempt::new(self, refuse);
        first.iter().try_for_each(|text| attempt.add(text))?;
        others.try_for_each(|permission| attempt.add(permission.as_ref()))?;
        Ok(AclId::new(id, attempt.finish()?))
    }

    /// Returns the grant of a permission, and adds its role if it is new. Returns `None` for a malformed permission.
    ///
    /// A known role was checked when it was added, and a verb around a role makes a permission. `last` is
    /// the role of the previous permission. It is often the same role, which then needs no look-up.
    fn grant(&mut self, text: &str, last: Option<u32>) -> Result<Option<GrantBits>, TableFull> {
        // A longer text is not a role, so it is not hashed.
        let split = split_canonical(text).filter(|(_, role)| role.len() <= MAX_ROLE_LEN);
        let Some((actions, role)) = split else { return Ok(None) };
        if let Some(last) = last.filter(|last| self.roles.is(*last, role)) {
            return Ok(Some(GrantBits::new(last, actions)));
        }
        let hash = self.roles.hash(role);
        let number = match self.roles.find(hash, role) {
            Some(known) => known,
            None if is_role(role) => self.intern_role(hash, &Role::from_canonical(role))?,
            None => return Ok(None),
        };
        Ok(Some(GrantBits::new(number, actions)))
    }

    /// Removes the roles from number `len` on, which only a refused list names.
    ///
    /// Gives back their memory if it was most of the memory for roles. Otherwise refused lists could
    /// exhaust the memory.
    #[cold]
    pub(super) fn forget_roles_from(&mut self, len: usize) {
        self.roles.truncate(len);
        self.postings.truncate(len);
        if self.postings.capacity() / 4 > len {
            self.postings.shrink_to_fit();
            self.roles.shrink_to_fit();
        }
    }
}

/// A list that is being compiled, and a drop guard for its new roles. Unless the list is accepted, it rolls
/// back the new roles, also when the caller's iterator panics.
struct Attempt<'t, F> {
    table: &'t mut AclTable,
    /// The number of roles before the attempt.
    roles: usize,
    grants: Scratch,
    /// The number of permissions so far.
    len: usize,
    refuse: F,
    /// A permission was malformed, and `refuse` accepted it.
    malformed: bool,
    failed: bool,
}

impl<'t, F, E: From<TableFull>> Attempt<'t, F>
where
    F: FnMut(MalformedPermission) -> Result<(), E>,
{
    fn new(table: &'t mut AclTable, refuse: F) -> Self {
        let (roles, grants) = (table.roles.len(), Scratch::new());
        Self { table, roles, grants, len: 0, refuse, malformed: false, failed: true }
    }

    /// Adds the next permission of the list.
    fn add(&mut self, text: &str) -> Result<(), E> {
        let position = self.len;
        self.len += 1;
        let last = self.grants.last().map(|last| last.role());
        if let Some(grant) = self.table.grant(text, last)? {
            self.push_or_merge(grant);
            return Ok(());
        }
        self.malformed = true;
        (self.refuse)(MalformedPermission::new(position, diagnose_permission(text)))
    }

    /// Appends a grant, or merges it into the last grant if both are for the same role.
    fn push_or_merge(&mut self, grant: GrantBits) {
        match self.grants.last_mut() {
            Some(last) if last.role() == grant.role() => last.merge(grant),
            _ => self.grants.push(grant),
        }
    }

    /// Returns the number of the list, which is added unless the table has it.
    fn finish(mut self) -> Result<u32, E> {
        normalize(&mut self.grants);
        let list = self.table.intern_list(&self.grants)?;
        self.failed = false;
        Ok(list)
    }
}

impl<F> Drop for Attempt<'_, F> {
    fn drop(&mut self) {
        if self.failed {
            self.table.forget_roles_from(self.roles);
        }
    }
}

/// Sorts the grants by role, and merges the grants for the same role.
pub(super) fn normalize(grants: &mut Scratch) {
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

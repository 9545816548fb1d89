//! The roles of all connections: [`Roles`].
//!
//! Nearly every user has both `user:ID` and `user:ID/verified`, or `user:ID/unverified`, and usually no other user has
//! them. The three share the name `user:ID`. This saves the text, the entry and the place in the hash table of the
//! second one: 54 bytes of 448 for a connection with 12 roles and ids of 20 characters. A role is therefore the id of
//! a name with a part in the lowest two bits:
//!
//! | part | role | connections of the name |
//! | --- | --- | --- |
//! | 0 | the name. If the name is `user:ID`, no role: the connection was one of the user | those of the name |
//! | 1 | the name, which is `user:ID` | those with this role or one of the next two |
//! | 2 | the name with `/verified` | the same |
//! | 3 | the name with `/unverified` | the same |
//!
//! Connections of a role with a part other than 0 are those of the name whose record has the role.

use super::connections::Connections;
use super::error::Error;
use super::limits::Limits;
use super::names::{Ids, Names};
use super::record::Record;
use crate::bitset::BitSet;
use crate::permission::Verification;

pub(super) struct Roles {
    names: Names,
}

/// Returns the name and the part of a role.
fn split(role: &str) -> (&str, u32) {
    if !role.starts_with("user:") {
        return (role, 0);
    }
    match role.split_once('/') {
        None => (role, 1),
        Some((user, suffix)) if suffix == Verification::Verified.as_str() => (user, 2),
        Some((user, suffix)) if suffix == Verification::Unverified.as_str() => (user, 3),
        Some(_) => (role, 0),
    }
}

/// Returns the id of the name of a role.
fn name_of(role: u32) -> u32 {
    role >> 2
}

/// Returns the part of a role.
fn part_of(role: u32) -> u32 {
    role % 4
}

impl Roles {
    pub(super) fn new() -> Self {
        Self { names: Names::new() }
    }

    /// Returns the names, for their number and their memory.
    pub(super) fn names(&self) -> &Names {
        &self.names
    }

    /// Returns the ids of the names of some roles.
    pub(super) fn names_of(roles: &[u32]) -> impl Iterator<Item = u32> {
        roles.iter().map(|&role| name_of(role))
    }

    /// Returns a role, if some connection has its name.
    pub(super) fn get(&self, role: &str) -> Option<u32> {
        let (name, part) = split(role);
        Some(self.names.get(name)? << 2 | part)
    }

    /// Returns the id of the user whose connections have this role or name, or `None` for another one.
    pub(super) fn user_id(&self, role: u32) -> Option<&str> {
        let name = self.name(role);
        let user = name.strip_prefix("user:").filter(|_| part_of(role) < 2);
        user.or_else(|| name.strip_prefix('='))
    }

    /// Returns the name of a user in place of the role of the user. The name grants nothing.
    pub(super) fn without_grant(role: u32) -> u32 {
        name_of(role) << 2
    }

    /// Calls `each` with the slot of every connection of a user, by the name of [`caller_names::user`]. Connections
    /// with the name alone are included.
    ///
    /// [`caller_names::user`]: super::caller_names::user
    pub(super) fn for_each_of_user<C, S>(
        &self,
        user: &str,
        connections: &Connections<C, S>,
        mut each: impl FnMut(u32),
    ) {
        let Some(name) = self.names.get(user) else { return };
        self.names.for_each(name, |slot| {
            let roles = connections.record(slot).map_or(&[][..], Record::roles);
            if [0, 1].iter().any(|part| roles.binary_search(&(name << 2 | part)).is_ok()) {
                each(slot);
            }
        });
    }

    /// Removes the names of some roles, unless they have connections.
    pub(super) fn release(&mut self, roles: &[u32]) {
        Self::names_of(roles).for_each(|name| self.names.release(name));
    }

    /// Returns the name of a role.
    pub(super) fn name(&self, role: u32) -> &str {
        self.names.text(name_of(role))
    }

    /// Returns some roles, sorted and without repetitions. The caller gives each a connection.
    ///
    /// # Errors
    ///
    /// A role is too long, or there is no room for it. No name is added.
    pub(super) fn intern<'t>(
        &mut self,
        roles: impl Iterator<Item = &'t str> + Clone,
        limits: &Limits,
    ) -> Result<Ids, Error> {
        roles.clone().try_for_each(|role| limits.check_text(role))?;
        let mut ids = self.names.intern(roles.clone().map(|role| split(role).0), limits)?;
        for (id, role) in ids.iter_mut().zip(roles) {
            *id = *id << 2 | split(role).1;
        }
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    /// Adds a connection to a role.
    pub(super) fn add(&mut self, role: u32, slot: u32) {
        self.names.add(name_of(role), slot);
    }

    /// Removes a connection from the names of some roles, except for the names of the roles `kept`. Both are sorted.
    pub(super) fn remove_all(&mut self, roles: &[u32], kept: &[u32], slot: u32) {
        for name in Self::names_of(roles) {
            if kept.binary_search_by_key(&name, |&role| name_of(role)).is_err() {
                self.names.remove(name, slot);
            }
        }
    }

    /// Returns an upper bound of the number of connections with a role.
    pub(super) fn count(&self, role: u32) -> usize {
        self.names.count(name_of(role))
    }

    /// Calls `each` with the slot of every connection with a role, in ascending order.
    #[inline]
    pub(super) fn for_each<C, S>(
        &self,
        role: u32,
        connections: &Connections<C, S>,
        mut each: impl FnMut(u32),
    ) {
        if part_of(role) == 0 {
            return self.names.for_each(name_of(role), each);
        }
        self.names.for_each(name_of(role), |slot| {
            let roles = connections.record(slot).map_or(&[][..], Record::roles);
            if roles.binary_search(&role).is_ok() {
                each(slot);
            }
        });
    }

    /// Adds the slots of the connections with a role to a set that has room for them.
    pub(super) fn add_to<C, S>(
        &self,
        role: u32,
        connections: &Connections<C, S>,
        set: &mut BitSet<Vec<u64>>,
    ) {
        if part_of(role) == 0 {
            self.names.add_to(name_of(role), set);
        } else {
            self.for_each(role, connections, |slot| _ = set.insert(slot as usize));
        }
    }

    /// Returns the same names without connections and without unused ids, and the new id of each name. Returns
    /// `None` if the texts do not fit in this order.
    pub(super) fn packed(&self) -> Option<(Self, Vec<u32>)> {
        let (names, ids) = self.names.packed()?;
        Some((Self { names }, ids))
    }

    /// Returns a role with the new id of its name.
    pub(super) fn renumbered(ids: &[u32], role: u32) -> u32 {
        ids.get(name_of(role) as usize).map_or(role, |id| id << 2 | part_of(role))
    }
}

//! Compaction: a new table with some of the lists of another table. Copies one list after the other.

use super::AclTable;
use super::compile::{Scratch, normalize};
use crate::acl::TableFull;
use crate::acl::grant::GrantBits;
use crate::packed::to_u32;
use crate::permission::Role;

impl AclTable {
    /// Returns the number of lists and grants, which is in proportion to the memory of the table.
    pub(crate) fn weight(&self) -> usize {
        self.ends.len() + self.grants.len()
    }

    /// Returns the share of one list in the [`weight`](Self::weight).
    pub(crate) fn weight_of(&self, list: u32) -> usize {
        self.grants_of(list).map_or(0, |grants| 1 + grants.len())
    }

    /// Copies the lists that `keep` accepts into a new table with the same limits. Keeps their order,
    /// and leaves out the roles that no copied list names.
    ///
    /// Also returns the new number of each list, or `u32::MAX` for a list that was left out.
    pub(crate) fn compacted(
        &self,
        mut keep: impl FnMut(u32) -> bool,
    ) -> Result<(Self, Vec<u32>), TableFull> {
        let mut table = Self::with_limits(self.limits);
        let mut roles = vec![None; self.roles.len()];
        let mut numbers = vec![u32::MAX; self.ends.len()];
        for (list, number) in (0..to_u32(self.ends.len())).zip(&mut numbers) {
            if keep(list) {
                *number = table.copy_list(self, list, &mut roles)?;
            }
        }
        Ok((table, numbers))
    }

    /// Inserts a list of another table, and returns its number. `roles` has the numbers of the roles of the
    /// other table that were copied before.
    ///
    /// # Errors
    ///
    /// The limit that the table has reached. The table is unchanged.
    pub(super) fn copy_list(
        &mut self,
        other: &Self,
        list: u32,
        roles: &mut [Option<u32>],
    ) -> Result<u32, TableFull> {
        let before = self.roles.len();
        let copied =
            self.copy_grants(other, list, roles).and_then(|grants| self.intern_list(&grants));
        if copied.is_err() {
            self.forget_roles_from(before);
        }
        copied
    }

    /// Returns the grants of a list of another table, with the roles of this table.
    fn copy_grants(
        &mut self,
        other: &Self,
        list: u32,
        roles: &mut [Option<u32>],
    ) -> Result<Scratch, TableFull> {
        let mut grants = Scratch::new();
        for grant in other.grants_of(list).unwrap_or_default() {
            let mut known = roles.get_mut(grant.role() as usize);
            let role = match known.as_deref() {
                Some(Some(role)) => *role,
                _ => self.role_like(&other.role(grant.role()))?,
            };
            if let Some(known) = &mut known {
                **known = Some(role);
            }
            grants.push(GrantBits::new(role, grant.actions()));
        }
        normalize(&mut grants);
        Ok(grants)
    }

    /// Returns the number of a role, which is added unless the table has it.
    fn role_like(&mut self, role: &Role<'_>) -> Result<u32, TableFull> {
        let hash = self.roles.hash(role.as_str());
        match self.roles.find(hash, role.as_str()) {
            Some(known) => Ok(known),
            None => self.intern_role(hash, role),
        }
    }
}

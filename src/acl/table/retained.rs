//! A table without some of its lists.

use super::{AclTable, Scratch, normalize};
use crate::acl::TableFull;
use crate::acl::grant::GrantBits;
use crate::acl::interner::saturating;

impl AclTable {
    /// What lists and grants there are: in proportion to the memory that they take with their roles.
    pub(crate) fn weight(&self) -> usize {
        self.ends.len() + self.grants.len()
    }

    /// What one list adds to that.
    pub(crate) fn weight_of(&self, list: u32) -> usize {
        self.grants_of(list).map_or(0, |grants| 1 + grants.len())
    }

    /// A new table with some of the lists, in their order and under the same limits, and for each list
    /// of this one its number there, `u32::MAX` for none. Roles that none of them names are not in it.
    pub(crate) fn retained(
        &self,
        mut keep: impl FnMut(u32) -> bool,
    ) -> Result<(Self, Vec<u32>), TableFull> {
        let mut table = Self::with_limits(self.limits);
        let mut roles = vec![None; self.roles.len()];
        let mut numbers = vec![u32::MAX; self.ends.len()];
        for (list, number) in (0..saturating(self.ends.len())).zip(&mut numbers) {
            if !keep(list) {
                continue;
            }
            let mut grants = Scratch::new();
            for grant in self.grants_of(list).unwrap_or_default() {
                let role = match roles.get(grant.role() as usize) {
                    Some(Some(role)) => *role,
                    _ => table.intern_role(&self.role(grant.role()))?,
                };
                if let Some(known) = roles.get_mut(grant.role() as usize) {
                    *known = Some(role);
                }
                grants.push(GrantBits::new(role, grant.actions()));
            }
            normalize(&mut grants);
            *number = table.intern_list(&grants)?;
        }
        Ok((table, numbers))
    }
}

//! Compaction: a new table with some of the lists of another table.

use super::AclTable;
use super::compile::{Scratch, normalize};
use crate::acl::TableFull;
use crate::acl::grant::GrantBits;
use crate::packed::to_u32;

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

//! What holds of a table whatever was done to it.

use super::{AclTable, hash_of};
use crate::acl::grant::GrantBits;
use crate::acl::interner::saturating;
use crate::invariant::{Validity, holds};
use crate::permission::{Action, is_role};
use crate::runs::run_at;

impl AclTable {
    /// For tests: whether the representation is as it must be. Takes far longer than anything else
    /// that a table does.
    ///
    /// # Errors
    ///
    /// The law that is broken.
    #[doc(hidden)]
    pub fn internal_validate(&self) -> Result<(), &'static str> {
        self.validate_limits()?;
        self.validate_roles()?;
        self.validate_lists()?;
        self.validate_postings()
    }

    fn validate_limits(&self) -> Validity {
        let limits = &self.limits;
        let within = |len: usize, limit: u32| len <= limit as usize;
        holds(within(self.ends.len(), limits.lists), "there are more lists than the limit")?;
        holds(within(self.roles.len(), limits.roles), "there are more roles than the limit")?;
        holds(within(self.grants.len(), limits.grants), "there are more grants than the limit")?;
        let bytes = self.roles.text_len();
        holds(within(bytes, limits.role_bytes), "there is more text than the limit")
    }

    fn validate_roles(&self) -> Validity {
        self.roles.internal_validate()?;
        holds(self.roles.len() == self.postings.len(), "not every role has its postings")?;
        let mut texts = (0..saturating(self.roles.len())).map(|id| self.roles.text(id));
        holds(texts.all(is_role), "a role is none by the grammar")
    }

    fn validate_lists(&self) -> Validity {
        holds(self.ends.is_sorted(), "a list ends before it begins")?;
        let end = self.ends.last().map_or(0, |&end| end as usize);
        holds(end == self.grants.len(), "there are grants of no list")?;
        let granting = self.grants.iter().all(|grant| !grant.actions().is_empty());
        holds(granting, "a grant is of no action")?;
        let known = self.grants.iter().all(|grant| (grant.role() as usize) < self.roles.len());
        holds(known, "a grant is for an unknown role")?;
        let role = |grant: &GrantBits| grant.role();
        let ascend = |grants: &[GrantBits]| {
            grants.is_sorted_by(|earlier, later| role(earlier) < role(later))
        };
        holds(self.all_lists().all(|(_, grants)| ascend(grants)), "a list's grants are unsorted")?;
        holds(self.lists.len() == self.ends.len(), "the hash table has not each list once")?;
        let found = |(list, grants): (u32, &[GrantBits])| {
            let hash = hash_of(&self.hasher, grants);
            let same = |&other: &u32| run_at(&self.grants, &self.ends, other) == grants;
            self.lists.find(hash, same) == Some(&list)
        };
        holds(self.all_lists().all(found), "a list is not found as itself")
    }

    /// What the roles know of the lists is what the lists say of the roles.
    fn validate_postings(&self) -> Validity {
        let mut of_roles = vec![Vec::new(); self.postings.len()];
        for (list, grants) in self.all_lists() {
            for grant in grants {
                if let Some(of_role) = of_roles.get_mut(grant.role() as usize) {
                    of_role.push((list, grant.actions()));
                }
            }
        }
        for (postings, of_role) in self.postings.iter().zip(of_roles) {
            postings.internal_validate()?;
            holds(!of_role.is_empty(), "no list names a role")?;
            for action in Action::ALL {
                let mut lists: Vec<u32> = postings.lists(action).collect();
                lists.sort_unstable();
                let granting = of_role.iter().filter(|(_, actions)| actions.contains(action));
                let same = lists.into_iter().eq(granting.map(|(list, _)| *list));
                holds(same, "a role's postings are not the lists that grant it something")?;
            }
        }
        Ok(())
    }

    fn all_lists(&self) -> impl Iterator<Item = (u32, &[GrantBits])> {
        let lists = 0..saturating(self.ends.len());
        lists.map(|list| (list, run_at(&self.grants, &self.ends, list)))
    }
}

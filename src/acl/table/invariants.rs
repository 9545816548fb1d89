//! The invariants of a table.

use super::compile::{Scratch, normalize};
use super::{AclTable, hash_of};
use crate::acl::grant::GrantBits;
use crate::invariant::{Validity, holds};
use crate::packed::{slice_at, to_u32};
use crate::permission::{Action, Permission, is_role};

impl AclTable {
    /// For tests: checks the invariants of the representation. Takes far longer than any other method.
    ///
    /// # Errors
    ///
    /// The first invariant that is broken.
    #[doc(hidden)]
    pub fn internal_validate(&self) -> Result<(), &'static str> {
        self.validate_limits()?;
        self.validate_roles()?;
        self.validate_lists()?;
        self.validate_raw_lists()?;
        self.validate_postings()
    }

    fn validate_limits(&self) -> Validity {
        let limits = &self.limits;
        let within = |len: usize, limit: u32| len <= limit as usize;
        holds(within(self.ends.len(), limits.lists), "more lists than the limit")?;
        holds(within(self.roles.len(), limits.roles), "more roles than the limit")?;
        holds(within(self.grants.len(), limits.grants), "more grants than the limit")?;
        let bytes = self.roles.text_len();
        holds(within(bytes, limits.role_bytes), "more text than the limit")
    }

    fn validate_roles(&self) -> Validity {
        self.roles.internal_validate()?;
        holds(
            self.roles.len() == self.postings.len(),
            "the table does not have postings for each role",
        )?;
        let mut texts = (0..to_u32(self.roles.len())).map(|id| self.roles.text(id));
        holds(texts.all(is_role), "the grammar refuses a role")
    }

    fn validate_lists(&self) -> Validity {
        holds(self.ends.is_sorted(), "a list ends before it begins")?;
        let end = self.ends.last().map_or(0, |&end| end as usize);
        holds(end == self.grants.len(), "grants after the last list")?;
        let granting = self.grants.iter().all(|grant| !grant.actions().is_empty());
        holds(granting, "a grant has no action")?;
        let known = self.grants.iter().all(|grant| (grant.role() as usize) < self.roles.len());
        holds(known, "a grant is for an unknown role")?;
        let role = |grant: &GrantBits| grant.role();
        let ascend = |grants: &[GrantBits]| {
            grants.is_sorted_by(|earlier, later| role(earlier) < role(later))
        };
        holds(self.all_lists().all(|(_, grants)| ascend(grants)), "a list's grants are unsorted")?;
        let mut named = 0;
        let in_order = self.grants.iter().all(|grant| {
            let known = grant.role() <= named;
            named = named.max(grant.role() + 1);
            known
        });
        holds(in_order, "roles are not numbered in the order of their first use")?;
        holds(self.lists.len() == self.ends.len(), "the hash table does not have each list once")?;
        let found = |(list, grants): (u32, &[GrantBits])| {
            let hash = hash_of(&self.hasher, grants);
            let same = |&other: &u32| slice_at(&self.grants, &self.ends, other) == grants;
            self.lists.find(hash, same) == Some(&list)
        };
        holds(self.all_lists().all(found), "a list is not found under its number")
    }

    /// Checks that each raw list that is remembered has the number of its compiled list.
    fn validate_raw_lists(&self) -> Validity {
        self.raw.internal_validate(|texts, list| {
            let mut grants = Scratch::new();
            for text in texts {
                let Ok(permission) = Permission::parse(text) else { return false };
                let Some(role) = self.roles.get(permission.role().as_str()) else { return false };
                grants.push(GrantBits::new(role, permission.actions()));
            }
            normalize(&mut grants);
            self.grants_of(list) == Some(&grants[..])
        })
    }

    /// Checks that the postings of a role are the lists that name it.
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
            holds(!of_role.is_empty(), "a role is named by no list")?;
            for action in Action::ALL {
                let mut lists: Vec<u32> = postings.lists(action).collect();
                lists.sort_unstable();
                let granting = of_role.iter().filter(|(_, actions)| actions.contains(action));
                let same = lists.into_iter().eq(granting.map(|(list, _)| *list));
                holds(same, "the postings of a role are not the lists that name it")?;
            }
        }
        Ok(())
    }

    fn all_lists(&self) -> impl Iterator<Item = (u32, &[GrantBits])> {
        let lists = 0..to_u32(self.ends.len());
        lists.map(|list| (list, slice_at(&self.grants, &self.ends, list)))
    }
}

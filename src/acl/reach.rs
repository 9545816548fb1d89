//! The lists that the roles of a principal reach: [`Reach`].

use smallvec::SmallVec;

use super::postings::Postings;
use super::table::AclTable;
use crate::bitset::BitSet;
use crate::permission::{Action, Role};

/// The posting lists of some roles, for one action. Each role is looked up once.
pub(crate) struct Reach<'t> {
    postings: SmallVec<[&'t Postings; 16]>,
    action: Action,
}

impl AclTable {
    /// Looks up the posting lists of `roles`.
    pub(crate) fn reach(&self, roles: &[Role<'_>], action: Action) -> Reach<'_> {
        let postings = roles.iter().filter_map(|role| self.postings_of(role)).collect();
        Reach { postings, action }
    }
}

impl Reach<'_> {
    /// Returns the number of postings, or `None` if there are more than `most`.
    ///
    /// The number is an upper bound of the number of lists. Stops counting after `most`.
    pub(crate) fn postings_up_to(&self, most: usize) -> Option<usize> {
        self.postings.iter().try_fold(0, |sum, postings| {
            postings.count_up_to(self.action, most - sum).map(|count| sum + count)
        })
    }

    /// Appends the lists to `lists`, in no particular order. A list is repeated if several roles reach
    /// it.
    pub(crate) fn append_to(&self, lists: &mut Vec<u32>) {
        for postings in &self.postings {
            postings.lists(self.action).for_each(|list| lists.push(list));
        }
    }

    /// Sets the bit in `lists` of every list, and returns the number of bits that were not set before.
    pub(crate) fn set_bits(&self, lists: &mut BitSet<Vec<u64>>) -> usize {
        self.postings.iter().map(|postings| postings.set_bits_for(self.action, lists)).sum()
    }
}

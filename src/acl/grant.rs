//! The actions that a list grants to one role: [`Grant`], and [`GrantBits`] in four bytes.

use crate::permission::{ActionSet, Role};

/// The number of a role in the upper 28 bits, and the actions that it is granted in the lower 4.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct GrantBits(u32);

impl GrantBits {
    /// The largest number of roles that grants can number: 2^28.
    pub(super) const MAX_ROLES: u32 = 1 << 28;

    pub(super) fn new(role: u32, actions: ActionSet) -> Self {
        Self(role << 4 | u32::from(actions.bits()))
    }

    pub(super) fn role(self) -> u32 {
        self.0 >> 4
    }

    pub(super) fn actions(self) -> ActionSet {
        ActionSet::from_bits_truncated((self.0 & 0xf) as u8)
    }

    /// Adds the actions of `other`, a grant for the same role.
    pub(super) fn merge(&mut self, other: Self) {
        self.0 |= other.0;
    }

    pub(super) fn bits(self) -> u32 {
        self.0
    }
}

/// The actions that a list grants to one role.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Grant<'t> {
    /// The role.
    pub role: Role<'t>,
    /// The actions. This set is never empty.
    pub actions: ActionSet,
}

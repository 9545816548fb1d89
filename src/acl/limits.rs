//! The limits of a table: [`AclLimits`].

use super::grant::GrantBits;
use super::postings;

/// The limits of a table. An insertion beyond one of them fails with [`TableFull`](crate::TableFull).
///
/// The default values are the largest that the representation can number. A host that compiles lists
/// of its clients can set lower limits to bound its memory.
///
/// ```
/// use rolegate::{AclLimits, AclTable};
///
/// let mut table = AclTable::with_limits(AclLimits { lists: 1, ..AclLimits::default() });
/// table.insert([r#"read("any")"#]).unwrap();
/// let error = table.insert([r#"read("users")"#]).unwrap_err();
/// assert_eq!(error.to_string(), "table is full: 1 list");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AclLimits {
    /// Distinct lists. At most 2^28, because a posting has 28 bits for the list.
    pub lists: u32,
    /// Distinct roles. At most 2^28, because a grant has 28 bits for the role.
    pub roles: u32,
    /// Grants of all lists together. At most 2^32 - 1.
    pub grants: u32,
    /// Bytes of the texts of all roles together. At most 2^32 - 1.
    pub role_bytes: u32,
}

impl AclLimits {
    pub(super) const MAX: Self = Self {
        lists: postings::MAX_LISTS,
        roles: GrantBits::MAX_ROLES,
        grants: u32::MAX,
        role_bytes: u32::MAX,
    };

    /// Reduces each limit to the largest that the representation can number.
    pub(super) fn capped(self) -> Self {
        Self {
            lists: self.lists.min(Self::MAX.lists),
            roles: self.roles.min(Self::MAX.roles),
            grants: self.grants,
            role_bytes: self.role_bytes,
        }
    }
}

impl Default for AclLimits {
    fn default() -> Self {
        Self::MAX
    }
}

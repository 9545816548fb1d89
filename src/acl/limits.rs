//! How much a table may hold: [`AclLimits`].

use super::grant::GrantBits;
use super::postings;

/// How much a table may hold; what goes beyond is refused with [`TableFull`](crate::TableFull).
///
/// The default is what its representation can number. A host that compiles what others send can
/// bound its memory with less.
///
/// ```
/// use rolegate::{AclLimits, AclTable};
///
/// let mut table = AclTable::with_limits(AclLimits { lists: 1, ..AclLimits::default() });
/// table.insert([r#"read("any")"#]).unwrap();
/// let error = table.insert([r#"read("users")"#]).unwrap_err();
/// assert_eq!(error.to_string(), "expected at most 1 distinct lists in a table, found one more");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AclLimits {
    /// Distinct lists: at most 2^28, since an entry in a role's postings has 28 bits for the list.
    pub lists: u32,
    /// Distinct roles: at most 2^28, since a grant has 28 bits for the role.
    pub roles: u32,
    /// Grants of all lists together: at most 2^32 - 1.
    pub grants: u32,
    /// Bytes of the texts of all roles together: at most 2^32 - 1.
    pub role_bytes: u32,
}

impl AclLimits {
    pub(super) const MAX: Self = Self {
        lists: postings::MAX_LISTS,
        roles: GrantBits::MAX_ROLES,
        grants: u32::MAX,
        role_bytes: u32::MAX,
    };

    /// The same, where that is not more than can be numbered.
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

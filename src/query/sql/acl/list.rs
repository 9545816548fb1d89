//! A list of permissions in a database: [`StoredList`].

use crate::permission::Permission;

/// A list of permissions as [`AclSchema`](super::AclSchema) stores it: sorted, without repetitions.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct StoredList {
    /// The permissions with a line feed between them.
    text: String,
    /// What the list grants: an action, a space and a role.
    pub(super) grants: Vec<String>,
}

impl StoredList {
    /// Creates a list. Equal sets of permissions give equal lists.
    #[must_use]
    pub fn new<'p>(permissions: impl IntoIterator<Item = Permission<'p>>) -> Self {
        let mut texts = Vec::new();
        let mut grants = Vec::new();
        for permission in permissions {
            let role = permission.role();
            grants.extend(permission.actions().iter().map(|action| format!("{action} {role}")));
            texts.push(permission.to_string());
        }
        for sorted in [&mut texts, &mut grants] {
            sorted.sort_unstable();
            sorted.dedup();
        }
        Self { text: texts.join("\n"), grants }
    }

    /// Returns the text in the column `permissions`: the permissions with line feeds between them.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

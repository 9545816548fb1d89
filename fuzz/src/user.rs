//! The target `user_document`: the roles of a user document.

use std::collections::BTreeSet;

use rolegate::{Principal, PrincipalKind, Role, User};
use serde_json::Value;

use crate::support::users::{self, Who};

/// Checks that a user document gives the roles of the table in plain code. Checks that a printed document is
/// read back unchanged.
pub fn user_document(data: &[u8]) {
    let Ok(user) = serde_json::from_slice::<User>(data) else { return };
    let printed = serde_json::to_vec(&user).unwrap();
    assert_eq!(serde_json::from_slice::<User>(&printed).unwrap(), user);

    // Ignored fields are not checked. They may have values that `Value` cannot hold, such as invalid UTF-8
    // or 1e999.
    let Ok(document) = serde_json::from_slice::<Value>(data) else { return };
    assert_eq!(ours(&user), users::who(&document), "{document}");
}

fn ours(user: &User) -> Who {
    let Ok(principal) = Principal::user(user) else { return Who::Blocked };
    assert!(!principal.bypasses_permissions());
    let roles: BTreeSet<String> = principal.roles().iter().map(Role::to_string).collect();
    assert_eq!(roles.len(), principal.roles().len(), "each once");
    match principal.kind() {
        PrincipalKind::Guest => Who::Guest,
        _ => Who::User(roles),
    }
}

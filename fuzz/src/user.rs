//! User documents: the roles that they give, and the values that give none.

use std::collections::BTreeSet;

use rolegate::principal::SkippedRole;
use rolegate::{Principal, PrincipalKind, Role, User};
use serde_json::Value;

use crate::support::users::{self, Who};

/// Checks the roles of a user document and its skipped values against the table of the semantics. A user
/// that is written as JSON is read back unchanged.
pub fn user_document(data: &[u8]) {
    let Ok(user) = serde_json::from_slice::<User>(data) else { return };
    let printed = serde_json::to_vec(&user).unwrap();
    assert_eq!(serde_json::from_slice::<User>(&printed).unwrap(), user);

    // Ignored fields may hold what no `Value` can hold: invalid UTF-8, 1e999.
    let Ok(document) = serde_json::from_slice::<Value>(data) else { return };
    assert_eq!(ours(&user), users::who(&document), "{document}");
    let skipped: Vec<String> = user.skipped_roles().iter().map(SkippedRole::path).collect();
    assert_eq!(skipped, users::skipped(&document), "{document}");
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

//! `user_roles`: the roles of a user.

use std::collections::BTreeSet;

use rolegate::{Principal, Role, User};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{check_all, same};

#[derive(Deserialize)]
struct UserRoles {
    user: Box<RawValue>,
    roles: Vec<String>,
}

/// Appwrite joins ids without checking them, and leaves out `any`. A joined text is expected only if its parts
/// are valid: the team id `t1/owner` does not give the role of the owners of `t1`.
#[test]
fn user_has_the_roles_that_appwrite_gives() {
    check_all("user_roles", |case: &UserRoles| {
        let user: User = serde_json::from_str(case.user.get()).map_err(|e| e.to_string())?;
        let principal = Principal::user(&user).map_err(|e| e.to_string())?;
        let ours: BTreeSet<&str> = principal.roles().iter().map(Role::as_str).collect();
        same("without repetitions", &principal.roles().len(), &ours.len())?;

        let joined_wrongly = wrongly_joined(&user);
        let appwrite = case.roles.iter().map(String::as_str).chain(["any"]);
        let appwrite: BTreeSet<&str> = appwrite
            .filter(|role| Role::parse(role).is_ok() && !joined_wrongly.contains(*role))
            .collect();
        same("roles", &ours, &appwrite)
    });
}

/// Returns the roles that come only from ids with a separator (`/` or `:`) in them.
fn wrongly_joined(user: &User) -> BTreeSet<String> {
    let mut wrong = BTreeSet::new();
    let mut right = BTreeSet::new();
    let mut give = |ids: &[&str], role: String| {
        let bad = ids.iter().any(|id| id.contains(['/', ':']));
        if bad {
            wrong.insert(role)
        } else {
            right.insert(role)
        };
    };
    give(&[&user.id], format!("user:{}", user.id));
    for membership in user.memberships.iter().filter(|membership| membership.confirm) {
        let (Some(id), Some(team)) = (&membership.id, &membership.team_id) else { continue };
        give(&[team], format!("team:{team}"));
        give(&[id], format!("member:{id}"));
        for role in &membership.roles {
            give(&[team, role], format!("team:{team}/{role}"));
        }
    }
    wrong.difference(&right).cloned().collect()
}

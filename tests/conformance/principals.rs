//! `user_roles`: the roles of a user.

use std::collections::BTreeSet;

use rolegate::{Principal, Role, User};
use serde::Deserialize;

use super::{check_all, same};

#[derive(Deserialize)]
struct UserRoles {
    user: serde_json::Value,
    roles: Vec<String>,
}

/// The reference joins whatever it finds, and leaves out `any`. Of what it joined, that counts which
/// is a role, and is so by its own parts: a team `t1/owner` is not the owners of `t1`.
#[test]
fn users_have_the_roles_that_the_reference_gives_them() {
    check_all("user_roles", |case: &UserRoles| {
        let user: User = serde_json::from_value(case.user.clone()).map_err(|e| e.to_string())?;
        let principal = Principal::user(&user).map_err(|e| e.to_string())?;
        let ours: BTreeSet<&str> = principal.roles().iter().map(Role::as_str).collect();
        same("without repetitions", &principal.roles().len(), &ours.len())?;

        let joined_wrongly = wrongly_joined(&user);
        let reference = case.roles.iter().map(String::as_str).chain(["any"]);
        let reference: BTreeSet<&str> = reference
            .filter(|role| Role::parse(role).is_ok() && !joined_wrongly.contains(*role))
            .collect();
        same("roles", &ours, &reference)
    });
}

/// What comes of ids that contain what joins the parts of a role, less what other parts give.
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
    for membership in &user.memberships {
        let (Some(id), Some(team)) = (&membership.id, &membership.team_id) else { continue };
        give(&[team], format!("team:{team}"));
        give(&[id], format!("member:{id}"));
        for role in &membership.roles {
            give(&[team, role], format!("team:{team}/{role}"));
        }
    }
    wrong.difference(&right).cloned().collect()
}

//! The names of callers beside their roles.
//!
//! Users, sessions, actors and keys are names among the roles, so that their connections are found in the same way, and
//! take no memory of their own. An event looks up only roles that the grammar accepts, and it accepts only the first
//! of these names:
//!
//! | name | connections |
//! | --- | --- |
//! | `user:ID` | those of a user. It is a role of the user |
//! | `=ID` | those of a user whose id cannot be written in a permission |
//! | `#ID` | those of a session |
//! | `@ID` | those of a user who acts as another user |
//! | `+NAME` | those of an API key |
//! | `*` | those of keys that bypass permissions |

use std::borrow::Cow;

use crate::permission::Role;
use crate::principal::Principal;

/// The name of the connections that bypass permissions.
pub(super) const BYPASS: &str = "*";

const SESSION: char = '#';
const ACTOR: char = '@';
const KEY: char = '+';

/// Returns the name of a user's connections.
pub(super) fn user(user_id: &str) -> Cow<'static, str> {
    match Role::user(user_id) {
        Ok(role) => role.as_str().to_owned().into(),
        Err(_) => format!("={user_id}").into(),
    }
}

/// Returns the name of a session's connections.
pub(super) fn session(session_id: &str) -> String {
    format!("{SESSION}{session_id}")
}

/// Returns the name of the connections in which a user acts as another user.
pub(super) fn actor(user_id: &str) -> String {
    format!("{ACTOR}{user_id}")
}

/// Returns the name of an API key's connections.
pub(super) fn key(name: &str) -> String {
    format!("{KEY}{name}")
}

/// Returns `true` if a connection keeps the name when its principal is replaced.
pub(super) fn stays(name: &str) -> bool {
    name.starts_with([SESSION, ACTOR, KEY])
}

/// Returns the name of a user's connections, unless it is among the roles. It usually is.
pub(super) fn user_beside_roles(principal: &Principal) -> Option<Cow<'static, str>> {
    let id = principal.user_id()?;
    let is_user = |role: &Role<'_>| role.as_str().strip_prefix("user:") == Some(id);
    (!principal.roles().iter().any(is_user)).then(|| user(id))
}

/// Returns the roles of a principal, the name of [`user_beside_roles`], and the name of keys that bypass permissions.
pub(super) fn of_principal<'a>(
    principal: &'a Principal,
    user: Option<&'a str>,
) -> impl Iterator<Item = &'a str> + Clone {
    let bypass = principal.bypasses_permissions().then_some(BYPASS);
    principal.roles().iter().map(Role::as_str).chain(user).chain(bypass)
}

//! The targets `permission` and `round_trip`: texts that are accepted, and errors for other texts.

use rolegate::{
    AclTable, Action, ActionSet, ParseError, Permission, Principal, Role, Verification,
};

use crate::support::{language, recogniser};

/// The maximum length of a message and of a caret rendering: 400 bytes, as in the property tests.
const MAX_SHOWN: usize = 400;

/// Parses a text with every parser. A parser must accept the text if and only if the recogniser accepts it.
/// Otherwise the error must be small and point into the text. For permissions and roles, the same holds for the
/// grammar alone, and for the shortcut alone.
pub fn permission(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    language::check(text);
    check("permission", text, Permission::parse(text).err(), recogniser::is_permission(text));
    check("role", text, Role::parse(text).err(), recogniser::is_role(text));
    check("action", text, Action::parse(text).err(), recogniser::is_action(text));
    check("action set", text, ActionSet::parse(text).err(), recogniser::is_action_set(text));
    check("user", text, Role::user(text).err(), recogniser::is_id(text));
    check("team", text, Role::team(text).err(), recogniser::is_id(text));
    check("member", text, Role::member(text).err(), recogniser::is_id(text));
    check("label", text, Role::label(text).err(), recogniser::is_label(text));
    let team_role = Role::team_role("t", text).err();
    check("team role", text, team_role, recogniser::is_team_role(text));
    let verification = Role::user_with(text, Verification::Verified).err();
    check("user with verification", text, verification, recogniser::is_id(text));
}

fn check(what: &str, text: &str, error: Option<ParseError>, accepted: bool) {
    assert_eq!(error.is_none(), accepted, "{what}: {text:?}");
    let Some(error) = error else { return };
    assert!(text.get(error.span()).is_some(), "{what}: {:?} of {text:?}", error.span());
    assert!(error.to_string().len() < MAX_SHOWN, "{what}: {error}");
    for shown in [text, "", "é"] {
        let caret = error.caret(shown).to_string();
        assert!(caret.len() < MAX_SHOWN, "{what}:\n{caret}");
        assert_eq!(caret.lines().count(), 2, "{what}:\n{caret}");
    }
}

/// Checks that an accepted text is printed unchanged, also through JSON, and has the meaning of its parts.
/// Raw strings and compiled lists must give the same decisions.
pub fn round_trip(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(role) = Role::parse(text) {
        assert_eq!(role.to_string(), text);
        let json = serde_json::to_string(&role).unwrap();
        assert_eq!(serde_json::from_str::<Role<'_>>(&json).unwrap(), role);
        for action in Action::ALL {
            permission_round_trip(Permission::new(action, &role).as_str());
        }
    }
    if let Ok(set) = ActionSet::parse(text) {
        assert_eq!(ActionSet::parse(&set.to_string()).unwrap(), set, "{text:?}");
    }
    permission_round_trip(text);
}

fn permission_round_trip(text: &str) {
    let Ok(permission) = Permission::parse(text) else {
        let roles = ["any", "guests", "users", "user:a", "team:t", "team:t/owner"];
        let nothing = Action::ALL.into_iter().all(|action| !granted(&roles, action, text));
        return assert!(nothing, "{text:?} is not a permission");
    };
    assert_eq!(permission.to_string(), text);
    let json = serde_json::to_string(&permission).unwrap();
    assert_eq!(serde_json::from_str::<Permission<'_>>(&json).unwrap(), permission);
    let role = permission.role();
    for action in Action::ALL {
        let expected = permission.actions().contains(action);
        assert_eq!(granted(&[role.as_str()], action, text), expected, "{action} by {text:?}");
    }
}

/// Returns `true` if a text grants an action to a holder of these roles. The raw string and the compiled
/// list must give the same answer.
fn granted(roles: &[&str], action: Action, text: &str) -> bool {
    let principal = Principal::parse_roles(roles).unwrap();
    let can = principal.can(action, [text]);
    assert_eq!(principal.matcher(action).allows([text]), can, "{action} by {text:?}");
    let mut table = AclTable::new();
    let (id, _) = table.insert_lenient([text]).unwrap();
    assert_eq!(table.resolve(&principal, action).allows(id), can, "{action} by {text:?}");
    can
}

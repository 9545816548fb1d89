//! Compares the two parsers of the library, the shortcut and the grammar, with the recogniser.

use rolegate::{ActionSet, Permission, Role};

use super::recogniser;

/// The length of the longest role that the shortcut accepts: 69. It leaves longer ones to the grammar.
const SHORTCUT_LEN: usize = 69;

/// Asserts that both parsers accept a text as a permission if the recogniser does, and that the permission has the
/// same parts. Returns `true` if they accept it.
pub fn check_permission(text: &str) -> bool {
    let parts = recogniser::split_permission(text).filter(|(_, role)| recogniser::is_role(role));
    let by_shortcut = parts.is_some_and(|(_, role)| role.len() <= SHORTCUT_LEN);
    assert_eq!(Permission::internal_accepts(text), [by_shortcut, parts.is_some()], "{text:?}");
    if let Some((verb, role)) = parts {
        let permission = Permission::parse(text).unwrap();
        assert_eq!(permission.actions(), ActionSet::parse(verb).unwrap(), "{text:?}");
        assert_eq!(permission.role().as_str(), role, "{text:?}");
    }
    parts.is_some()
}

/// Asserts that both parsers accept a text as a role if the recogniser does. Returns `true` if they accept it.
pub fn check_role(text: &str) -> bool {
    let accepted = recogniser::is_role(text);
    let by_shortcut = accepted && text.len() <= SHORTCUT_LEN;
    assert_eq!(Role::internal_accepts(text), [by_shortcut, accepted], "{text:?}");
    accepted
}

/// Compares the parsers for a text as a permission, as a role, and as the role of a permission.
pub fn check(text: &str) {
    check_permission(text);
    check_role(text);
    for verb in ["read", "create", "update", "delete", "write"] {
        check_permission(&format!("{verb}(\"{text}\")"));
    }
}

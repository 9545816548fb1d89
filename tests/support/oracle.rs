//! The definition of "allowed", which is short enough to check by reading. Every fast path is compared with it.

use rolegate::Action;

use super::recogniser;

/// Returns `true` if a list allows an action to a holder of these roles.
pub fn allows(roles: &[&str], action: Action, list: &[&str]) -> bool {
    list.iter().any(|&text| {
        let names = |verb: &str| roles.iter().any(|role| text == format!("{verb}(\"{role}\")"));
        let write = action != Action::Read && names("write");
        recogniser::is_permission(text) && (write || names(action.as_str()))
    })
}

//! A second implementation of the grammar, which cuts a text into pieces and tests each piece.

/// Returns `true` for `permission = action "(" '"' role '"' ")"`.
pub fn is_permission(text: &str) -> bool {
    split_permission(text).is_some_and(|(_, role)| is_role(role))
}

/// Returns the action and the role of a text with the shape of a permission. The role is not checked.
pub fn split_permission(text: &str) -> Option<(&str, &str)> {
    let (action, rest) = text.split_once("(\"")?;
    let role = rest.strip_suffix("\")")?;
    is_action_or_write(action).then_some((action, role))
}

pub fn is_action(text: &str) -> bool {
    matches!(text, "read" | "create" | "update" | "delete")
}

fn is_action_or_write(text: &str) -> bool {
    is_action(text) || text == "write"
}

/// Returns `true` for a role. The text is cut at its first slash, and the head at its first colon.
pub fn is_role(text: &str) -> bool {
    let (head, behind) = match text.split_once('/') {
        Some((head, behind)) => (head, Some(behind)),
        None => (text, None),
    };
    match (head.split_once(':'), behind) {
        (None, None) => head == "any" || head == "guests" || head == "users",
        (None, Some(status)) => head == "users" && is_status(status),
        (Some(("user", id)), Some(status)) => is_id(id) && is_status(status),
        (Some(("team", id)), Some(role)) => is_id(id) && is_team_role(role),
        (Some(("user" | "team" | "member", id)), None) => is_id(id),
        (Some(("label", name)), None) => is_label(name),
        _ => false,
    }
}

fn is_status(text: &str) -> bool {
    text == "verified" || text == "unverified"
}

/// Returns `true` for 1 to 36 of `[A-Za-z0-9._-]` that start with a letter or digit, except `0`.
pub fn is_id(text: &str) -> bool {
    text.len() <= 36 && is_id_of_any_length(text)
}

/// Returns `true` for a text like an id, of up to 81 characters.
pub fn is_team_role(text: &str) -> bool {
    text.len() <= 81 && is_id_of_any_length(text)
}

fn is_id_of_any_length(text: &str) -> bool {
    let all = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    let first = text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
    all && first && text != "0"
}

/// Returns `true` for 1 to 36 of `[A-Za-z0-9]`, except `0`.
pub fn is_label(text: &str) -> bool {
    let all = text.bytes().all(|b| b.is_ascii_alphanumeric());
    all && !text.is_empty() && text.len() <= 36 && text != "0"
}

/// Returns `true` for a set of actions: names with commas between them, or `none` alone.
pub fn is_action_set(text: &str) -> bool {
    text == "none" || text.split(',').all(is_action_or_write)
}

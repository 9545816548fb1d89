//! The roles of a user, and the values that give none: the table of the semantics as plain code.

use std::collections::BTreeSet;

use serde_json::Value;

use super::recogniser;

/// The principal that a user document gives.
#[derive(PartialEq, Eq, Debug)]
pub enum Who {
    Blocked,
    Guest,
    User(BTreeSet<String>),
}

/// Returns the principal of a user document.
pub fn who(document: &Value) -> Who {
    if document["status"] == false {
        return Who::Blocked;
    }
    let id = given(&document["$id"]);
    if is_empty(id) {
        return Who::Guest;
    }
    let verified = document["emailVerification"] == true || document["phoneVerification"] == true;
    let status = if verified { "verified" } else { "unverified" };
    let mut roles: BTreeSet<String> =
        ["any".into(), "users".into(), format!("users/{status}")].into();
    if recogniser::is_id(id) {
        roles.extend([format!("user:{id}"), format!("user:{id}/{status}")]);
    }
    for membership in all(&document["memberships"]) {
        roles.extend(of_membership(membership));
    }
    let labels = all(&document["labels"]).map(given);
    roles.extend(labels.filter(|label| recogniser::is_label(label)).map(|l| format!("label:{l}")));
    Who::User(roles)
}

fn of_membership(membership: &Value) -> Vec<String> {
    let mut roles = Vec::new();
    let (Some(id), Some(team)) = (membership["$id"].as_str(), membership["teamId"].as_str()) else {
        return roles;
    };
    if membership["confirm"] != true {
        return roles;
    }
    if recogniser::is_id(id) {
        roles.push(format!("member:{id}"));
    }
    if recogniser::is_id(team) {
        roles.push(format!("team:{team}"));
        let within = all(&membership["roles"]).map(given);
        let within = within.filter(|role| recogniser::is_team_role(role));
        roles.extend(within.map(|role| format!("team:{team}/{role}")));
    }
    roles
}

/// Returns the paths of the values that give no role, in order.
pub fn skipped(document: &Value) -> Vec<String> {
    let id = given(&document["$id"]);
    if is_empty(id) {
        return vec!["$id".into()];
    }
    let mut paths = Vec::new();
    if !recogniser::is_id(id) {
        paths.push("$id".into());
    }
    for (index, label) in all(&document["labels"]).enumerate() {
        if !recogniser::is_label(given(label)) {
            paths.push(format!("labels[{index}]"));
        }
    }
    for (index, membership) in all(&document["memberships"]).enumerate() {
        let path = format!("memberships[{index}]");
        if membership["confirm"] != true {
            paths.push(path);
            continue;
        }
        let parts = [("$id", &membership["$id"]), ("teamId", &membership["teamId"])];
        let missing = parts.iter().any(|(_, value)| value.is_null());
        let skip = |value: &Value| {
            if missing { value.is_null() } else { !recogniser::is_id(given(value)) }
        };
        let of_parts = parts.iter().filter(|(_, value)| skip(value));
        paths.extend(of_parts.map(|(name, _)| format!("{path}.{name}")));
        if !missing && recogniser::is_id(given(&membership["teamId"])) {
            let roles = all(&membership["roles"]).map(given).enumerate();
            let roles = roles.filter(|(_, role)| !recogniser::is_team_role(role));
            paths.extend(roles.map(|(position, _)| format!("{path}.roles[{position}]")));
        }
    }
    paths
}

/// Returns a text, or the empty text for `null`.
fn given(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn all(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn is_empty(text: &str) -> bool {
    text.is_empty() || text == "0"
}

//! The roles of a user, as plain code.

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

/// Returns the principal and the roles of a user, from its JSON.
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
    let (id, team) = (given(&membership["$id"]), given(&membership["teamId"]));
    let mut roles = Vec::new();
    if membership["confirm"] != true || is_empty(id) || is_empty(team) {
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

/// Returns a text, or the empty text for another type.
fn given(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn all(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn is_empty(text: &str) -> bool {
    text.is_empty() || text == "0"
}

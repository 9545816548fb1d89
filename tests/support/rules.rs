//! The tables of the semantics that are not about one list, as plain code: what may be done in a
//! collection, what a caller may set on a document, and the roles of a user.

use std::collections::BTreeSet;

use rolegate::Action;
use serde_json::Value;

use super::{oracle, recogniser};

/// Whoever asks: `None` bypasses permissions.
pub type Roles<'a> = Option<&'a [&'a str]>;

/// A collection, as the rules speak of it.
pub struct Rules<'a> {
    pub permissions: &'a [&'a str],
    pub document_security: bool,
}

/// Which documents a listing gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Listing {
    EveryDocument,
    ThoseThatGrantIt,
    Unauthorized,
}

impl Rules<'_> {
    fn grants(&self, roles: Roles<'_>, action: Action) -> bool {
        roles.is_none_or(|roles| oracle::allows(roles, action, self.permissions))
    }

    pub fn list(&self, roles: Roles<'_>) -> Listing {
        if self.grants(roles, Action::Read) {
            Listing::EveryDocument
        } else if self.document_security {
            Listing::ThoseThatGrantIt
        } else {
            Listing::Unauthorized
        }
    }

    /// Get, update or delete one document.
    pub fn one(&self, roles: Roles<'_>, action: Action, document: &[&str]) -> bool {
        let of_document = roles.is_none_or(|roles| oracle::allows(roles, action, document));
        self.grants(roles, action) || (self.document_security && of_document)
    }

    pub fn update_without_changes(&self, roles: Roles<'_>, document: &[&str]) -> bool {
        self.one(roles, Action::Read, document)
    }

    pub fn create(&self, roles: Roles<'_>) -> bool {
        self.grants(roles, Action::Create)
    }
}

/// What is stored of the permissions that a caller asks for, or `None` if they are refused.
pub fn document_permissions(
    roles: Roles<'_>,
    own_role: Option<&str>,
    requested: Option<&[String]>,
) -> Option<Vec<String>> {
    let Some(requested) = requested else {
        let own = own_role.into_iter();
        let three = |role| ["read", "update", "delete"].map(|verb| format!("{verb}(\"{role}\")"));
        return Some(own.flat_map(three).collect());
    };
    let mut stored = Vec::new();
    for text in requested {
        let (verb, role) = recogniser::split_permission(text)?;
        let held = roles.is_none_or(|roles| roles.contains(&role));
        if !recogniser::is_role(role) || verb == "create" || !held {
            return None;
        }
        let verbs = if verb == "write" { vec!["update", "delete"] } else { vec![verb] };
        for verb in verbs {
            let permission = format!("{verb}(\"{role}\")");
            if !stored.contains(&permission) {
                stored.push(permission);
            }
        }
    }
    (requested.len() <= 100).then_some(stored)
}

/// What a user document makes of whoever holds it.
#[derive(PartialEq, Eq, Debug)]
pub enum Who {
    Blocked,
    Guest,
    User(BTreeSet<String>),
}

/// The roles of a user, from its JSON.
pub fn user(document: &Value) -> Who {
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

/// A text, empty where none is given.
fn given(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn all(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn is_empty(text: &str) -> bool {
    text.is_empty() || text == "0"
}

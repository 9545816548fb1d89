//! The operations of a collection, and the permissions that a caller may set, as plain code.

use rolegate::Action;

use super::{oracle, recogniser};

/// The roles of a principal. `None` bypasses permissions.
pub type Roles<'a> = Option<&'a [&'a str]>;

/// The fields of a collection that the rules need.
pub struct Rules<'a> {
    pub permissions: &'a [&'a str],
    pub document_security: bool,
}

/// The documents that a list gives.
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

    /// Returns `true` if the principal may get, update or delete one document.
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

/// Returns the stored form of the permissions that a caller requests, or `None` if they are refused.
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

//! The table of the semantics as plain code: operations of a collection, and the permissions that a
//! caller may set on a document.

use rolegate::Action;

use super::{oracle, recogniser};

/// The roles of a principal, or `None` for a bypass.
pub type Roles<'a> = Option<&'a [&'a str]>;

/// A collection, as in the table of the semantics.
pub struct Rules<'a> {
    pub permissions: &'a [&'a str],
    pub document_security: bool,
    pub closed: bool,
}

/// The documents that a listing returns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Listing {
    EveryDocument,
    FilterByDocument,
    Denied,
    NotFound,
}

impl Rules<'_> {
    fn grants(&self, roles: Roles<'_>, action: Action) -> bool {
        roles.is_none_or(|roles| oracle::allows(roles, action, self.permissions))
    }

    /// Returns `true` if the caller finds the collection.
    pub fn open(&self, roles: Roles<'_>) -> bool {
        !self.closed || roles.is_none()
    }

    pub fn list(&self, roles: Roles<'_>) -> Listing {
        if !self.open(roles) {
            Listing::NotFound
        } else if self.grants(roles, Action::Read) {
            Listing::EveryDocument
        } else if self.document_security {
            Listing::FilterByDocument
        } else {
            Listing::Denied
        }
    }

    /// Returns `true` if one document may be read, updated or deleted.
    pub fn one(&self, roles: Roles<'_>, action: Action, document: &[&str]) -> bool {
        let of_document = roles.is_none_or(|roles| oracle::allows(roles, action, document));
        self.open(roles) && (self.grants(roles, action) || (self.document_security && of_document))
    }

    pub fn update_without_changes(&self, roles: Roles<'_>, document: &[&str]) -> bool {
        self.one(roles, Action::Read, document)
    }

    pub fn create(&self, roles: Roles<'_>) -> bool {
        self.open(roles) && self.grants(roles, Action::Create)
    }
}

/// Returns the stored permissions for those of a request, or `None` if the request is refused.
pub fn document_permissions(roles: Roles<'_>, requested: &[String]) -> Option<Vec<String>> {
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

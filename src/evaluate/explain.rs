//! Why something is allowed or not: [`Explanation`].

use std::fmt;

use serde::Serialize;

use super::Collection;
use crate::permission::{Action, Permission, Role};
use crate::principal::Principal;

/// Why a principal may do something with a document, or may not.
///
/// The verdict is always that of [`Principal::can`] or of the [`Collection`] it was asked of. It
/// serialises as an object, for a log or an administrator's page, and prints as a sentence.
///
/// ```
/// use rolegate::{Action, Principal};
///
/// let ann = Principal::parse_roles(["any", "users", "user:ann"])?;
/// let explanation = ann.explain(Action::Read, [r#"read("user:bob")"#, r#"read("team:t1")"#]);
/// assert!(!explanation.allowed);
/// assert_eq!(explanation.to_string(), "read denied: it takes one of user:bob, team:t1");
/// assert_eq!(
///     serde_json::to_string(&explanation).unwrap(),
///     r#"{"action":"read","allowed":false,"reason":"not_granted","roles":["user:bob","team:t1"]}"#
/// );
/// # Ok::<(), rolegate::ParseError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// What was asked for.
    pub action: Action,
    /// Whether it is allowed.
    pub allowed: bool,
    /// Why.
    #[serde(flatten)]
    pub reason: Reason,
    /// Permissions that counted for nothing since they are malformed. Only those that were looked
    /// at: where one permission is enough, the ones behind it are not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub malformed: Vec<MalformedPermission>,
}

/// Why something is allowed or not.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The principal bypasses permissions.
    Bypass,
    /// A permission names a role of the principal's.
    Granted {
        /// Whose permission.
        level: Level,
        /// The permission's position in its list, from 0.
        index: usize,
        /// The permission.
        permission: Permission<'static>,
        /// The role in it, which the principal has.
        role: Role<'static>,
    },
    /// No permission that counts names a role of the principal's.
    NotGranted {
        /// The roles that would have been allowed, in the order in which the permissions name them,
        /// none twice.
        roles: Vec<Role<'static>>,
    },
}

/// Whose permissions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The collection's.
    Collection,
    /// The document's own.
    Document,
}

/// A malformed permission that counted for nothing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct MalformedPermission {
    /// Whose permission.
    pub level: Level,
    /// Its position in its list, from 0.
    pub index: usize,
    /// What is wrong with it.
    pub error: String,
}

impl Principal {
    /// Why the principal may do something with a document that has these permissions, or may not.
    ///
    /// Takes much longer than [`can`](Self::can): it is for people.
    #[must_use]
    pub fn explain<S: AsRef<str>>(
        &self,
        action: Action,
        permissions: impl IntoIterator<Item = S>,
    ) -> Explanation {
        let mut search = Search::new(self, action);
        search.look_through(Level::Document, permissions);
        search.finish()
    }
}

impl Collection {
    /// Why the principal may do something with a document of this collection, or may not. For
    /// create, the document's permissions play no part.
    #[must_use]
    pub fn explain<S: AsRef<str>>(
        &self,
        principal: &Principal,
        action: Action,
        document: impl IntoIterator<Item = S>,
    ) -> Explanation {
        let mut search = Search::new(principal, action);
        search.look_through_collection(self);
        if self.documents_can_grant(action) {
            search.look_through(Level::Document, document);
        }
        search.finish()
    }
}

/// Looks for the first permission that allows.
struct Search<'a> {
    principal: &'a Principal,
    action: Action,
    found: Option<Reason>,
    roles: Vec<Role<'static>>,
    malformed: Vec<MalformedPermission>,
}

impl<'a> Search<'a> {
    fn new(principal: &'a Principal, action: Action) -> Self {
        let found = principal.bypasses_permissions().then_some(Reason::Bypass);
        Self { principal, action, found, roles: Vec::new(), malformed: Vec::new() }
    }

    fn refuse(&mut self, level: Level, index: usize, error: String) {
        self.malformed.push(MalformedPermission { level, index, error });
    }

    fn look_through<S: AsRef<str>>(
        &mut self,
        level: Level,
        permissions: impl IntoIterator<Item = S>,
    ) {
        for (index, text) in permissions.into_iter().enumerate() {
            if self.found.is_some() {
                return;
            }
            match Permission::parse(text.as_ref()) {
                Ok(permission) => self.look_at(level, index, permission.into_owned()),
                Err(error) => self.refuse(level, index, error.to_string()),
            }
        }
    }

    /// A collection keeps its malformed permissions apart; their positions tell where each of the
    /// others stood.
    fn look_through_collection(&mut self, collection: &Collection) {
        let mut malformed = collection.malformed().iter().peekable();
        let mut permissions = collection.permissions().iter();
        for index in 0.. {
            if self.found.is_some() {
                return;
            }
            if let Some(bad) = malformed.next_if(|bad| bad.index() == index) {
                self.refuse(Level::Collection, index, bad.error().to_string());
            } else if let Some(permission) = permissions.next() {
                self.look_at(Level::Collection, index, permission.clone());
            } else {
                return;
            }
        }
    }

    fn look_at(&mut self, level: Level, index: usize, permission: Permission<'static>) {
        if !permission.actions().contains(self.action) {
            return;
        }
        let role = permission.role().into_owned();
        if self.principal.has_role(&role) {
            self.found = Some(Reason::Granted { level, index, permission, role });
        } else {
            self.roles.push(role);
        }
    }

    fn finish(mut self) -> Explanation {
        let mut seen = std::collections::HashSet::new();
        self.roles.retain(|role| seen.insert(role.clone()));
        let Self { action, found, roles, malformed, .. } = self;
        let allowed = found.is_some();
        let reason = found.unwrap_or(Reason::NotGranted { roles });
        Explanation { action, allowed, reason, malformed }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Collection => "collection",
            Self::Document => "document",
        })
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { action, reason, malformed, .. } = self;
        match reason {
            Reason::Bypass => write!(f, "{action} allowed: the principal bypasses permissions")?,
            Reason::Granted { level, permission, .. } => {
                write!(f, "{action} allowed: by the {level}'s {permission}")?;
            }
            Reason::NotGranted { roles } => {
                write!(f, "{action} denied: ")?;
                write_roles(f, roles)?;
            }
        }
        for MalformedPermission { level, index, error } in malformed {
            write!(f, "; the {level}'s permission {index} is malformed: {error}")?;
        }
        Ok(())
    }
}

fn write_roles(f: &mut fmt::Formatter<'_>, roles: &[Role<'_>]) -> fmt::Result {
    match roles {
        [] => f.write_str("no permission grants it to anybody"),
        [role] => write!(f, "it takes {role}"),
        [first, others @ ..] => {
            write!(f, "it takes one of {first}")?;
            others.iter().try_for_each(|role| write!(f, ", {role}"))
        }
    }
}

//! The reason why an action is allowed or denied: [`Explanation`].

use std::collections::HashSet;
use std::fmt;

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use super::Collection;
use crate::acl::MalformedPermission;
use crate::permission::{Action, ParseError, Permission, Role};
use crate::principal::Principal;

/// The reason why a principal may or may not do an action on a document.
///
/// The verdict is always that of [`Principal::can`] or of the [`Collection`]. An explanation
/// serialises as an object, for a log or an administrator's page, and prints as a sentence.
///
/// ```
/// use rolegate::{Action, Principal};
///
/// let ann = Principal::parse_roles(["any", "users", "user:ann"])?;
/// let explanation = ann.explain(Action::Read, [r#"read("user:bob")"#, r#"read("team:t1")"#]);
/// assert!(!explanation.allowed);
/// assert_eq!(explanation.to_string(), "read denied: it needs one of user:bob, team:t1");
/// assert_eq!(
///     serde_json::to_string(&explanation).unwrap(),
///     r#"{"action":"read","allowed":false,"reason":"not_granted","roles":["user:bob","team:t1"]}"#
/// );
/// # Ok::<(), rolegate::ParseError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The action that the explanation is about.
    pub action: Action,
    /// `true` if the action is allowed.
    pub allowed: bool,
    /// The reason of the verdict.
    #[serde(flatten)]
    pub reason: ExplanationReason,
    /// The malformed permissions that were read, each with the source of its list. A malformed
    /// permission grants nothing. Reading stops at the first permission that grants the action.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "serialize_malformed")]
    pub malformed: Vec<(PermissionSource, MalformedPermission)>,
}

/// The reason of an [`Explanation`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ExplanationReason {
    /// The principal bypasses permissions.
    Bypass,
    /// The collection is closed. Only keys with bypass find it.
    CollectionClosed,
    /// A permission names a role that the principal has.
    Granted {
        /// The list that holds the permission.
        source: PermissionSource,
        /// The position of the permission in its list, from 0.
        index: usize,
        /// The permission.
        permission: Permission<'static>,
        /// The role in the permission, which the principal has.
        role: Role<'static>,
    },
    /// No permission that counts names a role that the principal has.
    NotGranted {
        /// The roles to which the permissions grant the action, in the order of the permissions and
        /// without repetitions.
        roles: Vec<Role<'static>>,
    },
}

/// The list that holds a permission.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PermissionSource {
    /// The permissions of the collection.
    Collection,
    /// The permissions of the document.
    Document,
}

impl Principal {
    /// Explains why the principal may or may not do an action on a document with these permissions.
    ///
    /// An explanation is for people. It takes much longer than [`can`](Self::can).
    #[must_use]
    pub fn explain<S: AsRef<str>>(
        &self,
        action: Action,
        permissions: impl IntoIterator<Item = S>,
    ) -> Explanation {
        let mut search = Search::new(self, action);
        search.read_document(permissions);
        search.finish()
    }
}

impl Collection {
    /// Explains why the principal may or may not do an action on a document of this collection.
    ///
    /// For create, the permissions of the document are ignored.
    #[must_use]
    pub fn explain<S: AsRef<str>>(
        &self,
        principal: &Principal,
        action: Action,
        document: impl IntoIterator<Item = S>,
    ) -> Explanation {
        let mut search = Search::new(principal, action);
        if !self.is_open_to(principal) {
            search.verdict = Some(ExplanationReason::CollectionClosed);
        }
        search.read_collection(self);
        if self.documents_can_grant(action) {
            search.read_document(document);
        }
        search.finish()
    }
}

/// A search for the first permission that grants an action.
struct Search<'a> {
    principal: &'a Principal,
    action: Action,
    /// The reason, as soon as it is known. Reading then stops.
    verdict: Option<ExplanationReason>,
    roles: Vec<Role<'static>>,
    malformed: Vec<(PermissionSource, MalformedPermission)>,
}

impl<'a> Search<'a> {
    fn new(principal: &'a Principal, action: Action) -> Self {
        let verdict = principal.bypasses_permissions().then_some(ExplanationReason::Bypass);
        Self { principal, action, verdict, roles: Vec::new(), malformed: Vec::new() }
    }

    fn read_document<S: AsRef<str>>(&mut self, permissions: impl IntoIterator<Item = S>) {
        for (index, text) in permissions.into_iter().enumerate() {
            if self.verdict.is_some() {
                return;
            }
            let permission = Permission::parse(text.as_ref()).map(Permission::into_owned);
            self.read(PermissionSource::Document, index, permission);
        }
    }

    /// Reads the permissions of a collection in their original order. A collection stores malformed
    /// permissions separately, with their positions.
    fn read_collection(&mut self, collection: &Collection) {
        let mut malformed = collection.malformed().iter().peekable();
        let mut permissions = collection.permissions().iter();
        for index in 0.. {
            if self.verdict.is_some() {
                return;
            }
            let permission = match malformed.next_if(|bad| bad.index() == index) {
                Some(bad) => Err(bad.error().clone()),
                None => match permissions.next() {
                    Some(permission) => Ok(permission.clone()),
                    None => return,
                },
            };
            self.read(PermissionSource::Collection, index, permission);
        }
    }

    fn read(
        &mut self,
        source: PermissionSource,
        index: usize,
        permission: Result<Permission<'static>, ParseError>,
    ) {
        let permission = match permission {
            Ok(permission) => permission,
            Err(error) => {
                return self.malformed.push((source, MalformedPermission::new(index, error)));
            }
        };
        if !permission.actions().contains(self.action) {
            return;
        }
        let role = permission.role().into_owned();
        if self.principal.has_role(&role) {
            self.verdict = Some(ExplanationReason::Granted { source, index, permission, role });
        } else {
            self.roles.push(role);
        }
    }

    fn finish(mut self) -> Explanation {
        let mut seen = HashSet::new();
        self.roles.retain(|role| seen.insert(role.clone()));
        let Self { action, verdict, roles, malformed, .. } = self;
        let reason = verdict.unwrap_or(ExplanationReason::NotGranted { roles });
        Explanation { action, allowed: reason.is_allowed(), reason, malformed }
    }
}

impl ExplanationReason {
    fn is_allowed(&self) -> bool {
        match self {
            Self::Bypass | Self::Granted { .. } => true,
            Self::CollectionClosed | Self::NotGranted { .. } => false,
        }
    }
}

fn serialize_malformed<S: Serializer>(
    malformed: &[(PermissionSource, MalformedPermission)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Element {
        source: PermissionSource,
        index: usize,
        error: String,
    }
    let mut elements = serializer.serialize_seq(Some(malformed.len()))?;
    for (source, bad) in malformed {
        let (source, index, error) = (*source, bad.index(), bad.error().to_string());
        elements.serialize_element(&Element { source, index, error })?;
    }
    elements.end()
}

impl fmt::Display for PermissionSource {
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
            ExplanationReason::Bypass => {
                write!(f, "{action} allowed: the principal bypasses permissions")?;
            }
            ExplanationReason::CollectionClosed => {
                write!(f, "{action} denied: the collection is not enabled")?;
            }
            ExplanationReason::Granted { source, permission, .. } => {
                write!(f, "{action} allowed: the {source} grants {permission}")?;
            }
            ExplanationReason::NotGranted { roles } => {
                write!(f, "{action} denied: ")?;
                write_roles(f, roles)?;
            }
        }
        for (source, bad) in malformed {
            let (index, error) = (bad.index(), bad.error());
            write!(f, "; permission {index} of the {source} is malformed: {error}")?;
        }
        Ok(())
    }
}

fn write_roles(f: &mut fmt::Formatter<'_>, roles: &[Role<'_>]) -> fmt::Result {
    match roles {
        [] => f.write_str("no permission grants it to any role"),
        [role] => write!(f, "it needs {role}"),
        [first, others @ ..] => {
            write!(f, "it needs one of {first}")?;
            others.iter().try_for_each(|role| write!(f, ", {role}"))
        }
    }
}

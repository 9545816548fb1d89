//! A collection's operations: [`Collection`].

use std::fmt;

use serde::{Deserialize, Deserializer};
use smallvec::SmallVec;

use super::{Matcher, Visibility};
use crate::acl::{AclTable, MalformedPermission};
use crate::permission::{Action, ActionSet, Permission};
use crate::principal::Principal;
use crate::serde_util::{null_as_default, only_from_objects};

/// Whether a collection's documents have permissions of their own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum DocumentSecurity {
    /// What the collection does not grant, a document can.
    Enabled,
    /// Only the collection's permissions count.
    #[default]
    Disabled,
}

/// A collection: its own permissions, and whether its documents' permissions count too.
///
/// | operation | allowed when |
/// | --- | --- |
/// | [`list`](Self::list) | the collection grants read: every document; else, with document security: the documents that do |
/// | [`get`](Self::get), [`update`](Self::update), [`delete`](Self::delete) | the collection grants the action, or document security is on and the document does |
/// | [`update_without_changes`](Self::update_without_changes) | as `get` |
/// | [`create`](Self::create) | the collection grants create |
///
/// A key with bypass may do everything. Malformed permissions grant nothing.
///
/// ```
/// use rolegate::{Collection, DocumentSecurity, ListScope, Principal};
///
/// let collection = Collection::new([r#"create("users")"#], DocumentSecurity::Enabled);
/// let ann = Principal::parse_roles(["any", "users", "user:ann"])?;
///
/// assert_eq!(collection.list(&ann)?, ListScope::Granted);
/// collection.create(&ann)?;
/// collection.get(&ann, [r#"read("user:ann")"#])?;
/// let refused = collection.delete(&ann, [r#"read("user:ann")"#]).unwrap_err();
/// assert_eq!(refused.to_string(), "expected a role that may delete, found none of the principal's");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Read from JSON it takes Appwrite's `$permissions` and `documentSecurity` (or `rowSecurity`).
///
/// Source: `Database::find`, `getDocument`, `createDocument`, `updateDocument` and `deleteDocument`
/// of utopia-php/database.
#[derive(Clone, Debug, Default)]
pub struct Collection {
    permissions: Vec<Permission<'static>>,
    malformed: Vec<MalformedPermission>,
    document_security: DocumentSecurity,
}

/// Which documents a listing is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[must_use]
pub enum ListScope {
    /// Every document of the collection.
    All,
    /// The documents whose own permissions grant it: filter.
    Granted,
}

impl Collection {
    /// A collection with these permissions. Malformed ones grant nothing, and are
    /// [kept apart](Self::malformed).
    #[must_use]
    pub fn new<S: AsRef<str>>(
        permissions: impl IntoIterator<Item = S>,
        document_security: DocumentSecurity,
    ) -> Self {
        let mut collection = Self { document_security, ..Self::default() };
        for (index, permission) in permissions.into_iter().enumerate() {
            match permission.as_ref().parse() {
                Ok(permission) => collection.permissions.push(permission),
                Err(error) => collection.malformed.push(MalformedPermission::new(index, error)),
            }
        }
        collection
    }

    /// The permissions, without the malformed ones.
    #[must_use]
    pub fn permissions(&self) -> &[Permission<'static>] {
        &self.permissions
    }

    /// The permissions that are malformed, each with its position and reason.
    #[must_use]
    pub fn malformed(&self) -> &[MalformedPermission] {
        &self.malformed
    }

    /// Whether the documents' own permissions count.
    #[must_use]
    pub fn document_security(&self) -> DocumentSecurity {
        self.document_security
    }

    /// Which documents the principal may list.
    ///
    /// # Errors
    ///
    /// None can be visible: the collection does not grant read, and its documents cannot. This is
    /// not the same as an empty list.
    pub fn list(&self, principal: &Principal) -> Result<ListScope, Unauthorized> {
        self.scope(principal, Action::Read)
    }

    /// A matcher for the documents of this collection: [`list`](Self::list) and
    /// [`Principal::matcher`] in one, for any action. Where the collection grants the action it
    /// allows it for every list.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list).
    pub fn matcher(&self, principal: &Principal, action: Action) -> Result<Matcher, Unauthorized> {
        let matcher = principal.matcher(action);
        Ok(match self.scope(principal, action)? {
            ListScope::All => matcher.granted(),
            ListScope::Granted => matcher,
        })
    }

    /// Which documents of a table an action is allowed on: [`list`](Self::list) and
    /// [`AclTable::resolve`] in one, for any action. (For create, which documents have no part in, it
    /// is every document or an error.)
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list).
    pub fn visibility(
        &self,
        principal: &Principal,
        action: Action,
        table: &AclTable,
    ) -> Result<Visibility, Unauthorized> {
        Ok(match self.scope(principal, action)? {
            ListScope::All => Visibility::unrestricted(table),
            ListScope::Granted => table.resolve(principal, action),
        })
    }

    /// Whether the principal may read a document with these permissions.
    ///
    /// # Errors
    ///
    /// It may not, and the document is [hidden](Unauthorized::is_hidden).
    pub fn get<S: AsRef<str>>(
        &self,
        principal: &Principal,
        document: impl IntoIterator<Item = S>,
    ) -> Result<(), Unauthorized> {
        self.check(principal, [Action::Read; 2], document)
    }

    /// Whether the principal may change a document with these permissions: the ones that are
    /// stored, not the ones that it sends.
    ///
    /// # Errors
    ///
    /// It may not. Unless it may read the document, that is [hidden](Unauthorized::is_hidden).
    pub fn update<S: AsRef<str>>(
        &self,
        principal: &Principal,
        document: impl IntoIterator<Item = S>,
    ) -> Result<(), Unauthorized> {
        self.check(principal, [Action::Update, Action::Read], document)
    }

    /// Whether the principal may send an update that leaves a document as it was, which takes no
    /// more than reading it.
    ///
    /// By this rule, which is the reference's, whoever may update and not read can find out whether a
    /// document holds what it sends.
    ///
    /// # Errors
    ///
    /// It may not. Unless it may update the document, that is [hidden](Unauthorized::is_hidden).
    pub fn update_without_changes<S: AsRef<str>>(
        &self,
        principal: &Principal,
        document: impl IntoIterator<Item = S>,
    ) -> Result<(), Unauthorized> {
        self.check(principal, [Action::Read, Action::Update], document)
    }

    /// Whether the principal may remove a document with these permissions.
    ///
    /// # Errors
    ///
    /// It may not. Unless it may read the document, that is [hidden](Unauthorized::is_hidden).
    pub fn delete<S: AsRef<str>>(
        &self,
        principal: &Principal,
        document: impl IntoIterator<Item = S>,
    ) -> Result<(), Unauthorized> {
        self.check(principal, [Action::Delete, Action::Read], document)
    }

    /// Whether the principal may make a document. What permissions it may give it, tells
    /// [`Principal::document_permissions`].
    ///
    /// # Errors
    ///
    /// It may not.
    pub fn create(&self, principal: &Principal) -> Result<(), Unauthorized> {
        let refused = Unauthorized { action: Action::Create, hidden: false };
        if self.grants(principal, Action::Create) { Ok(()) } else { Err(refused) }
    }

    fn scope(&self, principal: &Principal, action: Action) -> Result<ListScope, Unauthorized> {
        if self.grants(principal, action) {
            Ok(ListScope::All)
        } else if self.documents_can_grant(action) {
            Ok(ListScope::Granted)
        } else {
            Err(Unauthorized { action, hidden: false })
        }
    }

    /// Whether an action is allowed. If it is not, the other one decides whether the document is hidden.
    fn check<S: AsRef<str>>(
        &self,
        principal: &Principal,
        [action, other]: [Action; 2],
        document: impl IntoIterator<Item = S>,
    ) -> Result<(), Unauthorized> {
        if self.grants(principal, action) {
            return Ok(());
        }
        let document: SmallVec<[S; 8]> = document.into_iter().collect();
        let document_grants =
            |action| self.documents_can_grant(action) && principal.can(action, &document);
        if document_grants(action) {
            return Ok(());
        }
        let hidden = !self.grants(principal, other) && !document_grants(other);
        Err(Unauthorized { action, hidden })
    }

    fn grants(&self, principal: &Principal, action: Action) -> bool {
        principal.can(action, &self.permissions)
    }

    /// On a document, create means nothing.
    pub(super) fn documents_can_grant(&self, action: Action) -> bool {
        self.document_security == DocumentSecurity::Enabled && ActionSet::DOCUMENT.contains(action)
    }
}

/// An error: neither the collection nor, where it counts, the document allows the principal what it
/// asked for.
///
/// A host answers with [`status`](Self::status), [`error_type`](Self::error_type) and the text. What is
/// hidden is answered for as what is not there, for which [`not_found`](Self::not_found) makes the same
/// error: nobody can tell the one from the other.
///
/// ```
/// use rolegate::{Action, Collection, Principal, Unauthorized};
///
/// let collection = Collection::new([""; 0], true.into());
/// let (ann, ben) = (Principal::parse_roles(["user:ann"])?, Principal::parse_roles(["user:ben"])?);
/// let of_ann = [r#"read("user:ann")"#];
///
/// let refused = collection.delete(&ann, of_ann).unwrap_err();
/// assert_eq!((refused.status(), refused.error_type()), (401, "user_unauthorized"));
/// let hidden = collection.delete(&ben, of_ann).unwrap_err();
/// assert_eq!((hidden.status(), hidden.error_type()), (404, "document_not_found"));
/// assert_eq!(hidden, Unauthorized::not_found(Action::Delete));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Unauthorized {
    action: Action,
    hidden: bool,
}

impl Unauthorized {
    /// The answer to whoever asks for a document that is not there.
    #[must_use]
    pub fn not_found(action: Action) -> Self {
        Self { action, hidden: true }
    }

    /// What was asked for.
    #[must_use]
    pub fn action(&self) -> Action {
        self.action
    }

    /// Whether the principal is not to know that there is such a document.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        self.hidden
    }

    /// The HTTP status to answer with: 401, and 404 for what is hidden.
    #[must_use]
    pub fn status(&self) -> u16 {
        if self.hidden { 404 } else { 401 }
    }

    /// The `type` in an answer of Appwrite's shape. (For rows it is `row_not_found`.)
    #[must_use]
    pub fn error_type(&self) -> &'static str {
        if self.hidden { "document_not_found" } else { "user_unauthorized" }
    }
}

impl fmt::Display for Unauthorized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.hidden {
            return f.write_str("expected the id of a document, found none's");
        }
        write!(f, "expected a role that may {}, found none of the principal's", self.action)
    }
}

impl std::error::Error for Unauthorized {}

/// A collection as Appwrite's JSON has it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
struct Stored {
    #[serde(rename = "$permissions", default, deserialize_with = "null_as_default")]
    permissions: Vec<String>,
    #[serde(default, alias = "rowSecurity", deserialize_with = "null_as_default")]
    document_security: bool,
}

only_from_objects!(Stored: "a collection");

impl<'de> Deserialize<'de> for Collection {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Stored { permissions, document_security } = Deserialize::deserialize(deserializer)?;
        Ok(Self::new(permissions, document_security.into()))
    }
}

/// `true` is enabled, as in Appwrite's `documentSecurity`.
impl From<bool> for DocumentSecurity {
    fn from(enabled: bool) -> Self {
        if enabled { Self::Enabled } else { Self::Disabled }
    }
}

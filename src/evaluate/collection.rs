//! The operations of a collection: [`Collection`].

use serde::{Deserialize, Deserializer};
use smallvec::SmallVec;

use super::{AccessDenied, AccessDeniedKind, Matcher, Visibility};
use crate::acl::{AclTable, MalformedPermission};
use crate::permission::{Action, ActionSet, Permission};
use crate::principal::Principal;
use crate::serde_util::{null_as_default, only_from_objects};

/// The setting that lets documents have permissions of their own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum DocumentSecurity {
    /// An action is allowed if the collection or the document grants it.
    Enabled,
    /// An action is allowed only if the collection grants it. Permissions of documents are ignored.
    #[default]
    Disabled,
}

/// The settings of a collection or table that decide on access: permissions, document security, and
/// whether it is enabled.
///
/// | operation | allowed when |
/// | --- | --- |
/// | [`list`](Self::list) | the collection grants read, and then every document is listed. Or document security is enabled, and then the documents that grant read are listed |
/// | [`get`](Self::get), [`update`](Self::update), [`delete`](Self::delete) | the collection grants the action, or document security is enabled and the document grants it |
/// | [`update_without_changes`](Self::update_without_changes) | `get` is allowed |
/// | [`create`](Self::create) | the collection grants create |
///
/// A key with bypass may do everything. Malformed permissions grant nothing.
///
/// `Collection::default()` has no permissions, and its document security is **disabled**: only keys
/// with bypass may use it.
///
/// ```
/// use rolegate::{Collection, DocumentSecurity, Listing, Principal};
///
/// let collection = Collection::new([r#"create("users")"#], DocumentSecurity::Enabled);
/// let ann = Principal::parse_roles(["any", "users", "user:ann"])?;
///
/// assert_eq!(collection.list(&ann)?, Listing::FilterByDocument);
/// collection.create(&ann)?;
/// collection.get(&ann, [r#"read("user:ann")"#])?;
/// let denied = collection.delete(&ann, [r#"read("user:ann")"#]).unwrap_err();
/// assert_eq!(denied.to_string(), "access denied: no role of the principal may delete");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Closed collections
///
/// A collection that is not enabled is closed. Every operation then fails with "collection not found",
/// except for keys with bypass. [`closed`](Self::closed) closes a collection.
///
/// # JSON
///
/// A collection is read from Appwrite's JSON of a collection or table. Other fields are ignored.
///
/// | field | absent | `null` | another type |
/// | --- | --- | --- | --- |
/// | `$permissions`, an array of strings | no permissions | no permissions | error |
/// | `documentSecurity` or `rowSecurity`, a boolean | disabled | disabled | error |
/// | `enabled`, a boolean | **enabled** | closed | error |
///
/// In Appwrite an absent `enabled` means `false`. Here it means `true`, because collections that are
/// written by hand often omit the field. Both `documentSecurity` and `rowSecurity` in one object are an
/// error.
///
/// ```
/// use rolegate::{Collection, Principal};
///
/// let json = r#"{"$permissions": ["read(\"any\")"], "enabled": false}"#;
/// let collection: Collection = serde_json::from_str(json)?;
/// let denied = collection.list(&Principal::guest()).unwrap_err();
/// assert_eq!(denied.to_string(), "collection not found");
/// assert!(collection.list(&Principal::key_with_bypass()).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: `Database::find`, `getDocument`, `createDocument`, `updateDocument` and `deleteDocument`
/// of utopia-php/database; the document endpoints of appwrite/appwrite for `enabled`.
#[derive(Clone, Debug, Default)]
pub struct Collection {
    permissions: Vec<Permission<'static>>,
    malformed: Vec<MalformedPermission>,
    document_security: DocumentSecurity,
    closed: bool,
}

/// The documents that a listing may return, if a listing is allowed at all.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[must_use = "`FilterByDocument` requires that each document is checked"]
pub enum Listing {
    /// Every document of the collection.
    EveryDocument,
    /// Only the documents whose own permissions grant the action. The host must filter, for example
    /// with [`Collection::matcher`] or [`Collection::visibility`].
    FilterByDocument,
}

impl Collection {
    /// Creates an enabled collection with these permissions.
    ///
    /// Malformed permissions grant nothing, and [`malformed`](Self::malformed) returns them. For a
    /// collection without permissions, use [`without_permissions`](Self::without_permissions).
    #[must_use]
    pub fn new<S: AsRef<str>>(
        permissions: impl IntoIterator<Item = S>,
        document_security: DocumentSecurity,
    ) -> Self {
        let mut collection = Self::without_permissions(document_security);
        for (index, permission) in permissions.into_iter().enumerate() {
            match permission.as_ref().parse() {
                Ok(permission) => collection.permissions.push(permission),
                Err(error) => {
                    collection.malformed.push(MalformedPermission::new(index, error));
                }
            }
        }
        collection
    }

    /// Creates an enabled collection that grants nothing itself.
    #[must_use]
    pub fn without_permissions(document_security: DocumentSecurity) -> Self {
        Self { document_security, ..Self::default() }
    }

    /// Closes the collection: only keys with bypass find it.
    ///
    /// A host calls this for a collection with `enabled: false`, and for every collection of a database with
    /// `enabled: false`.
    #[must_use]
    pub fn closed(self) -> Self {
        Self { closed: true, ..self }
    }

    /// Returns the permissions, without the malformed ones.
    #[must_use]
    pub fn permissions(&self) -> &[Permission<'static>] {
        &self.permissions
    }

    /// Returns the malformed permissions, each with its position and error.
    #[must_use]
    pub fn malformed(&self) -> &[MalformedPermission] {
        &self.malformed
    }

    /// Returns the setting that decides if the permissions of documents count.
    #[must_use]
    pub fn document_security(&self) -> DocumentSecurity {
        self.document_security
    }

    /// Returns `true` if the collection is closed, which is `enabled: false` in JSON.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Returns the documents that the principal may list.
    ///
    /// # Errors
    ///
    /// - The collection does not grant read, and document security is disabled. Appwrite answers with
    ///   an error in this case, not with an empty list.
    /// - The collection is closed.
    pub fn list(&self, principal: &Principal) -> Result<Listing, AccessDenied> {
        self.listing(principal, Action::Read)
    }

    /// Creates a matcher that tests documents of this collection for an action.
    ///
    /// If the collection grants the action, the matcher allows every document. Otherwise, the matcher
    /// is [`Principal::matcher`].
    ///
    /// # Errors
    ///
    /// The same as for [`list`](Self::list), for any action. Permissions of documents never grant
    /// create.
    pub fn matcher(&self, principal: &Principal, action: Action) -> Result<Matcher, AccessDenied> {
        let matcher = principal.matcher(action);
        Ok(match self.listing(principal, action)? {
            Listing::EveryDocument => matcher.granted(),
            Listing::FilterByDocument => matcher,
        })
    }

    /// Returns the lists of a table that allow an action on documents of this collection.
    ///
    /// If the collection grants the action, every document is visible. Otherwise, the visibility is
    /// [`AclTable::resolve`].
    ///
    /// # Errors
    ///
    /// The same as for [`list`](Self::list), for any action. Permissions of documents never grant
    /// create.
    pub fn visibility(
        &self,
        principal: &Principal,
        action: Action,
        table: &AclTable,
    ) -> Result<Visibility, AccessDenied> {
        Ok(match self.listing(principal, action)? {
            Listing::EveryDocument => Visibility::unrestricted(table),
            Listing::FilterByDocument => table.resolve(principal, action),
        })
    }

    /// Checks that the principal may read a document with these permissions.
    ///
    /// # Errors
    ///
    /// The document is [not found](AccessDenied::is_not_found) if the principal may not read it.
    pub fn get<S: AsRef<str>>(
        &self,
        principal: &Principal,
        document: impl IntoIterator<Item = S>,
    ) -> Result<(), AccessDenied> {
        self.check(principal, [Action::Read; 2], document)
    }

    /// Checks that the principal may update a document with these stored permissions.
    ///
    /// Pass the permissions that are stored, not the ones in the request.
    ///
    /// # Errors
    ///
    /// The principal may not update the document. If it may not read the document either, the
    /// document is [not found](AccessDenied::is_not_found).
    pub fn update<S: AsRef<str>>(
        &self,
        principal: &Principal,
        document: impl IntoIterator<Item = S>,
    ) -> Result<(), AccessDenied> {
        self.check(principal, [Action::Update, Action::Read], document)
    }

    /// Checks that the principal may send an update that changes nothing. Such an update needs read
    /// instead of update.
    ///
    /// This is Appwrite's rule. A principal that may update and not read can therefore guess the content
    /// of a document: the answer is different if the update changes nothing.
    ///
    /// # Errors
    ///
    /// The principal may not read the document. If it may not update the document either, the
    /// document is [not found](AccessDenied::is_not_found).
    pub fn update_without_changes<S: AsRef<str>>(
        &self,
        principal: &Principal,
        document: impl IntoIterator<Item = S>,
    ) -> Result<(), AccessDenied> {
        self.check(principal, [Action::Read, Action::Update], document)
    }

    /// Checks that the principal may delete a document with these permissions.
    ///
    /// # Errors
    ///
    /// The principal may not delete the document. If it may not read the document either, the
    /// document is [not found](AccessDenied::is_not_found).
    pub fn delete<S: AsRef<str>>(
        &self,
        principal: &Principal,
        document: impl IntoIterator<Item = S>,
    ) -> Result<(), AccessDenied> {
        self.check(principal, [Action::Delete, Action::Read], document)
    }

    /// Checks that the principal may create documents.
    ///
    /// [`Principal::document_permissions`] checks the permissions that the new document gets.
    ///
    /// # Errors
    ///
    /// The collection does not grant create, or the collection is closed.
    pub fn create(&self, principal: &Principal) -> Result<(), AccessDenied> {
        self.check_open(principal, Action::Create)?;
        if self.grants(principal, Action::Create) {
            return Ok(());
        }
        Err(AccessDenied::new(Action::Create, AccessDeniedKind::Denied))
    }

    /// Returns the documents that an action is allowed on. [`list`](Self::list) is the same for read.
    pub(crate) fn listing(
        &self,
        principal: &Principal,
        action: Action,
    ) -> Result<Listing, AccessDenied> {
        self.check_open(principal, action)?;
        if self.grants(principal, action) {
            Ok(Listing::EveryDocument)
        } else if self.documents_can_grant(action) {
            Ok(Listing::FilterByDocument)
        } else {
            Err(AccessDenied::new(action, AccessDeniedKind::Denied))
        }
    }

    /// Checks an action on one document. If it is denied, the document is hidden from a principal
    /// that may not do `other` either.
    fn check<S: AsRef<str>>(
        &self,
        principal: &Principal,
        [action, other]: [Action; 2],
        document: impl IntoIterator<Item = S>,
    ) -> Result<(), AccessDenied> {
        self.check_open(principal, action)?;
        if self.grants(principal, action) {
            return Ok(());
        }
        let document: SmallVec<[S; 8]> = document.into_iter().collect();
        let document_grants =
            |action| self.documents_can_grant(action) && principal.can(action, &document);
        if document_grants(action) {
            return Ok(());
        }
        let knows_document = self.grants(principal, other) || document_grants(other);
        let kind = if knows_document {
            AccessDeniedKind::Denied
        } else {
            AccessDeniedKind::DocumentHidden
        };
        Err(AccessDenied::new(action, kind))
    }

    fn check_open(&self, principal: &Principal, action: Action) -> Result<(), AccessDenied> {
        if self.is_open_to(principal) {
            return Ok(());
        }
        Err(AccessDenied::new(action, AccessDeniedKind::CollectionClosed))
    }

    pub(super) fn is_open_to(&self, principal: &Principal) -> bool {
        !self.closed || principal.bypasses_permissions()
    }

    fn grants(&self, principal: &Principal, action: Action) -> bool {
        principal.can(action, &self.permissions)
    }

    /// Returns `true` if permissions of documents count for an action. On a document, create means
    /// nothing.
    pub(crate) fn documents_can_grant(&self, action: Action) -> bool {
        self.document_security == DocumentSecurity::Enabled && ActionSet::DOCUMENT.contains(action)
    }
}

/// A collection in Appwrite's JSON.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
struct Stored {
    #[serde(rename = "$permissions", default, deserialize_with = "null_as_default")]
    permissions: Vec<String>,
    #[serde(default, alias = "rowSecurity", deserialize_with = "null_as_default")]
    document_security: bool,
    /// `null` is `false`, as in Appwrite. An absent field is `true`, unlike in Appwrite.
    #[serde(default = "enabled_if_absent", deserialize_with = "null_as_default")]
    enabled: bool,
}

fn enabled_if_absent() -> bool {
    true
}

only_from_objects!(Stored: "a collection");

impl<'de> Deserialize<'de> for Collection {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Stored { permissions, document_security, enabled } =
            Deserialize::deserialize(deserializer)?;
        let collection = Self::new(permissions, document_security.into());
        Ok(if enabled { collection } else { collection.closed() })
    }
}

/// Converts Appwrite's flag `documentSecurity`: `true` is enabled.
impl From<bool> for DocumentSecurity {
    fn from(enabled: bool) -> Self {
        if enabled { Self::Enabled } else { Self::Disabled }
    }
}

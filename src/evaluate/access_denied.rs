//! The error of a collection's operations: [`AccessDenied`].

use std::fmt;

use crate::permission::Action;
use crate::refusal::Refusal;

/// An error: the principal may not do the action.
///
/// A host answers with [`status`](Refusal::status), [`error_type`](Refusal::error_type) and the text.
/// A client must not be able to tell a hidden document from a document that does not exist. For the
/// latter, a host creates the same error with [`document_not_found`](Self::document_not_found).
///
/// ```
/// use rolegate::{AccessDenied, Action, Collection, DocumentSecurity, Principal, Refusal};
///
/// let collection = Collection::without_permissions(DocumentSecurity::Enabled);
/// let (ann, ben) = (Principal::parse_roles(["user:ann"])?, Principal::parse_roles(["user:ben"])?);
/// let of_ann = [r#"read("user:ann")"#];
///
/// let denied = collection.delete(&ann, of_ann).unwrap_err();
/// assert_eq!((denied.status(), denied.error_type()), (401, "user_unauthorized"));
/// let hidden = collection.delete(&ben, of_ann).unwrap_err();
/// assert_eq!((hidden.status(), hidden.error_type()), (404, "document_not_found"));
/// assert_eq!(hidden, AccessDenied::document_not_found(Action::Delete));
///
/// // A host whose API has tables and rows:
/// assert_eq!(hidden.for_rows().error_type(), "row_not_found");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct AccessDenied {
    action: Action,
    kind: AccessDeniedKind,
    words: Words,
}

/// The reason of an [`AccessDenied`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum AccessDeniedKind {
    /// No role of the principal may do the action.
    Denied,
    /// The principal may not learn that the document exists, or the document does not exist.
    DocumentHidden,
    /// The collection is closed, or does not exist.
    CollectionClosed,
}

/// The names of things in messages and error types.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Words {
    CollectionsAndDocuments,
    TablesAndRows,
}

impl AccessDenied {
    #[cold]
    pub(super) fn new(action: Action, kind: AccessDeniedKind) -> Self {
        Self { action, kind, words: Words::CollectionsAndDocuments }
    }

    /// Creates the error for a document that does not exist.
    #[must_use]
    pub fn document_not_found(action: Action) -> Self {
        Self::new(action, AccessDeniedKind::DocumentHidden)
    }

    /// Creates the error for a collection that does not exist.
    #[must_use]
    pub fn collection_not_found(action: Action) -> Self {
        Self::new(action, AccessDeniedKind::CollectionClosed)
    }

    /// Replaces "collection" and "document" in the text and the error type by "table" and "row":
    /// `table_not_found` and `row_not_found`.
    #[must_use]
    pub fn for_rows(self) -> Self {
        Self { words: Words::TablesAndRows, ..self }
    }

    /// Returns the action that was denied.
    #[must_use]
    pub fn action(&self) -> Action {
        self.action
    }

    /// Returns the reason.
    #[must_use]
    pub fn kind(&self) -> AccessDeniedKind {
        self.kind
    }

    /// Returns `true` if the answer is "not found": the principal may not learn that the document or
    /// the collection exists.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        match self.kind {
            AccessDeniedKind::Denied => false,
            AccessDeniedKind::DocumentHidden | AccessDeniedKind::CollectionClosed => true,
        }
    }
}

impl Refusal for AccessDenied {
    /// Returns 404 if the answer is "not found", and 401 otherwise.
    fn status(&self) -> u16 {
        if self.is_not_found() { 404 } else { 401 }
    }

    /// Returns `user_unauthorized`, `document_not_found`, `collection_not_found`, or after
    /// [`for_rows`](AccessDenied::for_rows) `row_not_found` and `table_not_found`.
    fn error_type(&self) -> &'static str {
        match (self.kind, self.words) {
            (AccessDeniedKind::Denied, _) => "user_unauthorized",
            (AccessDeniedKind::DocumentHidden, Words::CollectionsAndDocuments) => {
                "document_not_found"
            }
            (AccessDeniedKind::DocumentHidden, Words::TablesAndRows) => "row_not_found",
            (AccessDeniedKind::CollectionClosed, Words::CollectionsAndDocuments) => {
                "collection_not_found"
            }
            (AccessDeniedKind::CollectionClosed, Words::TablesAndRows) => "table_not_found",
        }
    }
}

impl fmt::Display for AccessDenied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [collection, document] = match self.words {
            Words::CollectionsAndDocuments => ["collection", "document"],
            Words::TablesAndRows => ["table", "row"],
        };
        match self.kind {
            AccessDeniedKind::Denied => {
                write!(f, "access denied: no role of the principal may {}", self.action)
            }
            AccessDeniedKind::DocumentHidden => write!(f, "{document} not found"),
            AccessDeniedKind::CollectionClosed => write!(f, "{collection} not found"),
        }
    }
}

impl std::error::Error for AccessDenied {}

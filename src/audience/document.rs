//! A document that an event is about: [`Document`], and [`DocumentChange`].

use crate::acl::{AclId, AclTable};
use crate::evaluate::Collection;
use crate::permission::{Action, is_role, split_canonical};

/// The collection and the permissions of a document, which decide who may read it.
///
/// `P` is the type of the permissions as texts, such as `String` or `&str`. Malformed permissions grant
/// nothing, as in [`Collection::get`].
///
/// ```
/// use rolegate::audience::{Document, DocumentChange};
/// use rolegate::{AclTable, Collection, DocumentSecurity};
///
/// let mut table = AclTable::new();
/// let list = table.insert([r#"read("any")"#])?;
/// let collection = Collection::without_permissions(DocumentSecurity::Enabled);
///
/// // The two sides of a change may have permissions of different types.
/// let permissions = vec![r#"read("user:ann")"#.to_owned()];
/// let before = Document::new(&collection, &permissions);
/// let after = Document::with_list(&collection, &table, list);
/// let change = DocumentChange::new("kevin").before(before).after(after);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Document<'a, P = &'a str> {
    collection: &'a Collection,
    permissions: Permissions<'a, P>,
}

#[derive(Debug)]
enum Permissions<'a, P> {
    Texts(&'a [P]),
    List(&'a AclTable, AclId),
}

impl<'a> Document<'a, &'a str> {
    /// Creates a document without permissions. Only the collection can grant.
    #[must_use]
    pub fn without_permissions(collection: &'a Collection) -> Self {
        Self { collection, permissions: Permissions::Texts(&[]) }
    }

    /// Creates a document from its compiled list. The list of another table grants nothing.
    #[must_use]
    pub fn with_list(collection: &'a Collection, table: &'a AclTable, list: AclId) -> Self {
        Self { collection, permissions: Permissions::List(table, list) }
    }
}

impl<'a, P: AsRef<str>> Document<'a, P> {
    /// Creates a document from its permissions as texts.
    #[must_use]
    pub fn new(collection: &'a Collection, permissions: &'a [P]) -> Self {
        Self { collection, permissions: Permissions::Texts(permissions) }
    }

    /// Calls `each` with the text of every role that may read the document. A role may be repeated.
    ///
    /// A closed collection has no such role. Principals that bypass permissions need none.
    pub(super) fn for_each_reader(&self, mut each: impl FnMut(&str)) {
        if self.collection.is_closed() {
            return;
        }
        for permission in self.collection.permissions() {
            if permission.actions().contains(Action::Read) {
                each(permission.role().as_str());
            }
        }
        if !self.collection.documents_can_grant(Action::Read) {
            return;
        }
        match self.permissions {
            Permissions::Texts(texts) => {
                for text in texts {
                    read_role(text.as_ref()).into_iter().for_each(&mut each);
                }
            }
            Permissions::List(table, list) => {
                let grants = table.grants(list).into_iter().flatten();
                grants
                    .filter(|grant| grant.actions.contains(Action::Read))
                    .for_each(|grant| each(grant.role.as_str()));
            }
        }
    }
}

/// Returns the role of a permission to read. The names of users and sessions in an audience are no roles, so
/// the grammar must accept the role.
fn read_role(permission: &str) -> Option<&str> {
    let (actions, role) = split_canonical(permission)?;
    (actions.contains(Action::Read) && is_role(role)).then_some(role)
}

impl<P> Clone for Document<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Document<'_, P> {}

impl<P> Clone for Permissions<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Permissions<'_, P> {}

/// A change of one document: its id, and what decided before and decides now who may read it.
///
/// | before | after | change |
/// | --- | --- | --- |
/// | absent | present | the document was created |
/// | present | present | the body, the permissions or the collection changed |
/// | present | absent | the document was deleted |
///
/// `B` and `A` are the types of the permissions before and after the change.
#[derive(Debug)]
#[must_use]
pub struct DocumentChange<'a, B = &'a str, A = &'a str> {
    pub(super) id: &'a str,
    pub(super) before: Option<Document<'a, B>>,
    pub(super) after: Option<Document<'a, A>>,
}

impl<'a> DocumentChange<'a> {
    /// Creates the change of a document that did not exist before and does not exist now.
    pub fn new(id: &'a str) -> Self {
        Self { id, before: None, after: None }
    }
}

impl<'a, B, A> DocumentChange<'a, B, A> {
    /// Sets the document before the change.
    pub fn before<P>(self, document: Document<'a, P>) -> DocumentChange<'a, P, A> {
        let Self { id, after, .. } = self;
        DocumentChange { id, before: Some(document), after }
    }

    /// Sets the document after the change.
    pub fn after<P>(self, document: Document<'a, P>) -> DocumentChange<'a, B, P> {
        let Self { id, before, .. } = self;
        DocumentChange { id, before, after: Some(document) }
    }
}

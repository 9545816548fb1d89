//! What a handle stands for.

use std::sync::{Arc, RwLock};

use rolegate::auth::JwtKeys;
use rolegate::{AclColumn, AclTable, Collection, Matcher, Principal, Selection, Visibility};

use crate::failure::Failure;

/// The object of a handle. Objects that a call can change have a lock.
pub(crate) enum Object {
    Error(Arc<Failure>),
    Principal(Arc<Principal>),
    Matcher(Arc<Matcher>),
    Collection(Arc<Collection>),
    Table(Arc<RwLock<AclTable>>),
    Column(Arc<RwLock<AclColumn>>),
    Visibility(Arc<Visibility>),
    Selection(Arc<RwLock<Selection>>),
    JwtKeys(Arc<JwtKeys>),
}

impl Object {
    /// Returns the kind with an article.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Error(_) => ErrorHandle::KIND,
            Self::Principal(_) => PrincipalHandle::KIND,
            Self::Matcher(_) => MatcherHandle::KIND,
            Self::Collection(_) => CollectionHandle::KIND,
            Self::Table(_) => TableHandle::KIND,
            Self::Column(_) => ColumnHandle::KIND,
            Self::Visibility(_) => VisibilityHandle::KIND,
            Self::Selection(_) => SelectionHandle::KIND,
            Self::JwtKeys(_) => JwtKeysHandle::KIND,
        }
    }
}

/// A type of handles in the header.
pub(crate) trait Handle {
    /// The Rust type behind the handle.
    type Value;
    /// The kind with an article.
    const KIND: &'static str;

    fn wrap(value: Arc<Self::Value>) -> Object;
    fn unwrap(object: &Object) -> Option<&Arc<Self::Value>>;
}

/// The error of a call. It never changes.
pub struct ErrorHandle(());

/// The party that a request acts for: a guest, a user, a holder of roles, or a key that bypasses permissions. It never
/// changes.
pub struct PrincipalHandle(());

/// A principal and an action, prepared to test permissions. It never changes.
pub struct MatcherHandle(());

/// The settings of a collection that decide on access. It never changes.
pub struct CollectionHandle(());

/// The distinct lists of a collection, compiled. A table only grows: to give memory back, compile the present lists in
/// a new one. Calls that change it wait for each other.
pub struct TableHandle(());

/// One list of a table for each document. Calls that change it wait for each other.
pub struct ColumnHandle(());

/// The lists of a table that allow a principal an action. It never changes.
pub struct VisibilityHandle(());

/// One bit for each document. Calls that change it wait for each other.
pub struct SelectionHandle(());

/// The secrets that sign and verify JWTs. It never changes.
pub struct JwtKeysHandle(());

macro_rules! handles {
    ($($handle:ident: $variant:ident($value:ty), $kind:literal;)*) => {$(
        impl Handle for $handle {
            type Value = $value;
            const KIND: &'static str = $kind;

            fn wrap(value: Arc<Self::Value>) -> Object {
                Object::$variant(value)
            }

            fn unwrap(object: &Object) -> Option<&Arc<Self::Value>> {
                match object {
                    Object::$variant(value) => Some(value),
                    _ => None,
                }
            }
        }
    )*};
}

handles! {
    ErrorHandle: Error(Failure), "an error";
    PrincipalHandle: Principal(Principal), "a principal";
    MatcherHandle: Matcher(Matcher), "a matcher";
    CollectionHandle: Collection(Collection), "a collection";
    TableHandle: Table(RwLock<AclTable>), "a table";
    ColumnHandle: Column(RwLock<AclColumn>), "a column";
    VisibilityHandle: Visibility(Visibility), "a visibility";
    SelectionHandle: Selection(RwLock<Selection>), "a selection";
    JwtKeysHandle: JwtKeys(JwtKeys), "JWT keys";
}

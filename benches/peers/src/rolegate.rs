//! rolegate, in the ways in which a host can use it.
//!
//! | type | prepared | timed |
//! | --- | --- | --- |
//! | [`RolegateCompiled`] | table and column | resolve, filter, positions |
//! | [`RolegateFilter`] | table, column, visibility | filter, positions |
//! | [`RolegateIndex`] | index | resolve, positions in ascending order |
//! | [`RolegatePage`] | index | resolve, the first page |
//! | [`RolegateRaw`] | the matcher | raw strings, positions |
//! | [`RolegateCold`] | the principal | compile every list, resolve, filter, positions |

use rolegate::index::DocumentIndex;
use rolegate::{AclColumn, AclTable, Action, Matcher, Principal, Selection, Visibility};

use crate::data::{Data, Document};
use crate::{Engine, PAGE};

/// A table and a column that exist. Each run resolves the principal.
pub struct RolegateCompiled {
    table: AclTable,
    column: AclColumn,
    principal: Principal,
}

/// A table, a column and a visibility that exist. Each run filters a further batch of the same request.
pub struct RolegateFilter {
    visibility: Visibility,
    column: AclColumn,
    selection: Selection,
}

/// An index that exists. Each run resolves the principal and lists all visible documents in order.
pub struct RolegateIndex {
    index: DocumentIndex<usize>,
    principal: Principal,
}

/// The first page of the same index.
pub struct RolegatePage(RolegateIndex);

/// Documents that are seen once. Each run tests their raw strings.
pub struct RolegateRaw<'d> {
    matcher: Matcher,
    documents: &'d [Document],
}

/// A collection that is compiled for one question only. Each run compiles all lists.
pub struct RolegateCold<'d> {
    documents: &'d [Document],
    principal: Principal,
}

fn principal(data: &Data) -> Principal {
    Principal::parse_roles(&data.caller.roles).expect("the caller's roles are roles")
}

fn compile(documents: &[Document]) -> (AclTable, AclColumn) {
    let mut table = AclTable::new();
    let lists = documents.iter().map(|document| table.insert(&document.permissions));
    let column = lists.collect::<Result<_, _>>().expect("the permissions are permissions");
    (table, column)
}

impl RolegateCompiled {
    /// Compiles the documents' lists.
    #[must_use]
    pub fn new(data: &Data) -> Self {
        let (table, column) = compile(&data.documents);
        Self { table, column, principal: principal(data) }
    }

    /// Returns the number of distinct lists of the documents.
    #[must_use]
    pub fn distinct_lists(&self) -> usize {
        self.table.len()
    }
}

impl RolegateFilter {
    /// Compiles the documents' lists and resolves the caller.
    #[must_use]
    pub fn new(data: &Data) -> Self {
        let (table, column) = compile(&data.documents);
        let visibility = table.resolve(&principal(data), Action::Read);
        Self { visibility, column, selection: Selection::new() }
    }
}

impl RolegateIndex {
    /// Inserts the documents.
    #[must_use]
    pub fn new(data: &Data) -> Self {
        let mut index = DocumentIndex::new();
        for (position, document) in data.documents.iter().enumerate() {
            index.insert(position, &document.permissions).expect("the permissions are permissions");
        }
        Self { index, principal: principal(data) }
    }

    fn list(&self, len: usize) -> Vec<usize> {
        let visibility = self.index.table().resolve(&self.principal, Action::Read);
        self.index.after(&visibility, None).take(len).copied().collect()
    }
}

impl RolegatePage {
    /// Inserts the documents.
    #[must_use]
    pub fn new(data: &Data) -> Self {
        Self(RolegateIndex::new(data))
    }
}

impl<'d> RolegateRaw<'d> {
    /// Prepares the matcher.
    #[must_use]
    pub fn new(data: &'d Data) -> Self {
        let matcher = principal(data).matcher(Action::Read);
        Self { matcher, documents: &data.documents }
    }
}

impl<'d> RolegateCold<'d> {
    /// Prepares the principal.
    #[must_use]
    pub fn new(data: &'d Data) -> Self {
        Self { documents: &data.documents, principal: principal(data) }
    }
}

impl Engine for RolegateCompiled {
    fn visible(&mut self) -> Vec<usize> {
        let visibility = self.table.resolve(&self.principal, Action::Read);
        visibility.filter(&self.column).iter().collect()
    }
}

impl Engine for RolegateFilter {
    fn visible(&mut self) -> Vec<usize> {
        self.visibility.filter_into(&self.column, &mut self.selection);
        self.selection.iter().collect()
    }
}

impl Engine for RolegateIndex {
    fn visible(&mut self) -> Vec<usize> {
        self.list(usize::MAX)
    }
}

impl Engine for RolegatePage {
    fn visible(&mut self) -> Vec<usize> {
        self.0.list(PAGE)
    }
}

impl Engine for RolegateRaw<'_> {
    fn visible(&mut self) -> Vec<usize> {
        let documents = self.documents.iter().enumerate();
        let allowed = documents.filter(|(_, document)| self.matcher.allows(&document.permissions));
        allowed.map(|(position, _)| position).collect()
    }
}

impl Engine for RolegateCold<'_> {
    fn visible(&mut self) -> Vec<usize> {
        let (table, column) = compile(self.documents);
        let visibility = table.resolve(&self.principal, Action::Read);
        visibility.filter(&column).iter().collect()
    }
}

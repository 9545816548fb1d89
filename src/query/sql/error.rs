//! The error of a layout: [`LayoutError`].

use std::fmt;

use super::{ColumnType, Dialect};

/// An error: a layout that the database cannot have, or a name that cannot be an identifier.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LayoutError {
    kind: LayoutErrorKind,
    message: Box<str>,
}

/// The kind of a [`LayoutError`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum LayoutErrorKind {
    /// A name is not an identifier of the database.
    Identifier,
    /// The database has no column of this type.
    ColumnType,
    /// The crate `sea-query` does not know the database.
    Dialect,
}

impl LayoutError {
    #[cold]
    pub(super) fn identifier(name: &str, reason: impl fmt::Display) -> Self {
        let name = name.escape_debug();
        Self::new(LayoutErrorKind::Identifier, format!("`{name}` is not an identifier: {reason}"))
    }

    #[cold]
    pub(super) fn column_type(dialect: Dialect, found: ColumnType) -> Self {
        let types: Vec<_> = ColumnType::of(dialect).iter().map(|one| one.as_str()).collect();
        let (title, types) = (dialect.title(), types.join(", "));
        let message = format!("{title} has no column of type `{found}`; its types are {types}");
        Self::new(LayoutErrorKind::ColumnType, message)
    }

    #[cfg(feature = "sea-query")]
    #[cold]
    pub(super) fn dialect(dialect: Dialect) -> Self {
        let message =
            format!("sea-query does not write SQL for {}; use `condition`", dialect.title());
        Self::new(LayoutErrorKind::Dialect, message)
    }

    fn new(kind: LayoutErrorKind, message: String) -> Self {
        Self { kind, message: message.into() }
    }

    /// Returns the kind.
    #[must_use]
    pub fn kind(&self) -> LayoutErrorKind {
        self.kind
    }
}

impl fmt::Display for LayoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for LayoutError {}

//! Errors of compiling a list: [`InsertError`], [`MalformedPermission`], [`TableFull`].

use std::fmt;

use crate::permission::ParseError;

/// A malformed entry of a list of permissions. The entry grants nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MalformedPermission {
    index: usize,
    error: ParseError,
}

impl MalformedPermission {
    pub(crate) fn new(index: usize, error: ParseError) -> Self {
        Self { index, error }
    }

    /// Returns the position of the entry in its list, from 0.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    /// Returns the reason why the entry is not a permission.
    #[must_use]
    pub fn error(&self) -> &ParseError {
        &self.error
    }
}

impl fmt::Display for MalformedPermission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "permission {}, byte {}: {}", self.index, self.error.span().start, self.error)
    }
}

impl std::error::Error for MalformedPermission {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// The error of a strict insertion into an [`AclTable`](crate::AclTable) or a
/// [`DocumentIndex`](crate::index::DocumentIndex).
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum InsertError {
    /// An entry of the list is malformed. This is the first one.
    Malformed(MalformedPermission),
    /// The table has reached one of its limits.
    Full(TableFull),
    /// The list belongs to another table than that of the index.
    ForeignList,
}

impl fmt::Display for InsertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(malformed) => malformed.fmt(f),
            Self::Full(full) => full.fmt(f),
            Self::ForeignList => f.write_str(
                "list belongs to another table; insert the permissions, or a list of this index",
            ),
        }
    }
}

impl std::error::Error for InsertError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Malformed(malformed) => Some(malformed.error()),
            Self::Full(_) | Self::ForeignList => None,
        }
    }
}

impl From<TableFull> for InsertError {
    fn from(full: TableFull) -> Self {
        Self::Full(full)
    }
}

/// The error of a table that has reached one of its [`AclLimits`](crate::AclLimits), or of an index with
/// 2^30 documents. The contents stay valid.
///
/// It prints as `table is full: 1,000,000 lists`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TableFull {
    limited: Limited,
    limit: u32,
}

/// A quantity that [`AclLimits`](crate::AclLimits) limits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Limited {
    Lists,
    Roles,
    Grants,
    RoleBytes,
    Documents,
}

impl TableFull {
    #[cold]
    pub(super) fn new(limited: Limited, limit: u32) -> Self {
        Self { limited, limit }
    }

    /// Creates the error of an index that has reached its largest number of documents.
    #[cold]
    pub(crate) fn documents(limit: u32) -> Self {
        Self::new(Limited::Documents, limit)
    }

    /// Returns the limit that was reached.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.limit
    }
}

impl fmt::Display for TableFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = self.limit == 1;
        let what = match self.limited {
            Limited::Lists if one => "list",
            Limited::Lists => "lists",
            Limited::Roles if one => "role",
            Limited::Roles => "roles",
            Limited::Grants if one => "grant",
            Limited::Grants => "grants",
            Limited::Documents => "documents",
            Limited::RoleBytes if one => "byte of role text",
            Limited::RoleBytes => "bytes of role text",
        };
        write!(f, "table is full: {} {what}", Grouped(self.limit))
    }
}

/// A number that prints with a comma between groups of three digits.
pub(crate) struct Grouped(pub(crate) u32);

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 / 1000 {
            0 => write!(f, "{}", self.0),
            thousands => write!(f, "{},{:03}", Grouped(thousands), self.0 % 1000),
        }
    }
}

impl std::error::Error for TableFull {}

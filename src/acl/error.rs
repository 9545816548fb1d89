//! Why a list did not become an entry of a table.

use std::fmt;

use crate::permission::ParseError;

/// A permission of a list that is malformed, and so grants nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MalformedPermission {
    index: usize,
    error: ParseError,
}

impl MalformedPermission {
    pub(crate) fn new(index: usize, error: ParseError) -> Self {
        Self { index, error }
    }

    /// Its position in the list, from 0.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    /// What is wrong with it.
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

/// Why [`AclTable::insert`](crate::AclTable::insert) refused a list.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum InsertError {
    /// One of its permissions is malformed: the first one that is.
    Malformed(MalformedPermission),
    /// The table has reached one of its limits.
    Full(TableFull),
}

impl fmt::Display for InsertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(malformed) => malformed.fmt(f),
            Self::Full(full) => full.fmt(f),
        }
    }
}

impl std::error::Error for InsertError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Malformed(malformed) => Some(malformed.error()),
            Self::Full(_) => None,
        }
    }
}

impl From<TableFull> for InsertError {
    fn from(full: TableFull) -> Self {
        Self::Full(full)
    }
}

/// A table has reached one of its [`AclLimits`](crate::AclLimits). What it holds stays valid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TableFull {
    what: &'static str,
    limit: u32,
}

impl TableFull {
    #[cold]
    pub(super) fn new(what: &'static str, limit: u32) -> Self {
        Self { what, limit }
    }

    /// The limit that was reached.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.limit
    }
}

impl fmt::Display for TableFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected at most {} {} in a table, found one more", self.limit, self.what)
    }
}

impl std::error::Error for TableFull {}

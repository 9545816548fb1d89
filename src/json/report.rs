//! The result of a filter: [`FilterReport`], with the documents and permissions that the filter could not
//! use: [`Problem`].

use std::fmt;

use super::format::Format;
use crate::permission::ParseError;

/// The maximum number of problems that a report lists for each group: 100. Further problems are only
/// counted, so that a stream of problems does not fill the memory.
///
/// The groups are documents without permissions, elements that are not objects, and malformed
/// permissions.
pub const MAX_REPORTED: usize = 100;

/// Counts and problems of one run of a filter.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[must_use]
pub struct FilterReport {
    format: Format,
    pub(super) visible: u64,
    pub(super) removed: u64,
    pub(super) nested_removed: u64,
    problems: Vec<Problem>,
    without_permissions: u64,
    not_objects: u64,
    malformed_permissions: u64,
}

impl FilterReport {
    pub(super) fn new(format: Format) -> Self {
        Self { format, ..Self::default() }
    }

    /// Returns the format of the input: never [`Format::Detect`].
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Returns the number of documents in the output.
    #[must_use]
    pub fn visible(&self) -> u64 {
        self.visible
    }

    /// Returns the number of documents that were removed.
    ///
    /// If the server cuts pages, a gateway requests this number of further documents.
    #[must_use]
    pub fn removed(&self) -> u64 {
        self.removed
    }

    /// Returns the number of documents in the input.
    #[must_use]
    pub fn documents(&self) -> u64 {
        self.visible + self.removed
    }

    /// Returns the number of nested documents that were removed, or replaced by `null`, within
    /// visible documents.
    #[must_use]
    pub fn nested_removed(&self) -> u64 {
        self.nested_removed
    }

    /// Returns the first problems, in the order of the documents.
    ///
    /// The list holds at most [`MAX_REPORTED`] problems of each group.
    /// [`problem_count`](Self::problem_count) and the counts of the groups are exact.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Returns the number of problems, including those that [`problems`](Self::problems) leaves out.
    #[must_use]
    pub fn problem_count(&self) -> u64 {
        self.without_permissions + self.not_objects + self.malformed_permissions
    }

    /// Returns the number of documents that were removed because they have no `$permissions`.
    ///
    /// Appwrite leaves `$permissions` out of documents whose query selects other attributes only.
    #[must_use]
    pub fn without_permissions(&self) -> u64 {
        self.without_permissions
    }

    /// Returns the number of elements and lines that were removed because they are not objects.
    #[must_use]
    pub fn not_objects(&self) -> u64 {
        self.not_objects
    }

    /// Returns the number of malformed permissions and permission lists, nested ones included.
    #[must_use]
    pub fn malformed_permissions(&self) -> u64 {
        self.malformed_permissions
    }

    /// Counts a problem, and adds it to the list unless the list holds [`MAX_REPORTED`] of its group.
    #[cold]
    pub(super) fn add(&mut self, problem: Problem) {
        let count = match problem.kind {
            ProblemKind::NoPermissions => &mut self.without_permissions,
            ProblemKind::NotAnObject => &mut self.not_objects,
            ProblemKind::PermissionsNotAnArray
            | ProblemKind::PermissionNotAString
            | ProblemKind::Permission(_) => &mut self.malformed_permissions,
        };
        *count += 1;
        if *count <= MAX_REPORTED as u64 {
            self.problems.push(problem);
        }
    }
}

/// A document that could not be decided on, or a permission that could not be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    document: u64,
    permission: Option<usize>,
    offset: u64,
    kind: ProblemKind,
}

/// The kind of a [`Problem`].
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The document has no `$permissions` key. It was removed.
    NoPermissions,
    /// The element of the list, or the line, is not an object. It was removed.
    NotAnObject,
    /// `$permissions` is not an array. The list grants nothing.
    PermissionsNotAnArray,
    /// An element of `$permissions` is not a string. The whole list grants nothing.
    PermissionNotAString,
    /// A string is not a permission. The other permissions still count.
    Permission(ParseError),
}

impl Problem {
    pub(super) fn new(
        document: u64,
        permission: Option<usize>,
        offset: u64,
        kind: ProblemKind,
    ) -> Self {
        Self { document, permission, offset, kind }
    }

    /// Returns the position of the document in the input, from 0.
    ///
    /// For permissions of a nested document this is the position of the outermost document.
    #[must_use]
    pub fn document(&self) -> u64 {
        self.document
    }

    /// Returns the position of the permission in its list, from 0, if the problem is with a single
    /// permission.
    #[must_use]
    pub fn permission(&self) -> Option<usize> {
        self.permission
    }

    /// Returns the byte offset of the document, list or permission in the input.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Returns the kind of problem.
    #[must_use]
    pub fn kind(&self) -> &ProblemKind {
        &self.kind
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "document {}: ", self.document)?;
        if let Some(index) = self.permission {
            write!(f, "permission {index}: ")?;
        }
        self.kind.fmt(f)
    }
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPermissions => f.write_str("no `$permissions`"),
            Self::NotAnObject => f.write_str("not an object"),
            Self::PermissionsNotAnArray => f.write_str("`$permissions` is not an array"),
            Self::PermissionNotAString => f.write_str("not a string"),
            Self::Permission(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Problem {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            ProblemKind::Permission(error) => Some(error),
            _ => None,
        }
    }
}

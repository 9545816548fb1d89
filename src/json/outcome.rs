//! What a filter did: [`Outcome`], and what it could not read, [`Malformed`].

use std::fmt;

use super::Form;
use crate::permission::ParseError;

/// How many malformed permissions are reported one by one; the rest is only counted. Enough for a
/// person to see what is going on, and too few for a stream of nothing else to fill the memory.
pub const MAX_REPORTED: usize = 100;

/// What a filter did with some input.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[must_use]
pub struct Outcome {
    pub(super) form: Form,
    pub(super) visible: u64,
    pub(super) removed: u64,
    pub(super) nested_removed: u64,
    pub(super) malformed: Vec<Malformed>,
    pub(super) malformed_count: u64,
}

impl Outcome {
    /// What the input was: never [`Form::Detect`].
    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }

    /// How many documents are visible, and in the output.
    #[must_use]
    pub fn visible(&self) -> u64 {
        self.visible
    }

    /// How many documents are not. A gateway in front of a server that cuts pages asks it for so many
    /// more.
    #[must_use]
    pub fn removed(&self) -> u64 {
        self.removed
    }

    /// How many documents within visible ones have been removed or replaced by `null`.
    #[must_use]
    pub fn nested_removed(&self) -> u64 {
        self.nested_removed
    }

    /// The first [`MAX_REPORTED`] malformed permissions, in their order. A document without any
    /// `$permissions` is not among them.
    #[must_use]
    pub fn malformed(&self) -> &[Malformed] {
        &self.malformed
    }

    /// How many malformed permissions there were in all.
    #[must_use]
    pub fn malformed_count(&self) -> u64 {
        self.malformed_count
    }

    /// Counts one, and says whether it should be kept too.
    pub(super) fn count_malformed(&mut self) -> bool {
        self.malformed_count += 1;
        self.malformed.len() < MAX_REPORTED
    }
}

/// Permissions of a document that could not be read, and so grant nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Malformed {
    pub(super) document: u64,
    pub(super) permission: Option<usize>,
    pub(super) offset: u64,
    pub(super) reason: MalformedReason,
}

/// What is wrong with a document's permissions.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum MalformedReason {
    /// `$permissions` is no array: none of it counts.
    NotAnArray,
    /// An element of `$permissions` is no string: none of it counts.
    NotAString,
    /// A string is no permission. The others still count.
    Permission(ParseError),
}

impl Malformed {
    /// Which document, from 0, in the order of the input. For permissions within a document's
    /// relationships it is that document.
    #[must_use]
    pub fn document(&self) -> u64 {
        self.document
    }

    /// Which permission of the list, from 0, unless it is the whole of it.
    #[must_use]
    pub fn permission(&self) -> Option<usize> {
        self.permission
    }

    /// How many bytes of the input stand before the value in question.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// What is wrong.
    #[must_use]
    pub fn reason(&self) -> &MalformedReason {
        &self.reason
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "document {}: ", self.document)?;
        if let Some(index) = self.permission {
            write!(f, "permission {index}: ")?;
        }
        self.reason.fmt(f)
    }
}

impl fmt::Display for MalformedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnArray => f.write_str("expected an array of strings, found something else"),
            Self::NotAString => f.write_str("expected a string, found something else"),
            Self::Permission(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Malformed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.reason {
            MalformedReason::Permission(error) => Some(error),
            _ => None,
        }
    }
}

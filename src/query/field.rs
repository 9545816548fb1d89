//! The error of a filter for a document store: [`FilterError`].

use std::fmt;

/// An error: the store cannot express the filter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FilterError {
    kind: FilterErrorKind,
    message: Box<str>,
}

/// The kind of a [`FilterError`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum FilterErrorKind {
    /// The text cannot be the name of a field.
    Field,
    /// The filter has more texts than the store accepts.
    TooManyTexts,
}

impl FilterError {
    #[cold]
    pub(super) fn field(field: &str, reason: &str) -> Self {
        let message = format!("`{}` is not the name of a field: {reason}", field.escape_debug());
        Self { kind: FilterErrorKind::Field, message: message.into() }
    }

    #[cold]
    pub(super) fn too_many_texts(found: usize, most: usize) -> Self {
        let message = format!(
            "the roles of the principal give {found} permissions, and the store accepts {most}"
        );
        Self { kind: FilterErrorKind::TooManyTexts, message: message.into() }
    }

    /// Returns the kind.
    #[must_use]
    pub fn kind(&self) -> FilterErrorKind {
        self.kind
    }
}

/// Checks that a text can be the name of a field.
pub(super) fn check_field(field: &str) -> Result<(), FilterError> {
    if field.is_empty() {
        Err(FilterError::field(field, "it is empty"))
    } else if field.contains('\0') {
        Err(FilterError::field(field, "it contains U+0000"))
    } else {
        Ok(())
    }
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for FilterError {}

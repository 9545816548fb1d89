//! The error of a call: [`Failure`].

use std::fmt::{Debug, Display};

use rolegate::auth::{CreateJwtError, EmptySecret, LeewayTooLong, TokenError};
use rolegate::query::sql::LayoutError;
use rolegate::{
    AccessDenied, BlockedUser, InsertError, MalformedPermission, ParseError, Refusal,
    SetPermissionsError, TableFull, json,
};

use crate::types::Status;

/// The error of a call.
#[derive(Debug)]
pub(crate) struct Failure(Box<Details>);

/// The content of an error. Texts end with a NUL byte.
#[derive(Debug)]
pub(crate) struct Details {
    pub(crate) status: Status,
    pub(crate) http_status: u16,
    pub(crate) message: String,
    pub(crate) kind: String,
    pub(crate) hint: String,
    pub(crate) error_type: String,
    pub(crate) place: Place,
}

/// The place of a mistake.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Place {
    pub(crate) list: Option<usize>,
    pub(crate) text: Option<usize>,
    pub(crate) span: Option<(u64, u64)>,
    pub(crate) line_and_column: Option<(u64, u64)>,
}

impl Failure {
    #[cold]
    pub(crate) fn new(status: Status, message: impl Display) -> Self {
        Self(Box::new(Details {
            status,
            http_status: 0,
            message: terminated(message),
            kind: terminated(""),
            hint: terminated(""),
            error_type: terminated(""),
            place: Place::default(),
        }))
    }

    /// Creates the error of a number that is none of the constants.
    #[cold]
    pub(crate) fn constant(name: &str, value: u32) -> Self {
        Self::new(Status::WrongArgument, format_args!("unknown {name}: {value}"))
    }

    /// Creates the error of a refused request.
    fn refusal(refusal: &impl Refusal) -> Self {
        let mut failure = Self::new(Status::Denied, refusal);
        failure.0.http_status = refusal.status();
        failure.0.error_type = terminated(refusal.error_type());
        failure
    }

    pub(crate) fn details(&self) -> &Details {
        &self.0
    }

    fn with_kind(mut self, kind: impl Debug) -> Self {
        self.0.kind = terminated(format_args!("{kind:?}"));
        self
    }

    fn with_hint(mut self, hint: Option<&str>) -> Self {
        self.0.hint = terminated(hint.unwrap_or_default());
        self
    }

    pub(crate) fn in_list(mut self, list: usize) -> Self {
        self.0.place.list = Some(list);
        self
    }

    pub(crate) fn in_text(mut self, text: usize) -> Self {
        self.0.place.text = Some(text);
        self
    }

    pub(crate) fn with_span(mut self, start: u64, end: u64) -> Self {
        self.0.place.span = Some((start, end));
        self
    }

    fn with_line(mut self, line: u64, column: u64) -> Self {
        self.0.place.line_and_column = Some((line, column));
        self
    }

    /// Creates the error of JSON that is not the JSON of `what`.
    #[cold]
    pub(crate) fn json_of(what: &str, error: &serde_json::Error) -> Self {
        let failure = Self::new(Status::InvalidJson, format_args!("{what}: {error}"));
        match error.line() {
            0 => failure,
            line => failure.with_line(line as u64, error.column() as u64),
        }
    }
}

/// Returns a text with a NUL byte at its end, for callers that print it as a C string.
fn terminated(text: impl Display) -> String {
    format!("{text}\0")
}

impl From<ParseError> for Failure {
    fn from(error: ParseError) -> Self {
        let span = error.span();
        Self::new(Status::Malformed, &error)
            .with_kind(error.kind())
            .with_hint(error.hint())
            .with_span(span.start as u64, span.end as u64)
    }
}

impl From<&MalformedPermission> for Failure {
    fn from(malformed: &MalformedPermission) -> Self {
        Self::from(malformed.error().clone()).in_text(malformed.index())
    }
}

impl From<TableFull> for Failure {
    fn from(error: TableFull) -> Self {
        Self::new(Status::Full, error)
    }
}

impl From<InsertError> for Failure {
    fn from(error: InsertError) -> Self {
        match &error {
            InsertError::Malformed(malformed) => malformed.into(),
            InsertError::Full(full) => (*full).into(),
            _ => Self::new(Status::WrongArgument, error),
        }
    }
}

impl From<AccessDenied> for Failure {
    fn from(error: AccessDenied) -> Self {
        Self::refusal(&error).with_kind(error.kind())
    }
}

impl From<BlockedUser> for Failure {
    fn from(error: BlockedUser) -> Self {
        Self::refusal(&error)
    }
}

impl From<SetPermissionsError> for Failure {
    fn from(error: SetPermissionsError) -> Self {
        let failure = Self::refusal(&error);
        match &error {
            SetPermissionsError::Malformed(malformed) => {
                let (span, inner) = (malformed.error().span(), malformed.error());
                failure
                    .in_text(malformed.index())
                    .with_span(span.start as u64, span.end as u64)
                    .with_kind(inner.kind())
                    .with_hint(inner.hint())
            }
            SetPermissionsError::Action { index, .. }
            | SetPermissionsError::RoleNotHeld { index, .. } => failure.in_text(*index),
            _ => failure,
        }
    }
}

impl From<json::Error> for Failure {
    fn from(error: json::Error) -> Self {
        Self::new(Status::InvalidJson, &error)
            .with_kind(error.kind())
            .with_hint(error.hint())
            .with_span(error.offset(), error.offset())
            .with_line(error.line(), error.column())
    }
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        Self::new(Status::InvalidToken, error).with_kind(error.kind())
    }
}

impl From<CreateJwtError> for Failure {
    fn from(error: CreateJwtError) -> Self {
        Self::new(Status::InvalidToken, error)
    }
}

impl From<EmptySecret> for Failure {
    fn from(error: EmptySecret) -> Self {
        Self::new(Status::WrongArgument, error)
    }
}

impl From<LeewayTooLong> for Failure {
    fn from(error: LeewayTooLong) -> Self {
        Self::new(Status::WrongArgument, error)
    }
}

impl From<LayoutError> for Failure {
    fn from(error: LayoutError) -> Self {
        let kind = error.kind();
        Self::new(Status::InvalidLayout, error).with_kind(kind)
    }
}

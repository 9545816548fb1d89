//! Malformed permissions and skipped roles as JSON.

use rolegate::MalformedPermission;
use rolegate::principal::SkippedRole;
use serde::Serialize;

use crate::failure::Failure;
use crate::ffi::Answer;
use crate::types::Status;

/// The largest number of malformed permissions in a report. Their count is exact.
pub(crate) const MAX_REPORTED: usize = 100;

/// A malformed permission in a report.
#[derive(Serialize)]
pub(crate) struct Malformed {
    /// The position of the list. A collection has one list.
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<usize>,
    text: usize,
    start: usize,
    end: usize,
    kind: String,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl Malformed {
    pub(crate) fn new(list: Option<usize>, malformed: &MalformedPermission) -> Self {
        let error = malformed.error();
        Self {
            list,
            text: malformed.index(),
            start: error.span().start,
            end: error.span().end,
            kind: format!("{:?}", error.kind()),
            message: error.to_string(),
            hint: error.hint().map(str::to_owned),
        }
    }
}

/// A value of a user that gives no role.
#[derive(Serialize)]
pub(crate) struct Skipped<'a> {
    path: String,
    value: &'a str,
    message: String,
}

impl<'a> Skipped<'a> {
    pub(crate) fn new(skipped: &'a SkippedRole) -> Self {
        Self { path: skipped.path(), value: skipped.value(), message: skipped.to_string() }
    }
}

/// Returns a value as JSON.
pub(crate) fn to_json(value: &impl Serialize) -> Answer<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| Failure::new(Status::Panic, error))
}

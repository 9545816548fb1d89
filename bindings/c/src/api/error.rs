//! Errors of calls.

#![allow(unsafe_code, reason = "the names of exported functions are unsafe attributes")]

use crate::failure::{Details, Place};
use crate::ffi::{self, call};
use crate::objects::ErrorHandle;
use crate::types::{Bytes, ErrorInfo, Status};

/// Reads an error into `*info`. The texts belong to the error: do not use them after it is freed.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_error_read(error: *const ErrorHandle, info: *mut ErrorInfo) -> Status {
    call(std::ptr::null_mut(), |call| {
        let info = call.out(info)?;
        let failure = call.get(error)?;
        let Details { status, http_status, message, kind, hint, error_type, place } =
            failure.details();
        let Place { list, text, span, line_and_column } = *place;
        let number = |number: Option<usize>| number.map_or(u64::MAX, |number| number as u64);
        let (start, end) = span.unwrap_or((u64::MAX, u64::MAX));
        let (line, column) = line_and_column.unwrap_or((u64::MAX, u64::MAX));
        info.set(ErrorInfo {
            status: *status,
            http_status: (*http_status).into(),
            message: without_terminator(message),
            kind: without_terminator(kind),
            hint: without_terminator(hint),
            error_type: without_terminator(error_type),
            list: number(list),
            text: number(text),
            start,
            end,
            line,
            column,
        });
        Ok(())
    })
}

/// Frees an error. Returns `ROLEGATE_STATUS_WRONG_HANDLE` if it was freed already.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_error_free(error: *mut ErrorHandle) -> Status {
    ffi::free(error)
}

/// Returns a text without the NUL byte at its end.
fn without_terminator(text: &str) -> Bytes {
    Bytes { data: text.as_ptr().cast(), len: text.len().saturating_sub(1) }
}

//! Visibilities: the lists of a table that a principal sees.

#![allow(unsafe_code, reason = "the names of exported functions are unsafe attributes")]

use rolegate::Selection;

use super::constants;
use crate::ffi::{self, Answer, call};
use crate::objects::{
    ColumnHandle, ErrorHandle, PrincipalHandle, SelectionHandle, TableHandle, VisibilityHandle,
};
use crate::types::Status;

/// Finds the lists of a table that allow an action to a principal. Only permissions of documents decide. For the
/// documents of a collection, use `rolegate_collection_visibility`.
///
/// Takes time in proportion to the lists that the roles of the principal reach.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_visibility_new(
    table: *const TableHandle,
    principal: *const PrincipalHandle,
    action: u32,
    visibility: *mut *mut VisibilityHandle,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out(visibility)?;
        let (table, principal) = (call.get(table)?, call.get(principal)?);
        let action = constants::action(action)?;
        let visibility = call.read(&table)?.resolve(&principal, action);
        out.set(ffi::new_handle(visibility)?);
        Ok(())
    })
}

/// Frees a visibility. Returns `ROLEGATE_STATUS_WRONG_HANDLE` if it was freed already.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_visibility_free(visibility: *mut VisibilityHandle) -> Status {
    ffi::free(visibility)
}

/// Selects the visible documents of a column. The old content of the selection is replaced, and its memory is used
/// again. If the call fails, the selection is empty.
///
/// Documents of another table are not selected. Takes about the time of reading the column.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_visibility_filter(
    visibility: *const VisibilityHandle,
    column: *const ColumnHandle,
    selection: *mut SelectionHandle,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let selection = call.get(selection)?;
        let filter = || -> Answer {
            let (visibility, column) = (call.get(visibility)?, call.get(column)?);
            let (column, mut selection) = (call.read(&column)?, call.write(&selection)?);
            visibility.filter_into(&column, &mut selection);
            Ok(())
        };
        let filtered = filter();
        if filtered.is_err() {
            // The old content can be that of another principal.
            *call.write(&selection)? = Selection::new();
        }
        filtered
    })
}

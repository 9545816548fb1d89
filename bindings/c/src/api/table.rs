//! Tables and columns: compiled lists.

#![allow(unsafe_code, reason = "the names of exported functions are unsafe attributes")]

use std::sync::RwLock;

use rolegate::{AclColumn, AclLimits, AclTable};

use crate::failure::Failure;
use crate::ffi::{self, Answer, Call, call};
use crate::lists::{self, Page};
use crate::objects::{ColumnHandle, ErrorHandle, TableHandle};
use crate::reports::{MAX_REPORTED, Malformed, to_json};
use crate::types::{Buffer, Bytes, Lists, PackedLists, Status, TableLimits};

/// Creates an empty table. `limits` may be null.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_table_new(
    limits: *const TableLimits,
    table: *mut *mut TableHandle,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out(table)?;
        let TableLimits { lists, roles, grants, role_bytes } =
            call.optional(limits)?.unwrap_or_default();
        let or_largest = |limit: u32| if limit == 0 { u32::MAX } else { limit };
        let table = AclTable::with_limits(AclLimits {
            lists: or_largest(lists),
            roles: or_largest(roles),
            grants: or_largest(grants),
            role_bytes: or_largest(role_bytes),
        });
        out.set(ffi::new_handle(RwLock::new(table))?);
        Ok(())
    })
}

/// Frees a table. Returns `ROLEGATE_STATUS_WRONG_HANDLE` if it was freed already. Columns and visibilities of the
/// table stay valid.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_table_free(table: *mut TableHandle) -> Status {
    ffi::free(table)
}

/// Returns the number of distinct lists of a table, and its memory in bytes. Both out-parameters may be null.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_table_size(
    table: *const TableHandle,
    lists: *mut usize,
    memory: *mut usize,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let (lists, memory) = (call.optional_out(lists), call.optional_out(memory));
        let (lists, memory) = (lists?, memory?);
        let table = call.get(table)?;
        let table = call.read(&table)?;
        if let Some(lists) = lists {
            lists.set(table.len());
        }
        if let Some(memory) = memory {
            memory.set(table.memory());
        }
        Ok(())
    })
}

/// Creates a column without documents.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_column_new(
    column: *mut *mut ColumnHandle,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out(column)?;
        out.set(ffi::new_handle(RwLock::new(AclColumn::new()))?);
        Ok(())
    })
}

/// Frees a column. Returns `ROLEGATE_STATUS_WRONG_HANDLE` if it was freed already.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_column_free(column: *mut ColumnHandle) -> Status {
    ffi::free(column)
}

/// Returns the number of documents of a column.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_column_len(
    column: *const ColumnHandle,
    len: *mut usize,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out(len)?;
        let column = call.get(column)?;
        out.set(call.read(&column)?.len());
        Ok(())
    })
}

/// Compiles lists in a table, and appends a document to the column for each list.
///
/// A malformed permission is left out and grants nothing. If `malformed_count` is not null, it gets the number of
/// malformed permissions. If `malformed` is not null, it gets a JSON array of the first 100, each with `list`, `text`,
/// `start`, `end`, `kind`, `message` and possibly `hint`. If the table is full, no document is appended.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_column_append(
    column: *mut ColumnHandle,
    table: *mut TableHandle,
    lists: *const Lists,
    malformed_count: *mut usize,
    malformed: *mut Buffer,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let read = |page: &mut _| lists::read(call, lists, page);
        append(call, column, table, read, (malformed_count, malformed))
    })
}

/// Does the same as `rolegate_column_append`, for lists in one byte string.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_column_append_packed(
    column: *mut ColumnHandle,
    table: *mut TableHandle,
    lists: *const PackedLists,
    malformed_count: *mut usize,
    malformed: *mut Buffer,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let read = |page: &mut _| lists::read_packed(call, lists, page);
        append(call, column, table, read, (malformed_count, malformed))
    })
}

/// Compiles lists in a table, and appends a document to the column for each list. The first malformed permission is
/// an error with the positions of the list and the text, and no document is appended.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_column_append_strict(
    column: *mut ColumnHandle,
    table: *mut TableHandle,
    lists: *const Lists,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let (column, table) = (call.get(column)?, call.get(table)?);
        let mut page = Page::default();
        lists::read(call, lists, &mut page)?;
        let (mut table, mut column) = (call.write(&table)?, call.write(&column)?);
        let ids = page.iter().enumerate().map(|(list, texts)| {
            table.insert(texts).map_err(|error| Failure::from(error).in_list(list))
        });
        for id in ids.collect::<Answer<Vec<_>>>()? {
            column.push(id);
        }
        Ok(())
    })
}

/// Replaces the list of the document at a position. The first malformed permission is an error.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_column_set(
    column: *mut ColumnHandle,
    position: usize,
    table: *mut TableHandle,
    permissions: *const Bytes,
    count: usize,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let (column, table) = (call.get(column)?, call.get(table)?);
        let permissions = call.texts(permissions, count)?;
        let (mut table, mut column) = (call.write(&table)?, call.write(&column)?);
        if position >= column.len() {
            return Err(no_document(position, column.len()));
        }
        let id = table.insert(permissions)?;
        column.set(position, id);
        Ok(())
    })
}

/// Removes the document at a position. The last document takes its place.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_column_swap_remove(
    column: *mut ColumnHandle,
    position: usize,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let column = call.get(column)?;
        let mut column = call.write(&column)?;
        let removed = column.swap_remove(position);
        if removed { Ok(()) } else { Err(no_document(position, column.len())) }
    })
}

#[cold]
fn no_document(position: usize, len: usize) -> Failure {
    let message = format_args!("column has {len} documents, and none at position {position}");
    Failure::new(Status::WrongArgument, message)
}

fn append<'c>(
    call: &'c Call,
    column: *const ColumnHandle,
    table: *const TableHandle,
    read: impl FnOnce(&mut Page<'c>) -> Answer,
    (malformed_count, malformed): (*mut usize, *mut Buffer),
) -> Answer {
    let (count, report) = (call.optional_out(malformed_count), call.optional_out(malformed));
    let (count, report) = (count?, report?);
    let (column, table) = (call.get(column)?, call.get(table)?);
    let mut page = Page::default();
    read(&mut page)?;
    let mut malformed = Vec::new();
    let mut found = 0;
    {
        let (mut table, mut column) = (call.write(&table)?, call.write(&column)?);
        let mut ids = Vec::with_capacity(page.len());
        for (list, texts) in page.iter().enumerate() {
            let (id, bad) =
                table.insert_lenient(texts).map_err(|full| Failure::from(full).in_list(list))?;
            ids.push(id);
            let room = MAX_REPORTED - malformed.len();
            malformed.extend(bad.iter().take(room).map(|bad| Malformed::new(Some(list), bad)));
            found += bad.len();
        }
        for id in ids {
            column.push(id);
        }
    }
    if let Some(report) = report {
        report.set_bytes(to_json(&malformed)?);
    }
    if let Some(count) = count {
        count.set(found);
    }
    Ok(())
}

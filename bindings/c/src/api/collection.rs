//! Collections.

#![allow(unsafe_code, reason = "the names of exported functions are unsafe attributes")]

use std::ffi::c_char;

use rolegate::{Collection, Listing as Listed};

use super::constants;
use super::principal::explained;
use crate::failure::Failure;
use crate::ffi::{self, call};
use crate::objects::{
    CollectionHandle, ErrorHandle, MatcherHandle, PrincipalHandle, TableHandle, VisibilityHandle,
};
use crate::reports::{MAX_REPORTED, Malformed, to_json};
use crate::types::{Buffer, Bytes, Listing, Operation, Status};

/// Creates a collection from Appwrite's JSON of a collection or table: `$permissions`, `documentSecurity` or
/// `rowSecurity`, and `enabled`. Other fields are ignored.
///
/// Malformed permissions grant nothing. If `malformed_count` is not null, it gets their number. If `malformed` is not
/// null, it gets a JSON array of the first 100, each with `text`, `start`, `end`, `kind`, `message` and possibly
/// `hint`.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_collection_from_json(
    json: *const c_char,
    json_len: usize,
    collection: *mut *mut CollectionHandle,
    malformed_count: *mut usize,
    malformed: *mut Buffer,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let (out, count) = (call.out(collection), call.optional_out(malformed_count));
        let report = call.optional_out(malformed);
        let (out, count, report) = (out?, count?, report?);
        let json = call.bytes(json, json_len)?;
        let collection: Collection =
            serde_json::from_slice(json).map_err(|error| Failure::json_of("collection", &error))?;
        let found = collection.malformed().len();
        let first = collection.malformed().iter().take(MAX_REPORTED);
        let first = to_json(&first.map(|bad| Malformed::new(None, bad)).collect::<Vec<_>>())?;
        out.set(ffi::new_handle(collection)?);
        if let Some(report) = report {
            report.set_bytes(first);
        }
        if let Some(count) = count {
            count.set(found);
        }
        Ok(())
    })
}

/// Frees a collection. Returns `ROLEGATE_STATUS_WRONG_HANDLE` if it was freed already.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_collection_free(collection: *mut CollectionHandle) -> Status {
    ffi::free(collection)
}

/// Sets `*listing` to the `rolegate_listing` that a principal gets. After a failure, it is 0, which is none of them.
///
/// If it may not list at all, the error is `ROLEGATE_STATUS_DENIED`, with the HTTP status and Appwrite's type.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_collection_list(
    collection: *const CollectionHandle,
    principal: *const PrincipalHandle,
    listing: *mut u32,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out(listing)?;
        let (collection, principal) = (call.get(collection)?, call.get(principal)?);
        out.set(match collection.list(&principal)? {
            Listed::EveryDocument => Listing::EveryDocument as u32,
            Listed::FilterByDocument => Listing::FilterByDocument as u32,
        });
        Ok(())
    })
}

/// Checks that a principal may do a `rolegate_operation` on a document with these stored permissions.
///
/// If it may not, the error is `ROLEGATE_STATUS_DENIED`, with the HTTP status and Appwrite's type. The type is
/// `document_not_found` if the principal must not learn that the document exists. The status is the only answer, so
/// compilers warn if it is ignored.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_collection_check(
    collection: *const CollectionHandle,
    principal: *const PrincipalHandle,
    operation: u32,
    permissions: *const Bytes,
    count: usize,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let (collection, principal) = (call.get(collection)?, call.get(principal)?);
        let document = call.texts(permissions, count)?;
        match operation {
            n if n == Operation::Get as u32 => collection.get(&principal, document)?,
            n if n == Operation::Update as u32 => collection.update(&principal, document)?,
            n if n == Operation::UpdateWithoutChanges as u32 => {
                collection.update_without_changes(&principal, document)?;
            }
            n if n == Operation::Delete as u32 => collection.delete(&principal, document)?,
            n if n == Operation::Create as u32 => collection.create(&principal)?,
            other => return Err(Failure::constant("operation", other)),
        }
        Ok(())
    })
}

/// Creates a matcher for documents of a collection.
///
/// If the collection grants the action, the matcher allows every list. If it allows no listing, the error is
/// `ROLEGATE_STATUS_DENIED`.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_collection_matcher(
    collection: *const CollectionHandle,
    principal: *const PrincipalHandle,
    action: u32,
    matcher: *mut *mut MatcherHandle,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out(matcher)?;
        let (collection, principal) = (call.get(collection)?, call.get(principal)?);
        let matcher = collection.matcher(&principal, constants::action(action)?)?;
        out.set(ffi::new_handle(matcher)?);
        Ok(())
    })
}

/// Finds the lists of a table that allow an action to a principal on documents of a collection.
///
/// If the collection grants the action, every document is visible. If it allows no listing, the error is
/// `ROLEGATE_STATUS_DENIED`. Takes the time of `rolegate_visibility_new`.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_collection_visibility(
    collection: *const CollectionHandle,
    principal: *const PrincipalHandle,
    action: u32,
    table: *const TableHandle,
    visibility: *mut *mut VisibilityHandle,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out(visibility)?;
        let (collection, principal) = (call.get(collection)?, call.get(principal)?);
        let (action, table) = (constants::action(action)?, call.get(table)?);
        let visibility = collection.visibility(&principal, action, &*call.read(&table)?)?;
        out.set(ffi::new_handle(visibility)?);
        Ok(())
    })
}

/// Explains why a principal may do an action on a document of a collection, or may not. The JSON is that of
/// `rolegate_principal_explain`.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_collection_explain(
    collection: *const CollectionHandle,
    principal: *const PrincipalHandle,
    action: u32,
    permissions: *const Bytes,
    count: usize,
    json: *mut Buffer,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out(json)?;
        let (collection, principal) = (call.get(collection)?, call.get(principal)?);
        let action = constants::action(action)?;
        let document = call.texts(permissions, count)?;
        out.set_bytes(explained(&collection.explain(&principal, action, document))?);
        Ok(())
    })
}

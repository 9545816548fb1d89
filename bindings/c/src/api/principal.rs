//! Principals.

#![allow(unsafe_code, reason = "the names of exported functions are unsafe attributes")]

use std::ffi::c_char;

use rolegate::{Explanation, Principal, Role, User};
use serde::Serialize;

use super::constants;
use crate::failure::Failure;
use crate::ffi::{self, Answer, call};
use crate::objects::{ErrorHandle, PrincipalHandle};
use crate::reports::{Skipped, to_json};
use crate::types::{Buffer, Bytes, Status};

/// Creates the principal of a user from Appwrite's JSON of the user.
///
/// An absent or empty `$id` gives a guest. A blocked user is an error `ROLEGATE_STATUS_DENIED` with the type
/// `user_blocked`. If `skipped` is not null, it gets a JSON array of the values that give no role, each with `path`,
/// `value` and `message`. Takes time in proportion to the JSON, and sorts the roles.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_principal_from_user(
    json: *const c_char,
    json_len: usize,
    principal: *mut *mut PrincipalHandle,
    skipped: *mut Buffer,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let (out, skipped) = (call.out(principal), call.optional_out(skipped));
        let (out, skipped) = (out?, skipped?);
        let json = call.bytes(json, json_len)?;
        let user: User =
            serde_json::from_slice(json).map_err(|error| Failure::json_of("user", &error))?;
        let principal = Principal::user(&user)?;
        let report = match &skipped {
            Some(_) => to_json(&user.skipped_roles().iter().map(Skipped::new).collect::<Vec<_>>())?,
            None => Vec::new(),
        };
        out.set(ffi::new_handle(principal)?);
        if let Some(skipped) = skipped {
            skipped.set_bytes(report);
        }
        Ok(())
    })
}

/// Creates the principal of a guest, with the roles `any` and `guests`.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_principal_guest(
    principal: *mut *mut PrincipalHandle,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out(principal)?;
        out.set(ffi::new_handle(Principal::guest())?);
        Ok(())
    })
}

/// Creates a principal with these roles and no others. `any` is not added.
///
/// The first malformed role is an error `ROLEGATE_STATUS_MALFORMED` with its position.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_principal_from_roles(
    roles: *const Bytes,
    count: usize,
    principal: *mut *mut PrincipalHandle,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out(principal)?;
        let texts = call.texts(roles, count)?;
        let roles = texts.iter().enumerate().map(|(index, text)| {
            Role::parse(text).map_err(|error| Failure::from(error).in_text(index))
        });
        let roles = roles.collect::<Answer<Vec<_>>>()?;
        out.set(ffi::new_handle(Principal::from_roles(roles))?);
        Ok(())
    })
}

/// Creates the principal of an API key that bypasses permissions. It may do everything.
///
/// Call it only for a request whose key was verified.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_principal_key_with_bypass(
    principal: *mut *mut PrincipalHandle,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out(principal)?;
        out.set(ffi::new_handle(Principal::key_with_bypass())?);
        Ok(())
    })
}

/// Frees a principal. Returns `ROLEGATE_STATUS_WRONG_HANDLE` if it was freed already.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_principal_free(principal: *mut PrincipalHandle) -> Status {
    ffi::free(principal)
}

/// Returns a principal as a JSON object with `kind` (`guest`, `user`, `roles` or `bypass`), `userId` for a user, and
/// the sorted array `roles`.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_principal_json(
    principal: *const PrincipalHandle,
    json: *mut Buffer,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out(json)?;
        let principal = call.get(principal)?;
        out.set_bytes(to_json(&*principal)?);
        Ok(())
    })
}

/// Sets `*allowed` to 1 if a list of permissions allows an action to a principal, and to 0 otherwise.
///
/// Malformed permissions grant nothing. For many lists, use a matcher.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_principal_can(
    principal: *const PrincipalHandle,
    action: u32,
    permissions: *const Bytes,
    count: usize,
    allowed: *mut u8,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out(allowed)?;
        let principal = call.get(principal)?;
        let action = constants::action(action)?;
        out.set(principal.can(action, call.texts(permissions, count)?).into());
        Ok(())
    })
}

/// Explains why a list of permissions allows an action to a principal, or does not.
///
/// The explanation is a JSON object with `action`, `allowed`, `reason`, and `text`, a sentence for people. It is much
/// slower than `rolegate_principal_can`.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_principal_explain(
    principal: *const PrincipalHandle,
    action: u32,
    permissions: *const Bytes,
    count: usize,
    json: *mut Buffer,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out(json)?;
        let principal = call.get(principal)?;
        let action = constants::action(action)?;
        let explanation = principal.explain(action, call.texts(permissions, count)?);
        out.set_bytes(explained(&explanation)?);
        Ok(())
    })
}

/// Checks the permissions that a request sets on a document. Returns the permissions to store, as a JSON array.
///
/// A principal may name only roles that it has, unless it bypasses permissions. `write` is expanded. The first
/// permission that may not be set is an error `ROLEGATE_STATUS_DENIED` with its position. For a request without
/// permissions, use `rolegate_principal_default_permissions`.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_principal_document_permissions(
    principal: *const PrincipalHandle,
    permissions: *const Bytes,
    count: usize,
    json: *mut Buffer,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out(json)?;
        let principal = call.get(principal)?;
        let requested = call.texts(permissions, count)?;
        out.set_bytes(to_json(&principal.document_permissions(&requested)?)?);
        Ok(())
    })
}

/// Returns the permissions of a document whose request has none, as a JSON array: read, update and delete for the
/// user.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_principal_default_permissions(
    principal: *const PrincipalHandle,
    json: *mut Buffer,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out(json)?;
        let principal = call.get(principal)?;
        out.set_bytes(to_json(&principal.default_document_permissions())?);
        Ok(())
    })
}

/// Returns an explanation as JSON, with its sentence.
pub(super) fn explained(explanation: &Explanation) -> Answer<Vec<u8>> {
    #[derive(Serialize)]
    struct WithText<'a> {
        #[serde(flatten)]
        explanation: &'a Explanation,
        text: String,
    }
    to_json(&WithText { explanation, text: explanation.to_string() })
}

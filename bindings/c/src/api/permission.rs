//! Permissions and roles as texts.

#![allow(unsafe_code, reason = "the names of exported functions are unsafe attributes")]

use rolegate::{Permission, Role, RoleKind, Verification, aggregate};

use super::constants::{actions, bits};
use crate::failure::Failure;
use crate::ffi::{Answer, call};
use crate::objects::ErrorHandle;
use crate::reports::to_json;
use crate::types::{Buffer, Bytes, ParsedPermission, ParsedRole, RoleKind as Kind, Span, Status};

/// Parses `count` permissions, such as `read("user:ann")`, into the array `permissions`.
///
/// The first malformed text is an error `ROLEGATE_STATUS_MALFORMED` with the position of the text, the wrong bytes
/// and often a hint. Takes time in proportion to the bytes.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_permissions_parse(
    texts: *const Bytes,
    count: usize,
    permissions: *mut ParsedPermission,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out_array(permissions, count)?;
        let texts = call.texts(texts, count)?;
        let parsed = texts.iter().enumerate().map(|(index, text)| {
            let permission = Permission::parse(text);
            let permission = permission.map_err(|error| Failure::from(error).in_text(index))?;
            let role = permission.role();
            // The role stands before the closing quotation mark and parenthesis.
            let start = text.len().saturating_sub(role.as_str().len() + 2);
            Ok(ParsedPermission { actions: bits(permission.actions()), role: parts(&role, start)? })
        });
        out.set_all(parsed.collect::<Answer<Vec<_>>>()?.into_iter());
        Ok(())
    })
}

/// Parses `count` roles, such as `user:ann`, into the array `roles`. Errors are those of
/// `rolegate_permissions_parse`.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_roles_parse(
    texts: *const Bytes,
    count: usize,
    roles: *mut ParsedRole,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out_array(roles, count)?;
        let texts = call.texts(texts, count)?;
        let parsed = texts.iter().enumerate().map(|(index, text)| {
            let role = Role::parse(text).map_err(|error| Failure::from(error).in_text(index))?;
            parts(&role, 0)
        });
        out.set_all(parsed.collect::<Answer<Vec<_>>>()?.into_iter());
        Ok(())
    })
}

/// Expands `write` in a list before it is stored. Returns a JSON array of permissions without repetitions.
///
/// Each permission gives one permission for each of its actions that is in `allowed_actions`, a sum of
/// `rolegate_action`. Errors are those of `rolegate_permissions_parse`.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_permissions_aggregate(
    texts: *const Bytes,
    count: usize,
    allowed_actions: u32,
    json: *mut Buffer,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out(json)?;
        let texts = call.texts(texts, count)?;
        let permissions = texts.iter().enumerate().map(|(index, text)| {
            Permission::parse(text).map_err(|error| Failure::from(error).in_text(index))
        });
        let permissions = permissions.collect::<Answer<Vec<_>>>()?;
        out.set_bytes(to_json(&aggregate(&permissions, actions(allowed_actions)?))?);
        Ok(())
    })
}

/// Returns the parts of a role that begins at a byte of its text.
fn parts(role: &Role<'_>, start: usize) -> Answer<ParsedRole> {
    let status = |verification: Option<Verification>| verification.map(Verification::as_str);
    let (kind, identifier, dimension) = match role.kind() {
        RoleKind::Any => (Kind::Any, None, None),
        RoleKind::Guests => (Kind::Guests, None, None),
        RoleKind::Users { verification } => (Kind::Users, None, status(verification)),
        RoleKind::User { id, verification } => (Kind::User, Some(id), status(verification)),
        RoleKind::Team { id, role } => (Kind::Team, Some(id), role),
        RoleKind::Member { id } => (Kind::Member, Some(id), None),
        RoleKind::Label { name } => (Kind::Label, Some(name), None),
        _ => return Err(Failure::new(Status::Panic, "role has an unknown kind")),
    };
    let end = start + role.as_str().len();
    // A role is its kind, then a colon and the identifier, then a slash and the dimension.
    let dimension = dimension.map_or(Span::default(), |text| Span { start: end - text.len(), end });
    let before = if dimension.end == 0 { end } else { dimension.start - 1 };
    let identifier =
        identifier.map_or(Span::default(), |text| Span { start: before - text.len(), end: before });
    Ok(ParsedRole { kind: kind as u32, text: Span { start, end }, identifier, dimension })
}

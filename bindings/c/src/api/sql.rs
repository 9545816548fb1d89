//! Conditions in SQL.

#![allow(unsafe_code, reason = "the names of exported functions are unsafe attributes")]

use rolegate::query::Plan;
use rolegate::query::sql::{AclSchema, Fragment, Layout};
use serde::Serialize;

use super::constants;
use crate::failure::Failure;
use crate::ffi::{Answer, Call, call};
use crate::objects::{CollectionHandle, ErrorHandle, PrincipalHandle};
use crate::reports::to_json;
use crate::types::{Buffer, Place, SqlLayout, Status};

/// Writes the documents that an action is allowed on as a condition in SQL. Only permissions of documents decide.
/// For the documents of a collection, use `rolegate_collection_sql_condition`.
///
/// The condition is a JSON object with `plan` (`everything`, `nothing` or `matching`), the text `sql` in parentheses,
/// the values `binds` of its placeholders (texts or arrays of texts), and `nextPlaceholder`. Placeholders are numbered
/// from `first_placeholder`, except in MariaDB.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_sql_condition(
    principal: *const PrincipalHandle,
    action: u32,
    layout: *const SqlLayout,
    first_placeholder: usize,
    json: *mut Buffer,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out(json)?;
        let principal = call.get(principal)?;
        let plan = principal.plan(constants::action(action)?);
        out.set_bytes(condition(call, layout, first_placeholder, &plan)?);
        Ok(())
    })
}

/// Writes the documents of a collection that an action is allowed on as a condition in SQL. The JSON is that of
/// `rolegate_sql_condition`.
///
/// If the collection grants the action, the plan is `everything`. If it allows no listing, the error is
/// `ROLEGATE_STATUS_DENIED`.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_collection_sql_condition(
    collection: *const CollectionHandle,
    principal: *const PrincipalHandle,
    action: u32,
    layout: *const SqlLayout,
    first_placeholder: usize,
    json: *mut Buffer,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out(json)?;
        let (collection, principal) = (call.get(collection)?, call.get(principal)?);
        let plan = collection.plan(&principal, constants::action(action)?)?;
        out.set_bytes(condition(call, layout, first_placeholder, &plan)?);
        Ok(())
    })
}

/// Returns the JSON of the condition of a plan.
fn condition(
    call: &Call,
    layout: *const SqlLayout,
    first_placeholder: usize,
    plan: &Plan,
) -> Answer<Vec<u8>> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Condition {
        plan: &'static str,
        #[serde(flatten)]
        fragment: Fragment,
        next_placeholder: usize,
    }
    let layout = read_layout(call, &call.required(layout)?)?;
    let fragment = layout.condition(plan, first_placeholder);
    let next_placeholder = fragment.next_placeholder();
    let plan = match plan {
        Plan::Everything => "everything",
        Plan::Nothing => "nothing",
        Plan::Matching(_) => "matching",
    };
    to_json(&Condition { plan, fragment, next_placeholder })
}

fn read_layout(call: &Call, given: &SqlLayout) -> Answer<Layout> {
    let dialect = constants::dialect(given.dialect)?;
    let table = call.text(given.table.data, given.table.len)?;
    let alias = call.text(given.alias.data, given.alias.len)?;
    let column = call.text(given.column.data, given.column.len)?;
    let mut layout = match given.place {
        n if n == Place::Perms as u32 => Layout::perms(dialect, table)?,
        n if n == Place::Column as u32 => {
            Layout::column(dialect, constants::column_type(given.column_type)?)?
        }
        n if n == Place::Acl as u32 => AclSchema::new(dialect, table)?.layout(),
        other => return Err(Failure::constant("place", other)),
    };
    if !alias.is_empty() {
        layout = layout.alias(alias)?;
    }
    if !column.is_empty() {
        layout = layout.column_name(column)?;
    }
    Ok(match call.optional(given.tenant)? {
        Some(tenant) => layout.tenant(tenant),
        None => layout,
    })
}

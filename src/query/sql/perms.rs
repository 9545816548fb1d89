//! Conditions on Appwrite's table with one row for each document, action and role.
//!
//! A condition compares twice: first as the columns are compared, which uses their indexes, and then byte for byte.
//! The first comparison may find too much, because a collation may ignore case, accents and trailing spaces. On SQLite,
//! a comparison with a number would convert texts, so both ids must be texts.
//!
//! On PostgreSQL, an object of `jsonb` looks up the role byte for byte. The object is created once for a statement.
//! A second `= ANY` would compare each row with every role in a plan that PostgreSQL keeps for all roles, and would be
//! planned again in a plan for these roles. Ids are compared by the collation `"C"` only. A second comparison by the
//! collation of the column could use an index of that collation. It makes the query a tenth slower where it cannot.

use super::fragment::Binder;
use super::layout::tenant_column;
use super::{Dialect, json};
use crate::query::Filter;

/// Returns the condition. `id` is the id of the outer document, and `table` is the table of permissions.
pub(super) fn condition(
    dialect: Dialect,
    id: &str,
    table: &str,
    tenant: Option<i64>,
    filter: Filter<'_>,
    binder: &mut Binder,
) -> String {
    let roles = binder.bind_roles(filter);
    let tenant = tenant.map_or_else(String::new, |tenant| {
        let tenant = binder.bind_integer(tenant);
        format!(" AND rolegate_p.{} = {tenant}", tenant_column(dialect))
    });
    let action = filter.action();
    match dialect {
        Dialect::Sqlite => format!(
            "{id} COLLATE BINARY IN \
             (SELECT rolegate_p.\"_document\" FROM {table} AS rolegate_p \
             WHERE rolegate_p.\"_permission\" COLLATE BINARY IN {roles} \
             AND rolegate_p.\"_type\" COLLATE BINARY = '{action}' \
             AND typeof(rolegate_p.\"_document\") = 'text'{tenant}) AND typeof({id}) = 'text'",
            roles = json::sqlite_texts(&roles),
        ),
        Dialect::Postgres => format!(
            "{id} IS NOT NULL AND CAST({id} AS text) COLLATE \"C\" IN \
             (SELECT CAST(rolegate_p.\"_document\" AS text) COLLATE \"C\" \
             FROM {table} AS rolegate_p \
             WHERE rolegate_p.\"_permission\" = ANY(CAST({roles} AS text[])) \
             AND (SELECT jsonb_object(CAST({roles} AS text[]), CAST({roles} AS text[]))) \
             -> rolegate_p.\"_permission\" IS NOT NULL \
             AND rolegate_p.\"_type\" = '{action}' \
             AND CAST(rolegate_p.\"_type\" AS text) COLLATE \"C\" = '{action}' \
             AND rolegate_p.\"_document\" IS NOT NULL{tenant})",
        ),
        Dialect::MariaDb => format!(
            "{id} IS NOT NULL AND ({id}, {id_bytes}) IN \
             (SELECT rolegate_p.`_document`, {document} \
             FROM {roles} STRAIGHT_JOIN {table} AS rolegate_p \
             ON rolegate_p.`_permission` = rolegate_r.text \
             WHERE {permission} = CAST(rolegate_r.text AS BINARY) \
             AND rolegate_p.`_type` = '{action}' AND {kind} = '{action}' \
             AND rolegate_p.`_document` IS NOT NULL{tenant})",
            id_bytes = mariadb_bytes(id),
            document = mariadb_bytes("rolegate_p.`_document`"),
            permission = mariadb_bytes("rolegate_p.`_permission`"),
            kind = mariadb_bytes("rolegate_p.`_type`"),
            roles = json::mariadb_texts(&roles),
        ),
        Dialect::DuckDb => format!(
            "{id} IS NOT NULL AND encode({id}) IN \
             (SELECT encode(rolegate_p.\"_document\") FROM {table} AS rolegate_p \
             WHERE encode(rolegate_p.\"_permission\") IN \
             (SELECT encode(rolegate_r.text) FROM \
             (SELECT unnest(CAST({roles} AS VARCHAR[])) AS text) AS rolegate_r) \
             AND encode(rolegate_p.\"_type\") = encode('{action}') \
             AND rolegate_p.\"_document\" IS NOT NULL{tenant})",
        ),
    }
}

/// Returns the UTF-8 bytes of a text, which no collation compares.
fn mariadb_bytes(text: &str) -> String {
    format!("CAST(CONVERT({text} USING utf8mb4) AS BINARY)")
}

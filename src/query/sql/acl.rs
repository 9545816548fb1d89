//! Hash-consed lists: a column with the number of a list, and a table with one row for each list, action and role.

mod counts;
mod list;
mod schema;
mod tables;

pub use list::StoredList;
pub use schema::AclSchema;

use super::fragment::Binder;
use super::{Dialect, json};
use crate::query::Filter;

/// Returns the condition. `acl` is the number of the outer document's list, and `grants` is the table.
pub(super) fn condition(
    dialect: Dialect,
    acl: &str,
    grants: &str,
    filter: Filter<'_>,
    binder: &mut Binder,
) -> String {
    format!("{acl} IS NOT NULL AND {acl} IN ({})", lists(dialect, grants, filter, binder))
}

/// Returns a query for the numbers of the lists that match a filter.
pub(super) fn lists(
    dialect: Dialect,
    grants: &str,
    filter: Filter<'_>,
    binder: &mut Binder,
) -> String {
    let roles = binder.bind_roles(filter);
    let action = filter.action();
    match dialect {
        Dialect::Sqlite => format!(
            "SELECT rolegate_g.acl FROM {grants} AS rolegate_g \
             WHERE rolegate_g.action = '{action}' AND rolegate_g.role IN {roles}",
            roles = json::sqlite_texts(&roles),
        ),
        Dialect::Postgres => format!(
            "SELECT rolegate_g.acl FROM {grants} AS rolegate_g \
             WHERE rolegate_g.action = '{action}' \
             AND rolegate_g.role = ANY(CAST({roles} AS text[]))"
        ),
        Dialect::MariaDb => format!(
            "SELECT rolegate_g.acl FROM {roles} STRAIGHT_JOIN {grants} AS rolegate_g \
             ON rolegate_g.role = CAST(rolegate_r.text AS BINARY) \
             AND rolegate_g.action = '{action}'",
            roles = json::mariadb_texts(&roles),
        ),
        Dialect::DuckDb => format!(
            "SELECT rolegate_g.acl FROM {grants} AS rolegate_g \
             WHERE encode(rolegate_g.action) = encode('{action}') \
             AND encode(rolegate_g.role) IN (SELECT encode(rolegate_r.text) FROM \
             (SELECT unnest(CAST({roles} AS VARCHAR[])) AS text) AS rolegate_r)"
        ),
    }
}

//! Texts and values of conditions. `tests/databases` runs them in databases.

#[cfg(feature = "bson")]
mod bson;
mod golden;
mod identifiers;
#[cfg(feature = "sea-query")]
mod sea_query;
mod texts;

use rolegate::query::sql::{AclSchema, ColumnType, Dialect, Layout};

/// Returns every layout that a dialect has, with its name.
fn layouts(dialect: Dialect) -> Vec<(String, Layout)> {
    let mut layouts =
        vec![("perms".to_owned(), Layout::perms(dialect, "app_birthdays_perms").unwrap())];
    for column_type in ColumnType::ALL {
        if let Ok(layout) = Layout::column(dialect, column_type) {
            layouts.push((format!("column {column_type}"), layout));
        }
    }
    if dialect == Dialect::Postgres {
        layouts.push(("appwrite_postgres".to_owned(), Layout::appwrite_postgres()));
    }
    layouts.push(("acl".to_owned(), AclSchema::new(dialect, "acl").unwrap().layout()));
    layouts
}

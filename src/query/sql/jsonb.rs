//! Conditions on a column `jsonb` of PostgreSQL.

/// Returns the condition. `permissions` is a placeholder.
///
/// The array is the result of an inner query, so that PostgreSQL does not plan for its length. For many permissions it
/// would otherwise read the whole table, and compare each document with each permission.
///
/// The operator `?|` also finds the keys of an object and a single text, which are no lists.
pub(super) fn condition(column: &str, permissions: &str) -> String {
    format!(
        "{column} IS NOT NULL AND jsonb_typeof({column}) = 'array' \
         AND {column} ?| (SELECT CAST({permissions} AS text[]))"
    )
}

//! Conditions on a column that holds a list of permissions.
//!
//! Some databases cannot have U+0000 in a text, or end the text there. The escape of U+0000 is therefore replaced before
//! the JSON is read. The result still is no permission. A JSON text never contains the character itself.

use super::fragment::Binder;
use super::{ColumnType, Dialect, json};
use crate::query::Filter;

/// Returns the condition. `column` is the column of the outer document.
pub(super) fn condition(
    dialect: Dialect,
    column: &str,
    column_type: ColumnType,
    filter: Filter<'_>,
    binder: &mut Binder,
) -> String {
    let permissions = binder.bind_permissions(filter);
    match (dialect, column_type) {
        (Dialect::Postgres, ColumnType::Jsonb) => postgres_jsonb(column, &permissions),
        (Dialect::Sqlite, _) => sqlite_json(column, &permissions),
        (Dialect::Postgres, ColumnType::TextArray) => postgres_array(column, &permissions),
        (Dialect::Postgres, _) => postgres_json(column, &permissions),
        (Dialect::MariaDb, _) => mariadb_json(column, &permissions),
        (Dialect::DuckDb, ColumnType::Json) => duckdb_json(column, &permissions),
        (Dialect::DuckDb, _) => {
            format!("{column} IS NOT NULL AND {}", duckdb_has_any(column, &permissions))
        }
    }
}

/// The inner query without a table gives the column a name that no column of `json_each` has.
///
/// The test for U+0000 is needed because `json_valid` ends a text there, and accepts an array before it.
fn sqlite_json(column: &str, permissions: &str) -> String {
    format!(
        "{column} IS NOT NULL AND EXISTS (SELECT 1 FROM \
         (SELECT CASE WHEN json_valid({column}) AND instr({column}, char(0)) = 0 \
         THEN CASE json_type({column}) WHEN 'array' THEN replace({column}, '\\u0000', '\\ufffd') END END AS list) \
         AS rolegate_d, json_each(rolegate_d.list) AS rolegate_p \
         WHERE rolegate_p.type = 'text' AND rolegate_p.value IN {})",
        json::sqlite_texts(permissions),
    )
}

/// The operator `?|` also finds the keys of an object and a single text, which are no lists.
fn postgres_jsonb(column: &str, permissions: &str) -> String {
    format!(
        "{column} IS NOT NULL AND jsonb_typeof({column}) = 'array' AND {column} ?| {}",
        postgres_texts(permissions)
    )
}

/// The first comparison uses the index of the column, and the second is exact.
fn postgres_array(column: &str, permissions: &str) -> String {
    let texts = postgres_texts(permissions);
    format!("{column} IS NOT NULL AND {column} && {texts} AND {column} COLLATE \"C\" && {texts}")
}

/// Returns the permissions as the result of an inner query, so that PostgreSQL does not plan for their number. For
/// many permissions it would otherwise read the whole table, and compare each document with each permission.
fn postgres_texts(permissions: &str) -> String {
    format!("(SELECT CAST({permissions} AS text[]))")
}

/// PostgreSQL 15 cannot test if a text is JSON, and a cast of another text is an error. A regular expression accepts
/// the arrays whose cast succeeds: those of texts, short numbers, booleans and null.
fn postgres_json(column: &str, permissions: &str) -> String {
    let text = format!("CAST({column} AS text) COLLATE \"C\"");
    format!(
        "CASE WHEN {column} IS NULL THEN FALSE WHEN {text} ~ '{POSTGRES_ARRAY}' \
         THEN CAST(replace({text}, '\\u0000', '\\ufffd') AS jsonb) ?| CAST({permissions} AS text[]) \
         ELSE FALSE END"
    )
}

/// A JSON text, number of up to 200 digits, boolean or null. The escapes of surrogates stand in pairs.
macro_rules! postgres_value {
    () => {
        concat!(
            r#"("([^"\\\u0001-\u001f]|\\["\\/bfnrt]|\\u([0-9abcefABCEF][0-9a-fA-F]{3}"#,
            r"|[dD][0-7][0-9a-fA-F]{2}",
            r#"|[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}))*""#,
            r"|-?(0|[1-9][0-9]{0,199})(\.[0-9]{1,200})?([eE][-+]?[0-9]{1,3})?",
            "|true|false|null)",
        )
    };
}

/// JSON arrays that `jsonb` accepts after the replacement of U+0000.
const POSTGRES_ARRAY: &str = concat!(
    r"^[ \t\n\r]*\[[ \t\n\r]*(",
    postgres_value!(),
    r"([ \t\n\r]*,[ \t\n\r]*",
    postgres_value!(),
    r")*)?[ \t\n\r]*\]$",
);

fn mariadb_json(column: &str, permissions: &str) -> String {
    format!(
        "{column} IS NOT NULL AND EXISTS (SELECT 1 FROM JSON_TABLE(\
         CASE WHEN JSON_VALID({column}) THEN CASE JSON_TYPE({column}) WHEN 'ARRAY' \
         THEN {column} ELSE '[]' END ELSE '[]' END, '$[*]' COLUMNS \
         (text VARCHAR(255) CHARACTER SET utf8mb4 PATH '$')) AS rolegate_p \
         WHERE CAST(rolegate_p.text AS BINARY) IN \
         (SELECT CAST(rolegate_r.text AS BINARY) FROM {}))",
        json::mariadb_texts(permissions),
    )
}

/// Compares bytes, because `list_has_any` compares texts by the default collation.
fn duckdb_has_any(list: &str, permissions: &str) -> String {
    format!(
        "list_has_any([encode(rolegate_p) FOR rolegate_p IN {list}], \
         [encode(rolegate_r) FOR rolegate_r IN CAST({permissions} AS VARCHAR[])])"
    )
}

fn duckdb_json(column: &str, permissions: &str) -> String {
    let text = format!("CAST({column} AS VARCHAR)");
    let list =
        format!("TRY_CAST(CAST(replace({text}, '\\u0000', '\\ufffd') AS JSON) AS VARCHAR[])");
    format!(
        "{column} IS NOT NULL AND coalesce(CASE WHEN json_valid({text}) THEN \
         CASE json_type({text}) WHEN 'ARRAY' THEN {} ELSE FALSE END ELSE FALSE END, FALSE)",
        duckdb_has_any(&list, permissions),
    )
}

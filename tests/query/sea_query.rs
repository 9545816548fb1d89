//! Conditions as expressions of the crate `sea-query`.

use rolegate::query::Plan;
use rolegate::query::sql::{Bind, Dialect, Layout, LayoutErrorKind};
use rolegate::{Action, Principal};
use sea_query::{
    Alias, Expr, ExprTrait, MysqlQueryBuilder, PostgresQueryBuilder, Query, SqliteQueryBuilder,
    Value,
};

use super::layouts;

/// Builds a query with a condition of the host before the expression.
fn build(layout: &Layout, plan: &Plan<'_>) -> (String, Vec<Value>) {
    let query = Query::select()
        .column(Alias::new("name"))
        .from(Alias::new("birthdays"))
        .and_where(Expr::col(Alias::new("month")).eq(7))
        .and_where(layout.expression(plan).unwrap())
        .take();
    let (sql, values) = match layout.dialect() {
        Dialect::Sqlite => query.build(SqliteQueryBuilder),
        Dialect::Postgres => query.build(PostgresQueryBuilder),
        _ => query.build(MysqlQueryBuilder),
    };
    (sql, values.0)
}

/// Converts a value back, and panics for a value that no condition binds.
fn bind(value: Value) -> Bind {
    match value {
        Value::String(Some(text)) => Bind::Text(text),
        Value::Array(_, Some(texts)) => Bind::TextArray(texts.into_iter().map(text).collect()),
        other => panic!("{other:?} is no text"),
    }
}

fn text(value: Value) -> String {
    match bind(value) {
        Bind::Text(text) => text,
        Bind::TextArray(texts) => panic!("{texts:?} is no text"),
    }
}

/// Removes the numbers of placeholders.
fn without_numbers(text: &str) -> String {
    let mut is_placeholder = false;
    let is_kept = |&c: &char| {
        is_placeholder = matches!(c, '?' | '$') || is_placeholder && c.is_ascii_digit();
        !(is_placeholder && c.is_ascii_digit())
    };
    text.chars().filter(is_kept).collect()
}

#[test]
fn expression_of_every_layout_has_text_and_values_of_its_condition() {
    let principal = Principal::parse_roles(["any", "team:t1/owner", "user:ann"]).unwrap();
    for dialect in [Dialect::Sqlite, Dialect::Postgres, Dialect::MariaDb] {
        for (name, layout) in layouts(dialect) {
            let layout = layout.alias("birthdays").unwrap();
            for plan in [Plan::Everything, Plan::Nothing, principal.plan(Action::Update)] {
                let (sql, mut values) = build(&layout, &plan);
                let condition = layout.condition(&plan, 2);
                // The builder adds parentheses, and numbers placeholders in its own way.
                let [sql, expected] = [&sql, condition.text()].map(without_numbers);
                assert!(
                    sql.ends_with(&format!("({expected})")),
                    "{dialect} {name}: {sql}\n{expected}"
                );
                assert_eq!(values.remove(0), Value::Int(Some(7)));
                let mut binds: Vec<Bind> = values.into_iter().map(bind).collect();
                // A value that PostgreSQL gets once per placeholder is the same value.
                binds.dedup();
                assert_eq!(binds, condition.binds(), "{dialect} {name}");
            }
        }
    }
}

#[test]
fn expression_for_duckdb_is_refused() {
    let layout = Layout::perms(Dialect::DuckDb, "app_birthdays_perms").unwrap();
    let refused = layout.expression(&Plan::Nothing).unwrap_err();
    assert_eq!(refused.kind(), LayoutErrorKind::Dialect);
    assert_eq!(refused.to_string(), "sea-query does not write SQL for DuckDB; use `condition`");
}

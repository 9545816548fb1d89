//! Columns of types that compare texts in their own way: [`check_types`].

use rolegate::query::sql::{Dialect, Layout};
use rolegate::{Action, Principal};

use super::{Database, ask, run};

/// Checks Appwrite's layout with `citext` columns on PostgreSQL, and with numbers as ids on SQLite.
pub fn check_types(database: &mut dyn Database) {
    match database.dialect() {
        Dialect::Postgres => {
            let others =
                ["('d1', 'read', 'any')", "('D1', 'READ', 'any')", "('D1', 'read', 'ANY')"];
            check_type(database, ["citext", "citext"], "'D1'", &others, 0);
            check_type(database, ["citext", "citext"], "'D1'", &["('D1', 'read', 'any')"], 1);
        }
        Dialect::Sqlite => {
            let others =
                ["01", " 1", "1.0", "1e0", "1"].map(|id| format!("('{id}', 'read', 'any')"));
            let others = others.each_ref().map(|row| &**row);
            for number in ["INTEGER", "NUMERIC", "REAL"] {
                check_type(database, [number, "TEXT"], "1", &others, 0);
                for text in ["TEXT", "VARCHAR(255)", "BLOB", ""] {
                    check_type(database, [text, number], "'1'", &others, 0);
                }
            }
            check_type(database, ["TEXT", "TEXT"], "1", &["('1', 'read', 'any')"], 1);
        }
        other => panic!("{other} has no such types in these tests"),
    }
}

/// Checks how many documents a guest sees. The table has one document. `types` are those of its id, and of the
/// columns of the permissions.
fn check_type(
    database: &mut dyn Database,
    types: [&str; 2],
    id: &str,
    perms: &[&str],
    visible: i64,
) {
    database.reset();
    if database.dialect() == Dialect::Postgres {
        run(database, "CREATE EXTENSION IF NOT EXISTS citext", &[]);
    }
    let [uid, text] = types;
    let tables = [
        format!("CREATE TABLE docs (_uid {uid})"),
        format!("CREATE TABLE perms (_document {text}, _type {text}, _permission {text})"),
        format!("INSERT INTO docs VALUES ({id})"),
        format!("INSERT INTO perms VALUES {}", perms.join(", ")),
    ];
    for statement in &tables {
        run(database, statement, &[]);
    }
    let layout = Layout::perms(database.dialect(), "perms").unwrap();
    let guest = Principal::guest();
    let condition = layout.condition(&guest.plan(Action::Read), 1);
    let count = format!("SELECT count(*) FROM docs WHERE {}", condition.text());
    let found = ask(database, &count, condition.binds());
    assert_eq!(found, [visible], "{}: {types:?}, {perms:?}", database.name());
    let count = format!("SELECT count(*) FROM docs WHERE NOT {}", condition.text());
    assert_eq!(ask(database, &count, condition.binds()), [1 - visible], "{}", database.name());
}

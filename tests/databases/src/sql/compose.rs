//! Conditions inside larger queries: [`check_compositions`], [`check_names`].

use std::collections::BTreeSet;

use rolegate::query::sql::{Bind, Dialect, Layout};
use rolegate::{Action, Collection, DocumentSecurity, Principal};

use super::place::{DOCUMENTS, Place, TENANTS};
use super::store::positions;
use super::{Database, Shape, SqlStore, ask, quoted, run};
use crate::check::{Store, Wanted};
use crate::corpus::{Corpus, Question};

/// Checks that conditions keep their meaning inside `AND`, `OR`, `NOT`, joins, selected columns and updates.
///
/// Expects that the answers to the plain condition are right.
pub fn check_compositions(database: &mut dyn Database, shape: Shape, corpus: &Corpus) {
    let mut store = SqlStore::new(database, shape);
    let stored = store.load(corpus);
    for question in &corpus.questions {
        check_boolean_operators(&mut store, question, &stored);
        check_placeholders(&mut store, question);
        check_statements(&mut store, question, &stored);
    }
    let principals = corpus.questions.iter().filter(|question| question.action == Action::Read);
    for question in principals {
        check_columns(&mut store, &question.principal, &stored);
    }
}

fn check_boolean_operators(
    store: &mut SqlStore<'_>,
    question: &Question,
    stored: &BTreeSet<usize>,
) {
    let plan = question.plan().unwrap();
    let condition = store.layout.condition(&plan, 1);
    let allowed = store.positions(&condition, "", "");
    let denied: BTreeSet<usize> = stored.difference(&allowed).copied().collect();
    let even = |set: &BTreeSet<usize>| -> BTreeSet<usize> {
        set.iter().copied().filter(|n| n % 2 == 0).collect()
    };
    // Numbers begin at 1, so even positions have odd numbers.
    for (before, after, expected) in [
        ("d._id % 2 = 1 AND ", "", even(&allowed)),
        ("d._id % 2 = 1 AND NOT ", "", even(&denied)),
        ("NOT NOT ", "", allowed.clone()),
        ("NOT (NOT ", " OR d._id % 2 = 0)", even(&allowed)),
        ("d._id < 0 OR ", " OR d._id < 0", allowed.clone()),
        ("(", ") IS NULL", BTreeSet::new()),
        ("NOT ((", ") IS NULL)", stored.clone()),
        ("CASE WHEN ", " THEN 1 ELSE 0 END = 1", allowed.clone()),
    ] {
        let found = store.positions(&condition, before, after);
        assert_eq!(found, expected, "{}: `{before}CONDITION{after}`, {question:?}", store.name());
    }
}

/// Checks a condition whose placeholders begin at 3, between values of the host.
fn check_placeholders(store: &mut SqlStore<'_>, question: &Question) {
    let plan = question.plan().unwrap();
    let allowed = store.find(&plan, Wanted::Allowed);
    let condition = store.layout.condition(&plan, 3);
    let dialect = store.database.dialect();
    let next = condition.next_placeholder();
    assert_eq!(next, 3 + condition.binds().len());
    let [one, two, last] = [1, 2, next].map(|number| placeholder(dialect, number));
    let sql = format!(
        "SELECT d._id FROM {DOCUMENTS} AS d \
         WHERE {one} = 'x' AND {two} = 'y' AND {} AND {last} = 'z'",
        condition.text()
    );
    let text = |text: &str| Bind::Text(text.to_owned());
    let binds = [&[text("x"), text("y")], condition.binds(), &[text("z")]].concat();
    let found = positions(ask(store.database, &sql, &binds));
    assert_eq!(found, allowed, "{}: {question:?}\n{sql}", store.name());
}

fn placeholder(dialect: Dialect, number: usize) -> String {
    match dialect {
        Dialect::Sqlite => format!("?{number}"),
        Dialect::MariaDb => "?".into(),
        Dialect::Postgres => format!("CAST(${number} AS text)"),
        _ => format!("${number}"),
    }
}

/// Checks a count, a join and an update that a condition guards.
fn check_statements(store: &mut SqlStore<'_>, question: &Question, stored: &BTreeSet<usize>) {
    let plan = question.plan().unwrap();
    let allowed = store.find(&plan, Wanted::Allowed);
    let condition = store.layout.condition(&plan, 1);
    let name = store.name();
    let count = format!("SELECT count(*) FROM {DOCUMENTS} AS d WHERE {}", condition.text());
    let count = ask(store.database, &count, condition.binds())[0];
    assert_eq!(count, i64::try_from(allowed.len()).unwrap(), "{name}: {question:?}");

    let joined = format!(
        "SELECT d._id FROM {DOCUMENTS} AS d LEFT JOIN {DOCUMENTS} AS e ON e._id = d._id AND {} WHERE e._id IS NULL",
        condition.text()
    );
    let unmatched = positions(ask(store.database, &joined, condition.binds()));
    let denied: BTreeSet<usize> = stored.difference(&allowed).copied().collect();
    assert_eq!(unmatched, denied, "{name}: {question:?}\n{joined}");

    let created = quoted(store.database.dialect(), "_createdAt");
    let update = format!(
        "UPDATE {DOCUMENTS} AS d SET {created} = '2026-01-02 03:04:05' WHERE {}",
        condition.text()
    );
    run(store.database, &update, condition.binds());
    let changed = format!("SELECT _id FROM {DOCUMENTS} WHERE {created} IS NOT NULL");
    assert_eq!(
        positions(ask(store.database, &changed, &[])),
        allowed,
        "{name}: {question:?}\n{update}"
    );
    run(store.database, &format!("UPDATE {DOCUMENTS} SET {created} = NULL"), &[]);
}

/// Checks the columns of `Layout::actions`.
fn check_columns(store: &mut SqlStore<'_>, principal: &Principal, stored: &BTreeSet<usize>) {
    let collections = [
        Collection::without_permissions(DocumentSecurity::Enabled),
        Collection::new(["read(\"users\")", "update(\"guests\")"], DocumentSecurity::Enabled),
        Collection::new(["delete(\"any\")"], DocumentSecurity::Disabled),
    ];
    for collection in collections {
        let mut expected = BTreeSet::new();
        for (place, action) in
            [Action::Read, Action::Update, Action::Delete].into_iter().enumerate()
        {
            if let Ok(plan) = collection.plan(principal, action) {
                expected.extend(
                    store.find(&plan, Wanted::Allowed).iter().map(|position| position * 3 + place),
                );
            }
        }
        let actions = store.layout.actions(&collection, principal, 1);
        let mut found = BTreeSet::new();
        for (place, column) in ["can_read", "can_update", "can_delete"].into_iter().enumerate() {
            let sql = format!(
                "SELECT CASE WHEN x.{column} THEN x._id WHEN NOT x.{column} THEN -x._id ELSE 0 END \
                 FROM (SELECT d._id, {} FROM {DOCUMENTS} AS d) AS x",
                actions.text()
            );
            let signed = ask(store.database, &sql, actions.binds());
            assert_eq!(signed.len(), stored.len(), "{}: {sql}", store.name());
            assert!(!signed.contains(&0), "{}: a column is NULL\n{sql}", store.name());
            let allowed = positions(signed.into_iter().filter(|number| *number > 0).collect());
            found.extend(allowed.into_iter().map(|position| position * 3 + place));
        }
        assert_eq!(found, expected, "{}: {principal:?}, {collection:?}", store.name());
    }
}

/// Checks a layout whose tables and columns have quotes, dots and key words in their names.
pub fn check_names(database: &mut dyn Database) {
    let dialect = database.dialect();
    database.reset();
    let names = ["q\"1", "q`2", "q'3", "select", "a b", "%s?", "é"];
    for (number, name) in names.iter().enumerate() {
        let quote = |text: &str| quoted(dialect, text);
        let (documents, perms, id) =
            (quote(&format!("{name}_d")), quote(&format!("{name}_p")), quote(name));
        run(
            database,
            &format!("CREATE TABLE {documents} (_id BIGINT, {id} VARCHAR(255), _tenant BIGINT)"),
            &[],
        );
        run(
            database,
            &format!(
                "CREATE TABLE {perms} (_document VARCHAR(255), _type VARCHAR(12), _permission VARCHAR(255), \
                 _tenant BIGINT)"
            ),
            &[],
        );
        run(
            database,
            &format!("INSERT INTO {documents} VALUES (1, 'a', 1), (2, 'b', 1), (3, 'a', 2)"),
            &[],
        );
        run(
            database,
            &format!(
                "INSERT INTO {perms} VALUES ('a', 'read', 'any', 1), ('b', 'read', 'users', 1)"
            ),
            &[],
        );
        let layout = Layout::perms(dialect, &format!("{name}_p")).unwrap();
        let layout = layout.alias(name).unwrap().column_name(name).unwrap().tenant(1);
        let guest = Principal::guest();
        let condition = layout.condition(&guest.plan(Action::Read), 1);
        let sql = format!("SELECT _id FROM {documents} AS {id} WHERE {}", condition.text());
        assert_eq!(
            ask(database, &sql, condition.binds()),
            [1],
            "{}, name {number}",
            database.name()
        );
    }
}

/// The shapes whose conditions are composed: one for each place that a database has.
pub fn shapes(dialect: Dialect) -> Vec<Shape> {
    let text = match dialect {
        Dialect::Sqlite | Dialect::MariaDb => "MEDIUMTEXT",
        Dialect::Postgres => "text",
        _ => "VARCHAR",
    };
    let mut shapes = vec![
        Shape::new(Place::Perms),
        Shape::new(Place::Perms).with_tenant(TENANTS[0].unwrap()),
        Shape::new(Place::Json(text)),
        Shape::new(Place::Acl),
    ];
    if matches!(dialect, Dialect::Postgres | Dialect::DuckDb) {
        shapes.push(Shape::new(Place::Array));
    }
    if dialect == Dialect::Postgres {
        shapes.push(Shape::new(Place::Jsonb));
        shapes.push(Shape::new(Place::Jsonb).with_tenant(TENANTS[0].unwrap()));
    }
    shapes
}

//! The texts in `tests/data/query.txt`, so that a review sees each change of a text.
//!
//! With the environment variable `ROLEGATE_UPDATE_GOLDEN=1`, the test replaces the file.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use rolegate::query::Plan;
use rolegate::query::sql::{AclSchema, Dialect, Fragment, Layout, StoredList};
use rolegate::{Action, Collection, DocumentSecurity, Permission, Principal};

use super::layouts;

#[test]
fn texts_of_every_layout_equal_the_golden_file() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/query.txt");
    let texts: String = Dialect::ALL.into_iter().map(dialect).collect();
    if env::var_os("ROLEGATE_UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        fs::write(&path, &texts).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap();
    let changed = texts.lines().zip(golden.lines()).find(|(text, golden)| text != golden);
    assert_eq!(
        changed,
        None,
        "the first changed line; ROLEGATE_UPDATE_GOLDEN=1 replaces {}",
        path.display()
    );
    assert_eq!(texts.lines().count(), golden.lines().count());
}

/// Returns the texts of a dialect.
fn dialect(dialect: Dialect) -> String {
    let principal = Principal::parse_roles(["any", "team:t1/owner", "user:ann"]).unwrap();
    let mut out = String::new();
    for (name, layout) in layouts(dialect) {
        let with_alias = layout.clone().alias("d").unwrap();
        let with_tenant = with_alias.clone().tenant(7);
        for action in [Action::Read, Action::Update] {
            let plan = principal.plan(action);
            write(&mut out, &format!("{dialect} {name}: {action}"), &layout.condition(&plan, 1));
        }
        let plan = principal.plan(Action::Read);
        write(
            &mut out,
            &format!("{dialect} {name}: alias, from 3"),
            &with_alias.condition(&plan, 3),
        );
        write(
            &mut out,
            &format!("{dialect} {name}: alias, tenant, from 3"),
            &with_tenant.condition(&plan, 3),
        );
        for (plan_name, plan) in [("everything", Plan::Everything), ("nothing", Plan::Nothing)] {
            write(&mut out, &format!("{dialect} {name}: {plan_name}"), &layout.condition(&plan, 1));
            let title = format!("{dialect} {name}: {plan_name}, alias, tenant, from 3");
            write(&mut out, &title, &with_tenant.condition(&plan, 3));
        }
    }
    let perms = Layout::perms(dialect, "app_birthdays_perms").unwrap().alias("d").unwrap();
    let collection =
        Collection::new(["update(\"users\")", "delete(\"any\")"], DocumentSecurity::Enabled);
    write(
        &mut out,
        &format!("{dialect} perms: actions"),
        &perms.actions(&collection, &principal, 2),
    );
    schema(&mut out, dialect, &principal);
    out
}

/// Writes the statements of a schema for lists.
fn schema(out: &mut String, dialect: Dialect, principal: &Principal) {
    let schema = AclSchema::new(dialect, "acl").unwrap();
    let list =
        [r#"read("any")"#, r#"write("user:ann")"#].map(|text| Permission::parse(text).unwrap());
    let list = StoredList::new(list);
    let mut statements = |title: &str, statements: Vec<String>| {
        writeln!(out, "== {dialect} schema: {title}\n{}\n", statements.join(";\n")).unwrap();
    };
    statements("create", schema.create());
    statements("create counts", vec![schema.create_counts()]);
    let tables = [("documents", "acl"), ("notes", "list")];
    let removal = schema.remove_unused_lists(&tables).unwrap();
    statements("remove unused lists", removal.into());
    statements("remove unused counts", vec![schema.remove_unused_counts()]);
    statements("count all", schema.count_all(&tables).unwrap());
    let [insert_list, insert_grants] = schema.insert_list(&list);
    write(out, &format!("{dialect} schema: insert list"), &insert_list);
    write(out, &format!("{dialect} schema: insert grants"), &insert_grants);
    write(out, &format!("{dialect} schema: number, from 2"), &schema.number(&list, 2));
    write(out, &format!("{dialect} schema: one more"), &schema.count_one_more(&list));
    write(out, &format!("{dialect} schema: one less"), &schema.count_one_less(7));
    for (name, plan) in [
        ("read", principal.plan(Action::Read)),
        ("everything", Plan::Everything),
        ("nothing", Plan::Nothing),
    ] {
        write(out, &format!("{dialect} schema: total, {name}"), &schema.total(&plan));
    }
}

fn write(out: &mut String, title: &str, fragment: &Fragment) {
    writeln!(out, "== {title}\n{}", fragment.text()).unwrap();
    for bind in fragment.binds() {
        writeln!(out, "    {}", serde_json::to_string(bind).unwrap()).unwrap();
    }
    out.push('\n');
}

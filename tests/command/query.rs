//! The command `rolegate query`.

use rolegate::query::sql::{AclSchema, Bind, ColumnType, Dialect, Fragment, Layout};
use rolegate::query::{elasticsearch, mongodb, qdrant};
use rolegate::{Action, Principal};
use serde_json::{Value, json};

use super::{file, run, run_on};

const ROLES: &str = "any,user:ann";
const ANN: [&str; 2] = ["--roles", ROLES];
const STORES: [&str; 3] = ["mongodb", "elasticsearch", "qdrant"];

/// Runs the command, and returns the object that it prints on one line.
fn query(args: &[&str]) -> Value {
    let run = run(&[&["query"], args].concat());
    assert_eq!((run.status, run.err.as_str()), (0, ""), "{args:?}");
    assert_eq!(run.out.matches('\n').count(), 1, "{args:?}: {}", run.out);
    assert!(run.out.ends_with('\n'), "{args:?}: {}", run.out);
    serde_json::from_str(&run.out).unwrap()
}

fn ann() -> Principal {
    Principal::parse_roles(ROLES.split(',')).unwrap()
}

/// Returns the object of a fragment. It is written without `Fragment`'s own serialisation.
fn object(plan: &str, fragment: &Fragment) -> Value {
    let bind = |bind: &Bind| match bind {
        Bind::Text(text) => json!(text),
        Bind::TextArray(texts) => json!(texts),
    };
    let binds: Vec<Value> = fragment.binds().iter().map(bind).collect();
    json!({"plan": plan, "sql": fragment.text(), "binds": binds})
}

/// Returns every layout of a dialect, with the arguments that name it.
fn layouts(dialect: Dialect) -> Vec<(Vec<&'static str>, Layout)> {
    let perms = Layout::perms(dialect, "app_birthdays_perms").unwrap();
    let acl = AclSchema::new(dialect, "acl").unwrap().layout();
    let json = Layout::column(dialect, ColumnType::Json).unwrap();
    let mut layouts = vec![
        (vec!["--layout", "perms", "--table", "app_birthdays_perms"], perms),
        (vec!["--layout", "acl"], acl),
        (vec!["--layout", "column"], json.clone()),
        (vec!["--layout", "column", "--column-type", "json"], json),
    ];
    let other_type = match dialect {
        Dialect::Postgres => Some(("text-array", ColumnType::TextArray)),
        Dialect::DuckDb => Some(("list", ColumnType::List)),
        _ => None,
    };
    if let Some((name, column_type)) = other_type {
        let layout = Layout::column(dialect, column_type).unwrap();
        layouts.push((vec!["--layout", "column", "--column-type", name], layout));
    }
    if dialect == Dialect::Postgres {
        layouts.push((vec!["--layout", "appwrite-postgres"], Layout::appwrite_postgres()));
    }
    layouts
}

#[test]
fn query_of_every_dialect_layout_and_action_prints_condition_of_library() {
    let ann = ann();
    let mut seen = 0;
    for dialect in Dialect::ALL {
        for (args, layout) in layouts(dialect) {
            for action in [Action::Read, Action::Update, Action::Delete, Action::Create] {
                let asked = ["--dialect", dialect.as_str(), "--action", action.as_str()];
                let printed = query(&[&asked[..], &args, &ANN].concat());
                let condition = layout.condition(&ann.plan(action), 1);
                assert_eq!(printed, object("matching", &condition), "{dialect} {args:?}");
                seen += 1;
            }
        }
    }
    assert_eq!(seen, (4 * 4 + 3) * 4);
}

#[test]
fn query_of_every_document_store_prints_filter_of_library() {
    let ann = ann();
    for action in [Action::Read, Action::Update, Action::Delete, Action::Create] {
        let plan = ann.plan(action);
        for (args, field) in
            [(&[][..], "_permissions"), (&["--column", "meta.permissions"], "meta.permissions")]
        {
            let filters = [
                mongodb::filter(&plan, field).unwrap(),
                elasticsearch::filter(&plan, field).unwrap(),
                qdrant::filter(&plan, field).unwrap(),
            ];
            for (dialect, filter) in STORES.into_iter().zip(filters) {
                let asked = ["--dialect", dialect, "--action", action.as_str()];
                let printed = query(&[&asked[..], args, &ANN].concat());
                assert_eq!(printed, json!({"plan": "matching", "filter": filter}), "{dialect}");
            }
        }
    }
}

#[test]
fn query_of_a_document_store_prints_these_bytes() {
    let run = run(&["query", "--dialect", "mongodb", "--roles", ROLES]);
    assert_eq!(
        run.out,
        r#"{"plan":"matching","filter":{"_permissions":{"$elemMatch":{"$in":["read(\"any\")","read(\"user:ann\")"]}}}}"#
            .to_owned()
            + "\n"
    );
}

#[test]
fn binds_of_roles_and_permissions_have_the_type_of_the_database() {
    let roles = json!(["any", "user:ann"]);
    let permissions = json!(["read(\"any\")", "read(\"user:ann\")"]);
    for dialect in Dialect::ALL {
        let is_array = matches!(dialect, Dialect::Postgres | Dialect::DuckDb);
        let bind = |texts: &Value| if is_array { texts.clone() } else { json!(texts.to_string()) };
        for (args, texts) in [
            (&["--layout", "perms", "--table", "p"][..], &roles),
            (&["--layout", "acl"], &roles),
            (&["--layout", "column"], &permissions),
        ] {
            let args = [&["--dialect", dialect.as_str()], args, &ANN].concat();
            let printed = query(&args);
            let binds = printed["binds"].as_array().unwrap();
            assert!(!binds.is_empty(), "{args:?}");
            for found in binds {
                assert_eq!(found, &bind(texts), "{args:?}");
            }
        }
    }
}

#[test]
fn query_with_action_names_it_and_write() {
    let sqlite = ["--dialect", "sqlite", "--action", "delete", "--roles", "any"];
    let column = query(&[&sqlite[..], &["--layout", "column"]].concat());
    assert_eq!(column["binds"], json!([r#"["delete(\"any\")","write(\"any\")"]"#]));
    let perms = query(&[&sqlite[..], &["--layout", "perms", "--table", "p"]].concat());
    assert!(perms["sql"].as_str().unwrap().contains("= 'delete'"), "{perms}");
}

#[test]
fn query_with_user_or_guest_has_their_roles() {
    let user = file("user.json", r#"{"$id":"ann","emailVerification":true}"#);
    let roles = |caller: &[&str]| {
        query(&[&["--dialect", "duckdb", "--layout", "acl"], caller].concat())["binds"].clone()
    };
    assert_eq!(
        roles(&["--user", &user]),
        json!([["any", "user:ann", "user:ann/verified", "users", "users/verified"]])
    );
    assert_eq!(roles(&["--guest"]), json!([["any", "guests"]]));
}

#[test]
fn query_of_key_or_granting_collection_is_everything() {
    let project = file(
        "project.json",
        r#"{"$id":"p1","keys":[{"secret":"standard_k","scopes":["documents.read"]}]}"#,
    );
    let key = ["--api-key", "standard_k", "--project", &project];
    let granting = file("granting.json", r#"{"$permissions":["read(\"any\")"]}"#);
    let closed = file("closed.json", r#"{"$permissions":[],"enabled":false}"#);
    for caller in [
        &key[..],
        &["--roles", "any", "--collection", &granting],
        &[&key[..], &["--collection", &closed]].concat(),
    ] {
        for dialect in Dialect::ALL {
            for (args, _) in layouts(dialect) {
                let printed =
                    query(&[&["--dialect", dialect.as_str()], &args[..], caller].concat());
                assert_eq!(printed, json!({"plan": "everything", "sql": "(1=1)", "binds": []}));
            }
        }
        for (dialect, filter) in
            STORES.into_iter().zip([json!({}), json!({"match_all": {}}), json!({"must": []})])
        {
            let printed = query(&[&["--dialect", dialect], caller].concat());
            assert_eq!(printed, json!({"plan": "everything", "filter": filter}), "{dialect}");
        }
    }
}

#[test]
fn query_with_collection_that_leaves_it_to_documents_is_the_plan_of_the_caller() {
    let secured = file(
        "secured.json",
        r#"{"$permissions":["read(\"user:bob\")", "update(\"any\")"],"documentSecurity":true}"#,
    );
    for args in [&["--dialect", "qdrant"][..], &["--dialect", "mariadb", "--layout", "column"]] {
        let without = query(&[args, &ANN].concat());
        let with = query(&[args, &ANN, &["--collection", &secured]].concat());
        assert_eq!(with["plan"], "matching");
        assert_eq!(with, without);
    }
}

#[test]
fn query_with_collection_that_refuses_ends_with_1_and_the_reason() {
    let unsecured = file("unsecured.json", r#"{"$permissions":["read(\"user:bob\")"]}"#);
    let closed = file("closed.json", r#"{"$permissions":["read(\"any\")"],"enabled":false}"#);
    for (collection, message) in [
        (
            &unsecured,
            "rolegate: access denied: no role of the principal may read; \
             the collection does not grant it, and its document security is disabled\n",
        ),
        (&closed, "rolegate: collection not found; the collection is not enabled\n"),
    ] {
        for args in [&["--dialect", "mongodb"][..], &["--dialect", "sqlite", "--layout", "acl"]] {
            let args = [&["query"], args, &ANN, &["--collection", collection]].concat();
            let run = run(&args);
            assert_eq!((run.status, run.out.as_str(), run.err.as_str()), (1, "", message));
        }
    }
}

#[test]
fn query_with_malformed_permission_of_collection_reports_it() {
    let json = r#"{"$permissions":["red(\"any\")"],"documentSecurity":true}"#;
    let args = ["query", "--dialect", "qdrant", "--guest", "--collection", "-"];
    let run = run_on(json, &args);
    assert_eq!(run.status, 0, "{}", run.err);
    assert!(run.out.starts_with(r#"{"plan":"matching","#), "{}", run.out);
    assert!(run.err.contains("write `read`; it grants nothing\n"), "{}", run.err);
}

#[test]
fn query_with_names_tenant_and_placeholder_prints_condition_of_library() {
    let plan_of = ann();
    let plan = plan_of.plan(Action::Read);
    let column = || Layout::column(Dialect::DuckDb, ColumnType::List).unwrap();
    let perms = || Layout::perms(Dialect::Postgres, "app.birthdays_perms").unwrap();
    let list = ["--dialect", "duckdb", "--layout", "column", "--column-type", "list"];
    let table = ["--dialect", "postgres", "--layout", "perms", "--table", "app.birthdays_perms"];
    for (base, args, layout, first) in [
        (&list, &["--table", "main.b"][..], column().alias("main.b"), 1),
        (&list, &["--table", "b", "--alias", "x"], column().alias("x"), 1),
        (
            &list,
            &["--alias", "x", "--column", "p\"p"],
            column().alias("x").unwrap().column_name("p\"p"),
            1,
        ),
        (&list, &["--tenant", "7", "--first-placeholder", "9"], Ok(column().tenant(7)), 9),
        (&table, &["--tenant", "-7"], Ok(perms().tenant(-7)), 1),
        (
            &table,
            &["--alias", "b", "--column", "id"],
            perms().alias("b").unwrap().column_name("id"),
            1,
        ),
        (&table, &["--first-placeholder", "32000"], Ok(perms()), 32_000),
    ] {
        let printed = query(&[&base[..], args, &ANN].concat());
        let condition = layout.unwrap().condition(&plan, first);
        assert_eq!(printed, object("matching", &condition), "{base:?} {args:?}");
    }
}

#[test]
fn query_with_table_qualifies_columns_of_documents_except_for_perms() {
    let sql = |args: &[&str]| {
        let printed = query(&[&["--dialect", "sqlite"], args, &ANN].concat());
        printed["sql"].as_str().unwrap().to_owned()
    };
    for (args, start) in [
        (&["--layout", "column", "--table", "b"][..], r#"("b"."_permissions" "#),
        (&["--layout", "column", "--table", "b", "--alias", "x"], r#"("x"."_permissions" "#),
        (&["--layout", "acl", "--table", "b", "--column", "list"], r#"("b"."list" "#),
        (&["--layout", "perms", "--table", "p"], r#"("_uid" "#),
        (&["--layout", "perms", "--table", "p", "--alias", "b"], r#"("b"."_uid" "#),
    ] {
        let sql = sql(args);
        assert!(sql.starts_with(start), "{args:?}: {sql}");
    }
    assert!(sql(&["--layout", "perms", "--table", "p"]).contains(r#"FROM "p" AS "#));
    assert!(sql(&["--layout", "acl"]).contains(r#"FROM "acl_grants" AS "#));
    let tenant = sql(&["--layout", "acl", "--alias", "b", "--tenant", "7"]);
    assert!(tenant.contains(r#""b"."_tenant" = CAST(?2 AS INTEGER)"#), "{tenant}");
    let second = sql(&["--layout", "acl", "--first-placeholder", "2"]);
    assert!(second.contains("?2") && !second.contains("?1"), "{second}");
}

#[test]
fn query_of_sql_with_wrong_options_ends_with_2_and_names_what_to_write() {
    for (args, message) in [
        (
            "sqlite",
            "--dialect sqlite needs a layout; pass --layout with one of perms, column, acl\n",
        ),
        (
            "postgres",
            "--dialect postgres needs a layout; \
             pass --layout with one of perms, column, appwrite-postgres, acl\n",
        ),
        (
            "sqlite --layout perms",
            "--layout perms needs the table of permissions; \
             pass --table, such as --table app_birthdays_perms\n",
        ),
        (
            "sqlite --layout acl --column-type json",
            "--column-type is only for --layout column; leave it out with --layout acl\n",
        ),
        (
            "postgres --layout appwrite-postgres --column-type json",
            "--column-type is only for --layout column; leave it out with --layout appwrite-postgres\n",
        ),
        (
            "duckdb --layout appwrite-postgres",
            "--layout appwrite-postgres is only for --dialect postgres; \
             pass --layout column with --dialect duckdb\n",
        ),
        (
            "mariadb --layout column --column-type list",
            "--column-type: MariaDB has no column of type `list`; its types are json\n",
        ),
        (
            "postgres --layout column --column-type list",
            "--column-type: PostgreSQL has no column of type `list`; its types are jsonb, text-array, json\n",
        ),
        (
            "sqlite --layout perms --table a..b",
            "--table: `` is not an identifier: a part is empty\n",
        ),
        ("sqlite --layout column --table a.b.c.d", "--table: `a.b.c.d` is not an identifier: "),
        ("sqlite --layout acl --table a. --alias b", "--table: `` is not an identifier: "),
        ("sqlite --layout acl --alias a\u{1}", "--alias: `a\\u{1}` is not an identifier: "),
        ("sqlite --layout acl --column a\u{1}", "--column: `a\\u{1}` is not an identifier: "),
    ] {
        let args: Vec<&str> = args.split(' ').collect();
        // The file of the user does not exist, and is not read.
        let caller = ["--user", "no/such/user.json"];
        let run = run(&[&["query", "--dialect"], &args[..], &caller].concat());
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{args:?}: {}", run.err);
        assert!(run.err.starts_with(&format!("rolegate: {message}")), "{args:?}: {}", run.err);
    }
}

#[test]
fn query_with_number_out_of_range_ends_with_2_and_names_the_range() {
    for (option, value, message) in [
        ("--first-placeholder", "0", "0 is not in 1..=32000"),
        ("--first-placeholder", "32001", "32001 is not in 1..=32000"),
        ("--tenant", "9223372036854775808", "number too large"),
        ("--tenant", "a", "invalid digit"),
    ] {
        let args = ["query", "--dialect", "sqlite", "--layout", "acl", "--guest", option, value];
        let run = run(&args);
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{option} {value}: {}", run.err);
        assert!(run.err.contains(option) && run.err.contains(message), "{}", run.err);
    }
}

#[test]
fn query_of_a_document_store_with_options_of_sql_ends_with_2_and_names_them() {
    for dialect in STORES {
        for (option, value) in [
            ("--layout", "column"),
            ("--table", "t"),
            ("--column-type", "json"),
            ("--alias", "a"),
            ("--tenant", "1"),
            ("--first-placeholder", "1"),
        ] {
            let run = run(&["query", "--dialect", dialect, "--guest", option, value]);
            assert_eq!((run.status, run.out.as_str()), (2, ""), "{dialect} {option}");
            let message = format!(
                "rolegate: {option} is only for SQL; leave it out with --dialect {dialect}, \
                 and name the field of the permissions with --column\n"
            );
            assert_eq!(run.err, message);
        }
        let run = run(&["query", "--dialect", dialect, "--guest", "--column", ""]);
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{dialect}");
        assert_eq!(run.err, "rolegate: --column: `` is not the name of a field: it is empty\n");
    }
}

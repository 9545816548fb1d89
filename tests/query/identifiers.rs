//! Names of tables and columns in texts.

use rolegate::query::sql::{AclSchema, ColumnType, Dialect, Layout, LayoutErrorKind};
use rolegate::query::{FilterErrorKind, Plan, elasticsearch, mongodb, qdrant};
use rolegate::{Action, Principal};

/// Returns the text of a condition for a guest.
fn text(layout: &Layout) -> String {
    layout.condition(&Principal::guest().plan(Action::Read), 1).text().to_owned()
}

#[test]
fn identifier_with_quotes_is_doubled() {
    for dialect in Dialect::ALL {
        let (name, quoted) = match dialect {
            Dialect::MariaDb => ("a`; DROP TABLE x; --", "`a``; DROP TABLE x; --`"),
            _ => ("a\"; DROP TABLE x; --", "\"a\"\"; DROP TABLE x; --\""),
        };
        let layout = Layout::perms(dialect, name).unwrap();
        assert!(
            text(&layout).contains(&format!("FROM {quoted} "))
                || text(&layout).contains(&format!("JOIN {quoted} "))
        );
        let layout = layout.alias(name).unwrap().column_name(name).unwrap();
        assert!(text(&layout).contains(&format!("{quoted}.{quoted}")), "{}", text(&layout));
        let schema = AclSchema::new(dialect, name).unwrap();
        let removal = schema.remove_unused_lists(&[(name, name)]).unwrap();
        let counts = [schema.create_counts(), schema.remove_unused_counts()];
        let all = schema.count_all(&[(name, name)]).unwrap();
        let statements = schema.create().into_iter().chain(removal).chain(counts).chain(all);
        let quote = if dialect == Dialect::MariaDb { '`' } else { '"' };
        for statement in statements {
            let outside: String = statement.split(quote).step_by(2).collect();
            assert!(!outside.contains("DROP"), "{statement}");
        }
    }
}

#[test]
fn table_with_schema_is_quoted_in_parts() {
    let layout = Layout::perms(Dialect::Postgres, "db.app.birthdays_perms").unwrap();
    assert!(text(&layout).contains("FROM \"db\".\"app\".\"birthdays_perms\" AS"));
}

#[test]
fn name_that_is_no_identifier_is_refused() {
    for dialect in Dialect::ALL {
        for name in [
            "",
            ".",
            "a.",
            ".a",
            "a..b",
            "a.b.c.d",
            "a\0",
            "a\nb",
            "\u{7f}",
            "\u{85}",
            "a\\",
            &"x".repeat(256),
        ] {
            let refused = Layout::perms(dialect, name).unwrap_err();
            assert_eq!(refused.kind(), LayoutErrorKind::Identifier, "{dialect} {name:?}");
            let layout = Layout::perms(dialect, "p").unwrap();
            assert!(layout.clone().alias(name).is_err(), "{dialect} {name:?}");
            assert!(
                AclSchema::new(dialect, "acl")
                    .unwrap()
                    .remove_unused_lists(&[(name, "acl")])
                    .is_err()
            );
        }
        for name in ["", "a\0", "\t", "a\\b"] {
            assert!(
                Layout::perms(dialect, "p").unwrap().column_name(name).is_err(),
                "{dialect} {name:?}"
            );
        }
    }
}

#[test]
fn long_name_is_refused_where_the_database_would_cut_it() {
    for (dialect, max) in [
        (Dialect::Postgres, 63),
        (Dialect::MariaDb, 64),
        (Dialect::Sqlite, 255),
        (Dialect::DuckDb, 255),
    ] {
        let longest = "x".repeat(max);
        assert!(Layout::perms(dialect, &longest).is_ok(), "{dialect}");
        assert!(Layout::perms(dialect, &format!("{longest}x")).is_err(), "{dialect}");
        assert!(Layout::perms(dialect, &format!("{longest}.{longest}")).is_ok(), "{dialect}");
        // MariaDB counts characters, and the others count bytes.
        let accents = Layout::perms(dialect, &"é".repeat(max / 2 + 1));
        assert_eq!(accents.is_ok(), dialect == Dialect::MariaDb, "{dialect}");
        // The names of tables and indexes are longer than the prefix.
        assert!(AclSchema::new(dialect, &longest).is_err(), "{dialect}");
    }
}

#[test]
fn column_type_of_another_database_is_refused() {
    for (dialect, column_type) in [
        (Dialect::Sqlite, ColumnType::TextArray),
        (Dialect::Sqlite, ColumnType::List),
        (Dialect::Postgres, ColumnType::List),
        (Dialect::MariaDb, ColumnType::TextArray),
        (Dialect::MariaDb, ColumnType::List),
        (Dialect::DuckDb, ColumnType::TextArray),
    ] {
        let refused = Layout::column(dialect, column_type).unwrap_err();
        assert_eq!(refused.kind(), LayoutErrorKind::ColumnType, "{dialect} {column_type}");
    }
}

#[test]
fn field_that_is_no_name_is_refused() {
    let plan = Plan::Everything;
    for field in ["", "a\0"] {
        for refused in [
            mongodb::filter(&plan, field).unwrap_err(),
            elasticsearch::filter(&plan, field).unwrap_err(),
            qdrant::filter(&plan, field).unwrap_err(),
        ] {
            assert_eq!(refused.kind(), FilterErrorKind::Field, "{field:?}");
        }
    }
    assert_eq!(mongodb::filter(&plan, "$where").unwrap_err().kind(), FilterErrorKind::Field);
}

#[test]
fn filter_with_too_many_terms_is_refused_by_elasticsearch() {
    let roles = |count: usize| {
        Principal::parse_roles((0..count).map(|number| format!("user:u{number}"))).unwrap()
    };
    let refused = |principal: &Principal, action| {
        elasticsearch::filter(&principal.plan(action), "permissions")
            .err()
            .map(|error| error.kind())
    };
    let most = roles(elasticsearch::MAX_TERMS);
    assert_eq!(refused(&most, Action::Read), None);
    // Each role gives two permissions: `update` and `write`.
    assert_eq!(refused(&most, Action::Update), Some(FilterErrorKind::TooManyTexts));
    assert_eq!(
        refused(&roles(elasticsearch::MAX_TERMS + 1), Action::Read),
        Some(FilterErrorKind::TooManyTexts)
    );
}

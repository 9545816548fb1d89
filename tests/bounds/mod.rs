//! Inputs of a million parts: the answer is correct or a refusal, and time and memory grow linearly.

mod memory;

use std::time::{Duration, Instant};

use rolegate::{
    AclTable, Action, Collection, InsertError, MalformedPermission, ParseErrorKind, Permission,
    Principal, Role, User,
};

const MILLION: usize = 1_000_000;

/// The time limit: 60 seconds, enough for a debug build on a busy machine. Quadratic work would take far
/// longer for a million parts.
const PATIENCE: Duration = Duration::from_secs(60);

fn within_patience(what: &str, run: impl FnOnce()) {
    let start = Instant::now();
    run();
    assert!(start.elapsed() < PATIENCE, "{what} took {:?}", start.elapsed());
}

#[test]
fn permission_of_a_megabyte_is_refused_and_grants_nothing() {
    let long = format!("read(\"user:{}\")", "a".repeat(1 << 20));
    assert_eq!(Permission::parse(&long).unwrap_err().kind(), ParseErrorKind::TooLong);

    let principal = Principal::guest();
    assert!(!principal.can(Action::Read, [&long]));
    assert!(!principal.matcher(Action::Read).allows([&long]));
    assert!(!principal.explain(Action::Read, [&long]).allowed);
    assert!(principal.can(Action::Read, [&long, "read(\"any\")"]));

    let mut table = AclTable::new();
    assert!(matches!(table.insert([&long]), Err(InsertError::Malformed(_))));
    assert_eq!((table.len(), table.roles().len()), (0, 0));
    let (_, malformed) = table.insert_lenient([&long]).unwrap();
    assert_eq!(malformed.len(), 1);
    assert!(malformed[0].to_string().len() < 400);
    assert!(table.memory() < 4096, "{}", table.memory());
}

#[test]
fn list_of_a_million_permissions_has_the_meaning_of_its_four() {
    let few = ["update(\"users\")", "read(\"team:t1\")", "write(\"user:a\")", "read(\"any\")"];
    let list: Vec<&str> = few.repeat(1_000_000 / few.len());
    within_patience("a million permissions", || {
        let guest = Principal::guest();
        assert!(guest.can(Action::Read, &list));
        assert!(!guest.can(Action::Update, &list));
        assert!(!guest.matcher(Action::Delete).allows(&list));

        let mut table = AclTable::new();
        let id = table.insert(&list).unwrap();
        assert_eq!(table.insert(few).unwrap(), id);
        assert_eq!(table.grants(id).unwrap().len(), few.len());
        assert!(table.resolve(&guest, Action::Read).allows(id));
    });
}

#[test]
fn list_for_a_million_roles_grants_each_role() {
    const ROLES: usize = MILLION;
    within_patience("a million roles", || {
        let mut table = AclTable::new();
        let list = (0..ROLES).map(|number| format!("read(\"user:u{number}\")"));
        let id = table.insert(list).unwrap();
        assert_eq!(table.roles().len(), ROLES);
        assert_eq!(table.grants(id).unwrap().len(), ROLES);
        for number in [0, 1, ROLES / 2, ROLES - 1] {
            let one = Principal::from_roles([Role::user(&format!("u{number}")).unwrap()]);
            assert!(table.resolve(&one, Action::Read).allows(id), "u{number}");
            assert!(!table.resolve(&one, Action::Update).allows(id), "u{number}");
        }
        assert!(!table.resolve(&Principal::guest(), Action::Read).allows(id));
        // A role has 12 bytes of text and a grant. Its hash and postings may take ten times as much.
        assert!(table.memory() < 150 * ROLES, "{} bytes a role", table.memory() / ROLES);
    });
}

#[test]
fn principal_of_a_hundred_thousand_roles_is_allowed_what_each_role_is() {
    const ROLES: usize = 100_000;
    let roles = (0..ROLES).map(|number| format!("team:t{number}"));
    within_patience("a hundred thousand roles", || {
        let principal = Principal::parse_roles(roles.chain(["any".into()])).unwrap();
        assert_eq!(principal.roles().len(), ROLES + 1);

        let mut table = AclTable::new();
        let matcher = principal.matcher(Action::Update);
        let lists = [0, 1, ROLES / 2, ROLES - 1, ROLES, ROLES + 1];
        for number in lists {
            let list = [format!("write(\"team:t{number}\")"), "read(\"any\")".into()];
            let id = table.insert(&list).unwrap();
            let allowed = number < ROLES;
            assert_eq!(principal.can(Action::Update, &list), allowed, "t{number}");
            assert_eq!(matcher.allows(&list), allowed, "t{number}");
            let visibility = table.resolve(&principal, Action::Update);
            assert_eq!(visibility.allows(id), allowed, "t{number}");
        }
    });
}

#[test]
fn malformed_permissions_of_any_number_are_all_reported() {
    let list = || (0..MILLION).map(|_| "read(\"no-role\")").chain(["read(\"any\")"]);
    within_patience("malformed permissions", || {
        assert!(Principal::guest().can(Action::Read, list()));
        assert!(!Principal::guest().can(Action::Update, list()));
        let mut table = AclTable::new();
        let (id, malformed) = table.insert_lenient(list()).unwrap();
        assert!(malformed.iter().map(MalformedPermission::index).eq(0..MILLION));
        assert!(table.resolve(&Principal::guest(), Action::Read).allows(id));
        let error = table.insert(list()).unwrap_err();
        assert!(matches!(error, InsertError::Malformed(bad) if bad.index() == 0));
    });
}

/// `json/limits.rs` has the limits of raw JSON, where every byte is read and depth is limited.
#[test]
fn json_nested_a_hundred_thousand_deep_is_skipped_in_ignored_fields_only() {
    const DEPTH: usize = 100_000;
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = [&open.repeat(DEPTH), "1", &close.repeat(DEPTH)].concat();
        let user = |field: &str| {
            serde_json::from_str::<User>(&format!(r#"{{"$id":"ann","{field}":{deep}}}"#))
        };
        let ann = Principal::user(&user("prefs").unwrap()).unwrap();
        assert_eq!(ann, Principal::user(&User::new("ann")).unwrap());
        for field in ["labels", "memberships", "sessions", "status", "emailVerification"] {
            assert!(user(field).is_err(), "{field}");
        }
        let collection = |field: &str| {
            let json = format!(r#"{{"$permissions":["read(\"any\")"],"{field}":{deep}}}"#);
            serde_json::from_str::<Collection>(&json)
        };
        assert!(collection("attributes").unwrap().list(&Principal::guest()).is_ok());
        assert!(collection("documentSecurity").is_err());
        assert!(collection("$permissions").is_err());
        assert!(serde_json::from_str::<Permission<'_>>(&deep).is_err());
    }
}

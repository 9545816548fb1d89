//! Every way of saying who asks.

use std::time::{Duration, SystemTime};

use rolegate::auth::{DEFAULT_JWT_LIFETIME, JwtKeys, Secret};

use serde_json::json;

use super::{BIRTHDAYS, USER_A, file, run, run_on, run_with_secret};
use crate::identity::{SECRET, token};

fn users() -> String {
    file(
        "users.json",
        r#"{"total":2,"users":[
            {"$id":"user-a","emailVerification":true,"sessions":[{"$id":"s1","expire":"2999-01-01T00:00:00.000+00:00"}]},
            {"$id":"blocked","status":false,"sessions":[{"$id":"s1"}]}
        ]}"#,
    )
}

fn project() -> String {
    file(
        "project.json",
        r#"{"$id":"p1","keys":[
            {"name":"Reader","secret":"standard_reader","scopes":["documents.read"],"expire":""},
            {"secret":"standard_other","scopes":["files.read"]},
            {"secret":"standard_old","scopes":["documents.read"],"expire":"2020-01-01T00:00:00.000+00:00"}
        ]}"#,
    )
}

fn jwt(user: &str, session: &str, at: SystemTime) -> String {
    let tokens = JwtKeys::new(Secret::new(SECRET).unwrap());
    tokens.create_jwt(user, session, DEFAULT_JWT_LIFETIME, at).unwrap()
}

/// How many of the three birthdays are printed.
fn count(out: &str) -> usize {
    out.matches("\"birthday\"").count()
}

#[test]
fn a_guest_a_user_and_roles() {
    let guest = run(&["roles", "--guest"]);
    assert_eq!((guest.status, guest.out.as_str()), (0, "any\nguests\n"));

    let user = file("user.json", r#"{"$id":"user-a","labels":["vip"],"memberships":[]}"#);
    let roles = run(&["roles", "--user", &user]);
    assert_eq!(
        roles.out,
        "any\nlabel:vip\nuser:user-a\nuser:user-a/unverified\nusers\nusers/unverified\n"
    );
    assert_eq!(count(&run(&["filter", "--user", &user, BIRTHDAYS]).out), 1);
    let nobody = run_on("{}", &["roles", "--user", "-"]);
    assert_eq!((nobody.status, nobody.out.as_str()), (0, "any\nguests\n"));
    assert!(nobody.err.contains("asking as a guest"), "{}", nobody.err);
    let twice = run_on("{}", &["filter", "--user", "-"]);
    assert_eq!((twice.status, twice.out.as_str()), (2, ""));
    assert!(twice.err.contains("only one of the files"), "{}", twice.err);
    assert_eq!(run(&["roles", "--roles", USER_A]).out, "any\nuser:user-a\nusers\n");
    assert_eq!(count(&run(&["filter", "--guest", BIRTHDAYS]).out), 0);
}

#[test]
fn whoever_cannot_be_made_out_ends_with_2() {
    let blocked = file("blocked.json", r#"{"$id":"b","status":false}"#);
    let array = file("array.json", "[]");
    let labelled = file("labelled.json", r#"[{"$id":"u","labels":"x"}]"#);
    for (args, message) in [
        (&["roles", "--roles", "any,usr:a"][..], "write `user:a`"),
        (&["roles", "--user", &blocked], "blocked"),
        (&["roles", "--user", &array], "array.json"),
        (&["roles", "--user", "no/such/user.json"], "no/such/user.json"),
        (&["roles", "--jwt", "a.b.c", "--users", &users()], "ROLEGATE_JWT_SECRET"),
        (&["roles", "--jwt", "a.b.c", "--users", &blocked], "missing field `users`"),
        (&["roles", "--jwt", "a.b.c", "--users", &labelled], "expected a sequence at line 1"),
        (&["roles", "--api-key", "standard_old", "--project", &project()], "has expired"),
        (
            &["roles", "--api-key", "ephemeral_a.b.c", "--project", &project()],
            "ROLEGATE_JWT_SECRET",
        ),
        (&["roles", "--api-key", "k", "--project", &array], "array.json"),
    ] {
        let run = run(args);
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{args:?}: {}", run.err);
        assert!(run.err.contains(message), "{args:?}: {}", run.err);
    }
}

#[test]
fn a_jwt_is_its_user_while_it_and_the_session_last() {
    let now = SystemTime::now();
    let users = users();
    let ask = |token: &str, secret| {
        run_with_secret(&["filter", "--jwt", token, "--users", &users, BIRTHDAYS], secret)
    };
    let good = ask(&jwt("user-a", "s1", now), SECRET);
    assert_eq!((good.status, count(&good.out), good.err.as_str()), (0, 1, ""));

    for (user, session) in [("user-a", "s2"), ("nobody", "s1")] {
        let guest = ask(&jwt(user, session, now), SECRET);
        assert_eq!((guest.status, count(&guest.out)), (0, 0));
        assert!(guest.err.contains("asking as a guest"), "{}", guest.err);
    }
    let old = jwt("user-a", "s1", now - Duration::from_secs(901));
    for (token, secret) in [
        (old.as_str(), SECRET),
        (&jwt("user-a", "s1", now), "another"),
        ("a.b.c", SECRET),
        (&jwt("blocked", "s1", now), SECRET),
    ] {
        let refused = ask(token, secret);
        assert_eq!((refused.status, refused.out.as_str()), (2, ""), "{}", refused.err);
        assert!(!refused.err.contains(token), "{}", refused.err);
    }
}

#[test]
fn a_key_of_the_project_sees_everything_that_its_scopes_allow() {
    let project = project();
    let ask = |key| run(&["filter", "--api-key", key, "--project", &project, BIRTHDAYS]);
    let good = ask("standard_reader");
    assert_eq!(good.status, 0, "{}", good.err);
    assert_eq!(good.out, std::fs::read_to_string(BIRTHDAYS).unwrap());
    let roles = run(&["roles", "--api-key", "standard_reader", "--project", &project]);
    assert_eq!((roles.status, roles.out.as_str()), (0, ""));
    assert!(roles.err.contains("bypasses"), "{}", roles.err);

    let other = ask("standard_other");
    assert_eq!((other.status, other.out.as_str()), (1, ""));
    assert!(other.err.contains("documents.read"), "{}", other.err);

    let unknown = ask("standard_unknown");
    assert_eq!((unknown.status, count(&unknown.out)), (0, 0));
    assert!(unknown.err.contains("there is no such API key"), "{}", unknown.err);
    assert!(!unknown.err.contains("standard_unknown"), "{}", unknown.err);
}

#[test]
fn an_ephemeral_key_sees_everything_that_its_scopes_allow() {
    let project = project();
    let ask = |claims: &serde_json::Value, secret| {
        let key = format!("ephemeral_{}", token(claims));
        let args = ["filter", "--api-key", &key, "--project", &project, BIRTHDAYS];
        let run = run_with_secret(&args, secret);
        assert!(!run.err.contains(&key), "{}", run.err);
        (run.status, count(&run.out))
    };
    let good = json!({"projectId": "p1", "scopes": ["documents.read"]});
    assert_eq!(ask(&good, SECRET), (0, 3));
    assert_eq!(ask(&good, "another"), (0, 0), "it asks as a guest");
    assert_eq!(ask(&json!({"projectId": "p1", "scopes": []}), SECRET), (1, 0));
    assert_eq!(ask(&json!({"projectId": "p2", "scopes": ["documents.read"]}), SECRET), (0, 0));
}

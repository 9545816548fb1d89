//! Each way to name the caller: `--guest`, `--user`, `--roles`, `--jwt` and `--api-key`.

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
            {"$id":"blocked","status":false,"sessions":[{"$id":"s1","expire":"2999-01-01T00:00:00.000+00:00"}]}
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

/// Returns the number of birthdays in the output.
fn count(out: &str) -> usize {
    out.matches("\"birthday\"").count()
}

#[test]
fn roles_of_guest_user_and_roles_print_one_per_line() {
    let guest = run(&["roles", "--guest"]);
    assert_eq!((guest.status, guest.out.as_str()), (0, "any\nguests\n"));

    let user = file("user.json", r#"{"$id":"user-a","labels":["vip"],"memberships":[]}"#);
    let roles = run(&["roles", "--user", &user]);
    assert_eq!(
        roles.out,
        "any\nlabel:vip\nuser:user-a\nuser:user-a/unverified\nusers\nusers/unverified\n"
    );
    assert_eq!(count(&run(&["filter", "--user", &user, BIRTHDAYS]).out), 1);
    let piped = run_on(r#"{"$id":"b"}"#, &["roles", "--user", "-"]);
    assert!(piped.out.contains("user:b\n"), "{}", piped.out);
    let twice = run_on(r#"{"$id":"b"}"#, &["filter", "--user", "-"]);
    assert_eq!((twice.status, twice.out.as_str()), (2, ""));
    assert!(twice.err.contains("can be passed only once"), "{}", twice.err);
    assert_eq!(run(&["roles", "--roles", USER_A]).out, "any\nuser:user-a\nusers\n");
    assert_eq!(count(&run(&["filter", "--guest", BIRTHDAYS]).out), 0);
}

#[test]
fn caller_that_cannot_be_made_ends_with_2() {
    let blocked = file("blocked.json", r#"{"$id":"b","status":false}"#);
    let array = file("array.json", "[]");
    let list = file("list.json", r#"{"total":1,"users":[{"$id":"user-a"}]}"#);
    let no_id = file("no-id.json", r#"{"id":"user-a","labels":["vip"]}"#);
    let null_id = file("null-id.json", r#"{"$id":null}"#);
    let empty_id = file("empty-id.json", r#"{"$id":""}"#);
    let reset = file("reset.json", r#"{"$id":"r","reset":true}"#);
    let document = file("document.json", r#"{"$id":"d","$collectionId":"c","$permissions":[]}"#);
    let member = r#"{"$id":"m","teamId":"t","userId":"u","confirm":true}"#;
    let membership = file("membership.json", member);
    let memberships = file("memberships.json", &format!(r#"{{"memberships":[{member}]}}"#));
    let keys = file("keys.json", r#"{"keys":[{"$id":"k","secret":"standard_k"}]}"#);
    let key = file("key.json", r#"{"$id":"k","secret":"standard_k"}"#);
    let collection = file(
        "collection-as-user.json",
        r#"{"$id":"movies","$permissions":[],"documentSecurity":true,"enabled":true}"#,
    );
    let team = file("team.json", r#"{"$id":"t","name":"Team","total":1,"prefs":{}}"#);
    let nothing = file("nothing.json", " \n");
    let marked = file("marked.json", "\u{feff}{\"$id\":\"u\"}");
    let twice = file("twice.json", r#"{"users":[],"users":[{"$id":"u"}]}"#);
    let labelled = file("labelled.json", r#"[{"$id":"u","labels":"x"}]"#);
    let strangers = file("strangers.json", r#"[{"$id":"u"},{"id":"user-a"}]"#);
    let users = users();
    let jwt = |users: &str| ["roles", "--jwt", "a.b.c", "--users", users].map(str::to_owned);
    for (args, message) in [
        (&["roles", "--roles", "any,usr:a"][..], "--roles: `usr:a`: expected a role, found `usr`"),
        (&["roles", "--user", &blocked], "blocked.json: user `b` is blocked"),
        (&["roles", "--user", &array], "expected a user, found an array; pass one element of"),
        (
            &["roles", "--user", &list],
            "expected a user with `$id`, found an object with the keys `total`, `users`; \
             pass one element of `users`",
        ),
        (&["roles", "--user", &no_id], "write `$id` instead of `id`"),
        (&["roles", "--user", &null_id], "expected a user with `$id`, found `$id`: null"),
        (&["roles", "--user", &empty_id], "found the `$id` ``, which is not an id; pass --guest"),
        (&["filter", "--user", &list, BIRTHDAYS], "pass one element of `users`"),
        (&["roles", "--user", &reset], "reset.json: user `r` must reset the password"),
        (&["roles", "--user", &document], "found an object with the key `$collectionId`"),
        (
            &["roles", "--user", &membership],
            "expected a user, found an object with the key `userId`",
        ),
        (&["roles", "--user", &collection], "found an object with the key `documentSecurity`"),
        (&["roles", "--user", &team], "found an object with the key `total`"),
        (
            &["roles", "--user", &memberships],
            "expected a user with `$id`, found an object with the key `memberships`\n",
        ),
        (&["roles", "--user", &nothing], "expected a user, found an empty file"),
        (&["roles", "--user", &marked], "found a byte order mark; leave it out"),
        (
            &["roles", "--api-key", "k", "--project", &keys],
            "expected a project with `$id`, found an object with the key `keys`\n",
        ),
        (
            &["roles", "--api-key", "k", "--project", &key],
            "expected a project, found an object with the key `secret`",
        ),
        (
            &["roles", "--api-key", "k", "--project", &empty_id],
            "expected a project, found the `$id` ``, which is not an id",
        ),
        (&["roles", "--user", "no/such/user.json"], "no/such/user.json: "),
        (&["roles", "--api-key", "standard_old", "--project", &project()], "has expired"),
        (
            &["roles", "--api-key", "ephemeral_a.b.c", "--project", &project()],
            "missing variable ROLEGATE_JWT_SECRET",
        ),
        (&["roles", "--api-key", "k", "--project", &array], "expected a project, found an array"),
        (&["roles", "--api-key", "k", "--project", &no_id], "expected a project with `$id`"),
    ] {
        let run = run(args);
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{args:?}: {}", run.err);
        assert!(run.err.contains(message), "{args:?}: {}", run.err);
    }
    for (users, message) in [
        (&users, "missing variable ROLEGATE_JWT_SECRET"),
        (&blocked, "expected an array of users, or an object with `users`, found an object with"),
        (&labelled, "expected a sequence at line 1"),
        (&memberships, "found an object with the key `memberships`\n"),
        (&strangers, "users[1]: expected a user with `$id`, found an object with the key `id`"),
        (&twice, "the key `users` is repeated"),
    ] {
        let args = jwt(users);
        let run = run(&args.each_ref().map(String::as_str));
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{args:?}: {}", run.err);
        assert!(run.err.contains(message), "{args:?}: {}", run.err);
    }
}

#[test]
fn roles_of_user_name_values_that_give_no_role() {
    let user = file(
        "user.json",
        r#"{"$id":"user-a","emailVerification":true,"labels":["vip","super-admin"],"memberships":[
            {"$id":"m1","teamId":"t1","confirm":true,"roles":["owner","project manager"]},
            {"$id":"m2","teamId":"t2"},
            {"teamId":"t3","confirm":true},
            {"$id":"m4","team_id":"t4","confirm":true},
            {"$id":"m5","teamId":"","confirm":true}
        ]}"#,
    );
    let roles = run(&["roles", "--user", &user]);
    assert_eq!(
        (roles.status, roles.out.as_str()),
        (
            0,
            "any\nlabel:vip\nmember:m1\nmember:m5\nteam:t1\nteam:t1/owner\nuser:user-a\n\
             user:user-a/verified\nusers\nusers/verified\n"
        )
    );
    let lines: Vec<&str> = roles.err.lines().collect();
    let starts = [
        "labels[1] `super-admin` gives no role: expected ",
        "memberships[0].roles[1] `project manager` gives no role: expected ",
        "memberships[1] `m2` gives no role: it is not confirmed",
        "memberships[2].$id is missing: the membership gives no role",
        "memberships[3].teamId is missing: the membership gives no role",
        "memberships[4].teamId gives no role of a team: expected ",
    ];
    assert_eq!(lines.len(), starts.len(), "{}", roles.err);
    for (line, start) in lines.iter().zip(starts) {
        assert!(line.starts_with(&format!("rolegate: {user}: {start}")), "{line}");
    }
    let filtered = run(&["filter", "--user", &user, BIRTHDAYS]);
    assert_eq!((filtered.status, filtered.err.as_str()), (0, ""));
}

#[test]
fn jwt_while_it_and_its_session_last_is_its_user() {
    let now = SystemTime::now();
    let users = users();
    let ask = |token: &str, secret| {
        run_with_secret(&["filter", "--jwt", token, "--users", &users, BIRTHDAYS], secret)
    };
    let good = ask(&jwt("user-a", "s1", now), SECRET);
    assert_eq!((good.status, count(&good.out), good.err.as_str()), (0, 1, ""));

    for (user, session) in [("user-a", "s2"), ("unknown", "s1")] {
        let guest = ask(&jwt(user, session, now), SECRET);
        assert_eq!((guest.status, count(&guest.out)), (0, 0));
        assert!(guest.err.contains("the JWT makes a guest: "), "{}", guest.err);
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
fn api_key_with_scope_sees_every_document() {
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

    for (key, message) in [
        ("standard_unknown", "unknown standard API key; the project has 3 keys"),
        ("account_unknown", "unknown account key"),
        ("future_unknown", "pass --guest"),
    ] {
        let unknown = ask(key);
        assert_eq!((unknown.status, unknown.out.as_str()), (2, ""), "{}", unknown.err);
        assert!(unknown.err.starts_with(&format!("rolegate: {project}: ")), "{}", unknown.err);
        assert!(unknown.err.contains(message), "{}", unknown.err);
        assert!(!unknown.err.contains(key), "{}", unknown.err);
    }
    let empty = file("empty.json", r#"{"$id":"p1"}"#);
    let none = run(&["roles", "--api-key", "standard_reader", "--project", &empty]);
    assert_eq!((none.status, none.out.as_str()), (2, ""));
    assert!(none.err.contains("the project has no `keys`"), "{}", none.err);
}

#[test]
fn ephemeral_key_with_scope_sees_every_document() {
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
    assert_eq!(ask(&good, "another"), (2, 0));
    assert_eq!(ask(&json!({"projectId": "p1", "scopes": []}), SECRET), (1, 0));
    assert_eq!(ask(&json!({"projectId": "p2", "scopes": ["documents.read"]}), SECRET), (2, 0));
}

//! Impersonation by headers.

use rolegate::User;
use rolegate::auth::http::SessionFormat;
use rolegate::auth::{KeyKind, StoredKey};

use super::super::{PROJECT, Store, jwt};
use super::{COOKIE, headers, outcome_with, session_of, with_session};
use serde_json::json;

/// Returns users of whom `user-a` and `user-b` are impersonators, and `user-d` is blocked.
fn users() -> Vec<User> {
    let mut users = ["user-a", "user-b", "user-c", "user-d"].map(with_session);
    for (user, phone) in users.iter_mut().zip(["+1", "+2", "+3", "+4"]) {
        user.email = Some(format!("{}@example.com", user.id));
        user.phone = Some(phone.into());
    }
    users[0].impersonator = true;
    users[1].impersonator = true;
    users[3].status = Some(false);
    users.into()
}

fn as_user(actor: &str, targets: [Option<&str>; 3]) -> String {
    let cookie = format!("{COOKIE}={}", session_of(actor));
    let names = ["id", "email", "phone"].map(|kind| format!("x-appwrite-impersonate-user-{kind}"));
    let mut lines = vec![("cookie", &*cookie)];
    let targets = names.iter().zip(targets);
    lines.extend(targets.filter_map(|(name, value)| Some((&**name, value?))));
    outcome_with(&Store::of_users(users()), &headers(&lines), SessionFormat::Appwrite)
}

#[test]
fn header_of_an_impersonator_names_the_target() {
    let id = |target| as_user("user-a", [Some(target), None, None]);
    let email = |target| as_user("user-a", [None, Some(target), None]);
    let phone = |target| as_user("user-a", [None, None, Some(target)]);
    for (found, expected) in [
        (id("user-c"), "user-a acts as user-c"),
        (email("user-c@example.com"), "user-a acts as user-c"),
        (email("User-C@Example.COM"), "user-a acts as user-c"),
        (phone("+3"), "user-a acts as user-c"),
        // One step: the target of `user-b` is not looked up.
        (id("user-b"), "user-a acts as user-b"),
        // The actor itself.
        (id("user-a"), "user-a acts as user-a"),
        (phone("+1"), "user-a acts as user-a"),
        (id("user-d"), "user_blocked"),
        (email("user-d@example.com"), "user_blocked"),
        (id("USER-C"), "user-a"),
        (id("user-x"), "user-a"),
        (id("user-c%20"), "user-a"),
        (id("user-c,user-d"), "user-a"),
        (email("user-x@example.com"), "user-a"),
        (phone("user-c"), "user-a"),
        // The first header that is not empty counts.
        (
            as_user("user-a", [Some("user-c"), Some("user-b@example.com"), Some("+4")]),
            "user-a acts as user-c",
        ),
        (
            as_user("user-a", [Some(""), Some("user-b@example.com"), Some("+3")]),
            "user-a acts as user-b",
        ),
        (as_user("user-a", [Some("0"), None, Some("+3")]), "user-a acts as user-c"),
        (as_user("user-a", [Some("user-x"), Some("user-c@example.com"), None]), "user-a"),
        // The others are no impersonators.
        (as_user("user-c", [Some("user-a"), None, None]), "user-c"),
        (as_user("user-c", [Some("user-d"), None, None]), "user-c"),
        (as_user("user-d", [Some("user-a"), None, None]), "user_blocked"),
    ] {
        assert_eq!(found, expected);
    }
}

#[test]
fn blocked_impersonator_is_refused() {
    let mut users = users();
    users[0].status = Some(false);
    let cookie = format!("{COOKIE}={}", session_of("user-a"));
    let lines = [("cookie", &*cookie), ("x-appwrite-impersonate-user-id", "user-c")];
    let found = outcome_with(&Store::of_users(users), &headers(&lines), SessionFormat::Appwrite);
    assert_eq!(found, "user_blocked");
}

#[test]
fn only_the_key_of_an_impersonator_acts_as_another_user() {
    let [mut actor, plain] = ["user-a", "user-c"].map(User::new);
    actor.impersonator = true;
    let store = Store::of_users(users())
        .with_key(KeyKind::Standard, "standard_a", StoredKey::of_project(PROJECT, "standard_a"))
        .with_key(
            KeyKind::Organization,
            "organization_a",
            StoredKey::of_organization("t", "organization_a"),
        )
        .with_key(KeyKind::Account, "account_a", StoredKey::of_account(actor, "account_a"))
        .with_key(KeyKind::Account, "account_c", StoredKey::of_account(plain, "account_c"));
    for (key, owner, expected) in [
        ("standard_a", "", "bypass"),
        ("organization_a", "", "any team:t team:t/owner"),
        ("account_a", "user-a", "user-a acts as user-b"),
        ("account_c", "user-c", "user-c"),
        ("account_a", "user-c", "user_unauthorized"),
        ("other_a", "", "guest: unknown kind of API key"),
    ] {
        let lines = [
            ("x-appwrite-project", PROJECT),
            ("x-appwrite-key", key),
            ("x-appwrite-user", owner),
            ("x-appwrite-organization", "t"),
            ("x-appwrite-impersonate-user-id", "user-b"),
        ];
        let found = outcome_with(&store, &headers(&lines), SessionFormat::Appwrite);
        assert_eq!(found, expected, "{key}");
    }
}

#[test]
fn jwt_of_an_impersonator_acts_as_another_user() {
    let jwt = jwt(&json!({"userId": "user-b", "sessionId": "s-user-b"}));
    let lines = [("x-appwrite-jwt", &*jwt), ("x-appwrite-impersonate-user-phone", "+1")];
    let found = outcome_with(&Store::of_users(users()), &headers(&lines), SessionFormat::Appwrite);
    assert_eq!(found, "user-b acts as user-a");
    let guest = [("x-appwrite-impersonate-user-id", "user-c")];
    let found = outcome_with(&Store::of_users(users()), &headers(&guest), SessionFormat::Appwrite);
    assert_eq!(found, "guest: no credential");
}

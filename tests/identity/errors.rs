//! The status, type, text and cause of every refusal.

use std::error::Error;

use rolegate::auth::{AuthenticateError, Credentials, KeyKind, StoredKey};
use rolegate::{Refusal, User};
use serde_json::json;

use super::{Down, FUTURE, NOW, PAST, PROJECT, Store, jwt, key, now, session, token, user, user_a};

/// Returns the refusal of each kind, and the name of its variant.
fn refusals() -> Vec<(&'static str, AuthenticateError)> {
    let jwt = jwt(&json!({"userId": "user-a"}));
    let expired = token(&json!({"userId": "user-a", "exp": NOW}));
    let store = |user: User| {
        Store::of_users(vec![user])
            .with_key(
                KeyKind::Standard,
                "standard_old",
                StoredKey::of_project(PROJECT, "standard_old").with_expire(PAST),
            )
            .with_key(
                KeyKind::Account,
                "account_old",
                StoredKey::of_account(user_a(), "account_old").with_expire(PAST),
            )
    };
    let refused =
        |credentials: &Credentials<'_>| store(user_a()).ask(credentials, now()).unwrap_err();
    let user_a_with = |field: &str, value: serde_json::Value| {
        let mut document = super::user_a_json();
        document[field] = value;
        store(user(document)).ask(&session(), now()).unwrap_err()
    };
    let scope = store(user_a()).verify(&session(), now()).unwrap();
    let guest = store(user_a()).ask(&Credentials::none(), now()).unwrap();
    let account = |secret| Credentials::none().with_key(secret).with_key_user("user-a");
    let organization = Credentials::none().with_key_organization("t1");
    let broken = Credentials::none().with_session("broken", "x");
    vec![
        ("SessionAndJwt", refused(&session().with_jwt("a.b"))),
        ("InvalidJwt", refused(&Credentials::none().with_jwt(&*expired))),
        ("UserAndApiKey", refused(&session().with_key("standard_old"))),
        ("UserAndApiKey", refused(&Credentials::none().with_jwt(&*jwt).with_key("standard_old"))),
        ("AccountKeyExpired", refused(&account("account_old"))),
        ("MissingProject", refused(&Credentials::none().with_key("standard_old"))),
        ("KeyExpired", refused(&key("standard_old"))),
        ("UnknownKey", refused(&key("standard_new"))),
        ("UnknownKey", refused(&account("account_new"))),
        ("UnknownKey", refused(&organization.with_key("organization_new"))),
        ("MissingScope", scope.require_scope("users.write").unwrap_err()),
        ("UserRequired", guest.require_user().unwrap_err()),
        ("Blocked", user_a_with("status", false.into())),
        ("PasswordResetRequired", user_a_with("reset", true.into())),
        ("MoreFactorsRequired", user_a_with("mfa", true.into())),
        ("Directory", refused(&broken)),
    ]
}

/// The table of statuses and types is Appwrite's.
#[test]
fn refusal_has_the_status_type_and_text_of_its_kind() {
    let expected = [
        (
            403,
            "user_jwt_and_cookie_set",
            "a session and a JWT in one request; send only one of them",
        ),
        (401, "user_jwt_invalid", "invalid JWT: the token has expired"),
        (
            403,
            "user_api_key_and_session_set",
            "an API key beside a session or JWT; send only one of them",
        ),
        (
            403,
            "user_api_key_and_session_set",
            "an API key beside a session or JWT; send only one of them",
        ),
        (401, "account_key_expired", "the account key has expired"),
        (
            403,
            "project_id_missing",
            "an API key without this project's id; name the project in `X-Appwrite-Project`",
        ),
        (401, "project_key_expired", "the API key has expired"),
        (401, "user_unauthorized", "unknown standard API key"),
        (401, "user_unauthorized", "unknown account key, or not of the user in `X-Appwrite-User`"),
        (
            401,
            "user_unauthorized",
            "unknown organization key, or not of the team in `X-Appwrite-Organization`",
        ),
        (401, "general_unauthorized_scope", "missing scope `users.write`"),
        (401, "general_unauthorized_scope", "this route requires a signed-in user"),
        (403, "user_blocked", "user `user-a` is blocked"),
        (412, "user_password_reset_required", "user `user-a` must reset the password"),
        (401, "user_more_factors_required", "the session of user `user-a` lacks a factor"),
        (500, "general_unknown", "the look-up of a user or key failed"),
    ];
    let refusals = refusals();
    assert_eq!(refusals.len(), expected.len());
    for ((variant, refusal), (status, error_type, text)) in refusals.into_iter().zip(expected) {
        assert_eq!(format!("{refusal:?}").split(['(', ' ', '{']).next(), Some(variant));
        assert_eq!(refusal.status(), status, "{variant}");
        assert_eq!(refusal.error_type(), error_type, "{variant}");
        assert_eq!(refusal.to_string(), text, "{variant}");
    }
}

#[test]
fn refusal_that_has_a_cause_gives_it_as_source() {
    for (variant, refusal) in refusals() {
        let source = refusal.source().map(ToString::to_string);
        let expected = match variant {
            "InvalidJwt" => Some("the token has expired"),
            "MissingScope" => Some("missing scope `users.write`"),
            "Blocked" => Some("user `user-a` is blocked"),
            "Directory" => Some("no connection"),
            _ => None,
        };
        assert_eq!(source.as_deref(), expected, "{variant}");
    }
    let broken = Credentials::none().with_session("broken", "x");
    let error = Store::default().ask(&broken, now()).unwrap_err();
    assert_eq!(error.source().and_then(|source| source.downcast_ref()), Some(&Down));
}

/// A refusal prints as one short line, even if the id of a user is long or has line breaks.
#[test]
fn refusal_with_a_hostile_user_id_stays_on_one_short_line() {
    for id in ["a\nuser-b`\u{1b}[2J", "\u{202e}b-resu", &"a".repeat(10_000)] {
        for (field, value) in
            [("status", json!(false)), ("reset", json!(true)), ("mfa", json!(true))]
        {
            let mut document = super::user_a_json();
            document["$id"] = id.into();
            document[field] = value;
            let credentials = Credentials::none().with_session(id, super::SESSION_SECRET);
            let error = Store::of_users(vec![user(document)]).ask(&credentials, now()).unwrap_err();
            let text = error.to_string();
            assert!(text.chars().all(|shown| shown.is_ascii() && !shown.is_control()), "{text}");
            assert!(text.len() < 400, "{text}");
        }
    }
}

/// An ephemeral key with an invalid token makes a guest instead.
#[test]
fn jwt_that_is_invalid_is_refused() {
    for jwt in ["a", "a.b.c", "..", "standard_abc", " "] {
        let outcome = Store::of_user_a().outcome(&Credentials::none().with_jwt(jwt));
        assert_eq!(outcome, "user_jwt_invalid", "{jwt:?}");
    }
}

/// PHP's empty texts count as absent, as in Appwrite.
#[test]
fn credential_that_is_empty_or_zero_counts_as_absent() {
    let none = Credentials::none();
    for empty in ["", "0"] {
        for credentials in [none.with_jwt(empty), none.with_key(empty)] {
            let outcome = Store::of_user_a().outcome(&credentials);
            assert_eq!(outcome, "guest: no credential", "{empty:?}");
        }
        let outcome = Store::of_user_a().outcome(&session().with_jwt(empty).with_key(empty));
        assert_eq!(outcome, "user-a", "{empty:?}");
    }
    let outcome = Store::of_user_a().outcome(&none.with_jwt(None::<&str>).with_key(None::<&str>));
    assert_eq!(outcome, "guest: no credential");
}

#[test]
fn stored_key_around_expire_is_refused_when_it_has_passed_as_date_or_as_text() {
    let user = User::new("user-a");
    let none = Credentials::none();
    for (kind, credentials, key, error_type) in [
        (
            KeyKind::Standard,
            none.with_project(PROJECT).with_key("standard_a"),
            StoredKey::of_project(PROJECT, "standard_a"),
            "project_key_expired",
        ),
        (
            KeyKind::Organization,
            none.with_key("organization_a").with_key_organization("t"),
            StoredKey::of_organization("t", "organization_a"),
            "project_key_expired",
        ),
        (
            KeyKind::Account,
            none.with_key("account_a").with_key_user("user-a"),
            StoredKey::of_account(user, "account_a"),
            "account_key_expired",
        ),
    ] {
        let secret = format!("{kind}_a");
        for (expire, expired) in [
            (PAST, true),
            ("2026-01-01T00:59:59.999+01:00", true),
            ("2025-12-31 23:59:59.999", true),
            ("tomorrow", true),
            (" ", true),
            ("0", false),
            ("2026-01-01T00:00:00.000+00:00", false),
            (FUTURE, false),
            ("9999-12-31T23:59:59.999+00:00", false),
            ("9999-12-31 23:59:59.999", false),
            ("9999-12-31T23:59:59.999+01:00", true),
            // Appwrite compares texts. These dates have passed there.
            ("2026-01-01 00:00:00.000", true),
            ("2025-12-31T23:00:00.000-01:00", true),
            ("", false),
        ] {
            let key = key.clone().with_expire(expire);
            let store = Store::default().with_key(kind, &secret, key);
            let error = store.ask(&credentials, now()).err().map(|error| error.error_type());
            assert_eq!(error, expired.then_some(error_type), "{kind} {expire:?}");
        }
        let store = Store::default().with_key(kind, &secret, key.clone());
        assert!(store.ask(&credentials, now()).is_ok(), "a {kind} key without expire");
    }
}

//! What errors say and what caused them, and what `Debug` shows where there is a secret.

use std::error::Error;
use std::time::Duration;

use rolegate::{
    CreateJwtError, Credentials, FoundKey, KeyKind, MAX_JWT_LIFETIME, Scopes, Secret, User,
};
use serde_json::json;

use super::{PROJECT, Store, authenticator, now, tokens};

#[test]
fn kinds_of_keys_have_the_names_that_keys_begin_with() {
    for (kind, name) in [
        (KeyKind::Standard, "standard"),
        (KeyKind::Ephemeral, "ephemeral"),
        (KeyKind::Organization, "organization"),
        (KeyKind::Account, "account"),
    ] {
        assert_eq!((kind.as_str(), kind.to_string().as_str()), (name, name), "{kind:?}");
    }
}

#[test]
fn errors_of_the_server_itself_say_what_to_change() {
    let error = Secret::new("").unwrap_err();
    assert_eq!(error.to_string(), "expected a secret, found an empty one");
    let longer = MAX_JWT_LIFETIME + Duration::from_secs(1);
    let error = tokens().create_jwt("u", "s", longer, now()).unwrap_err();
    assert_eq!(error.to_string(), "expected a lifetime of at most 3600s, found 3601s");
    assert_eq!(
        CreateJwtError::Id.to_string(),
        "expected ids of a user and a session, found one that cannot be"
    );
}

#[test]
fn what_caused_a_refusal_can_be_asked_for() {
    let user: User = serde_json::from_value(json!({"$id": "user-b", "status": false})).unwrap();
    let key = FoundKey::of_account(user, "account_b");
    let expired =
        FoundKey::of_project(PROJECT, "standard_x").with_expire("2025-01-01T00:00:00.000+00:00");
    let store = Store::default().with_key(KeyKind::Account, "account_b", key).with_key(
        KeyKind::Standard,
        "standard_x",
        expired,
    );
    let none = Credentials::none();
    for (credentials, cause) in [
        (none.with_jwt("a.b"), Some("expected three segments")),
        (none.with_key("account_b"), Some("user `user-b` is blocked")),
        (none.with_key("standard_x"), None),
        (none.with_jwt("a").with_key("b"), None),
    ] {
        let error = store.ask(&credentials, now()).unwrap_err();
        let refused = error.source().unwrap();
        assert_eq!(error.to_string(), refused.to_string());
        let source = refused.source().map(ToString::to_string);
        match (&source, cause) {
            (Some(source), Some(cause)) => assert!(source.starts_with(cause), "{source}"),
            _ => assert_eq!(source.as_deref(), cause, "{credentials:?}"),
        }
    }
    let error = Store::default().ask(&none.with_session(("broken", "s1")), now()).unwrap_err();
    assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("no connection"));
}

#[test]
fn a_log_shows_what_is_not_secret() {
    let authenticator = authenticator();
    let session = Credentials::none().with_session(("user-a", "s1"));
    let key = Credentials::none().with_key("standard_x");
    let pending = |credentials| authenticator.verify(credentials, now()).unwrap();
    for (shown, expected) in [
        (format!("{:?}", Secret::new("abc").unwrap()), "Secret(..)"),
        (format!("{:?}", Scopes::new(["b", "a"])), "{\"a\", \"b\"}"),
        (
            format!("{:?}", FoundKey::of_project("p", "standard_x").with_name("N")),
            "FoundKey { owner: Project(\"p\"), secret: .., name: Some(\"N\"), scopes: {}, expire: None }",
        ),
        (format!("{session:?}"), "Credentials { session: Some(..), jwt: None, key: None }"),
        (format!("{key:?}"), "Credentials { session: None, jwt: None, key: Some(..) }"),
        (format!("{authenticator:?}"), "Authenticator { project_id: \"project-1\", .. }"),
        (format!("{:?}", pending(&session)), "Pending { lookup: User(\"user-a\"), .. }"),
        (
            format!("{:?}", pending(&key)),
            "Pending { lookup: Key { kind: Standard, secret: .. }, .. }",
        ),
    ] {
        assert_eq!(shown, expected);
    }
}

//! Scopes: by their names, and by the two names of a few.

use rolegate::{
    BuiltInScopes, Credentials, GUEST_SCOPES, KeyKind, MissingScope, Scopes, Secret, Tokens,
};

use super::{Store, authenticator, now};

#[test]
fn documents_and_rows_are_one_and_nothing_else_is() {
    let pairs = [("documents.read", "rows.read"), ("documents.write", "rows.write")];
    for (old, new) in pairs {
        for held in [old, new] {
            let scopes = Scopes::new([held]);
            assert!(scopes.contains(old) && scopes.contains(new), "{held}");
            let others =
                ["collections.read", "tables.read", "documents", "rows", "rows.", "global"];
            for other in others.into_iter().chain([""]) {
                assert!(!scopes.contains(other), "{held} is not {other}");
            }
        }
    }
    let scopes = Scopes::new(["documents.read", "collections.write", "DOCUMENTS.write", "rows"]);
    for other in ["rows.write", "documents.write", "tables.write", "documents", "Rows.read"] {
        assert!(!scopes.contains(other), "{other}");
    }
    assert!(scopes.contains("rows"));
}

#[test]
fn a_missing_scope_is_named() {
    let error: MissingScope = Scopes::new(["users.read"]).require("documents.read").unwrap_err();
    assert_eq!(error.scope(), "documents.read");
    assert_eq!((error.status(), error.error_type()), (401, "general_unauthorized_scope"));
    assert_eq!(error.to_string(), "expected the scope `documents.read`, found others");
    let identity = Store::default().ask(&Credentials::none(), now()).unwrap();
    assert_eq!(identity.require_scope("users.read").unwrap_err().scope(), "users.read");
    assert!(identity.require_scope("documents.read").is_ok());
}

#[test]
fn users_have_at_least_what_guests_have() {
    let store = Store::of_user_a();
    let session = Credentials::none().with_session(("user-a", "s1"));
    let identity = store.ask(&session, now()).unwrap();
    for scope in GUEST_SCOPES {
        assert!(identity.require_scope(scope).is_ok(), "{scope}");
    }
}

#[test]
fn a_host_gives_other_scopes() {
    let mut scopes = BuiltInScopes::default();
    scopes.guests = Scopes::default();
    scopes.users = Scopes::new(["account"]);
    scopes.keys = ["home"].into_iter().collect();
    let authenticator = authenticator().with_scopes(scopes);
    let key = rolegate::FoundKey::of_project(super::PROJECT, "k");
    let store = Store::of_user_a().with_key(KeyKind::Standard, "k", key);
    for (credentials, expected) in [
        (Credentials::none(), vec![]),
        (Credentials::none().with_session(("user-a", "s1")), vec!["account"]),
        (Credentials::none().with_key("k"), vec!["home"]),
    ] {
        let identity = authenticator.authenticate(&credentials, &store, now()).unwrap();
        assert_eq!(identity.scopes().iter().collect::<Vec<_>>(), expected);
    }
}

#[test]
fn everything_is_send_and_sync() {
    fn check<T: Send + Sync + 'static>() {}
    check::<rolegate::Authenticator>();
    check::<rolegate::Pending<'static>>();
    check::<rolegate::Identity>();
    check::<Credentials<'static>>();
    check::<rolegate::FoundKey>();
    check::<rolegate::AuthenticateError>();
    check::<Tokens>();
    check::<Secret>();
    assert!(size_of::<Result<(), rolegate::TokenError>>() <= 24);
}

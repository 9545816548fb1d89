//! Scopes: the two names of some scopes, and the scopes that a host sets.

use rolegate::Refusal;
use rolegate::auth::{
    AuthenticateError, Authenticated, Authenticator, BuiltInScopes, Credentials, GUEST_SCOPES,
    Identity, JwtKeys, KeyKind, KeyLookup, MissingScope, Scopes, Secret, Step, StoredKey,
    TokenError, UserLookup,
};

use super::{PROJECT, Store, authenticator, both_sessions, key, now, session};

#[test]
fn scope_of_documents_and_rows_is_held_under_either_name_only() {
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
fn missing_scope_is_named_in_the_refusal() {
    let error: MissingScope = Scopes::new(["users.read"]).require("documents.read").unwrap_err();
    assert_eq!(error.scope(), "documents.read");
    assert_eq!((error.status(), error.error_type()), (401, "general_unauthorized_scope"));
    assert_eq!(error.to_string(), "missing scope `documents.read`");
    let identity = Store::default().ask(&Credentials::none(), now()).unwrap();
    assert_eq!(identity.require_scope("users.read").unwrap_err().scope(), "users.read");
    assert!(identity.require_scope("documents.read").is_ok());
}

#[test]
fn key_that_bypasses_permissions_without_the_scope_is_refused() {
    let stored = StoredKey::of_project(PROJECT, "standard_a").with_scopes(["rows.read"]);
    let store = Store::default().with_key(KeyKind::Standard, "standard_a", stored);
    let ask = |scope| store.verify(&key("standard_a"), now()).unwrap().require_scope(scope);
    assert!(ask("documents.read").unwrap().principal().bypasses_permissions());
    match ask("documents.write").unwrap_err() {
        AuthenticateError::MissingScope(error) => assert_eq!(error.scope(), "documents.write"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn user_has_the_scopes_of_guests() {
    for session in both_sessions() {
        let identity = Store::of_user_a().ask(&session, now()).unwrap();
        for scope in GUEST_SCOPES {
            assert!(identity.require_scope(scope).is_ok(), "{scope}");
        }
    }
}

#[test]
fn scopes_of_the_host_replace_the_built_in_ones() {
    let mut scopes = BuiltInScopes::default();
    scopes.guests = Scopes::default();
    scopes.users = Scopes::new(["account"]);
    scopes.keys = ["home"].into_iter().collect();
    let authenticator = authenticator().with_scopes(scopes);
    let store =
        Store::of_user_a().with_key(KeyKind::Standard, "k", StoredKey::of_project(PROJECT, "k"));
    for (credentials, expected) in [
        (Credentials::none(), vec![]),
        (session(), vec!["account"]),
        (key("k"), vec!["home"]),
        (key("unknown_k"), vec![]),
    ] {
        let caller = authenticator.authenticate(&credentials, &store, now()).unwrap();
        let identity = caller.require_active().unwrap();
        assert_eq!(identity.scopes().iter().collect::<Vec<_>>(), expected);
    }
}

#[test]
fn public_types_are_send_and_sync() {
    fn check<T: Send + Sync + 'static>() {}
    check::<Authenticator>();
    check::<Authenticated>();
    check::<Step<'static>>();
    check::<UserLookup<'static>>();
    check::<KeyLookup<'static>>();
    check::<Identity>();
    check::<Credentials<'static>>();
    check::<StoredKey>();
    check::<AuthenticateError>();
    check::<JwtKeys>();
    check::<Secret>();
    assert!(size_of::<Result<(), TokenError>>() <= 24);
}

//! What API keys may do.

use std::time::Duration;

use rolegate::{
    Authenticator, Credentials, FoundKey, KeyKind, Principal, Provenance, Role, TokenErrorKind,
    User,
};
use serde_json::json;

use super::{NOW, PROJECT, Store, at, authenticator, now, token};

#[test]
fn standard_keys_bypass_permissions_in_their_project() {
    let key = FoundKey::of_project(PROJECT, "standard_abc")
        .with_name("Backend")
        .with_scopes(["users.read"])
        .with_expire("2026-01-02T00:00:00.000+00:00");
    let store = Store::default().with_key(KeyKind::Standard, "standard_abc", key);
    let identity = store.ask(&Credentials::none().with_key("standard_abc"), now()).unwrap();
    assert_eq!(identity.principal(), &Principal::key_with_bypass());
    assert_eq!(identity.expires_at(), Some(now() + Duration::from_secs(86_400)));
    let scopes: Vec<_> = identity.scopes().iter().collect();
    assert_eq!(scopes, ["global", "graphql", "health.read", "users.read"]);
    match identity.provenance() {
        Provenance::ApiKey { kind, name, owner_id, .. } => {
            assert_eq!((*kind, &**name, &**owner_id), (KeyKind::Standard, "Backend", PROJECT));
        }
        other => panic!("{other:?}"),
    }
}

/// Also one without a prefix, which is as old as Appwrite.
#[test]
fn keys_without_a_kind_are_standard_ones() {
    let key = FoundKey::of_project(PROJECT, "abc");
    let store = Store::default().with_key(KeyKind::Standard, "abc", key);
    let identity = store.ask(&Credentials::none().with_key("abc"), now()).unwrap();
    assert!(identity.principal().bypasses_permissions());
}

#[test]
fn ephemeral_keys_bypass_permissions_in_their_project_until_they_expire() {
    let claims = json!({"projectId": PROJECT, "scopes": ["documents.read"], "exp": NOW + 60});
    for prefix in ["ephemeral", "dynamic"] {
        let key = format!("{prefix}_{}", token(&claims));
        let identity = Store::default().ask(&Credentials::none().with_key(&*key), now()).unwrap();
        assert_eq!(identity.principal(), &Principal::key_with_bypass());
        assert_eq!(identity.expires_at(), Some(at(NOW + 60)));
        assert!(identity.require_scope("rows.read").is_ok());
        assert!(identity.require_scope("health.read").is_ok());
        let Provenance::ApiKey { kind, name, .. } = identity.provenance() else { panic!() };
        assert_eq!((*kind, &**name), (KeyKind::Ephemeral, "Ephemeral Key"));
    }
    // As in the reference it may do without an end, but not grow older than a day.
    for (claims, end) in [
        (json!({"projectId": PROJECT}), None),
        (json!({"projectId": PROJECT, "iat": NOW - 86_399}), Some(at(NOW + 1))),
    ] {
        let key = format!("ephemeral_{}", token(&claims));
        let identity = Store::default().ask(&Credentials::none().with_key(&*key), now()).unwrap();
        assert!(identity.principal().bypasses_permissions());
        assert_eq!(identity.expires_at(), end);
    }
}

/// The reference takes it for a key of this project.
#[test]
fn ephemeral_keys_of_another_project_bypass_nothing_even_where_they_may_be_used() {
    let claims = json!({
        "projectId": "project-2", "projectCheckDisabled": true, "scopes": ["documents.read"],
    });
    let key = format!("ephemeral_{}", token(&claims));
    let identity = Store::default().ask(&Credentials::none().with_key(&*key), now()).unwrap();
    assert_eq!(identity.guest_reason(), None);
    assert!(!identity.principal().bypasses_permissions());
    assert_eq!(identity.principal(), &Principal::from_roles([Role::any()]));
    assert!(identity.require_scope("documents.read").is_ok());

    let there = Authenticator::new(super::tokens(), "project-2");
    let credentials = Credentials::none().with_key(&*key);
    let identity = there.authenticate(&credentials, &Store::default(), now()).unwrap();
    assert!(identity.principal().bypasses_permissions());
}

#[test]
fn keys_of_organizations_are_their_owners_and_no_more() {
    let key = FoundKey::of_organization("t1", "organization_o").with_scopes(["documents.read"]);
    let hostile = FoundKey::of_organization("t1/owner", "organization_x");
    let store = Store::default().with_key(KeyKind::Organization, "organization_o", key).with_key(
        KeyKind::Organization,
        "organization_x",
        hostile,
    );
    let identity = store.ask(&Credentials::none().with_key("organization_o"), now()).unwrap();
    let owners = Principal::parse_roles(["any", "team:t1", "team:t1/owner"]).unwrap();
    assert_eq!(identity.principal(), &owners);
    assert_eq!(identity.scopes().iter().collect::<Vec<_>>(), ["documents.read"]);

    let identity = store.ask(&Credentials::none().with_key("organization_x"), now()).unwrap();
    assert_eq!(identity.principal(), &Principal::from_roles([Role::any()]));
}

#[test]
fn keys_of_accounts_act_as_their_users() {
    let user: User = serde_json::from_value(json!({"$id": "user-a", "labels": ["vip"]})).unwrap();
    let key = FoundKey::of_account(user.clone(), "account_a").with_scopes(["documents.read"]);
    let nobody = FoundKey::of_account(User::new(""), "account_n");
    let store = Store::default().with_key(KeyKind::Account, "account_a", key).with_key(
        KeyKind::Account,
        "account_n",
        nobody,
    );
    let identity = store.ask(&Credentials::none().with_key("account_a"), now()).unwrap();
    assert_eq!(identity.principal(), &Principal::user(&user).unwrap());
    assert_eq!(identity.scopes().iter().collect::<Vec<_>>(), ["documents.read"]);
    assert!(identity.require_scope("global").is_err());

    let identity = store.ask(&Credentials::none().with_key("account_n"), now()).unwrap();
    assert_eq!(identity.guest_reason(), Some(rolegate::GuestReason::UnknownUser));
}

/// What an ephemeral key may lack, a user's JWT may not.
#[test]
fn an_ephemeral_key_is_no_jwt() {
    let ephemeral = token(&json!({"projectId": PROJECT}));
    let error = authenticator().tokens().verify_jwt(&ephemeral, now()).unwrap_err();
    assert_eq!(error.kind(), TokenErrorKind::MissingExp);
}

//! The rights of API keys of each kind, and the requests in which they are refused.

use std::time::Duration;

use rolegate::auth::{
    AuthMethod, Authenticator, Credentials, Directory, KeyKind, Scopes, StoredKey, TokenErrorKind,
};
use rolegate::{Principal, Role, User};
use serde_json::json;

use super::{
    NOW, PAST, PROJECT, Store, at, authenticator, jwt_keys, key, now, outcome, token, user,
};

#[test]
fn standard_key_of_this_project_bypasses_permissions() {
    let stored = StoredKey::of_project(PROJECT, "standard_abc")
        .with_name("Backend")
        .with_scopes(["users.read"])
        .with_expire("2026-01-02T00:00:00.000+00:00");
    let store = Store::default().with_key(KeyKind::Standard, "standard_abc", stored);
    let identity = store.ask(&key("standard_abc"), now()).unwrap();
    assert_eq!(identity.principal(), &Principal::key_with_bypass());
    assert_eq!(identity.expires_at(), Some(now() + Duration::from_secs(86_400)));
    let scopes: Vec<_> = identity.scopes().iter().collect();
    assert_eq!(scopes, ["global", "graphql", "health.read", "users.read"]);
    match identity.method() {
        AuthMethod::ApiKey { kind, name, owner_id, .. } => {
            assert_eq!((*kind, &**name, &**owner_id), (KeyKind::Standard, "Backend", PROJECT));
        }
        other => panic!("{other:?}"),
    }
}

/// The oldest keys of Appwrite have no prefix.
#[test]
fn key_without_a_prefix_is_a_standard_key() {
    let stored = StoredKey::of_project(PROJECT, "abc");
    let store = Store::default().with_key(KeyKind::Standard, "abc", stored);
    assert_eq!(store.outcome(&key("abc")), "bypass");
}

#[test]
fn ephemeral_key_of_this_project_bypasses_permissions_until_it_expires() {
    let claims = json!({"projectId": PROJECT, "scopes": ["documents.read"], "exp": NOW + 60});
    for prefix in ["ephemeral", "dynamic"] {
        let ephemeral = format!("{prefix}_{}", token(&claims));
        let identity = Store::default().ask(&key(&ephemeral), now()).unwrap();
        assert_eq!(identity.principal(), &Principal::key_with_bypass());
        assert_eq!(identity.expires_at(), Some(at(NOW + 60)));
        assert!(identity.require_scope("rows.read").is_ok());
        assert!(identity.require_scope("health.read").is_ok());
        let AuthMethod::ApiKey { kind, name, .. } = identity.method() else { panic!() };
        assert_eq!((*kind, &**name), (KeyKind::Ephemeral, "Ephemeral Key"));
        let later = Store::default().ask(&key(&ephemeral), at(NOW + 60)).unwrap();
        assert!(!later.principal().bypasses_permissions());
    }
    // As in Appwrite, `exp` may be missing, and the maximum age is one day.
    for (claims, end) in [
        (json!({"projectId": PROJECT}), None),
        (json!({"projectId": PROJECT, "iat": NOW - 86_399}), Some(at(NOW + 1))),
    ] {
        let ephemeral = format!("ephemeral_{}", token(&claims));
        let identity = Store::default().ask(&key(&ephemeral), now()).unwrap();
        assert!(identity.principal().bypasses_permissions());
        assert_eq!(identity.expires_at(), end);
    }
}

/// In Appwrite, such a key counts as a key of this project.
#[test]
fn ephemeral_key_of_another_project_bypasses_nothing_where_it_is_allowed() {
    let claims = json!({
        "projectId": "project-2", "projectCheckDisabled": true, "scopes": ["documents.read"],
    });
    let ephemeral = format!("ephemeral_{}", token(&claims));
    let identity = Store::default().ask(&key(&ephemeral), now()).unwrap();
    assert_eq!(identity.guest_reason(), None);
    assert_eq!(identity.principal(), &Principal::from_roles([Role::any()]));
    assert!(identity.require_scope("documents.read").is_ok());

    let there = Authenticator::new(jwt_keys(), "project-2");
    let credentials = key(&ephemeral).with_project("project-2");
    let caller = there.authenticate(&credentials, &Store::default(), now()).unwrap();
    assert!(caller.require_active().unwrap().principal().bypasses_permissions());
}

#[test]
fn project_key_in_a_request_for_another_project_is_refused() {
    let stored = |secret| StoredKey::of_project(PROJECT, secret).with_expire(PAST);
    let store = Store::default()
        .with_key(KeyKind::Standard, "standard_a", StoredKey::of_project(PROJECT, "standard_a"))
        .with_key(KeyKind::Standard, "standard_old", stored("standard_old"));
    let ephemeral = format!("ephemeral_{}", token(&json!({"projectId": PROJECT})));
    let dynamic = format!("dynamic_{}", token(&json!({"projectId": PROJECT})));
    let elsewhere = token(&json!({"projectId": "project-2", "projectCheckDisabled": true}));
    let elsewhere = format!("ephemeral_{elsewhere}");
    // Key, outcome in this project.
    let keys = [
        ("standard_a", "bypass"),
        ("standard_old", "project_key_expired"),
        ("standard_x", "user_unauthorized"),
        ("plain", "user_unauthorized"),
        (&*ephemeral, "bypass"),
        (&*dynamic, "bypass"),
        (&*elsewhere, "any"),
        (
            "ephemeral_x",
            "guest: invalid token in API key: expected three segments with dots between them",
        ),
        ("other_x", "guest: unknown kind of API key"),
    ];
    for (secret, expected) in keys {
        let credentials = Credentials::none().with_key(secret);
        for project in [None, Some(""), Some("0"), Some("project-2"), Some("Project-1")] {
            let outcome = store.outcome(&credentials.with_project(project));
            assert_eq!(outcome, "project_id_missing", "{secret} in {project:?}");
        }
        assert_eq!(store.outcome(&credentials.with_project(PROJECT)), expected, "{secret}");
    }
    // The other kinds do not belong to the project.
    let store = store
        .with_key(KeyKind::Account, "account_a", StoredKey::of_account(User::new("u"), "account_a"))
        .with_key(
            KeyKind::Organization,
            "organization_a",
            StoredKey::of_organization("t", "organization_a"),
        );
    let none = Credentials::none().with_key_user("u").with_key_organization("t");
    for project in [None, Some("project-2"), Some(PROJECT)] {
        let none = none.with_project(project);
        assert_eq!(store.outcome(&none.with_key("account_a")), "u");
        let owner = store.outcome(&none.with_key("organization_a"));
        assert_eq!(owner, "any team:t team:t/owner");
    }
}

/// A project without an id must not accept keys. Ids are compared whole.
#[test]
fn project_key_in_a_project_without_an_id_does_not_bypass() {
    for (project, of_key) in
        [("", ""), ("0", "0"), (PROJECT, "Project-1"), (PROJECT, "project-1 "), ("", PROJECT)]
    {
        let stored = StoredKey::of_project(of_key, "standard_a");
        let store = Store::default().with_key(KeyKind::Standard, "standard_a", stored);
        let authenticator = Authenticator::new(jwt_keys(), project);
        let ephemeral = format!("ephemeral_{}", token(&json!({ "projectId": of_key })));
        let of_nothing = format!("ephemeral_{}", token(&json!({ "userId": "user-a" })));
        for secret in ["standard_a", &ephemeral, &of_nothing] {
            for named in [project, of_key] {
                let credentials = Credentials::none().with_key(secret).with_project(named);
                let answer = authenticator.authenticate(&credentials, &store, now());
                if let Ok(caller) = answer {
                    let identity = caller.require_active().unwrap();
                    assert!(!identity.principal().bypasses_permissions(), "{secret} {project:?}");
                    assert!(identity.guest_reason().is_some(), "{secret} in {project:?}");
                }
            }
        }
    }
}

#[test]
fn organization_key_has_the_roles_of_the_owners_of_its_team_only() {
    let stored = StoredKey::of_organization("t1", "organization_o").with_scopes(["documents.read"]);
    let hostile = StoredKey::of_organization("t1/owner", "organization_x");
    let store = Store::default()
        .with_key(KeyKind::Organization, "organization_o", stored)
        .with_key(KeyKind::Organization, "organization_x", hostile);
    let credentials = key("organization_o").with_key_organization("t1");
    let identity = store.ask(&credentials, now()).unwrap();
    let owners = Principal::parse_roles(["any", "team:t1", "team:t1/owner"]).unwrap();
    assert_eq!(identity.principal(), &owners);
    assert_eq!(identity.scopes(), &Scopes::new(["documents.read"]));
    assert!(identity.require_user().is_err());

    let credentials = key("organization_x").with_key_organization("t1/owner");
    let identity = store.ask(&credentials, now()).unwrap();
    assert_eq!(identity.principal(), &Principal::from_roles([Role::any()]));
}

#[test]
fn account_key_acts_as_its_user_with_its_own_scopes_only() {
    let account = user(json!({"$id": "user-a", "labels": ["vip"], "mfa": true,
        "emailVerification": true}));
    let stored = StoredKey::of_account(account.clone(), "account_a")
        .with_scopes(["documents.read"])
        .with_expire(super::FUTURE);
    let store = Store::default().with_key(KeyKind::Account, "account_a", stored);
    let identity = store.ask(&key("account_a").with_key_user("user-a"), now()).unwrap();
    assert_eq!(identity.principal(), &Principal::user(&account).unwrap());
    assert_eq!(identity.scopes(), &Scopes::new(["documents.read"]));
    assert!(identity.require_scope("global").is_err());
    assert_eq!(identity.require_user().unwrap(), "user-a");
    assert_eq!(identity.expires_at(), Some(at(NOW + 3600)));
}

/// The platform and the project may have users with the same id.
#[test]
fn account_key_is_never_taken_from_a_user_of_the_project() {
    struct NoUsers(Store);
    impl Directory for NoUsers {
        type Error = super::Down;
        fn user(&self, _: rolegate::auth::UserLookup<'_>) -> Result<Option<User>, super::Down> {
            panic!("an account key needs no user of the project")
        }
        fn key(
            &self,
            lookup: rolegate::auth::KeyLookup<'_>,
        ) -> Result<Option<StoredKey>, super::Down> {
            self.0.key(lookup)
        }
    }
    let stored = StoredKey::of_account(User::new("user-a"), "account_a");
    let directory = NoUsers(Store::default().with_key(KeyKind::Account, "account_a", stored));
    let ask = |credentials: Credentials<'_>| {
        let caller = authenticator().authenticate(&credentials, &directory, now());
        outcome(caller.and_then(rolegate::auth::Authenticated::require_active))
    };
    assert_eq!(ask(key("account_a").with_key_user("user-a")), "user-a");
    assert_eq!(ask(key("account_b").with_key_user("user-a")), "user_unauthorized");
}

#[test]
fn owned_key_of_an_owner_that_the_request_does_not_name_is_refused() {
    let store = Store::default()
        .with_key(
            KeyKind::Account,
            "account_a",
            StoredKey::of_account(User::new("user-a"), "account_a").with_expire(PAST),
        )
        .with_key(
            KeyKind::Organization,
            "organization_a",
            StoredKey::of_organization("t1", "organization_a").with_expire(PAST),
        );
    let account = |user| key("account_a").with_key_user(user);
    let organization = |team| key("organization_a").with_key_organization(team);
    for (credentials, expected) in [
        (account(None), "user_unauthorized"),
        (account(Some("")), "user_unauthorized"),
        (account(Some("0")), "user_unauthorized"),
        (account(Some("user-b")), "user_unauthorized"),
        (account(Some("USER-A")), "user_unauthorized"),
        (account(Some("user-a")), "account_key_expired"),
        (organization(None), "user_unauthorized"),
        (organization(Some("")), "user_unauthorized"),
        (organization(Some("0")), "user_unauthorized"),
        (organization(Some("t2")), "user_unauthorized"),
        (organization(Some("T1")), "user_unauthorized"),
        (organization(Some("t1/owner")), "user_unauthorized"),
        (organization(Some("t1")), "project_key_expired"),
        (account(None).with_key_organization("user-a"), "user_unauthorized"),
        (organization(None).with_key_user("t1"), "user_unauthorized"),
    ] {
        assert_eq!(store.outcome(&credentials), expected, "{credentials:?}");
    }
}

/// An ephemeral key may lack `exp`, and a user's JWT may not.
#[test]
fn token_of_an_ephemeral_key_without_exp_is_no_jwt() {
    let ephemeral = token(&json!({"projectId": PROJECT}));
    let error = authenticator().jwt_keys().verify_jwt(&ephemeral, now()).unwrap_err();
    assert_eq!(error.kind(), TokenErrorKind::MissingExp);
}

//! Several credentials in one request, and the order of the refusals when several apply.

use rolegate::auth::{Credentials, ImpersonationTarget, KeyKind, StoredKey};
use serde_json::json;

use super::{
    NOW, PAST, PROJECT, SESSION_SECRET, Store, jwt, now, outcome, session, sha256, token, user,
    user_a_json,
};

/// Returns a store of `user-a`, with the session `s1` and the expired session `s0`.
fn store() -> Store {
    let mut document = user_a_json();
    document["sessions"].as_array_mut().unwrap().push(json!({
        "$id": "s0",
        "expire": PAST,
        "secret": sha256("old-secret"),
        "provider": "email",
        "factors": ["password"],
    }));
    let standard = |secret| StoredKey::of_project(PROJECT, secret);
    let account = |secret| StoredKey::of_account(user(json!({"$id": "user-k"})), secret);
    let organization = |secret| StoredKey::of_organization("t", secret);
    let (standard_old, account_old) = (standard("standard_old"), account("account_old"));
    let organization_old = organization("organization_old").with_expire(PAST);
    Store::of_users(vec![user(document)])
        .with_key(KeyKind::Standard, "standard_a", standard("standard_a"))
        .with_key(KeyKind::Standard, "standard_old", standard_old.with_expire(PAST))
        .with_key(KeyKind::Account, "account_a", account("account_a"))
        .with_key(KeyKind::Account, "account_old", account_old.with_expire(PAST))
        .with_key(KeyKind::Organization, "organization_a", organization("organization_a"))
        .with_key(KeyKind::Organization, "organization_old", organization_old)
}

/// A credential, and the outcome of a request with this credential alone: the user, a refusal, or a guest.
type Row<'a> = (Credentials<'a>, &'static str);

fn sessions() -> [Row<'static>; 6] {
    let none = Credentials::none();
    [
        (none, "guest: no credential"),
        (none.with_session("user-a", SESSION_SECRET), "user-a"),
        (none.with_session_verified_by_host("user-a", "s1"), "user-a"),
        (none.with_session("user-a", "x"), "guest: the user has no session with this secret"),
        (none.with_session("user-a", "old-secret"), "guest: the session has expired"),
        (none.with_session("user-x", SESSION_SECRET), "guest: unknown user"),
    ]
}

/// Returns tokens, and the outcome of a request with each token alone.
fn tokens() -> [(Option<String>, &'static str); 8] {
    let of = |claims| Some(jwt(&claims));
    [
        (None, "guest: no credential"),
        (of(json!({"userId": "user-a", "sessionId": "s1"})), "user-a"),
        (of(json!({"userId": "user-a"})), "user-a"),
        (of(json!({"userId": "user-x"})), "guest: unknown user"),
        (of(json!({})), "guest: the JWT names no user"),
        (
            of(json!({"userId": "user-a", "sessionId": "s9"})),
            "guest: the session of the JWT has been deleted",
        ),
        (of(json!({"userId": "user-a", "sessionId": "s0"})), "guest: the session has expired"),
        (Some(token(&json!({"userId": "user-a", "exp": NOW}))), "user_jwt_invalid"),
    ]
}

/// Keys, and the outcome of a request with each key alone. The request names the project and both owners.
const KEYS: [(Option<&str>, &str); 9] = [
    (None, "guest: no credential"),
    (Some("standard_a"), "bypass"),
    (Some("standard_old"), "project_key_expired"),
    (Some("standard_x"), "user_unauthorized"),
    (Some("account_a"), "user-k"),
    (Some("account_old"), "account_key_expired"),
    (Some("organization_a"), "any team:t team:t/owner"),
    (
        Some("ephemeral_x"),
        "guest: invalid token in API key: expected three segments with dots between them",
    ),
    (Some("other_x"), "guest: unknown kind of API key"),
];

#[test]
fn credentials_in_every_combination_conflict_only_if_the_first_resolves_to_a_user() {
    let store = store();
    let mut conflicts = 0;
    for (session, of_session) in sessions() {
        for (token, of_token) in &tokens() {
            for (key, of_key) in KEYS {
                for owners in [false, true] {
                    let mut credentials = session.with_project(PROJECT).with_key(key);
                    if owners {
                        credentials = credentials.with_key_user("user-k");
                        credentials = credentials.with_key_organization("t");
                    }
                    let credentials = match token {
                        Some(token) => credentials.with_jwt(&**token),
                        None => credentials,
                    };
                    let owned = key.is_some_and(|key| {
                        key.starts_with("account_") || key.starts_with("organization_")
                    });
                    let of_key = if owned && !owners { "user_unauthorized" } else { of_key };
                    let user = |outcome: &str| outcome == "user-a";
                    let expected = if token.is_some() && user(of_session) {
                        "user_jwt_and_cookie_set"
                    } else if *of_token == "user_jwt_invalid" {
                        "user_jwt_invalid"
                    } else if key.is_some() && (user(of_session) || user(of_token)) {
                        "user_api_key_and_session_set"
                    } else if key.is_some() {
                        of_key
                    } else if token.is_some() {
                        of_token
                    } else {
                        of_session
                    };
                    conflicts += usize::from(expected.ends_with("_set"));
                    let found = store.outcome(&credentials);
                    assert_eq!(found, expected, "{of_session}, {of_token}, {key:?}, {owners}");
                }
            }
        }
    }
    assert_eq!(conflicts, 2 * 7 * 9 * 2 + 2 * 8 * 2 + 4 * 2 * 8 * 2);
}

/// In Appwrite, a key beside a user is refused only with `X-Appwrite-User`. Here it is always refused.
#[test]
fn key_of_any_kind_beside_a_user_is_refused_with_or_without_a_named_user() {
    let jwt = jwt(&json!({"userId": "user-a"}));
    for user in [session(), Credentials::none().with_jwt(&*jwt)] {
        for (key, _) in &KEYS[1..] {
            for named in [None, Some("user-k"), Some("user-a"), Some("")] {
                for project in [None, Some(PROJECT)] {
                    let credentials =
                        user.with_key(*key).with_key_user(named).with_project(project);
                    let found = store().outcome(&credentials);
                    assert_eq!(found, "user_api_key_and_session_set", "{key:?} {named:?}");
                }
            }
        }
    }
}

/// Each request has the fault of its row, and all possible faults of the rows after it.
#[test]
fn request_with_several_faults_is_refused_for_the_first_one() {
    let mut document = user_a_json();
    document["status"] = false.into();
    document["reset"] = true.into();
    document["mfa"] = true.into();
    document["impersonator"] = true.into();
    let reset = {
        let mut document = document.clone();
        document["status"] = true.into();
        document
    };
    let factors = {
        let mut document = reset.clone();
        document["reset"] = false.into();
        document
    };
    let fine = {
        let mut document = factors.clone();
        document["mfa"] = false.into();
        document
    };
    let valid = jwt(&json!({"userId": "user-a"}));
    let invalid = token(&json!({"userId": "user-a", "exp": NOW}));
    let none = Credentials::none();
    let old_account = |key_user| none.with_key("account_old").with_key_user(key_user);
    let wrong_project = none.with_project("project-2");
    let rows = [
        (
            &document,
            session().with_jwt(&*invalid).with_key("account_old").with_key_user("user-k"),
            "users.write",
            "user_jwt_and_cookie_set",
        ),
        (
            &document,
            none.with_session("user-a", "x").with_jwt(&*invalid).with_key("standard_old"),
            "users.write",
            "user_jwt_invalid",
        ),
        (
            &document,
            session().with_key("account_old").with_key_user("user-k"),
            "users.write",
            "user_api_key_and_session_set",
        ),
        (
            &document,
            wrong_project.with_jwt(&*valid).with_key("standard_old"),
            "users.write",
            "user_api_key_and_session_set",
        ),
        (&document, old_account("user-k"), "users.write", "account_key_expired"),
        (&document, old_account("user-a"), "users.write", "user_unauthorized"),
        (&document, wrong_project.with_key("standard_old"), "users.write", "project_id_missing"),
        (&document, wrong_project.with_key("standard_x"), "users.write", "project_id_missing"),
        (&document, wrong_project.with_key("ephemeral_x"), "users.write", "project_id_missing"),
        (&document, wrong_project.with_key("other_x"), "users.write", "project_id_missing"),
        (&document, super::key("standard_old"), "users.write", "project_key_expired"),
        (
            &document,
            super::key("organization_old").with_key_organization("t"),
            "users.write",
            "project_key_expired",
        ),
        (&document, super::key("standard_x"), "users.write", "user_unauthorized"),
        (&document, super::key("standard_a"), "users.write", "general_unauthorized_scope"),
        (&document, super::key("other_x"), "users.write", "general_unauthorized_scope"),
        (&document, none, "users.write", "general_unauthorized_scope"),
        (&document, session(), "users.write", "general_unauthorized_scope"),
        (&document, session(), "rows.read", "user_blocked"),
        (&document, none.with_jwt(&*valid), "rows.read", "user_blocked"),
        (&reset, session(), "rows.read", "user_password_reset_required"),
        (&reset, none.with_jwt(&*valid), "rows.read", "user_password_reset_required"),
        (&factors, session(), "rows.read", "user_more_factors_required"),
        (&factors, none.with_jwt(&*valid), "rows.read", "user-a"),
        (&fine, session(), "rows.read", "user-a"),
    ];
    for (account, credentials, scope, expected) in rows {
        let mut store = store();
        store.users[0] = user((*account).clone());
        // An unknown target of an impersonation is not a fault.
        let targets = [None, Some(ImpersonationTarget::Id("user-x"))];
        for target in targets {
            let credentials = credentials.with_impersonation_target(target);
            let caller = store.verify(&credentials, now());
            let found = outcome(caller.and_then(|caller| caller.require_scope(scope)));
            assert_eq!(found, expected, "{account} {credentials:?}");
        }
    }
}

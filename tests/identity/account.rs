//! The state of an account: blocked, password reset, number of factors.

use rolegate::auth::{Authenticated, Credentials, KeyKind, StoredKey};
use rolegate::{Refusal, User};
use serde_json::{Value, json};

use super::{PROJECT, SESSION_SECRET, Store, jwt, key, now, outcome, user, user_a_json};

/// The ways to authenticate as `user-a`.
#[derive(Clone, Copy, PartialEq, Debug)]
enum By {
    Secret,
    Host,
    Jwt,
    AccountKey,
}

impl By {
    const ALL: [Self; 4] = [Self::Secret, Self::Host, Self::Jwt, Self::AccountKey];

    fn authenticate(self, account: &User, jwt: &str) -> Authenticated {
        let stored = StoredKey::of_account(account.clone(), "account_a");
        let store = Store::of_users(vec![account.clone()]).with_key(
            KeyKind::Account,
            "account_a",
            stored.with_scopes(["documents.read"]),
        );
        let none = Credentials::none();
        let credentials = match self {
            Self::Secret => none.with_session("user-a", SESSION_SECRET),
            Self::Host => none.with_session_verified_by_host("user-a", "s1"),
            Self::Jwt => none.with_jwt(jwt),
            Self::AccountKey => key("account_a").with_key_user("user-a"),
        };
        store.verify(&credentials, now()).unwrap()
    }
}

fn account(fields: &Value, factors: usize) -> User {
    let mut document = user_a_json();
    document["emailVerification"] = false.into();
    for (name, value) in fields.as_object().unwrap() {
        document[name] = value.clone();
    }
    document["sessions"][0]["factors"] = vec!["password"; factors].into();
    user(document)
}

fn jwt_of_session() -> String {
    jwt(&json!({"userId": "user-a", "sessionId": "s1"}))
}

const MORE: &str = "user_more_factors_required";

/// The columns are the answers to a session with no, one, two and three factors. A JWT and an account
/// key have no factors to count.
#[test]
fn session_with_too_few_factors_is_refused() {
    let totp = |verified| json!({"type": "totp", "verified": verified});
    let rows = [
        (json!({}), [MORE, "user-a", "user-a", "user-a"]),
        (json!({"mfa": true}), [MORE, "user-a", "user-a", "user-a"]),
        (json!({"mfa": false, "emailVerification": true}), [MORE, "user-a", "user-a", "user-a"]),
        (json!({"mfa": true, "emailVerification": true}), [MORE, MORE, "user-a", "user-a"]),
        (json!({"mfa": true, "phoneVerification": true}), [MORE, MORE, "user-a", "user-a"]),
        (json!({"mfa": true, "authenticators": [totp(true)]}), [MORE, MORE, "user-a", "user-a"]),
        (
            json!({"mfa": false, "authenticators": [totp(true)]}),
            [MORE, "user-a", "user-a", "user-a"],
        ),
        (
            json!({"mfa": true, "authenticators": [totp(false)]}),
            [MORE, "user-a", "user-a", "user-a"],
        ),
        // Only the first authenticator of type `totp` counts.
        (
            json!({"mfa": true, "authenticators": [totp(false), totp(true)]}),
            [MORE, "user-a", "user-a", "user-a"],
        ),
        (
            json!({"mfa": true, "authenticators": [{"type": "key", "verified": true}, totp(true)]}),
            [MORE, MORE, "user-a", "user-a"],
        ),
        (
            json!({"mfa": true, "authenticators": [{"type": "TOTP", "verified": true}]}),
            [MORE, "user-a", "user-a", "user-a"],
        ),
    ];
    let jwt = jwt_of_session();
    for (fields, expected) in rows {
        for (factors, expected) in expected.into_iter().enumerate() {
            let account = account(&fields, factors);
            for by in By::ALL {
                let has_session = matches!(by, By::Secret | By::Host);
                let expected = if has_session { expected } else { "user-a" };
                let found = outcome(by.authenticate(&account, &jwt).require_active());
                assert_eq!(found, expected, "{fields} {factors} {by:?}");
            }
        }
    }
}

/// Returns the first refusal in Appwrite's order, as plain code over the document.
fn expected(document: &Value, by: By, has_scope: bool, checks_incomplete: bool) -> &'static str {
    let first_totp = document["authenticators"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|authenticator| authenticator["type"] == "totp");
    let has_second = document["emailVerification"] == true
        || document["phoneVerification"] == true
        || first_totp.is_some_and(|totp| totp["verified"] == true);
    let required = if document["mfa"] == true && has_second { 2 } else { 1 };
    let factors = document["sessions"][0]["factors"].as_array().map_or(0, Vec::len);
    let counts_factors = matches!(by, By::Secret | By::Host);
    if !has_scope {
        "general_unauthorized_scope"
    } else if document["status"] == false {
        "user_blocked"
    } else if checks_incomplete && document["reset"] == true {
        "user_password_reset_required"
    } else if checks_incomplete && counts_factors && factors < required {
        MORE
    } else {
        "user-a"
    }
}

#[test]
fn account_in_every_state_gives_the_first_refusal_of_appwrites_order() {
    let jwt = jwt_of_session();
    let bools = [json!(true), json!(false)];
    let authenticators = [
        json!([]),
        json!([{"type": "totp", "verified": false}]),
        json!([{"type": "totp", "verified": true}]),
        json!([{"type": "totp", "verified": false}, {"type": "totp", "verified": true}]),
        json!([{"type": "other", "verified": true}]),
    ];
    let mut seen = std::collections::BTreeMap::new();
    for status in [json!(null), json!(true), json!(false)] {
        for bits in 0..16_usize {
            for authenticators in &authenticators {
                for factors in 0..4 {
                    let bit = |index: usize| bools[bits >> index & 1].clone();
                    let mut document = user_a_json();
                    document["status"] = status.clone();
                    document["reset"] = bit(0);
                    document["mfa"] = bit(1);
                    document["emailVerification"] = bit(2);
                    document["phoneVerification"] = bit(3);
                    document["authenticators"] = authenticators.clone();
                    document["sessions"][0]["factors"] = vec!["password"; factors].into();
                    let account = user(document.clone());
                    for by in By::ALL {
                        let caller = || by.authenticate(&account, &jwt);
                        for (found, expected) in [
                            (
                                caller().require_scope("rows.read"),
                                expected(&document, by, true, true),
                            ),
                            (
                                caller().require_scope("users.write"),
                                expected(&document, by, false, true),
                            ),
                            (caller().require_active(), expected(&document, by, true, true)),
                            (
                                caller().allow_pending_reset_and_factors(),
                                expected(&document, by, true, false),
                            ),
                        ] {
                            let found = outcome(found);
                            assert_eq!(found, expected, "{document} {by:?}");
                            *seen.entry(expected).or_insert(0) += 1;
                        }
                    }
                }
            }
        }
    }
    assert_eq!(seen.len(), 5, "{seen:?}");
    assert!(seen.values().all(|count| *count > 100), "{seen:?}");
}

#[test]
fn allow_pending_reset_and_factors_never_lets_a_blocked_user_in() {
    let jwt = jwt_of_session();
    let pending = json!({"reset": true, "mfa": true, "phoneVerification": true});
    let mut blocked = pending.clone();
    blocked["status"] = false.into();
    for by in By::ALL {
        let caller = |fields: &Value| by.authenticate(&account(fields, 0), &jwt);
        let allowed = caller(&pending).allow_pending_reset_and_factors();
        assert_eq!(outcome(allowed), "user-a", "{by:?}");
        let refused = caller(&blocked).allow_pending_reset_and_factors().unwrap_err();
        assert_eq!(refused.error_type(), "user_blocked", "{by:?}");
    }
}

/// The account is checked before the identity is returned, so the roles are those of the user.
#[test]
fn identity_of_a_pending_account_has_the_roles_of_its_user() {
    let account = account(&json!({"reset": true, "labels": ["vip"]}), 0);
    let jwt = jwt_of_session();
    for by in By::ALL {
        let caller = by.authenticate(&account, &jwt);
        let identity = caller.allow_pending_reset_and_factors().unwrap();
        assert_eq!(identity.principal(), &rolegate::Principal::user(&account).unwrap());
    }
}

#[test]
fn caller_without_an_account_passes_every_check_of_the_account() {
    let stored = StoredKey::of_project(PROJECT, "standard_a").with_scopes(["documents.read"]);
    let organization = StoredKey::of_organization("t", "organization_a");
    let store = Store::default().with_key(KeyKind::Standard, "standard_a", stored).with_key(
        KeyKind::Organization,
        "organization_a",
        organization,
    );
    let none = Credentials::none();
    for (credentials, expected) in [
        (none, "guest: no credential"),
        (key("standard_a"), "bypass"),
        (none.with_key("organization_a").with_key_organization("t"), "any team:t team:t/owner"),
    ] {
        let caller = || store.verify(&credentials, now()).unwrap();
        assert_eq!(outcome(caller().require_active()), expected);
        assert_eq!(outcome(caller().allow_pending_reset_and_factors()), expected);
    }
}

//! Wrong answers of a directory, and the number of look-ups.

use std::error::Error;

use std::cell::RefCell;

use rolegate::User;
use rolegate::auth::{
    Authenticated, Credentials, Directory, ImpersonationTarget, KeyLookup, StoredKey, UserLookup,
};
use serde_json::json;

use super::{
    Down, PROJECT, SESSION_SECRET, Store, authenticator, jwt, key, now, outcome, user, user_a,
    user_a_json,
};

/// A directory that gives the same answers to every look-up, and records the look-ups.
#[derive(Default)]
struct Fixed {
    user: Option<User>,
    key: Option<StoredKey>,
    look_ups: RefCell<Vec<String>>,
}

impl Fixed {
    fn outcome(&self, credentials: &Credentials<'_>) -> String {
        let caller = authenticator().authenticate(credentials, self, now());
        outcome(caller.and_then(Authenticated::require_active))
    }
}

impl Directory for Fixed {
    type Error = Down;

    fn user(&self, lookup: UserLookup<'_>) -> Result<Option<User>, Down> {
        self.look_ups.borrow_mut().push(format!("{lookup:?}"));
        Ok(self.user.clone())
    }

    fn key(&self, lookup: KeyLookup<'_>) -> Result<Option<StoredKey>, Down> {
        self.look_ups.borrow_mut().push(format!("{:?}", lookup.kind()));
        Ok(self.key.clone())
    }
}

#[test]
fn user_that_was_not_asked_for_is_not_believed() {
    for asked in ["user-b", "USER-A", "user-a ", "user", "üser-a"] {
        let jwt = jwt(&json!({"userId": asked, "sessionId": "s1"}));
        for credentials in [
            Credentials::none().with_session(asked, SESSION_SECRET),
            Credentials::none().with_session_verified_by_host(asked, "s1"),
            Credentials::none().with_jwt(&*jwt),
        ] {
            let directory = Fixed { user: Some(user_a()), ..Fixed::default() };
            assert_eq!(directory.outcome(&credentials), "guest: unknown user", "{asked:?}");
        }
    }
}

/// The rows are keys that a request presents, and the columns are keys that a directory returns. A key counts
/// only on the diagonal.
#[test]
fn key_with_another_secret_owner_or_kind_is_not_believed() {
    let none = Credentials::none();
    let secrets = ["standard_k", "plain", "account_k", "organization_k"];
    let owners: [fn(&str) -> StoredKey; 7] = [
        |secret| StoredKey::of_project(PROJECT, secret),
        |secret| StoredKey::of_project("project-2", secret),
        |secret| StoredKey::of_project("", secret),
        |secret| StoredKey::of_account(User::new("u"), secret),
        |secret| StoredKey::of_account(User::new("v"), secret),
        |secret| StoredKey::of_organization("t", secret),
        |secret| StoredKey::of_organization("u", secret),
    ];
    let mut counted = 0;
    for presented in secrets {
        let credentials = none.with_project(PROJECT).with_key(presented);
        let credentials = credentials.with_key_user("u").with_key_organization("t");
        let other = presented.to_uppercase();
        let longer = format!("{presented} ");
        let answers = secrets.into_iter().chain([&*other, &*longer, "", "k"]);
        for secret in answers {
            for (owner, make) in owners.iter().enumerate() {
                let directory = Fixed { key: Some(make(secret)), ..Fixed::default() };
                let expected = match (presented, owner) {
                    _ if secret != presented => "user_unauthorized",
                    ("standard_k" | "plain", 0) => "bypass",
                    ("account_k", 3) => "u",
                    ("organization_k", 5) => "any team:t team:t/owner",
                    _ => "user_unauthorized",
                };
                let found = directory.outcome(&credentials);
                assert_eq!(found, expected, "{presented} {secret} {owner}");
                counted += usize::from(expected != "user_unauthorized");
            }
        }
    }
    assert_eq!(counted, 4);
}

/// The answer must not reveal that an expired key of another owner exists.
#[test]
fn expired_key_that_was_not_asked_for_is_unknown() {
    let expired = |key: StoredKey| Some(key.with_expire(super::PAST));
    let none = key("account_k").with_key_user("u");
    for (credentials, stored) in [
        (key("standard_k"), StoredKey::of_project("project-2", "standard_k")),
        (key("standard_k"), StoredKey::of_project(PROJECT, "standard_x")),
        (none, StoredKey::of_account(User::new("v"), "account_k")),
        (none, StoredKey::of_account(User::new("u"), "account_x")),
        (none, StoredKey::of_project(PROJECT, "account_k")),
    ] {
        let directory = Fixed { key: expired(stored), ..Fixed::default() };
        assert_eq!(directory.outcome(&credentials), "user_unauthorized");
    }
}

#[test]
fn account_key_of_a_user_without_an_id_is_unknown() {
    for id in ["", "0"] {
        let stored = StoredKey::of_account(User::new(id), "account_k");
        let directory = Fixed { key: Some(stored), ..Fixed::default() };
        let credentials = key("account_k").with_key_user(id);
        assert_eq!(directory.outcome(&credentials), "user_unauthorized");
        assert!(directory.look_ups.borrow().is_empty());
    }
}

#[test]
fn request_takes_at_most_one_look_up_for_each_credential() {
    let mut document = user_a_json();
    document["impersonator"] = true.into();
    let actor = user(document);
    let jwt = jwt(&json!({"userId": "user-a", "sessionId": "s1"}));
    let none = Credentials::none().with_project(PROJECT);
    let good = none.with_session("user-a", SESSION_SECRET);
    let bad = none.with_session("user-a", "x");
    let target = ImpersonationTarget::Id("user-b");
    let session = r#"Id("user-a")"#;
    let of_target = r#"Id("user-b")"#;
    for (credentials, expected) in [
        (none, vec![]),
        (none.with_impersonation_target(target), vec![]),
        (good, vec![session]),
        (good.with_impersonation_target(target), vec![session, of_target]),
        (good.with_jwt(&*jwt), vec![session]),
        (good.with_key("standard_k"), vec![session]),
        (bad.with_jwt(&*jwt), vec![session, session]),
        (bad.with_jwt(&*jwt).with_impersonation_target(target), vec![session, session, of_target]),
        (bad.with_jwt(&*jwt).with_key("standard_k"), vec![session, session]),
        (bad.with_key("standard_k").with_impersonation_target(target), vec![session, "Standard"]),
        (none.with_key("ephemeral_k"), vec![]),
        (none.with_key("other_k"), vec![]),
    ] {
        let directory = Fixed { user: Some(actor.clone()), ..Fixed::default() };
        let _ = directory.outcome(&credentials);
        assert_eq!(*directory.look_ups.borrow(), expected, "{credentials:?}");
    }
}

#[test]
fn directory_that_fails_refuses_the_request() {
    struct NoConnection;
    impl Directory for NoConnection {
        type Error = Box<dyn Error + Send + Sync>;
        fn user(&self, _: UserLookup<'_>) -> Result<Option<User>, Self::Error> {
            Err("no users".into())
        }
        fn key(&self, _: KeyLookup<'_>) -> Result<Option<StoredKey>, Self::Error> {
            Err("no keys".into())
        }
    }
    let jwt = jwt(&json!({"userId": "user-a"}));
    for (credentials, text) in [
        (super::session(), "no users"),
        (Credentials::none().with_jwt(&*jwt), "no users"),
        (key("standard_k"), "no keys"),
    ] {
        let error = authenticator().authenticate(&credentials, &NoConnection, now()).unwrap_err();
        // A client does not see the cause, which is for the log.
        assert_eq!(error.to_string(), "the look-up of a user or key failed");
        assert_eq!(error.source().map(ToString::to_string).as_deref(), Some(text));
    }
    // The target of an impersonation is looked up too.
    let mut document = user_a_json();
    document["impersonator"] = true.into();
    let store = Store::of_users(vec![user(document)]);
    let target = ImpersonationTarget::Id("broken");
    let credentials = super::session().with_impersonation_target(target);
    assert_eq!(store.outcome(&credentials), "general_unknown");
}

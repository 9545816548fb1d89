//! A user who acts as another user.

use rolegate::auth::{
    AuthMethod, AuthenticateError, BuiltInScopes, Credentials, ImpersonationTarget, KeyKind,
    Scopes, Step, StoredKey,
};
use rolegate::{Principal, Refusal, User};
use serde_json::{Value, json};

use super::{
    FUTURE, NOW, PROJECT, SESSION_SECRET, Store, at, authenticator, both_sessions, jwt, key, now,
    outcome, session, token, user, user_a_json,
};

use ImpersonationTarget::{Email, Id, Phone};

fn actor_json() -> Value {
    let mut document = user_a_json();
    document["impersonator"] = true.into();
    document["email"] = "a@example.com".into();
    document["phone"] = "+1000a".into();
    document
}

fn target_json(id: &str) -> Value {
    json!({
        "$id": id,
        "email": format!("{id}@example.com"),
        "phone": format!("+{id}"),
        "labels": ["target"],
    })
}

fn store() -> Store {
    let mut chained = target_json("user-c");
    chained["impersonator"] = true.into();
    let mut blocked = target_json("user-d");
    blocked["status"] = false.into();
    let documents = [actor_json(), target_json("user-b"), chained, blocked];
    Store::of_users(documents.map(user).into())
}

fn as_target(target: ImpersonationTarget<'_>) -> Credentials<'_> {
    session().with_impersonation_target(target)
}

#[test]
fn impersonator_with_a_target_acts_as_the_user_that_is_found() {
    for (target, expected) in [
        (Id("user-b"), "user-a acts as user-b"),
        (Email("user-b@example.com"), "user-a acts as user-b"),
        (Email("User-B@EXAMPLE.com"), "user-a acts as user-b"),
        (Phone("+user-b"), "user-a acts as user-b"),
        // Unknown targets are ignored.
        (Id("user-x"), "user-a"),
        (Email("user-x@example.com"), "user-a"),
        (Phone("+user-x"), "user-a"),
        (Email("user-b"), "user-a"),
        (Phone("user-b"), "user-a"),
        (Id("user-b@example.com"), "user-a"),
        (Id("user-b "), "user-a"),
        // Empty targets are absent.
        (Id(""), "user-a"),
        (Id("0"), "user-a"),
        (Email(""), "user-a"),
        (Phone("0"), "user-a"),
        // The actor, a further impersonator, and a blocked user.
        (Id("user-a"), "user-a acts as user-a"),
        (Email("A@example.com"), "user-a acts as user-a"),
        (Id("user-c"), "user-a acts as user-c"),
        (Id("user-d"), "user_blocked"),
        (Email("user-d@example.com"), "user_blocked"),
    ] {
        assert_eq!(store().outcome(&as_target(target)), expected, "{target:?}");
        let jwt = jwt(&json!({"userId": "user-a", "sessionId": "s1"}));
        let by_jwt = Credentials::none().with_jwt(&*jwt).with_impersonation_target(target);
        assert_eq!(store().outcome(&by_jwt), expected, "{target:?} by JWT");
    }
    let none = session().with_impersonation_target(None);
    assert_eq!(store().outcome(&none), "user-a");
}

/// A host passes the three headers one after the other.
#[test]
fn first_target_that_is_not_empty_counts() {
    let (b, c) = ("user-b", "user-c@example.com");
    for (targets, expected) in [
        ([Some(Id(b)), Some(Email(c)), None], "user-a acts as user-b"),
        ([Some(Id(b)), None, None], "user-a acts as user-b"),
        ([Some(Id(b)), Some(Email("")), Some(Phone(""))], "user-a acts as user-b"),
        ([Some(Id("")), Some(Email(c)), Some(Phone("+user-b"))], "user-a acts as user-c"),
        ([None, Some(Email("0")), Some(Phone("+user-b"))], "user-a acts as user-b"),
        // An unknown target is not replaced by the next one.
        ([Some(Id("user-x")), Some(Email(c)), Some(Phone("+user-b"))], "user-a"),
        ([None, None, None], "user-a"),
    ] {
        let credentials =
            targets.into_iter().fold(session(), Credentials::with_impersonation_target);
        assert_eq!(store().outcome(&credentials), expected, "{targets:?}");
    }
}

/// In Appwrite, a document without an id counts as empty. A guest as target would have the role `guests`,
/// which the actor does not have.
#[test]
fn target_without_an_id_changes_nothing() {
    for id in [json!(null), json!(""), json!("0")] {
        let mut target = target_json("user-b");
        target["$id"] = id.clone();
        let store = Store::of_users([actor_json(), target].map(user).into());
        for target in [Email("user-b@example.com"), Phone("+user-b")] {
            let identity = store.ask(&as_target(target), now()).unwrap();
            assert_eq!(identity.principal().user_id(), Some("user-a"), "{id} {target:?}");
            assert_eq!(identity.impersonator_id(), None, "{id} {target:?}");
        }
    }
}

/// PHP lowers ASCII letters only.
#[test]
fn email_of_a_target_is_lowered_in_ascii_only() {
    let authenticator = authenticator();
    let credentials = as_target(Email("ÄB@Example.COM"));
    let Ok(Step::FindUser(find)) = authenticator.begin(&credentials, now()) else { panic!() };
    let Ok(Step::FindUser(find)) = find.found(Some(user(actor_json()))) else { panic!() };
    assert_eq!(find.lookup(), rolegate::auth::UserLookup::Email("Äb@example.com"));
}

#[test]
fn impersonation_gives_the_roles_of_the_target_and_the_method_of_the_actor() {
    for session in both_sessions() {
        let credentials = session.with_impersonation_target(Id("user-b"));
        let identity = store().ask(&credentials, now()).unwrap();
        assert_eq!(identity.principal(), &Principal::user(&user(target_json("user-b"))).unwrap());
        assert_eq!(identity.principal().user_id(), Some("user-b"));
        assert_eq!(identity.require_user().unwrap(), "user-b");
        assert_eq!(identity.impersonator_id(), Some("user-a"));
        assert_eq!(identity.guest_reason(), None);
        assert_eq!(identity.method().to_string(), "user `user-a` by session `s1`");
        assert_eq!(identity.expires_at(), Some(at(NOW + 3600)));
        assert_eq!(identity.scopes(), &BuiltInScopes::default().users);
    }
}

#[test]
fn user_who_is_not_an_impersonator_acts_as_itself_without_a_look_up() {
    for impersonator in [json!(false), json!(null)] {
        let mut document = actor_json();
        document["impersonator"] = impersonator;
        let store = Store::of_users(vec![user(document.clone()), user(target_json("user-b"))]);
        for target in [Id("user-b"), Email("user-b@example.com"), Phone("+user-b")] {
            let credentials = as_target(target);
            assert_eq!(store.outcome(&credentials), "user-a");
            let authenticator = authenticator();
            let Ok(Step::FindUser(find)) = authenticator.begin(&credentials, now()) else {
                panic!()
            };
            assert!(matches!(find.found(Some(user(document.clone()))), Ok(Step::Done(_))));
        }
    }
}

/// Only a user can act as another user. An account key acts as its user, so it can do the same.
#[test]
fn key_or_guest_with_a_target_acts_as_itself() {
    let ephemeral = format!("ephemeral_{}", token(&json!({"projectId": PROJECT})));
    let stored = StoredKey::of_project(PROJECT, "standard_a");
    let organization = StoredKey::of_organization("t", "organization_a");
    let account = StoredKey::of_account(user(actor_json()), "account_a").with_scopes(["rows.read"]);
    let plain = StoredKey::of_account(user(user_a_json()), "account_b");
    let store = store()
        .with_key(KeyKind::Standard, "standard_a", stored)
        .with_key(KeyKind::Organization, "organization_a", organization)
        .with_key(KeyKind::Account, "account_a", account)
        .with_key(KeyKind::Account, "account_b", plain);
    for (credentials, expected) in [
        (Credentials::none(), "guest: no credential"),
        (
            Credentials::none().with_session("user-a", "x"),
            "guest: the user has no session with this secret",
        ),
        (key("standard_a"), "bypass"),
        (key(&ephemeral), "bypass"),
        (key("organization_a").with_key_organization("t"), "any team:t team:t/owner"),
        (key("account_b").with_key_user("user-a"), "user-a"),
        (key("account_a").with_key_user("user-a"), "user-a acts as user-b"),
    ] {
        let credentials = credentials.with_impersonation_target(Id("user-b"));
        assert_eq!(store.outcome(&credentials), expected);
    }
    let credentials = key("account_a").with_key_user("user-a");
    let credentials = credentials.with_impersonation_target(Id("user-b"));
    let identity = store.ask(&credentials, now()).unwrap();
    assert!(matches!(identity.method(), AuthMethod::ApiKey { kind: KeyKind::Account, .. }));
    assert_eq!(identity.scopes(), &Scopes::new(["rows.read"]));
}

/// The directory compares without regard to case, and a hostile one answers with any user.
#[test]
fn target_that_was_not_asked_for_is_not_believed() {
    for target in [Id("USER-B"), Phone("+USER-B")] {
        assert_eq!(store().outcome(&as_target(target)), "user-a", "{target:?}");
    }
    let authenticator = authenticator();
    let mut upper = target_json("user-b");
    upper["email"] = "User-B@example.com".into();
    let mut unknown = target_json("user-b");
    unknown["email"] = json!(null);
    unknown["phone"] = json!(null);
    let other = || target_json("user-x");
    for (target, answer) in [
        (Id("user-b"), other()),
        (Email("user-b@example.com"), other()),
        (Phone("+user-b"), other()),
        (Email("user-b@example.com"), upper),
        (Email("user-b@example.com"), unknown.clone()),
        (Phone("+user-b"), unknown),
    ] {
        let credentials = as_target(target);
        let Ok(Step::FindUser(find)) = authenticator.begin(&credentials, now()) else { panic!() };
        let Ok(Step::FindUser(find)) = find.found(Some(user(actor_json()))) else { panic!() };
        let Ok(Step::Done(caller)) = find.found(Some(user(answer.clone()))) else { panic!() };
        assert_eq!(outcome(caller.require_active()), "user-a", "{target:?} {answer}");
    }
}

/// Returns the user that a refusal names.
fn refused_user(error: &AuthenticateError) -> Option<&str> {
    match error {
        AuthenticateError::Blocked(blocked) => Some(blocked.user_id()),
        AuthenticateError::PasswordResetRequired { user_id, .. }
        | AuthenticateError::MoreFactorsRequired { user_id, .. } => Some(user_id),
        _ => None,
    }
}

/// The target is checked first, and then the actor. The factors of both are those of the one session.
#[test]
fn impersonation_is_refused_for_the_state_of_the_target_and_of_the_actor() {
    let states: [(Value, Option<&str>); 5] = [
        (json!({}), None),
        (json!({"status": false}), Some("user_blocked")),
        (json!({"reset": true}), Some("user_password_reset_required")),
        (json!({"mfa": true, "phoneVerification": true}), Some("user_more_factors_required")),
        (json!({"status": false, "reset": true}), Some("user_blocked")),
    ];
    let with = |mut document: Value, fields: &Value| -> User {
        for (name, value) in fields.as_object().unwrap() {
            document[name] = value.clone();
        }
        user(document)
    };
    let jwt = jwt(&json!({"userId": "user-a", "sessionId": "s1"}));
    let sessions = both_sessions();
    for (actor, of_actor) in &states {
        for (target, of_target) in &states {
            let users = vec![with(actor_json(), actor), with(target_json("user-b"), target)];
            let store = Store::of_users(users);
            let by_jwt = Credentials::none().with_jwt(&*jwt);
            for (credentials, counts) in [(sessions[0], true), (sessions[1], true), (by_jwt, false)]
            {
                let credentials = credentials.with_impersonation_target(Id("user-b"));
                let state = |state: Option<&'static str>| {
                    state.filter(|state| counts || *state != "user_more_factors_required")
                };
                let (of_target, of_actor) = (state(*of_target), state(*of_actor));
                let expected = of_target.map(|state| (state, "user-b"));
                let expected = expected.or(of_actor.map(|state| (state, "user-a")));
                let error = store.ask(&credentials, now()).err();
                let found = error.as_ref().map(|e| (e.error_type(), refused_user(e).unwrap()));
                assert_eq!(found, expected, "{actor} {target} {credentials:?}");

                let caller = store.verify(&credentials, now()).unwrap();
                let blocked = [of_target, of_actor].contains(&Some("user_blocked"));
                let found = outcome(caller.allow_pending_reset_and_factors());
                let expected = if blocked { "user_blocked" } else { "user-a acts as user-b" };
                assert_eq!(found, expected, "{actor} {target}");

                let caller = store.verify(&credentials, now()).unwrap();
                let found = outcome(caller.require_scope("users.write"));
                assert_eq!(found, "general_unauthorized_scope");
            }
        }
    }
}

/// Otherwise a user who was blocked or signed out could act as another user.
#[test]
fn impersonator_whose_session_does_not_count_is_a_guest() {
    let mut store = store();
    store.users[0].sessions[0].expire = None;
    let outcome = store.outcome(&as_target(Id("user-b")));
    assert_eq!(outcome, "guest: the session has expired");
    store.users[0].sessions[0].expire = Some(FUTURE.into());
    let other = Credentials::none().with_session("user-b", SESSION_SECRET);
    let outcome = store.outcome(&other.with_impersonation_target(Id("user-c")));
    assert_eq!(outcome, "guest: the user has no session with this secret");
}

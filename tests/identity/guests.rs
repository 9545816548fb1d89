//! Every reason why a caller is a guest.

use rolegate::auth::{
    AuthMethod, Authenticator, Credentials, GUEST_SCOPES, GuestReason, KeyLookup, MAX_TOKEN_LEN,
    Scopes, Step, StoredKey, TokenErrorKind, UserLookup,
};
use rolegate::principal::Session;
use rolegate::{Principal, User};
use serde_json::json;

use super::{
    NOW, PAST, PROJECT, SESSION_SECRET, Store, authenticator, both_sessions, jwt, key, now,
    session, token,
};

/// Checks that the caller is a guest for this reason, with the roles and scopes of guests.
fn assert_guest(store: &Store, credentials: &Credentials<'_>, reason: GuestReason) {
    let identity = store.ask(credentials, now()).unwrap();
    assert_eq!(identity.guest_reason(), Some(reason), "{identity:?}");
    let AuthMethod::Guest(guest) = identity.method() else { panic!("{identity:?}") };
    assert_eq!(guest.reason(), reason);
    assert_eq!(identity.principal(), &Principal::guest(), "{reason}");
    assert!(identity.scopes().iter().eq(Scopes::new(GUEST_SCOPES).iter()));
    assert_eq!((identity.expires_at(), identity.impersonator_id()), (None, None));
    assert!(identity.require_user().is_err());
}

#[test]
fn request_without_a_credential_makes_a_guest() {
    assert_guest(&Store::of_user_a(), &Credentials::none(), GuestReason::NoCredential);
    let project = Credentials::none().with_project(PROJECT);
    assert_guest(&Store::of_user_a(), &project, GuestReason::NoCredential);
}

#[test]
fn session_with_another_secret_makes_a_guest() {
    let store = Store::of_user_a();
    let hash = super::sha256(SESSION_SECRET);
    let other_cases = ["SECRET-OF-SESSION-1", "secret-of-session-1 ", "secret-of-session", "s1"];
    for secret in other_cases.into_iter().chain(["", "0", &*hash]) {
        let session = Credentials::none().with_session("user-a", secret);
        assert_guest(&store, &session, GuestReason::UnknownSession);
    }
    // A session that does not count neither excludes nor replaces another credential.
    let unknown = Credentials::none().with_session("user-a", "x").with_project(PROJECT);
    let jwt = jwt(&json!({"userId": "user-a"}));
    assert_eq!(store.outcome(&unknown.with_jwt(&*jwt)), "user-a");
    assert_eq!(store.outcome(&unknown.with_key("standard_x")), "user_unauthorized");
}

#[test]
fn session_whose_stored_hash_or_provider_is_missing_is_not_found_by_secret() {
    let mut store = Store::of_user_a();
    let hash = super::sha256(SESSION_SECRET);
    let hashes = [
        None,
        Some(String::new()),
        // The hash of a secret that is missing.
        Some(super::sha256("")),
        Some(SESSION_SECRET.to_owned()),
        Some(hash.to_uppercase()),
        Some(format!("{hash} ")),
        Some(hash[..63].to_owned()),
    ];
    for stored in hashes {
        store.users[0].sessions[0].secret = stored;
        assert_guest(&store, &session(), GuestReason::UnknownSession);
        let empty = Credentials::none().with_session("user-a", "");
        assert_guest(&store, &empty, GuestReason::UnknownSession);
        assert_eq!(store.outcome(&both_sessions()[1]), "user-a", "verified by the host");
    }
    store.users[0].sessions[0].secret = Some(hash);
    store.users[0].sessions[0].provider = None;
    assert_guest(&store, &session(), GuestReason::UnknownSession);
    assert_eq!(store.outcome(&both_sessions()[1]), "user-a", "verified by the host");
}

/// Several sessions of one user may have the same secret. Each of them is checked.
#[test]
fn session_beside_an_expired_one_with_the_same_secret_counts() {
    let mut store = Store::of_user_a();
    let mut expired = store.users[0].sessions[0].clone();
    expired.id = "s0".into();
    expired.expire = Some(PAST.into());
    store.users[0].sessions.insert(0, expired);
    let identity = store.ask(&session(), now()).unwrap();
    let AuthMethod::Session { session_id, .. } = identity.method() else { panic!() };
    assert_eq!(&**session_id, "s1");
    store.users[0].sessions.truncate(1);
    assert_guest(&store, &session(), GuestReason::SessionExpired);
}

/// Appwrite's `sessionVerify` returns the id of the first session that matches, and an empty id means no
/// session.
#[test]
fn session_without_an_id_before_other_sessions_makes_a_guest() {
    for id in ["", "0"] {
        let mut store = Store::of_user_a();
        let mut without_id = store.users[0].sessions[0].clone();
        without_id.id = id.into();
        store.users[0].sessions.insert(0, without_id);
        assert_guest(&store, &session(), GuestReason::UnknownSession);
        let by_host = Credentials::none().with_session_verified_by_host("user-a", id);
        assert_guest(&store, &by_host, GuestReason::UnknownSession);
        assert_eq!(store.outcome(&both_sessions()[1]), "user-a");
    }
}

#[test]
fn jwt_that_names_no_user_makes_a_guest_without_a_look_up() {
    let store = Store::of_users(vec![User::new(""), User::new("0")]);
    for claims in
        [json!({}), json!({"userId": null}), json!({"userId": ""}), json!({"userId": "0"})]
    {
        let jwt = jwt(&claims);
        let credentials = Credentials::none().with_jwt(&*jwt);
        assert_guest(&store, &credentials, GuestReason::NoUserInJwt);
        let authenticator = authenticator();
        let step = authenticator.begin(&credentials, now()).unwrap();
        assert!(matches!(step, Step::Done(_)), "{claims}");
    }
}

#[test]
fn user_who_is_unknown_makes_a_guest() {
    let store = Store::of_user_a();
    let jwt = jwt(&json!({"userId": "user-b", "sessionId": "s1"}));
    assert_guest(&store, &Credentials::none().with_jwt(&*jwt), GuestReason::UnknownUser);
    for id in ["user-b", "", "0"] {
        let by_secret = Credentials::none().with_session(id, SESSION_SECRET);
        let by_host = Credentials::none().with_session_verified_by_host(id, "s1");
        for session in [by_secret, by_host] {
            assert_guest(&store, &session, GuestReason::UnknownUser);
        }
    }
}

#[test]
fn session_that_was_deleted_makes_a_guest() {
    let mut store = Store::of_user_a();
    let mut without_id = Session::new("", super::FUTURE);
    without_id.provider = Some("email".into());
    store.users[0].sessions.push(without_id);
    for id in ["s2", "S1", "s1 "] {
        let session = Credentials::none().with_session_verified_by_host("user-a", id);
        assert_guest(&store, &session, GuestReason::UnknownSession);
        let jwt = jwt(&json!({"userId": "user-a", "sessionId": id}));
        assert_guest(&store, &Credentials::none().with_jwt(&*jwt), GuestReason::SessionDeleted);
    }
    let no_id = Credentials::none().with_session_verified_by_host("user-a", "");
    assert_guest(&store, &no_id, GuestReason::UnknownSession);
}

#[test]
fn jwt_without_a_session_outlives_every_session() {
    let mut store = Store::of_user_a();
    store.users[0].sessions.clear();
    for claims in [
        json!({"userId": "user-a"}),
        json!({"userId": "user-a", "sessionId": null}),
        json!({"userId": "user-a", "sessionId": ""}),
        json!({"userId": "user-a", "sessionId": "0"}),
    ] {
        let jwt = jwt(&claims);
        assert_eq!(store.outcome(&Credentials::none().with_jwt(&*jwt)), "user-a", "{claims}");
    }
}

#[test]
fn key_of_an_unknown_kind_makes_a_guest() {
    let store = Store::of_user_a();
    for text in ["foo_bar", "_", "_x", "STANDARD_x", "Standard_x", " standard_x", "oauth2_x", "é_"]
    {
        assert_guest(&store, &key(text), GuestReason::UnknownKeyKind);
    }
}

#[test]
fn ephemeral_key_of_another_project_makes_a_guest() {
    for claims in [
        json!({"projectId": "project-2"}),
        json!({}),
        json!({"userId": "user-a"}),
        json!({"projectId": null, "projectCheckDisabled": false}),
        json!({"projectId": "Project-1", "projectCheckDisabled": null}),
        json!({"projectId": "project-1 "}),
    ] {
        let ephemeral = format!("ephemeral_{}", token(&claims));
        assert_guest(&Store::default(), &key(&ephemeral), GuestReason::KeyOfAnotherProject);
    }
}

#[test]
fn ephemeral_key_with_an_invalid_token_makes_a_guest() {
    let store = Store::default();
    let project = || json!({"projectId": PROJECT});
    let with = |claim: &str, value: serde_json::Value| {
        let mut claims = project();
        claims[claim] = value;
        token(&claims)
    };
    let cases = [
        ("x".into(), TokenErrorKind::Segments),
        (String::new(), TokenErrorKind::Segments),
        (with("exp", NOW.into()), TokenErrorKind::Expired),
        (with("nbf", NOW.into()), TokenErrorKind::NotYet),
        (with("iat", (NOW - 86_400).into()), TokenErrorKind::TooOld),
        (with("scopes", "documents.read".into()), TokenErrorKind::Claim),
        (with("scopes", json!(["documents.read", 1])), TokenErrorKind::Claim),
        (with("name", 1.into()), TokenErrorKind::Claim),
        (with("projectCheckDisabled", 1.into()), TokenErrorKind::Claim),
        (with("projectId", json!([PROJECT])), TokenErrorKind::Claim),
        (format!("{}=", token(&project())), TokenErrorKind::Base64),
    ];
    for (token, kind) in cases {
        for prefix in ["ephemeral", "dynamic"] {
            let ephemeral = format!("{prefix}_{token}");
            let identity = store.ask(&key(&ephemeral), now()).unwrap();
            match identity.guest_reason() {
                Some(GuestReason::InvalidKeyToken(error)) => {
                    assert_eq!(error.kind(), kind, "{ephemeral}");
                }
                other => panic!("{ephemeral}: {other:?}"),
            }
        }
    }
}

/// Names and ids are escaped, because they may come from an attacker.
#[test]
fn method_of_a_caller_is_one_line_for_the_log() {
    let in_session = jwt(&json!({"userId": "user-a", "sessionId": "s1"}));
    let without = jwt(&json!({"userId": "user-a"}));
    let without_user = jwt(&json!({}));
    let deleted = jwt(&json!({"userId": "user-a", "sessionId": "s2"}));
    let ephemeral = format!("ephemeral_{}", token(&json!({"projectId": "project-2"})));
    let stored = StoredKey::of_project(PROJECT, "standard_a").with_name("Back\nend");
    let mut store =
        Store::of_user_a().with_key(rolegate::auth::KeyKind::Standard, "standard_a", stored);
    let mut expired = store.users[0].clone();
    expired.id = "user-e".into();
    expired.sessions[0].expire = None;
    store.users.push(expired);
    let none = Credentials::none();
    for (credentials, line) in [
        (none, "guest: no credential"),
        (none.with_jwt(&*without_user), "guest: the JWT names no user"),
        (none.with_session("user-b", "x"), "guest: unknown user (user `user-b`)"),
        (
            none.with_session("user-a", "x"),
            "guest: the user has no session with this secret (user `user-a`)",
        ),
        (
            none.with_jwt(&*deleted),
            "guest: the session of the JWT has been deleted (user `user-a`, session `s2`)",
        ),
        (
            none.with_session("user-e", SESSION_SECRET),
            "guest: the session has expired (user `user-e`, session `s1`)",
        ),
        (key("other_x"), "guest: unknown kind of API key"),
        (key(&ephemeral), "guest: the API key is of another project"),
        (
            key("ephemeral_x"),
            "guest: invalid token in API key: expected three segments with dots between them",
        ),
        (session(), "user `user-a` by session `s1`"),
        (none.with_jwt(&*in_session), "user `user-a` by JWT of session `s1`"),
        (none.with_jwt(&*without), "user `user-a` by JWT without a session"),
        (key("standard_a"), "standard key `Back\\nend` of `project-1`"),
    ] {
        assert_eq!(store.ask(&credentials, now()).unwrap().method().to_string(), line);
    }
}

/// A look-up that a request causes.
#[derive(PartialEq, Debug)]
enum LookUp<'a> {
    None,
    Refused,
    User(UserLookup<'a>),
    Key(KeyLookup<'a>),
}

fn first<'a>(step: Result<&'a Step<'_>, ()>) -> LookUp<'a> {
    match step {
        Err(()) => LookUp::Refused,
        Ok(Step::Done(_)) => LookUp::None,
        Ok(Step::FindUser(find)) => LookUp::User(find.lookup()),
        Ok(Step::FindKey(find)) => LookUp::Key(find.lookup()),
    }
}

/// A database may have rows with an empty id or an empty secret.
#[test]
fn value_that_cannot_be_stored_is_not_looked_up() {
    let authenticator: Authenticator = authenticator();
    let longest = "x".repeat(MAX_TOKEN_LEN);
    let longer = "x".repeat(MAX_TOKEN_LEN + 1);
    let long = |kind| format!("{kind}_{longest}");
    let (account, organization) = (long("account"), long("organization"));
    let none = Credentials::none();
    for (credentials, expected) in [
        (none.with_session("", "s1"), LookUp::None),
        (none.with_session("0", "s1"), LookUp::None),
        (none.with_session("a", "s1"), LookUp::User(UserLookup::Id("a"))),
        (none.with_session_verified_by_host("", "s1"), LookUp::None),
        (key(""), LookUp::None),
        (key(&longer), LookUp::Refused),
        (key(&longest), LookUp::Key(KeyLookup::Project { secret: &longest })),
        (key("x"), LookUp::Key(KeyLookup::Project { secret: "x" })),
        (key("account_x"), LookUp::Refused),
        (key("account_x").with_key_user("0"), LookUp::Refused),
        (key("account_x").with_key_organization("t"), LookUp::Refused),
        (key(&account).with_key_user("u"), LookUp::Refused),
        (
            key("account_x").with_key_user("u"),
            LookUp::Key(KeyLookup::Account { user_id: "u", secret: "account_x" }),
        ),
        (key("organization_x"), LookUp::Refused),
        (key("organization_x").with_key_organization(""), LookUp::Refused),
        (key("organization_x").with_key_user("u"), LookUp::Refused),
        (key(&organization).with_key_organization("t"), LookUp::Refused),
        (
            key("organization_x").with_key_organization("t"),
            LookUp::Key(KeyLookup::Organization { team_id: "t", secret: "organization_x" }),
        ),
    ] {
        let step = authenticator.begin(&credentials, now());
        assert_eq!(first(step.as_ref().map_err(|_| ())), expected, "{credentials:?}");
    }
}

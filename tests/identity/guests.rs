//! Every reason for being only a guest.

use rolegate::{
    Authenticator, Credentials, Found, FoundKey, GuestReason, KeyKind, Lookup, MAX_TOKEN_LEN,
    Principal, Provenance, Session, TokenErrorKind, User,
};
use serde_json::json;

use super::{NOW, PROJECT, Store, authenticator, now, token, tokens, user_a};

/// Whoever asks is a guest, for one reason, with what guests may do.
fn assert_guest(store: &Store, credentials: &Credentials<'_>, reason: GuestReason) {
    let identity = store.ask(credentials, now()).unwrap();
    assert_eq!(identity.guest_reason(), Some(reason), "{identity:?}");
    assert_eq!(identity.provenance(), &Provenance::Guest(reason));
    assert_eq!(identity.principal(), &Principal::guest(), "{reason}");
    assert!(identity.scopes().iter().eq(rolegate::Scopes::new(rolegate::GUEST_SCOPES).iter()));
    assert_eq!(identity.expires_at(), None);
}

fn jwt(claims: &serde_json::Value) -> String {
    let mut claims = claims.clone();
    claims["exp"] = (NOW + 900).into();
    token(&claims)
}

#[test]
fn nobody_without_a_credential() {
    assert_guest(&Store::of_user_a(), &Credentials::none(), GuestReason::NoCredential);
}

/// It is no session that excludes another credential, and not the absence of one either.
#[test]
fn nobody_by_a_secret_that_the_host_does_not_know() {
    let store = Store::of_user_a();
    let unknown = Credentials::none().with_unknown_session();
    assert_guest(&store, &unknown, GuestReason::UnknownSession);
    let jwt = jwt(&json!({"userId": "user-a"}));
    let identity = store.ask(&unknown.with_jwt(&*jwt), now()).unwrap();
    assert_eq!(identity.principal().user_id(), Some("user-a"));
    assert_guest(&store, &unknown.with_key("standard_x"), GuestReason::UnknownKey);
    assert_guest(&store, &Credentials::none().with_session(None), GuestReason::NoCredential);
}

#[test]
fn nobody_whom_the_token_does_not_name() {
    let store = Store { users: vec![User::new(""), User::new("0")], keys: vec![] };
    for claims in
        [json!({}), json!({"userId": null}), json!({"userId": ""}), json!({"userId": "0"})]
    {
        let jwt = jwt(&claims);
        let credentials = Credentials::none().with_jwt(&*jwt);
        assert_guest(&store, &credentials, GuestReason::NoUserInToken);
        let authenticator = authenticator();
        let pending = authenticator.verify(&credentials, now()).unwrap();
        assert_eq!(pending.lookup(), Lookup::Nothing, "{claims}");
    }
}

#[test]
fn a_user_who_is_not_there() {
    let store = Store::of_user_a();
    let jwt = jwt(&json!({"userId": "user-b", "sessionId": "s1"}));
    assert_guest(&store, &Credentials::none().with_jwt(&*jwt), GuestReason::UnknownUser);
    for id in ["user-b", "", "0"] {
        let session = Credentials::none().with_session((id, "s1"));
        assert_guest(&store, &session, GuestReason::UnknownUser);
    }
}

/// A database that compares without regard to case has found somebody else.
#[test]
fn a_user_who_was_not_asked_for() {
    let store = Store::of_user_a();
    let jwt = jwt(&json!({"userId": "USER-A"}));
    assert_guest(&store, &Credentials::none().with_jwt(&*jwt), GuestReason::UnknownUser);
    let session = Credentials::none().with_session(("User-a", "s1"));
    assert_guest(&store, &session, GuestReason::UnknownUser);
}

#[test]
fn a_session_that_is_gone() {
    let mut store = Store::of_user_a();
    store.users[0].sessions.push(Session::default());
    for id in ["s2", "S1", "s1 ", ""] {
        let session = Credentials::none().with_session(("user-a", id));
        assert_guest(&store, &session, GuestReason::SessionGone);
    }
    for id in ["s2", "S1", "s1 "] {
        let jwt = jwt(&json!({"userId": "user-a", "sessionId": id}));
        assert_guest(&store, &Credentials::none().with_jwt(&*jwt), GuestReason::SessionGone);
    }
}

/// As in the reference: a token without a session is bound to none.
#[test]
fn a_token_without_a_session_is_bound_to_none() {
    let mut store = Store::of_user_a();
    store.users[0].sessions.clear();
    for claims in [
        json!({"userId": "user-a"}),
        json!({"userId": "user-a", "sessionId": null}),
        json!({"userId": "user-a", "sessionId": ""}),
        json!({"userId": "user-a", "sessionId": "0"}),
    ] {
        let jwt = jwt(&claims);
        let identity = store.ask(&Credentials::none().with_jwt(&*jwt), now()).unwrap();
        assert_eq!(identity.principal().user_id(), Some("user-a"));
    }
}

#[test]
fn a_session_that_has_expired() {
    let jwt = jwt(&json!({"userId": "user-a", "sessionId": "s1"}));
    let mut store = Store::of_user_a();
    for expire in ["2025-12-31T23:59:59.999+00:00", "soon", "2026-01-01T01:00:00[Asia/Tokyo]", " "]
    {
        store.users[0].sessions[0].expire = Some(expire.into());
        let session = Credentials::none().with_session(("user-a", "s1"));
        assert_guest(&store, &session, GuestReason::SessionExpired);
        assert_guest(&store, &Credentials::none().with_jwt(&*jwt), GuestReason::SessionExpired);
    }
}

#[test]
fn a_key_of_no_kind() {
    let store = Store::of_user_a();
    for key in ["foo_bar", "_", "_x", "STANDARD_x", "Standard_x", " standard_x", "oauth2_x", "é_"]
    {
        assert_guest(&store, &Credentials::none().with_key(key), GuestReason::UnknownKeyKind);
    }
}

#[test]
fn a_key_that_is_not_there() {
    let key = FoundKey::of_project(PROJECT, "standard_abc");
    let organization = FoundKey::of_organization("t1", "organization_o");
    let store = Store::default()
        .with_key(KeyKind::Standard, "standard_abc", key.clone())
        .with_key(KeyKind::Standard, "", FoundKey::of_project(PROJECT, ""))
        .with_key(KeyKind::Account, "account_abc", FoundKey::of_project(PROJECT, "account_abc"))
        .with_key(KeyKind::Standard, "organization_o", organization.clone())
        .with_key(KeyKind::Standard, "abcd", organization);
    let long = format!("standard_{}", "x".repeat(2000));
    let keys =
        ["standard_abd", "abc", "standard_", "", "account_abc", "account_a", "abcd", &long, "a b"];
    for key in keys {
        assert_guest(&store, &Credentials::none().with_key(key), GuestReason::UnknownKey);
    }
    // What the directory takes for the same is compared once more.
    for near in ["standard_ABC", "standard_aBc"] {
        assert_guest(&store, &Credentials::none().with_key(near), GuestReason::UnknownKey);
    }
    let exact = store.ask(&Credentials::none().with_key("standard_abc"), now()).unwrap();
    assert!(exact.principal().bypasses_permissions());
}

#[test]
fn a_key_of_another_project() {
    let key = FoundKey::of_project("project-2", "standard_abc");
    let store = Store::default().with_key(KeyKind::Standard, "standard_abc", key);
    let stored = Credentials::none().with_key("standard_abc");
    assert_guest(&store, &stored, GuestReason::KeyOfAnotherProject);
    for claims in [
        json!({"projectId": "project-2"}),
        json!({}),
        json!({"projectId": null, "projectCheckDisabled": false}),
        json!({"projectId": "Project-1", "projectCheckDisabled": null}),
    ] {
        let key = format!("ephemeral_{}", token(&claims));
        let credentials = Credentials::none().with_key(&*key);
        assert_guest(&store, &credentials, GuestReason::KeyOfAnotherProject);
    }
}

#[test]
fn an_ephemeral_key_whose_token_is_refused() {
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
            let key = format!("{prefix}_{token}");
            let identity = store.ask(&Credentials::none().with_key(&*key), now()).unwrap();
            match identity.guest_reason() {
                Some(GuestReason::KeyToken(error)) => assert_eq!(error.kind(), kind, "{key}"),
                other => panic!("{key}: {other:?}"),
            }
        }
    }
}

/// Whoever answers something else than was asked has found nothing.
#[test]
fn what_was_not_asked_for_is_not_found() {
    let jwt = tokens().create_jwt("user-a", "s1", rolegate::DEFAULT_JWT_LIFETIME, now()).unwrap();
    let user = Credentials::none().with_jwt(&*jwt);
    let key = Credentials::none().with_key("standard_abc");
    let found_key = || Found::Key(Some(FoundKey::of_project(PROJECT, "standard_abc")));
    let found_user = || Found::User(Some(user_a()));
    let decide = |credentials: &Credentials<'_>, found| {
        let authenticator: Authenticator = authenticator();
        authenticator.verify(credentials, now()).unwrap().decide(found).unwrap().guest_reason()
    };
    for found in [found_key(), Found::Nothing, Found::Key(None), Found::User(None)] {
        assert_eq!(decide(&user, found), Some(GuestReason::UnknownUser));
    }
    for found in [found_user(), Found::Nothing, Found::Key(None), Found::User(None)] {
        assert_eq!(decide(&key, found), Some(GuestReason::UnknownKey));
    }
    for found in [found_user(), found_key()] {
        assert_eq!(decide(&Credentials::none(), found), Some(GuestReason::NoCredential));
    }
    assert_eq!(decide(&user, found_user()), None);
    assert_eq!(decide(&key, found_key()), None);
}

/// For the log: who, by what, and why not; names cannot break out of their line.
#[test]
fn where_somebody_comes_from_is_one_line() {
    let in_session = jwt(&json!({"userId": "user-a", "sessionId": "s1"}));
    let without = jwt(&json!({"userId": "user-a"}));
    let key = FoundKey::of_project(PROJECT, "standard_a").with_name("Back\nend");
    let store = Store::of_user_a().with_key(KeyKind::Standard, "standard_a", key);
    let none = Credentials::none();
    for (credentials, line) in [
        (none, "guest: no credential was given"),
        (none.with_unknown_session(), "guest: there is no session with that secret"),
        (none.with_session(("user-a", "s1")), "user `user-a` by session `s1`"),
        (none.with_jwt(&*in_session), "user `user-a` by JWT of session `s1`"),
        (none.with_jwt(&*without), "user `user-a` by JWT without a session"),
        (none.with_key("standard_a"), "standard key `Back\\nend` of `project-1`"),
    ] {
        assert_eq!(store.ask(&credentials, now()).unwrap().provenance().to_string(), line);
    }
}

/// Who cannot be there is not looked for, in a database that may well have an empty text in it.
#[test]
fn nothing_is_looked_up_that_cannot_be() {
    let authenticator = authenticator();
    let longest = "x".repeat(MAX_TOKEN_LEN);
    let longer = "x".repeat(MAX_TOKEN_LEN + 1);
    let none = Credentials::none();
    for (credentials, expected) in [
        (none.with_session(("", "s1")), Lookup::Nothing),
        (none.with_session(("0", "s1")), Lookup::Nothing),
        (none.with_session(("a", "s1")), Lookup::User("a")),
        (none.with_key(""), Lookup::Nothing),
        (none.with_key(&*longer), Lookup::Nothing),
        (none.with_key(&*longest), Lookup::Key { kind: KeyKind::Standard, secret: &longest }),
        (none.with_key("x"), Lookup::Key { kind: KeyKind::Standard, secret: "x" }),
    ] {
        let pending = authenticator.verify(&credentials, now()).unwrap();
        assert_eq!(pending.lookup(), expected);
    }
}

#[test]
fn a_key_of_an_organization_without_an_id() {
    for id in ["", "0"] {
        let key = FoundKey::of_organization(id, "organization_o");
        let store = Store::default().with_key(KeyKind::Organization, "organization_o", key);
        let credentials = Credentials::none().with_key("organization_o");
        assert_guest(&store, &credentials, GuestReason::UnknownKey);
    }
}

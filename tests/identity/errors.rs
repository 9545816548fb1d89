//! Every error, and what is made only within limits.

use std::time::Duration;

use rolegate::{
    AuthenticateError, CreateJwtError, CredentialKind, Credentials, FoundKey, KeyKind,
    MAX_JWT_LIFETIME, MAX_LEEWAY, RequestError, TokenErrorKind, User,
};
use serde_json::json;

use super::{Down, NOW, PROJECT, Store, now, signed, token, tokens};

fn blocked() -> User {
    serde_json::from_value(json!({"$id": "user-b", "status": false})).unwrap()
}

#[test]
fn credentials_that_exclude_each_other_are_refused() {
    use CredentialKind::{ApiKey, Jwt, Session};
    let none = Credentials::none();
    let cases = [
        (none.with_session(("user-a", "s1")).with_jwt("a"), Session, Jwt),
        (none.with_session(("user-a", "s1")).with_key("a"), Session, ApiKey),
        (none.with_jwt("a").with_key("a"), Jwt, ApiKey),
        (none.with_jwt("").with_key(""), Jwt, ApiKey),
        (none.with_session(("", "")).with_jwt("a").with_key("a"), Session, Jwt),
    ];
    for (credentials, one, other) in cases {
        let error = Store::of_user_a().ask(&credentials, now()).unwrap_err();
        assert_eq!(error, AuthenticateError::Conflict(one, other).into(), "{credentials:?}");
    }
    let error = AuthenticateError::Conflict(Session, Jwt).to_string();
    assert_eq!(error, "expected one credential, found a session and a JWT");
}

/// A host that speaks Appwrite's language answers with these.
#[test]
fn every_error_has_its_status_and_type() {
    use CredentialKind::{ApiKey, Jwt, Session};
    let blocked = rolegate::Principal::user(&blocked()).unwrap_err();
    let token = tokens().verify_jwt("a", now()).unwrap_err();
    for (error, status, kind) in [
        (AuthenticateError::Conflict(Session, Jwt), 403, "user_jwt_and_cookie_set"),
        (AuthenticateError::Conflict(Session, ApiKey), 403, "user_key_and_session_set"),
        (AuthenticateError::Conflict(Jwt, ApiKey), 403, "user_key_and_session_set"),
        (AuthenticateError::Token(token), 401, "user_jwt_invalid"),
        (AuthenticateError::Blocked(blocked), 401, "user_blocked"),
        (AuthenticateError::KeyExpired, 401, "project_key_expired"),
    ] {
        assert_eq!((error.status(), error.error_type()), (status, kind), "{error}");
    }
}

/// An invalid JWT is an error, where an invalid key is a guest; an empty header is one that is there.
#[test]
fn a_jwt_that_is_not_valid_is_refused() {
    for jwt in ["", "a", "a.b.c", "..", "standard_abc"] {
        let credentials = Credentials::none().with_jwt(jwt);
        let error = Store::of_user_a().ask(&credentials, now()).unwrap_err();
        assert!(matches!(error, RequestError::Refused(AuthenticateError::Token(_))), "{jwt}");
    }
}

#[test]
fn blocked_users_are_refused_by_whatever_they_come() {
    let store = Store { users: vec![blocked()], keys: vec![] }.with_key(
        KeyKind::Account,
        "account_a",
        FoundKey::of_account(blocked(), "account_a"),
    );
    let jwt = token(&json!({"userId": "user-b", "exp": NOW + 1}));
    for credentials in
        [Credentials::none().with_jwt(&*jwt), Credentials::none().with_key("account_a")]
    {
        match store.ask(&credentials, now()) {
            Err(RequestError::Refused(AuthenticateError::Blocked(user))) => {
                assert_eq!(user.user_id(), "user-b");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn stored_keys_that_have_expired_are_refused() {
    let user = User::new("user-a");
    for (kind, secret, key) in [
        (KeyKind::Standard, "standard_a", FoundKey::of_project(PROJECT, "standard_a")),
        (KeyKind::Organization, "organization_a", FoundKey::of_organization("t", "organization_a")),
        (KeyKind::Account, "account_a", FoundKey::of_account(user, "account_a")),
    ] {
        for (expire, expired) in [
            ("2025-12-31T23:59:59.999+00:00", true),
            ("2026-01-01T00:59:59.999+01:00", true),
            ("2025-12-31 23:59:59.999", true),
            ("tomorrow", true),
            ("0", false),
            ("2026-01-01T00:00:00.000+00:00", false),
            ("9999-12-31T23:59:59.999+00:00", false),
            ("9999-12-31 23:59:59.999", false),
            ("9999-12-31T23:59:59.999+01:00", true),
            // The reference compares texts: these have passed there.
            ("2026-01-01 00:00:00.000", true),
            ("2025-12-31T23:00:00.000-01:00", true),
            ("", false),
        ] {
            let key = key.clone().with_expire(expire);
            let store = Store::default().with_key(kind, secret, key);
            let answer = store.ask(&Credentials::none().with_key(secret), now());
            let error = answer.err().map(|error| error.to_string());
            let expected = "expected an API key that is valid, found one that has expired";
            assert_eq!(error.as_deref(), expired.then_some(expected), "{kind} {expire:?}");
        }
    }
}

#[test]
fn a_directory_that_fails_is_heard() {
    let credentials = Credentials::none().with_session(("broken", "s1"));
    let error = Store::default().ask(&credentials, now()).unwrap_err();
    assert_eq!(error, RequestError::Directory(Down));
    assert_eq!(error.to_string(), "the directory failed: no connection");
}

#[test]
fn every_kind_of_mistake_in_a_token_is_told_apart() {
    use TokenErrorKind as Kind;
    let good = br#"{"alg":"HS256"}"#;
    let user = format!(r#"{{"userId":"u","exp":{}}}"#, NOW + 1);
    let user = user.as_bytes();
    let header = |header: &str| signed(header.as_bytes(), user);
    let payload = |payload: &str| signed(good, payload.as_bytes());
    let claims = |rest: &str| payload(&format!(r#"{{"exp":{},{rest}}}"#, NOW + 1));
    let cases = [
        ("a.b".to_owned(), Kind::Segments),
        ("a.b.c.d".to_owned(), Kind::Segments),
        ("a.b.c".to_owned(), Kind::Base64),
        (format!("{}=", header(r#"{"alg":"HS256"}"#)), Kind::Base64),
        (header("not json"), Kind::Header),
        (header("[]"), Kind::Header),
        (header(r#""HS256""#), Kind::Header),
        (header(r#"{"alg":"HS256"} x"#), Kind::Header),
        (header("{}"), Kind::Algorithm),
        (header(r#"{"alg":null}"#), Kind::Algorithm),
        (header(r#"{"alg":"none"}"#), Kind::Algorithm),
        (header(r#"{"alg":"hs256"}"#), Kind::Algorithm),
        (header(r#"{"alg":["HS256"]}"#), Kind::Algorithm),
        (header(r#"{"alg":"HS256","alg":"none"}"#), Kind::Claim),
        (header(r#"{"alg":"HS256","kid":""}"#), Kind::KeyId),
        (header(r#"{"alg":"HS256","kid":"../../dev/null"}"#), Kind::KeyId),
        (header(r#"{"alg":"HS256","kid":0}"#), Kind::KeyId),
        (header(r#"{"alg":"HS256","crit":["exp"]}"#), Kind::Critical),
        (payload("null"), Kind::Payload),
        (payload("[]"), Kind::Payload),
        (payload("{}"), Kind::MissingExp),
        (payload(r#"{"exp":null}"#), Kind::MissingExp),
        (payload(r#"{"exp":"1767225601"}"#), Kind::Claim),
        (payload(r#"{"exp":1767225601.0}"#), Kind::Claim),
        (payload(r#"{"exp":true}"#), Kind::Claim),
        (payload(r#"{"exp":1767225601,"exp":1767225601}"#), Kind::Claim),
        (payload(r#"{"exp":1767225601,"ex\u0070":null}"#), Kind::Claim),
        (claims(r#""nbf":"0""#), Kind::Claim),
        (claims(r#""iat":[]"#), Kind::Claim),
        (claims(r#""userId":1"#), Kind::Claim),
        (claims(r#""sessionId":{}"#), Kind::Claim),
        (payload(r#"{"exp":1767225600}"#), Kind::Expired),
        (claims(r#""iat":1767222000"#), Kind::TooOld),
        (claims(r#""nbf":1767225600"#), Kind::NotYet),
        ("a.".to_owned(), Kind::Segments),
    ];
    for (token, kind) in cases {
        let error = tokens().verify_jwt(&token, now()).unwrap_err();
        assert_eq!(error.kind(), kind, "{token}: {error}");
    }
    // `null` is as good as nothing, and what is not known is ignored.
    let fine = header(r#"{"alg":"HS256","kid":null,"crit":null,"jku":"https://evil","typ":5}"#);
    assert!(tokens().verify_jwt(&fine, now()).is_ok());
}

/// What is ignored must be JSON all the same, as it must for the reference.
#[test]
fn fields_that_are_ignored_are_read_to_their_end() {
    let bad: [&[u8]; 9] = [
        b"\"\xff\"",
        b"\"\x01\"",
        b"\"\\ud800\"",
        b"\"\\udc00\"",
        b"\"\\ud800\\u0041\"",
        b"[\"\\ud800\"]",
        b"{\"\\u0000a\":1}",
        b"[{\"x\":{\"\\ud800\":1}}]",
        b"01",
    ];
    let fine: [&[u8]; 3] = [b"\"\\ud83d\\ude00\"", b"[1,2.5,null,{\"\":[false]}]", b"\"a\\u0000\""];
    let token = |before: &[u8], value: &[u8], after: &[u8], in_header: bool| {
        let json = [before, value, after].concat();
        if in_header {
            signed(&json, format!(r#"{{"exp":{}}}"#, NOW + 1).as_bytes())
        } else {
            signed(br#"{"alg":"HS256"}"#, &json)
        }
    };
    let verify = |value: &[u8], in_header| {
        let known = if in_header { r#""alg":"HS256""# } else { r#""exp":1767225601"# };
        let before = token(format!(r#"{{{known},"x":"#).as_bytes(), value, b"}", in_header);
        let after = token(br#"{"x":"#, value, format!(",{known}}}").as_bytes(), in_header);
        [before, after].map(|token| tokens().verify_jwt(&token, now()).map_err(|e| e.kind()).err())
    };
    for value in bad {
        let shown = String::from_utf8_lossy(value);
        assert_eq!(verify(value, true), [Some(TokenErrorKind::Header); 2], "{shown}");
        assert_eq!(verify(value, false), [Some(TokenErrorKind::Payload); 2], "{shown}");
    }
    for value in fine {
        assert_eq!(verify(value, true), [None; 2]);
        assert_eq!(verify(value, false), [None; 2]);
    }
}

#[test]
fn jwts_are_made_for_an_hour_at_most_and_for_somebody() {
    let make = |user, session, lifetime| tokens().create_jwt(user, session, lifetime, now());
    let longer = MAX_JWT_LIFETIME + Duration::from_nanos(1);
    for (lifetime, error) in [
        (Duration::ZERO, None),
        (MAX_JWT_LIFETIME, None),
        (longer, Some(CreateJwtError::Lifetime(longer))),
        (Duration::MAX, Some(CreateJwtError::Lifetime(Duration::MAX))),
    ] {
        assert_eq!(make("u", "s", lifetime).err(), error);
    }
    let long = "x".repeat(30_000);
    for (user, session) in [("", "s"), ("0", "s"), ("u", ""), (&long, "s"), ("u", &long)] {
        assert_eq!(make(user, session, Duration::ZERO), Err(CreateJwtError::Id));
    }
}

/// Byte for byte, down to the order of the claims.
#[test]
fn jwts_are_made_as_appwrite_makes_them() {
    let vectors = include_str!("../data/conformance/jwt.ndjson");
    let first: serde_json::Value = serde_json::from_str(vectors.lines().next().unwrap()).unwrap();
    let jwt = tokens().create_jwt("user-a", "sess-1", Duration::from_secs(900), now()).unwrap();
    assert_eq!(first["token"], *jwt);
}

#[test]
fn a_leeway_is_two_minutes_at_most() {
    assert!(tokens().with_leeway(MAX_LEEWAY).is_ok());
    let error = tokens().with_leeway(MAX_LEEWAY + Duration::from_nanos(1)).unwrap_err();
    assert_eq!(error.to_string(), "expected a leeway of at most 120s, found 120.000000001s");
}

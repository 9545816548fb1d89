//! Malformed tokens, and the limits of the tokens that are created.

use std::time::Duration;

use rolegate::auth::{CreateJwtError, MAX_JWT_LIFETIME, MAX_LEEWAY, TokenErrorKind};

use super::{NOW, jwt_keys, now, signed};

#[test]
fn malformed_token_gives_the_kind_of_its_mistake() {
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
        let error = jwt_keys().verify_jwt(&token, now()).unwrap_err();
        assert_eq!(error.kind(), kind, "{token}: {error}");
    }
    // `null` counts as absent, and unknown fields are ignored.
    let fine = header(r#"{"alg":"HS256","kid":null,"crit":null,"jku":"https://evil","typ":5}"#);
    assert!(jwt_keys().verify_jwt(&fine, now()).is_ok());
}

/// Ignored fields must be JSON too, as in Appwrite.
#[test]
fn ignored_field_that_is_not_json_refuses_the_token() {
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
        [before, after]
            .map(|token| jwt_keys().verify_jwt(&token, now()).map_err(|e| e.kind()).err())
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

/// `serde_json` reads 127 levels, and the payload is one of them.
#[test]
fn ignored_claim_may_be_nested_to_126_levels() {
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let verify = |levels: usize| {
            let nested = format!("{}0{}", open.repeat(levels), close.repeat(levels));
            let payload = format!(r#"{{"exp":{},"x":{nested}}}"#, NOW + 1);
            let token = signed(br#"{"alg":"HS256"}"#, payload.as_bytes());
            jwt_keys().verify_jwt(&token, now()).map(drop).map_err(|error| error.kind())
        };
        assert_eq!(verify(126), Ok(()));
        assert_eq!(verify(127), Err(TokenErrorKind::Payload));
    }
}

#[test]
fn created_jwt_needs_ids_and_a_lifetime_of_one_hour_at_most() {
    let make = |user, session, lifetime| jwt_keys().create_jwt(user, session, lifetime, now());
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

/// The tokens are equal byte for byte, including the order of the claims.
#[test]
fn created_jwt_equals_appwrites() {
    let vectors = include_str!("../data/conformance/jwt.ndjson");
    let first: serde_json::Value = serde_json::from_str(vectors.lines().next().unwrap()).unwrap();
    let jwt = jwt_keys().create_jwt("user-a", "sess-1", Duration::from_secs(900), now()).unwrap();
    assert_eq!(first["token"], *jwt);
}

#[test]
fn leeway_over_two_minutes_is_refused() {
    assert!(jwt_keys().with_leeway(MAX_LEEWAY).is_ok());
    let error = jwt_keys().with_leeway(MAX_LEEWAY + Duration::from_nanos(1)).unwrap_err();
    assert_eq!(error.to_string(), "leeway 120.000000001s is longer than 120s");
}

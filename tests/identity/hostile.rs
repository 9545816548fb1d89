//! Input of an attacker who wants access, or wants to exhaust the server.

use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use rolegate::auth::{Credentials, MAX_TOKEN_LEN, TokenErrorKind};

use super::{NOW, PROJECT, Store, jwt_keys, now, signed, signed_as};

fn kind(token: &str) -> TokenErrorKind {
    jwt_keys().verify_jwt(token, now()).unwrap_err().kind()
}

fn payload() -> String {
    format!(r#"{{"userId":"user-a","exp":{}}}"#, NOW + 900)
}

fn good() -> String {
    signed(br#"{"typ":"JWT","alg":"HS256"}"#, payload().as_bytes())
}

#[test]
fn hostile_token_is_refused_as_jwt_and_as_key() {
    use TokenErrorKind as Kind;
    let alg = |name: &str| format!(r#"{{"typ":"JWT","alg":"{name}"}}"#);
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let unsigned = format!("{}.{}.", encode(&alg("none")), encode(&payload()));
    let no_signature = format!("{}.", good().rsplit_once('.').unwrap().0);
    let nested = |open: &str, close: &str, depth| {
        format!(r#"{{"exp":1,"x":{}{}}}"#, open.repeat(depth), close.repeat(depth))
    };
    let signed_payload = |text: String| signed(alg("HS256").as_bytes(), text.as_bytes());
    let cases = [
        ("a megabyte", "a".repeat(1 << 20), Kind::TooLong),
        ("a megabyte of segments", "a.".repeat(1 << 19), Kind::TooLong),
        ("a thousand dots", ".".repeat(1000), Kind::Segments),
        ("two dots", "..".into(), Kind::Header),
        ("emoji", "😀.😀.😀".into(), Kind::Base64),
        ("padding", good() + "==", Kind::Base64),
        ("white space", good() + " ", Kind::Base64),
        ("a line break", good() + "\n", Kind::Base64),
        ("NUL", "\0".repeat(3) + "." + "\0." + "\0", Kind::Base64),
        ("the standard alphabet", "+/+/.e30.AAAA".into(), Kind::Base64),
        ("nested arrays", signed_payload(nested("[", "]", 10_000)), Kind::Payload),
        ("nested objects", signed_payload(nested(r#"{"a":"#, "1}", 2_000)), Kind::Payload),
        ("100,000 deep", signed_payload(nested("[", "]", 100_000)), Kind::TooLong),
        ("a nested header", signed(nested("[", "]", 9_000).as_bytes(), b"{}"), Kind::Header),
        (
            "an enormous exp",
            signed_payload(format!(r#"{{"exp":{}}}"#, "9".repeat(9000))),
            Kind::Payload,
        ),
        ("an infinite exp", signed_payload(r#"{"exp":1e999}"#.into()), Kind::Payload),
        ("an exp over i64", signed_payload(r#"{"exp":9223372036854775808}"#.into()), Kind::Claim),
        ("an exp under i64", signed_payload(r#"{"exp":-9223372036854775809}"#.into()), Kind::Claim),
        ("alg none", unsigned, Kind::Algorithm),
        ("alg None", signed(alg("None").as_bytes(), payload().as_bytes()), Kind::Algorithm),
        ("no signature", no_signature, Kind::Signature),
        ("HS384 named", signed(alg("HS384").as_bytes(), payload().as_bytes()), Kind::Algorithm),
        ("HS512 named", signed(alg("HS512").as_bytes(), payload().as_bytes()), Kind::Algorithm),
        ("RS256 named", signed(alg("RS256").as_bytes(), payload().as_bytes()), Kind::Algorithm),
        (
            "HS384 signed",
            signed_as(Algorithm::HS384, alg("HS256").as_bytes(), payload().as_bytes()),
            Kind::Signature,
        ),
        (
            "a path in kid",
            signed(br#"{"alg":"HS256","kid":"../../../dev/null"}"#, payload().as_bytes()),
            Kind::KeyId,
        ),
        (
            "SQL in kid",
            signed(br#"{"alg":"HS256","kid":"x' UNION SELECT 'a"}"#, payload().as_bytes()),
            Kind::KeyId,
        ),
        (
            "a key of its own",
            signed(br#"{"alg":"HS256","jwk":{"kty":"oct","k":"AAAA"},"kid":"a"}"#, b"{}"),
            Kind::KeyId,
        ),
    ];
    for (what, token, expected) in cases {
        assert_eq!(kind(&token), expected, "{what}");
        let jwt = Credentials::none().with_jwt(&*token);
        assert_eq!(Store::of_user_a().outcome(&jwt), "user_jwt_invalid", "{what} as a JWT");
        for prefix in ["", "standard_", "ephemeral_", "dynamic_", "account_", "organization_"] {
            let key = format!("{prefix}{token}");
            let credentials = Credentials::none()
                .with_project(PROJECT)
                .with_key(&*key)
                .with_key_user("user-a")
                .with_key_organization("t1");
            let outcome = Store::of_user_a().outcome(&credentials);
            let refused = outcome == "user_unauthorized" || outcome.starts_with("guest: ");
            assert!(refused, "{what} as {prefix}: {outcome}");
        }
    }
    assert!(jwt_keys().verify_jwt(&good(), now()).is_ok());
}

#[test]
fn token_with_one_character_changed_or_added_is_refused() {
    let good = good();
    for index in 0..good.len() {
        for other in ["A", "B", "-", "_", ".", "=", "+", "/", " ", "\0", "é", ""] {
            if good.get(index..=index) == Some(other) {
                continue;
            }
            let mut changed = good.clone();
            changed.replace_range(index..=index, other);
            assert!(jwt_keys().verify_jwt(&changed, now()).is_err(), "{changed}");
        }
    }
    for index in 0..=good.len() {
        let mut added = good.clone();
        added.insert(index, 'A');
        assert!(jwt_keys().verify_jwt(&added, now()).is_err(), "{added}");
    }
}

#[test]
fn token_over_the_maximum_length_is_refused() {
    let of_length = |length: usize| {
        let empty = signed(br#"{"alg":"HS256"}"#, br#"{"exp":1767226500,"x":""}"#).len();
        let fill = "x".repeat((length - empty) * 3 / 4);
        let token = format!(r#"{{"exp":1767226500,"x":"{fill}"}}"#);
        signed(br#"{"alg":"HS256"}"#, token.as_bytes())
    };
    let longest = (MAX_TOKEN_LEN - 4..=MAX_TOKEN_LEN).map(of_length);
    let longest = longest.filter(|token| token.len() <= MAX_TOKEN_LEN).max_by_key(String::len);
    let longest = longest.unwrap();
    assert!(longest.len() > MAX_TOKEN_LEN - 4, "{}", longest.len());
    assert!(jwt_keys().verify_jwt(&longest, now()).is_ok());
    assert_eq!(kind(&of_length(MAX_TOKEN_LEN + 4)), TokenErrorKind::TooLong);
}

/// The bound is loose: linear work takes milliseconds, and quadratic work takes minutes.
#[test]
fn hostile_token_is_refused_in_linear_time() {
    let dots = ".".repeat(MAX_TOKEN_LEN);
    let megabytes = "a".repeat(64 << 20);
    let deep = signed(br#"{"alg":"HS256"}"#, "[".repeat(20_000).as_bytes());
    let many = format!(r#"{{"exp":1{}}}"#, r#","x":0"#.repeat(3_000));
    let many = signed(br#"{"alg":"HS256"}"#, many.as_bytes());
    let start = Instant::now();
    for token in [&dots, &megabytes, &deep, &many] {
        for _ in 0..10 {
            assert!(jwt_keys().verify_jwt(token, now()).is_err());
        }
    }
    let megabyte_key = super::key(&megabytes);
    assert_eq!(Store::of_user_a().outcome(&megabyte_key), "user_unauthorized");
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}

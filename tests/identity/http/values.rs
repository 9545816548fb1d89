//! The value of a session: base64 of a JSON object.

use proptest::prelude::*;
use rolegate::auth::http::{SessionFormat, encode_session};

use super::super::Store;
use super::{
    COOKIE, MALFORMED, UNKNOWN_SESSION, cookie, encoded, headers, outcome, outcome_with,
    percent_encoded, secret_of, session_of, with_session,
};

/// Returns the outcome of a cookie, beside a header with a session of `user-c`.
fn beside_another(value: &str) -> String {
    let cookie = format!("{COOKIE}={value}");
    outcome(&headers(&[("cookie", cookie), ("x-appwrite-session", session_of("user-c"))]))
}

/// Returns the JSON of a session of `user-a`, whose length has this remainder after a division by three.
fn json_of_remainder(remainder: usize) -> String {
    let json = r#"{"id":"user-a","secret":"secret-of-user-a"}"#.to_owned();
    let spaces = (0..3).find(|spaces| (json.len() + spaces) % 3 == remainder).unwrap();
    json + &" ".repeat(spaces)
}

#[test]
fn padding_may_be_absent_but_not_wrong() {
    for (remainder, right) in [(0, 0), (1, 2), (2, 1)] {
        let text = encoded(json_of_remainder(remainder));
        let text = text.trim_end_matches('=');
        for padding in 0..6 {
            let padded = format!("{text}{}", "=".repeat(padding));
            let is_right = padding == 0 || padding == right;
            let expected = if is_right { "user-a" } else { "user-c" };
            assert_eq!(beside_another(&padded), expected, "{remainder} {padding}");
            assert_eq!(beside_another(&padded.replace('=', "%3d")), expected);
        }
        for at in 0..text.len() {
            let inside = format!("{}={}", &text[..at], &text[at..]);
            assert_eq!(beside_another(&inside), "user-c", "{inside}");
        }
        if remainder == 1 {
            assert_eq!(beside_another(&text[..text.len() - 1]), "user-c");
        }
    }
}

#[test]
fn white_space_in_base64_is_ignored() {
    for remainder in 0..3 {
        let text = encoded(json_of_remainder(remainder));
        for at in 0..=text.len() {
            let (before, after) = text.split_at(at);
            for space in ["%20", "%09", "%0D", "%0A", "%0d%0a%20", " ", "\t"] {
                assert_eq!(
                    beside_another(&format!("{before}{space}{after}")),
                    "user-a",
                    "{at} {space}"
                );
            }
            for other in ["%0B", "%0C", "%00", "%C2%A0", "%85"] {
                assert_eq!(
                    beside_another(&format!("{before}{other}{after}")),
                    "user-c",
                    "{at} {other}"
                );
            }
        }
        let header = format!(" {}\t{} ", &text[..7], &text[7..]);
        assert_eq!(outcome(&headers(&[("x-appwrite-session", header)])), "user-a");
    }
}

#[test]
fn foreign_character_makes_base64_no_value() {
    let text = encoded(r#"{"id":"user-a","secret":"secret-of-user-a","x":"?>~?>~?>~"}"#);
    assert!(text.contains('+') || text.contains('/'), "{text}");
    assert_eq!(beside_another(&text), "user-a");
    assert_eq!(beside_another(&text.replace('+', "-").replace('/', "_")), "user-c");
    // `+` is not decoded to a space, which base64 would ignore.
    let with_plus = text.replacen("eyJ", "+eyJ", 1);
    assert_eq!(beside_another(&with_plus), "user-c");
    for foreign in ["-", "_", ".", "!", "\"", "'", ",", "%", "%C3%A9", "%FF", "\\", "*", "{", "a"] {
        for at in [0, 1, 7, text.len()] {
            let (before, after) = text.split_at(at);
            let value = format!("{before}{foreign}{after}");
            assert_eq!(beside_another(&value), "user-c", "{value}");
        }
    }
}

/// PHP ignores the bits of the last character that belong to no byte.
#[test]
fn unused_bits_of_the_last_character_are_ignored() {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (remainder, unused) in [(1, 16), (2, 4)] {
        let text = encoded(json_of_remainder(remainder));
        let text = text.trim_end_matches('=');
        let (text, last) = text.split_at(text.len() - 1);
        let first = ALPHABET.find(last).unwrap();
        assert_eq!(first % unused, 0);
        for bits in 0..unused {
            let last = &ALPHABET[first + bits..=first + bits];
            assert_eq!(beside_another(&format!("{text}{last}")), "user-a", "{bits}");
        }
    }
}

/// The values in the last part are read by PHP or not, depending on details. They are refused. The next source
/// could be the session of another user.
#[test]
fn json_of_a_session_is_read_as_in_php() {
    let deep = |depth| {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        format!(r#"{{"id":"user-a","secret":"secret-of-user-a","x":{open}{close}}}"#)
    };
    let with =
        |members: &str| format!(r#"{{"id":"user-a","secret":"secret-of-user-a",{members}}}"#);
    let (user, next, unknown) = ("user-a", "user-c", "guest: unknown user");
    let malformed = MALFORMED;
    for (json, expected) in [
        (r#"{"id":"user-b","secret":"secret-of-user-a","id":"user-a"}"#.into(), user),
        (r#"{"id":"user-a","secret":"secret-of-user-a","id":"user-b"}"#.into(), UNKNOWN_SESSION),
        (r#"{"id":"user-a","secret":"x","secret":"secret-of-user-a"}"#.into(), user),
        (r#"{"id":"user-a","secret":"secret-of-user-a","id":null}"#.into(), unknown),
        (r#"{"\u0069d":"user-\u0061","secret":"secret-of-user-a"}"#.into(), user),
        (r#"{"id":"x","\u0069d":"user-a","secret":"secret-of-user-a"}"#.into(), user),
        ("\t\r\n {\"id\":\"user-a\",\"secret\":\"secret-of-user-a\"}\n ".into(), user),
        (with(r#""ID":"user-b","a":[1,{"id":"user-b"}],"":{}"#), user),
        (r#"{"Id":"user-a","secret":"secret-of-user-a"}"#.into(), unknown),
        (deep(126), user),
        // Neither an id nor a secret.
        ("{}".into(), next),
        (r#"{"x":"user-a"}"#.into(), next),
        (r#"{"id":null,"secret":null}"#.into(), next),
        (r#"{"id":"user-a","id":"","secret":"0"}"#.into(), next),
        ("[]".into(), next),
        (r#"["user-a","secret-of-user-a"]"#.into(), next),
        (r#"[{"id":"user-a","secret":"secret-of-user-a"}]"#.into(), next),
        ("null".into(), next),
        ("1".into(), next),
        (r#""user-a""#.into(), next),
        (String::new(), next),
        (r#"{"id":"user-a","secret":"secret-of-user-a""#.into(), next),
        (r#"{"id":"user-a","secret":"secret-of-user-a"}}"#.into(), next),
        (r#"{"id":"user-a""secret":"secret-of-user-a"}"#.into(), next),
        ("\u{feff}{\"id\":\"user-a\",\"secret\":\"secret-of-user-a\"}".into(), next),
        (r#"{"id":"user-a","secret":"\ud800"}"#.into(), next),
        ("{".into(), next),
        (r#"{"id":"user-a","secret":"secret-of-user-a","x":tru}"#.into(), next),
        (r#"{"id":"user-a","secret":"secret-of-user-a","x":x}"#.into(), next),
        (r#"{id:"user-a"}"#.into(), next),
        ("{\"id\":\"user-a\n\",\"secret\":\"x\"}".into(), next),
        // What only PHP may read.
        (deep(127), malformed),
        (deep(400), malformed),
        (deep(5_000), malformed),
        (with(r#""x":1e999"#), malformed),
        (with(r#""x":[-1e999]"#), malformed),
        (with(r#""\u0000x":1"#), malformed),
        (with(r#""x":{"\u0000x":1}"#), malformed),
        (with(r#""x":TRUE"#), malformed),
        (with(r#""x":tRUE"#), malformed),
        (with(r#""x":Null"#), malformed),
    ] {
        let shown: String = json.chars().take(100).collect();
        assert_eq!(beside_another(&encoded(json)), expected, "{shown}");
    }
    let invalid = encoded([br#"{"id":"user-a","secret":""#, &[0xff][..], b"\"}"].concat());
    assert_eq!(beside_another(&invalid), next);
}

/// In PHP `empty` is true for the falsy values. `0.0` and `{}` are not read as falsy here, which refuses more.
#[test]
fn id_or_secret_of_a_wrong_type_is_refused() {
    for truthy in
        ["1", "-1", "1.5", "true", "[1]", r#"["user-a"]"#, r#"{"id":"user-a"}"#, "0.0", "{}"]
    {
        let value = encoded(format!(r#"{{"id":{truthy}}}"#));
        assert_eq!(beside_another(&value), MALFORMED, "{truthy}");
        let value = encoded(format!(r#"{{"secret":{truthy}}}"#));
        assert_eq!(beside_another(&value), MALFORMED, "{truthy}");
        let value = encoded(format!(r#"{{"id":"user-a","secret":{truthy}}}"#));
        assert_eq!(beside_another(&value), MALFORMED, "{truthy}");
    }
    for falsy in ["null", "false", "0", "-0", r#""""#, r#""0""#, "[]"] {
        let value = encoded(format!(r#"{{"id":{falsy}}}"#));
        assert_eq!(beside_another(&value), "user-c", "{falsy}");
        let value = encoded(format!(r#"{{"id":{falsy},"secret":{falsy}}}"#));
        assert_eq!(beside_another(&value), "user-c", "{falsy}");
        let value = encoded(format!(r#"{{"id":{falsy},"secret":"secret-of-user-a"}}"#));
        assert_eq!(beside_another(&value), "guest: unknown user", "{falsy}");
        let value = encoded(format!(r#"{{"id":"user-a","secret":{falsy}}}"#));
        assert_eq!(beside_another(&value), UNKNOWN_SESSION, "{falsy}");
    }
}

#[test]
fn value_of_a_cookie_is_percent_decoded_once() {
    let session = session_of("user-a");
    assert!(session.ends_with('='), "{session}");
    let encoded_once = percent_encoded(&session);
    assert_eq!(beside_another(&encoded_once), "user-a");
    assert_eq!(beside_another(&encoded_once.to_lowercase()), "user-a");
    assert_eq!(beside_another(&session.replace('=', "%3D")), "user-a");
    assert_eq!(beside_another(&session.replace('=', "%253D")), "user-c");
    for invalid in ["%zz", "%3", "%", "%3g", "%%3D", "%+1", "% 1", "%-1"] {
        assert_eq!(beside_another(&session.replace('=', invalid)), "user-c", "{invalid}");
    }
    // Headers are not percent-decoded.
    let header = [("x-appwrite-session", session.replace('=', "%3D"))];
    assert_eq!(outcome(&headers(&header)), "guest: no credential");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// Clients send the value raw or percent-encoded.
    #[test]
    fn encoded_session_is_decoded_to_its_id_and_secret(
        id in r#"[a-z0-9._-]{1,36}|\PC{1,20}|["\\/%+=;,\u{0}-\u{1f}é😀]{1,9}"#,
        secret in r#"[a-f0-9]{1,64}|\PC{1,20}|["\\/%+=;,\u{0}-\u{1f}é😀]{1,9}"#,
    ) {
        prop_assume!(id != "0" && secret != "0");
        let mut user = with_session("user-a");
        user.id.clone_from(&id);
        user.sessions[0].secret = Some(super::super::sha256(&secret));
        let store = Store::of_users(vec![user]);
        let value = encode_session(&id, &secret);
        for value in [value.clone(), percent_encoded(&value)] {
            let headers = cookie(format!("a=b; {COOKIE}={value}; c=d"));
            prop_assert_eq!(&outcome_with(&store, &headers, SessionFormat::Appwrite), &id);
        }
        let fallback = serde_json::json!({ COOKIE: value }).to_string();
        for (name, value) in [("x-appwrite-session", &value), ("x-fallback-cookies", &fallback)] {
            let headers = headers(&[(name, value)]);
            prop_assert_eq!(&outcome_with(&store, &headers, SessionFormat::Appwrite), &id);
        }
    }

    #[test]
    fn any_bytes_in_a_cookie_give_no_user(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let value = percent_encoded(&bytes);
        for value in [value, encoded(&bytes)] {
            let headers = cookie(format!("{COOKIE}={value}"));
            let found = outcome(&headers);
            prop_assert!(found.starts_with("guest: ") || found == MALFORMED, "{}", found);
        }
    }
}

#[test]
fn secret_of_another_user_is_not_believed() {
    let value = encode_session("user-a", &secret_of("user-b"));
    assert_eq!(beside_another(&value), UNKNOWN_SESSION);
}

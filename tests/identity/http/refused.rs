//! Headers that are refused, and the texts of the errors.

use rolegate::Refusal;
use rolegate::auth::KeyKind;
use rolegate::auth::http::{
    HeaderErrorKind, MAX_COOKIES_LEN, MAX_HEADER_LEN, RequestCredentials, SessionFormat,
};

use super::super::{PROJECT, jwt};
use super::{COOKIE, cookie, headers, outcome, session_of, store};
use crate::identity::StoredKey;
use serde_json::json;

/// The headers with a credential, besides cookies.
const HEADERS: [&str; 10] = [
    "X-Appwrite-Project",
    "X-Appwrite-Session",
    "X-Fallback-Cookies",
    "X-Appwrite-JWT",
    "X-Appwrite-Key",
    "X-Appwrite-User",
    "X-Appwrite-Organization",
    "X-Appwrite-Impersonate-User-Id",
    "X-Appwrite-Impersonate-User-Email",
    "X-Appwrite-Impersonate-User-Phone",
];

#[test]
fn repeated_header_is_refused_with_its_name() {
    for name in HEADERS {
        for values in [["a", "a"], ["a", "b"], ["", ""], ["a", ""], ["", "a"], ["0", "0"]] {
            let lines = values.map(|value| (name, value));
            assert_eq!(outcome(&headers(&lines)), format!("400 repeated {name}"), "{values:?}");
            // A header is refused also if the request does not need it.
            let session = format!("{COOKIE}={}", session_of("user-a"));
            let lines = [("cookie", &*session), lines[0], ("a", "b"), lines[1]];
            assert_eq!(outcome(&headers(&lines)), format!("400 repeated {name}"), "{values:?}");
        }
    }
    let others = ["accept", "x-appwrite-response-format", "authorization", "x-appwrite-dev-key"];
    for other in others {
        let lines = [(other, "a"), (other, "b")];
        assert_eq!(outcome(&headers(&lines)), "guest: no credential");
    }
}

#[test]
fn header_that_is_not_ascii_is_refused_with_its_name() {
    for name in HEADERS {
        for value in [&b"\xff"[..], "user-é".as_bytes(), b"a\x80b"] {
            let found = outcome(&headers(&[(name, value)]));
            // This header has other cookies too.
            let expected = match name {
                "X-Fallback-Cookies" => "guest: no credential".to_owned(),
                _ => format!("400 not ASCII {name}"),
            };
            assert_eq!(found, expected, "{value:?}");
        }
    }
    assert_eq!(outcome(&headers(&[("accept", b"\xff")])), "guest: no credential");
}

#[test]
fn header_over_its_limit_is_refused() {
    for name in HEADERS {
        let limit = match name {
            "X-Appwrite-JWT" | "X-Appwrite-Key" => continue,
            "X-Fallback-Cookies" => MAX_COOKIES_LEN,
            _ => MAX_HEADER_LEN,
        };
        assert_eq!(outcome(&headers(&[(name, "a".repeat(limit))])), "guest: no credential");
        for length in [limit + 1, 4 << 20] {
            let headers = headers(&[(name, "a".repeat(length))]);
            assert_eq!(outcome(&headers), format!("431 too long {name}"));
            let error = RequestCredentials::from_headers(&headers, PROJECT).unwrap_err();
            assert_eq!(error.kind(), HeaderErrorKind::TooLong { limit });
        }
    }
}

/// The authenticator's own errors are more precise than an error of a header.
#[test]
fn long_jwt_or_key_is_refused_by_the_authenticator() {
    let megabyte = "a".repeat(1 << 20);
    assert_eq!(outcome(&headers(&[("x-appwrite-jwt", &megabyte)])), "user_jwt_invalid");
    for (prefix, expected) in [
        ("", "user_unauthorized"),
        ("standard_", "user_unauthorized"),
        ("account_", "user_unauthorized"),
        ("organization_", "user_unauthorized"),
        ("ephemeral_", "guest: invalid token in API key: the token is longer than 16384 bytes"),
        ("other_", "guest: unknown kind of API key"),
    ] {
        let key = format!("{prefix}{megabyte}");
        let lines = [
            ("x-appwrite-project", PROJECT),
            ("x-appwrite-key", &*key),
            ("x-appwrite-user", "user-a"),
            ("x-appwrite-organization", "team-a"),
        ];
        let found = outcome(&headers(&lines));
        assert!(found.starts_with(expected.split(": the").next().unwrap()), "{prefix} {found}");
    }
}

#[test]
fn error_of_a_header_names_the_header_and_what_to_do() {
    let session = session_of("user-a");
    let long = "a".repeat(MAX_HEADER_LEN + 1);
    let two = format!("{COOKIE}={session}; {COOKIE}=x");
    for (headers, status, expected) in [
        (
            headers(&[("x-appwrite-jwt", "a"), ("x-appwrite-jwt", "b")]),
            400,
            "repeated header `X-Appwrite-JWT`; send it once",
        ),
        (cookie(&two), 400, "two session cookies with different values; send one of them"),
        (
            cookie([COOKIE.as_bytes(), b"=\xff"].concat()),
            400,
            "the session cookie is not ASCII; send the value that the server set",
        ),
        (
            headers(&[("x-appwrite-user", "é")]),
            400,
            "header `X-Appwrite-User` is not ASCII; send only visible ASCII characters",
        ),
        (
            headers(&[("x-appwrite-session", &*long)]),
            431,
            "header `X-Appwrite-Session` is longer than 8192 bytes; send a shorter value",
        ),
        (
            cookie("a".repeat(MAX_COOKIES_LEN + 1)),
            431,
            "header `Cookie` is longer than 65536 bytes; send a shorter value",
        ),
    ] {
        let error = RequestCredentials::from_headers(&headers, PROJECT).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert_eq!((error.status(), error.error_type()), (status, "general_argument_invalid"));
        let debug = format!("{error:?}");
        assert!(!debug.contains(&session) && debug.len() < 200, "{debug}");
    }
}

#[test]
fn empty_value_or_zero_counts_as_absent() {
    let session = format!("{COOKIE}={}", session_of("user-a"));
    for empty in ["", "0"] {
        let mut lines: Vec<_> = HEADERS.map(|name| (name, empty)).into();
        assert_eq!(outcome(&headers(&lines)), "guest: no credential", "{empty:?}");
        lines.push(("cookie", &session));
        assert_eq!(outcome(&headers(&lines)), "user-a", "{empty:?}");
        let cookie = format!("{COOKIE}={empty}");
        let header = session_of("user-c");
        let lines = [("cookie", &*cookie), ("x-appwrite-session", &*header)];
        assert_eq!(outcome(&headers(&lines)), "user-c", "{empty:?}");
        let project = headers(&[("x-appwrite-project", empty)]);
        assert_eq!(RequestCredentials::from_headers(&project, PROJECT).unwrap().project(), None);
    }
    let project = headers(&[("x-appwrite-project", "other")]);
    let request = RequestCredentials::from_headers(&project, PROJECT).unwrap();
    assert_eq!(request.project(), Some("other"));
}

#[test]
fn headers_of_credentials_lead_to_their_caller() {
    let jwt_of = |id: &str| jwt(&json!({"userId": id, "sessionId": format!("s-{id}")}));
    let jwt_b = jwt_of("user-b");
    let cookie_a = format!("{COOKIE}={}", session_of("user-a"));
    let standard = StoredKey::of_project(PROJECT, "standard_a");
    let organization = StoredKey::of_organization("team-a", "organization_a");
    let account = StoredKey::of_account(rolegate::User::new("user-a"), "account_a");
    let store = store()
        .with_key(KeyKind::Standard, "standard_a", standard)
        .with_key(KeyKind::Organization, "organization_a", organization)
        .with_key(KeyKind::Account, "account_a", account);
    let (project, key) = (("x-appwrite-project", PROJECT), "x-appwrite-key");
    for (lines, expected) in [
        (vec![("x-appwrite-jwt", &*jwt_b)], "user-b"),
        (vec![("x-appwrite-jwt", "x")], "user_jwt_invalid"),
        (vec![("cookie", &cookie_a), ("x-appwrite-jwt", &jwt_b)], "user_jwt_and_cookie_set"),
        (vec![project, (key, "standard_a")], "bypass"),
        (vec![(key, "standard_a")], "project_id_missing"),
        (vec![("x-appwrite-project", "p2"), (key, "standard_a")], "project_id_missing"),
        (vec![project, (key, "standard_b")], "user_unauthorized"),
        (vec![project, (key, "standard_a"), ("cookie", &cookie_a)], "user_api_key_and_session_set"),
        (vec![(key, "account_a"), ("x-appwrite-user", "user-a")], "user-a"),
        (vec![(key, "account_a"), ("x-appwrite-user", "user-b")], "user_unauthorized"),
        (vec![(key, "account_a")], "user_unauthorized"),
        (
            vec![(key, "organization_a"), ("x-appwrite-organization", "team-a")],
            "any team:team-a team:team-a/owner",
        ),
        (vec![(key, "organization_a")], "user_unauthorized"),
    ] {
        let found = super::outcome_with(&store, &headers(&lines), SessionFormat::Appwrite);
        assert_eq!(found, expected, "{lines:?}");
    }
}

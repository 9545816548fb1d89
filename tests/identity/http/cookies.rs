//! The cookies of a request.

use std::time::Instant;

use rolegate::auth::http::{MAX_COOKIES_LEN, session_cookie_name};

use super::super::PROJECT;
use super::{COOKIE, cookie, encoded, headers, outcome, percent_encoded, session_of};

#[test]
fn session_cookie_is_found_among_others() {
    assert_eq!(session_cookie_name(PROJECT), COOKIE);
    let session = session_of("user-a");
    for text in [
        format!("{COOKIE}={session}"),
        format!(" \t{COOKIE}={session} "),
        format!("theme=dark; {COOKIE}={session}; lang=de"),
        format!("theme=dark;{COOKIE}={session};lang=de"),
        format!(";;; ;{COOKIE}={session};;"),
        format!("a; =; ==; b=; {COOKIE}={session}"),
        format!("a=\"x; {COOKIE}={session}"),
        format!("{COOKIE}; {COOKIE}={session}"),
    ] {
        assert_eq!(outcome(&cookie(&text)), "user-a", "{text}");
    }
    // Other cookies are not checked.
    for other in [&b"x=\xff\xfe"[..], "café=é".as_bytes(), b"a_session_p2=\xff", b"\xff"] {
        let text = [other, b"; ", COOKIE.as_bytes(), b"=", session.as_bytes()].concat();
        assert_eq!(outcome(&cookie(text)), "user-a");
    }
}

#[test]
fn cookie_with_another_name_is_not_the_session() {
    let session = session_of("user-a");
    for name in [
        "a_session_project-2",
        "a_session_project-1x",
        "a_session_project-1_legac",
        "a_session_project-1_legacyx",
        "a_session_project-1_LEGACY",
        "a_session_project-",
        "xa_session_project-1",
        "x a_session_project-1",
        "A_SESSION_PROJECT-1",
        "a_session_Project-1",
        "a_session_project-1 ",
        "a_session_project-1\t",
        "a_session_project%2D1",
        "%61_session_project-1",
        "a_session_",
        "a_session",
        "$a_session_project-1",
        "\"a_session_project-1\"",
        "",
    ] {
        let text = format!("{name}={session}");
        assert_eq!(outcome(&cookie(&text)), "guest: no credential", "{name:?}");
    }
    assert_eq!(outcome(&cookie(format!("{COOKIE}:{session}"))), "guest: no credential");
    assert_eq!(outcome(&cookie(format!("{COOKIE}=\"{session}\""))), "guest: no credential");
    assert_eq!(outcome(&cookie(format!("{COOKIE}=={session}"))), "guest: no credential");
}

#[test]
fn cookie_fields_are_joined() {
    let session = session_of("user-a");
    let main = format!("{COOKIE}={session}");
    let legacy = format!("{COOKIE}_legacy={}", session_of("user-b"));
    let other = "theme=dark".to_owned();
    for fields in [
        vec![&main],
        vec![&other, &main],
        vec![&main, &other],
        vec![&legacy, &other, &main],
        vec![&main, &legacy],
        vec![&main, &other, &main],
    ] {
        let lines: Vec<_> = fields.iter().map(|field| ("cookie", field)).collect();
        assert_eq!(outcome(&headers(&lines)), "user-a", "{fields:?}");
    }
    // The fields are not one text: a cookie does not go on in the next field.
    let (start, end) = main.split_at(30);
    let found = outcome(&headers(&[("cookie", start), ("cookie", end)]));
    assert_eq!(found, "guest: no credential");
}

#[test]
fn repeated_session_cookie_counts_once_only_if_the_values_are_equal() {
    let [a, b] = ["user-a", "user-b"].map(session_of);
    let encoded_a = percent_encoded(&a);
    let spaced = a.replacen('e', "e%20", 1);
    let empty = String::new();
    for name in [COOKIE, "a_session_project-1_legacy"] {
        for (first, second, expected) in [
            (&a, &a, "user-a"),
            (&a, &encoded_a, "user-a"),
            (&encoded_a, &a, "user-a"),
            (&empty, &empty, "guest: no credential"),
            (&a, &b, "400 repeated Cookie"),
            (&b, &a, "400 repeated Cookie"),
            (&a, &empty, "400 repeated Cookie"),
            (&empty, &a, "400 repeated Cookie"),
            // The same session in another form is another value.
            (&a, &spaced, "400 repeated Cookie"),
        ] {
            let one = format!("{name}={first}; x=y; {name}={second}");
            assert_eq!(outcome(&cookie(&one)), expected, "{one}");
            let two = [first, second].map(|value| ("cookie", format!("{name}={value}")));
            assert_eq!(outcome(&headers(&two)), expected, "{two:?}");
            let three = format!("{name}={first}; {name}={first}; {name}={second}");
            assert_eq!(outcome(&cookie(&three)), expected, "{three}");
        }
    }
    // The cookie that is not used is checked too, and so is one beside a header.
    let lines = [
        ("cookie", format!("{COOKIE}={a}; {COOKIE}_legacy={a}; {COOKIE}_legacy={b}")),
        ("x-appwrite-session", a.clone()),
    ];
    assert_eq!(outcome(&headers(&lines)), "400 repeated Cookie");
    let different_cookies =
        format!("{COOKIE}={a}; {COOKIE}_legacy={b}; a_session_p2={b}; x=1; x=2");
    assert_eq!(outcome(&cookie(different_cookies)), "user-a");
}

#[test]
fn session_cookie_that_is_not_ascii_is_refused() {
    for name in [COOKIE, "a_session_project-1_legacy"] {
        for value in [&b"\xff"[..], "é".as_bytes(), b"eyJ\x80", b"\x80="] {
            let text = [b"a=b; ", name.as_bytes(), b"=", value].concat();
            assert_eq!(outcome(&cookie(text)), "400 not ASCII Cookie");
        }
    }
}

#[test]
fn ten_thousand_cookies_are_read_in_linear_time() {
    let session = format!("{COOKIE}={}", session_of("user-a"));
    let many = "a=b; ".repeat(10_000) + &session;
    let repeated = format!("{session};").repeat(600);
    let prefixes = "a_session_project-".chars().cycle().take(60_000).collect::<String>();
    let semicolons = ";".repeat(MAX_COOKIES_LEN - session.len()) + &session;
    let percents = format!("{COOKIE}={}", "%".repeat(60_000));
    let spaces = format!("{}{session}", " ".repeat(60_000));
    let mut fields = vec![("cookie", "a=b"); 10_000];
    fields.push(("cookie", &session));
    let start = Instant::now();
    for (text, expected) in [
        (many, "user-a"),
        (repeated, "user-a"),
        (prefixes, "guest: no credential"),
        (semicolons, "user-a"),
        (percents, "guest: no credential"),
        (spaces, "user-a"),
        (format!("{COOKIE}={}", encoded("[".repeat(48_000))), "guest: no credential"),
        (format!("{COOKIE}={}", encoded(r#"{"id":"#.repeat(7_000))), "400 malformed Cookie"),
    ] {
        assert!(text.len() <= MAX_COOKIES_LEN, "{}", text.len());
        assert_eq!(outcome(&cookie(text)), expected);
    }
    assert_eq!(outcome(&headers(&fields)), "user-a");
    assert!(start.elapsed().as_secs() < 2, "{:?}", start.elapsed());
}

#[test]
fn cookies_over_the_limit_are_refused() {
    let session = format!("{COOKIE}={}", session_of("user-a"));
    let fill = |length: usize| format!("{session};{}", "x".repeat(length - session.len() - 1));
    assert_eq!(outcome(&cookie(fill(MAX_COOKIES_LEN))), "user-a");
    let too_long = "431 too long Cookie";
    assert_eq!(outcome(&cookie(fill(MAX_COOKIES_LEN + 1))), too_long);
    assert_eq!(outcome(&cookie(fill(16 << 20))), too_long);
    // The limit is for all fields together.
    let half = fill(MAX_COOKIES_LEN / 2);
    let fields = [("cookie", &*half), ("cookie", &*half)];
    assert_eq!(outcome(&headers(&fields)), "user-a");
    assert_eq!(outcome(&headers(&[fields[0], fields[1], ("cookie", "x")])), too_long);
    // Cookies over the limit are refused even if no cookie is a session.
    assert_eq!(outcome(&cookie("x".repeat(MAX_COOKIES_LEN + 1))), too_long);
}

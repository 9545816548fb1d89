//! The order of the sources of a session.

use super::{COOKIE, UNKNOWN_SESSION, encoded, headers, outcome, session_of};

/// The value of one source.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Source {
    Missing,
    Empty,
    NotASession,
    /// An id without a secret. The next source is not read.
    IdAlone,
    /// A secret without an id. The next source is not read.
    SecretAlone,
    Session,
}

use Source::{Empty, IdAlone, Missing, NotASession, SecretAlone, Session};

const SOURCES: [Source; 6] = [Missing, Empty, NotASession, IdAlone, SecretAlone, Session];

impl Source {
    fn value(self, id: &str) -> Option<String> {
        match self {
            Missing => None,
            Empty => Some(String::new()),
            NotASession => Some("not a session".into()),
            IdAlone => Some(encoded(format!(r#"{{"id":"{id}"}}"#))),
            SecretAlone => Some(encoded(r#"{"secret":"secret-of-user-a"}"#)),
            Session => Some(session_of(id)),
        }
    }
}

/// The main cookie is of `user-a`, the other cookie of `user-b`, the header of `user-c`, and the fallback of
/// `user-d`.
#[test]
fn session_is_read_from_the_first_source_with_an_id_or_a_secret() {
    let mut users = 0;
    let all = SOURCES.into_iter().flat_map(|a| SOURCES.map(|b| (a, b)));
    for (main, legacy) in all.clone() {
        for (header, fallback) in all.clone() {
            let found = outcome(&request(main, legacy, header, fallback));
            // The other cookie counts only without the main cookie.
            let cookie = if main == Missing { (legacy, "user-b") } else { (main, "user-a") };
            let mut sources = [cookie, (header, "user-c"), (fallback, "user-d")].into_iter();
            let first =
                sources.find(|(source, _)| matches!(source, IdAlone | SecretAlone | Session));
            let expected = match first {
                None => "guest: no credential",
                Some((Session, id)) => id,
                Some((IdAlone, _)) => UNKNOWN_SESSION,
                Some(_) => "guest: unknown user",
            };
            assert_eq!(found, expected, "{main:?} {legacy:?} {header:?} {fallback:?}");
            users += usize::from(matches!(first, Some((Session, _))));
        }
    }
    assert!(users > 300, "{users}");
}

fn request(main: Source, legacy: Source, header: Source, fallback: Source) -> http::HeaderMap {
    let mut lines = Vec::new();
    // The order of cookies does not matter.
    if let Some(value) = legacy.value("user-b") {
        lines.push(("cookie", format!("{COOKIE}_legacy={value}")));
    }
    if let Some(value) = main.value("user-a") {
        lines.push(("cookie", format!("{COOKIE}={value}")));
    }
    if let Some(value) = header.value("user-c") {
        lines.push(("x-appwrite-session", value));
    }
    if let Some(value) = fallback.value("user-d") {
        lines.push(("x-fallback-cookies", format!(r#"{{"{COOKIE}":"{value}"}}"#)));
    }
    headers(&lines)
}

/// The session of an attacker must not replace the session of a cookie. The cookie is deleted only when the
/// user signs out.
#[test]
fn session_that_does_not_count_is_not_replaced_by_the_next_source() {
    let wrong = encoded(r#"{"id":"user-a","secret":"wrong"}"#);
    let unknown = encoded(r#"{"id":"user-x","secret":"secret-of-user-x"}"#);
    for (value, expected) in [(wrong, UNKNOWN_SESSION), (unknown, "guest: unknown user")] {
        let lines =
            [("cookie", format!("{COOKIE}={value}")), ("x-appwrite-session", session_of("user-c"))];
        assert_eq!(outcome(&headers(&lines)), expected);
    }
}

#[test]
fn fallback_that_is_no_json_object_with_a_text_is_no_session() {
    let session = session_of("user-a");
    for (fallback, expected) in [
        (format!(r#"{{"{COOKIE}":"{session}"}}"#), "user-a"),
        (format!(r#" {{ "other" : "é" , "{COOKIE}" : "{session}" }} "#), "user-a"),
        (format!(r#"{{"{COOKIE}":"x","{COOKIE}":"{session}"}}"#), "user-a"),
        (format!(r#"{{"{COOKIE}":"{session}","{COOKIE}":"x"}}"#), "guest: no credential"),
        (format!(r#"{{"a\u005fsession_project-1":"{session}"}}"#), "user-a"),
        // This header is not percent-decoded.
        (format!(r#"{{"{COOKIE}":"{}"}}"#, session.replace('=', "%3D")), "guest: no credential"),
        (format!(r#"{{"{COOKIE}_legacy":"{session}"}}"#), "guest: no credential"),
        (format!(r#"{{"A_SESSION_PROJECT-1":"{session}"}}"#), "guest: no credential"),
        (format!(r#"{{"{COOKIE}":["{session}"]}}"#), "guest: no credential"),
        (format!(r#"{{"x":{{"{COOKIE}":"{session}"}}}}"#), "guest: no credential"),
        (format!(r#"[{{"{COOKIE}":"{session}"}}]"#), "guest: no credential"),
        (format!(r#"{{"{COOKIE}":"{session}""#), "guest: no credential"),
        (format!(r#"{{"{COOKIE}":"{session}"}}x"#), "guest: no credential"),
        (format!("{COOKIE}={session}"), "guest: no credential"),
        ("null".into(), "guest: no credential"),
        ("[]".into(), "guest: no credential"),
        ("[".repeat(60_000), "guest: no credential"),
        (r#"{"a":"#.repeat(13_000), "guest: no credential"),
    ] {
        let found = outcome(&headers(&[("x-fallback-cookies", &*fallback)]));
        assert_eq!(found, expected, "{}", fallback.chars().take(200).collect::<String>());
    }
    let invalid =
        [br#"{"x":""#, &[0xff][..], br#"","a_session_project-1":""#, session.as_bytes(), b"\"}"];
    let found = outcome(&headers(&[("x-fallback-cookies", invalid.concat())]));
    assert_eq!(found, "guest: no credential");
}

//! The events for the log. The subscriber is that of the crate `tracing-subscriber`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests and their helpers fail by panicking"
)]

use std::io;
use std::sync::{Arc, Mutex};

use axum::Router;
use rolegate_tower::RequireScope;
use tracing::Level;

use support::*;

#[path = "../support.rs"]
mod support;

/// The text that a subscriber wrote.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Sends a request and returns what was logged for the target `rolegate`.
async fn logged(router: Router, headers: &[(&'static str, String)]) -> Vec<String> {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .with_max_level(Level::TRACE)
        .with_ansi(false)
        .without_time()
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    send(router, headers).await;
    drop(guard);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(!text.contains("hunter2"), "{text}");
    for (name, value) in headers.iter().filter(|(name, _)| !name.contains("-user")) {
        assert!(!text.contains(value.as_str()) || *name == PROJECT.0, "{text}");
    }
    let is_ours = |line: &&str| line.contains(" rolegate: ");
    text.lines().filter(is_ours).map(|line| line.trim().to_owned()).collect()
}

#[tokio::test]
async fn decision_is_one_event_with_ids_and_reason() {
    let app = || router().layer(layer(Users::new()));
    let target = |id: &str| header("x-appwrite-impersonate-user-id", id);
    let deleted = header("x-appwrite-jwt", &jwt_of("user-a", "gone"));
    for (headers, event) in [
        (vec![], r#"DEBUG rolegate: method="guest" outcome="guest" reason="no credential""#),
        (
            vec![cookie("user-a")],
            r#"DEBUG rolegate: method="session" user_id="user-a" session_id="s1" outcome="allowed""#,
        ),
        (key(), r#"DEBUG rolegate: method="api-key" outcome="allowed""#),
        (
            vec![jwt("boss"), target("user-a")],
            r#"DEBUG rolegate: method="jwt" user_id="user-a" session_id="s1" impersonator_id="boss" outcome="allowed""#,
        ),
        (
            vec![deleted],
            r#"INFO rolegate: method="guest" user_id="user-a" session_id="gone" outcome="guest" reason="the session of the JWT has been deleted""#,
        ),
        (
            vec![cookie("unknown")],
            r#"INFO rolegate: method="guest" user_id="unknown" outcome="guest" reason="unknown user""#,
        ),
        (
            vec![cookie("blocked")],
            r#"INFO rolegate: method="session" user_id="blocked" session_id="s1" outcome="refused" reason="user `blocked` is blocked""#,
        ),
        (
            vec![cookie("boss"), target("blocked")],
            r#"INFO rolegate: method="session" user_id="boss" session_id="s1" outcome="refused" reason="user `blocked` is blocked""#,
        ),
        (
            vec![jwt("user-a"), jwt("user-a")],
            r#"INFO rolegate: outcome="refused" reason="repeated header `X-Appwrite-JWT`; send it once""#,
        ),
        (
            vec![header("x-appwrite-project", "p2")],
            r#"INFO rolegate: outcome="refused" reason="project not found""#,
        ),
    ] {
        assert_eq!(logged(app(), &headers).await, [event], "{headers:?}");
    }
}

#[tokio::test]
async fn refusal_of_jwt_or_key_has_a_reason_without_the_secret() {
    let app = || router().layer(layer(Users::new()));
    let wrong = header("x-appwrite-key", "standard_hunter2-wrong");
    let bad_jwt = header("x-appwrite-jwt", "hunter2.b.c");
    for (headers, method) in [(vec![bad_jwt], "jwt"), (vec![project(), wrong], "api-key")] {
        let events = logged(app(), &headers).await;
        assert_eq!(events.len(), 1, "{events:?}");
        assert!(
            events[0].starts_with(&format!(
                r#"INFO rolegate: method="{method}" outcome="refused" reason=""#
            )),
            "{events:?}"
        );
    }
}

#[tokio::test]
async fn refusal_of_scope_or_extractor_is_an_event() {
    let scoped = router().layer(RequireScope::new("users.read")).layer(layer(Users::new()));
    let events = logged(scoped, &[cookie("user-a")]).await;
    let [_, event] = &events[..] else { panic!("{events:?}") };
    let expected = r#"INFO rolegate: method="session" user_id="user-a" session_id="s1" outcome="refused" reason="missing scope `users.read`""#;
    assert_eq!(event, expected);

    let users_only = |_: rolegate_tower::CurrentUser| async {};
    let router =
        Router::new().route("/", axum::routing::get(users_only)).layer(layer(Users::new()));
    let events = logged(router, &[]).await;
    let [_, event] = &events[..] else { panic!("{events:?}") };
    let expected = r#"INFO rolegate: method="guest" outcome="refused" reason="this route requires a signed-in user""#;
    assert_eq!(event, expected);
}

#[tokio::test]
async fn failure_is_logged_with_its_cause() {
    let events = logged(router().layer(layer(Users::failing())), &[cookie("user-a")]).await;
    let expected = r#"ERROR rolegate: outcome="failed" reason="database at 10.0.0.7\nis down""#;
    assert_eq!(events, [expected]);

    let events = logged(router(), &[]).await;
    assert_eq!(events.len(), 1);
    assert!(events[0].starts_with("ERROR rolegate: outcome=\"failed\" reason=\"no identity"));
}

#[tokio::test]
async fn text_of_a_request_is_escaped_and_cut() {
    let app = || router().layer(layer(Users::new()));
    let events = logged(app(), &[cookie("line\nbreak")]).await;
    let expected = r#"DEBUG rolegate: method="session" user_id="line\nbreak" session_id="s1" outcome="allowed""#;
    assert_eq!(events, [expected]);

    let forged = "x\" outcome=\"allowed\u{1b}[31m\u{202e}\n ERROR";
    let events = logged(app(), &[cookie(forged)]).await;
    let expected = r#"INFO rolegate: method="guest" user_id="x\" outcome=\"allowed\u{1b}[31m\u{202e}\n ERROR" outcome="guest" reason="unknown user""#;
    assert_eq!(events, [expected]);

    let events = logged(app(), &[cookie(&"é".repeat(500))]).await;
    let expected = format!(
        r#"INFO rolegate: method="guest" user_id="{}" outcome="guest" reason="unknown user""#,
        "é".repeat(64)
    );
    assert_eq!(events, [expected]);
}

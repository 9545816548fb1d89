//! Requests with credentials in several headers, and the format of sessions.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rolegate::auth::http::{MAX_COOKIES_LEN, encode_session};
use rusqlite::Connection;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::host::{ALL, BACKEND, Host, directory};

const JWT: &str = "x-appwrite-jwt";
const SESSION: &str = "x-appwrite-session";

fn cookie(session: &str) -> String {
    format!("a_session_birthdays={session}")
}

fn fallback(session: &str) -> String {
    json!({ "a_session_birthdays": session }).to_string()
}

/// Returns the secret in a session, without the id of the user.
fn secret_in(session: &str) -> String {
    let session: Value = serde_json::from_slice(&STANDARD.decode(session).unwrap()).unwrap();
    session["secret"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn session_has_the_same_format_in_every_place() {
    let host = Host::new();
    let login = json!({ "email": "a@example.com", "password": "password-a" });
    let answer = host.ask("POST", "/v1/account/sessions/email", &[BACKEND], login).await;
    let session = answer.body["secret"].as_str().unwrap();
    assert_eq!(session, encode_session("user-a", &secret_in(session)));
    assert_eq!(answer.headers["x-fallback-cookies"], fallback(session));
    let set = answer.headers["set-cookie"].to_str().unwrap();
    assert_eq!(set.split(';').next(), Some(&*cookie(session)));
    let (cookie, fallback) = (cookie(session), fallback(session));
    for header in [(SESSION, session), ("cookie", &cookie), ("x-fallback-cookies", &fallback)] {
        assert_eq!(host.get(ALL, &[header]).await.names(), ["Kevin"], "{header:?}");
    }
}

#[tokio::test]
async fn session_that_was_not_issued_is_a_guest() {
    let host = Host::new();
    let session = host.session("a").await.0;
    let secret = secret_in(&session);
    let hash = format!("{:x}", Sha256::digest(&secret));
    for session in [
        secret.clone(),
        encode_session("user-b", &secret),
        encode_session("user-z", &secret),
        encode_session("", &secret),
        encode_session("user-a", ""),
        encode_session("user-a", &hash),
        encode_session("user-a", &secret.to_uppercase()),
        encode_session("user-a' OR '1'='1", &secret),
    ] {
        assert_eq!(host.get(ALL, &[(SESSION, &session)]).await.names(), [""; 0], "{session}");
    }
}

#[tokio::test]
async fn database_has_only_the_hash_of_a_secret() {
    let file = directory("hashed").join("hashed.db");
    let host = Host::open(&file);
    let session = host.session("a").await.0;
    let secret = secret_in(&session);
    let stored = "SELECT lower(hex(secret)) FROM sessions";
    let stored: String =
        Connection::open(&file).unwrap().query_row(stored, [], |row| row.get(0)).unwrap();
    assert_eq!(stored, format!("{:x}", Sha256::digest(&secret)));
    let files: Vec<_> = std::fs::read_dir(file.parent().unwrap()).unwrap().collect();
    let bytes = files.into_iter().flat_map(|file| std::fs::read(file.unwrap().path()).unwrap());
    let bytes: Vec<u8> = bytes.collect();
    let holds = |text: &str| bytes.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    assert!(holds("user-a"));
    assert!(!holds(&secret) && !holds(&session));
}

/// The order is Appwrite's: the cookie, then the header, then `X-Fallback-Cookies`.
#[tokio::test]
async fn cookie_decides_before_header_and_fallback() {
    let host = Host::new();
    let [a, b, c] =
        [host.session("a").await.0, host.session("b").await.0, host.session("c").await.0];
    let [cookie_a, cookie_b, fallback_c] = [cookie(&a), cookie(&b), fallback(&c)];
    let [header_a, header_b] = [(SESSION, &*a), (SESSION, &*b)];
    let fallback = ("x-fallback-cookies", &*fallback_c);
    let names = async |headers: &[_]| host.get(ALL, headers).await.names().join(" ");
    assert_eq!(names(&[("cookie", &cookie_a), header_b, fallback]).await, "Kevin");
    assert_eq!(names(&[fallback, header_a, ("cookie", &cookie_b)]).await, "Laura");
    assert_eq!(names(&[header_b, fallback]).await, "Laura");
    assert_eq!(names(&[fallback]).await, "Bob");
    // A cookie of a session that has ended decides too. A cookie that is no session does not.
    let ended = cookie(&encode_session("user-a", "ended"));
    assert_eq!(names(&[("cookie", &ended), header_b, fallback]).await, "");
    assert_eq!(names(&[("cookie", "a_session_birthdays=gone"), header_b]).await, "Laura");
    // Base64 of `{}` has neither an id nor a secret.
    assert_eq!(names(&[("cookie", "a_session_birthdays=e30="), header_b]).await, "Laura");
    let encoded = cookie_a.replacen('=', "\0", 1).replace('=', "%3D").replace('\0', "=");
    assert!(encoded.ends_with("%3D"), "{encoded}");
    assert_eq!(names(&[("cookie", &encoded), header_b]).await, "Kevin");
    let other = format!("a_session_other={a}");
    assert_eq!(names(&[("cookie", &other), header_b]).await, "Laura");
}

#[tokio::test]
async fn session_cookies_that_differ_are_refused() {
    let host = Host::new();
    let [a, b] = [host.session("a").await.0, host.session("b").await.0];
    let [cookie_a, cookie_b] = [cookie(&a), cookie(&b)];
    let one_field = format!("{cookie_a}; {cookie_b}");
    for headers in [
        &[("cookie", &*one_field)][..],
        &[("cookie", &*cookie_a), ("cookie", &*cookie_b)],
        &[("cookie", &*cookie_a), ("cookie", "a_session_birthdays=")],
    ] {
        let answer = host.get(ALL, headers).await;
        let message = answer.refused(400, "general_argument_invalid");
        assert!(message.contains("two session cookies"), "{message}");
        assert!(!message.contains(&*a), "{message}");
    }
    let twice = [("cookie", &*cookie_a), ("cookie", "x=y"), ("cookie", &*cookie_a)];
    assert_eq!(host.get(ALL, &twice).await.names(), ["Kevin"]);
}

#[tokio::test]
async fn repeated_header_is_refused() {
    let host = Host::new();
    let jwt = host.jwt_of("a").await;
    let session = host.session("a").await.0;
    for (name, value) in [(JWT, &*jwt), (SESSION, &session), BACKEND] {
        for second in [value, "x", ""] {
            let answer = host.get(ALL, &[(name, value), (name, second)]).await;
            let message = answer.refused(400, "general_argument_invalid");
            let header = message.to_lowercase();
            assert!(header.contains(&format!("repeated header `{name}`")), "{message}");
            assert!(!message.contains(value), "{message}");
        }
    }
    let project = "x-appwrite-project";
    let projects = [(project, "birthdays"), (project, "other")];
    host.get(ALL, &projects).await.refused(400, "general_argument_invalid");
}

#[tokio::test]
async fn header_that_is_not_ascii_or_too_long_is_refused() {
    let host = Host::new();
    for header in [(JWT, "é"), (SESSION, "é"), ("cookie", "a_session_birthdays=é")] {
        host.get(ALL, &[header]).await.refused(400, "general_argument_invalid");
    }
    let long = "a".repeat(MAX_COOKIES_LEN + 1);
    for header in ["cookie", "x-fallback-cookies", SESSION] {
        host.get(ALL, &[(header, &long)]).await.refused(431, "general_argument_invalid");
    }
}

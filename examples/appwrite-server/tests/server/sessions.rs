//! Requests with sessions, JWTs and keys.

use std::time::{Duration, SystemTime};

use rolegate::auth::{DEFAULT_JWT_LIFETIME, JwtKeys, Secret};
use serde_json::{Value, json};

use crate::host::{ALL, BACKEND, Host, SECRET};

#[tokio::test]
async fn jwt_after_its_session_ended_is_a_guest() {
    let host = Host::new();
    let (secret, id) = host.session("a").await;
    let jwt = host.jwt(&secret).await;
    let by_jwt = [("x-appwrite-jwt", &*jwt)];
    assert_eq!(host.get(ALL, &by_jwt).await.names(), ["Kevin"]);
    let other = host.session("b").await.0;
    let path = format!("/v1/account/sessions/{id}");
    let foreign = host.ask("DELETE", &path, &[("x-appwrite-session", &other)], Value::Null).await;
    foreign.refused(404, "user_session_not_found");
    assert_eq!(host.ask("DELETE", &path, &by_jwt, Value::Null).await.status, 204);
    assert_eq!(host.get(ALL, &by_jwt).await.names(), [""; 0]);
    assert_eq!(host.get(ALL, &[("x-appwrite-session", &*secret)]).await.names(), [""; 0]);
    let again =
        host.ask("POST", "/v1/account/jwts", &[("x-appwrite-session", &*secret)], json!({})).await;
    again.refused(401, "general_unauthorized_scope");
}

/// Every request reads all sessions of its user.
#[tokio::test]
async fn eleventh_session_ends_the_oldest() {
    let host = Host::new();
    let other = host.session("b").await.0;
    let first = host.session("a").await.0;
    let jwt = host.jwt(&first).await;
    let mut later = Vec::new();
    for _ in 0..9 {
        later.push(host.session("a").await.0);
    }
    assert_eq!(host.get(ALL, &[("x-appwrite-jwt", &*jwt)]).await.names(), ["Kevin"]);
    later.push(host.session("a").await.0);
    for old in [("x-appwrite-jwt", &*jwt), ("x-appwrite-session", &*first)] {
        assert_eq!(host.get(ALL, &[old]).await.names(), [""; 0]);
    }
    for secret in &later {
        assert_eq!(host.get(ALL, &[("x-appwrite-session", &**secret)]).await.names(), ["Kevin"]);
    }
    assert_eq!(host.get(ALL, &[("x-appwrite-session", &*other)]).await.names(), ["Laura"]);
}

#[tokio::test]
async fn jwt_of_another_maker_is_refused() {
    let host = Host::new();
    let (secret, session) = host.session("a").await;
    let (tokens, now) = (|secret| JwtKeys::new(Secret::new(secret).unwrap()), SystemTime::now());
    let jwt = host.jwt(&secret).await;
    let [header, _, signature] = *jwt.split('.').collect::<Vec<_>>() else { panic!("{jwt}") };
    let forged =
        tokens("another secret").create_jwt("user-a", &session, DEFAULT_JWT_LIFETIME, now).unwrap();
    let payload = forged.split('.').nth(1).unwrap();
    let past = now - Duration::from_secs(901);
    let old = tokens(SECRET).create_jwt("user-a", &session, DEFAULT_JWT_LIFETIME, past).unwrap();
    let none = "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0";
    let swapped =
        format!("{header}.{}.{signature}", host.jwt_of("b").await.split('.').nth(1).unwrap());
    for jwt in [
        &forged,
        &old,
        &swapped,
        &format!("{none}.{payload}."),
        &format!("{none}.{payload}.{signature}"),
        "x",
    ] {
        host.get(ALL, &[("x-appwrite-jwt", jwt)]).await.refused(401, "user_jwt_invalid");
    }
    let of_unknown =
        tokens(SECRET).create_jwt("user-z", &session, DEFAULT_JWT_LIFETIME, now).unwrap();
    assert_eq!(host.get(ALL, &[("x-appwrite-jwt", &of_unknown)]).await.names(), [""; 0]);
    let of_another =
        tokens(SECRET).create_jwt("user-b", &session, DEFAULT_JWT_LIFETIME, now).unwrap();
    assert_eq!(host.get(ALL, &[("x-appwrite-jwt", &of_another)]).await.names(), [""; 0]);
}

#[tokio::test]
async fn jwt_that_asks_for_a_jwt_is_refused() {
    let host = Host::new();
    let secret = host.session("a").await.0;
    let jwt = host.jwt(&secret).await;
    let again = host.ask("POST", "/v1/account/jwts", &[("x-appwrite-jwt", &*jwt)], json!({})).await;
    again.refused(403, "user_jwt_creation_denied");
    let session = [("x-appwrite-session", &*secret)];
    let long = host.ask("POST", "/v1/account/jwts", &session, json!({ "duration": 3601 })).await;
    long.refused(400, "general_argument_invalid");
    for duration in [json!("60"), json!(-1), json!(0.5)] {
        let answer =
            host.ask("POST", "/v1/account/jwts", &session, json!({ "duration": duration })).await;
        answer.refused(400, "general_argument_invalid");
    }
    let over = host.ask("POST", "/v1/account/jwt", &session, json!({ "duration": 0 })).await;
    let over = over.body["jwt"].as_str().unwrap();
    host.get(ALL, &[("x-appwrite-jwt", over)]).await.refused(401, "user_jwt_invalid");
}

#[tokio::test]
async fn two_credentials_are_refused() {
    let host = Host::new();
    let secret = host.session("a").await.0;
    let jwt = host.jwt(&secret).await;
    let (session, jwt) = (("x-appwrite-session", &*secret), ("x-appwrite-jwt", &*jwt));
    host.get(ALL, &[session, jwt]).await.refused(403, "user_jwt_and_cookie_set");
    host.get(ALL, &[session, BACKEND]).await.refused(403, "user_api_key_and_session_set");
    host.get(ALL, &[jwt, BACKEND]).await.refused(403, "user_api_key_and_session_set");
    let stale = ("cookie", "other=1; a_session_birthdays=gone");
    assert_eq!(host.get(ALL, &[stale, jwt]).await.names(), ["Kevin"]);
    assert_eq!(host.get(ALL, &[stale]).await.names(), [""; 0]);
}

#[tokio::test]
async fn cookie_among_others_is_a_session() {
    let host = Host::new();
    let login = json!({ "email": "A@Example.com", "password": "password-a" });
    let answer = host.ask("POST", "/v1/account/sessions/email", &[], login).await;
    assert_eq!((answer.status, answer.body["secret"].as_str()), (201, Some("")));
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("; HttpOnly"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();
    for cookies in [format!("x=y; {cookie}"), format!("x=y;{cookie};z=1"), format!("{cookie} ;x")] {
        assert_eq!(host.get(ALL, &[("cookie", &cookies)]).await.names(), ["Kevin"], "{cookies}");
    }
    let fallback = answer.headers["x-fallback-cookies"].to_str().unwrap();
    assert_eq!(host.get(ALL, &[("x-fallback-cookies", fallback)]).await.names(), ["Kevin"]);
}

/// A page of another host must not sign its visitor in as another user.
#[tokio::test]
async fn login_from_a_foreign_origin_sets_no_cookie() {
    let host = Host::new();
    for (origin, is_own) in [
        (None, true),
        (Some("http://here.example:8080"), true),
        (Some("https://here.example:8080"), true),
        (Some("http://here.example"), false),
        (Some("http://here.example:8080.evil.example"), false),
        (Some("http://evil.example"), false),
        (Some("null"), false),
        (Some(""), false),
    ] {
        let login = json!({ "email": "a@example.com", "password": "password-a" });
        let mut headers = vec![("host", "here.example:8080")];
        headers.extend(origin.map(|origin| ("origin", origin)));
        let answer = host.ask("POST", "/v1/account/sessions/email", &headers, login).await;
        assert_eq!(answer.status, 201, "{origin:?}: {}", answer.body);
        assert_eq!(answer.headers.contains_key("set-cookie"), is_own, "{origin:?}");
    }
}

#[tokio::test]
async fn key_without_the_scope_is_refused() {
    let host = Host::new();
    let key = |name| ("x-appwrite-key", name);
    let health = [key("standard_health-of-the-birthdays")];
    host.get(ALL, &health).await.refused(401, "general_unauthorized_scope");
    let reader = [key("standard_reader-of-the-birthdays")];
    assert_eq!(host.get(ALL, &reader).await.names(), ["Kevin", "Laura", "Bob"]);
    let path = format!("{ALL}/ac5fc866ad1e");
    for (method, path) in [("POST", ALL), ("PATCH", &path), ("DELETE", &path)] {
        host.ask(method, path, &reader, json!({})).await.refused(401, "general_unauthorized_scope");
    }
    let login = json!({ "email": "a@example.com", "password": "password-a" });
    let session = host.ask("POST", "/v1/account/sessions/email", &reader, login).await;
    session.refused(401, "general_unauthorized_scope");
    for unknown in ["standard_x", "x", "account_x", "standard_backend-of-the-birthdayS"] {
        host.get(ALL, &[key(unknown)]).await.refused(401, "user_unauthorized");
    }
    for guest in ["ephemeral_x", "x_y"] {
        assert_eq!(host.get(ALL, &[key(guest)]).await.names(), [""; 0], "{guest}");
    }
    host.get(ALL, &[BACKEND, ("x-appwrite-project", "other")])
        .await
        .refused(404, "project_not_found");
}

#[tokio::test]
async fn blocked_user_is_refused() {
    let host = Host::seeded(
        "UPDATE users SET profile = json_set(profile, '$.status', json('false')) WHERE id = 'user-b';",
    );
    let login = json!({ "email": "b@example.com", "password": "password-b" });
    let answer = host.ask("POST", "/v1/account/sessions/email", &[BACKEND], login).await;
    answer.refused(403, "user_blocked");
    for (email, password) in [("b@example.com", "x"), ("b@example.com' --", "password-b"), ("", "")]
    {
        let login = json!({ "email": email, "password": password });
        let answer = host.ask("POST", "/v1/account/sessions/email", &[], login).await;
        answer.refused(401, "user_invalid_credentials");
    }
}

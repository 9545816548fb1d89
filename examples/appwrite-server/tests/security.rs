//! What must not happen, through the interface that clients use.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use appwrite_server::Server;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use rolegate::{DEFAULT_JWT_LIFETIME, Secret, Tokens};
use serde_json::{Value, json};
use tower::ServiceExt;

const SECRET: &str = "the secret of the tests";
const BACKEND: (&str, &str) = ("x-appwrite-key", "standard_backend-of-the-birthdays");
const ALL: &str = "/v1/databases/guide/collections/birthdays/documents";

type Headers<'a> = &'a [(&'a str, &'a str)];

struct Host(Router);

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

impl Host {
    fn new() -> Self {
        Self::seeded("")
    }

    /// The birthdays and more.
    fn seeded(more: &str) -> Self {
        let seed = format!("{}{more}", include_str!("../seed.sql"));
        Self(Arc::clone(&Server::open(None, &seed, Secret::new(SECRET).unwrap()).unwrap()).router())
    }

    async fn send(&self, method: &str, path: &str, headers: Headers<'_>, body: Vec<u8>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response =
            self.0.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer { status, headers, body: serde_json::from_slice(&body).unwrap_or_default() }
    }

    async fn ask(&self, method: &str, path: &str, headers: Headers<'_>, body: Value) -> Answer {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.send(method, path, headers, body).await
    }

    async fn get(&self, path: &str, headers: Headers<'_>) -> Answer {
        self.ask("GET", path, headers, Value::Null).await
    }

    async fn session(&self, user: &str) -> (String, String) {
        let login = json!({ "email": format!("{user}@example.com"), "password": format!("password-{user}") });
        let answer = self.ask("POST", "/v1/account/sessions/email", &[BACKEND], login).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        let text = |name: &str| answer.body[name].as_str().unwrap().to_owned();
        (text("secret"), text("$id"))
    }

    async fn jwt(&self, session: &str) -> String {
        let answer = self
            .ask("POST", "/v1/account/jwts", &[("x-appwrite-session", session)], json!({}))
            .await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.body["jwt"].as_str().unwrap().to_owned()
    }

    async fn jwt_of(&self, user: &str) -> String {
        self.jwt(&self.session(user).await.0).await
    }
}

impl Answer {
    #[track_caller]
    fn refused(&self, status: u16, kind: &str) -> &str {
        assert_eq!(
            (self.status, self.body["type"].as_str()),
            (status, Some(kind)),
            "{}",
            self.body
        );
        assert_eq!(self.body["code"], status);
        assert!(self.body["version"].is_string());
        self.body["message"].as_str().unwrap()
    }

    #[track_caller]
    fn names(&self) -> Vec<&str> {
        assert_eq!(self.status, 200, "{}", self.body);
        let documents = self.body["documents"].as_array().unwrap();
        documents.iter().map(|document| document["name"].as_str().unwrap()).collect()
    }
}

fn queries(all: &[Value]) -> String {
    let mut text = form_urlencoded::Serializer::new(format!("{ALL}?"));
    for query in all {
        text.append_pair("queries[]", &query.to_string());
    }
    text.finish()
}

#[tokio::test]
async fn a_jwt_ends_with_its_session() {
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

/// Whoever signs in over and over must not make every request of the user slower.
#[tokio::test]
async fn of_more_than_ten_sessions_the_oldest_ends() {
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
async fn tokens_that_the_server_has_not_made_are_refused() {
    let host = Host::new();
    let (secret, session) = host.session("a").await;
    let (tokens, now) = (|secret| Tokens::new(Secret::new(secret).unwrap()), SystemTime::now());
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
    let of_nobody =
        tokens(SECRET).create_jwt("user-z", &session, DEFAULT_JWT_LIFETIME, now).unwrap();
    assert_eq!(host.get(ALL, &[("x-appwrite-jwt", &of_nobody)]).await.names(), [""; 0]);
    let of_another =
        tokens(SECRET).create_jwt("user-b", &session, DEFAULT_JWT_LIFETIME, now).unwrap();
    assert_eq!(host.get(ALL, &[("x-appwrite-jwt", &of_another)]).await.names(), [""; 0]);
}

#[tokio::test]
async fn a_jwt_makes_no_other_and_lasts_an_hour_at_most() {
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
async fn credentials_that_exclude_each_other_are_refused() {
    let host = Host::new();
    let secret = host.session("a").await.0;
    let jwt = host.jwt(&secret).await;
    let (session, jwt) = (("x-appwrite-session", &*secret), ("x-appwrite-jwt", &*jwt));
    host.get(ALL, &[session, jwt]).await.refused(403, "user_jwt_and_cookie_set");
    host.get(ALL, &[session, BACKEND]).await.refused(403, "user_key_and_session_set");
    host.get(ALL, &[jwt, BACKEND]).await.refused(403, "user_key_and_session_set");
    let stale = ("cookie", "other=1; a_session_birthdays=gone");
    assert_eq!(host.get(ALL, &[stale, jwt]).await.names(), ["Kevin"]);
    assert_eq!(host.get(ALL, &[stale]).await.names(), [""; 0]);
}

#[tokio::test]
async fn cookies_are_sessions() {
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

#[tokio::test]
async fn keys_need_their_scopes_and_unknown_ones_are_guests() {
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
    for unknown in
        ["standard_x", "ephemeral_x", "account_x", "x_y", "standard_backend-of-the-birthdayS"]
    {
        assert_eq!(host.get(ALL, &[key(unknown)]).await.names(), [""; 0], "{unknown}");
    }
    host.get(ALL, &[BACKEND, ("x-appwrite-project", "other")])
        .await
        .refused(404, "project_not_found");
}

#[tokio::test]
async fn a_caller_grants_only_roles_that_it_holds() {
    let host = Host::new();
    let jwt = host.jwt_of("a").await;
    let by_jwt = [("x-appwrite-jwt", &*jwt)];
    let new =
        |permissions: Value| json!({ "documentId": "new", "data": {}, "permissions": permissions });
    for role in [
        "user:user-b",
        "team:t",
        "guests",
        "users/unverified",
        "label:vip",
        "user:user-a/unverified",
    ] {
        let permissions = json!(["read(\"any\")", format!("read(\"{role}\")")]);
        let answer = host.ask("POST", ALL, &by_jwt, new(permissions)).await;
        assert!(answer.refused(401, "user_unauthorized").starts_with("permission 1: "));
    }
    for (permission, at) in
        [("read(\"any\"", "byte 10"), ("create(\"any\")", "create"), ("read(any)", "byte 4")]
    {
        let answer =
            host.ask("POST", ALL, &by_jwt, new(json!(["read(\"any\")", permission]))).await;
        let message = answer.refused(400, "general_argument_invalid");
        assert!(message.starts_with("permission 1") && message.contains(at), "{message}");
    }
    host.ask("POST", ALL, &by_jwt, new(json!(vec!["read(\"any\")"; 101])))
        .await
        .refused(400, "general_argument_invalid");
    host.ask("POST", ALL, &by_jwt, new(json!("read(\"any\")")))
        .await
        .refused(400, "general_argument_invalid");
    assert_eq!(host.get(ALL, &[BACKEND]).await.body["total"], 3);
    let given = host
        .ask("POST", ALL, &by_jwt, json!({ "documentId": "new", "data": { "name": "N" } }))
        .await;
    let own = ["read", "update", "delete"].map(|action| format!("{action}(\"user:user-a\")"));
    assert_eq!((given.status, &given.body["$permissions"]), (201, &json!(own)));
    let by_key = json!({ "documentId": "keys", "data": {} });
    assert_eq!(host.ask("POST", ALL, &[BACKEND], by_key).await.body["$permissions"], json!([]));
    host.ask("POST", ALL, &[], json!({ "documentId": "guests" }))
        .await
        .refused(401, "user_unauthorized");
}

#[tokio::test]
async fn whoever_may_only_read_changes_nothing_and_whoever_may_only_update_reads_nothing() {
    let host = Host::new();
    let (a, b, c) = (host.jwt_of("a").await, host.jwt_of("b").await, host.jwt_of("c").await);
    fn by(jwt: &str) -> [(&str, &str); 1] {
        [("x-appwrite-jwt", jwt)]
    }
    let path = format!("{ALL}/doc");
    let permissions = ["read(\"user:user-a\")", "update(\"user:user-b\")"];
    let new = json!({ "documentId": "doc", "data": { "name": "N", "birthday": "B" }, "permissions": permissions });
    assert_eq!(host.ask("POST", ALL, &[BACKEND], new).await.status, 201);
    let change = json!({ "data": { "name": "M" } });
    host.ask("PATCH", &path, &by(&a), change.clone()).await.refused(401, "user_unauthorized");
    host.ask("DELETE", &path, &by(&a), Value::Null).await.refused(401, "user_unauthorized");
    assert_eq!(
        host.ask("PATCH", &path, &by(&a), json!({ "data": { "name": "N" } })).await.status,
        200
    );
    let same = json!({ "data": { "name": "N" } });
    host.ask("PATCH", &path, &by(&b), same).await.refused(401, "user_unauthorized");
    host.ask("DELETE", &path, &by(&b), Value::Null).await.refused(404, "document_not_found");
    host.get(&path, &by(&b)).await.refused(404, "document_not_found");
    let changed = host.ask("PATCH", &path, &by(&b), change.clone()).await;
    assert_eq!((changed.status, &changed.body["name"]), (200, &json!("M")));
    assert_eq!((changed.body.get("birthday"), &changed.body["$permissions"]), (None, &json!([])));
    for (method, body) in [("GET", Value::Null), ("PATCH", change), ("DELETE", Value::Null)] {
        host.ask(method, &path, &by(&c), body).await.refused(404, "document_not_found");
    }
    assert_eq!(host.get(&path, &by(&a)).await.body["name"], "M");
}

#[tokio::test]
async fn collections_grant_what_documents_do_not() {
    let host = Host::seeded(
        r#"INSERT INTO collections (number, database, id, rules, attributes) VALUES
        (2, 'guide', 'board', '{"$permissions": ["read(\"any\")", "update(\"users\")"]}', '["name"]'),
        (3, 'guide', 'vault', '{"$permissions": ["create(\"users\")"]}', '["name"]');
        INSERT INTO documents (collection, id, permissions, data) VALUES
        (2, 'one', '["read(\"user:user-b\")"]', '{"$id": "one", "name": "One"}'),
        (3, 'one', '["read(\"any\")","delete(\"any\")"]', '{"$id": "one", "name": "One"}');"#,
    );
    let jwt = host.jwt_of("a").await;
    let (user, board) =
        ([("x-appwrite-jwt", &*jwt)], "/v1/databases/guide/collections/board/documents");
    assert_eq!(host.get(board, &[]).await.names(), ["One"]);
    let one = format!("{board}/one");
    host.ask("PATCH", &one, &[], json!({ "data": { "name": "Two" } }))
        .await
        .refused(401, "user_unauthorized");
    assert_eq!(
        host.ask("PATCH", &one, &user, json!({ "data": { "name": "Two" } })).await.status,
        200
    );
    host.ask("DELETE", &one, &user, Value::Null).await.refused(401, "user_unauthorized");
    host.ask("POST", board, &user, json!({ "documentId": "two" }))
        .await
        .refused(401, "user_unauthorized");
    let vault = board.replace("board", "vault");
    host.get(&vault, &user).await.refused(401, "user_unauthorized");
    for method in ["GET", "DELETE"] {
        host.ask(method, &format!("{vault}/one"), &user, Value::Null)
            .await
            .refused(404, "document_not_found");
    }
    assert_eq!(host.ask("POST", &vault, &user, json!({ "documentId": "two" })).await.status, 201);
}

#[tokio::test]
async fn queries_tell_nothing_of_what_is_not_visible() {
    let host = Host::new();
    let jwt = host.jwt_of("a").await;
    let by_jwt = [("x-appwrite-jwt", &*jwt)];
    let ask = async |all: &[Value]| host.get(&queries(all), &by_jwt).await;
    let equal = |name: &str, value: &str| json!({ "method": "equal", "attribute": name, "values": [value] });
    for (name, value) in [("name", "Laura"), ("birthday", "1999-09-22"), ("$id", "bc7fc866ad1e")] {
        let answer = ask(&[equal(name, value)]).await;
        assert_eq!((answer.names(), &answer.body["total"]), (vec![], &json!(0)), "{name}");
    }
    let cursor = |id: &str| json!({ "method": "cursorAfter", "values": [id] });
    let order = json!({ "method": "orderAsc", "attribute": "birthday" });
    let hidden = ask(&[cursor("bc7fc866ad1e"), order.clone()]).await;
    let missing = ask(&[cursor("none"), order]).await;
    assert_eq!(hidden.body, missing.body);
    hidden.refused(400, "general_cursor_not_found");
    let injections =
        ["name' OR '1'='1", "name\"') OR 1=1 --", "secret", "$.name", "$permissions", "list", ""];
    for name in injections {
        ask(&[equal(name, "x")]).await.refused(400, "general_query_invalid");
    }
    for name in &injections[..6] {
        let order = json!({ "method": "orderDesc", "attribute": name });
        ask(&[order]).await.refused(400, "general_query_invalid");
    }
    assert_eq!(ask(&[equal("name", "x' OR '1'='1")]).await.names(), [""; 0]);
    for query in [
        json!({ "method": "limit", "values": [0] }),
        json!({ "method": "limit", "values": [5001] }),
        json!({ "method": "offset", "values": [-1] }),
        json!({ "method": "limit", "values": ["1 OR 1"] }),
        json!({ "method": "select", "values": ["name"] }),
        json!({ "method": "equal", "attribute": "name", "values": [["Laura"]] }),
        json!("limit"),
        json!(["limit", "", [1]]),
    ] {
        ask(&[query]).await.refused(400, "general_query_invalid");
    }
    let many = vec![equal("name", "Kevin"); 101];
    ask(&many).await.refused(400, "general_query_invalid");
    assert_eq!(ask(&many[1..]).await.names(), ["Kevin"]);
    let by = |name: &str| json!({ "method": "orderAsc", "attribute": name });
    for twice in [
        [by("name"), by("birthday")],
        [by("name"), json!({ "method": "orderDesc" })],
        [json!({ "method": "limit", "values": [1] }), json!({ "method": "limit", "values": [2] })],
        [
            json!({ "method": "offset", "values": [0] }),
            json!({ "method": "offset", "values": [0] }),
        ],
        [cursor("ac5fc866ad1e"), cursor("ac5fc866ad1e")],
    ] {
        ask(&twice).await.refused(400, "general_query_invalid");
    }
    for place in [
        "databases/guide' OR '1'='1/collections/birthdays",
        "databases/guide/collections/x' OR 'x'='x",
    ] {
        let path = format!("/v1/{}/documents", place.replace(' ', "%20"));
        assert_eq!(host.get(&path, &by_jwt).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn what_is_no_document_is_refused() {
    let host = Host::new();
    let post = async |body: Value| host.ask("POST", ALL, &[BACKEND], body).await;
    for id in ["", "-x", "_x", "a b", "a/b", "ä", &"x".repeat(37)] {
        post(json!({ "documentId": id })).await.refused(400, "general_argument_invalid");
    }
    for name in ["$id", "$permissions", "other", "name' --"] {
        let answer = post(json!({ "documentId": "x", "data": { name: "x" } })).await;
        answer.refused(400, "document_invalid_structure");
    }
    post(json!({ "documentId": "ac5fc866ad1e" })).await.refused(409, "document_already_exists");
    let large = json!({ "documentId": "x", "data": { "name": "x".repeat(1 << 20) } });
    post(large).await.refused(413, "general_argument_invalid");
    let broken = host.send("POST", ALL, &[BACKEND], b"{\"documentId\": ".to_vec()).await;
    broken.refused(400, "general_argument_invalid");
    host.get("/v1/health", &[]).await.refused(404, "general_route_not_found");
    for body in [json!(["x", {}, null]), json!("x"), json!(1)] {
        post(body).await.refused(400, "general_argument_invalid");
    }
    // Whoever it is, and be it refused.
    let both = [BACKEND, ("x-appwrite-jwt", "x")];
    for method in ["PUT", "HEAD", "OPTIONS"] {
        assert_eq!(host.ask(method, ALL, &both, json!({})).await.status, 404, "{method}");
    }
    let unique = post(json!({ "documentId": "unique()" })).await;
    let id = unique.body["$id"].as_str().unwrap();
    assert!(id.len() == 20 && id.bytes().all(|digit| digit.is_ascii_hexdigit()), "{id}");
}

#[tokio::test]
async fn a_blocked_user_is_not_served() {
    let host = Host::seeded(
        "UPDATE users SET profile = json_set(profile, '$.status', json('false')) WHERE id = 'user-b';",
    );
    let login = json!({ "email": "b@example.com", "password": "password-b" });
    let answer = host.ask("POST", "/v1/account/sessions/email", &[BACKEND], login).await;
    answer.refused(401, "user_blocked");
    for (email, password) in [("b@example.com", "x"), ("b@example.com' --", "password-b"), ("", "")]
    {
        let login = json!({ "email": email, "password": password });
        let answer = host.ask("POST", "/v1/account/sessions/email", &[], login).await;
        answer.refused(401, "user_invalid_credentials");
    }
}

#[tokio::test]
async fn graphql_makes_jwts_for_sessions_only() {
    let host = Host::new();
    let secret = host.session("a").await.0;
    let query = json!({ "query": "mutation { accountCreateJWT { jwt } }" });
    for (path, body) in
        [("/v1/graphql", query.clone()), ("/v1/graphql/mutation", json!({ "query": query }))]
    {
        let answer =
            host.ask("POST", path, &[("x-appwrite-session", &*secret)], body.clone()).await;
        let jwt = answer.body["data"]["accountCreateJWT"]["jwt"].as_str().unwrap();
        assert_eq!(host.get(ALL, &[("x-appwrite-jwt", jwt)]).await.names(), ["Kevin"]);
        let nobody = host.ask("POST", path, &[], body).await.body;
        assert_eq!(nobody["data"], Value::Null);
        assert_eq!(nobody["errors"][0]["extensions"]["code"], 401, "{nobody}");
    }
}

/// What is parsed and checked by recursion must not end the process, nor take for ever.
#[tokio::test]
async fn graphql_is_not_brought_down_by_a_small_request() {
    let host = Host::new();
    let ask = async |query: String| {
        let answer = host.ask("POST", "/v1/graphql", &[], json!({ "query": query })).await;
        answer.refused(400, "general_argument_invalid");
    };
    let nested = |open: &str, close: &str| open.repeat(2000) + "1" + &close.repeat(2000);
    ask(format!("mutation {{ accountCreateJWT(duration: {}) {{ jwt }} }}", nested("[", "]"))).await;
    ask(format!("{{ accountId(x: {}) }}", nested("{a:", "}"))).await;
    // What closes in a text closes nothing.
    ask(format!("{{ accountId(x: {}) }}", nested("[\"]\",", "]"))).await;
    ask(format!("query ($x: {}) {{ accountId }}", nested("[", "]"))).await;
    let one = |n: u32| format!("fragment f{n} on Query {{ ...f{0} ...f{0} }} ", n + 1);
    let doubled: String = (0..30).map(one).collect();
    ask(format!("{{ ...f0 }} {doubled} fragment f30 on Query {{ accountId }}")).await;
    let fields =
        "kind name fields { name args { name type { name ofType { name } } } type { ...of } }";
    let whole = format!(
        "query {{ __schema {{ queryType {{ name }} types {{ {fields} }} }} }} fragment of on __Type
        {{ name {} name {} }}",
        "ofType { ".repeat(4),
        "}".repeat(4)
    );
    let answer = host.ask("POST", "/v1/graphql", &[], json!({ "query": whole })).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// What is logged while the tests run.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Log;

impl Write for Log {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        LOG.lock().unwrap().write(text)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn what_is_done_is_logged_even_if_the_client_has_gone() {
    tracing_subscriber::fmt().with_ansi(false).with_writer(|| Log).init();
    let file = directory("logged").join("data.db");
    let server =
        Server::open(Some(&file), include_str!("../seed.sql"), Secret::new(SECRET).unwrap());
    let host = Host(server.unwrap().router());
    let path = format!("{ALL}/ac5fc866ad1e");
    // It waits until this lets go, and nobody waits for it.
    let other = rusqlite::Connection::open(&file).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let request = host.ask("DELETE", &path, &[BACKEND], Value::Null);
    assert!(tokio::time::timeout(Duration::from_millis(50), request).await.is_err());
    other.execute_batch("ROLLBACK").unwrap();
    while host.get(&path, &[BACKEND]).await.status == 200 {}
    let log = || String::from_utf8(LOG.lock().unwrap().clone()).unwrap();
    let logged =
        |line: &str| ["DELETE", "/ac5fc866ad1e", "204", "Backend"].iter().all(|s| line.contains(s));
    let until = SystemTime::now() + Duration::from_secs(5);
    while !log().lines().any(logged) {
        assert!(SystemTime::now() < until, "{}", log());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A new directory.
fn directory(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir(&path).unwrap();
    path
}

#[test]
fn no_two_servers_open_one_file() {
    let directory = directory("one-file");
    let (file, link) = (directory.join("data.db"), directory.join("link.db"));
    let dotted = directory.join("../one-file/data.db");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let open = |path| Server::open(Some(path), "", Secret::new(SECRET).unwrap());
    let first = open(&link).unwrap();
    for path in [&file, &link, &dotted] {
        assert!(open(path).err().unwrap().to_string().contains("in use"));
    }
    drop(first);
    open(&file).unwrap();
}

#[test]
fn a_start_that_fails_says_what_to_do() {
    let directory = directory("no-start");
    fs::write(directory.join("bad.sql"), "no SQL").unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap().to_string();
    let start = |arguments: &[&str], secret| {
        let mut server = Command::new(env!("CARGO_BIN_EXE_appwrite-server"));
        server.args(["--listen", &taken]).args(arguments).env("APPWRITE_SERVER_SECRET", secret);
        server.env("RUST_BACKTRACE", "0");
        let output = server.current_dir(&directory).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    for (arguments, secret, what, hint) in [
        (&["--db", "none/x.db"] as &[_], "s", "none/x.db", "--db"),
        (&["--seed", "none.sql"], "s", "none.sql", "--seed"),
        (&["--seed", "bad.sql"], "s", "syntax error", "--seed"),
        (&[], "", "secret", "APPWRITE_SERVER_SECRET"),
        (&["--db", ":memory:"], "s", &taken, "--listen"),
        (&["--db", "file:x.db?mode=memory"], "s", &taken, "--listen"),
    ] {
        let message = start(arguments, secret);
        assert!(message.contains(what) && message.contains(hint), "{message}");
        assert!(!message.contains("Some(") && !message.contains("None"), "{message}");
        assert!(
            message.starts_with("Error: could not ") && message.lines().count() <= 5,
            "{message}"
        );
    }
    // Whatever these names mean to SQLite, here they are files; and nothing else was left behind.
    let kept: BTreeSet<_> =
        fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let names = ["bad.sql", ":memory:", "file:x.db?mode=memory"];
    assert_eq!(kept, names.iter().map(OsString::from).collect());
}

/// A seed may spell one list in many ways, and every page has to find all of them.
#[tokio::test]
async fn documents_are_found_however_their_lists_are_written() {
    let lists = [
        r#"["read(\"user:user-a\")"]"#,
        r#"[ "read(\"user:user-a\")" ]"#,
        r#"["read(\"user:user-a\")","read(\"user:user-a\")"]"#,
        r#"["read(\"usr:a\")","read(\"user:user-a\")"]"#,
        r#"["read(\"user:user-a\")",5]"#,
        r#"["update(\"any\")","read(\"user:user-a\")"]"#,
        r#"["read(\"user:user-a\")","update(\"any\")"]"#,
    ];
    let rows = lists.iter().enumerate().map(|(number, list)| {
        let data = json!({ "$id": number.to_string(), "name": "N" });
        format!("(1, '{number}', '{list}', '{data}')")
    });
    let rows = rows.collect::<Vec<_>>().join(",");
    let host = Host::seeded(&format!(
        "DELETE FROM documents; INSERT INTO documents (collection, id, permissions, data) VALUES {rows};"
    ));
    let jwt = host.jwt_of("a").await;
    let by_jwt = [("x-appwrite-jwt", &*jwt)];
    let pages = [
        queries(&[]),
        queries(&[json!({ "method": "orderAsc", "attribute": "name" })]),
        queries(&[json!({ "method": "equal", "attribute": "name", "values": ["N"] })]),
    ];
    for number in 0..=lists.len() {
        for page in &pages {
            let answer = host.get(page, &by_jwt).await;
            let ids = answer.body["documents"].as_array().unwrap().iter().map(|one| &one["$id"]);
            let expected: Vec<_> = (number..lists.len()).map(|id| id.to_string()).collect();
            assert_eq!(ids.collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>());
            assert_eq!(answer.body["total"], expected.len());
        }
        let change = json!({ "permissions": ["read(\"user:user-b\")"] });
        host.ask("PATCH", &format!("{ALL}/{number}"), &[BACKEND], change).await;
    }
}

#[tokio::test]
async fn what_is_equal_is_of_one_type() {
    let host = Host::new();
    let all = [
        json!(1),
        json!("1"),
        json!(true),
        json!([1, 2]),
        json!("[1,2]"),
        json!(false),
        json!(2.0),
    ];
    for (number, name) in all.iter().enumerate() {
        let new = json!({ "documentId": number.to_string(), "data": { "name": name } });
        assert_eq!(host.ask("POST", ALL, &[BACKEND], new).await.status, 201);
    }
    for (value, expected) in [
        (json!(1), vec![json!(1)]),
        (json!("1"), vec![json!("1")]),
        (json!(true), vec![json!(true)]),
        (json!("[1,2]"), vec![json!("[1,2]")]),
        (json!(0), vec![]),
        (json!(2), vec![json!(2.0)]),
    ] {
        let equal = json!({ "method": "equal", "attribute": "name", "values": [value] });
        let answer = host.get(&queries(&[equal]), &[BACKEND]).await;
        let names = answer.body["documents"].as_array().unwrap().iter().map(|one| &one["name"]);
        assert_eq!(names.collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>(), "{value}");
    }
}

/// A hundred filters that all documents pass, and many documents: it is given up, and others are served.
#[tokio::test]
async fn a_search_that_takes_long_is_given_up() {
    let host = Host::seeded(
        r#"WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 100000)
        INSERT INTO documents (collection, id, permissions, data)
        SELECT 1, 'n' || n, '[]', json_object('$id', 'n' || n, 'name', 'N') FROM number;"#,
    );
    let equal = json!({ "method": "equal", "attribute": "name", "values": ["N"] });
    let answer = host.get(&queries(&vec![equal; 100]), &[BACKEND]).await;
    answer.refused(408, "database_timeout");
    assert_eq!(host.get(ALL, &[BACKEND]).await.body["total"], 100_003);
}

/// Keys that are looked for without end.
const ENDLESS: &str = "ALTER TABLE keys RENAME TO few;
    CREATE VIEW keys AS WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number)
    SELECT few.* FROM number JOIN few ON few.rowid = -n;";

/// Finding out who asks is a search as well, and is not tried twice.
#[tokio::test]
async fn a_look_up_that_takes_long_is_given_up() {
    let host = Host::seeded(ENDLESS);
    let started = SystemTime::now();
    host.get(ALL, &[BACKEND]).await.refused(408, "database_timeout");
    assert!(started.elapsed().unwrap() < Duration::from_secs(9));
    assert_eq!(host.get(ALL, &[]).await.status, 200);
}

/// It has two seconds, as everybody has who is being served.
#[test]
fn a_search_does_not_keep_a_server_that_shall_stop() {
    let seed = directory("stops").join("seed.sql");
    fs::write(&seed, format!("{}{ENDLESS}", include_str!("../seed.sql"))).unwrap();
    let mut server = Command::new(env!("CARGO_BIN_EXE_appwrite-server"));
    server.args(["--listen", "127.0.0.1:0", "--seed"]).arg(&seed).stdout(Stdio::piped());
    let mut server = server.spawn().unwrap();
    let mut log = BufReader::new(server.stdout.take().unwrap()).lines();
    let listens = log.next().unwrap().unwrap();
    let address = listens.split("http://").nth(1).unwrap().strip_suffix("/v1").unwrap();
    let mut client = TcpStream::connect(address).unwrap();
    write!(client, "GET {ALL} HTTP/1.1\r\nhost: x\r\n{}: {}\r\n\r\n", BACKEND.0, BACKEND.1)
        .unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let asked = SystemTime::now();
    assert!(Command::new("kill").arg(server.id().to_string()).status().unwrap().success());
    assert!(server.wait().unwrap().success());
    let took = asked.elapsed().unwrap();
    assert!(took < Duration::from_secs(4), "{took:?}");
    assert!(log.any(|line| line.unwrap().contains(" status=408 ")), "it is logged");
}

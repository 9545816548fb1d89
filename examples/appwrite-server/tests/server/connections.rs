//! Connections for events: how they begin and how they end.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use crate::host::{DOCUMENTS, Host, KEVIN};
use crate::socket::Socket;

#[tokio::test]
async fn deleted_session_ends_its_connections_only() {
    let (host, address) = Host::start().await;
    let (ended, other) = (host.session("a").await, host.session("a").await.0);
    let jwt = host.jwt(&ended.0).await;
    let mut sockets = Vec::new();
    sockets.push(Socket::of_user(address, &ended.0, DOCUMENTS).await);
    let mut by_jwt = Socket::open(address, &format!("&jwt={jwt}&channels[]=rows"), &[]).await;
    assert_eq!(by_jwt.next().await["data"]["user"]["$id"], "user-a");
    sockets.push(by_jwt);
    let (mut late, _) = Socket::connect(address, &[]).await;
    late.authenticate(&ended.0).await;
    sockets.push(late);
    let mut stays = Socket::of_user(address, &other, DOCUMENTS).await;
    let path = format!("/v1/account/sessions/{}", ended.1);
    let answer = host.ask("DELETE", &path, &[("x-appwrite-session", &other)], Value::Null).await;
    assert_eq!(answer.status, 204);
    host.rename(KEVIN, "Kev").await;
    for mut socket in sockets {
        socket.is_refused("the session has ended").await;
    }
    assert_eq!(stays.event().await.1["name"], "Kev");
    // A connection with the session of before is one of a guest.
    let (_, account) = Socket::connect(address, &[("x-appwrite-session", &ended.0)]).await;
    assert_eq!(account, Value::Null);
}

/// A session that is deleted at the same time is either gone, or its connection is ended.
#[tokio::test(flavor = "multi_thread")]
async fn session_deleted_while_connecting_leaves_no_user_connected() {
    let (host, address) = Host::start().await;
    for number in 0..20 {
        let (session, id) = host.session("a").await;
        let header = [("x-appwrite-session", &*session)];
        let path = format!("/v1/account/sessions/{id}");
        // Either of the two begins first, by up to 2 ms.
        let wait = Duration::from_micros(number / 2 * 200);
        let [before_open, before_delete] =
            if number % 2 == 0 { [Duration::ZERO, wait] } else { [wait, Duration::ZERO] };
        let open = async {
            sleep(before_open).await;
            Socket::open(address, "", &header).await
        };
        let delete = async {
            sleep(before_delete).await;
            host.ask("DELETE", &path, &header, Value::Null).await
        };
        let (mut socket, deleted) = tokio::join!(open, delete);
        assert_eq!(deleted.status, 204);
        // The connection is that of a guest, or it is told that the session has ended.
        let first = socket.read().await.unwrap();
        if first["data"]["user"].is_null() && first["type"] == "connected" {
            socket.has_no_event().await;
        } else {
            assert!(["connected", "error"].contains(&first["type"].as_str().unwrap()), "{first}");
            while socket.read().await.is_ok() {}
        }
    }
    host.has_no_connections().await;
}

#[tokio::test]
async fn connections_that_have_gone_leave_the_audience() {
    let (host, address) = Host::start().await;
    let mut sockets = Vec::new();
    for _ in 0..8 {
        let (mut socket, _) = Socket::connect(address, &[]).await;
        socket.subscribe("s", DOCUMENTS, &[]).await;
        sockets.push(socket);
    }
    Socket::open(address, "&jwt=x", &[]).await.is_refused("JWT").await;
    assert_eq!(host.1.connections(), 8);
    drop(sockets);
    host.has_no_connections().await;
}

/// Further logins end the oldest session, and with it the connection.
#[tokio::test]
async fn eleventh_session_ends_the_connections_of_the_oldest() {
    let (host, address) = Host::start().await;
    let first = host.session("a").await.0;
    let mut socket = Socket::of_user(address, &first, DOCUMENTS).await;
    for _ in 0..10 {
        host.session("a").await;
    }
    socket.is_refused("the session has ended").await;
}

async fn jwt_of_two_seconds(host: &Host, session: &str) -> String {
    let (session, duration) = (("x-appwrite-session", session), json!({ "duration": 2 }));
    let answer = host.ask("POST", "/v1/account/jwts", &[session], duration).await;
    answer.body["jwt"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn expired_jwt_ends_the_connection() {
    let (host, address) = Host::start().await;
    let session = host.session("a").await.0;
    let jwt = jwt_of_two_seconds(&host, &session).await;
    let (mut socket, account) = Socket::connect(address, &[("x-appwrite-jwt", &jwt)]).await;
    assert_eq!(account["$id"], "user-a");
    socket.is_refused("the session has ended").await;
}

/// The sockets of the kernel hold some of the events, and the queue the others.
#[tokio::test]
async fn events_that_wait_when_the_caller_expires_are_not_sent() {
    const EVENTS: usize = 30;
    let (host, address) = Host::start().await;
    let session = host.session("a").await.0;
    let jwt = jwt_of_two_seconds(&host, &session).await;
    let (mut socket, _) = Socket::connect(address, &[("x-appwrite-jwt", &jwt)]).await;
    socket.subscribe("s", DOCUMENTS, &[]).await;
    for number in 0..EVENTS {
        host.rename(KEVIN, &format!("{number} {}", "x".repeat(500_000))).await;
    }
    sleep(Duration::from_secs(3)).await;
    let mut events = 0;
    let last = loop {
        let message = socket.next().await;
        if message["type"] != "event" {
            break message;
        }
        events += 1;
    };
    assert!(events < EVENTS, "{events} events");
    assert_eq!(last["data"]["message"], "the session has ended; sign in again");
}

#[tokio::test]
async fn expired_session_ends_the_connection() {
    let host = Host::seeded(
        "CREATE TRIGGER shorten AFTER INSERT ON sessions BEGIN
            UPDATE sessions SET expire = strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '+2 seconds')
                WHERE rowid = new.rowid; END;",
    );
    let address = host.listen().await;
    let session = host.session("a").await.0;
    let (mut socket, account) = Socket::connect(address, &[("x-appwrite-session", &session)]).await;
    assert_eq!(account["$id"], "user-a");
    socket.is_refused("the session has ended").await;
    host.has_no_connections().await;
}

#[tokio::test]
async fn caller_that_is_refused_is_told_why() {
    let (host, address) = Host::start().await;
    let cookie = format!("a_session_birthdays={}", host.session("a").await.0);
    let page = |origin| vec![("cookie", &*cookie), ("origin", origin)];
    let own = format!("http://{address}");
    Socket::connect(address, &page(&own)).await;
    for (parameters, headers, message) in [
        ("&jwt=x", vec![], "JWT"),
        ("", vec![("x-appwrite-project", "other")], "project not found"),
        ("", vec![("x-appwrite-key", "standard_health-of-the-birthdays")], "documents.read"),
        ("", page("http://evil.example"), "another host"),
        ("", page("null"), "another host"),
    ] {
        Socket::open(address, parameters, &headers).await.is_refused(message).await;
    }
    let answer = host.get("/v1/realtime?project=birthdays", &[]).await;
    answer.refused(400, "general_argument_invalid");
}

/// An audience takes ids of at most 1,023 bytes.
#[tokio::test]
async fn sign_in_beyond_a_limit_ends_the_connection() {
    let host = Host::seeded(
        "CREATE TRIGGER lengthen AFTER INSERT ON sessions BEGIN
            UPDATE sessions SET id = printf('%.*c', 1024, 'x') WHERE rowid = new.rowid; END;",
    );
    let address = host.listen().await;
    let session = host.session("a").await.0;
    let (mut socket, _) = Socket::connect(address, &[]).await;
    socket.send(json!({ "type": "authentication", "data": { "session": session } })).await;
    socket.is_refused("text is too long").await;
    let mut refused = Socket::open(address, "", &[("x-appwrite-session", &session)]).await;
    refused.is_refused("text is too long").await;
    host.has_no_connections().await;
}

/// The roles of the user are there before the answer fails, because the e-mail address is not UTF-8.
#[tokio::test]
async fn sign_in_that_the_server_cannot_answer_ends_the_connection() {
    let host = Host::seeded(
        "CREATE TRIGGER spoil AFTER INSERT ON sessions BEGIN
            UPDATE users SET email = CAST(x'ff' AS TEXT) WHERE id = new.user; END;",
    );
    let address = host.listen().await;
    let session = host.session("a").await.0;
    let (mut socket, _) = Socket::connect(address, &[]).await;
    let error = socket.authenticate(&session).await;
    assert_eq!(error["data"], json!({ "code": 1013, "message": "internal error" }));
    let frame = socket.read().await.unwrap_err().expect("a close frame");
    assert_eq!(u16::from(frame.code), 1013);
    let mut refused = Socket::open(address, "", &[("x-appwrite-session", &session)]).await;
    assert_eq!(refused.next().await["type"], "error");
    let frame = refused.read().await.unwrap_err().expect("a close frame");
    assert_eq!(u16::from(frame.code), 1013);
    host.has_no_connections().await;
}

/// The session of an impersonation is that of the actor.
#[tokio::test]
async fn deleted_session_of_an_actor_ends_its_impersonations() {
    let host = Host::seeded(
        "UPDATE users SET profile = json_set(profile, '$.impersonator', json('true'))
            WHERE id = 'user-b';",
    );
    let address = host.listen().await;
    let (session, id) = host.session("b").await;
    let target = ("x-appwrite-impersonate-user-id", "user-a");
    let actor = ("x-appwrite-session", &*session);
    let (mut socket, account) = Socket::connect(address, &[actor, target]).await;
    assert_eq!(account["$id"], "user-a");
    socket.subscribe("s", DOCUMENTS, &[]).await;
    host.rename(KEVIN, "Kev").await;
    assert_eq!(socket.event().await.1["name"], "Kev");
    let path = format!("/v1/account/sessions/{id}");
    let answer = host.ask("DELETE", &path, &[actor], Value::Null).await;
    assert_eq!(answer.status, 204);
    socket.is_refused("the session has ended").await;
}

/// The sockets of the kernel hold some events, the queue 16 MiB more, and then the client is dropped.
#[tokio::test]
async fn client_that_does_not_read_is_dropped_and_others_go_on() {
    const EVENTS: usize = 80;
    let (host, address) = Host::start().await;
    let session = host.session("a").await.0;
    let mut slow = Socket::of_user(address, &session, DOCUMENTS).await;
    let mut other = Socket::of_user(address, &session, DOCUMENTS).await;
    for number in 0..EVENTS {
        let name = format!("{number} {}", "x".repeat(400_000));
        host.rename(KEVIN, &name).await;
        assert_eq!(other.event().await.1["name"], name, "{number}");
    }
    other.has_no_event().await;
    assert_eq!(host.1.connections(), 1);
    let received = slow.is_dropped().await;
    assert!(received < EVENTS, "{received}");
}

/// Writes may be faster than the network for a moment. The answer to a message comes after all events before it.
#[tokio::test]
async fn burst_of_large_events_reaches_a_client_in_order() {
    const EVENTS: usize = 20;
    let (host, address) = Host::start().await;
    let session = host.session("a").await.0;
    let mut user = Socket::of_user(address, &session, DOCUMENTS).await;
    for number in 0..EVENTS {
        host.rename(KEVIN, &format!("{number} {}", "x".repeat(600_000))).await;
    }
    user.send(json!({ "type": "ping" })).await;
    for number in 0..EVENTS {
        let name = user.event().await.1["name"].take();
        assert!(name.as_str().unwrap().starts_with(&format!("{number} ")), "{number}");
    }
    assert_eq!(user.next().await, json!({ "type": "pong" }));
}

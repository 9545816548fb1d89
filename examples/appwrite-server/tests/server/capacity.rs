//! Limits of all connections together, and of silence. The tests make them small.

use std::time::Duration;

use appwrite_server::limits::{ConnectionLimits, MAX_QUEUE};
use serde_json::{Value, json};

use crate::host::{BACKEND, DOCUMENTS, Host, KEVIN};
use crate::socket::Socket;

/// Sends a `subscribe`, and checks that it is refused with the code after which the connection goes on.
async fn is_full(socket: &mut Socket, wanted: &Value, message: &str) {
    let error = socket.ask(json!({ "type": "subscribe", "data": wanted })).await;
    assert_eq!(error, json!({ "type": "error", "data": { "code": 1003, "message": message } }));
}

#[tokio::test]
async fn connection_beyond_the_limit_is_told_to_try_again() {
    let limits = ConnectionLimits { connections: 2, ..Default::default() };
    let (host, address) = Host::limited(limits).await;
    let (mut stays, _) = Socket::connect(address, &[BACKEND]).await;
    stays.subscribe("s", DOCUMENTS, &[]).await;
    let (goes, _) = Socket::connect(address, &[]).await;
    for _ in 0..3 {
        let mut refused = Socket::open(address, "", &[BACKEND]).await;
        refused.is_put_off("audience is full: 2 connections").await;
    }
    host.rename(KEVIN, "Kev").await;
    assert_eq!(stays.event().await.1["name"], "Kev");
    drop(goes);
    host.has_connections(1).await;
    Socket::connect(address, &[]).await;
}

/// A message whose last channel has no room changes nothing, also if its first channel has room.
#[tokio::test]
async fn full_table_of_channels_keeps_the_subscriptions() {
    let limits = ConnectionLimits { texts: 300, ..Default::default() };
    let (host, address) = Host::limited(limits).await;
    let (mut client, _) = Socket::connect(address, &[BACKEND]).await;
    client.subscribe("s", DOCUMENTS, &[]).await;
    let (mut other, _) = Socket::connect(address, &[]).await;
    other.subscribe("o", &[&"o".repeat(200)], &[]).await;
    let long = "c".repeat(100);
    let replaces = json!([{ "subscriptionId": "s", "channels": [long] }]);
    let adds = json!([
        { "subscriptionId": "t", "channels": [DOCUMENTS[0], "rows"] },
        { "subscriptionId": "u", "channels": ["teams", long] },
    ]);
    for wanted in [&replaces, &adds] {
        is_full(&mut client, wanted, "audience is full: 300 bytes of text").await;
    }
    host.rename(KEVIN, "Kev").await;
    assert_eq!(client.next().await["data"]["subscriptions"], json!(["s"]));
    client.has_no_event().await;
    // The channels of a refused message take no room, and those of a client that has gone neither.
    client.subscribe("v", &[&"v".repeat(300 - 200 - DOCUMENTS[0].len())], &[]).await;
    drop(other);
    host.has_connections(1).await;
    let answer = client.ask(json!({ "type": "subscribe", "data": adds })).await;
    assert_eq!(answer["type"], "response", "{answer}");
}

#[tokio::test]
async fn full_budget_of_queries_keeps_the_subscriptions() {
    let query = json!({ "method": "equal", "attribute": "name", "values": ["Kev"] }).to_string();
    let limits = ConnectionLimits { filters: 2 * query.len(), ..Default::default() };
    let (host, address) = Host::limited(limits).await;
    let (mut client, _) = Socket::connect(address, &[BACKEND]).await;
    client.subscribe("s", DOCUMENTS, &[&query]).await;
    let (mut other, _) = Socket::connect(address, &[]).await;
    other.subscribe("o", DOCUMENTS, &[&query]).await;
    let wanted =
        json!([{ "subscriptionId": "s", "channels": ["teams"], "queries": [query.as_str()] }]);
    is_full(&mut client, &wanted, "no room for queries; try again later").await;
    host.rename(KEVIN, "Kev").await;
    assert_eq!(client.next().await["data"]["subscriptions"], json!(["s"]));
    drop(other);
    host.has_connections(1).await;
    client.subscribe("s", &["teams"], &[&query]).await;
}

#[tokio::test]
async fn user_whose_roles_have_no_room_is_told_to_try_again() {
    let limits = ConnectionLimits { texts: 40, ..Default::default() };
    let (host, address) = Host::limited(limits).await;
    let session = host.session("a").await.0;
    let (mut stays, _) = Socket::connect(address, &[]).await;
    let (mut guest, _) = Socket::connect(address, &[]).await;
    guest.send(json!({ "type": "authentication", "data": { "session": session } })).await;
    guest.is_put_off("audience is full: 40 bytes of text").await;
    let mut user = Socket::open(address, "", &[("x-appwrite-session", &session)]).await;
    user.is_put_off("audience is full: 40 bytes of text").await;
    host.has_connections(1).await;
    stays.has_no_event().await;
}

#[tokio::test]
async fn labels_that_have_no_room_end_the_connections_of_the_user() {
    let limits = ConnectionLimits { texts: 300, ..Default::default() };
    let (host, address) = Host::limited(limits).await;
    let session = host.session("a").await.0;
    let mut user = Socket::of_user(address, &session, &["account"]).await;
    let (mut stays, _) = Socket::connect(address, &[]).await;
    let labels: Vec<_> = (0..9).map(|number| format!("{number:036}")).collect();
    let labels: Vec<_> = labels.iter().map(String::as_str).collect();
    host.label("user-a", &labels[..1]).await;
    assert_eq!(user.event().await.0, "users.user-a.update.labels");
    host.label("user-a", &labels).await;
    user.is_put_off("no room for the roles").await;
    host.has_connections(1).await;
    stays.has_no_event().await;
}

/// Reading answers a ping, so the client that reads stays.
#[tokio::test]
async fn client_without_a_sign_of_life_is_asked_and_then_dropped() {
    let limits = ConnectionLimits { silence: Duration::from_secs(2), ..Default::default() };
    let (host, address) = Host::limited(limits).await;
    let (mut silent, _) = Socket::connect(address, &[]).await;
    let (mut answers, _) = Socket::connect(address, &[BACKEND]).await;
    answers.subscribe("s", DOCUMENTS, &[]).await;
    for _ in 0..3 {
        answers.is_pinged().await;
    }
    host.has_connections(1).await;
    silent.is_pinged().await;
    assert_eq!(silent.read().await, Err(None), "a client that is silent gets no close frame");
    host.rename(KEVIN, "Kev").await;
    assert_eq!(answers.event().await.1["name"], "Kev");
}

/// The sockets of the kernel hold some events. All events together are shorter than the limit of one queue, so
/// only the limit of all queues can drop a client.
#[tokio::test]
async fn longest_queue_is_dropped_at_the_limit_of_all_and_others_go_on() {
    const EVENTS: usize = 150;
    const LENGTH: usize = 100_000;
    let limits = ConnectionLimits { waiting: 1 << 20, ..Default::default() };
    let (host, address) = Host::limited(limits).await;
    let session = host.session("a").await.0;
    let mut slow = Socket::of_user(address, &session, DOCUMENTS).await;
    let mut others = Vec::new();
    for _ in 0..2 {
        others.push(Socket::of_user(address, &session, DOCUMENTS).await);
    }
    let mut bytes = 0;
    for number in 0..EVENTS {
        let name = format!("{number} {}", "x".repeat(LENGTH));
        host.rename(KEVIN, &name).await;
        for other in &mut others {
            let event = other.next().await;
            assert_eq!(event["data"]["payload"]["name"], name, "{number}");
            bytes = bytes.max((number + 1) * event.to_string().len());
        }
    }
    assert!(bytes < MAX_QUEUE, "{bytes}");
    assert_eq!(host.1.connections(), others.len());
    let received = slow.is_dropped().await;
    assert!(received < EVENTS, "{received}");
    for mut other in others {
        other.has_no_event().await;
    }
}

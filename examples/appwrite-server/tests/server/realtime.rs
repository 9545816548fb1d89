//! Events: who receives them, and what they say.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::host::{ALL, BACKEND, DOCUMENTS, Host, KEVIN, LAURA, directory};
use crate::socket::Socket;

#[tokio::test]
async fn user_receives_events_of_its_documents_only() {
    let (host, address) = Host::start().await;
    let session = host.session("a").await.0;
    let mut user = Socket::of_user(address, &session, DOCUMENTS).await;
    let (mut guest, account) = Socket::connect(address, &[]).await;
    assert_eq!(account, Value::Null);
    guest.subscribe("g", DOCUMENTS, &[]).await;
    host.rename(LAURA, "Lara").await;
    host.rename(KEVIN, "Kev").await;
    let event = user.next().await;
    let data = &event["data"];
    assert_eq!((&event["type"], &data["subscriptions"]), (&json!("event"), &json!(["s"])));
    assert_eq!(data["payload"]["name"], "Kev");
    assert_eq!(data["payload"]["$id"], KEVIN);
    assert_eq!(data["timestamp"], data["payload"]["$updatedAt"]);
    let has = |list: &str, text: &str| data[list].as_array().unwrap().contains(&json!(text));
    assert!(has("channels", DOCUMENTS[0]) && has("channels", "rows.update"), "{data}");
    for name in [
        "databases.*.collections.*.documents.*.update",
        "databases.guide.collections.birthdays.documents.ac5fc866ad1e",
        "tablesdb.guide.tables.*.rows.*",
        "databases.guide",
    ] {
        assert!(has("events", name), "{name}");
    }
    user.has_no_event().await;
    guest.has_no_event().await;
}

#[tokio::test]
async fn create_update_and_delete_are_events_in_the_order_of_commits() {
    let (host, address) = Host::start().await;
    let session = host.session("a").await.0;
    let mut user = Socket::of_user(address, &session, &["documents", "rows.delete"]).await;
    host.create("ann", &[r#"read("users")"#]).await;
    host.rename("ann", "Anne").await;
    host.by_key("DELETE", &format!("{ALL}/ann"), Value::Null).await;
    for (name, payload) in [("ann.create", "ann"), ("ann.update", "Anne")] {
        let event = user.event().await;
        assert_eq!((&*event.0, &event.1["name"]), (name, &json!(payload)));
    }
    assert_eq!(user.event().await, ("ann.delete".into(), json!({ "$id": "ann" })));
    user.has_no_event().await;
}

/// A client that loses sight of a document learns so, and gets none of the new body.
#[tokio::test]
async fn permissions_taken_away_send_a_delete_event_with_the_id_only() {
    let (host, address) = Host::start().await;
    let session = host.session("a").await.0;
    let mut user = Socket::of_user(address, &session, DOCUMENTS).await;
    let body = json!({ "data": { "name": "secret" }, "permissions": [r#"read("user:user-b")"#] });
    host.by_key("PATCH", &format!("{ALL}/{KEVIN}"), body).await;
    let lost = user.event().await;
    assert_eq!(lost, (format!("{KEVIN}.delete"), json!({ "$id": KEVIN })));
    host.rename(KEVIN, "more").await;
    user.has_no_event().await;
    host.permit(KEVIN, &[r#"read("user:user-a")"#]).await;
    let (name, payload) = user.event().await;
    assert_eq!((&*name, &payload["name"]), ("ac5fc866ad1e.create", &json!("more")));
}

#[tokio::test]
async fn label_that_is_added_begins_events_and_one_that_is_removed_ends_them() {
    let (host, address) = Host::start().await;
    let session = host.session("a").await.0;
    let mut user = Socket::of_user(address, &session, &["documents", "account"]).await;
    host.create("plan", &[r#"read("label:staff")"#]).await;
    user.has_no_event().await;
    let account = host.label("user-a", &["staff", "staff"]).await;
    assert_eq!(account["labels"], json!(["staff"]));
    let (name, payload) = user.event().await;
    assert_eq!((&*name, payload), ("users.user-a.update.labels", account));
    host.rename("plan", "Plan").await;
    assert_eq!(user.event().await.1["name"], "Plan");
    host.label("user-a", &[]).await;
    assert_eq!(user.event().await.1["labels"], json!([]));
    host.rename("plan", "Plan 2").await;
    user.has_no_event().await;
}

#[tokio::test]
async fn labels_are_set_by_keys_with_the_scope_only() {
    let host = Host::new();
    let session = host.session("a").await.0;
    let path = "/v1/users/user-a/labels";
    let labels = json!({ "labels": ["admin"] });
    for headers in [&[("x-appwrite-session", &*session)] as &[_], &[]] {
        let answer = host.ask("PUT", path, headers, labels.clone()).await;
        answer.refused(401, "general_unauthorized_scope");
    }
    let none = host.ask("PUT", "/v1/users/none/labels", &[BACKEND], labels).await;
    none.refused(404, "user_not_found");
    for label in ["", "a b", "a/b", &"a".repeat(37)] {
        let answer = host.ask("PUT", path, &[BACKEND], json!({ "labels": [label] })).await;
        answer.refused(400, "general_argument_invalid");
    }
}

#[tokio::test]
async fn client_signs_in_on_an_open_connection() {
    let (host, address) = Host::start().await;
    let (mut socket, account) = Socket::connect(address, &[]).await;
    assert_eq!(account, Value::Null);
    socket.subscribe("s", &["documents", "account.update"], &[]).await;
    host.rename(KEVIN, "one").await;
    let refused = socket.authenticate("bm90IGEgc2Vzc2lvbg==").await;
    assert_eq!(refused["type"], "error", "{refused}");
    let answer = socket.authenticate(&host.session("a").await.0).await;
    assert_eq!(answer["data"]["to"], "authentication", "{answer}");
    assert_eq!(answer["data"]["user"]["$id"], "user-a");
    host.rename(KEVIN, "two").await;
    assert_eq!(socket.event().await.1["name"], "two");
    // The channel of a guest's account has become one of the user's account.
    host.label("user-b", &["x"]).await;
    host.label("user-a", &["x"]).await;
    assert_eq!(socket.event().await.0, "users.user-a.update.labels");
    socket.has_no_event().await;
}

#[tokio::test]
async fn cookie_fallback_and_key_authenticate_a_connection() {
    let (host, address) = Host::start().await;
    let session = host.session("a").await.0;
    let cookie = format!("a_session_birthdays={session}");
    let fallback = json!({ "a_session_birthdays": session }).to_string();
    for header in [("cookie", &*cookie), ("x-fallback-cookies", &fallback)] {
        let (_, account) = Socket::connect(address, &[header]).await;
        assert_eq!(account["email"], "a@example.com", "{header:?}");
    }
    let (mut key, account) = Socket::connect(address, &[BACKEND]).await;
    assert_eq!(account, Value::Null);
    key.subscribe("k", DOCUMENTS, &[]).await;
    host.rename(LAURA, "Lara").await;
    assert_eq!(key.event().await.1["name"], "Lara");
}

#[tokio::test]
async fn key_gets_no_events_of_accounts() {
    let (host, address) = Host::start().await;
    let session = host.session("a").await.0;
    let mut user = Socket::of_user(address, &session, &["account"]).await;
    let reader = ("x-appwrite-key", "standard_reader-of-the-birthdays");
    let (mut key, _) = Socket::connect(address, &[reader]).await;
    let channels = ["account", "account.update", "account.user-a", "documents"];
    let subscription = key.subscribe("k", &channels, &[]).await;
    assert_eq!(subscription["channels"], json!(["documents"]));
    host.label("user-a", &["secret"]).await;
    assert_eq!(user.event().await.0, "users.user-a.update.labels");
    key.has_no_event().await;
}

#[tokio::test]
async fn queries_of_a_subscription_select_documents() {
    let (host, address) = Host::start().await;
    let (mut socket, _) = Socket::connect(address, &[BACKEND]).await;
    let equal = r#"{"method":"equal","attribute":"name","values":["x","y"]}"#;
    let either = r#"{"method":"or","values":[{"method":"lessThan","attribute":"name","values":["b"]},
        {"method":"isNull","attribute":"birthday"}]}"#;
    socket.subscribe("equal", DOCUMENTS, &[equal]).await;
    socket.subscribe("either", DOCUMENTS, &[either]).await;
    socket.subscribe("gone", DOCUMENTS, &[]).await;
    socket.subscribe("gone", &["teams"], &[r#"{"method":"select","values":["*"]}"#]).await;
    let mut subscriptions = Vec::new();
    for name in ["x", "z", "a", "y"] {
        host.rename(KEVIN, name).await;
    }
    for _ in 0..3 {
        subscriptions.push(socket.next().await["data"]["subscriptions"].take());
    }
    assert_eq!(subscriptions, [json!(["equal"]), json!(["either"]), json!(["equal"])]);
    let removed = json!([{ "subscriptionId": "equal" }, { "subscriptionId": "none" }]);
    let answer = socket.ask(json!({ "type": "unsubscribe", "data": removed })).await;
    let removed = answer["data"]["subscriptions"].as_array().unwrap();
    assert_eq!((&removed[0]["removed"], &removed[1]["removed"]), (&json!(true), &json!(false)));
    host.rename(KEVIN, "x").await;
    socket.has_no_event().await;
}

#[tokio::test]
async fn malformed_messages_are_answered_with_an_error() {
    let (host, address) = Host::start().await;
    let session = host.session("a").await.0;
    let mut socket = Socket::of_user(address, &session, DOCUMENTS).await;
    let wanted = |row: Value| json!({ "type": "subscribe", "data": [row] }).to_string();
    let channels: Vec<_> = (0..101).map(|number| format!("c{number}")).collect();
    let query = |text: &str| wanted(json!({ "channels": ["c"], "queries": [text] }));
    let long = format!(r#"{{"method":"equal","attribute":"a","values":["{}"]}}"#, "x".repeat(4096));
    for message in [
        String::new(),
        "{".into(),
        "[]".into(),
        "null".into(),
        r#"{"type":"presence","data":{}}"#.into(),
        r#"{"type":["ping"]}"#.into(),
        r#"{"type":"subscribe","data":{}}"#.into(),
        r#"{"type":"authentication","data":{}}"#.into(),
        r#"{"type":"authentication","data":{"session":"a\u0000b"}}"#.into(),
        "[".repeat(10_000),
        wanted(json!({})),
        wanted(json!({ "channels": ["c"], "subscriptionId": "a\"b" })),
        wanted(json!({ "channels": [1] })),
        wanted(json!({ "channels": channels })),
        wanted(json!({ "channels": ["c".repeat(257)] })),
        query("x"),
        query(r#"{"method":"select","values":["name"]}"#),
        query(r#"{"method":"search","attribute":"name","values":["x"]}"#),
        query(r#"{"method":"equal","attribute":"name","values":[["x"]]}"#),
        query(r#"{"method":"lessThan","attribute":"name","values":["x",{}]}"#),
        query(&long),
    ] {
        socket.send(&message).await;
        let error = socket.next().await;
        assert_eq!(error["type"], "error", "{message:.80}: {error}");
        assert!(error["data"]["code"].is_number() && error["data"]["message"].is_string());
    }
    socket.send_frame(Message::binary(vec![0; 9])).await;
    assert_eq!(socket.next().await["type"], "error");
    host.rename(KEVIN, "Kev").await;
    assert_eq!(socket.event().await.1["name"], "Kev");
    socket.send("x".repeat(48 << 10 | 1)).await;
    assert_eq!(socket.read().await, Err(None), "a message that is too long");
    Socket::of_user(address, &session, DOCUMENTS).await.has_no_event().await;
}

/// Closed databases and collections are found by keys only.
#[tokio::test]
async fn events_of_a_closed_database_reach_keys_only() {
    let host = Host::seeded("UPDATE databases SET enabled = FALSE;");
    let address = host.listen().await;
    let session = host.session("a").await.0;
    let mut user = Socket::of_user(address, &session, DOCUMENTS).await;
    let (mut key, _) = Socket::connect(address, &[BACKEND]).await;
    key.subscribe("k", DOCUMENTS, &[]).await;
    host.rename(KEVIN, "Kev").await;
    assert_eq!(key.event().await.1["name"], "Kev");
    user.has_no_event().await;
}

#[tokio::test]
async fn subscribe_that_is_refused_keeps_all_subscriptions() {
    let (host, address) = Host::start().await;
    let (mut socket, _) = Socket::connect(address, &[BACKEND]).await;
    socket.subscribe("s", DOCUMENTS, &[]).await;
    let long = "c".repeat(257);
    for second in [json!({ "channels": [long] }), json!({ "channels": ["c"], "queries": ["x"] })] {
        let first = json!({ "subscriptionId": "s", "channels": ["teams"] });
        let message = json!({ "type": "subscribe", "data": [first, second] });
        assert_eq!(socket.ask(message).await["type"], "error");
    }
    let many: Vec<_> = (0..101).map(|number| format!("c{number}")).collect();
    let wanted = json!([{ "subscriptionId": "s", "channels": many }]);
    assert_eq!(socket.ask(json!({ "type": "subscribe", "data": wanted })).await["type"], "error");
    host.rename(KEVIN, "Kev").await;
    assert_eq!(socket.next().await["data"]["subscriptions"], json!(["s"]));
}

/// Appwrite ignores the channels of other accounts. The subscription is there, and gets no events.
#[tokio::test]
async fn subscription_without_channels_can_be_removed() {
    let (host, address) = Host::start().await;
    let (mut socket, _) = Socket::connect(address, &[BACKEND]).await;
    let answer = socket.subscribe("s", &["account.user-a"], &[]).await;
    assert_eq!(answer["channels"], json!([]));
    host.label("user-a", &["x"]).await;
    socket.has_no_event().await;
    let message = json!({ "type": "unsubscribe", "data": [{ "subscriptionId": "s" }] });
    assert_eq!(socket.ask(message).await["data"]["subscriptions"][0]["removed"], true);
}

/// The SDK for the web sends all subscriptions in one message when it connects again.
#[tokio::test]
async fn message_with_all_that_the_limits_allow_is_answered() {
    let (host, address) = Host::start().await;
    let (mut socket, _) = Socket::connect(address, &[BACKEND]).await;
    let wanted = |number: usize| {
        let channels = if number < 12 { 6 } else { 7 };
        let channels = (0..channels).map(|channel| format!("{number:02}{channel:0254}"));
        let query = format!(
            r#"{{"method":"equal","attribute":"name","values":[{}""]}}"#,
            r#""","#.repeat(67)
        );
        json!({ "subscriptionId": format!("{number:036}"), "queries": [query],
            "channels": channels.collect::<Vec<_>>() })
    };
    let all: Vec<_> = (0..16).map(wanted).collect();
    let answer = socket.ask(json!({ "type": "subscribe", "data": all })).await;
    assert_eq!(answer["data"]["subscriptions"].as_array().unwrap().len(), 16, "{answer}");
    host.rename(KEVIN, "").await;
    socket.has_no_event().await;
}

/// The queries are about the document as the client last saw it, so its new body has no influence.
#[tokio::test]
async fn lost_document_is_selected_by_its_old_body() {
    let (host, address) = Host::start().await;
    let session = host.session("a").await.0;
    let (mut user, _) = Socket::connect(address, &[("x-appwrite-session", &session)]).await;
    for name in ["old", "new"] {
        let query = json!({ "method": "equal", "attribute": "name", "values": [name] }).to_string();
        user.subscribe(name, DOCUMENTS, &[&query]).await;
    }
    host.rename(KEVIN, "old").await;
    assert_eq!(user.next().await["data"]["subscriptions"], json!(["old"]));
    let body = json!({ "data": { "name": "new" }, "permissions": [r#"read("user:user-b")"#] });
    host.by_key("PATCH", &format!("{ALL}/{KEVIN}"), body).await;
    let lost = user.next().await;
    assert_eq!(lost["data"]["subscriptions"], json!(["old"]), "{lost}");
    assert_eq!(lost["data"]["payload"], json!({ "$id": KEVIN }));
    user.has_no_event().await;
}

#[tokio::test]
async fn refused_write_sends_no_event() {
    let (host, address) = Host::start().await;
    let session = host.session("a").await.0;
    let mut user = Socket::of_user(address, &session, DOCUMENTS).await;
    let path = format!("{ALL}/{KEVIN}");
    let body = json!({ "data": { "name": "x" }, "permissions": ["read(\"nobody\")"] });
    let answer = host.ask("PATCH", &path, &[BACKEND], body).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    let answer = host.ask("DELETE", &path, &[], Value::Null).await;
    assert!(answer.status >= 400, "{}", answer.body);
    user.has_no_event().await;
}

#[tokio::test]
async fn seventeenth_subscription_is_refused() {
    let (_host, address) = Host::start().await;
    let (mut socket, _) = Socket::connect(address, &[]).await;
    for number in 0..16 {
        socket.subscribe(&format!("s{number}"), DOCUMENTS, &[]).await;
    }
    let wanted = json!([{ "subscriptionId": "s16", "channels": DOCUMENTS }]);
    let refused = socket.ask(json!({ "type": "subscribe", "data": wanted })).await;
    assert_eq!(refused["data"]["message"], "connection is full: 16 subscriptions");
    socket.subscribe("s15", &["teams"], &[]).await;
}

#[tokio::test]
async fn events_of_a_database_in_a_file_are_sent() {
    let host = Host::open(&directory("events").join("data.db"));
    let address = host.listen().await;
    let session = host.session("a").await.0;
    let mut user = Socket::of_user(address, &session, DOCUMENTS).await;
    host.rename(LAURA, "Lara").await;
    host.rename(KEVIN, "Kev").await;
    assert_eq!(user.event().await.1["name"], "Kev");
    host.by_key("DELETE", &format!("{ALL}/{KEVIN}"), Value::Null).await;
    assert_eq!(user.event().await, (format!("{KEVIN}.delete"), json!({ "$id": KEVIN })));
    user.has_no_event().await;
}

//! Requests that are cheap to send and expensive to answer.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use tokio::runtime::Builder;

use crate::host::{ALL, BACKEND, Host, directory, many, queries};

/// A hundred filters that all documents pass, and many documents.
#[tokio::test]
async fn search_that_takes_long_is_given_up() {
    let host = Host::seeded(&many(100_000, "[]"));
    let equal = json!({ "method": "equal", "attribute": "name", "values": ["N"] });
    let answer = host.get(&queries(&vec![equal; 100]), &[BACKEND]).await;
    answer.refused(408, "database_timeout");
    assert_eq!(host.get(ALL, &[BACKEND]).await.body["total"], 100_003);
}

/// One instruction of SQLite can take milliseconds, so the clock is checked often.
#[tokio::test]
async fn search_with_slow_instructions_is_given_up() {
    let slow = ENDLESS.replace("= -n", "= -length(hex(zeroblob(1000000 + n)))");
    let host = Host::seeded(&slow);
    let started = SystemTime::now();
    host.get(ALL, &[BACKEND]).await.refused(408, "database_timeout");
    let took = started.elapsed().unwrap();
    assert!(took < Duration::from_secs(7), "{took:?}");
}

/// SQL for a view of keys whose look-up does not end.
pub const ENDLESS: &str = "ALTER TABLE keys RENAME TO few;
    CREATE VIEW keys AS WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number)
    SELECT few.* FROM number JOIN few ON few.rowid = -n;";

/// The look-up of a key is limited too, and is not repeated.
#[tokio::test]
async fn look_up_that_takes_long_is_given_up() {
    let host = Host::seeded(ENDLESS);
    let started = SystemTime::now();
    host.get(ALL, &[BACKEND]).await.refused(408, "database_timeout");
    assert!(started.elapsed().unwrap() < Duration::from_secs(9));
    assert_eq!(host.get(ALL, &[]).await.status, 200);
}

/// A write that waits for the lock stops at the deadline.
#[tokio::test]
async fn writes_that_wait_for_each_other_are_answered_in_time() {
    let host = Host::seeded(ENDLESS);
    let started = SystemTime::now();
    let write = || host.ask("POST", ALL, &[BACKEND], json!({ "documentId": "x" }));
    let answers = tokio::join!(write(), write(), write(), write());
    let took = started.elapsed().unwrap();
    for answer in [answers.0, answers.1, answers.2, answers.3] {
        assert_eq!(answer.status, 408, "{}", answer.body);
    }
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!(host.get(ALL, &[]).await.status, 200);
}

/// The first write waits five seconds for the file, and the second for the first and the file.
#[tokio::test]
async fn client_of_a_thread_that_misses_the_deadline_is_answered() {
    let file = directory("misses").join("data.db");
    let host = Host::open(&file);
    let other = rusqlite::Connection::open(&file).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let started = SystemTime::now();
    let write = |id: &str| host.ask("POST", ALL, &[BACKEND], json!({ "documentId": id }));
    let (first, second) = tokio::join!(write("a"), write("b"));
    let took = started.elapsed().unwrap();
    let kinds = [&first, &second].map(|answer| answer.body["type"].as_str().unwrap());
    assert_eq!(BTreeSet::from(kinds), BTreeSet::from(["database_timeout", "general_timeout"]));
    assert_eq!([first.status, second.status], [408; 2]);
    assert!(took > Duration::from_millis(8500) && took < Duration::from_millis(9900), "{took:?}");
    other.execute_batch("ROLLBACK").unwrap();
}

/// Searches and logins wait for their turn without a thread. The runtime has one thread more than turns.
#[test]
fn searches_and_logins_do_not_keep_others_waiting() {
    let runtime = Builder::new_current_thread().enable_all().max_blocking_threads(5).build();
    let runtime = runtime.unwrap();
    let order = queries(&[json!({ "method": "orderAsc", "attribute": "name" })]);
    for (method, path) in [("GET", &*order), ("POST", "/v1/account/sessions/email")] {
        let host = Host::seeded(ENDLESS);
        let ask = || host.ask(method, path, &[BACKEND], Value::Null);
        let others = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            let started = SystemTime::now();
            for _ in 0..20 {
                assert_eq!(host.get(ALL, &[]).await.status, 200);
            }
            started.elapsed().unwrap()
        };
        let (a, b, c, d, e, f, took) = runtime
            .block_on(async { tokio::join!(ask(), ask(), ask(), ask(), ask(), ask(), others) });
        assert_eq!([a, b, c, d, e, f].map(|answer| answer.status), [408; 6], "{path}");
        assert!(took < Duration::from_secs(4), "{took:?}");
    }
}

#[tokio::test]
async fn long_query_and_many_values_are_refused() {
    let host = Host::new();
    let equal =
        |values: Vec<Value>| json!({ "method": "equal", "attribute": "name", "values": values });
    let ask = async |query: Value| host.get(&queries(&[query]), &[BACKEND]).await;
    assert_eq!(ask(equal(vec![json!("Bob"); 100])).await.names(), ["Bob"]);
    let many = ask(equal(vec![json!("Bob"); 101])).await;
    assert_eq!(many.refused(400, "general_query_invalid"), "query 0: more than 100 values");
    let padding = 4096 - equal(vec![json!("")]).to_string().len();
    let fits = ask(equal(vec![json!("x".repeat(padding))])).await;
    assert_eq!(fits.names(), [""; 0]);
    let long = ask(equal(vec![json!("x".repeat(padding + 1))])).await;
    assert_eq!(long.refused(400, "general_query_invalid"), "query 0: longer than 4096 bytes");
}

/// Documents times their length: without a limit, 5,000 documents would be 5 GB.
#[tokio::test]
async fn page_of_too_many_bytes_is_refused() {
    let host = Host::new();
    for number in 0..5 {
        let data = json!({ "name": "x".repeat(1_000_000) });
        let new = json!({ "documentId": number.to_string(), "data": data });
        assert_eq!(host.ask("POST", ALL, &[BACKEND], new).await.status, 201);
    }
    let order = json!({ "method": "orderDesc", "attribute": "birthday" });
    let limit = |limit| json!({ "method": "limit", "values": [limit] });
    for order in [vec![], vec![order]] {
        let page = host.get(&queries(&order), &[BACKEND]).await;
        let message = page.refused(400, "general_query_limit_exceeded");
        assert_eq!(message, "the page is longer than 4194304 bytes; ask for less");
        let page = host.get(&queries(&[order, vec![limit(4)]].concat()), &[BACKEND]).await;
        assert_eq!((page.status, &page.body["total"]), (200, &json!(8)));
    }
}

/// Updates of one attribute at a time could make a document long.
#[tokio::test]
async fn document_that_grows_too_long_is_refused() {
    let host = Host::new();
    let (path, half) = (format!("{ALL}/ac5fc866ad1e"), "x".repeat(600_000));
    let change = |name: &str| json!({ "data": { name: half } });
    assert_eq!(host.ask("PATCH", &path, &[BACKEND], change("name")).await.status, 200);
    let longer = host.ask("PATCH", &path, &[BACKEND], change("birthday")).await;
    let message = longer.refused(400, "document_invalid_structure");
    assert_eq!(message, "the document is longer than 1048576 bytes");
    assert_eq!(host.get(&path, &[BACKEND]).await.body["birthday"], "2012-02-03");
}

/// Numbers and permissions take more memory parsed than sent, and messages repeat what was sent.
#[tokio::test]
async fn messages_are_short() {
    let host = Host::new();
    let long = "\u{feff}".repeat(300_000);
    let quoted = format!("read(\"user:{long}\")");
    for body in [
        json!({ "documentId": "x", "data": long }),
        json!({ "documentId": "x", "permissions": long }),
        json!({ "documentId": "x", "permissions": [long] }),
        json!({ "documentId": "x", "permissions": [quoted] }),
        json!({ "documentId": { "x": long } }),
    ] {
        let answer = host.ask("POST", ALL, &[BACKEND], body).await;
        assert!(answer.refused(400, "general_argument_invalid").len() <= 515);
    }
}

#[tokio::test]
async fn form_and_password_that_are_too_long_are_refused() {
    let host = Host::new();
    let login = |password: String| json!({ "email": "a@example.com", "password": password });
    let sign_in = async |body| host.ask("POST", "/v1/account/sessions/email", &[], body).await;
    sign_in(login("x".repeat(256))).await.refused(401, "user_invalid_credentials");
    let long = sign_in(login("x".repeat(257))).await;
    let message = long.refused(400, "general_argument_invalid");
    assert_eq!(message, "the password is longer than 256 bytes");
    for path in ["/v1/account/sessions/email", "/v1/graphql"] {
        let answer = host.ask("POST", path, &[], login("x".repeat(17_000))).await;
        let message = answer.refused(413, "general_argument_invalid");
        assert_eq!(message, "body is longer than 16384 bytes");
    }
}

#[tokio::test]
async fn deep_json_is_refused() {
    let host = Host::new();
    let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
    let body = |depth| format!(r#"{{"documentId": "x", "data": {{"name": {}}}}}"#, nested(depth));
    let post = async |depth| host.send("POST", ALL, &[BACKEND], body(depth).into_bytes()).await;
    for depth in [127, 1000, 500_000] {
        post(depth).await.refused(400, "general_argument_invalid");
    }
    // A document that was accepted can be listed together with others.
    assert_eq!(post(120).await.status, 201);
    assert_eq!(host.get(ALL, &[BACKEND]).await.body["total"], 4);
    let fallback = format!("{{\"a_session_birthdays\": {}}}", nested(30_000));
    assert_eq!(host.get(ALL, &[("x-fallback-cookies", &fallback)]).await.names(), [""; 0]);
}

/// Cookies are parsed for every request, at a cost that grows with their length and no faster.
#[tokio::test]
async fn many_cookies_are_parsed_in_time_or_refused() {
    let host = Host::new();
    let secret = host.session("a").await.0;
    let cookies = |count| format!("{}a_session_birthdays={secret}", "%3D=%3D; ".repeat(count));
    let started = SystemTime::now();
    assert_eq!(host.get(ALL, &[("cookie", &cookies(7_000))]).await.names(), ["Kevin"]);
    let long = host.get(ALL, &[("cookie", &cookies(40_000))]).await;
    long.refused(431, "general_argument_invalid");
    let took = started.elapsed().unwrap();
    assert!(took < Duration::from_secs(2), "{took:?}");
}

//! Listings: filters, orders and cursors.

use serde_json::{Value, json};

use crate::host::{ALL, BACKEND, Host, queries};

#[tokio::test]
async fn query_about_a_hidden_document_reveals_nothing() {
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

/// A seed may spell one list in many ways. Every page must find all documents with this list.
#[tokio::test]
async fn list_in_any_spelling_is_found() {
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
async fn equal_compares_types() {
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

//! One document: reading, changing and deleting it, and setting its permissions.

use serde_json::{Value, json};

use crate::host::{ALL, BACKEND, Host};

#[tokio::test]
async fn permission_for_a_role_not_held_is_refused() {
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
async fn permissions_are_kept_in_the_order_sent() {
    let host = Host::new();
    let jwt = host.jwt_of("a").await;
    let by_jwt = [("x-appwrite-jwt", &*jwt)];
    let path = format!("{ALL}/doc");
    let sent =
        ["update(\"users\")", "read(\"user:user-a\")", "read(\"any\")", "read(\"user:user-a\")"];
    let new = json!({ "documentId": "doc", "data": { "name": "N" }, "permissions": sent });
    let created = host.ask("POST", ALL, &by_jwt, new).await;
    assert_eq!((created.status, &created.body["$permissions"]), (201, &json!(sent[..3])));
    assert_eq!(host.get(&path, &by_jwt).await.body["$permissions"], json!(sent[..3]));
    let other = ["read(\"any\")", "write(\"user:user-a\")", "read(\"user:user-a\")"];
    let expanded = [
        "read(\"any\")",
        "update(\"user:user-a\")",
        "delete(\"user:user-a\")",
        "read(\"user:user-a\")",
    ];
    let updated = host.ask("PATCH", &path, &by_jwt, json!({ "permissions": other })).await;
    assert_eq!((updated.status, &updated.body["$permissions"]), (200, &json!(expanded)));
    let listed = host.get(ALL, &[BACKEND]).await;
    assert_eq!(listed.body["documents"][3]["$permissions"], json!(expanded));
}

/// The answer is the same for every document, so it reveals nothing about hidden documents.
#[tokio::test]
async fn update_without_data_and_permissions_is_refused() {
    let host = Host::new();
    let jwt = host.jwt_of("a").await;
    let by_jwt = [("x-appwrite-jwt", &*jwt)];
    let rows = "/v1/tablesdb/guide/tables/birthdays/rows";
    for (all, kind) in [(ALL, "document_missing_payload"), (rows, "row_missing_payload")] {
        for id in ["ac5fc866ad1e", "bc7fc866ad1e", "none"] {
            let path = format!("{all}/{id}");
            for body in
                [Value::Null, json!({}), json!({ "data": {} }), json!({ "permissions": null })]
            {
                host.ask("PATCH", &path, &by_jwt, body).await.refused(400, kind);
            }
        }
    }
    // An empty list of permissions is a change.
    let path = format!("{ALL}/ac5fc866ad1e");
    let closed = host.ask("PATCH", &path, &[BACKEND], json!({ "permissions": [] })).await;
    assert_eq!((closed.status, &closed.body["$permissions"]), (200, &json!([])));
    assert_eq!(host.get(ALL, &by_jwt).await.body["total"], 0);
}

#[tokio::test]
async fn caller_that_may_only_update_reads_nothing() {
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
async fn action_granted_by_the_collection_needs_no_document_grant() {
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
async fn malformed_document_is_refused() {
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
    // An unknown route is reported before the caller is refused.
    let both = [BACKEND, ("x-appwrite-jwt", "x")];
    for method in ["PUT", "HEAD", "OPTIONS"] {
        assert_eq!(host.ask(method, ALL, &both, json!({})).await.status, 404, "{method}");
    }
    let unique = post(json!({ "documentId": "unique()" })).await;
    let id = unique.body["$id"].as_str().unwrap();
    assert!(id.len() == 20 && id.bytes().all(|digit| digit.is_ascii_hexdigit()), "{id}");
}

//! Requests as Appwrite's PHP SDK sends them: PHP writes an empty object as `[]`.

use serde_json::{Value, json};

use crate::host::{ALL, Host};

#[tokio::test]
async fn empty_array_is_the_empty_object() {
    let host = Host::new();
    let secret = host.session("a").await.0;
    let session = [("x-appwrite-session", &*secret)];
    // account.createJWT()
    let jwt = host.ask("POST", "/v1/account/jwts", &session, json!([])).await;
    assert_eq!(jwt.status, 201, "{}", jwt.body);
    let by_jwt = [("x-appwrite-jwt", jwt.body["jwt"].as_str().unwrap())];
    // databases.createDocument(…, data: [])
    let new = json!({ "documentId": "doc", "data": [] });
    let created = host.ask("POST", ALL, &by_jwt, new).await;
    assert_eq!((created.status, &created.body["$id"]), (201, &json!("doc")), "{}", created.body);
    // databases.updateDocument(…, permissions: […])
    let permissions = json!(["read(\"user:user-a\")", "delete(\"user:user-a\")"]);
    let change = json!({ "data": [], "permissions": permissions });
    let changed = host.ask("PATCH", &format!("{ALL}/doc"), &by_jwt, change).await;
    assert_eq!((changed.status, &changed.body["$permissions"]), (200, &permissions));
    // databases.deleteDocument(…)
    let path = format!("{ALL}/doc");
    assert_eq!(host.ask("DELETE", &path, &by_jwt, json!([])).await.status, 204);
    // tablesDB.updateRow(…) without data and permissions, and with an empty body
    for body in [json!({ "data": [] }), json!([])] {
        let path = "/v1/tablesdb/guide/tables/birthdays/rows/none";
        host.ask("PATCH", path, &by_jwt, body).await.refused(400, "row_missing_payload");
    }
    // graphql.mutation(query: ['query' => …, 'variables' => []])
    let query = json!({ "query": "mutation { accountCreateJWT { jwt } }", "variables": [], "extensions": [] });
    for body in [json!({ "query": query }), query] {
        let answer = host.ask("POST", "/v1/graphql/mutation", &session, body).await;
        assert!(answer.body["data"]["accountCreateJWT"]["jwt"].is_string(), "{}", answer.body);
    }
}

#[tokio::test]
async fn other_array_is_not_an_object() {
    let host = Host::new();
    let secret = host.session("a").await.0;
    let session = [("x-appwrite-session", &*secret)];
    let query = "{ accountId }";
    for (method, path, body) in [
        ("POST", "/v1/account/jwts", json!([60])),
        ("POST", "/v1/account/jwts", json!([[]])),
        ("POST", "/v1/account/jwts", json!([null])),
        ("POST", ALL, json!({ "documentId": "doc", "data": ["N"] })),
        ("POST", ALL, json!({ "documentId": "doc", "data": [[]] })),
        ("POST", ALL, json!({ "documentId": "doc", "data": [["name", "N"]] })),
        ("POST", ALL, json!({ "documentId": "doc", "data": "" })),
        ("POST", ALL, json!({ "documentId": "doc", "data": 0 })),
        ("POST", "/v1/graphql", json!({ "query": query, "variables": [1] })),
        ("POST", "/v1/graphql", json!({ "query": query, "variables": [[]] })),
    ] {
        let answer = host.ask(method, path, &session, body.clone()).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
        answer.refused(400, "general_argument_invalid");
    }
    host.ask("GET", &format!("{ALL}/doc"), &session, Value::Null)
        .await
        .refused(404, "document_not_found");
}

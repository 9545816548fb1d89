//! Databases and collections with `enabled: false`.

use serde_json::{Value, json};

use crate::host::{BACKEND, Host};

/// Returns a host whose collections have a document `doc` that every caller may read, update and delete.
fn host() -> Host {
    let all = r#"["read(\"any\")", "create(\"any\")", "update(\"any\")", "delete(\"any\")"]"#;
    let collections = [
        ("open", "unsaid", ""),
        ("open", "yes", r#", "enabled": true"#),
        ("open", "no", r#", "enabled": false"#),
        ("open", "null", r#", "enabled": null"#),
        ("closed", "yes", r#", "enabled": true"#),
        ("closed", "no", r#", "enabled": false"#),
        ("unset", "yes", ""),
        ("unlisted", "yes", ""),
    ];
    let mut seed = String::from(
        "INSERT INTO databases (id, enabled) VALUES ('open', TRUE), ('closed', FALSE), ('unset', NULL),
        ('empty', TRUE), ('empty-closed', FALSE);",
    );
    for (number, (database, id, enabled)) in (10..).zip(collections) {
        seed += &format!(
            r#"INSERT INTO collections (number, database, id, rules, attributes) VALUES
            ({number}, '{database}', '{id}', '{{"$permissions": {all}{enabled}}}', '["name"]');
            INSERT INTO documents (collection, id, permissions, data) VALUES
            ({number}, 'doc', '[]', '{{"$id": "doc", "name": "N"}}');"#
        );
    }
    Host::seeded(&seed)
}

/// Returns the answers to every operation, on a document that exists and on one that does not.
async fn refusals(host: &Host, headers: &[(&str, &str)], all: &str) -> Vec<(u16, Option<String>)> {
    let (doc, none) = (format!("{all}/doc"), format!("{all}/none"));
    let (new, taken) = (json!({ "documentId": "new" }), json!({ "documentId": "doc" }));
    let change = json!({ "data": { "name": "M" } });
    let mut refusals = Vec::new();
    for (method, path, body) in [
        ("GET", all, Value::Null),
        ("POST", all, new),
        ("POST", all, taken),
        ("GET", &doc, Value::Null),
        ("GET", &none, Value::Null),
        ("PATCH", &doc, change.clone()),
        ("PATCH", &none, change),
        ("DELETE", &none, Value::Null),
        ("DELETE", &doc, Value::Null),
    ] {
        let answer = host.ask(method, path, headers, body).await;
        refusals.push((answer.status, answer.body["type"].as_str().map(String::from)));
    }
    refusals
}

#[tokio::test]
async fn disabled_collection_is_found_only_by_keys() {
    let host = host();
    let secret = host.session("a").await.0;
    let user = [("x-appwrite-session", &*secret)];
    let documents = |database, id| format!("/v1/databases/{database}/collections/{id}/documents");
    let rows = |database, id| format!("/v1/tablesdb/{database}/tables/{id}/rows");
    for (database, id, kind) in [
        ("open", "no", "collection_not_found"),
        ("open", "null", "collection_not_found"),
        ("open", "none", "collection_not_found"),
        ("empty", "none", "collection_not_found"),
        ("closed", "yes", "database_not_found"),
        ("closed", "no", "database_not_found"),
        ("closed", "none", "database_not_found"),
        ("unset", "yes", "database_not_found"),
        ("empty-closed", "none", "database_not_found"),
        ("none", "yes", "database_not_found"),
    ] {
        for headers in [&[] as &[_], &user] {
            let refused = vec![(404, Some(kind.into())); 9];
            assert_eq!(refusals(&host, headers, &documents(database, id)).await, refused);
            let refused = vec![(404, Some(kind.replace("collection", "table"))); 9];
            assert_eq!(refusals(&host, headers, &rows(database, id)).await, refused);
        }
    }
}

#[tokio::test]
async fn collection_enabled_or_without_a_flag_is_found_by_every_caller() {
    let host = host();
    let found = |missing: &str| {
        let missing = (404, Some(missing.into()));
        let taken = (409, Some("document_already_exists".into()));
        let [ok, created, deleted] = [200, 201, 204].map(|status| (status, None));
        [&ok, &created, &taken, &ok, &missing, &ok, &missing, &missing, &deleted]
            .map(Clone::clone)
            .to_vec()
    };
    for (database, id, headers) in [
        ("open", "unsaid", &[] as &[_]),
        ("open", "yes", &[]),
        ("unlisted", "yes", &[]),
        ("open", "no", &[BACKEND]),
        ("open", "null", &[BACKEND]),
        ("closed", "yes", &[BACKEND]),
        ("closed", "no", &[BACKEND]),
        ("unset", "yes", &[BACKEND]),
    ] {
        let all = format!("/v1/databases/{database}/collections/{id}/documents");
        assert_eq!(refusals(&host, headers, &all).await, found("document_not_found"), "{all}");
    }
}

#[test]
fn flag_of_another_type_is_an_error() {
    for enabled in ["\"false\"", "0", "[]"] {
        let seed = format!(
            r#"INSERT INTO collections (number, database, id, rules, attributes)
            VALUES (1, 'd', 'c', '{{"enabled": {enabled}}}', '[]');"#
        );
        assert!(Host::try_seeded(&seed).is_err(), "{enabled}");
    }
    for enabled in ["2", "'no'"] {
        let seed = format!("INSERT INTO databases (id, enabled) VALUES ('d', {enabled});");
        assert!(Host::try_seeded(&seed).is_err(), "{enabled}");
    }
}

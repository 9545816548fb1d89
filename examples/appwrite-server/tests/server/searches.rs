//! Searches: SQLite and the index agree on the visible documents.

use std::collections::BTreeSet;

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::host::{ALL, Answer, BACKEND, Headers, Host, directory, queries};

fn limit() -> Value {
    json!({ "method": "limit", "values": [5000] })
}

fn order(method: &str, attribute: &str) -> Value {
    json!({ "method": method, "attribute": attribute })
}

fn equal(attribute: &str, values: &[&str]) -> Value {
    json!({ "method": "equal", "attribute": attribute, "values": values })
}

fn documents(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body["documents"].as_array().unwrap().clone()
}

/// Returns the names of the documents that a search finds.
async fn found(host: &Host, headers: Headers<'_>) -> Vec<Value> {
    let answer = host.get(&queries(&[limit(), order("orderAsc", "name")]), headers).await;
    let documents = documents(&answer);
    assert_eq!(answer.body["total"], documents.len());
    documents.iter().map(|one| one["name"].clone()).collect()
}

/// Returns SQL for documents of a collection, one for each list, with five different names.
fn with_lists(collection: usize, lists: &[&str]) -> String {
    let rows = lists.iter().enumerate().map(|(number, list)| {
        let (id, name) = (format!("d{number}"), format!("N{}", number % 5));
        let data =
            json!({ "$id": id, "name": name, "birthday": format!("{:02}", number * 7 % 23) });
        format!("({collection}, '{id}', '{list}', '{data}')")
    });
    let rows = rows.collect::<Vec<_>>().join(",");
    format!("INSERT INTO documents (collection, id, permissions, data) VALUES {rows};")
}

const LISTS: [&str; 16] = [
    "[]",
    r#"["read(\"any\")"]"#,
    r#"["read(\"guests\")"]"#,
    r#"["read(\"users\")"]"#,
    r#"["read(\"user:user-a\")"]"#,
    r#"["read(\"user:user-b\")", "read(\"user:user-a\")"]"#,
    r#"["read(\"team:t\")"]"#,
    r#"["read(\"team:t/owner\")"]"#,
    r#"["read(\"label:vip\")"]"#,
    r#"["read(\"users/unverified\")"]"#,
    r#"["write(\"any\")"]"#,
    r#"["update(\"any\")", "delete(\"users\")"]"#,
    r#"["read(\"any\"", 5, null, ["read(\"any\")"]]"#,
    r#"["read(\"usr:a\")", "read(\"user:user-c\")"]"#,
    r#"["read(\"member:m\")"]"#,
    r#"["read(\"user:user-a\")", "read(\"user:user-b\")"]"#,
];

/// Returns a host with three collections that share the lists. One of them grants read to users.
fn host() -> Host {
    let collections = r#"UPDATE users SET profile = json_set(profile, '$.labels', json('["vip"]'),
            '$.memberships', json('[{"$id": "m", "teamId": "t", "confirm": true, "roles": ["owner"]}]'))
        WHERE id = 'user-b';
        INSERT INTO collections (number, database, id, rules, attributes) VALUES
        (2, 'guide', 'notes', '{"$permissions": [], "documentSecurity": true}', '["name", "birthday"]'),
        (3, 'guide', 'board', '{"$permissions": ["read(\"users\")"], "documentSecurity": true}',
            '["name", "birthday"]'),
        (4, 'guide', 'vault', '{"$permissions": []}', '["name", "birthday"]');"#;
    let twice = [LISTS, LISTS].concat();
    let documents = [(1, &LISTS[..]), (2, &twice), (3, &LISTS), (4, &LISTS)];
    let documents = documents.map(|(collection, lists)| with_lists(collection, lists)).concat();
    Host::seeded(&format!("{collections}{documents}"))
}

#[tokio::test]
async fn search_finds_what_a_filter_of_the_listing_finds() {
    let host = host();
    let jwts = [host.jwt_of("a").await, host.jwt_of("b").await, host.jwt_of("c").await];
    let [a, b, c] = jwts.each_ref().map(|jwt| [("x-appwrite-jwt", &**jwt)]);
    let callers: [Headers<'_>; 5] = [&[], &a, &b, &c, &[BACKEND]];
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    let sequence = |one: &Value| text(one, "$sequence").parse::<i64>().unwrap();
    for (collection, expected) in [
        ("birthdays", [2, 6, 9, 5, 19]),
        ("notes", [4, 10, 16, 8, 32]),
        ("board", [2, 16, 16, 16, 16]),
    ] {
        let path = |all: &[Value]| queries(all).replacen("birthdays", collection, 1);
        for (headers, expected) in callers.iter().zip(expected) {
            let listed = documents(&host.get(&path(&[limit()]), headers).await);
            assert_eq!(listed.len(), expected, "{collection}");
            for values in [&[] as &[_], &["N1"], &["N2", "N4", "Laura"], &["N9"]] {
                let is_equal =
                    |one: &&Value| values.is_empty() || values.contains(&&*text(one, "name"));
                let filtered: Vec<_> = listed.iter().filter(is_equal).cloned().collect();
                let filter = (!values.is_empty()).then(|| equal("name", values));
                for attribute in ["name", "birthday"] {
                    let mut sorted = filtered.clone();
                    sorted.sort_by_key(|one| (text(one, attribute), sequence(one)));
                    for method in ["orderAsc", "orderDesc"] {
                        let queries = [limit(), order(method, attribute)].into_iter();
                        let queries: Vec<_> = queries.chain(filter.clone()).collect();
                        let answer = host.get(&path(&queries), headers).await;
                        assert_eq!(documents(&answer), sorted, "{collection} {values:?} {method}");
                        assert_eq!(answer.body["total"], sorted.len());
                        sorted.reverse();
                    }
                }
            }
        }
    }
    let vault = queries(&[order("orderAsc", "name")]).replacen("birthdays", "vault", 1);
    host.get(&vault, &a).await.refused(401, "user_unauthorized");
}

/// A page of a search, its offset and its cursor count visible documents only.
#[tokio::test]
async fn pages_of_a_search_together_are_the_search() {
    let host = host();
    let jwt = host.jwt_of("b").await;
    let by_jwt: Headers<'_> = &[("x-appwrite-jwt", &*jwt)];
    let path = |more: &[Value]| queries(&[&[order("orderDesc", "name")], more].concat());
    let all = documents(&host.get(&path(&[limit()]), by_jwt).await);
    let two = json!({ "method": "limit", "values": [2] });
    let (mut by_offset, mut by_cursor, mut last) = (Vec::new(), Vec::new(), None::<Value>);
    for page in 0..all.len().div_ceil(2) {
        let offset = json!({ "method": "offset", "values": [page * 2] });
        by_offset.extend(documents(&host.get(&path(&[two.clone(), offset]), by_jwt).await));
        let cursor = last.map(|last| json!({ "method": "cursorAfter", "values": [last["$id"]] }));
        let queries: Vec<_> = [two.clone()].into_iter().chain(cursor).collect();
        by_cursor.extend(documents(&host.get(&path(&queries), by_jwt).await));
        last = by_cursor.last().cloned();
    }
    assert_eq!((&by_offset, &by_cursor), (&all, &all));
}

#[tokio::test]
async fn change_of_permissions_is_seen_by_the_next_search() {
    let file = directory("searched").join("data.db");
    for host in [Host::new(), Host::open(&file)] {
        let (a, b) = (host.jwt_of("a").await, host.jwt_of("b").await);
        let (a, b) = ([("x-appwrite-jwt", &*a)], [("x-appwrite-jwt", &*b)]);
        let path = format!("{ALL}/new");
        let seen = async |by_a: &[&str], by_b: &[&str], by_key: usize| {
            assert_eq!(found(&host, &a).await, by_a);
            assert_eq!(found(&host, &b).await, by_b);
            assert_eq!(found(&host, &[BACKEND]).await.len(), by_key);
        };
        let patch = async |body: Value| {
            assert_eq!(host.ask("PATCH", &path, &[BACKEND], body).await.status, 200);
        };
        let new = json!({ "documentId": "new", "data": { "name": "New" } });
        assert_eq!(host.ask("POST", ALL, &a, new).await.status, 201);
        seen(&["Kevin", "New"], &["Laura"], 4).await;
        patch(json!({ "permissions": ["update(\"users\")", "read(\"user:user-b\")"] })).await;
        seen(&["Kevin"], &["Laura", "New"], 4).await;
        patch(json!({ "data": { "name": "Old" } })).await;
        seen(&["Kevin"], &["Laura", "Old"], 4).await;
        patch(json!({ "permissions": ["read(\"user:user-b\")", "update(\"users\")"] })).await;
        seen(&["Kevin"], &["Laura", "Old"], 4).await;
        patch(json!({ "permissions": ["read(\"any\")"] })).await;
        seen(&["Kevin", "Old"], &["Laura", "Old"], 4).await;
        patch(json!({ "permissions": [] })).await;
        seen(&["Kevin"], &["Laura"], 4).await;
        patch(json!({ "permissions": ["read(\"users\")"] })).await;
        assert_eq!(host.ask("DELETE", &path, &[BACKEND], Value::Null).await.status, 204);
        seen(&["Kevin"], &["Laura"], 3).await;
    }
}

#[tokio::test]
async fn malformed_permission_grants_nothing_in_a_search() {
    let lists = [
        r#"["read(\"user:user-a\""]"#,
        r#"["read(\"user:user-a\") "]"#,
        r#"["READ(\"user:user-a\")"]"#,
        r#"["read(\"user:USER-A\")"]"#,
        r#"["read(\"user:user-a/\")"]"#,
        r#"["read(\"user:user-a\")\u0000"]"#,
        r#"["read(\"user:user-a\")\nread(\"any\")"]"#,
        r#"[["read(\"user:user-a\")"], {"read": "read(\"any\")"}]"#,
        r#"["role:all", "*", "any"]"#,
    ];
    let host = Host::seeded(&with_lists(1, &lists));
    let jwt = host.jwt_of("a").await;
    let by_jwt = [("x-appwrite-jwt", &*jwt)];
    assert_eq!(found(&host, &by_jwt).await, ["Kevin"]);
    assert_eq!(found(&host, &[]).await, [""; 0]);
    assert_eq!(found(&host, &[BACKEND]).await.len(), 3 + lists.len());
    for number in 0..lists.len() {
        let change = json!({ "data": { "name": "Changed" } });
        let path = format!("{ALL}/d{number}");
        assert_eq!(host.ask("PATCH", &path, &[BACKEND], change).await.status, 200);
    }
    assert_eq!(found(&host, &by_jwt).await, ["Kevin"]);
    assert_eq!(found(&host, &[]).await, [""; 0]);
}

/// The column and the tables of lists are new, and an earlier version of the server has neither.
#[tokio::test]
async fn file_without_lists_gets_them() {
    let file = directory("without-lists").join("data.db");
    drop(Host::open(&file));
    let earlier = "CREATE TABLE earlier (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            collection INTEGER NOT NULL,
            id TEXT NOT NULL,
            permissions TEXT NOT NULL CHECK (json_type(permissions) = 'array'),
            data TEXT NOT NULL,
            UNIQUE (collection, id)
        ) STRICT;
        INSERT INTO earlier SELECT sequence, collection, id, permissions, data FROM documents;
        DROP TABLE documents;
        ALTER TABLE earlier RENAME TO documents;
        DROP TABLE acl_grants;
        DROP TABLE acl_lists;";
    Connection::open(&file).unwrap().execute_batch(earlier).unwrap();
    for _ in 0..2 {
        let host = Host::open(&file);
        let jwt = host.jwt_of("a").await;
        assert_eq!(found(&host, &[("x-appwrite-jwt", &*jwt)]).await, ["Kevin"]);
        assert_eq!(found(&host, &[]).await, [""; 0]);
        assert_eq!(found(&host, &[BACKEND]).await, ["Bob", "Kevin", "Laura"]);
    }
}

/// While no server runs, another program may insert documents and change permissions.
#[tokio::test]
async fn permissions_that_sql_changed_count_from_the_next_start() {
    let file = directory("changed-by-sql").join("data.db");
    drop(Host::open(&file));
    let swap = r#"UPDATE documents SET permissions = '["read(\"user:user-b\")"]' WHERE id = 'ac5fc866ad1e';
        UPDATE documents SET permissions = '["read(\"user:user-a\")"]' WHERE id = 'bc7fc866ad1e';
        INSERT INTO documents (collection, id, permissions, data)
        VALUES (1, 'new', '["read(\"any\")"]', '{"$id": "new", "name": "New"}');"#;
    Connection::open(&file).unwrap().execute_batch(swap).unwrap();
    let host = Host::open(&file);
    let (a, b) = (host.jwt_of("a").await, host.jwt_of("b").await);
    assert_eq!(found(&host, &[("x-appwrite-jwt", &*a)]).await, ["Laura", "New"]);
    assert_eq!(found(&host, &[("x-appwrite-jwt", &*b)]).await, ["Kevin", "New"]);
    assert_eq!(found(&host, &[]).await, ["New"]);
}

/// A number of a list from another file, and lists that got other numbers or grants, count for nothing.
#[tokio::test]
async fn numbers_of_lists_that_sql_changed_are_replaced_at_the_start() {
    let file = directory("numbers-by-sql").join("data.db");
    drop(Host::open(&file));
    let numbers = r#"INSERT INTO acl_lists (acl, permissions) VALUES (77, 'read("any")');
        INSERT INTO acl_grants VALUES (77, 'read', 'any');
        INSERT INTO documents (collection, id, permissions, data, acl)
        VALUES (1, 'new', '["read(\"user:user-b\")"]', '{"$id": "new", "name": "New"}', 77);"#;
    let swapped = r#"UPDATE documents SET acl = (SELECT max(acl) + min(acl) FROM acl_lists) - acl;
        INSERT OR IGNORE INTO acl_grants SELECT acl, 'read', 'any' FROM acl_lists;"#;
    let dropped = "DROP TABLE acl_grants; DROP TABLE acl_lists;";
    for sql in [numbers, swapped, dropped] {
        // The shell of SQLite does not check references.
        let sql = format!("PRAGMA foreign_keys = OFF; {sql}");
        Connection::open(&file).unwrap().execute_batch(&sql).unwrap();
        let host = Host::open(&file);
        let (a, b) = (host.jwt_of("a").await, host.jwt_of("b").await);
        assert_eq!(found(&host, &[("x-appwrite-jwt", &*a)]).await, ["Kevin"]);
        assert_eq!(found(&host, &[("x-appwrite-jwt", &*b)]).await, ["Laura", "New"]);
        assert_eq!(found(&host, &[]).await, [""; 0]);
    }
}

#[tokio::test]
async fn lists_that_no_document_has_are_removed_at_the_start() {
    let file = directory("unused-lists").join("data.db");
    let host = Host::open(&file);
    let path = format!("{ALL}/ac5fc866ad1e");
    for permission in ["read(\"any\")", "read(\"users\")", "write(\"users\")"] {
        let change = json!({ "permissions": [permission] });
        assert_eq!(host.ask("PATCH", &path, &[BACKEND], change).await.status, 200);
    }
    drop(host);
    drop(Host::open(&file));
    let connection = Connection::open(&file).unwrap();
    let texts = |sql: &str| {
        let mut statement = connection.prepare(sql).unwrap();
        let texts = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        texts.collect::<Result<BTreeSet<_>, _>>().unwrap()
    };
    let lists =
        ["read(\"user:user-b\")", "read(\"user:user-c\")", "delete(\"users\")\nupdate(\"users\")"];
    assert_eq!(texts("SELECT permissions FROM acl_lists"), lists.map(String::from).into());
    let grants = texts("SELECT action || ' ' || role FROM acl_grants");
    let expected = ["read user:user-b", "read user:user-c", "update users", "delete users"];
    assert_eq!(grants, expected.map(String::from).into());
}

//! Reads during writes: a search of a file does not make writes wait, and sees the data of one time.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::host::{ALL, BACKEND, Host, directory, many, queries};

fn equal() -> Value {
    json!({ "method": "equal", "attribute": "name", "values": ["N"] })
}

/// The search takes all the time that it may take. It still runs when the write is answered.
#[tokio::test]
async fn write_during_a_search_of_a_file_does_not_wait() {
    let file = directory("overtakes").join("data.db");
    let host = Host::with(Some(&file), &many(100_000, "[]")).unwrap();
    let is_over = Cell::new(false);
    let search = async {
        let answer = host.get(&queries(&vec![equal(); 100]), &[BACKEND]).await;
        is_over.set(true);
        answer
    };
    let write = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let answer = host.ask("DELETE", &format!("{ALL}/n7"), &[BACKEND], Value::Null).await;
        (answer.status, is_over.get())
    };
    let (answer, written) = tokio::join!(search, write);
    assert_eq!(written, (204, false));
    answer.refused(408, "database_timeout");
    assert_eq!(host.get(ALL, &[BACKEND]).await.body["total"], 100_002);
}

/// The total comes from the index or from one statement, and the page from another one.
#[tokio::test]
async fn search_during_writes_sees_permissions_and_data_of_one_time() {
    const DOCUMENTS: usize = 500;
    let file = directory("agrees").join("data.db");
    let host = Host::with(Some(&file), &many(DOCUMENTS, r#"["read(\"user:user-a\")"]"#)).unwrap();
    let jwt = host.jwt_of("a").await;
    let (is_over, totals) = (Cell::new(false), Cell::new(BTreeSet::new()));
    let order = json!({ "method": "orderAsc", "attribute": "name" });
    let limit = json!({ "method": "limit", "values": [DOCUMENTS + 3] });
    let read = async |queries: String| {
        for _ in 0..40 {
            let answer = host.get(&queries, &[("x-appwrite-jwt", &jwt)]).await;
            let shown = answer.body["documents"].as_array().unwrap();
            let granted = shown.iter().filter(|one| one["$permissions"] != json!([])).count();
            assert_eq!((shown.len(), &json!(granted)), (granted, &answer.body["total"]));
            totals.set(totals.take().into_iter().chain([granted]).collect());
        }
    };
    let reads = async {
        tokio::join!(
            read(queries(&[limit.clone(), order])),
            read(queries(&[limit.clone(), equal()])),
            read(queries(&[limit])),
        );
        is_over.set(true);
    };
    let write = async {
        for number in (1..=DOCUMENTS).take_while(|_| !is_over.get()) {
            let path = format!("{ALL}/n{number}");
            let private = json!({ "permissions": [] });
            assert_eq!(host.ask("PATCH", &path, &[BACKEND], private).await.status, 200);
        }
    };
    tokio::join!(reads, write);
    assert!(totals.take().len() > 10, "few writes were made while the documents were read");
}

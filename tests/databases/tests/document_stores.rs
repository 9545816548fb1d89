//! MongoDB by two evaluators, Qdrant by its client, and Tantivy.

use std::collections::BTreeSet;

use rolegate::{Action, Principal};
use rolegate_databases::corpus::{hostile, random, vectors};
use rolegate_databases::document_stores::{DocumentStore, Engine};
use rolegate_databases::{Corpus, Store, TantivyStore, Wanted};
use serde_json::{Value, json};

use crate::suite::{PARTS, check_all};

/// Returns every corpus for a store.
fn corpora() -> Vec<Corpus> {
    let mut corpora = vectors(PARTS);
    corpora.push(hostile());
    corpora.push(random(1));
    corpora
}

#[test]
fn mongomock_rows_agree() {
    check_all(&mut DocumentStore::start(Engine::Mongomock), &corpora());
}

#[test]
fn mingo_rows_agree() {
    check_all(&mut DocumentStore::start(Engine::Mingo), &corpora());
}

#[test]
fn qdrant_rows_agree() {
    check_all(&mut DocumentStore::start(Engine::Qdrant), &corpora());
}

#[test]
fn tantivy_rows_agree() {
    check_all(&mut TantivyStore::default(), &corpora());
}

/// Returns values that are no lists of texts, and the values that hold `read("any")` as an element.
///
/// An array in an array is left out. MongoDB compares the inner array as a whole, and both evaluators look into it.
fn odd_values() -> (Vec<Option<Value>>, Vec<Option<Value>>) {
    let any = "read(\"any\")";
    let denied = [
        json!(null),
        json!([]),
        json!(""),
        json!(7),
        json!(true),
        json!({}),
        json!({ "0": any }),
        json!({ "$in": [any] }),
        json!({ any: any }),
        json!([null, 7, true, "READ(\"any\")", "read(\"any\") "]),
        json!([{ "0": any }]),
        json!("read"),
        json!("read(\"any\") "),
    ];
    let allowed =
        [json!([any]), json!([7, null, any]), json!([any, any]), json!(["read(\"users\")", any])];
    let denied = denied.into_iter().map(Some).chain([None]).collect();
    (denied, allowed.into_iter().map(Some).collect())
}

#[test]
fn odd_values_grant_nothing() {
    let guest = Principal::guest();
    let plan = guest.plan(Action::Read);
    for engine in [Engine::Mongomock, Engine::Mingo, Engine::Qdrant] {
        let (mut denied, allowed) = odd_values();
        if engine != Engine::Qdrant {
            // Qdrant does not tell a single text from an array with one text.
            denied.push(Some(json!("read(\"any\")")));
        }
        let first_allowed = denied.len();
        let values: Vec<_> = denied.into_iter().chain(allowed).enumerate().collect();
        let mut store = DocumentStore::start(engine);
        store.load_values(&values);
        let found = store.find(&plan, Wanted::Allowed);
        assert_eq!(
            found,
            (first_allowed..values.len()).collect::<BTreeSet<_>>(),
            "{}: {values:?}",
            store.name()
        );
        let others = store.find(&plan, Wanted::Denied);
        assert_eq!(
            others,
            (0..first_allowed).collect::<BTreeSet<_>>(),
            "{}: {values:?}",
            store.name()
        );
    }
}

//! Raw responses and streams: this crate, compared with two ways by hand.
//!
//! The careful way splits documents with `RawValue`, deserialises only their permissions, and copies the
//! visible documents. The obvious way parses all documents into `Value`s, and prints the visible ones. All
//! three ways have the same input, and their outputs are compared before the measurement.

#![allow(missing_docs, reason = "criterion's macros make public functions without any")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench that cannot start should say so and stop"
)]

mod data;

use std::borrow::Cow;
use std::collections::HashSet;
use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use rolegate::json::Filter;
use rolegate::{Action, Matcher, Principal};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

const DOCUMENTS: usize = 200_000;
const PAGE: usize = 25;

/// A user, prepared for each of the ways.
struct Reader {
    matcher: Matcher,
    permissions: HashSet<String>,
}

fn reader() -> Reader {
    let principal = Principal::user(&data::user()).expect("an active user");
    let permissions = principal.roles().iter().map(|role| format!("read(\"{role}\")")).collect();
    Reader { matcher: principal.matcher(Action::Read), permissions }
}

type Way = fn(&Reader, &[u8]) -> Vec<u8>;

fn rolegate(reader: &Reader, input: &[u8]) -> Vec<u8> {
    Filter::new(&reader.matcher).apply(input).expect("JSON").0
}

#[derive(Deserialize)]
struct Response<'a> {
    #[serde(borrow)]
    documents: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Permissions<'a> {
    #[serde(borrow, rename = "$permissions", default)]
    list: Vec<Text<'a>>,
}

/// A text that is borrowed if it has no escapes. Permissions always have escapes in JSON.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

fn is_visible(reader: &Reader, document: &str) -> bool {
    let Permissions { list } = serde_json::from_str(document).expect("an object");
    list.iter().any(|Text(text)| reader.permissions.contains(&**text))
}

fn careful_list(reader: &Reader, input: &[u8]) -> Vec<u8> {
    let Response { documents } = serde_json::from_slice(input).expect("a response");
    let mut list = Vec::new();
    let mut total = 0;
    for document in documents.iter().map(|document| document.get()) {
        if is_visible(reader, document) {
            if total > 0 {
                list.push(b',');
            }
            list.extend_from_slice(document.as_bytes());
            total += 1;
        }
    }
    let mut output = format!("{{\"total\":{total},\"documents\":[").into_bytes();
    output.append(&mut list);
    output.extend_from_slice(b"]}");
    output
}

fn careful_lines(reader: &Reader, input: &[u8]) -> Vec<u8> {
    let mut output = Vec::new();
    for line in input.split_inclusive(|&byte| byte == b'\n') {
        let document: &RawValue = serde_json::from_slice(line).expect("a document");
        if is_visible(reader, document.get()) {
            output.extend_from_slice(line);
        }
    }
    output
}

fn is_visible_value(reader: &Reader, document: &Value) -> bool {
    let list = document.get("$permissions").and_then(Value::as_array);
    let mut texts = list.into_iter().flatten().filter_map(Value::as_str);
    texts.any(|text| reader.permissions.contains(text))
}

fn obvious_list(reader: &Reader, input: &[u8]) -> Vec<u8> {
    let mut response: Value = serde_json::from_slice(input).expect("JSON");
    let documents = response["documents"].as_array_mut().expect("an array");
    documents.retain(|document| is_visible_value(reader, document));
    response["total"] = documents.len().into();
    serde_json::to_vec(&response).expect("a value")
}

fn obvious_lines(reader: &Reader, input: &[u8]) -> Vec<u8> {
    let mut output = Vec::new();
    for line in input.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        let document: Value = serde_json::from_slice(line).expect("JSON");
        if is_visible_value(reader, &document) {
            serde_json::to_writer(&mut output, &document).expect("a value");
            output.push(b'\n');
        }
    }
    output
}

fn values(output: &[u8]) -> Vec<Value> {
    serde_json::Deserializer::from_slice(output)
        .into_iter()
        .collect::<Result<_, _>>()
        .expect("JSON")
}

fn compare(
    mut group: BenchmarkGroup<'_, WallTime>,
    documents: usize,
    input: &[u8],
    [careful, obvious]: [Way; 2],
) {
    let reader = reader();
    let expected = rolegate(&reader, input);
    assert!(expected.len() > 100 && expected.len() < input.len() / 2);
    assert!(careful(&reader, input) == expected, "byte for byte");
    assert!(values(&obvious(&reader, input)) == values(&expected), "in another order of keys");

    group.throughput(Throughput::Elements(documents as u64));
    for (name, way) in [("rolegate", rolegate as Way), ("careful", careful), ("obvious", obvious)] {
        group.bench_function(name, |bencher| bencher.iter(|| way(&reader, black_box(input))));
    }
    group.finish();
}

fn list(criterion: &mut Criterion) {
    let input = data::response(DOCUMENTS);
    println!("json/list: {} bytes a document", input.len() / DOCUMENTS);
    let mut group = criterion.benchmark_group("json/list");
    group.sample_size(10);
    compare(group, DOCUMENTS, &input, [careful_list, obvious_list]);
}

fn ndjson(criterion: &mut Criterion) {
    let input = data::lines(DOCUMENTS);
    let mut group = criterion.benchmark_group("json/ndjson");
    group.sample_size(10);
    compare(group, DOCUMENTS, &input, [careful_lines, obvious_lines]);
}

fn page(criterion: &mut Criterion) {
    let input = data::response(PAGE);
    let group = criterion.benchmark_group("json/page");
    compare(group, PAGE, &input, [careful_list, obvious_list]);
}

criterion_group!(benches, list, ndjson, page);
criterion_main!(benches);

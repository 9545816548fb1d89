//! `filter/LISTS`: filtering 16 million documents with different numbers of distinct lists. The read bound
//! is the time to read the column.

#![allow(missing_docs, reason = "criterion's macros make public functions without any")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench that cannot start should say so and stop"
)]

mod data;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rolegate::{Action, Principal, Selection, Visibility};

const DOCUMENTS: usize = 16_000_000;

fn filter(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("filter");
    group.sample_size(20).throughput(Throughput::Elements(DOCUMENTS as u64));
    for lists in [16, 256, 1_000, 50_000, 100_000, 1_000_000, 16_000_000] {
        let (table, ids) = data::table(lists);
        let (column, numbers) = data::column(DOCUMENTS, &ids);
        let principal = Principal::parse_roles(["any", "users", "user:x", "team:t3"]).unwrap();
        let visibility = table.resolve(&principal, Action::Read);

        let mut selection = Selection::new();
        visibility.filter_into(&column, &mut selection);
        let expected = numbers.iter().map(|number| *number as usize % data::TEAMS == 3);
        assert!(selection == expected.collect(), "{lists} lists");

        group.bench_function(BenchmarkId::new("rolegate", lists), |bencher| {
            bencher.iter(|| visibility.filter_into(black_box(&column), &mut selection));
        });
        group.bench_function(BenchmarkId::new("read-bound", lists), |bencher| {
            bencher.iter(|| sum(black_box(&numbers)));
        });
    }
    group.finish();
}

/// The name of a case, its visibility, and a function that returns `true` for the expected lists.
type Case<'a> = (&'a str, Visibility, &'a dyn Fn(u32) -> bool);

/// Measures no visible list, one visible list, and all visible lists, of 50,000 lists.
fn filter_edges(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("filter-edges");
    group.sample_size(20).throughput(Throughput::Elements(DOCUMENTS as u64));
    let (mut table, mut ids) = data::table(50_000);
    ids.push(table.insert([r#"read("label:one")"#]).unwrap());
    let (column, numbers) = data::column(DOCUMENTS, &ids);
    let resolve =
        |roles: &[&str], action| table.resolve(&Principal::parse_roles(roles).unwrap(), action);
    let roles: Vec<String> = table.roles().map(|role| role.to_string()).collect();
    let everything: Vec<&str> = roles.iter().map(String::as_str).collect();
    let cases: [Case<'_>; 4] = [
        ("none", resolve(&["any"], Action::Read), &|_| false),
        ("all", resolve(&everything, Action::Read), &|_| true),
        ("bypass", table.resolve(&Principal::key_with_bypass(), Action::Read), &|_| true),
        ("one", resolve(&["any", "label:one"], Action::Read), &|number| number == 50_000),
    ];
    for (name, visibility, expected) in cases {
        let mut selection = Selection::new();
        visibility.filter_into(&column, &mut selection);
        assert!(selection == numbers.iter().map(|&number| expected(number)).collect(), "{name}");
        group.bench_function(BenchmarkId::new("rolegate", name), |bencher| {
            bencher.iter(|| visibility.filter_into(black_box(&column), &mut selection));
        });
    }
    group.bench_function("read-bound", |bencher| bencher.iter(|| sum(black_box(&numbers))));
    group.finish();
}

/// Adds up a column of `u32`, which is the read bound.
fn sum(numbers: &[u32]) -> u32 {
    numbers.iter().fold(0, |sum, number| sum.wrapping_add(*number))
}

criterion_group!(benches, filter, filter_edges);
criterion_main!(benches);

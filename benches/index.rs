//! `index/...`: pages, totals and changes of 250,000 documents in a `DocumentIndex`, compared with filtering
//! all documents.

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

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use rolegate::index::DocumentIndex;
use rolegate::{AclColumn, AclTable, Action, Principal, Selection, Visibility};

const DOCUMENTS: usize = 250_000;
const LISTS: usize = 50_000;
const PAGE: usize = 25;
/// The number of documents that the role `user:few` may read, spread over the collection.
const FEW: usize = 80;

/// Returns a list for a reader and one of many owners. The reader is `user:few` or one of the teams.
fn list(number: usize, few: bool) -> data::List {
    let reader = if few { "user:few".into() } else { format!("team:t{}", number % data::TEAMS) };
    let owner = number / data::TEAMS;
    [
        format!("read(\"{reader}\")"),
        format!("update(\"user:u{owner}\")"),
        format!("delete(\"user:u{owner}\")"),
    ]
    .into()
}

/// Returns the list of each document, chosen at random from [`LISTS`].
fn documents() -> Vec<data::List> {
    let mut rng = fastrand::Rng::with_seed(0x0069_6e64_6578);
    (0..DOCUMENTS)
        .map(|at| list(rng.usize(..LISTS), at % (DOCUMENTS / FEW) == DOCUMENTS / FEW / 2))
        .collect()
}

/// The same documents in an index, and in a table and a column.
struct Collection {
    index: DocumentIndex<usize>,
    table: AclTable,
    column: AclColumn,
}

impl Collection {
    fn new(documents: &[data::List]) -> Self {
        let (mut index, mut table) = (DocumentIndex::new(), AclTable::new());
        for (at, list) in documents.iter().enumerate() {
            index.insert(at, list).expect("room");
        }
        let column = documents.iter().map(|list| table.insert(list).expect("a list")).collect();
        table.shrink_to_fit();
        Self { index, table, column }
    }
}

fn page_of_index(index: &DocumentIndex<usize>, visible: &Visibility) -> Vec<usize> {
    index.after(visible, None).take(PAGE).copied().collect()
}

fn page_of_column(
    column: &AclColumn,
    visible: &Visibility,
    selection: &mut Selection,
) -> Vec<usize> {
    visible.filter_into(column, selection);
    selection.iter().take(PAGE).collect()
}

fn pages_and_totals(criterion: &mut Criterion) {
    let documents = documents();
    let Collection { index, table, column } = Collection::new(&documents);
    println!("{} lists", index.table().len());
    let teams: Vec<String> = (0..data::TEAMS).map(|team| format!("team:t{team}")).collect();
    let all: Vec<&str> = teams.iter().map(String::as_str).chain(["user:few"]).collect();
    for (name, roles) in [("all", &*all), ("twentieth", &["team:t3"]), ("80", &["user:few"])] {
        let principal = Principal::parse_roles(roles).expect("roles");
        let expected: Vec<usize> =
            (0..DOCUMENTS).filter(|&at| principal.can(Action::Read, &documents[at])).collect();
        let of_index = index.table().resolve(&principal, Action::Read);
        let of_table = table.resolve(&principal, Action::Read);
        let mut selection = of_table.filter(&column);
        assert!(
            index.after(&of_index, None).eq(&expected) && selection.iter().eq(expected.clone())
        );
        assert_eq!(page_of_index(&index, &of_index), expected[..PAGE]);
        assert_eq!(page_of_column(&column, &of_table, &mut selection), expected[..PAGE]);
        assert_eq!((index.count(&of_index), selection.count()), (expected.len(), expected.len()));
        println!("{name}: {} documents are visible", expected.len());

        let mut group = criterion.benchmark_group("index/page");
        group.bench_function(BenchmarkId::new("index", name), |bencher| {
            bencher.iter(|| page_of_index(&index, black_box(&of_index)));
        });
        group.bench_function(BenchmarkId::new("filter", name), |bencher| {
            bencher.iter(|| page_of_column(&column, black_box(&of_table), &mut selection));
        });
        group.finish();
        let mut group = criterion.benchmark_group("index/count");
        group.bench_function(BenchmarkId::new("index", name), |bencher| {
            bencher.iter(|| index.count(black_box(&of_index)));
        });
        group.bench_function(BenchmarkId::new("filter", name), |bencher| {
            bencher.iter(|| {
                black_box(&of_table).filter_into(&column, &mut selection);
                selection.count()
            });
        });
        group.finish();
    }
}

/// Inserts and removes a document whose list other documents have too.
fn changes(criterion: &mut Criterion) {
    let documents = documents();
    let Collection { mut index, mut table, mut column } = Collection::new(&documents);
    let last = documents.len();
    let new = &documents[last / 2];
    let mut group = criterion.benchmark_group("index/insert-remove");
    group.bench_function("index", |bencher| {
        bencher.iter(|| {
            index.insert(last, black_box(new)).expect("room");
            index.remove(&last)
        });
    });
    assert_eq!((index.len(), column.len()), (last, last));
    group.bench_function("column", |bencher| {
        bencher.iter(|| {
            column.push(table.insert(black_box(new)).expect("a list"));
            column.swap_remove(last)
        });
    });
    group.finish();
}

criterion_group!(benches, pages_and_totals, changes);
criterion_main!(benches);

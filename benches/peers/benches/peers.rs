//! rolegate and other engines on the same documents, in one run.
//!
//! The answer of each engine is compared with rolegate's before the engine is timed.

use std::cell::OnceCell;
use std::env;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use rolegate_peers::data::{self, Data};
use rolegate_peers::{
    Casbin, Cedar, DuckDb, Engine, Gatehouse, Oso, PAGE, PYTHON, RegorusBatch, RegorusIndex,
    RegorusSingle, Roaring, RoaringPage, RolegateCold, RolegateCompiled, RolegateFilter,
    RolegateIndex, RolegatePage, RolegateRaw, Sqlite, SqliteCovering, SqlitePage, Tables, Tantivy,
    TantivyPage,
};

/// The number of documents in the batch.
const BATCH: usize = 2_000;
/// The number of documents in the collection that is listed.
const LIST: usize = 250_000;

/// Measures finding the visible documents of a batch in memory.
fn batch(criterion: &mut Criterion) {
    let data = data::batch(BATCH);
    let mut group = Peers::new(criterion, format!("batch/{BATCH}"), &data);
    group.bench("rolegate-compiled", || Box::new(RolegateCompiled::new(&data)));
    group.bench("rolegate-filter", || Box::new(RolegateFilter::new(&data)));
    group.bench("rolegate-raw", || Box::new(RolegateRaw::new(&data)));
    group.bench("rolegate-cold", || Box::new(RolegateCold::new(&data)));
    group.bench("rolegate-index", || Box::new(RolegateIndex::new(&data)));
    group.bench("roaring", || Box::new(Roaring::new(&data)));
    group.bench("tantivy", || Box::new(Tantivy::new(&data)));
    group.bench("sqlite", || Box::new(Sqlite::new(&data)));
    group.bench("sqlite-covering", || Box::new(SqliteCovering::new(&data)));
    group.duckdb(|tables| Box::new(DuckDb::new(&data, tables)));
    group.bench("gatehouse", || Box::new(Gatehouse::new(&data)));
    group.bench("cedar", || Box::new(Cedar::new(&data)));
    group.bench("regorus-index", || Box::new(RegorusIndex::new(&data)));
    group.bench("regorus-batch", || Box::new(RegorusBatch::new(&data)));
    group.bench("regorus", || Box::new(RegorusSingle::new(&data)));
    group.slow();
    group.bench("oso", || Box::new(Oso::new(&data)));
    group.bench("casbin", || Box::new(Casbin::new(&data)));
}

/// Measures finding all documents that a user may see in a large collection.
///
/// Only engines that can find the documents of a role take part. The others would decide on each document,
/// which takes 125 times as long as the batch. That is 0.15 s for gatehouse, 0.7 to 1.5 s for Rego and
/// Cedar, and half a minute for oso. casbin tries every rule for every document, which would take hours.
fn list(criterion: &mut Criterion) {
    for roles in [10, 100, 500, 1_000] {
        let data = data::list(LIST, roles);
        let mut group = Peers::new(criterion, format!("list/{roles}"), &data);
        group.bench("rolegate-compiled", || Box::new(RolegateCompiled::new(&data)));
        group.bench("rolegate-filter", || Box::new(RolegateFilter::new(&data)));
        group.bench("rolegate-index", || Box::new(RolegateIndex::new(&data)));
        group.bench("roaring", || Box::new(Roaring::new(&data)));
        group.bench("tantivy", || Box::new(Tantivy::new(&data)));
        group.bench("regorus-index", || Box::new(RegorusIndex::new(&data)));
        group.bench("sqlite", || Box::new(Sqlite::new(&data)));
        group.bench("sqlite-covering", || Box::new(SqliteCovering::new(&data)));
        group.duckdb(|tables| Box::new(DuckDb::new(&data, tables)));
        group.slow();
        group.bench("rolegate-raw", || Box::new(RolegateRaw::new(&data)));
        group.bench("rolegate-cold", || Box::new(RolegateCold::new(&data)));
    }
}

/// Measures the first page of the documents that a user may see in a large collection.
fn list_page(criterion: &mut Criterion) {
    for roles in [10, 100, 500, 1_000] {
        let data = data::list(LIST, roles);
        let mut group = Peers::new(criterion, format!("list-page/{roles}"), &data).pages();
        group.bench("rolegate-index", || Box::new(RolegatePage::new(&data)));
        group.bench("roaring", || Box::new(RoaringPage::new(&data)));
        group.bench("tantivy", || Box::new(TantivyPage::new(&data)));
        group.bench("sqlite-covering", || Box::new(SqlitePage::new(&data)));
        group.duckdb(|tables| Box::new(DuckDb::page(&data, tables)));
    }
}

/// A group of engines that must give the same answer.
struct Peers<'c> {
    group: BenchmarkGroup<'c, WallTime>,
    expected: Vec<usize>,
    /// Puts the positions in ascending order, or leaves them if the engines must do so.
    sort: fn(&mut [usize]),
}

impl<'c> Peers<'c> {
    fn new(criterion: &'c mut Criterion, name: String, data: &Data) -> Self {
        let mut rolegate = RolegateCompiled::new(data);
        let expected = rolegate.visible();
        let permissions = data.documents.iter().map(|document| document.permissions.len());
        println!(
            "{name}: {} documents, {} permissions, {} distinct lists, {} roles, {} visible",
            data.documents.len(),
            permissions.sum::<usize>(),
            rolegate.distinct_lists(),
            data.caller.roles.len(),
            expected.len(),
        );
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(data.documents.len() as u64));
        group.warm_up_time(Duration::from_millis(500));
        group.measurement_time(Duration::from_secs(2));
        Self { group, expected, sort: <[usize]>::sort_unstable }
    }

    /// Expects the first page, in ascending order.
    fn pages(mut self) -> Self {
        assert!(self.expected.len() > PAGE);
        self.expected.truncate(PAGE);
        self.sort = |_| {};
        self
    }

    /// Reduces the number of samples for the following engines, which take long for one answer.
    fn slow(&mut self) {
        self.group.sample_size(10);
    }

    /// Measures DuckDB, if there is a Python for it.
    fn duckdb<'e>(&mut self, make: impl Fn(Tables) -> Box<dyn Engine + 'e>) {
        if env::var_os(PYTHON).is_some() {
            self.bench("duckdb", || make(Tables::Rows));
            self.bench("duckdb-lists", || make(Tables::Lists));
        } else {
            println!("duckdb is left out: {PYTHON} is not set");
        }
    }

    /// Creates the engine if its bench is selected, checks its answer, and times it.
    fn bench<'e>(&mut self, name: &str, make: impl Fn() -> Box<dyn Engine + 'e>) {
        let mut engine = OnceCell::new();
        let (expected, sort) = (&self.expected, self.sort);
        self.group.bench_function(name, |bencher| {
            engine.get_or_init(|| {
                let mut engine = make();
                let mut visible = engine.visible();
                sort(&mut visible);
                assert_eq!(&visible, expected, "{name} disagrees with rolegate");
                engine
            });
            let engine = engine.get_mut().expect("made just now");
            bencher.iter_custom(|runs| engine.time(runs));
        });
    }
}

criterion_group!(benches, batch, list, list_page);
criterion_main!(benches);

//! The program whose instructions callgrind counts. Each run executes one hot path, whose name is the only
//! argument. With `grow NAME SIZE`, it executes a case with an input of that size.
//!
//! `benches/counts.sh` runs this program once for each path. Only instructions within [`measured`] count.
//! The data is created, and each path runs once, outside [`measured`].

use std::hint::black_box;
use std::process::ExitCode;

use cases::{CASES, Case};
use data::List;
use rolegate::json::Filter;
use rolegate::{AclColumn, AclTable, Action, Permission, Principal, Selection};

#[path = "../../../tests/support/growth.rs"]
mod cases;
#[path = "../../data/mod.rs"]
mod data;

/// The number of documents that are filtered.
const DOCUMENTS: usize = 200_000;
/// The number of documents of a page.
const PAGE: usize = 100;
/// The number of documents that are compiled, and the number of their distinct lists.
const COMPILED: (usize, usize) = (20_000, 1_000);
/// The number of documents that are filtered as JSON.
const LINES: usize = 2_000;
/// The number of repetitions of short paths, each with its own hash seeds. The counts depend on the seeds,
/// and the average of a hundred repetitions hardly varies.
const REPEATED: usize = 100;

/// The factor by which growing inputs are smaller than in the tests. Callgrind takes fifty times as long.
const SMALLER: usize = 16;

/// The paths, by name.
const PATHS: [(&str, fn()); 8] = [
    ("parse", parse),
    ("matcher", matcher),
    ("filter-u8", || filter(200)),
    ("filter-u16-few", || filter(1_000)),
    ("filter-u16", || filter(50_000)),
    ("filter-u32", || filter(70_000)),
    ("compile", compile),
    ("json", json),
];

/// Runs the counted code. The script passes the name of this function to callgrind.
#[inline(never)]
fn measured(run: &mut dyn FnMut()) {
    run();
    black_box(());
}

fn parse() {
    let texts: Vec<String> = data::lists(1_000).into_iter().flatten().collect();
    let mut parsed = 0;
    measured(&mut || parsed = texts.iter().flat_map(|text| Permission::parse(text)).count());
    assert_eq!(parsed, texts.len());
}

fn matcher() {
    let principal = Principal::user(&data::user()).expect("an active user");
    let page = data::lists(PAGE);
    for _ in 0..REPEATED {
        let matcher = principal.matcher(Action::Read);
        let mut visible = 0;
        measured(&mut || visible = matcher.filter(black_box(&page), |list| list).count());
        assert!(0 < visible && visible < PAGE);
    }
}

fn filter(lists: usize) {
    let (table, ids) = data::table(lists);
    let (column, _) = data::column(DOCUMENTS, &ids);
    let principal = Principal::parse_roles(["any", "users", "team:t3"]).expect("roles");
    let visibility = table.resolve(&principal, Action::Read);
    let mut selection = Selection::new();
    visibility.filter_into(&column, &mut selection);
    measured(&mut || visibility.filter_into(black_box(&column), &mut selection));
    assert!(DOCUMENTS / 25 < selection.count() && selection.count() < DOCUMENTS / 15);
}

fn json() {
    let matcher = Principal::user(&data::user()).expect("an active user").matcher(Action::Read);
    let input = data::lines(LINES);
    let filter = Filter::new(&matcher);
    let mut visible = 0;
    measured(&mut || visible = filter.apply(black_box(&input)).expect("JSON").1.visible());
    assert!(0 < visible && visible < LINES as u64 / 2);
}

fn compile() {
    let documents = data::documents(COMPILED.0, COMPILED.1);
    for _ in 0..5 {
        let (mut table, mut column) = (AclTable::new(), AclColumn::new());
        measured(&mut || column = insert(&mut table, &documents));
        assert_eq!((table.len(), column.len()), (COMPILED.1, COMPILED.0));
    }
}

fn insert(table: &mut AclTable, documents: &[List]) -> AclColumn {
    let ids = documents.iter().map(|list| table.insert(list));
    ids.collect::<Result<_, _>>().expect("well-formed lists")
}

/// Runs a case once with an input of this size.
fn grow(case: &Case, size: usize) {
    let mut run = Some((case.prepare)(size));
    measured(&mut || run.take().into_iter().for_each(|run| run()));
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => PATHS.iter().for_each(|(path, _)| println!("{path}")),
        ["grow"] => {
            for Case { name, growth, size, .. } in &CASES {
                println!("{name} {} {growth:?}", size / SMALLER);
            }
        }
        ["grow", name, size] => {
            let (Some(case), Ok(size)) =
                (CASES.iter().find(|case| case.name == name), size.parse())
            else {
                eprintln!("no such case, or no size: {name} {size}");
                return ExitCode::FAILURE;
            };
            grow(case, size);
        }
        [name, ..] => {
            let Some((_, run)) = PATHS.iter().find(|(path, _)| *path == name) else {
                eprintln!("no such path: {name}");
                return ExitCode::FAILURE;
            };
            run();
        }
    }
    ExitCode::SUCCESS
}

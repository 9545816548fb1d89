//! What callgrind counts the instructions of: one hot path a run, named by the only argument.
//!
//! `benches/counts.sh` runs it once for each path. Only what happens within [`measured`] counts;
//! data is made, and everything run once, outside it.

use std::hint::black_box;
use std::process::ExitCode;

use data::List;
use rolegate::json::Filter;
use rolegate::{AclColumn, AclTable, Action, Permission, Principal, Selection};

#[path = "../../data/mod.rs"]
mod data;

/// Documents that are filtered.
const DOCUMENTS: usize = 200_000;
/// Documents of a page.
const PAGE: usize = 100;
/// Documents that are compiled, and how many distinct lists they have.
const COMPILED: (usize, usize) = (20_000, 1_000);
/// Documents that are filtered as JSON.
const LINES: usize = 2_000;
/// How often the short ones run, each with hash seeds of its own: some seeds are luckier than
/// others, a hundred of them hardly are.
const REPEATED: usize = 100;

/// The paths, by name.
const PATHS: [(&str, fn()); 7] = [
    ("parse", parse),
    ("matcher", matcher),
    ("filter-u8", || filter(200)),
    ("filter-u16", || filter(50_000)),
    ("filter-u32", || filter(70_000)),
    ("compile", compile),
    ("json", json),
];

/// What is counted: the script gives callgrind this function's name.
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

fn main() -> ExitCode {
    let Some(name) = std::env::args().nth(1) else {
        for (path, _) in PATHS {
            println!("{path}");
        }
        return ExitCode::SUCCESS;
    };
    let Some((_, run)) = PATHS.iter().find(|(path, _)| *path == name) else {
        eprintln!("no such path: {name}");
        return ExitCode::FAILURE;
    };
    run();
    ExitCode::SUCCESS
}

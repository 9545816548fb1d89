//! The points of the chart: time and memory against documents, lists and roles.
//!
//! Lists, documents and users are made for one question each, so that one number changes along an axis:
//!
//! | axis | documents | lists | user |
//! | --- | --- | --- | --- |
//! | documents | 10^4 to 10^8 | 10^4 | 12 roles that reach ten lists, or a tenth of the lists |
//! | lists | 10^7 | 10 to 10^7 | the same |
//! | roles | 10^7 | 10^6 | 1 to 10^5 roles that reach five lists each |

use std::fmt::Write;
use std::fs;
use std::hint::black_box;

use fastrand::Rng;
use rolegate::{AclColumn, AclId, AclTable, Action, Principal, Selection};

use crate::Result;
use crate::chart::{DASHED, short};
use crate::clock::{median, warm};
use crate::documents::Documents;
use crate::expected::{Expected, after};
use crate::subject::{self, Index};
use crate::users::User;

/// The largest number of documents, unless the command line has a smaller one.
pub const LARGEST: usize = 100_000_000;
/// The number of documents where lists or roles change.
const DOCUMENTS: usize = 10_000_000;
/// The largest number of lists.
const LISTS: usize = 10_000_000;
/// The number of lists where documents change.
const FEW_LISTS: usize = 10_000;
/// The number of lists where roles change.
const MANY_LISTS: usize = 1_000_000;
/// The number of lists that the team `few` reads.
const FEW: usize = 10;
/// The number of lists that each team reads where roles change. Half of the lists stay hidden from all teams.
const REACHED: usize = 5;
/// Each time is the median of five.
const RUNS: usize = 5;

/// Measures all points, with `largest` documents and lists at most, and writes them to a file.
pub fn measure(file: &str, largest: usize) -> Result<()> {
    let mut points = Points::new();
    let name = format!("documents ({} lists)", short(FEW_LISTS));
    for documents in powers_of_ten(10_000, largest) {
        let collection = Collection::new(documents, FEW_LISTS, |list| spread(list, FEW_LISTS));
        points.measure_reach(&name, documents, &collection);
    }
    let documents = DOCUMENTS.min(largest);
    let name = format!("lists ({} documents)", short(documents));
    for lists in powers_of_ten(10, largest.min(LISTS)) {
        let collection = Collection::new(documents, lists, |list| spread(list, lists));
        points.measure_reach(&name, lists, &collection);
    }
    let lists = MANY_LISTS.min(largest);
    let teams = lists / REACHED;
    let collection = Collection::new(documents, lists, |list| vec![format!("t{}", list % teams)]);
    let name = format!("roles ({} lists of {} documents)", short(lists), short(documents));
    for x in powers_of_ten(1, teams) {
        let axis = Axis { name: &name, x, suffix: "" };
        let roles: Vec<String> = (0..x).map(|role| format!("team:t{role}")).collect();
        let (bytes, user) = counted(|| principal(&roles));
        points.insert(&axis, "bytes", "principal", bytes);
        points.measure_user(&axis, &collection, user);
    }
    Ok(fs::write(file, points.0)?)
}

fn principal(roles: &[String]) -> Principal {
    Principal::parse_roles(roles).expect("well-formed roles")
}

fn powers_of_ten(first: usize, last: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(first), |power| power.checked_mul(10))
        .take_while(move |&power| power <= last)
}

/// Returns the teams that may read a list. Ten teams divide the lists, and the team `few` reads ten lists.
fn spread(list: usize, lists: usize) -> Vec<String> {
    let mut teams = vec![format!("t{}", list % 10)];
    if list.is_multiple_of(lists / FEW) {
        teams.push("few".into());
    }
    teams
}

/// Returns the permissions of a list. Each list has an owner of its own, so that no two lists are equal.
fn permissions(list: usize, teams: &[String]) -> Vec<String> {
    let readers = teams.iter().map(|team| format!("read(\"team:{team}\")"));
    readers
        .chain([format!("update(\"user:u{list}\")"), format!("delete(\"user:u{list}\")")])
        .collect()
}

/// Documents with random lists, in an index and in a table and a column.
struct Collection<F> {
    teams: F,
    documents: Documents,
    index: Index,
    /// The bytes of the index on the heap, with its table.
    bytes: i64,
    table: AclTable,
    column: AclColumn,
}

impl<F: Fn(usize) -> Vec<String>> Collection<F> {
    fn new(documents: usize, lists: usize, teams: F) -> Self {
        let mut rng = Rng::with_seed(0x0070_6f69_6e74);
        let documents = Documents::new((0..documents).map(|_| rng.u32(..lists as u32)).collect());
        let mut index = None;
        let counted = allocation_counter::measure(|| {
            let (table, ids) = compile(lists, &teams);
            let pairs = documents.ascending().map(|(key, list)| (key, ids[list as usize]));
            index = Some(subject::bulk_load(table, pairs));
        });
        let (table, ids) = compile(lists, &teams);
        let mut column: AclColumn =
            documents.ascending().map(|(_, list)| ids[list as usize]).collect();
        column.shrink_to_fit();
        let index = index.expect("loaded just now");
        Self { teams, documents, index, bytes: counted.bytes_current, table, column }
    }

    /// Returns a user, for whom [`Principal::can`] is asked about every list.
    fn user(&self, principal: Principal) -> User {
        let allowed = (0..self.table.len())
            .map(|list| principal.can(Action::Read, permissions(list, &(self.teams)(list))));
        User { allowed: allowed.collect(), principal }
    }
}

fn compile(lists: usize, teams: impl Fn(usize) -> Vec<String>) -> (AclTable, Vec<AclId>) {
    let mut table = AclTable::new();
    let ids = (0..lists).map(|list| table.insert(permissions(list, &teams(list))));
    let ids = ids.collect::<std::result::Result<_, _>>().expect("well-formed lists");
    table.shrink_to_fit();
    assert_eq!(table.len(), lists);
    (table, ids)
}

/// Where a point lies on an axis, and what is added to the names of its lines.
struct Axis<'a> {
    name: &'a str,
    x: usize,
    suffix: &'a str,
}

/// The measured points as comma-separated values.
struct Points(String);

impl Points {
    fn new() -> Self {
        Self("axis,unit,line,x,value\n".into())
    }

    fn insert(&mut self, axis: &Axis<'_>, unit: &str, line: &str, value: f64) {
        let Axis { name, x, suffix } = axis;
        writeln!(self.0, "{name},{unit},{line}{suffix},{x},{value:.3}").expect("room for a line");
    }

    /// Measures memory, the user whose roles reach ten lists, and the user whose roles reach a tenth.
    fn measure_reach<F: Fn(usize) -> Vec<String>>(
        &mut self,
        name: &str,
        x: usize,
        collection: &Collection<F>,
    ) {
        eprintln!("{name}: {x}");
        let axis = Axis { name, x, suffix: "" };
        let Collection { bytes, table, column, .. } = collection;
        self.insert(&axis, "bytes", "index with table", *bytes as f64);
        self.insert(&axis, "bytes", "table", table.memory() as f64);
        self.insert(&axis, "bytes", "column", column.memory() as f64);
        for (team, suffix) in [("few", ""), ("t3", DASHED)] {
            let others = (0..8).map(|other| format!("team:x{other}"));
            let own = ["any", "users", "user:me", &format!("team:{team}")].map(String::from);
            let user = principal(&own.into_iter().chain(others).collect::<Vec<_>>());
            self.measure_user(&Axis { name, x, suffix }, collection, user);
        }
    }

    /// Measures resolving, filtering, the total, and a page after a random document. Each answer is checked
    /// first.
    fn measure_user<F: Fn(usize) -> Vec<String>>(
        &mut self,
        axis: &Axis<'_>,
        collection: &Collection<F>,
        user: Principal,
    ) {
        let Collection { documents, index, table, column, .. } = collection;
        let user = collection.user(user);
        let expected = Expected::new(documents, &user, 1);
        expected.check(index, &user);
        let resolve = || index.table().resolve(&user.principal, Action::Read);
        let (bytes, in_index) = counted(resolve);
        self.insert(axis, "bytes", "visibility", bytes);
        let visible = table.resolve(&user.principal, Action::Read);
        let mut selection = Selection::new();
        visible.filter_into(column, &mut selection);
        assert!(
            selection.iter().eq(documents.visible(&user.allowed).iter().map(|&at| at as usize))
        );
        let keys = expected.keys();
        self.time(axis, "resolve", || drop(black_box(resolve())));
        self.time(axis, "filter", || visible.filter_into(column, &mut selection));
        self.time(axis, "total", || {
            black_box(index.count(&in_index));
        });
        self.time(axis, "page", || drop(black_box(after(index, &in_index, keys.first()))));
    }

    fn time(&mut self, axis: &Axis<'_>, line: &str, mut call: impl FnMut()) {
        let runs: Vec<f64> = (0..RUNS).map(|_| warm(|_| call())).collect();
        self.insert(axis, "ns", line, median(&runs));
    }
}

/// Returns the bytes that a new value holds on the heap, and the value.
fn counted<T>(create: impl FnOnce() -> T) -> (f64, T) {
    let mut made = None;
    let counted = allocation_counter::measure(|| made = Some(create()));
    (counted.bytes_current as f64, made.expect("made just now"))
}

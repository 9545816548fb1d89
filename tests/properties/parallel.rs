//! Lists that are inserted on several threads, compared with lists that are inserted one after the other.

use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use rayon::ThreadPoolBuilder;
use rolegate::{AclColumn, AclLimits, AclTable, InsertAllError, InsertError};

use crate::support::strategies::{limits, small_list, stored_list};

/// Several threads take part from 1,024 lists on.
const LISTS: usize = 3_000;

type List = Vec<String>;

/// The numbers of the lists, and the grants of each list of the table.
type Contents = (Vec<String>, Vec<String>);

fn contents(table: &AclTable, column: &AclColumn) -> Contents {
    table.internal_validate().unwrap();
    column.internal_validate().unwrap();
    let numbers = column.iter().map(|id| format!("{id:?}")).collect();
    let mut ids: Vec<_> = column.iter().map(Option::unwrap).collect();
    ids.sort_unstable();
    ids.dedup();
    let grants = |id| format!("{:?}", table.grants(id).unwrap().collect::<Vec<_>>());
    (numbers, ids.into_iter().map(grants).collect())
}

/// Inserts lists up to the first one that is refused.
fn one_by_one(table: &mut AclTable, lists: &[List]) -> (AclColumn, Option<(usize, InsertError)>) {
    let mut column = AclColumn::new();
    for (index, list) in lists.iter().enumerate() {
        match table.insert(list) {
            Ok(id) => column.push(id),
            Err(error) => return (column, Some((index, error))),
        }
    }
    (column, None)
}

/// Inserts lists on several threads. If one is refused, inserts those before it again, to find their ids.
fn parallel(
    table: &mut AclTable,
    lists: &[List],
    threads: usize,
) -> (AclColumn, Option<(usize, InsertError)>) {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    match pool.install(|| table.par_insert_all(lists)) {
        Ok(column) => (column, None),
        Err(refused) => {
            let lists_before = table.len();
            let (column, none) = one_by_one(table, &lists[..refused.index()]);
            assert_eq!((none, table.len()), (None, lists_before), "it has the lists before");
            (column, Some((refused.index(), refused.error().clone())))
        }
    }
}

/// Compares the two ways for a table that has some lists already.
fn compare(limits: AclLimits, before: &[List], lists: &[List], threads: usize) {
    let (mut table, mut other) = (AclTable::with_limits(limits), AclTable::with_limits(limits));
    assert_eq!(one_by_one(&mut table, before).1, one_by_one(&mut other, before).1);
    let (expected, refused) = one_by_one(&mut table, lists);
    let (column, refused_in_parallel) = parallel(&mut other, lists, threads);
    assert_eq!(refused_in_parallel, refused);
    assert_eq!(contents(&other, &column), contents(&table, &expected));
    assert_eq!((other.len(), other.roles().len()), (table.len(), table.roles().len()));
    assert!(other.roles().eq(table.roles()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn lists_inserted_on_threads_equal_lists_inserted_one_by_one(
        limits in prop_oneof![2 => Just(AclLimits::default()), 1 => limits()],
        before in vec(small_list(), 0..4),
        pool in vec(small_list(), 1..12),
        other in (stored_list(), any::<Index>(), any::<bool>()),
        order in vec(any::<Index>(), LISTS),
        threads in 1..5_usize,
    ) {
        let mut lists: Vec<List> = order.iter().map(|which| which.get(&pool).clone()).collect();
        let (list, place, is_there) = other;
        if is_there {
            let at = place.index(lists.len());
            lists[at] = list;
        }
        compare(limits, &before, &lists, threads);
    }
}

/// Every list is new, so each limit is reached within a part.
#[test]
fn distinct_lists_on_threads_are_refused_at_the_same_list() {
    let list = |number: usize| {
        vec![format!("read(\"user:u{number}\")"), format!("write(\"team:t{}\")", number / 2)]
    };
    let lists: Vec<List> = (0..LISTS).map(list).collect();
    let most = AclLimits::default();
    for at in [0, 1, 1023, 1024, 1025, 2500] {
        for limits in [
            AclLimits { lists: at, ..most },
            AclLimits { roles: at, ..most },
            AclLimits { grants: at, ..most },
            AclLimits { role_bytes: at * 10, ..most },
        ] {
            compare(limits, &[], &lists, 4);
            let mut malformed = lists.clone();
            malformed[1500].push("nonsense".into());
            compare(limits, &[], &malformed, 4);
        }
    }
    compare(most, &lists[..10], &lists, 3);
}

#[test]
fn refused_list_of_a_load_prints_its_position() {
    let mut table = AclTable::new();
    let lists = [vec!["read(\"any\")"], vec!["read(\"any\")", "read(\"usr:ann\")"]];
    let error: InsertAllError = table.par_insert_all(&lists).unwrap_err();
    let printed = "list 1: permission 1, byte 6: expected a role, found `usr`; write `user:ann`";
    assert_eq!(error.to_string(), printed);
    assert!(std::error::Error::source(&error).is_some());
    assert!(table.par_insert_all::<[&str; 1], _>(&[]).unwrap().is_empty());
}

/// A text that counts how often it is read.
struct Counted(String);

static READ: AtomicUsize = AtomicUsize::new(0);

impl AsRef<str> for &Counted {
    fn as_ref(&self) -> &str {
        READ.fetch_add(1, Ordering::Relaxed);
        &self.0
    }
}

#[test]
fn load_beyond_a_limit_reads_few_of_its_lists() {
    const LISTS: usize = 200_000;
    let mut lists: Vec<_> =
        (0..LISTS).map(|number| [Counted(format!("read(\"user:u{number}\")"))]).collect();
    let pool = ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let limits = AclLimits { lists: 10, ..AclLimits::default() };
    let mut table = AclTable::with_limits(limits);
    let refused = pool.install(|| table.par_insert_all(&lists)).unwrap_err();
    assert_eq!((refused.index(), table.len()), (10, 10));
    let read = READ.swap(0, Ordering::Relaxed);
    assert!(read < 1000, "{read} texts");

    // A thread that waits for a processor lets the other one read on, so that one load would prove nothing.
    lists[0] = [Counted("nonsense".into())];
    let reads = (0..5).map(|_| {
        let mut table = AclTable::new();
        let refused = pool.install(|| table.par_insert_all(&lists)).unwrap_err();
        assert_eq!((refused.index(), table.len()), (0, 0));
        READ.swap(0, Ordering::Relaxed)
    });
    let fewest = reads.min().unwrap();
    assert!(fewest < LISTS / 4, "{fewest} texts");
}

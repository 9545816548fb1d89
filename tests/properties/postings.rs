//! Properties of postings: roles that thousands of lists name. Their blocks of 4,096 lists, some as
//! bitmaps and some as numbers, are compared with the oracle.

use std::fmt::Write;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use rolegate::{AclColumn, AclId, AclTable, Action, Principal, Role};

use crate::support::oracle;

/// Consecutive lists. Every `step`th of them grants `verbs` to the busy `roles`.
#[derive(Clone, Debug)]
struct Run {
    lists: usize,
    step: usize,
    verbs: Vec<&'static str>,
    roles: Vec<&'static str>,
}

const BUSY: [&str; 2] = ["any", "team:t"];
const VERBS: [&str; 5] = ["create", "read", "update", "delete", "write"];

/// Runs with the lists of a block, one more or one less. The steps are on both sides of the density
/// from which bitmaps are smaller: one in 31 for one action, and one in 7 for all four.
fn run() -> impl Strategy<Value = Run> {
    let lists = prop_oneof![
        3 => select(vec![4095, 4096, 4097]),
        2 => select(vec![1, 63, 64, 65, 2048]),
        1 => 1..4096_usize,
    ];
    let step = select(vec![1, 1, 1, 2, 7, 8, 31, 32, 100]);
    let verbs = prop_oneof![
        1 => Just(VERBS[..4].to_vec()),
        2 => subsequence(VERBS.to_vec(), 0..=4),
    ];
    let roles = subsequence(BUSY.to_vec(), 1..=2);
    (lists, step, verbs, roles).prop_map(|(lists, step, verbs, roles)| Run {
        lists,
        step,
        verbs,
        roles,
    })
}

/// Returns the permissions of the lists that a run selects.
fn grants(run: &Run) -> Vec<String> {
    let each = run.verbs.iter().flat_map(|verb| run.roles.iter().map(move |role| (verb, role)));
    each.map(|(verb, role)| format!("{verb}(\"{role}\")")).collect()
}

/// Returns, for each list, the number of the run whose permissions the list has.
fn lists(runs: &[Run]) -> Vec<Option<usize>> {
    let of_run = |(number, run): (usize, &Run)| {
        let step = run.step;
        (0..run.lists).map(move |at| at.is_multiple_of(step).then_some(number)).collect::<Vec<_>>()
    };
    runs.iter().enumerate().flat_map(of_run).collect()
}

/// Returns the permission that makes a list distinct: for a role that no other list names.
fn own(list: usize) -> String {
    format!("read(\"user:u{list}\")")
}

/// The list whose own role a principal has.
const OWNED: usize = 4096;

/// Returns a table of the lists of the runs. It is shrunk once while it grows.
fn table(runs: &[Run], shrink_at: usize) -> (AclTable, Vec<AclId>) {
    let grants: Vec<Vec<String>> = runs.iter().map(grants).collect();
    let mut table = AclTable::new();
    let mut ids = Vec::new();
    for (at, run) in lists(runs).into_iter().enumerate() {
        if at == shrink_at {
            table.shrink_to_fit();
        }
        let busy = run.into_iter().flat_map(|run| grants[run].iter().cloned());
        ids.push(table.insert(busy.chain([own(at)])).unwrap());
    }
    (table, ids)
}

/// Returns the lists that a holder of `roles` sees by the oracle. The oracle decides once for each run,
/// and for the one owned list.
fn expected(runs: &[Run], roles: &[&str], action: Action) -> Vec<usize> {
    let asked = |list: &[String]| {
        oracle::allows(roles, action, &list.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let seen: Vec<bool> = runs.iter().map(|run| asked(&grants(run))).collect();
    let visible = |(at, run): (usize, Option<usize>)| {
        let named = run.is_some_and(|run| seen[run]) || (at == OWNED && asked(&[own(at)]));
        named.then_some(at)
    };
    lists(runs).into_iter().enumerate().filter_map(visible).collect()
}

fn check(runs: &[Run], shrink_at: usize) -> Result<(), String> {
    let (table, ids) = table(runs, shrink_at);
    table.internal_validate()?;
    let column: AclColumn = ids.iter().copied().collect();
    for action in Action::ALL {
        for roles in [&BUSY[..1], &BUSY[1..], &BUSY, &["team:t", "user:u4096"]] {
            let expected = expected(runs, roles, action);
            let visibility = table.resolve(&Principal::parse_roles(roles).unwrap(), action);
            let what = |way: &str| format!("{roles:?} {action} by {way}");
            same(&what("filter"), visibility.filter(&column).iter(), &expected)?;
            visibility.internal_validate()?;
            let allowed = (0..ids.len()).filter(|&at| visibility.allows(ids[at]));
            same(&what("list"), allowed, &expected)?;
            if let [role] = roles {
                let role = Role::parse(role).unwrap();
                let granting = table.lists_granting(action, &role);
                same(&what("role"), positions(granting, &ids), &expected)?;
            }
        }
    }
    Ok(())
}

/// Returns the positions of the ids in ascending order, with repetitions.
fn positions(granting: impl Iterator<Item = AclId>, ids: &[AclId]) -> impl Iterator<Item = usize> {
    let order: std::collections::HashMap<AclId, usize> =
        ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let mut positions: Vec<usize> = granting.map(|id| order[&id]).collect();
    positions.sort_unstable();
    positions.into_iter()
}

/// Compares two results and reports the first difference, because there are thousands of lists.
fn same(what: &str, got: impl Iterator<Item = usize>, expected: &[usize]) -> Result<(), String> {
    let got: Vec<usize> = got.collect();
    if got == expected {
        return Ok(());
    }
    let mut message = format!("{what}: {} lists, not {}", got.len(), expected.len());
    let differ = got.iter().zip(expected).find(|(got, expected)| got != expected);
    write!(message, "; first difference {differ:?}").unwrap();
    Err(message)
}

proptest! {
    // Each case compiles about ten thousand lists and checks each in forty ways.
    #![proptest_config(ProptestConfig { cases: 10, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn role_in_thousands_of_lists_agrees_with_oracle(
        runs in vec(run(), 1..4),
        shrink_at in 0..10_000_usize,
    ) {
        prop_assert_eq!(check(&runs, shrink_at), Ok(()));
    }
}

#[test]
fn blocks_at_their_borders_have_no_gap_and_no_overlap() {
    let run = |lists, step| Run { lists, step, verbs: VERBS[..4].to_vec(), roles: BUSY.to_vec() };
    for runs in [
        vec![run(4095, 1)],
        vec![run(4096, 1)],
        vec![run(4097, 1)],
        vec![run(8192, 1), run(1, 1)],
        vec![run(4096, 100), run(4096, 1), run(10, 1)],
        vec![run(4096, 1), run(4096, 100), run(10, 1)],
    ] {
        assert_eq!(check(&runs, usize::MAX), Ok(()), "{runs:?}");
    }
}

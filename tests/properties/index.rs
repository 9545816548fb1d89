//! Properties of document indexes: sequences of changes, with and without limits, compared with a plain
//! map.

use std::cell::Cell;
use std::cmp::Ordering;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use proptest::collection::vec;
use proptest::prelude::*;
use rolegate::index::DocumentIndex;
use rolegate::{AclLimits, Action, InsertError, MalformedPermission, Principal, Visibility};

use crate::support::index::{Change, Machine};
use crate::support::strategies::{limits, principal_roles, small_list, stored_list};

/// Changes to a few documents, or to many documents with few lists.
fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = |documents: u8, list: BoxedStrategy<Vec<String>>| {
        prop_oneof![
            2 => (0..documents, list.clone()).prop_map(|(at, list)| Change::Insert(at, list)),
            3 => (0..documents, list).prop_map(|(at, list)| Change::InsertLenient(at, list)),
            1 => (0..documents).prop_map(Change::Remove),
        ]
    };
    let few_lists = vec(small_list(), 1..4).prop_flat_map(move |lists| {
        vec(change(40, proptest::sample::select(lists).boxed()), 0..32)
    });
    prop_oneof![vec(change(12, prop_oneof![small_list(), stored_list()].boxed()), 0..16), few_lists,]
}

/// Returns a user, and a principal with these roles.
fn principals(roles: &[String]) -> [Principal; 2] {
    [principal(&["any", "users", "user:a"]), Principal::parse_roles(roles).unwrap()]
}

fn principal(roles: &[&str]) -> Principal {
    Principal::parse_roles(roles).unwrap()
}

proptest! {
    #[test]
    fn index_after_changes_agrees_with_oracle(
        roles in principal_roles(),
        changes in changes(),
    ) {
        let mut machine = Machine::new(AclLimits::default(), principals(&roles));
        for change in &changes {
            machine.step(change);
        }
    }

    #[test]
    fn index_with_limits_after_changes_agrees_with_oracle(
        limits in limits(),
        roles in principal_roles(),
        changes in changes(),
    ) {
        let mut machine = Machine::new(limits, principals(&roles));
        for change in &changes {
            machine.step(change);
        }
    }
}

/// Returns a list of this many permissions that differs from every other round's.
fn long_list(round: usize, permissions: usize) -> Vec<String> {
    (0..permissions).map(|at| format!("read(\"user:r{round:06}.{at:04}\")")).collect()
}

/// A counter of compactions. An earlier visibility belongs to another table after a compaction.
struct Compactions {
    before: Visibility,
    times: usize,
}

impl Compactions {
    fn new(index: &DocumentIndex<usize>) -> Self {
        Self {
            before: index.table().resolve(&Principal::key_with_bypass(), Action::Read),
            times: 0,
        }
    }

    /// Returns `true` if the index was compacted since the last call.
    fn again(&mut self, index: &DocumentIndex<usize>) -> bool {
        let again = index.count(&self.before) != index.len();
        if again {
            *self = Self { times: self.times + 1, ..Self::new(index) };
        }
        again
    }
}

#[test]
fn unused_lists_are_removed_and_used_lists_stay() {
    let some = [principal(&["any", "users", "user:a"]), principal(&["team:t3", "user:b"])];
    let mut machine = Machine::new(AclLimits::default(), some);
    for at in 0..60 {
        let verb = ["read", "update", "delete", "write"][usize::from(at) % 4];
        let role = ["any", "user:a", "user:b", "guests"][usize::from(at) / 4 % 4];
        let list = vec![format!("{verb}(\"{role}\")"), format!("read(\"team:t{}\")", at % 13)];
        machine.step(&Change::Insert(at, list));
    }
    let (mut compacted, mut lists) = (0, machine.lists());
    for round in 0..80 {
        // The previous list is unused now.
        machine.apply(&Change::Insert(30, long_list(round, 1_000)));
        if machine.lists() < lists {
            compacted += 1;
            machine.step(&Change::Insert(30, vec!["read(\"user:a\")".into()]));
            machine.step(&Change::Remove(20 + compacted));
        }
        lists = machine.lists();
    }
    assert!((3..10).contains(&compacted), "{compacted} times");
    assert!(lists < 60 + 2 * 20, "{lists} lists");
}

/// The cost of compaction for each change is then bounded, and memory stays in proportion to the documents.
#[test]
fn unused_lists_heavier_than_the_rest_and_16384_are_removed() {
    const DOCUMENTS: usize = 1_000;
    let mut index = DocumentIndex::new();
    for at in 0..DOCUMENTS {
        index.insert(at, long_list(at, 2)).unwrap();
    }
    let mut compactions = Compactions::new(&index);
    // A list with its two grants weighs three, for the documents as for each change.
    let most = (16 * 1024 + 3 * DOCUMENTS + DOCUMENTS) / 3;
    for change in 1..=2 * (most + 1) {
        index.insert(7, long_list(DOCUMENTS + change, 2)).unwrap();
        let expected = change % (most + 1) == 0;
        assert_eq!(compactions.again(&index), expected, "after {change} changes");
        let lists = DOCUMENTS + change % (most + 1);
        assert_eq!(index.table().len(), lists, "after {change} changes");
    }
    assert_eq!(index.internal_validate(), Ok(()));
}

#[test]
fn index_after_many_changes_takes_bounded_memory() {
    let mut index = DocumentIndex::new();
    for at in 0..1_000 {
        index.insert(at, [format!("read(\"user:u{at:04}\")")]).unwrap();
    }
    let mut rounds = 0..;
    let mut most_of = |times: usize| {
        let mut compactions = Compactions::new(&index);
        let mut most = 0;
        for round in rounds.by_ref().take(120 * times) {
            index.insert(500, long_list(round, 200)).unwrap();
            most = most.max(index.table().memory());
            if compactions.again(&index) && compactions.times == times {
                return most;
            }
        }
        panic!("compacted {} times of {times}", compactions.times);
    };
    most_of(1);
    let (few, many) = (most_of(2), most_of(20));
    assert!(many <= few, "{few} bytes, then {many}");
    assert_eq!(index.internal_validate(), Ok(()));

    (0..1_000).for_each(|at| assert!(index.remove(&at)));
    assert!(index.is_empty() && index.table().memory() <= many, "{} bytes", index.table().memory());
    assert_eq!(index.internal_validate(), Ok(()));
}

/// Tries each limit alone. Lists of documents stay, and unused lists make room.
#[test]
fn full_table_rejects_insert_until_unused_lists_are_compacted() {
    let list = |role: &str| [format!("read(\"user:{role}\")")];
    let most = AclLimits::default();
    for limits in [
        AclLimits { lists: 3, ..most },
        AclLimits { roles: 3, ..most },
        AclLimits { grants: 3, ..most },
        AclLimits { role_bytes: 3 * 6, ..most },
    ] {
        let mut index = DocumentIndex::with_limits(limits);
        for (at, role) in [(0, "a"), (1, "b"), (2, "c")] {
            assert_eq!(index.insert(at, list(role)), Ok(()));
        }
        let sees = |index: &DocumentIndex<i32>, role: &str| -> Vec<i32> {
            let visible =
                index.table().resolve(&principal(&[&format!("user:{role}")]), Action::Read);
            index.after(&visible, None).copied().collect()
        };
        for at in [1, 7] {
            let full = index.insert_lenient(at, list("d")).unwrap_err();
            assert!([3, 18].contains(&full.limit()), "{full}");
            assert_eq!(index.insert(at, list("d")), Err(full.into()));
            assert_eq!(
                ["a", "b", "c", "d"].map(|role| sees(&index, role)),
                [vec![0], vec![1], vec![2], vec![]]
            );
            assert_eq!(index.len(), 3);
        }
        // A list of the table is never refused.
        assert_eq!(index.insert(1, list("a")), Ok(()), "{limits:?}");
        assert_eq!(index.insert(1, list("d")), Ok(()), "{limits:?}");
        assert_eq!(
            ["a", "b", "c", "d"].map(|role| sees(&index, role)),
            [vec![0], vec![], vec![2], vec![1]]
        );
        assert!(index.remove(&0) && index.insert(1, list("e")).is_ok(), "{limits:?}");
        assert_eq!(
            ["a", "c", "d", "e"].map(|role| sees(&index, role)),
            [vec![], vec![2], vec![], vec![1]]
        );
        assert_eq!(index.internal_validate(), Ok(()));
    }
}

/// Compaction pays at once for this many unused grants.
#[test]
fn full_table_with_many_unused_grants_is_compacted_at_once() {
    let mut index = DocumentIndex::with_limits(AclLimits { grants: 500, ..AclLimits::default() });
    for at in 0..10 {
        index.insert(at, long_list(at, 50)).unwrap();
    }
    let mut compactions = Compactions::new(&index);
    let mut round = 10..;
    // These changes suffice for the first compaction, which resets their count.
    index.remove(&0);
    (0..200).for_each(|_| assert!(!index.remove(&0)));
    index.insert(0, long_list(round.next().unwrap(), 50)).unwrap();
    assert!(compactions.again(&index));
    // Unused weights of 51 and 102 are not enough beside 9 and 8 documents. 153 beside 7 is enough.
    for removed in 1..4 {
        index.remove(&removed);
        let room = index.insert(removed, long_list(round.next().unwrap(), 150)).is_ok();
        assert_eq!((room, compactions.again(&index)), (removed == 3, removed == 3), "{removed}");
    }
    assert_eq!(index.internal_validate(), Ok(()));
}

/// Compaction renumbers the roles in another order, and the hash table finds lists by these numbers.
#[test]
fn used_list_after_compaction_is_found_again() {
    let [a, b] = ["read(\"user:a\")", "update(\"user:b\")"];
    let mut index = DocumentIndex::with_limits(AclLimits { lists: 3, ..AclLimits::default() });
    for (at, list) in [vec![a], vec![b], vec![a, b]].iter().enumerate() {
        index.insert(at, list).unwrap();
    }
    let mut compactions = Compactions::new(&index);
    assert!(index.remove(&0));
    index.insert(3, ["read(\"any\")"]).unwrap();
    assert!(compactions.again(&index));
    assert_eq!(index.internal_validate(), Ok(()));
    for (at, list) in [(4, vec![b, a]), (5, vec![b])] {
        assert_eq!(index.insert(at, &list), Ok(()), "the table has {list:?}");
    }
    let sees = |role: &str, action| -> Vec<usize> {
        let visible = index.table().resolve(&principal(&[role]), action);
        index.after(&visible, None).copied().collect()
    };
    assert_eq!(sees("user:a", Action::Read), [2, 4]);
    assert_eq!(sees("user:b", Action::Update), [1, 2, 4, 5]);
    assert_eq!(sees("any", Action::Read), [3]);
    assert!(sees("user:a", Action::Update).is_empty() && sees("user:b", Action::Read).is_empty());
}

/// With few lists and many documents, unused lists never weigh much beside the documents.
#[test]
fn full_table_beside_many_documents_is_compacted_once_per_quarter() {
    const DOCUMENTS: usize = 1_000;
    let mut index = DocumentIndex::with_limits(AclLimits { lists: 4, ..AclLimits::default() });
    for at in 0..DOCUMENTS {
        index.insert(at, ["read(\"any\")"]).unwrap();
    }
    let mut compactions = Compactions::new(&index);
    let (mut refused, mut most, mut least) = (0, 0, usize::MAX);
    for round in 0..10 * DOCUMENTS {
        let new = index.insert(7, long_list(round, 1));
        if compactions.again(&index) {
            assert_eq!(new, Ok(()), "compaction made room");
            if compactions.times > 1 {
                (most, least) = (refused.max(most), refused.min(least));
            }
            refused = 0;
        } else {
            refused += usize::from(new.is_err());
        }
    }
    // Two lists of documents with one grant each, and the documents. One more list fitted first.
    let pays = (2 + 2 + DOCUMENTS) / 4;
    assert_eq!((most, least), (pays - 1, pays - 1), "refusals between compactions");
    assert_eq!(compactions.times, 1 + (10 * DOCUMENTS - 4) / (pays + 1));
    assert_eq!(index.internal_validate(), Ok(()));
}

#[test]
fn index_cloned_and_changed_leaves_its_original_unchanged() {
    let mut index = DocumentIndex::new();
    for at in 0..4 {
        index.insert(at, ["read(\"user:a\")"]).unwrap();
    }
    let ann = principal(&["user:a"]);
    let before = index.table().resolve(&ann, Action::Read);
    let mut clone = index.clone();
    assert_eq!((clone.len(), clone.count(&before)), (4, 0), "the clone has another table");

    clone.remove(&0);
    clone.insert(1, ["read(\"user:b\")"]).unwrap();
    index.insert(2, ["read(\"user:c\")"]).unwrap();
    let sees = |index: &DocumentIndex<i32>| -> Vec<i32> {
        let visible = index.table().resolve(&ann, Action::Read);
        index.after(&visible, None).copied().collect()
    };
    assert_eq!((sees(&index), sees(&clone)), (vec![0, 1, 3], vec![2, 3]));
    assert_eq!((index.internal_validate(), clone.internal_validate()), (Ok(()), Ok(())));
}

#[test]
fn index_refusing_a_malformed_permission_is_unchanged() {
    let mut index = DocumentIndex::new();
    index.insert(1, ["read(\"user:a\")"]).unwrap();
    let bad = ["read(\"user:b\")", "raed(\"any\")"];
    for document in [1, 2] {
        let error = index.insert(document, bad).unwrap_err();
        assert!(matches!(&error, InsertError::Malformed(bad) if bad.index() == 1), "{error}");
    }
    let count = |index: &DocumentIndex<i32>, role: &str| {
        index.count(&index.table().resolve(&principal(&[role]), Action::Read))
    };
    assert_eq!((index.len(), index.table().len()), (1, 1));
    assert_eq!((count(&index, "user:a"), count(&index, "user:b")), (1, 0));

    let malformed = index.insert_lenient(1, bad).unwrap();
    assert_eq!(malformed.iter().map(MalformedPermission::index).collect::<Vec<_>>(), [1]);
    assert_eq!((count(&index, "user:a"), count(&index, "user:b")), (0, 1));
    assert_eq!(index.internal_validate(), Ok(()));
}

thread_local! {
    /// The number of comparisons and copies of keys before one panics.
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// A document whose comparison or copy can panic, like the key type of a host.
#[derive(PartialEq, Eq, Debug)]
struct Fragile(usize);

impl Fragile {
    fn touch() {
        let left = LEFT.get();
        LEFT.set(left.saturating_sub(1));
        if left == 0 {
            resume_unwind(Box::new("a key panics"));
        }
    }
}

impl Clone for Fragile {
    fn clone(&self) -> Self {
        Self::touch();
        Self(self.0)
    }
}

impl Ord for Fragile {
    fn cmp(&self, other: &Self) -> Ordering {
        Self::touch();
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for Fragile {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// After a panic in a comparison or copy, the next change of the document hides it from the readers of all its
/// earlier lists.
#[test]
fn document_after_panic_of_its_key_is_hidden_from_earlier_readers() {
    const NAMES: [&str; 4] = ["a", "b", "c", "d"];
    let list = |name: &str| [format!("read(\"user:{name}\")")];
    let shown = |index: &DocumentIndex<Fragile>, name: &str| -> Vec<usize> {
        let roles = principal(&[&format!("user:{name}"), "user:other"]);
        let visible = index.table().resolve(&roles, Action::Read);
        let all: Vec<usize> = index.after(&visible, None).map(|document| document.0).collect();
        assert_eq!(index.count(&visible), all.len());
        assert!(all.iter().all(|at| index.allows(&visible, &Fragile(*at))));
        all
    };
    // A new document, a changed document, and one with a list of its own. Each is inserted or removed.
    for document in [7, 2, 6] {
        for insert in [true, false] {
            let mut panics = 0;
            loop {
                let mut index = DocumentIndex::new();
                for at in 0..6 {
                    index.insert(Fragile(at), list(NAMES[at % 2])).unwrap();
                }
                index.insert(Fragile(6), list("c")).unwrap();
                LEFT.set(panics);
                let changed = catch_unwind(AssertUnwindSafe(|| {
                    if insert {
                        index.insert(Fragile(document), list("d")).unwrap();
                    } else {
                        index.remove(&Fragile(document));
                    }
                }));
                LEFT.set(usize::MAX);
                index.insert(Fragile(document), list("b")).unwrap();
                for name in NAMES {
                    let mut expected: Vec<usize> = (0..7)
                        .filter(|at| {
                            *at != document && NAMES[if *at == 6 { 2 } else { at % 2 }] == name
                        })
                        .chain((name == "b").then_some(document))
                        .collect();
                    expected.sort_unstable();
                    assert_eq!(
                        shown(&index, name),
                        expected,
                        "{document}, {insert}, {panics}: {name}"
                    );
                }
                assert_eq!(index.internal_validate(), Ok(()), "{document}, {insert}, {panics}");
                if changed.is_ok() {
                    break;
                }
                panics += 1;
            }
            assert!(panics > 2, "{panics}");
        }
    }
}

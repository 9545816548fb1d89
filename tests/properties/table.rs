//! Properties of tables: sequences of operations, with and without limits, compared with a plain map.

use std::cell::Cell;
use std::iter;
use std::panic::{AssertUnwindSafe, catch_unwind};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};
use rolegate::{
    AclColumn, AclLimits, AclTable, Action, Collection, DocumentSecurity, InsertError, Principal,
};

use crate::support::model::{Machine, Operation};
use crate::support::oracle;
use crate::support::strategies::{
    UNIVERSE, action, limits, principal_roles, small_list, small_role, stored_list,
};

fn operation() -> impl Strategy<Value = Operation> {
    let roles = || {
        subsequence(UNIVERSE.to_vec(), 0..6)
            .prop_map(|roles| roles.into_iter().map(str::to_owned).collect())
    };
    prop_oneof![
        4 => small_list().prop_map(Operation::Insert),
        2 => stored_list().prop_map(Operation::Insert),
        3 => stored_list().prop_map(Operation::InsertLenient),
        2 => (roles(), action()).prop_map(|(roles, action)| Operation::Resolve(roles, action)),
        2 => (action(), small_role()).prop_map(|(a, role)| Operation::ListsGranting(a, role.into())),
        1 => Just(Operation::ShrinkToFit),
    ]
}

proptest! {
    #[test]
    fn table_after_operations_equals_map_of_normalized_lists(operations in vec(operation(), 0..30)) {
        let mut machine = Machine::new(AclLimits::default());
        for operation in &operations {
            machine.step(operation);
        }
        machine.finish();
    }

    /// A table remembers raw lists, so the same texts come again, with other boundaries and in another order.
    #[test]
    fn repeated_raw_lists_equal_map_of_normalized_lists(
        limits in prop_oneof![2 => Just(AclLimits::default()), 1 => limits()],
        pool in vec(prop_oneof![small_list(), stored_list()], 1..5),
        steps in vec((any::<Index>(), 0..8_u8), 0..60),
    ) {
        let mut machine = Machine::new(limits);
        for (which, kind) in steps {
            let list = which.get(&pool).clone();
            machine.step(&match kind {
                0..3 => Operation::Insert(list),
                3 | 4 => Operation::InsertLenient(list),
                5 => Operation::InsertLenient(vec![list.concat()]),
                6 => Operation::Insert(list.into_iter().rev().collect()),
                _ => Operation::ShrinkToFit,
            });
        }
        machine.finish();
    }

    #[test]
    fn full_table_rejects_insert_and_is_unchanged(
        limits in limits(),
        operations in vec(operation(), 0..30),
    ) {
        let mut machine = Machine::new(limits);
        for operation in &operations {
            machine.step(operation);
        }
        machine.finish();
    }

    #[test]
    fn id_of_another_table_is_never_visible(
        roles in principal_roles(),
        action in action(),
        (ours, theirs) in (vec(small_list(), 1..6), vec(small_list(), 1..6)),
    ) {
        let (mut table, mut other) = (AclTable::new(), AclTable::new());
        let ours: Vec<_> = ours.iter().map(|list| table.insert(list).unwrap()).collect();
        let theirs: Vec<_> = theirs.iter().map(|list| other.insert(list).unwrap()).collect();
        let principal = Principal::parse_roles(&roles).unwrap();
        let open = Collection::new(["read(\"any\")", "write(\"any\")"], DocumentSecurity::Disabled);
        let guest = Principal::guest();
        for visibility in [
            table.resolve(&principal, action),
            table.resolve(&Principal::key_with_bypass(), action),
            open.visibility(&guest, action, &table).unwrap(),
        ] {
            prop_assert!(theirs.iter().all(|&id| !visibility.allows(id)));
            prop_assert!(theirs.iter().all(|&id| table.grants(id).is_none()));
            let foreign: AclColumn = theirs.iter().copied().collect();
            prop_assert_eq!(visibility.filter(&foreign).count(), 0);

            let mixed: AclColumn = ours.iter().chain(&theirs).chain(&ours).copied().collect();
            let seen = visibility.filter(&mixed);
            let own = ours.iter().map(|&id| visibility.allows(id));
            let foreign = theirs.iter().map(|_| false);
            let expected: Vec<bool> = own.clone().chain(foreign).chain(own).collect();
            prop_assert_eq!((0..mixed.len()).map(|at| seen.contains(at)).collect::<Vec<_>>(), expected);

            let foreign: AclColumn = theirs.iter().chain(&ours).copied().collect();
            prop_assert_eq!(visibility.filter(&foreign).count(), 0);
        }
    }

    #[test]
    fn cloned_table_agrees_with_oracle_and_shares_no_ids(
        roles in principal_roles(),
        action in action(),
        (shared, ours, theirs) in
            (vec(small_list(), 0..6), vec(small_list(), 0..4), vec(small_list(), 0..4)),
    ) {
        let mut table = AclTable::new();
        for list in &shared {
            table.insert(list).unwrap();
        }
        let mut clone = table.clone();
        prop_assert_eq!(clone.len(), table.len());
        prop_assert!(clone.roles().eq(table.roles()));

        let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
        let principal = Principal::parse_roles(&roles).unwrap();
        // Both tables diverge: the numbers of the new lists are the same, and the lists are not.
        let lists = [[&shared[..], &ours].concat(), [&shared[..], &theirs].concat()];
        let mut tables = [&mut table, &mut clone];
        let ids = [0, 1].map(|which| -> Vec<_> {
            lists[which].iter().map(|list| tables[which].insert(list).unwrap()).collect()
        });
        for (own, other) in [(0, 1), (1, 0)] {
            prop_assert_eq!(tables[own].internal_validate(), Ok(()));
            let visibility = tables[own].resolve(&principal, action);
            for (list, id) in lists[own].iter().zip(&ids[own]) {
                let texts: Vec<&str> = list.iter().map(String::as_str).collect();
                prop_assert_eq!(visibility.allows(*id), oracle::allows(&roles, action, &texts));
            }
            let column: AclColumn = ids[other].iter().copied().collect();
            let bypass = tables[own].resolve(&Principal::key_with_bypass(), action);
            for visibility in [visibility, bypass] {
                prop_assert!(ids[other].iter().all(|&id| !visibility.allows(id)));
                prop_assert!(visibility.filter(&column).is_empty());
            }
            prop_assert!(ids[other].iter().all(|&id| tables[own].grants(id).is_none()));
        }
    }
}

#[test]
fn clone_of_a_full_table_has_the_same_limits() {
    let mut table = AclTable::with_limits(AclLimits { lists: 1, ..AclLimits::default() });
    table.insert(["read(\"any\")"]).unwrap();
    let mut clone = table.clone();
    assert_eq!(clone.insert(["read(\"users\")"]), table.insert(["read(\"users\")"]));
    assert!(clone.insert(["read(\"users\")"]).is_err());
    clone.insert(["read(\"any\")"]).unwrap();
    assert_eq!(clone.len(), 1);
}

/// Every principal sees all lists, so the visibility stores "all" and not a set.
#[test]
fn list_inserted_after_resolve_is_not_visible() {
    for before in [1, 2, 63, 64, 65, 255, 256, 257] {
        let list = |number: usize| [format!("read(\"user:u{number}\")"), "read(\"any\")".into()];
        let mut table = AclTable::new();
        let mut column: AclColumn = (0..before).map(|at| table.insert(list(at)).unwrap()).collect();
        let visibility = table.resolve(&Principal::guest(), Action::Read);
        for at in before..before + 300 {
            let later = table.insert(list(at)).unwrap();
            assert!(!visibility.allows(later), "list {at}, of {before} lists");
            column.push(later);
            assert_eq!(visibility.filter(&column).count(), before, "list {at}, of {before} lists");
        }
        let seen: Vec<usize> = visibility.filter(&column).iter().collect();
        assert_eq!(seen, (0..before).collect::<Vec<_>>());
    }
}

/// The first words of the bitmap are empty.
#[test]
fn visible_list_after_hidden_lists_is_found() {
    for before in [0, 63, 64, 127, 128, 1000] {
        for visible in 0..3 {
            let mut table = AclTable::new();
            for at in 0..before {
                table.insert([format!("read(\"user:u{at}\")")]).unwrap();
            }
            let list = |at: usize| [format!("read(\"team:t{at}\")"), "read(\"any\")".into()];
            let ids: Vec<_> = (0..visible).map(|at| table.insert(list(at)).unwrap()).collect();
            table.insert(["read(\"user:last\")"]).unwrap();
            let visibility = table.resolve(&Principal::guest(), Action::Read);
            let lists: Vec<_> = visibility.lists().unwrap().collect();
            assert_eq!(lists, ids, "{visible} behind {before}");
        }
    }
}

/// A panic of the caller's iterator leaves the table unchanged. A long list has new roles before the panic.
#[test]
fn table_after_panic_of_iterator_is_unchanged() {
    let mut table = AclTable::with_limits(AclLimits { roles: 2, ..AclLimits::default() });
    let before = table.insert(["read(\"users\")"]).unwrap();
    for (lenient, len) in [(false, 1), (true, 1), (false, 20), (true, 20)] {
        let list = iter::repeat_n("read(\"user:a\")", len).chain(["panic"]);
        let list = list.inspect(|text| assert!(text.starts_with("read"), "a panic of the caller"));
        let inserted = catch_unwind(AssertUnwindSafe(|| {
            if lenient { drop(table.insert_lenient(list)) } else { drop(table.insert(list)) }
        }));
        assert!(inserted.is_err());
        assert_eq!((table.len(), table.roles().len(), table.internal_validate()), (1, 1, Ok(())));
    }
    assert_ne!(table.insert(["read(\"any\")"]).unwrap(), before);
}

/// A text that is another one each time that it is read.
struct Fickle<'a>(Cell<usize>, [&'a str; 5]);

impl AsRef<str> for Fickle<'_> {
    fn as_ref(&self) -> &str {
        self.1[self.0.replace((self.0.get() + 1) % self.1.len())]
    }
}

/// After lists of such texts, the table has the right grants for every list.
#[test]
fn texts_that_change_while_they_are_read_leave_a_valid_table() {
    let texts = ["read(\"user:a\")", "read(\"users\")", "read(\"user:b\")", "", "write(\"any\")"];
    let pairs = || texts.into_iter().flat_map(|one| texts.into_iter().map(move |two| [one, two]));
    let granted = |table: &mut AclTable, list: [&str; 2]| {
        let (id, malformed) = table.insert_lenient(list).unwrap();
        let grants = table.grants(id).unwrap();
        let mut grants: Vec<_> =
            grants.map(|grant| (grant.role.to_string(), grant.actions)).collect();
        grants.sort_by(|(one, _), (other, _)| one.cmp(other));
        (grants, malformed.len())
    };
    let mut table = AclTable::new();
    for (first, second) in (0..3 * texts.len()).flat_map(|one| (0..5).map(move |two| (one, two))) {
        let list = [first, second].map(|start| Fickle(Cell::new(start % texts.len()), texts));
        table.insert_lenient(list).unwrap();
        assert_eq!(table.internal_validate(), Ok(()), "{first}, {second}");
    }
    for list in pairs() {
        assert_eq!(granted(&mut table, list), granted(&mut AclTable::new(), list), "{list:?}");
    }
}

/// The number of permissions from which on a list is compiled without reading all of it first is 8.
#[test]
fn list_of_any_length_inserted_again_is_the_same() {
    for len in 0..20 {
        let mut table = AclTable::new();
        let list: Vec<String> = (0..len).map(|at| format!("read(\"user:u{at}\")")).collect();
        let ids: Vec<_> = (0..4).map(|_| table.insert(&list).unwrap()).collect();
        assert_eq!(ids, [ids[0]; 4]);
        assert_eq!((table.len(), table.grants(ids[0]).unwrap().len()), (1, len));
        let of_unknown_length = list.iter().filter(|text| !text.is_empty());
        assert_eq!(table.insert(of_unknown_length), Ok(ids[0]), "{len}");
        let mut longer = list.clone();
        longer.push("nonsense".into());
        for _ in 0..3 {
            let error = table.insert(&longer).unwrap_err();
            assert!(matches!(error, InsertError::Malformed(bad) if bad.index() == len), "{len}");
            let (id, malformed) = table.insert_lenient(&longer).unwrap();
            assert_eq!((id, malformed.len()), (ids[0], 1), "{len}");
        }
        assert_eq!(table.internal_validate(), Ok(()));
    }
}

#[test]
fn shrunk_table_and_clone_do_not_remember_raw_lists() {
    let list = |number: usize| [format!("read(\"user:u{}\")", number % 1000)];
    let mut table = AclTable::new();
    for number in 0..1000 {
        table.insert(list(number)).unwrap();
    }
    table.shrink_to_fit();
    let least = table.memory();
    let ids: Vec<_> = (0..3000).map(|number| table.insert(list(number)).unwrap()).collect();
    assert!(ids.chunks(1000).all(|chunk| chunk == &ids[..1000]));
    let remembered = table.memory() - least;
    assert!(remembered > 20_000, "{remembered} bytes");
    assert_eq!(table.clone().memory(), least);
    table.shrink_to_fit();
    assert_eq!(table.memory(), least);
}

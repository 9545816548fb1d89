//! Indexes of documents: sequences of changes, with and without limits, against a plain map.

use proptest::collection::vec;
use proptest::prelude::*;
use rolegate::{AclLimits, Principal};

use crate::support::index::{Change, Machine};
use crate::support::strategies::{limits, principal_roles, small_list, stored_list};

/// Changes to a few documents, or to so many that few lists have all of them.
fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = |documents: u8, list: BoxedStrategy<Vec<String>>| {
        prop_oneof![
            5 => (0..documents, list).prop_map(|(at, list)| Change::Insert(at, list)),
            1 => (0..documents).prop_map(Change::Remove),
        ]
    };
    let few_lists = vec(small_list(), 1..4).prop_flat_map(move |lists| {
        vec(change(40, proptest::sample::select(lists).boxed()), 0..50)
    });
    prop_oneof![vec(change(12, prop_oneof![small_list(), stored_list()].boxed()), 0..24), few_lists,]
}

/// A user, and somebody with any roles.
fn somebody(roles: &[String]) -> [Principal; 2] {
    [principal(&["any", "users", "user:a"]), Principal::parse_roles(roles).unwrap()]
}

fn principal(roles: &[&str]) -> Principal {
    Principal::parse_roles(roles).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn an_index_shows_what_asking_each_document_shows(
        roles in principal_roles(),
        changes in changes(),
    ) {
        let mut machine = Machine::new(AclLimits::default(), somebody(&roles));
        for change in &changes {
            machine.step(change);
        }
    }

    #[test]
    fn an_index_with_a_full_table_leaves_documents_as_they_were(
        limits in limits(),
        roles in principal_roles(),
        changes in changes(),
    ) {
        let mut machine = Machine::new(limits, somebody(&roles));
        for change in &changes {
            machine.step(change);
        }
    }
}

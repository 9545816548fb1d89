//! Tests of the last list and role numbers, and of lists that were chosen to collide.

use super::*;
use crate::acl::{AclColumn, postings};
use crate::permission::ActionSet;
use crate::principal::Principal;

/// Returns a table that has assigned all list numbers but the last two. The lists are empty. They take
/// no memory, because the operating system does not back zeroed pages that are never written.
fn nearly_full() -> AclTable {
    let last = AclLimits::MAX.lists as usize;
    let mut table = AclTable::new();
    table.ends = vec![0; last];
    table.ends.truncate(last - 2);
    table.lists = HashTable::with_capacity(8);
    table
}

#[test]
fn nearly_full_table_accepts_its_last_list_and_refuses_another() {
    let mut table = nearly_full();
    let [before, last, more] =
        [r#"read("user:ann")"#, r#"read("any")"#, r#"read("user:bob")"#].map(|text| [text]);
    let before = table.insert(before).unwrap();
    let last = table.insert(last).unwrap();
    assert_eq!(last.index(), AclLimits::MAX.lists - 1);
    assert_eq!(table.insert(["read(\"any\")"]), Ok(last));
    let full = InsertError::Full(TableFull::new(Limited::Lists, AclLimits::MAX.lists));
    assert_eq!(table.insert(more), Err(full));
    assert_eq!((table.len(), table.roles().len()), (1 << 28, 2), "unchanged");

    let grants: Vec<_> = table.grants(last).unwrap().collect();
    assert_eq!(grants, [Grant { role: Role::any(), actions: Action::Read.into() }]);
    let granting = table.lists_granting(Action::Read, &Role::any());
    assert_eq!(granting.collect::<Vec<_>>(), [last]);

    let column: AclColumn = [before, last, before, last].into_iter().collect();
    column.internal_validate().unwrap();
    let ann = Principal::parse_roles(["user:ann"]).unwrap();
    let both = Principal::parse_roles(["user:ann", "any"]).unwrap();
    for (principal, expected) in [
        (Principal::guest(), vec![1, 3]),
        (ann, vec![0, 2]),
        (both, vec![0, 1, 2, 3]),
        (Principal::parse_roles(["user:bob"]).unwrap(), vec![]),
        (Principal::key_with_bypass(), vec![0, 1, 2, 3]),
    ] {
        let visibility = table.resolve(&principal, Action::Read);
        visibility.internal_validate().unwrap();
        let seen: Vec<usize> = visibility.filter(&column).iter().collect();
        assert_eq!(seen, expected, "{principal:?}");
        assert_eq!(visibility.allows(last), expected.contains(&1), "{principal:?}");
    }
}

#[test]
fn last_role_and_list_numbers_fit_beside_every_action() {
    assert_eq!((GrantBits::MAX_ROLES, postings::MAX_LISTS), (1 << 28, 1 << 28));
    for actions in [ActionSet::from(Action::Read), ActionSet::WRITE] {
        let grant = GrantBits::new(GrantBits::MAX_ROLES - 1, actions);
        assert_eq!((grant.role(), grant.actions()), (GrantBits::MAX_ROLES - 1, actions));
        let mut postings = Postings::default();
        postings.push(postings::MAX_LISTS - 1, actions);
        let granting = |action| postings.lists(action).collect::<Vec<_>>();
        for action in Action::ALL {
            let expected = actions.contains(action).then_some(postings::MAX_LISTS - 1);
            assert_eq!(granting(action), Vec::from_iter(expected));
        }
    }
}

/// A table refuses lists and roles that it cannot number, even if the limits allow them.
#[test]
fn limits_are_capped_at_what_the_representation_numbers() {
    let most = AclLimits { lists: u32::MAX, roles: u32::MAX, ..AclLimits::default() };
    assert_eq!(AclTable::with_limits(most).limits, AclLimits::MAX);
    assert_eq!(check(u32::MAX as usize, u32::MAX, Limited::RoleBytes), Ok(()));
    assert!(check(u32::MAX as usize + 1, u32::MAX, Limited::RoleBytes).is_err());
    const {
        assert!(
            AclLimits::MAX.lists < AclColumn::FOREIGN,
            "no list has the number of a foreign id"
        );
    };
}

/// Returns the number of lists that the hash table compares, summed over all lists.
fn compared(table: &AclTable) -> usize {
    let mut compared = 0;
    for list in 0..to_u32(table.len()) {
        let hash = hash_of(&table.hasher, slice_at(&table.grants, &table.ends, list));
        table.lists.find(hash, |_| {
            compared += 1;
            false
        });
    }
    compared
}

/// Each list names two roles. The 256 lists were chosen to collide in a table with a known seed.
#[test]
fn colliding_lists_are_distinguished_and_do_not_slow_another_table() {
    const ROLES: u32 = 8_000;
    const CHOSEN: usize = 256;
    let permission = |role: u32| format!("read(\"user:u{role}\")");
    let with_roles = || {
        let mut table = AclTable::new();
        table.insert((0..ROLES).map(permission)).unwrap();
        table
    };
    let mut known = with_roles();
    let seen = |pair: &[u32; 2]| {
        let grants = pair.map(|role| GrantBits::new(role, Action::Read.into()));
        let hash = hash_of(&known.hasher, &grants);
        // The bucket of 512, and the seven bits that are compared before the lists.
        (hash % 512, hash >> 57)
    };
    let pairs = (0..ROLES).flat_map(|one| (one + 1..ROLES).map(move |other| [one, other]));
    let wanted = seen(&[0, 1]);
    let chosen: Vec<[u32; 2]> = pairs.filter(|pair| seen(pair) == wanted).take(CHOSEN).collect();
    assert_eq!(chosen.len(), CHOSEN);

    let fill = |table: &mut AclTable| -> Vec<AclId> {
        let ids = chosen.iter().map(|pair| table.insert(pair.map(permission)).unwrap()).collect();
        table.internal_validate().unwrap();
        ids
    };
    let ids = fill(&mut known);
    assert!(compared(&known) >= CHOSEN * CHOSEN, "the lists collide");
    assert_eq!(fill(&mut known), ids, "each list is found again");
    for (pair, id) in chosen.iter().zip(&ids) {
        let roles = pair.map(|role| Role::user(&format!("u{role}")).unwrap());
        let granted: Vec<_> = known.grants(*id).unwrap().map(|grant| grant.role).collect();
        assert_eq!(granted, roles);
    }
    for _ in 0..5 {
        let mut other = with_roles();
        fill(&mut other);
        assert!(compared(&other) < 3 * CHOSEN, "{} comparisons", compared(&other));
    }
}

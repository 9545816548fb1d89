//! Properties of decisions: every evaluator agrees with the oracle, and the verdict obeys its laws.

use proptest::collection::vec;
use proptest::prelude::*;
use rolegate::{AclColumn, AclTable, Action, Principal, Role};

use crate::support::oracle;
use crate::support::strategies::{action, principal_roles, small_role, stored_list};

type List = Vec<String>;

fn texts(strings: &[String]) -> Vec<&str> {
    strings.iter().map(String::as_str).collect()
}

fn holder(roles: &[String]) -> Principal {
    Principal::parse_roles(roles).unwrap()
}

/// Returns the verdict of the oracle on each list.
fn expected(roles: &[String], action: Action, lists: &[List]) -> Vec<bool> {
    let roles = texts(roles);
    lists.iter().map(|list| oracle::allows(&roles, action, &texts(list))).collect()
}

/// Returns the verdict of the library on each list. All evaluators must agree.
fn verdicts(
    principal: &Principal,
    action: Action,
    lists: &[List],
) -> Result<Vec<bool>, TestCaseError> {
    let can: Vec<bool> = lists.iter().map(|list| principal.can(action, list)).collect();

    let matcher = principal.matcher(action);
    let by_string: Vec<bool> = lists.iter().map(|list| matcher.allows(list)).collect();
    prop_assert_eq!(&by_string, &can, "matcher");
    let kept: Vec<&List> = matcher.filter(lists, |list| list).collect();
    let visible: Vec<&List> =
        lists.iter().zip(&can).filter(|(_, can)| **can).map(|(list, _)| list).collect();
    prop_assert_eq!(kept, visible, "matcher's filter");

    let explained = lists.iter().map(|list| principal.explain(action, list).allowed);
    prop_assert_eq!(explained.collect::<Vec<_>>(), &*can, "explanation");

    let mut table = AclTable::new();
    let ids: Vec<_> = lists.iter().map(|list| table.insert_lenient(list).unwrap().0).collect();
    let visibility = table.resolve(principal, action);
    prop_assert_eq!(table.internal_validate(), Ok(()));
    prop_assert_eq!(visibility.internal_validate(), Ok(()));
    let allowed = ids.iter().map(|&id| visibility.allows(id));
    prop_assert_eq!(allowed.collect::<Vec<_>>(), &*can, "visibility");
    let column: AclColumn = ids.iter().copied().collect();
    let selection = visibility.filter(&column);
    let filtered = (0..lists.len()).map(|position| selection.contains(position));
    prop_assert_eq!(filtered.collect::<Vec<_>>(), &*can, "filter");
    Ok(can)
}

fn lists() -> impl Strategy<Value = Vec<List>> {
    vec(stored_list(), 0..6)
}

proptest! {
    #[test]
    fn every_evaluator_on_stored_lists_agrees_with_oracle(
        roles in principal_roles(),
        lists in lists(),
    ) {
        let principal = holder(&roles);
        for action in Action::ALL {
            let verdicts = verdicts(&principal, action, &lists)?;
            prop_assert_eq!(verdicts, expected(&roles, action, &lists), "{}", action);
        }
    }

    #[test]
    fn key_with_bypass_sees_every_list(action in action(), lists in lists()) {
        let verdicts = verdicts(&Principal::key_with_bypass(), action, &lists)?;
        prop_assert!(verdicts.iter().all(|&seen| seen));
    }

    #[test]
    fn guest_sees_only_grants_to_any_and_guests(action in action(), lists in lists()) {
        let given = |text: &String| text.ends_with("(\"any\")") || text.ends_with("(\"guests\")");
        let only: Vec<List> = lists
            .iter()
            .map(|list| list.iter().filter(|text| given(text)).cloned().collect())
            .collect();
        let seen = verdicts(&Principal::guest(), action, &lists)?;
        prop_assert_eq!(&seen, &verdicts(&Principal::guest(), action, &only)?);
        prop_assert_eq!(seen, expected(&["any".into(), "guests".into()], action, &only));
    }

    #[test]
    fn write_grants_create_update_delete_and_not_read(roles in principal_roles(), role in small_role()) {
        let lists = [vec![format!("write(\"{role}\")")]];
        let principal = holder(&roles);
        let holds = roles.iter().any(|held| held == role);
        for action in [Action::Create, Action::Update, Action::Delete] {
            prop_assert_eq!(verdicts(&principal, action, &lists)?, [holds], "{}", action);
        }
        prop_assert_eq!(verdicts(&principal, Action::Read, &lists)?, [false]);
    }

    #[test]
    fn list_reordered_and_repeated_has_the_same_id_and_verdict(
        roles in principal_roles(),
        action in action(),
        (list, other) in stored_list().prop_flat_map(|list| {
            let twice = list.iter().chain(&list).cloned().collect::<Vec<_>>();
            (Just(list), Just(twice).prop_shuffle())
        }),
    ) {
        let mut table = AclTable::new();
        let one = table.insert_lenient(&list).unwrap().0;
        prop_assert_eq!(table.insert_lenient(&other).unwrap().0, one);
        prop_assert_eq!(table.len(), 1);
        let seen = verdicts(&holder(&roles), action, &[list, other])?;
        prop_assert_eq!(seen[0], seen[1]);

        let reversed: List = roles.iter().rev().chain(&roles).cloned().collect();
        prop_assert_eq!(holder(&reversed), holder(&roles));
    }

    #[test]
    fn principal_with_another_role_sees_no_less(
        roles in principal_roles(),
        more in small_role(),
        action in action(),
        lists in lists(),
    ) {
        let before = verdicts(&holder(&roles), action, &lists)?;
        let roles: List = roles.into_iter().chain([more.to_owned()]).collect();
        let after = verdicts(&holder(&roles), action, &lists)?;
        for (before, after) in before.into_iter().zip(after) {
            prop_assert!(after || !before);
        }
    }

    #[test]
    fn list_with_more_permissions_hides_no_more(
        roles in principal_roles(),
        action in action(),
        (list, more) in (stored_list(), stored_list()),
    ) {
        let longer: List = more.iter().chain(&list).cloned().collect();
        let seen = verdicts(&holder(&roles), action, &[list, more, longer])?;
        prop_assert_eq!(seen[2], seen[0] || seen[1]);
    }

    #[test]
    fn principal_with_the_roles_of_two_sees_what_either_sees(
        (one, other) in (principal_roles(), principal_roles()),
        action in action(),
        lists in lists(),
    ) {
        let both: List = one.iter().chain(&other).cloned().collect();
        let seen_by = |roles: &List| verdicts(&holder(roles), action, &lists);
        let (one, other, both) = (seen_by(&one)?, seen_by(&other)?, seen_by(&both)?);
        let either: Vec<bool> = one.iter().zip(&other).map(|(one, other)| *one || *other).collect();
        prop_assert_eq!(both, either);
    }

    #[test]
    fn permission_for_a_role_is_granted_to_its_holders_only(roles in principal_roles(), role in small_role()) {
        let principal = holder(&roles);
        let held = roles.iter().any(|held| held == role);
        prop_assert_eq!(principal.has_role(&Role::parse(role).unwrap()), held);
        let seen = verdicts(&principal, Action::Read, &[vec![format!("read(\"{role}\")")]])?;
        prop_assert_eq!(seen, [held]);
    }
}

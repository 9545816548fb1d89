//! Properties of the language: a permission has one spelling, and no other text is a permission.

use proptest::prelude::*;
use proptest::sample::subsequence;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rolegate::{Action, ActionSet, Permission, Role, RoleKind, Verification};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::support::{language, recogniser, strategies};

/// Prints a value as JSON, and parses it again.
fn through_json<T: Serialize + DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

/// Creates a role from the parts of another.
fn rebuilt(role: &Role<'_>) -> Role<'static> {
    match role.kind() {
        RoleKind::Any => Role::any(),
        RoleKind::Guests => Role::guests(),
        RoleKind::Users { verification: None } => Role::users(),
        RoleKind::Users { verification: Some(verification) } => Role::users_with(verification),
        RoleKind::User { id, verification: None } => Role::user(id).unwrap(),
        RoleKind::User { id, verification: Some(verification) } => {
            Role::user_with(id, verification).unwrap()
        }
        RoleKind::Team { id, role: None } => Role::team(id).unwrap(),
        RoleKind::Team { id, role: Some(role) } => Role::team_role(id, role).unwrap(),
        RoleKind::Member { id } => Role::member(id).unwrap(),
        RoleKind::Label { name } => Role::label(name).unwrap(),
        other => panic!("unknown kind {other:?}"),
    }
}

fn permission_text() -> BoxedStrategy<String> {
    prop_oneof![
        strategies::permission(),
        strategies::near_miss(strategies::permission()),
        strategies::near_miss(strategies::small_permission()),
        strategies::permission_with_edges(),
        any::<String>(),
    ]
    .boxed()
}

fn role_text() -> BoxedStrategy<String> {
    prop_oneof![
        strategies::role(),
        strategies::near_miss(strategies::role()),
        strategies::role_with_edges(),
        strategies::part_with_edges(),
        any::<String>(),
    ]
    .boxed()
}

fn action_set_text() -> BoxedStrategy<String> {
    let names = prop_oneof![9 => strategies::verb(), 1 => Just("none"), 1 => Just("")];
    let set = proptest::collection::vec(names, 1..5).prop_map(|names| names.join(",")).boxed();
    prop_oneof![set.clone(), strategies::near_miss(set)].boxed()
}

proptest! {
    // Parsing takes microseconds, and a wrong border can be in one of a hundred places.
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn permission_text_is_accepted_as_by_the_recogniser(text in permission_text()) {
        prop_assert_eq!(Permission::parse(&text).is_ok(), recogniser::is_permission(&text));
        language::check(&text);
    }

    #[test]
    fn role_text_is_accepted_as_by_the_recogniser(text in role_text()) {
        prop_assert_eq!(Role::parse(&text).is_ok(), recogniser::is_role(&text));
        language::check(&text);
    }

    #[test]
    fn role_of_parts_is_accepted_if_each_part_is(
        id in strategies::part_with_edges(),
        role in strategies::part_with_edges(),
    ) {
        let is_id = recogniser::is_id(&id);
        prop_assert_eq!(Role::user(&id).is_ok(), is_id);
        prop_assert_eq!(Role::user_with(&id, Verification::Verified).is_ok(), is_id);
        prop_assert_eq!(Role::team(&id).is_ok(), is_id);
        prop_assert_eq!(Role::member(&id).is_ok(), is_id);
        prop_assert_eq!(Role::label(&id).is_ok(), recogniser::is_label(&id));
        let both = is_id && recogniser::is_team_role(&role);
        prop_assert_eq!(Role::team_role(&id, &role).is_ok(), both);
    }

    #[test]
    fn action_and_set_texts_are_accepted_as_by_the_recogniser(
        text in action_set_text(),
    ) {
        prop_assert_eq!(Action::parse(&text).is_ok(), recogniser::is_action(&text));
        prop_assert_eq!(ActionSet::parse(&text).is_ok(), recogniser::is_action_set(&text));
    }
}

proptest! {
    #[test]
    fn permission_parsed_and_printed_is_unchanged(text in strategies::permission()) {
        let permission = Permission::parse(&text).unwrap();
        prop_assert_eq!(permission.to_string(), &*text);
        prop_assert_eq!(&through_json(&permission.clone().into_owned()), &permission);
        prop_assert_eq!(serde_json::to_value(&permission).unwrap(), text.as_str());

        let (verb, role) = recogniser::split_permission(&text).unwrap();
        prop_assert_eq!(permission.actions(), ActionSet::parse(verb).unwrap());
        prop_assert_eq!(permission.role(), Role::parse(role).unwrap());
    }

    #[test]
    fn role_parsed_and_printed_is_unchanged_and_equals_its_parts(text in strategies::role()) {
        let role = Role::parse(&text).unwrap();
        prop_assert_eq!(role.to_string(), &*text);
        prop_assert_eq!(&through_json(&role.clone().into_owned()), &role);
        prop_assert_eq!(serde_json::to_value(&role).unwrap(), text.as_str());
        prop_assert_eq!(&rebuilt(&role), &role);
    }

    #[test]
    fn permission_of_action_and_role_is_parsed_back(
        action in strategies::action(),
        text in strategies::role(),
    ) {
        let role = Role::parse(&text).unwrap();
        let permission = Permission::new(action, &role);
        prop_assert_eq!(&Permission::parse(permission.as_str()).unwrap(), &permission);
        prop_assert_eq!(permission.actions(), ActionSet::from(action));
        prop_assert_eq!(permission.role(), role.clone());
        prop_assert_eq!(Permission::write(&role).actions(), ActionSet::WRITE);
    }

    #[test]
    fn action_set_printed_and_parsed_is_unchanged(actions in subsequence(Action::ALL.to_vec(), 0..=4)) {
        let set: ActionSet = actions.iter().copied().collect();
        prop_assert_eq!(ActionSet::parse(&set.to_string()).unwrap(), set);
        prop_assert_eq!(through_json(&set), set);
        prop_assert_eq!(set.iter().collect::<Vec<_>>(), &*actions);
        for action in Action::ALL {
            prop_assert_eq!(set.contains(action), actions.contains(&action));
            prop_assert_eq!(Action::parse(action.as_str()).unwrap(), action);
            prop_assert_eq!(through_json(&action), action);
        }
    }

    #[test]
    fn malformed_permission_in_json_is_refused(
        text in strategies::near_miss(strategies::permission()),
    ) {
        let json = serde_json::to_string(&text).unwrap();
        let read = serde_json::from_str::<Permission<'_>>(&json);
        prop_assert_eq!(read.is_ok(), recogniser::is_permission(&text));
        let read = serde_json::from_str::<Role<'_>>(&json);
        prop_assert_eq!(read.is_ok(), recogniser::is_role(&text));
    }
}

/// If nearly all texts were refused, or nearly all accepted, the comparison would be a weak test.
#[test]
fn text_strategies_yield_accepted_and_refused_texts_often() {
    fn accepted(texts: impl Strategy<Value = String>, is: fn(&str) -> bool) -> usize {
        let mut runner = TestRunner::deterministic();
        let texts = (0..1000).map(|_| texts.new_tree(&mut runner).unwrap().current());
        texts.filter(|text| is(text)).count()
    }
    let counts = [
        accepted(permission_text(), recogniser::is_permission),
        accepted(strategies::near_miss(strategies::permission()), recogniser::is_permission),
        accepted(strategies::permission_with_edges(), recogniser::is_permission),
        accepted(role_text(), recogniser::is_role),
        accepted(action_set_text(), recogniser::is_action_set),
    ];
    assert!(counts.iter().all(|count| (50..950).contains(count)), "of 1000 each: {counts:?}");
}

/// Tries every pair of the sixteen sets.
#[test]
fn action_sets_combined_pairwise_behave_as_sets() {
    let sets = || {
        (0..16_u32).map(|bits| {
            let among = |(at, _): &(usize, Action)| bits >> at & 1 != 0;
            Action::ALL.into_iter().enumerate().filter(among).map(|(_, action)| action).collect()
        })
    };
    for one in sets() {
        let one: ActionSet = one;
        for other in sets() {
            let other: ActionSet = other;
            let (either, both) = (one.union(other), one.intersection(other));
            for action in Action::ALL {
                let (in_one, in_other) = (one.contains(action), other.contains(action));
                assert_eq!(either.contains(action), in_one || in_other, "{one} and {other}");
                assert_eq!(both.contains(action), in_one && in_other, "{one} and {other}");
            }
            assert_eq!(both.is_empty(), both == ActionSet::NONE, "{one} and {other}");
        }
    }
}

//! Texts do not depend on roles, and values hold all roles.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use rolegate::query::sql::{Bind, Dialect, Fragment};
use rolegate::query::{Plan, elasticsearch, mongodb, qdrant};
use rolegate::{Action, Principal, Role};
use serde_json::{Value, json};

use super::layouts;
use crate::support::strategies;

fn principal(roles: &[String]) -> Principal {
    Principal::from_roles(roles.iter().filter_map(|role| Role::parse(role).ok()))
}

/// Returns the texts of the one value with several texts. Other values are one text each.
fn texts(fragment: &Fragment) -> BTreeSet<String> {
    let lists = fragment.binds().iter().filter_map(|bind| match bind {
        Bind::TextArray(texts) => Some(texts.clone()),
        Bind::Text(text) => serde_json::from_str::<Vec<String>>(text).ok(),
    });
    let lists: BTreeSet<Vec<String>> = lists.collect();
    assert_eq!(lists.len(), 1, "{:?}", fragment.binds());
    lists.into_iter().flatten().collect()
}

/// Returns the permissions that a filter must name.
fn permissions(roles: &[Role<'_>], action: Action) -> BTreeSet<String> {
    let verbs = if action == Action::Read { vec!["read"] } else { vec![action.as_str(), "write"] };
    roles
        .iter()
        .flat_map(|role| verbs.iter().map(move |verb| format!("{verb}(\"{role}\")")))
        .collect()
}

proptest! {
    #[test]
    fn condition_for_any_roles_has_the_text_for_one_role(
        roles in vec(strategies::role(), 1..20),
        action in strategies::action(),
        first in 1_usize..5,
    ) {
        let (one, many) = (Principal::parse_roles(["any"]).unwrap(), principal(&roles));
        for dialect in Dialect::ALL {
            for (name, layout) in layouts(dialect) {
                for layout in [layout.clone(), layout.tenant(3)] {
                    let right = layout.condition(&one.plan(action), first);
                    let found = layout.condition(&many.plan(action), first);
                    prop_assert_eq!(found.text(), right.text());
                    prop_assert_eq!(found.next_placeholder(), first + found.binds().len());
                    let by_role = name == "perms" || name == "acl";
                    let expected = if by_role {
                        many.roles().iter().map(ToString::to_string).collect()
                    } else {
                        permissions(many.roles(), action)
                    };
                    prop_assert_eq!(texts(&found), expected, "{} {}", dialect, name);
                }
            }
        }
    }

    #[test]
    fn filter_of_document_stores_names_each_permission(
        roles in vec(strategies::role(), 1..20),
        action in strategies::action(),
    ) {
        let many = principal(&roles);
        let plan = many.plan(action);
        let expected = permissions(many.roles(), action);
        let filters = [
            mongodb::filter(&plan, "f").unwrap()["f"]["$elemMatch"]["$in"].clone(),
            elasticsearch::filter(&plan, "f").unwrap()["terms"]["f"].clone(),
            qdrant::filter(&plan, "f").unwrap()["must"][0]["match"]["any"].clone(),
        ];
        for filter in filters {
            let found: Vec<String> = serde_json::from_value(filter).unwrap();
            prop_assert_eq!(found.len(), expected.len());
            prop_assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected.clone());
        }
    }
}

#[test]
fn condition_of_1000_roles_has_few_values() {
    let roles =
        Principal::parse_roles((0..1_000).map(|number| format!("team:t{number}/owner"))).unwrap();
    for dialect in Dialect::ALL {
        for (name, layout) in layouts(dialect) {
            let condition = layout.tenant(1).condition(&roles.plan(Action::Delete), 1);
            assert!(
                condition.binds().len() <= 3,
                "{dialect} {name}: {} values",
                condition.binds().len()
            );
            assert!(
                condition.text().len() < 2_000,
                "{dialect} {name}: {} bytes",
                condition.text().len()
            );
            let by_role = name == "perms" || name == "acl";
            assert_eq!(
                texts(&condition).len(),
                if by_role { 1_000 } else { 2_000 },
                "{dialect} {name}"
            );
        }
    }
}

#[test]
fn placeholders_are_those_of_the_values() {
    let guest = Principal::guest();
    for dialect in Dialect::ALL {
        for (name, layout) in layouts(dialect) {
            let condition =
                layout.alias("d").unwrap().tenant(9).condition(&guest.plan(Action::Update), 3);
            let sign = match dialect {
                Dialect::Sqlite => '?',
                Dialect::MariaDb => {
                    assert_eq!(
                        condition.text().matches('?').count(),
                        condition.binds().len(),
                        "{name}"
                    );
                    continue;
                }
                _ => '$',
            };
            let numbers: BTreeSet<usize> = condition
                .text()
                .split(sign)
                .skip(1)
                .filter_map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok())
                .collect();
            let expected: BTreeSet<usize> = (3..condition.next_placeholder()).collect();
            assert_eq!(numbers, expected, "{dialect} {name}: {}", condition.text());
        }
    }
}

#[test]
fn everything_and_nothing_have_fixed_filters() {
    assert_eq!(mongodb::filter(&Plan::Everything, "f").unwrap(), json!({}));
    assert_eq!(mongodb::filter(&Plan::Nothing, "f").unwrap(), json!({ "f": { "$in": [] } }));
    assert_eq!(elasticsearch::filter(&Plan::Everything, "f").unwrap(), json!({ "match_all": {} }));
    assert_eq!(elasticsearch::filter(&Plan::Nothing, "f").unwrap(), json!({ "match_none": {} }));
    let nothing: Value = json!({ "must": [{ "key": "f", "match": { "any": [] } }] });
    assert_eq!(qdrant::filter(&Plan::Nothing, "f").unwrap(), nothing);
    assert_eq!(qdrant::filter(&Plan::Everything, "f").unwrap(), json!({ "must": [] }));
}

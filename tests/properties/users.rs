//! Users: the roles that a user document gives are those of the table in the semantics.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use rolegate::{Principal, PrincipalKind, Role, User};
use serde_json::{Map, Value, json};

use crate::support::strategies::{id, label, part_with_edges};
use crate::support::users::{self, Who};

/// Ids that somebody might choose in order to be taken for somebody else.
const HOSTILE: [&str; 16] = [
    "",
    "0",
    "00",
    "a/verified",
    "t/owner",
    "t:owner",
    "user:a",
    "any",
    "users",
    "a b",
    "é",
    "_a",
    "a\")",
    "*",
    "a/",
    "/",
];

/// An id or a label: good, hostile, or at an edge of what one may be.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(vec!["a", "b", "t", "owner", "m1"]).prop_map(str::to_owned),
        3 => select(HOSTILE.to_vec()).prop_map(str::to_owned),
        1 => id(),
        1 => label(),
        1 => part_with_edges(),
    ]
}

/// A field that may be missing or null: no entry, or one.
fn field<T: Into<Value> + 'static>(
    name: &'static str,
    values: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Option<(String, Value)>> {
    prop_oneof![
        1 => Just(None),
        1 => Just(Some((name.to_owned(), Value::Null))),
        6 => values.prop_map(move |value| Some((name.to_owned(), value.into()))),
    ]
    .boxed()
}

fn object(fields: Vec<BoxedStrategy<Option<(String, Value)>>>) -> impl Strategy<Value = Value> {
    fields.prop_map(|fields| fields.into_iter().flatten().collect::<Map<_, _>>().into())
}

fn membership() -> impl Strategy<Value = Value> {
    object(vec![
        field("$id", value()),
        field("teamId", value()),
        field("confirm", prop_oneof![3 => Just(true), 1 => Just(false)]),
        field("roles", vec(value(), 0..3)),
        field("joined", value()),
    ])
}

fn user() -> impl Strategy<Value = Value> {
    object(vec![
        field("$id", value()),
        field("emailVerification", any::<bool>()),
        field("phoneVerification", any::<bool>()),
        field("status", prop_oneof![9 => Just(true), 1 => Just(false)]),
        field("labels", vec(value(), 0..3)),
        field("memberships", vec(membership(), 0..4)),
        field("sessions", vec(object(vec![field("$id", value()), field("expire", value())]), 0..2)),
        field("prefs", value()),
    ])
}

/// What the library makes of a user document.
fn ours(document: &Value) -> (Who, Option<Principal>) {
    let user: User = serde_json::from_value(document.clone()).unwrap();
    let Ok(principal) = Principal::user(&user) else { return (Who::Blocked, None) };
    let roles: BTreeSet<String> = principal.roles().iter().map(Role::to_string).collect();
    let who = match principal.kind() {
        PrincipalKind::Guest => Who::Guest,
        _ => Who::User(roles),
    };
    (who, Some(principal))
}

proptest! {
    // A document has a dozen fields, and the mistakes are in their combinations.
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn a_user_has_the_roles_of_the_table(document in user()) {
        let (who, principal) = ours(&document);
        prop_assert_eq!(who, users::who(&document));
        let Some(principal) = principal else { return Ok(()) };

        let distinct: BTreeSet<_> = principal.roles().iter().collect();
        prop_assert_eq!(distinct.len(), principal.roles().len());
        prop_assert!(principal.roles().is_sorted());
        prop_assert!(!principal.bypasses_permissions());
        let is_user = *principal.kind() != PrincipalKind::Guest;
        prop_assert_eq!(principal.user_id(), document["$id"].as_str().filter(|_| is_user));
        if !is_user {
            prop_assert_eq!(principal, Principal::guest());
        }
    }

    #[test]
    fn nothing_unconfirmed_counts(document in user()) {
        let mut less = document.clone();
        if let Some(memberships) = less["memberships"].as_array_mut() {
            memberships.retain(|membership| membership["confirm"] == true);
        }
        prop_assert_eq!(ours(&document), ours(&less));
    }

    #[test]
    fn whoever_is_in_no_team_has_no_role_of_one(mut document in user()) {
        document["memberships"] = json!([]);
        if let (Who::User(roles), _) = ours(&document) {
            let of_teams = |role: &String| role.starts_with("team:") || role.starts_with("member:");
            prop_assert!(!roles.iter().any(of_teams), "{:?}", roles);
        }
    }

    #[test]
    fn a_user_is_read_as_it_was_printed(document in user()) {
        let user: User = serde_json::from_value(document).unwrap();
        let again: User = serde_json::from_value(serde_json::to_value(&user).unwrap()).unwrap();
        prop_assert_eq!(again, user);
    }

    #[test]
    fn a_field_of_another_type_is_an_error(
        mut document in user(),
        (name, wrong) in select(vec![
            ("$id", json!(1)),
            ("emailVerification", json!("true")),
            ("phoneVerification", json!(1)),
            ("status", json!("false")),
            ("labels", json!("vip")),
            ("memberships", json!({})),
            ("memberships", json!([{ "$id": "m", "teamId": "t", "confirm": "yes" }])),
            ("memberships", json!([{ "$id": "m", "teamId": ["t"], "confirm": true }])),
        ]),
    ) {
        document[name] = wrong;
        prop_assert!(serde_json::from_value::<User>(document).is_err());
    }
}

#[test]
fn an_array_is_not_taken_for_an_object() {
    for text in [
        r#"["a"]"#,
        r#"{"$id": "a", "memberships": [["m", "t", true, ["owner"]]]}"#,
        r#"{"$id": "a", "sessions": [["s"]]}"#,
    ] {
        assert!(serde_json::from_str::<User>(text).is_err(), "{text}");
    }
}

//! Users: a user document gives the roles of the table in the semantics, and names the values that
//! give none.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use rolegate::principal::{SkippedRole, SkippedRoleReason};
use rolegate::{ParseError, Principal, PrincipalKind, Role, User};
use serde_json::{Map, Value, json};

use crate::support::strategies::{id, label, part_with_edges};
use crate::support::users::{self, Who};

/// Ids that an attacker might choose to get the roles of another user.
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

/// Generates an id or a label: valid, hostile, or at a limit of the grammar.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(vec!["a", "b", "t", "owner", "m1"]).prop_map(str::to_owned),
        3 => select(HOSTILE.to_vec()).prop_map(str::to_owned),
        1 => id(),
        1 => label(),
        1 => part_with_edges(),
    ]
}

/// Generates a field that may be absent or `null`.
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

/// Returns the principal that the library creates from a user document.
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
    // A document has a dozen fields, and mistakes hide in their combinations.
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn user_any_document_has_the_roles_of_the_table(document in user()) {
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
    fn skipped_roles_any_document_name_each_value_without_role(document in user()) {
        let user: User = serde_json::from_value(document.clone()).unwrap();
        let skipped = user.skipped_roles();
        let paths: Vec<String> = skipped.iter().map(SkippedRole::path).collect();
        prop_assert_eq!(paths, users::skipped(&document));
        for skipped in &skipped {
            let printed = skipped.to_string();
            prop_assert!(printed.starts_with(&skipped.path()), "{}", printed);
            prop_assert!(printed.len() < 800 && printed.is_ascii(), "{}", printed);
        }
    }

    #[test]
    fn membership_unconfirmed_gives_no_role(document in user()) {
        let mut less = document.clone();
        if let Some(memberships) = less["memberships"].as_array_mut() {
            memberships.retain(|membership| membership["confirm"] == true);
        }
        prop_assert_eq!(ours(&document), ours(&less));
    }

    #[test]
    fn user_without_memberships_has_no_role_of_a_team(mut document in user()) {
        document["memberships"] = json!([]);
        if let (Who::User(roles), _) = ours(&document) {
            let of_teams = |role: &String| role.starts_with("team:") || role.starts_with("member:");
            prop_assert!(!roles.iter().any(of_teams), "{:?}", roles);
        }
    }

    #[test]
    fn user_written_as_json_is_read_back_unchanged(document in user()) {
        let user: User = serde_json::from_value(document).unwrap();
        let again: User = serde_json::from_value(serde_json::to_value(&user).unwrap()).unwrap();
        prop_assert_eq!(again, user);
    }

    #[test]
    fn user_field_of_another_type_is_refused(
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
fn user_json_array_instead_of_object_is_refused() {
    for text in [
        r#"["a"]"#,
        r#"{"$id": "a", "memberships": [["m", "t", true, ["owner"]]]}"#,
        r#"{"$id": "a", "sessions": [["s"]]}"#,
    ] {
        assert!(serde_json::from_str::<User>(text).is_err(), "{text}");
    }
}

fn roles_of(json: &str) -> Vec<String> {
    let user: User = serde_json::from_str(json).unwrap();
    let principal = Principal::user(&user).unwrap();
    let of_teams = |role: &&Role<'_>| role.as_str().starts_with(['t', 'm']);
    principal.roles().iter().filter(of_teams).map(Role::to_string).collect()
}

/// Appwrite's rule: with an absent or `null` field, the membership gives no role. An empty field gives no role
/// itself, and the other fields still give theirs.
#[test]
fn membership_with_absent_or_empty_parts_gives_the_other_roles() {
    let all = ["member:m", "team:t", "team:t/owner"];
    for (fields, expected) in [
        (r#""$id": "m", "teamId": "t""#, &all[..]),
        (r#""$id": "m", "teamId": """#, &all[..1]),
        (r#""$id": "m", "teamId": "0""#, &all[..1]),
        (r#""$id": "m", "teamId": "a b""#, &all[..1]),
        (r#""$id": "m", "teamId": "t/owner""#, &all[..1]),
        (r#""$id": "", "teamId": "t""#, &all[1..]),
        (r#""$id": "0", "teamId": "t""#, &all[1..]),
        (r#""$id": "m/", "teamId": "t""#, &all[1..]),
        (r#""$id": "", "teamId": """#, &[]),
        (r#""$id": "m""#, &[]),
        (r#""teamId": "t""#, &[]),
        (r#""$id": "m", "teamId": null"#, &[]),
        (r#""$id": null, "teamId": "t""#, &[]),
        (r#""$id": "m", "team_id": "t""#, &[]),
    ] {
        let membership = format!(r#"{{{fields}, "confirm": true, "roles": ["owner"]}}"#);
        let json = format!(r#"{{"$id": "u", "memberships": [{membership}]}}"#);
        assert_eq!(roles_of(&json), expected, "{fields}");
    }
    let unconfirmed = r#"{"$id": "m", "teamId": "t", "roles": ["owner"]}"#;
    for confirm in ["", r#", "confirm": false"#, r#", "confirm": null"#] {
        let membership = unconfirmed.replace('}', &format!("{confirm}}}"));
        let json = format!(r#"{{"$id": "u", "memberships": [{membership}]}}"#);
        assert_eq!(roles_of(&json), [""; 0], "{membership}");
    }
}

#[test]
fn skipped_roles_print_path_value_and_reason() {
    let user: User = serde_json::from_value(json!({
        "$id": "u/verified",
        "labels": ["vip", "super-admin", ""],
        "memberships": [
            {"$id": "m1", "teamId": "t1", "confirm": false, "roles": ["owner"]},
            {"teamId": "t2", "confirm": true},
            {"$id": "m3", "team_id": "t3", "confirm": true},
            {"$id": "m4", "teamId": "t4", "confirm": true, "roles": ["owner", "project manager"]},
            {"$id": "0", "teamId": "t 5", "confirm": true, "roles": ["owner"]},
        ],
    }))
    .unwrap();
    let skipped = user.skipped_roles();
    let printed: Vec<String> = skipped.iter().map(ToString::to_string).collect();
    let malformed =
        |path: &str, value: &str, of: &str, error: Result<Role<'static>, ParseError>| {
            format!("{path} {value}gives no role{of}: {}", error.unwrap_err())
        };
    assert_eq!(
        printed,
        [
            malformed("$id", "`u/verified` ", "", Role::user("u/verified")),
            malformed("labels[1]", "`super-admin` ", "", Role::label("super-admin")),
            malformed("labels[2]", "", "", Role::label("")),
            "memberships[0] `m1` gives no role: it is not confirmed".into(),
            "memberships[1].$id is missing: the membership gives no role".into(),
            "memberships[2].teamId is missing: the membership gives no role".into(),
            malformed(
                "memberships[3].roles[1]",
                "`project manager` ",
                "",
                Role::team_role("t4", "project manager")
            ),
            malformed("memberships[4].$id", "`0` ", "", Role::member("0")),
            malformed("memberships[4].teamId", "`t 5` ", " of a team", Role::team("t 5")),
        ]
    );
    assert_eq!(skipped[1].value(), "super-admin");
    assert!(matches!(skipped[1].reason(), SkippedRoleReason::Malformed(_)));
    assert_eq!(skipped[3].reason(), &SkippedRoleReason::NotConfirmed);
    assert_eq!(skipped[4].reason(), &SkippedRoleReason::MissingField);

    let guest: User = serde_json::from_str(r#"{"$id": "0", "labels": ["vip"]}"#).unwrap();
    let printed: Vec<String> = guest.skipped_roles().iter().map(ToString::to_string).collect();
    assert_eq!(printed, ["$id `0` is no id: the user is a guest"]);
    let long = User::new("é".repeat(1000)).skipped_roles()[0].to_string();
    assert!(long.contains("\\u{e9}...` gives no role") && long.len() < 400, "{long}");
}

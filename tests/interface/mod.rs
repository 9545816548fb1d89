//! What a host relies on beside the answers: the example, and what can be done with the types.

#[path = "../../examples/birthdays.rs"]
#[allow(dead_code, reason = "main is for the example")]
mod birthdays;
mod printed;
mod refusals;

use rolegate::{
    AclColumn, AclId, AclTable, Action, Collection, DocumentIndex, Explanation, InsertError,
    MAX_ID_LEN, MAX_PERMISSION_LEN, MAX_ROLE_LEN, MAX_TEAM_ROLE_LEN, Matcher, Membership,
    ParseError, Permission, Principal, Role, Selection, User, Visibility,
};

#[test]
fn the_example_shows_one_birthday_to_the_user_and_three_to_the_key() {
    let mut out = Vec::new();
    birthdays::show(&mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let (user, rest) = text.split_once("What a project key sees:").unwrap();
    let (key, reasons) = rest.split_once("\n\n").unwrap();

    let user: serde_json::Value =
        serde_json::from_str(user.strip_prefix("What user-a sees:").unwrap()).unwrap();
    assert_eq!(user["total"], 1);
    assert_eq!(user["documents"][0]["name"], "Kevin");
    let key: serde_json::Value = serde_json::from_str(key).unwrap();
    assert_eq!(key["total"], 3);
    let names: Vec<_> = key["documents"].as_array().unwrap().iter().map(|d| &d["name"]).collect();
    assert_eq!(names, ["Kevin", "Laura", "Bob"]);
    assert_eq!(
        reasons.lines().collect::<Vec<_>>(),
        [
            "Kevin: read allowed: the document grants read(\"user:user-a\")",
            "Laura: read denied: it needs user:user-b",
            "Bob: read denied: it needs user:user-c",
        ]
    );
}

#[test]
fn everything_can_be_shared_among_threads() {
    fn shared<T: Send + Sync + Unpin + 'static>() {}
    shared::<AclColumn>();
    shared::<AclTable>();
    shared::<Collection>();
    shared::<DocumentIndex<String>>();
    shared::<Explanation>();
    shared::<InsertError>();
    shared::<Matcher>();
    shared::<ParseError>();
    shared::<Permission<'static>>();
    shared::<Principal>();
    shared::<Selection>();
    shared::<User>();
    shared::<Visibility>();
}

#[test]
fn what_is_passed_around_is_small() {
    assert_eq!(size_of::<AclId>(), 8);
    assert_eq!(size_of::<ParseError>(), 8);
    assert_eq!(size_of::<Result<AclId, ParseError>>(), 16);
    assert_eq!(size_of::<Role<'_>>(), 24);
    assert_eq!(size_of::<Permission<'_>>(), 24);
}

#[test]
fn a_role_is_a_text_wherever_one_is_asked_for() {
    let role = Role::team_role("t", "owner").unwrap();
    let text: &str = role.as_ref();
    assert_eq!(text, "team:t/owner");
}

#[test]
fn a_batch_without_documents_is_empty_and_one_with_none_selected_is_not() {
    assert!(Selection::new().is_empty());
    assert!(![false].into_iter().collect::<Selection>().is_empty());
}

#[test]
fn every_document_is_visible_only_where_permissions_are_bypassed() {
    let mut table = AclTable::new();
    table.insert(["read(\"any\")"]).unwrap();
    assert!(!table.resolve(&Principal::guest(), Action::Read).is_every_document());
    let everything = table.resolve(&Principal::key_with_bypass(), Action::Read);
    assert!(everything.is_every_document());
    assert!(!everything.is_none());
}

#[test]
fn a_confirmed_membership_gives_its_team_and_its_roles() {
    let mut user = User::new("ann");
    user.memberships.push(Membership::confirmed("m", "t", ["owner"]));
    let principal = Principal::user(&user).unwrap();
    let roles: Vec<&str> = principal.roles().iter().map(Role::as_str).collect();
    for role in ["member:m", "team:t", "team:t/owner"] {
        assert!(roles.contains(&role), "{role} of {roles:?}");
    }
}

#[test]
fn the_longest_role_and_permission_are_as_long_as_it_says() {
    let (id, name) = ("a".repeat(MAX_ID_LEN), "b".repeat(MAX_TEAM_ROLE_LEN));
    assert!(Role::team(&format!("{id}a")).is_err());
    let role = Role::team_role(&id, &name).unwrap();
    assert_eq!(role.as_str().len(), MAX_ROLE_LEN);
    assert!(Role::team_role(&id, &format!("{name}b")).is_err());
    let permission = Permission::new(Action::Update, &role);
    assert_eq!(permission.as_str().len(), MAX_PERMISSION_LEN);
}

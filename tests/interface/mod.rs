//! The public interface: the example, and the properties of the types that a host relies on.

#[path = "../../examples/birthdays.rs"]
#[allow(dead_code, reason = "main is for the example")]
mod birthdays;
mod printed;
mod refusals;

use rolegate::audience::{self, Audience, Buffer, Caller};
use rolegate::index::{DocumentIndex, LoadError};
use rolegate::principal::Membership;
use rolegate::{
    AclColumn, AclId, AclTable, Action, Collection, Explanation, InsertError, Matcher, ParseError,
    Permission, Principal, Role, Selection, User, Visibility,
};

#[test]
fn example_shows_one_birthday_to_user_and_three_to_key() {
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
fn public_types_are_send_and_sync() {
    fn shared<T: Send + Sync + Unpin + 'static>() {}
    shared::<AclColumn>();
    shared::<AclTable>();
    shared::<Audience<u64>>();
    shared::<audience::Error>();
    shared::<Buffer>();
    shared::<Caller>();
    shared::<Collection>();
    shared::<DocumentIndex<String>>();
    shared::<Explanation>();
    shared::<InsertError>();
    shared::<LoadError>();
    shared::<Matcher>();
    shared::<ParseError>();
    shared::<Permission<'static>>();
    shared::<Principal>();
    shared::<Selection>();
    shared::<User>();
    shared::<Visibility>();
}

#[test]
fn ids_errors_and_texts_have_their_documented_size() {
    assert_eq!(size_of::<AclId>(), 8);
    assert_eq!(size_of::<ParseError>(), 8);
    assert_eq!(size_of::<Result<AclId, ParseError>>(), 16);
    assert_eq!(size_of::<Role<'_>>(), 24);
    assert_eq!(size_of::<Permission<'_>>(), 24);
}

#[test]
fn role_is_accepted_where_a_text_is_expected() {
    let role = Role::team_role("t", "owner").unwrap();
    let text: &str = role.as_ref();
    assert_eq!(text, "team:t/owner");
}

#[test]
fn selection_without_selected_documents_is_empty() {
    assert!(Selection::new().is_empty());
    let selection = |items: &[bool]| items.iter().copied().collect::<Selection>();
    assert!(selection(&[false; 65]).is_empty());
    assert!(!selection(&[false, true]).is_empty());
    let mut last = [false; 65];
    last[64] = true;
    assert!(!selection(&last).is_empty());
}

#[test]
fn visibility_is_unrestricted_only_with_bypass() {
    let mut table = AclTable::new();
    table.insert(["read(\"any\")"]).unwrap();
    assert!(!table.resolve(&Principal::guest(), Action::Read).is_unrestricted());
    let everything = table.resolve(&Principal::key_with_bypass(), Action::Read);
    assert!(everything.is_unrestricted());
    assert!(!everything.is_none());
}

#[test]
fn confirmed_membership_gives_team_and_member_roles() {
    let mut user = User::new("ann");
    user.memberships.push(Membership::confirmed("m", "t", ["owner"]));
    let principal = Principal::user(&user).unwrap();
    let roles: Vec<&str> = principal.roles().iter().map(Role::as_str).collect();
    for role in ["member:m", "team:t", "team:t/owner"] {
        assert!(roles.contains(&role), "{role} of {roles:?}");
    }
}

#[test]
fn longest_role_and_permission_have_the_documented_length() {
    assert_eq!((Role::MAX_LEN, Permission::MAX_LEN), (123, 133));
    let (id, name) = ("a".repeat(36), "b".repeat(81));
    assert!(Role::team(&format!("{id}a")).is_err());
    let role = Role::team_role(&id, &name).unwrap();
    assert_eq!(role.as_str().len(), Role::MAX_LEN);
    assert!(Role::team_role(&id, &format!("{name}b")).is_err());
    let permission = Permission::new(Action::Update, &role);
    assert_eq!(permission.as_str().len(), Permission::MAX_LEN);
}

/// A document as hosts write it, with accessors of several shapes.
struct Birthday {
    permissions: Vec<String>,
}

impl Birthday {
    fn as_slice(&self) -> &[String] {
        &self.permissions
    }

    fn as_vec(&self) -> &Vec<String> {
        &self.permissions
    }
}

#[test]
fn matcher_filter_accepts_vectors_slices_and_every_kind_of_closure() {
    let birthdays: Vec<Birthday> = ["read(\"any\")", "read(\"users\")"]
        .map(|permission| Birthday { permissions: vec![permission.to_owned()] })
        .into();
    let matcher = Principal::guest().matcher(Action::Read);
    let references: Vec<&Birthday> = birthdays.iter().collect();
    assert_eq!(matcher.filter(&birthdays, |birthday| &birthday.permissions).count(), 1);
    assert_eq!(matcher.filter(&birthdays, Birthday::as_slice).count(), 1);
    assert_eq!(matcher.filter(&birthdays, Birthday::as_vec).count(), 1);
    assert_eq!(matcher.filter(&birthdays[..], |birthday| birthday.permissions.clone()).count(), 1);
    assert_eq!(matcher.filter(&birthdays, |birthday: &Birthday| &birthday.permissions).count(), 1);
    assert_eq!(matcher.filter(references, |birthday| &birthday.permissions).count(), 1);
    let texts = |birthday: &Birthday| birthday.permissions.clone();
    assert_eq!(matcher.filter(birthdays.iter().rev(), texts).count(), 1);
}

//! What a host relies on beside the answers: the example, and what can be done with the types.

#[path = "../../examples/birthdays.rs"]
#[allow(dead_code, reason = "main is for the example")]
mod birthdays;

use rolegate::{
    AclColumn, AclId, AclTable, Collection, Explanation, InsertError, Matcher, ParseError,
    Permission, Principal, Role, Selection, User, Visibility,
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
            "Kevin: read allowed: by the document's read(\"user:user-a\")",
            "Laura: read denied: it takes user:user-b",
            "Bob: read denied: it takes user:user-c",
        ]
    );
}

#[test]
fn everything_can_be_shared_among_threads() {
    fn shared<T: Send + Sync + Unpin + 'static>() {}
    shared::<AclColumn>();
    shared::<AclTable>();
    shared::<Collection>();
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

//! Collections: every operation is decided as the table of the semantics says.

use proptest::collection::vec;
use proptest::prelude::*;
use rolegate::{
    AclColumn, AclTable, Action, Collection, DocumentSecurity, GrantError, ListScope,
    MAX_REQUEST_PERMISSIONS, Permission, Principal, Unauthorized, User,
};

use crate::support::rules::{self, Listing, Roles, Rules};
use crate::support::strategies::{principal_roles, small_list, stored_list};

type List = Vec<String>;

fn texts(strings: &[String]) -> Vec<&str> {
    strings.iter().map(String::as_str).collect()
}

/// Somebody, or a key with bypass.
fn who() -> impl Strategy<Value = Option<List>> {
    prop_oneof![9 => principal_roles().prop_map(Some), 1 => Just(None)]
}

fn principal(roles: Option<&List>) -> Principal {
    roles.map_or_else(Principal::key_with_bypass, |roles| Principal::parse_roles(roles).unwrap())
}

/// The documents that are visible in a collection for an action, by their positions.
fn visible(
    collection: &Collection,
    principal: &Principal,
    action: Action,
    documents: &[List],
) -> Result<Vec<usize>, Unauthorized> {
    let mut table = AclTable::new();
    let ids = documents.iter().map(|list| table.insert_lenient(list).unwrap().0);
    let column: AclColumn = ids.collect();
    let visibility = collection.visibility(principal, action, &table)?;
    Ok(visibility.filter(&column).iter().collect())
}

fn check_listing(
    collection: &Collection,
    principal: &Principal,
    (table, who): (&Rules<'_>, Roles<'_>),
    documents: &[List],
) -> Result<(), TestCaseError> {
    let scope = match collection.list(principal) {
        Ok(ListScope::All) => Listing::EveryDocument,
        Ok(ListScope::Granted) => Listing::ThoseThatGrantIt,
        Err(_) => Listing::Unauthorized,
    };
    let expected = table.list(who);
    prop_assert_eq!(scope, expected);

    let listed = visible(collection, principal, Action::Read, documents);
    prop_assert_eq!(listed.is_err(), expected == Listing::Unauthorized);
    let one_by_one = |&position: &usize| table.one(who, Action::Read, &texts(&documents[position]));
    let got: Vec<usize> = (0..documents.len()).filter(one_by_one).collect();
    prop_assert_eq!(listed.unwrap_or_default(), got, "listing is getting each one");
    Ok(())
}

fn check_document(
    collection: &Collection,
    principal: &Principal,
    (table, who): (&Rules<'_>, Roles<'_>),
    document: &List,
) -> Result<(), TestCaseError> {
    let list = texts(document);
    let of = |action| table.one(who, action, &list);
    let answers = [
        (Action::Read, collection.get(principal, document), of(Action::Read)),
        (Action::Update, collection.update(principal, document), of(Action::Update)),
        (Action::Delete, collection.delete(principal, document), of(Action::Delete)),
        (Action::Create, collection.create(principal), table.create(who)),
    ];
    for (action, answer, expected) in answers {
        prop_assert_eq!(answer.is_ok(), expected, "{} {:?}", action, document);
        // Whoever may read a document is told that it may not do more; to others there is none.
        let hidden = action != Action::Create && !of(Action::Read);
        let refused = answer.err().map(|error| (error.action(), error.is_hidden()));
        prop_assert_eq!(refused, (!expected).then_some((action, hidden)));
        let explained = collection.explain(principal, action, document).allowed;
        prop_assert_eq!(explained, expected, "explain {} {:?}", action, document);
        if action != Action::Create {
            let seen = visible(collection, principal, action, std::slice::from_ref(document));
            prop_assert_eq!(seen.is_ok_and(|seen| seen == [0]), expected, "visible {}", action);
            let matcher = collection.matcher(principal, action);
            let by_string = matcher.is_ok_and(|matcher| matcher.allows(document));
            prop_assert_eq!(by_string, expected, "matcher {}", action);
        }
    }
    let unchanged = collection.update_without_changes(principal, document);
    prop_assert_eq!(unchanged.is_ok(), table.update_without_changes(who, &list));
    let hidden = unchanged.err().map(|error| (error.action(), error.is_hidden()));
    let expected = (!of(Action::Read)).then_some((Action::Read, !of(Action::Update)));
    prop_assert_eq!(hidden, expected);
    Ok(())
}

/// The lists that a request may ask for: mostly allowed ones, and as many as are too many.
fn requested() -> impl Strategy<Value = Option<List>> {
    let few =
        prop_oneof![small_list(), stored_list(), vec(Just("read(\"any\")".to_owned()), 99..103)];
    prop_oneof![9 => few.prop_map(Some), 1 => Just(None)]
}

proptest! {
    #[test]
    fn every_operation_is_decided_as_the_table_says(
        who in who(),
        own in stored_list(),
        document_security in any::<bool>(),
        documents in vec(stored_list(), 1..5),
    ) {
        let principal = principal(who.as_ref());
        let collection = Collection::new(&own, DocumentSecurity::from(document_security));
        let roles = who.as_deref().map(texts);
        let permissions = &texts(&own);
        let rules = (&Rules { permissions, document_security }, roles.as_deref());
        check_listing(&collection, &principal, rules, &documents)?;
        for document in &documents {
            check_document(&collection, &principal, rules, document)?;
        }
    }

    #[test]
    fn a_collection_is_read_from_json_as_it_is_made(
        own in stored_list(),
        secured in any::<bool>(),
        row in any::<bool>(),
    ) {
        let flag = if row { "rowSecurity" } else { "documentSecurity" };
        let json = serde_json::json!({ "$id": "c", "$permissions": own, flag: secured });
        let read: Collection = serde_json::from_value(json).unwrap();
        let made = Collection::new(&own, DocumentSecurity::from(secured));
        prop_assert_eq!(read.permissions(), made.permissions());
        prop_assert_eq!(read.malformed(), made.malformed());
        prop_assert_eq!(read.document_security(), made.document_security());
        prop_assert_eq!(read.permissions().len() + read.malformed().len(), own.len());
    }

    #[test]
    fn a_caller_sets_only_permissions_for_roles_that_it_has(
        who in who(),
        requested in requested(),
    ) {
        let principal = principal(who.as_ref());
        let roles = who.as_deref().map(texts);
        let mut own = roles.iter().flatten().filter(|role| ["user:a", "user:A", "user:b"].contains(role));
        let own_role = own.next().filter(|_| own.next().is_none());
        let expected = rules::document_permissions(roles.as_deref(), own_role.copied(), requested.as_deref());

        let stored = principal.document_permissions(requested.as_deref());
        let too_many = requested.is_some_and(|list| list.len() > MAX_REQUEST_PERMISSIONS);
        prop_assert_eq!(matches!(stored, Err(GrantError::TooMany { .. })), too_many);
        let stored = stored.ok().map(|list| list.iter().map(Permission::to_string).collect());
        prop_assert_eq!(stored, expected);
    }
}

#[test]
fn an_array_is_not_taken_for_a_collection() {
    for text in [r#"[["read(\"any\")"], true]"#, "[]", "null", r#""read""#] {
        assert!(serde_json::from_str::<Collection>(text).is_err(), "{text}");
    }
    let twice = r#"{"$permissions": [], "$permissions": ["read(\"any\")"]}"#;
    assert!(serde_json::from_str::<Collection>(twice).is_err());
    let more = r#"{"$id": "c", "attributes": [1], "documentSecurity": true}"#;
    assert!(serde_json::from_str::<Collection>(more).is_ok());
}

#[test]
fn a_request_that_says_nothing_of_permissions_gives_them_to_the_user_itself() {
    let stored = |principal: &Principal| -> Vec<String> {
        let stored = principal.document_permissions::<&str>(None).unwrap();
        stored.iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        stored(&Principal::user(&User::new("ann")).unwrap()),
        ["read(\"user:ann\")", "update(\"user:ann\")", "delete(\"user:ann\")"]
    );
    assert_eq!(stored(&Principal::guest()), [""; 0]);
    let two = Principal::parse_roles(["user:ann", "user:bob"]).unwrap();
    assert_eq!(stored(&two), [""; 0]);
}

//! Collections: each operation is decided as in the table of the semantics.

use proptest::collection::vec;
use proptest::prelude::*;
use rolegate::query::Plan;
use rolegate::{
    AccessDenied, AccessDeniedKind, AclColumn, AclTable, Action, Collection, DocumentSecurity,
    ExplanationReason, Listing, MAX_REQUEST_PERMISSIONS, Permission, Principal, Refusal, Role,
    SetPermissionsError, User,
};

use crate::support::rules::{self, Roles, Rules};
use crate::support::strategies::{action, principal_roles, small_list, stored_list};

type List = Vec<String>;

fn texts(strings: &[String]) -> Vec<&str> {
    strings.iter().map(String::as_str).collect()
}

/// Generates the roles of a principal, or `None` for a key with bypass.
fn who() -> impl Strategy<Value = Option<List>> {
    prop_oneof![9 => principal_roles().prop_map(Some), 1 => Just(None)]
}

fn principal(roles: Option<&List>) -> Principal {
    roles.map_or_else(Principal::key_with_bypass, |roles| Principal::parse_roles(roles).unwrap())
}

fn collection(permissions: &[String], document_security: bool, closed: bool) -> Collection {
    let collection = Collection::new(permissions, DocumentSecurity::from(document_security));
    if closed { collection.closed() } else { collection }
}

/// Returns the positions of the documents that are visible for an action.
fn visible(
    collection: &Collection,
    principal: &Principal,
    action: Action,
    documents: &[List],
) -> Result<Vec<usize>, AccessDenied> {
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
    let listing = match collection.list(principal).map_err(|error| error.status()) {
        Ok(Listing::EveryDocument) => rules::Listing::EveryDocument,
        Ok(Listing::FilterByDocument) => rules::Listing::FilterByDocument,
        Err(401) => rules::Listing::Denied,
        Err(404) => rules::Listing::NotFound,
        Err(other) => return Err(TestCaseError::fail(format!("status {other}"))),
    };
    prop_assert_eq!(listing, table.list(who));

    let listed = visible(collection, principal, Action::Read, documents);
    let refused = collection.list(principal).err();
    prop_assert_eq!(listed.as_ref().err(), refused.as_ref());
    let one_by_one = |&position: &usize| table.one(who, Action::Read, &texts(&documents[position]));
    let got: Vec<usize> = (0..documents.len()).filter(one_by_one).collect();
    prop_assert_eq!(listed.unwrap_or_default(), got, "list and get agree");
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
    let kind_if_hidden = |hidden| match hidden {
        _ if !table.open(who) => AccessDeniedKind::CollectionClosed,
        true => AccessDeniedKind::DocumentHidden,
        false => AccessDeniedKind::Denied,
    };
    let answers = [
        (Action::Read, collection.get(principal, document), of(Action::Read)),
        (Action::Update, collection.update(principal, document), of(Action::Update)),
        (Action::Delete, collection.delete(principal, document), of(Action::Delete)),
        (Action::Create, collection.create(principal), table.create(who)),
    ];
    for (action, answer, expected) in answers {
        prop_assert_eq!(answer.is_ok(), expected, "{} {:?}", action, document);
        // A principal that may read the document learns that the action is denied. For others, the
        // document does not exist.
        let kind = kind_if_hidden(action != Action::Create && !of(Action::Read));
        let refused = answer.err().map(|error| (error.action(), error.kind()));
        prop_assert_eq!(refused, (!expected).then_some((action, kind)));
        let explained = collection.explain(principal, action, document);
        prop_assert_eq!(explained.allowed, expected, "explain {} {:?}", action, document);
        let closed = explained.reason == ExplanationReason::CollectionClosed;
        prop_assert_eq!(closed, !table.open(who));
        let seen = visible(collection, principal, action, std::slice::from_ref(document));
        prop_assert_eq!(seen.is_ok_and(|seen| seen == [0]), expected, "visible {}", action);
        let matcher = collection.matcher(principal, action);
        let by_string = matcher.is_ok_and(|matcher| matcher.allows(document));
        prop_assert_eq!(by_string, expected, "matcher {}", action);
        let planned = collection.plan(principal, action).is_ok_and(|plan| match plan {
            Plan::Everything => true,
            Plan::Nothing => false,
            Plan::Matching(filter) => filter.permissions().any(|text| document.contains(&text)),
        });
        prop_assert_eq!(planned, expected, "plan {}", action);
    }
    let unchanged = collection.update_without_changes(principal, document);
    prop_assert_eq!(unchanged.is_ok(), table.update_without_changes(who, &list));
    let refused = unchanged.err().map(|error| (error.action(), error.kind()));
    let kind = kind_if_hidden(!of(Action::Update));
    prop_assert_eq!(refused, (!of(Action::Read)).then_some((Action::Read, kind)));
    Ok(())
}

/// Lists of a request: most are allowed, and some have too many permissions.
fn requested() -> impl Strategy<Value = List> {
    prop_oneof![small_list(), stored_list(), vec(Just("read(\"any\")".to_owned()), 99..103)]
}

proptest! {
    #[test]
    fn operations_any_collection_decide_as_the_table(
        who in who(),
        own in stored_list(),
        document_security in any::<bool>(),
        closed in proptest::bool::weighted(0.2),
        documents in vec(stored_list(), 1..5),
    ) {
        let principal = principal(who.as_ref());
        let collection = collection(&own, document_security, closed);
        let roles = who.as_deref().map(texts);
        let permissions = &texts(&own);
        let rules = (&Rules { permissions, document_security, closed }, roles.as_deref());
        check_listing(&collection, &principal, rules, &documents)?;
        for document in &documents {
            check_document(&collection, &principal, rules, document)?;
        }
    }

    #[test]
    fn closed_collection_is_not_found_whatever_it_grants(
        roles in principal_roles(),
        action in action(),
        own in stored_list(),
        secured in any::<bool>(),
        document in stored_list(),
    ) {
        let ann = Principal::parse_roles(&roles).unwrap();
        let closed = collection(&own, secured, true);
        let table = AclTable::new();
        for refused in [
            closed.list(&ann).err(),
            closed.get(&ann, &document).err(),
            closed.update(&ann, &document).err(),
            closed.update_without_changes(&ann, &document).err(),
            closed.delete(&ann, &document).err(),
            closed.create(&ann).err(),
            closed.matcher(&ann, action).err(),
            closed.visibility(&ann, action, &table).err(),
        ] {
            let refused = refused.unwrap();
            prop_assert_eq!((refused.status(), refused.error_type()), (404, "collection_not_found"));
            prop_assert_eq!(refused.for_rows().error_type(), "table_not_found");
            prop_assert_eq!(refused, AccessDenied::collection_not_found(refused.action()));
        }
        let explained = closed.explain(&ann, action, &document);
        prop_assert!(!explained.allowed && explained.malformed.is_empty());
        prop_assert_eq!(explained.reason, ExplanationReason::CollectionClosed);

        let key = Principal::key_with_bypass();
        prop_assert!(closed.list(&key).is_ok_and(|listing| listing == Listing::EveryDocument));
        prop_assert!(closed.create(&key).is_ok());
        prop_assert!(closed.matcher(&key, action).unwrap().allows(&document));
    }

    #[test]
    fn collection_from_json_equals_constructed_collection(
        own in stored_list(),
        secured in any::<bool>(),
        row in any::<bool>(),
        enabled in proptest::option::of(any::<bool>()),
    ) {
        let flag = if row { "rowSecurity" } else { "documentSecurity" };
        let mut json = serde_json::json!({ "$id": "c", "$permissions": own, flag: secured });
        if let Some(enabled) = enabled {
            json["enabled"] = enabled.into();
        }
        let read: Collection = serde_json::from_value(json).unwrap();
        let made = collection(&own, secured, enabled == Some(false));
        prop_assert_eq!(read.permissions(), made.permissions());
        prop_assert_eq!(read.malformed(), made.malformed());
        prop_assert_eq!(read.document_security(), made.document_security());
        prop_assert_eq!(read.is_closed(), made.is_closed());
        prop_assert_eq!(read.permissions().len() + read.malformed().len(), own.len());
    }

    #[test]
    fn document_permissions_any_request_name_only_roles_of_the_principal(
        who in who(),
        requested in requested(),
    ) {
        let principal = principal(who.as_ref());
        let roles = who.as_deref().map(texts);
        let expected = rules::document_permissions(roles.as_deref(), &requested);

        let stored = principal.document_permissions(&requested);
        let too_many = requested.len() > MAX_REQUEST_PERMISSIONS;
        prop_assert_eq!(matches!(stored, Err(SetPermissionsError::TooMany { .. })), too_many);
        let stored = stored.ok().map(|list| list.iter().map(Permission::to_string).collect());
        prop_assert_eq!(stored, expected);
    }

    #[test]
    fn default_document_permissions_any_principal_name_its_only_user(who in who()) {
        let principal = principal(who.as_ref());
        let users: Vec<&str> = principal.roles().iter().map(Role::as_str)
            .filter(|role| ["user:a", "user:A", "user:b"].contains(role))
            .collect();
        let expected: Vec<String> = match users[..] {
            [user] => ["read", "update", "delete"].map(|verb| format!("{verb}(\"{user}\")")).into(),
            _ => Vec::new(),
        };
        let stored: Vec<String> =
            principal.default_document_permissions().iter().map(Permission::to_string).collect();
        prop_assert_eq!(stored, expected);
    }
}

#[test]
fn collection_json_of_another_shape_is_refused() {
    for text in [
        r#"[["read(\"any\")"], true]"#,
        "[]",
        "null",
        r#""read""#,
        r#"{"$permissions": [], "$permissions": ["read(\"any\")"]}"#,
        r#"{"$permissions": "read(\"any\")"}"#,
        r#"{"documentSecurity": true, "rowSecurity": true}"#,
        r#"{"documentSecurity": "true"}"#,
        r#"{"rowSecurity": 1}"#,
        r#"{"enabled": "true"}"#,
        r#"{"enabled": 1}"#,
        r#"{"enabled": []}"#,
        r#"{"enabled": true, "enabled": true}"#,
    ] {
        assert!(serde_json::from_str::<Collection>(text).is_err(), "{text}");
    }
}

#[test]
fn collection_flags_absent_or_null_have_their_default() {
    for (text, document_security, closed) in [
        (r#"{"$id": "c", "attributes": [1]}"#, DocumentSecurity::Disabled, false),
        (r#"{"documentSecurity": null, "enabled": true}"#, DocumentSecurity::Disabled, false),
        (r#"{"documentSecurity": true, "enabled": null}"#, DocumentSecurity::Enabled, true),
        (r#"{"rowSecurity": true, "enabled": false}"#, DocumentSecurity::Enabled, true),
        (r#"{"$permissions": null}"#, DocumentSecurity::Disabled, false),
    ] {
        let collection: Collection = serde_json::from_str(text).unwrap();
        let read = (collection.document_security(), collection.is_closed());
        assert_eq!(read, (document_security, closed), "{text}");
        assert!(collection.permissions().is_empty(), "{text}");
    }
}

#[test]
fn default_collection_is_enabled_without_document_security() {
    let collection = Collection::default();
    assert_eq!(collection.document_security(), DocumentSecurity::Disabled);
    assert!(!collection.is_closed());
    let denied = collection.list(&Principal::guest()).unwrap_err();
    assert_eq!((denied.status(), denied.error_type()), (401, "user_unauthorized"));
}

#[test]
fn default_document_permissions_name_the_user_itself() {
    let stored = |principal: &Principal| -> Vec<String> {
        let stored = principal.default_document_permissions();
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

//! The texts for people: errors, their sources, and the output of `Debug`.

use std::error::Error;

use rolegate::index::DocumentIndex;
use rolegate::{
    AccessDenied, AclLimits, AclTable, Action, ActionSet, Collection, DocumentSecurity,
    InsertError, Permission, Principal, Refusal, Role, Selection, User, Verification,
};

fn source(error: &dyn Error) -> Option<String> {
    error.source().map(ToString::to_string)
}

#[test]
fn refused_list_names_its_permission_or_limit() {
    let mut table = AclTable::with_limits(AclLimits { lists: 1, ..AclLimits::default() });
    let error = table.insert([r#"read("any")"#, r#"read("usr:a")"#]).unwrap_err();
    let cause = "expected a role, found `usr`; write `user:a`";
    assert_eq!(error.to_string(), format!("permission 1, byte 6: {cause}"));
    assert_eq!(source(&error).as_deref(), Some(cause));
    let InsertError::Malformed(malformed) = error else { panic!("{error:?}") };
    assert_eq!(malformed.to_string(), format!("permission 1, byte 6: {cause}"));
    assert_eq!(source(&malformed).as_deref(), Some(cause));

    table.insert([r#"read("any")"#]).unwrap();
    let error = table.insert([r#"read("users")"#]).unwrap_err();
    assert_eq!(error.to_string(), "table is full: 1 list");
    assert_eq!(source(&error), None);
    let full = table.insert_lenient([r#"read("users")"#]).unwrap_err();
    assert_eq!(full.to_string(), error.to_string());
    assert_eq!(full.limit(), 1);
}

#[test]
fn full_table_prints_its_limit_with_thousands_and_unit() {
    let most = AclLimits::default();
    let roles = |count: usize| (0..count).map(|at| format!("read(\"user:{at:036}\")"));
    for (limits, count, expected) in [
        (AclLimits { lists: 0, ..most }, 0, "table is full: 0 lists"),
        (AclLimits { roles: 1, ..most }, 2, "table is full: 1 role"),
        (AclLimits { roles: 2, ..most }, 3, "table is full: 2 roles"),
        (AclLimits { grants: 1, ..most }, 2, "table is full: 1 grant"),
        (AclLimits { grants: 1_000, ..most }, 1_001, "table is full: 1,000 grants"),
        (AclLimits { role_bytes: 1, ..most }, 1, "table is full: 1 byte of role text"),
        (AclLimits { role_bytes: 999, ..most }, 25, "table is full: 999 bytes of role text"),
        (
            AclLimits { role_bytes: 1_020_304, ..most },
            25_000,
            "table is full: 1,020,304 bytes of role text",
        ),
    ] {
        let mut table = AclTable::with_limits(limits);
        assert_eq!(table.insert(roles(count)).unwrap_err().to_string(), expected);
    }
}

#[test]
fn permissions_that_cannot_be_set_are_named_with_reason() {
    let ann = Principal::parse_roles(["any", "user:ann"]).unwrap();
    let error = |requested: &[&str]| ann.document_permissions(requested).unwrap_err();
    let invalid = (400, "general_argument_invalid");
    for (requested, message, cause, answer) in [
        (
            &["read(\"any\")"; 101][..],
            "too many permissions: 101, at most 100".to_owned(),
            None,
            invalid,
        ),
        (
            &["read(\"any\")", "raed(\"any\")"],
            "permission 1, byte 0: expected an action, found `raed`; write `read`".into(),
            Some("expected an action, found `raed`; write `read`".to_owned()),
            invalid,
        ),
        (
            &["create(\"any\")"],
            "permission 0: `create(\"any\")` means nothing on a document; \
             write `read`, `update`, `delete` or `write`"
                .into(),
            None,
            invalid,
        ),
        (
            &["read(\"any\")", "update(\"user:bob\")"],
            "permission 1: the principal does not have the role `user:bob`".into(),
            None,
            (401, "user_unauthorized"),
        ),
    ] {
        let error = error(requested);
        assert_eq!(error.to_string(), message);
        assert_eq!(source(&error), cause, "{message}");
        assert_eq!((error.status(), error.error_type()), answer, "{message}");
    }
}

#[test]
fn denied_operation_names_action_or_hides_document() {
    let unsecured = Collection::new(["read(\"any\")"], DocumentSecurity::Disabled);
    let error = unsecured.create(&Principal::guest()).unwrap_err();
    assert_eq!(error.action(), Action::Create);
    assert_eq!(error.to_string(), "access denied: no role of the principal may create");
    let secured = Collection::new(["read(\"any\")"], DocumentSecurity::Enabled);
    let error = secured.update(&Principal::guest(), [""; 0]).unwrap_err();
    assert_eq!(error.to_string(), "access denied: no role of the principal may update");
    assert_eq!((error.status(), error.error_type()), (401, "user_unauthorized"));
    assert!(!error.is_not_found());
    assert_eq!(error.for_rows().error_type(), "user_unauthorized");

    let hidden = Collection::default().update(&Principal::guest(), [""; 0]).unwrap_err();
    assert!(hidden.is_not_found());
    assert_eq!(hidden.to_string(), "document not found");
    assert_eq!((hidden.status(), hidden.error_type()), (404, "document_not_found"));
    assert_eq!(hidden, AccessDenied::document_not_found(Action::Update));
    let row = hidden.for_rows();
    assert_eq!((row.to_string().as_str(), row.error_type()), ("row not found", "row_not_found"));

    let closed = secured.closed().list(&Principal::guest()).unwrap_err();
    assert!(closed.is_not_found());
    assert_eq!(closed.to_string(), "collection not found");
    assert_eq!((closed.status(), closed.error_type()), (404, "collection_not_found"));
    let table = closed.for_rows();
    assert_eq!(
        (table.to_string().as_str(), table.error_type()),
        ("table not found", "table_not_found")
    );
    assert_eq!(table.status(), 404);
}

#[test]
fn blocked_user_is_refused_as_appwrite_does() {
    let blocked: User =
        serde_json::from_value(serde_json::json!({"$id": "user b", "status": false})).unwrap();
    let error = Principal::user(&blocked).unwrap_err();
    assert_eq!(error.to_string(), "user `user b` is blocked");
    assert_eq!((error.status(), error.error_type()), (403, "user_blocked"));
}

#[test]
fn serialised_principal_shows_kind_id_and_roles() {
    for (principal, json) in [
        (Principal::guest(), r#"{"kind":"guest","roles":["any","guests"]}"#),
        (Principal::key_with_bypass(), r#"{"kind":"bypass","roles":[]}"#),
        (Principal::parse_roles(["team:t"]).unwrap(), r#"{"kind":"roles","roles":["team:t"]}"#),
        (
            Principal::user(&User::new("a")).unwrap(),
            r#"{"kind":"user","userId":"a","roles":["any","user:a","user:a/unverified","users","users/unverified"]}"#,
        ),
    ] {
        assert_eq!(serde_json::to_string(&principal).unwrap(), json);

        // CBOR writes the number of fields first.
        let mut cbor = Vec::new();
        ciborium::into_writer(&principal, &mut cbor).unwrap();
        let read: serde_json::Value = ciborium::from_reader(cbor.as_slice()).unwrap();
        assert_eq!(read, serde_json::from_str::<serde_json::Value>(json).unwrap());
    }
}

#[test]
fn debug_of_public_types_shows_their_contents() {
    let principal = Principal::parse_roles(["any", "user:a"]).unwrap();
    let mut table = AclTable::new();
    let ids = ["read(\"any\")", "read(\"user:a\")", "read(\"user:b\")"]
        .map(|permission| table.insert([permission]).unwrap());
    let some = table.resolve(&principal, Action::Read);
    let every = table.resolve(&Principal::key_with_bypass(), Action::Read);
    let selection: Selection = [true, false, true, false].into_iter().collect();
    let mut index = DocumentIndex::new();
    for document in ["secret", "secret too"] {
        index.insert(document, ["read(\"any\")"]).unwrap();
    }
    let error = Permission::parse("read(\"usr:a\")").unwrap_err();
    for (shown, expected) in [
        (format!("{:?}", ActionSet::WRITE), "{Create, Update, Delete}"),
        (format!("{:?}", ActionSet::NONE), "{}"),
        (format!("{:?}", Permission::parse("read(\"any\")").unwrap()), "Permission(read(\"any\"))"),
        (format!("{:?}", Role::parse("users/verified").unwrap()), "Role(users/verified)"),
        (format!("{} {}", Verification::Verified, Verification::Unverified), "verified unverified"),
        (
            format!("{error:?}"),
            "ParseError { kind: UnknownRole, span: 6..9, \
             message: \"expected a role, found `usr`; write `user:a`\" }",
        ),
        (format!("{principal:?}"), "Principal { kind: Roles, roles: [\"any\", \"user:a\"] }"),
        (
            format!("{:?}", principal.matcher(Action::Update)),
            "Matcher { action: Update, bypass: false, granted: false, permissions: 4, .. }",
        ),
        (format!("{ids:?}"), "[AclId(0), AclId(1), AclId(2)]"),
        (format!("{table:?}"), "AclTable { lists: 3, roles: 3, grants: 3, .. }"),
        (
            format!("{index:?}"),
            "DocumentIndex { documents: 2, table: AclTable { lists: 1, roles: 1, grants: 1, .. }, .. }",
        ),
        (format!("{some:?}"), "Visibility(2 lists)"),
        (format!("{every:?}"), "Visibility(unrestricted)"),
        (format!("{selection:?}"), "Selection(2 of 4)"),
    ] {
        assert_eq!(shown, expected);
    }
}

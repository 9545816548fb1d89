//! Properties of explanations: the reason is correct, and every malformed permission that was read is listed.

use proptest::prelude::*;
use rolegate::{
    Action, Collection, DocumentSecurity, Explanation, ExplanationReason, Permission,
    PermissionSource, Principal,
};

use crate::support::recogniser;
use crate::support::strategies::{action, principal_roles, stored_list};

type List = Vec<String>;

/// Returns the permissions that were read: all lists up to the permission that grants the action.
fn looked_at<'l>(
    explanation: &Explanation,
    lists: &'l [(PermissionSource, &List)],
) -> Vec<(PermissionSource, usize, &'l str)> {
    let all = lists.iter().flat_map(|(source, list)| {
        list.iter().enumerate().map(|(index, text)| (*source, index, text.as_str()))
    });
    let found = match &explanation.reason {
        ExplanationReason::Bypass => return Vec::new(),
        ExplanationReason::Granted { source, index, .. } => Some((*source, *index)),
        _ => None,
    };
    let mut through = false;
    all.take_while(|&(source, index, _)| {
        let wanted = !through;
        through |= found == Some((source, index));
        wanted
    })
    .collect()
}

fn check(
    explanation: &Explanation,
    principal: &Principal,
    lists: &[(PermissionSource, &List)],
) -> Result<(), TestCaseError> {
    let action = explanation.action;
    let seen = looked_at(explanation, lists);
    let malformed = seen.iter().filter(|(_, _, text)| !recogniser::is_permission(text));
    let named: Vec<_> =
        explanation.malformed.iter().map(|(source, bad)| (*source, bad.index())).collect();
    prop_assert_eq!(&named, &malformed.map(|bad| (bad.0, bad.1)).collect::<Vec<_>>());

    match &explanation.reason {
        ExplanationReason::Bypass => prop_assert!(principal.bypasses_permissions()),
        ExplanationReason::Granted { permission, role, .. } => {
            prop_assert_eq!(seen.last().map(|last| last.2), Some(permission.as_str()));
            prop_assert_eq!(&permission.role(), role);
            prop_assert!(principal.has_role(role) && permission.actions().contains(action));
        }
        ExplanationReason::NotGranted { roles } => {
            let parsed = seen.iter().filter_map(|(_, _, text)| Permission::parse(text).ok());
            let mut wanted = Vec::new();
            for permission in parsed.filter(|parsed| parsed.actions().contains(action)) {
                let role = permission.role().into_owned();
                if !wanted.contains(&role) {
                    wanted.push(role);
                }
            }
            prop_assert_eq!(roles, &wanted);
        }
        other => prop_assert!(false, "unknown reason {:?}", other),
    }
    let json = serde_json::to_value(explanation).unwrap();
    prop_assert_eq!(json["allowed"].as_bool(), Some(explanation.allowed));
    let in_json = json["malformed"].as_array().map_or(&[][..], Vec::as_slice);
    prop_assert_eq!(in_json.len(), named.len());
    for (element, (source, index)) in in_json.iter().zip(&named) {
        prop_assert_eq!(&element["source"], &serde_json::json!(source));
        prop_assert_eq!(&element["index"], &serde_json::json!(index));
        prop_assert!(element["error"].as_str().is_some_and(|error| error.starts_with("expected ")));
    }
    let word = if explanation.allowed { " allowed: " } else { " denied: " };
    let start = format!("{action}{word}");
    prop_assert!(explanation.to_string().starts_with(&start));
    Ok(())
}

proptest! {
    #[test]
    fn explanation_any_list_names_the_deciding_permission(
        roles in principal_roles(),
        action in action(),
        list in stored_list(),
    ) {
        for principal in [Principal::parse_roles(&roles).unwrap(), Principal::key_with_bypass()] {
            let explanation = principal.explain(action, &list);
            check(&explanation, &principal, &[(PermissionSource::Document, &list)])?;
        }
    }

    #[test]
    fn collection_explanation_any_lists_names_list_and_position(
        roles in principal_roles(),
        action in action(),
        own in stored_list(),
        document in stored_list(),
        secured in any::<bool>(),
    ) {
        let collection = Collection::new(&own, DocumentSecurity::from(secured));
        let counts = secured && action != Action::Create;
        let document_counts = [(PermissionSource::Collection, &own), (PermissionSource::Document, &document)];
        let lists = if counts { &document_counts[..] } else { &document_counts[..1] };
        for principal in [Principal::parse_roles(&roles).unwrap(), Principal::key_with_bypass()] {
            check(&collection.explain(&principal, action, &document), &principal, lists)?;
        }
    }
}

#[test]
fn explanation_after_malformed_permission_keeps_positions() {
    let collection = Collection::new(["oops", r#"read("any")"#], DocumentSecurity::Disabled);
    let explanation = collection.explain(&Principal::guest(), Action::Read, [""]);
    assert!(
        matches!(explanation.reason, ExplanationReason::Granted { index: 1, .. }),
        "{explanation:?}"
    );
}

#[test]
fn explanation_of_closed_collection_says_so() {
    let collection = Collection::new([r#"read("any")"#], DocumentSecurity::Enabled).closed();
    let explanation = collection.explain(&Principal::guest(), Action::Read, [r#"read("any")"#]);
    assert_eq!(explanation.to_string(), "read denied: the collection is not enabled");
    assert_eq!(
        serde_json::to_string(&explanation).unwrap(),
        r#"{"action":"read","allowed":false,"reason":"collection_closed"}"#
    );
    let key = Principal::key_with_bypass();
    let explanation = collection.explain(&key, Action::Read, [""; 0]);
    assert_eq!(explanation.to_string(), "read allowed: the principal bypasses permissions");
}

#[test]
fn explanation_with_malformed_permission_prints_and_serialises_it() {
    let collection = Collection::new(["rad"], DocumentSecurity::Enabled);
    let explanation = collection.explain(&Principal::guest(), Action::Read, [r#"red("any")"#]);
    let (first, second) = (
        "expected an action, found `rad`; write `read`",
        "expected an action, found `red`; write `read`",
    );
    assert_eq!(
        explanation.to_string(),
        format!(
            "read denied: no permission grants it to any role; permission 0 of the collection is \
             malformed: {first}; permission 0 of the document is malformed: {second}"
        )
    );
    assert_eq!(
        serde_json::to_value(&explanation).unwrap(),
        serde_json::json!({
            "action": "read",
            "allowed": false,
            "reason": "not_granted",
            "roles": [],
            "malformed": [
                {"source": "collection", "index": 0, "error": first},
                {"source": "document", "index": 0, "error": second},
            ],
        })
    );
}

//! Explanations: the reason that is given is one.

use proptest::prelude::*;
use rolegate::{
    Action, Collection, DocumentSecurity, Explanation, Level, Permission, Principal, Reason,
};

use crate::support::recogniser;
use crate::support::strategies::{action, principal_roles, stored_list};

type List = Vec<String>;

/// The permissions that were looked at: the lists, as far as the one that was found.
fn looked_at<'l>(
    explanation: &Explanation,
    lists: &'l [(Level, &List)],
) -> Vec<(Level, usize, &'l str)> {
    let all = lists.iter().flat_map(|(level, list)| {
        list.iter().enumerate().map(|(index, text)| (*level, index, text.as_str()))
    });
    let found = match &explanation.reason {
        Reason::Bypass => return Vec::new(),
        Reason::Granted { level, index, .. } => Some((*level, *index)),
        _ => None,
    };
    let mut through = false;
    all.take_while(|&(level, index, _)| {
        let wanted = !through;
        through |= found == Some((level, index));
        wanted
    })
    .collect()
}

fn check(
    explanation: &Explanation,
    principal: &Principal,
    lists: &[(Level, &List)],
) -> Result<(), TestCaseError> {
    let action = explanation.action;
    let seen = looked_at(explanation, lists);
    let malformed = seen.iter().filter(|(_, _, text)| !recogniser::is_permission(text));
    let named: Vec<_> = explanation.malformed.iter().map(|bad| (bad.level, bad.index)).collect();
    prop_assert_eq!(named, malformed.map(|bad| (bad.0, bad.1)).collect::<Vec<_>>());

    match &explanation.reason {
        Reason::Bypass => prop_assert!(principal.bypasses_permissions()),
        Reason::Granted { permission, role, .. } => {
            prop_assert_eq!(seen.last().map(|last| last.2), Some(permission.as_str()));
            prop_assert_eq!(&permission.role(), role);
            prop_assert!(principal.has_role(role) && permission.actions().contains(action));
        }
        Reason::NotGranted { roles } => {
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
    let word = if explanation.allowed { " allowed: " } else { " denied: " };
    let start = format!("{action}{word}");
    prop_assert!(explanation.to_string().starts_with(&start));
    Ok(())
}

proptest! {
    #[test]
    fn an_explanation_names_the_permission_that_decides(
        roles in principal_roles(),
        action in action(),
        list in stored_list(),
    ) {
        for principal in [Principal::parse_roles(&roles).unwrap(), Principal::key_with_bypass()] {
            let explanation = principal.explain(action, &list);
            check(&explanation, &principal, &[(Level::Document, &list)])?;
        }
    }

    #[test]
    fn a_collections_explanation_names_the_list_and_the_place_that_decide(
        roles in principal_roles(),
        action in action(),
        own in stored_list(),
        document in stored_list(),
        secured in any::<bool>(),
    ) {
        let collection = Collection::new(&own, DocumentSecurity::from(secured));
        let counts = secured && action != Action::Create;
        let document_counts = [(Level::Collection, &own), (Level::Document, &document)];
        let lists = if counts { &document_counts[..] } else { &document_counts[..1] };
        for principal in [Principal::parse_roles(&roles).unwrap(), Principal::key_with_bypass()] {
            check(&collection.explain(&principal, action, &document), &principal, lists)?;
        }
    }
}

#[test]
fn a_malformed_permission_does_not_shift_the_place_of_those_behind_it() {
    let collection = Collection::new(["oops", r#"read("any")"#], DocumentSecurity::Disabled);
    let explanation = collection.explain(&Principal::guest(), Action::Read, [""]);
    assert!(matches!(explanation.reason, Reason::Granted { index: 1, .. }), "{explanation:?}");
}

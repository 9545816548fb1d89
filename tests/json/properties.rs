//! Random inputs: the output equals that of the naive filter, byte for byte.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use rolegate::json::{Filter, Format, Nested};
use rolegate::{Action, Collection, Principal};

use super::strategies::input;
use crate::support::json::{self, Question};
use crate::support::strategies::{action, principal_roles};

fn formats() -> impl Strategy<Value = Format> {
    select(vec![Format::Detect, Format::List, Format::Array, Format::Lines])
}

/// Compares one input with the naive filter.
fn check(
    input: &[u8],
    format: Format,
    nested: Nested,
    roles: Option<&[String]>,
    action: Action,
) -> Result<(), TestCaseError> {
    for granted in [false, true] {
        check_granted(input, format, nested, roles, action, granted)?;
    }
    Ok(())
}

/// Compares one input with the naive filter, for a collection that grants the action or does not.
fn check_granted(
    input: &[u8],
    format: Format,
    nested: Nested,
    roles: Option<&[String]>,
    action: Action,
    granted: bool,
) -> Result<(), TestCaseError> {
    let shown = String::from_utf8_lossy(input);
    let principal = match roles {
        Some(roles) => Principal::parse_roles(roles).unwrap(),
        None => Principal::key_with_bypass(),
    };
    let all = Action::ALL.map(|action| format!("{action}(\"any\")"));
    let collection = Collection::new(if granted { &all[..] } else { &[] }, true.into());
    // The grant is for `any`, which a list of roles may lack.
    let granted = granted && principal.can(action, &all);
    let matcher = match collection.matcher(&principal, action) {
        Ok(matcher) => matcher,
        // Only the collection decides about create.
        Err(_) => principal.matcher(action),
    };
    let filter = Filter::new(&matcher).format(format).nested(nested).list_key("movies");
    let roles: Option<Vec<&str>> = roles.map(|roles| roles.iter().map(String::as_str).collect());
    let told = match format {
        Format::List => Some(json::Format::List),
        Format::Array => Some(json::Format::Array),
        Format::Lines => Some(json::Format::Lines),
        _ => None,
    };
    let nested = nested == Nested::Filter;
    let question =
        Question { roles: roles.as_deref(), granted, action, lists: &["movies"], nested };
    let expected = json::filter(input, told, question);
    let result = filter.apply(input);
    let Some((format, expected)) = expected else {
        prop_assert!(result.is_err(), "{} {:?}", shown, result);
        return Ok(());
    };
    let (output, report) = match result {
        Ok(result) => result,
        Err(error) => return Err(TestCaseError::fail(format!("{shown}: {error}"))),
    };
    prop_assert_eq!(String::from_utf8_lossy(&output), expected.text.as_str(), "{}", shown);
    prop_assert_eq!(format!("{:?}", report.format()), format!("{format:?}"));
    prop_assert_eq!((report.visible(), report.removed()), (expected.visible, expected.removed));
    prop_assert_eq!(report.nested_removed(), expected.nested_removed, "{}", shown);
    let reported = json::reported_documents(&report);
    prop_assert_eq!(reported, expected.reported_documents(), "{}", shown);
    Ok(())
}

/// Returns a member of a document, whose key differs from others in a byte, in its length or in its spelling.
fn similar_member() -> impl Strategy<Value = String> {
    let keys = [
        "$permissions",
        "$permission",
        "$permissionz",
        "\\u0024permissions",
        "",
        "a",
        "b",
        "ab",
        "abcdefghijklm",
        "abcdefghijklz",
        "abcdefghijklmn",
    ];
    let colons = ["\":", "\":", "\":", "\": ", "\" :"];
    let values = [r#"["read(\"user:ann\")"]"#, "[]", "1", "\"\"", "\"$permissions\""];
    let parts = (select(keys.to_vec()), select(colons.to_vec()), select(values.to_vec()));
    parts.prop_map(|(key, colon, value)| format!("\"{key}{colon}{value}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn output_equals_that_of_the_naive_filter(
        input in input(),
        format in formats(),
        nested in select(vec![Nested::Keep, Nested::Filter]),
        roles in prop::option::weighted(0.9, principal_roles()),
        action in action(),
    ) {
        check(input.as_bytes(), Format::Detect, nested, roles.as_deref(), action)?;
        check(input.as_bytes(), format, nested, roles.as_deref(), action)?;
    }

    #[test]
    fn mutated_input_is_accepted_exactly_if_the_naive_filter_accepts_it(
        input in input(),
        format in formats(),
        nested in select(vec![Nested::Keep, Nested::Filter]),
        roles in principal_roles(),
        mutations in vec((any::<Index>(), prop_oneof![
            any::<u8>().prop_map(Some),
            select(b"\"\\{}[]:,0-9eE+.u \n$\xff".to_vec()).prop_map(Some),
            Just(None),
        ]), 1..3),
    ) {
        let mut input = input.into_bytes();
        for (at, byte) in mutations {
            if input.is_empty() {
                break;
            }
            let at = at.index(input.len());
            match byte {
                Some(byte) => input[at] = byte,
                None => drop(input.remove(at)),
            }
        }
        check(&input, format, nested, Some(&roles), Action::Read)?;
    }

    #[test]
    fn output_filtered_again_is_unchanged(input in input(), roles in principal_roles()) {
        let matcher = Principal::parse_roles(&roles).unwrap().matcher(Action::Read);
        let filter = Filter::new(&matcher).nested(Nested::Filter);
        if let Ok((output, report)) = filter.apply(input.as_bytes()) {
            let again = filter.clone().format(report.format()).apply(&output);
            prop_assert_eq!(again.unwrap().0, output, "{}", input);
        }
    }

    /// A filter keeps the keys of the document before.
    #[test]
    fn lines_with_similar_keys_are_filtered_like_each_line_alone(
        lines in vec(vec(similar_member(), 0..5).prop_map(|m| format!("{{{}}}\n", m.join(","))), 1..8),
    ) {
        let matcher = Principal::parse_roles(["user:ann"]).unwrap().matcher(Action::Read);
        let filter = Filter::new(&matcher).format(Format::Lines);
        let filtered = |text: &str| filter.apply(text.as_bytes()).map(|(output, _)| output).ok();
        let alone: Option<Vec<_>> = lines.iter().map(|line| filtered(line)).collect();
        let together = filtered(&lines.concat());
        prop_assert_eq!(together, alone.map(|alone| alone.concat()), "{}", lines.concat());
    }
}

//! The target `json_filter`: the output for raw JSON, compared with the naive filter.

use rolegate::json::{Error, Filter, Format, Nested};
use rolegate::{Action, Matcher, Principal};

use crate::support::json::{self, Question};

const ROLES: [&str; 4] = ["any", "users", "user:a", "team:t/owner"];
const LISTS: [&str; 1] = ["l"];

/// Filters the input after the first byte. The first byte has the settings of the filter. The naive filter
/// must give the same output, or refuse the same input. Filtering from a reader must give the same result.
pub fn json_filter(data: &[u8]) {
    let Some((&settings, input)) = data.split_first() else { return };
    let formats = [Format::Detect, Format::List, Format::Array, Format::Lines];
    let told =
        [None, Some(json::Format::List), Some(json::Format::Array), Some(json::Format::Lines)];
    let format = usize::from(settings & 3);
    let nested = settings & 4 != 0;
    let roles = (settings & 24 != 24).then_some(&ROLES[..]);
    let actions = [Action::Read, Action::Update, Action::Delete, Action::Create];
    let action = actions[usize::from(settings >> 5 & 3)];

    let matcher = matcher(roles, action);
    let filter = Filter::new(&matcher)
        .format(formats[format])
        .nested(if nested { Nested::Filter } else { Nested::Keep })
        .list_key(LISTS[0]);
    let question = Question { roles, granted: false, action, lists: &LISTS, nested };
    let expected = json::filter(input, told[format], question);
    let mut written = Vec::new();
    let copied = filter.copy(input, &mut written);
    match (filter.apply(input), expected) {
        (Ok((output, report)), Some((_, expected))) => {
            assert_eq!(String::from_utf8_lossy(&output), expected.text);
            assert_eq!((report.visible(), report.removed()), (expected.visible, expected.removed));
            assert_eq!(report.nested_removed(), expected.nested_removed);
            assert_eq!(report.malformed_permissions(), expected.malformed.len() as u64);
            assert_eq!(report.without_permissions(), expected.without_permissions.len() as u64);
            assert_eq!(report.not_objects(), expected.not_objects.len() as u64);
            assert_eq!(json::reported_documents(&report), expected.reported_documents());
            assert_eq!(written, output);
            assert_eq!(copied.unwrap(), report);
        }
        (Err(error), None) => {
            refused(&error, input);
            refused(&copied.unwrap_err(), input);
        }
        (result, expected) => panic!("{result:?}, and not {expected:?}"),
    }
}

fn matcher(roles: Option<&[&str]>, action: Action) -> Matcher {
    let principal = match roles {
        Some(roles) => Principal::parse_roles(roles).unwrap(),
        None => Principal::key_with_bypass(),
    };
    principal.matcher(action)
}

/// Checks that an error points into the input, has the correct line, and is short.
fn refused(error: &Error, input: &[u8]) {
    let before = &input[..usize::try_from(error.offset()).unwrap()];
    let lines = before.split(|&byte| byte == b'\n').count();
    assert_eq!(error.line(), lines as u64, "{error}");
    assert!(error.to_string().len() < 2000, "{error}");
}

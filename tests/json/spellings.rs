//! Spellings that the filter reads by a fast path, and similar ones that it does not.

use rolegate::json::{ErrorKind, Filter, Format, ProblemKind};
use rolegate::{Action, Permission, Principal};

use super::{seen, seen_as, user_a};
use crate::support::json::is_json;

/// Returns a document with these permissions.
fn document<S: AsRef<str>>(permissions: &[S]) -> String {
    let texts: Vec<&str> = permissions.iter().map(AsRef::as_ref).collect();
    serde_json::json!({ "$permissions": texts }).to_string()
}

/// Ids with lengths around a block of 16 bytes, and at each place a character that is invalid there, or
/// valid only in some roles.
#[test]
fn role_is_accepted_exactly_if_the_grammar_accepts_it() {
    for prefix in ["user:", "team:", "member:", "label:", "user", "users:"] {
        for len in [1, 2, 15, 16, 17, 18, 19, 31, 32, 33, 34, 35, 36, 37] {
            for character in ['a', '-', '_', '/', '*', ':', ' ', 'é'] {
                for place in 0..len {
                    let fill = |at| if at == place { character } else { 'x' };
                    let role = format!("{prefix}{}", (0..len).map(fill).collect::<String>());
                    let text = format!("read(\"{role}\")");
                    let parsed = Permission::parse(&text);
                    let holder = parsed.as_ref().map_or_else(
                        |_| Principal::guest(),
                        |permission| Principal::from_roles([permission.role()]),
                    );
                    let input = format!("[{}]", document(&[&text]));
                    let matcher = holder.matcher(Action::Read);
                    let (_, report) = Filter::new(&matcher).apply(input.as_bytes()).unwrap();
                    let got = (report.visible(), report.malformed_permissions());
                    let expected = if parsed.is_ok() { (1, 0) } else { (0, 1) };
                    assert_eq!(got, expected, "{text}");
                }
            }
        }
    }
}

/// The role of the previous permission is repeated with other verbs, and after other roles.
#[test]
fn repeated_role_with_another_verb_has_its_own_decision() {
    let names = ["read", "create", "update", "delete", "write"];
    let roles = ["any", "users", "user:user-a", "team:t", "user:aaaaaaaaaaaaaaaaaaaa"];
    let matcher = user_a();
    for first in names {
        for second in names {
            for (role, other) in roles.iter().flat_map(|role| roles.map(|other| (role, other))) {
                let permission = |name, role| format!("{name}(\"{role}\")");
                let list = [
                    permission(first, role),
                    permission(second, role),
                    permission(second, role),
                    permission(first, &other),
                    "reed(\"any\")".into(),
                ];
                let document = document(&list);
                let (output, report) = seen(&format!("[{document}]")).unwrap();
                let [malformed] = report.problems() else { panic!("{document}: {report:?}") };
                assert_eq!(malformed.permission(), Some(4), "{document}");
                let expected =
                    if matcher.allows(&list) { format!("[{document}]") } else { "[]".into() };
                assert_eq!(output, expected);
            }
        }
    }
}

/// Positions are sums over the list, and do not depend on where the list begins.
#[test]
fn permission_position_is_exact_at_every_offset() {
    for role in ["any", "users", "user:user-a"] {
        for name in ["read", "write", "update"] {
            let mut list = vec![format!("{name}(\"{role}\")"); 300];
            list.push("reed(\"any\")".into());
            for spaces in 0..32 {
                let input = format!("{}[{}]", " ".repeat(spaces), document(&list));
                let (_, report) = seen(&input).unwrap();
                let [malformed] = report.problems() else { panic!("{report:?}") };
                assert_eq!(malformed.permission(), Some(300), "{name} {role} behind {spaces}");
            }
        }
    }
}

/// Permissions up to twice the maximum length.
#[test]
fn problem_equals_the_parse_error_of_the_permission() {
    for len in [0, 37, 100, 200, 400] {
        let permission = format!("read(\"user:{}\")", "a".repeat(len));
        let (_, report) = seen(&format!("[{}]", document(&[&permission]))).unwrap();
        let [malformed] = report.problems() else { panic!("{permission}: {report:?}") };
        let expected = Permission::parse(&permission).unwrap_err();
        let source = std::error::Error::source(malformed).unwrap();
        assert_eq!(source.to_string(), expected.to_string());
        assert_eq!(malformed.kind(), &ProblemKind::Permission(expected), "{permission}");
    }
    let (_, report) = seen(r#"[{"$permissions":5}]"#).unwrap();
    assert!(std::error::Error::source(&report.problems()[0]).is_none());
}

/// Characters beyond U+FFFF are written as two escapes.
#[test]
fn escaped_character_is_reported_unescaped() {
    for character in
        ['é', '\u{7ff}', '\u{ffff}', '\u{10000}', '\u{103ff}', '\u{1f600}', '\u{10ffff}']
    {
        let units = character.encode_utf16(&mut [0; 2]).to_vec();
        let escaped =
            units.iter().map(|unit| format!("\\u{unit:04x}")).collect::<Vec<_>>().concat();
        for spelling in [escaped.to_uppercase().replace("\\U", "\\u"), escaped] {
            let input = format!("[{{\"$permissions\":[\"read(\\\"{spelling}\\\")\"]}}]");
            let (_, report) = seen(&input).unwrap();
            let [malformed] = report.problems() else { panic!("{input}: {report:?}") };
            let error = Permission::parse(&format!("read(\"{character}\")")).unwrap_err();
            assert_eq!(malformed.kind(), &ProblemKind::Permission(error), "{input}");
        }
    }
}

/// Long numbers and numbers with an exponent, around the range of `f64`.
#[test]
fn number_is_out_of_range_exactly_if_f64_does_not_hold_it() {
    for digits in [1, 8, 9, 10, 99, 100, 101, 198, 199, 200, 201, 308, 309, 310, 400] {
        for digit in ["1", "9"] {
            for exponent in ["", "e0", "e9", "e10", "e99", "e100", "e199", "e300", "e308", "e-99"] {
                for sign in ["", "-"] {
                    let number = format!("{sign}{}{exponent}", digit.repeat(digits));
                    let input = format!("[{{\"a\":{number}}}]");
                    assert_eq!(seen(&input).is_ok(), is_json(input.as_bytes()), "{number}");
                }
            }
        }
    }
}

/// The same answers with every set of features of `serde_json`.
#[test]
fn number_beyond_f64_is_an_error_with_every_feature_of_serde_json() {
    for number in ["1e400", "-1e400", "1e309", "1.7976931348623159e308", "1e999999999999999999999"]
    {
        for (format, input) in [
            (Format::Array, format!("[{{\"a\":[{number}]}}]")),
            (Format::List, format!("{{\"total\":{number},\"documents\":[]}}")),
            (Format::Lines, number.to_owned()),
        ] {
            assert!(!is_json(input.as_bytes()), "{input}");
            let error = seen_as(format, &input).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NumberOutOfRange, "{input}");
        }
    }
    for number in ["1.7976931348623157e308", "0e400", "1e-400", "0.00001e312", "-0.0"] {
        let input = format!("[{{\"a\":[{number}]}}]");
        assert!(is_json(input.as_bytes()) && seen(&input).is_ok(), "{input}");
    }
}

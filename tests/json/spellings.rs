//! Permissions and numbers that are read in a faster way than the grammar's, next to others.

use rolegate::json::{Filter, ProblemKind};
use rolegate::{Action, Permission, Principal};
use serde_json::Value;

use super::{seen, user_a};

/// A document with these permissions, as JSON.
fn document<S: AsRef<str>>(permissions: &[S]) -> String {
    let texts: Vec<&str> = permissions.iter().map(AsRef::as_ref).collect();
    serde_json::json!({ "$permissions": texts }).to_string()
}

/// Ids of lengths around blocks of sixteen, with one character at each place that may not stand there,
/// or may stand there only sometimes.
#[test]
fn a_role_is_one_exactly_if_the_grammar_says_so() {
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

/// The role of the permission before, with other names, and behind other roles.
#[test]
fn a_role_that_comes_again_is_read_again() {
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

/// Wherever the list begins: places in it are sums, and must not be anything else.
#[test]
fn permissions_are_counted_one_by_one() {
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

/// As far as it may be one.
#[test]
fn a_report_says_the_same_of_a_permission_as_its_parser() {
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

/// Characters beyond two bytes of UTF-16 are written as two escapes; the report shows the one.
#[test]
fn an_escape_means_the_character_that_it_stands_for() {
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

/// Long ones and ones with an exponent, around what 64 bits can hold.
#[test]
fn a_number_is_too_large_exactly_if_serde_json_says_so() {
    for digits in [1, 8, 9, 10, 99, 100, 101, 198, 199, 200, 201, 308, 309, 310, 400] {
        for digit in ["1", "9"] {
            for exponent in ["", "e0", "e9", "e10", "e99", "e100", "e199", "e300", "e308", "e-99"] {
                for sign in ["", "-"] {
                    let number = format!("{sign}{}{exponent}", digit.repeat(digits));
                    let input = format!("[{{\"a\":{number}}}]");
                    let expected = serde_json::from_str::<Value>(&input).is_ok();
                    assert_eq!(seen(&input).is_ok(), expected, "{number}");
                }
            }
        }
    }
}

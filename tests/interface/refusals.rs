//! The messages for refused texts: every kind of mistake, with its span and hint.

use rolegate::{Action, ActionSet, ParseError, Permission, Role};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    what: String,
    text: String,
    kind: String,
    span: (usize, usize),
    message: String,
}

fn refusal(what: &str, text: &str) -> Option<ParseError> {
    match what {
        "permission" => Permission::parse(text).err(),
        "role" => Role::parse(text).err(),
        "action" => Action::parse(text).err(),
        "action set" => ActionSet::parse(text).err(),
        "id" => Role::user(text).err(),
        "team role" => Role::team_role("t", text).err(),
        "label" => Role::label(text).err(),
        _ => panic!("nothing reads {what:?}"),
    }
}

#[test]
fn refusal_has_kind_span_and_message_of_the_vector() {
    for line in include_str!("../data/refusals.ndjson").lines() {
        let case: Case = serde_json::from_str(line).unwrap();
        let error = refusal(&case.what, &case.text).unwrap_or_else(|| panic!("accepted: {line}"));
        let span = (error.span().start, error.span().end);
        let got = (format!("{:?}", error.kind()), span, error.to_string());
        assert_eq!(got, (case.kind, case.span, case.message), "{} {:?}", case.what, case.text);
    }
}

#[test]
fn caret_points_at_the_mistake() {
    let (team, role) = ("a".repeat(30), "a".repeat(40));
    for (text, expected) in [
        (
            "read(\"usr:ann\")".to_owned(),
            "read(\"usr:ann\")\n      ^^^ expected a role, found `usr`; write `user:ann`".to_owned(),
        ),
        (String::new(), "\n^ expected a permission, found the end".into()),
        (
            "re\u{501}d(\"any\")".into(),
            "re\\u{501}d(\"any\")\n^^^^^^^^^^ expected an action, found `re\\u{501}d`; write `read`"
                .into(),
        ),
        (
            format!("read(\"team:{team}/{role}é\")"),
            format!(
                "...{}/{role}\\u{{e9}}\")\n{:63}^^^^^^ \
                 expected a letter, digit, `.`, `_` or `-`, found `\\u{{e9}}`",
                "a".repeat(19),
                ""
            ),
        ),
        (
            format!("read(\"any\"){}", "x".repeat(70)),
            format!(
                "read(\"any\"){}...\n{:11}{} expected the end, found `{}...`; \
                 leave out the rest; a text has one permission",
                "x".repeat(60),
                "",
                "^".repeat(60),
                "x".repeat(40)
            ),
        ),
    ] {
        let error = Permission::parse(&text).unwrap_err();
        assert_eq!(error.caret(&text).to_string(), expected, "{text:?}");
    }
}

//! Errors of parsing: each is small, points into the text, and prints within a limit.

use proptest::prelude::*;
use rolegate::{Action, ActionSet, ParseError, Permission, Role};

use crate::support::strategies;

/// The limit of a message, and of a rendering with a caret, in bytes.
const MAX_SHOWN: usize = 400;

type Parse = fn(&str) -> Option<ParseError>;

/// The parsers, by name.
const PARSERS: [(&str, Parse); 9] = [
    ("permission", |text| Permission::parse(text).err()),
    ("role", |text| Role::parse(text).err()),
    ("action", |text| Action::parse(text).err()),
    ("action set", |text| ActionSet::parse(text).err()),
    ("id of a user", |text| Role::user(text).err()),
    ("id of a team", |text| Role::team(text).err()),
    ("id of a membership", |text| Role::member(text).err()),
    ("role within a team", |text| Role::team_role("t", text).err()),
    ("label", |text| Role::label(text).err()),
];

/// Checks an error about `text`, also when it is shown with another text.
fn check(what: &str, error: &ParseError, text: &str, other: &str) -> Result<(), TestCaseError> {
    let span = error.span();
    prop_assert!(text.get(span.clone()).is_some(), "{what}: {span:?} of {text:?}");

    let message = error.to_string();
    prop_assert!(message.starts_with("expected "), "{what}: {message}");
    prop_assert!(message.len() < MAX_SHOWN, "{what}: {} bytes: {message}", message.len());
    prop_assert!(format!("{error:?}").len() < 2 * MAX_SHOWN, "{what}: {error:?}");

    for shown in [text, other, ""] {
        let caret = error.caret(shown).to_string();
        let lines: Vec<&str> = caret.lines().collect();
        prop_assert_eq!(lines.len(), 2, "{}: {}", what, caret);
        prop_assert!(caret.len() < MAX_SHOWN, "{what}: {} bytes:\n{caret}", caret.len());
        prop_assert!(lines[1].trim_start().starts_with('^'), "{what}:\n{caret}");
        prop_assert!(lines[1].ends_with(&message), "{what}:\n{caret}");
    }
    Ok(())
}

fn check_all(text: &str, other: &str) -> Result<(), TestCaseError> {
    for (what, parse) in PARSERS {
        if let Some(error) = parse(text) {
            check(what, &error, text, other)?;
        }
    }
    Ok(())
}

fn hostile_text() -> BoxedStrategy<String> {
    let wide = || proptest::sample::select(vec!["\u{10ffff}", "é", "\0", "\n", "a", "\"", "/"]);
    prop_oneof![
        strategies::near_miss(strategies::permission()),
        strategies::near_miss(strategies::role()),
        strategies::near_miss(strategies::small_permission()),
        strategies::permission_with_edges(),
        strategies::role_with_edges(),
        strategies::part_with_edges(),
        any::<String>(),
        (strategies::near_miss(strategies::permission()), wide(), 0..300_usize)
            .prop_map(|(text, piece, times)| text + &piece.repeat(times)),
        (wide(), 0..300_usize, strategies::near_miss(strategies::role()))
            .prop_map(|(piece, times, text)| piece.repeat(times) + &text),
        (strategies::near_miss(strategies::role()), 100..300_usize)
            .prop_map(|(role, times)| role + &"x".repeat(times)),
    ]
    .boxed()
}

proptest! {
    // Each text is tried on nine parsers, and a message depends on the place of the mistake.
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn parse_error_any_text_points_into_it_and_prints_within_the_limit(
        text in hostile_text(),
        other in hostile_text(),
    ) {
        check_all(&text, &other)?;
    }
}

#[test]
fn parse_error_megabyte_text_is_small() {
    let size = 1 << 20;
    for piece in ["a", "0", " ", "\"", "/", ":", "read(\"", "any", "*", "é", "\u{10ffff}", "read,"]
    {
        let long = piece.repeat(size / piece.len());
        for beginning in ["", "read(\"any\")", "read(\"team:t/", "user:", "usr:", "role:", "read "]
        {
            let text = format!("{beginning}{long}");
            for (what, parse) in PARSERS {
                let error = parse(&text).unwrap_or_else(|| panic!("{what}: {beginning}{piece}..."));
                check(what, &error, &text, piece).unwrap();
            }
        }
    }
}

#[test]
fn parse_error_wide_characters_count_as_escapes() {
    let text = format!("read(\"any\"){}", "\u{10ffff}".repeat(100));
    let error = Permission::parse(&text).unwrap_err();
    check("permission", &error, &text, "").unwrap();
    let quoted = r"expected the end, found `\u{10ffff}\u{10ffff}\u{10ffff}\u{10ffff}...`";
    assert!(error.to_string().starts_with(quoted), "{error}");
}

#[test]
fn hint_for_misspelt_role_repeats_only_valid_ids() {
    let hint = |text: &str| Role::parse(text).unwrap_err().hint().unwrap().to_owned();
    assert_eq!(hint("usr:a"), "write `user:a`");
    assert_eq!(hint("usr:"), "write `user:ID`");
    assert_eq!(hint(&format!("usr:{}", "a".repeat(37))), "write `user:ID`");
    assert_eq!(hint("lable:a-b"), "write `label:NAME`");
}

/// A set of actions is an exception: it is parsed name by name.
#[test]
fn parse_error_long_text_points_near_its_start() {
    for piece in ["a", " ", "0", "é", "\u{10ffff}"] {
        let long = piece.repeat(10_000);
        for beginning in ["", "read(\"any\")", "read(\"user:", "any", "user:", "role:"] {
            let text = format!("{beginning}{long}");
            for (what, parse) in PARSERS.into_iter().filter(|(what, _)| *what != "action set") {
                let end = parse(&text).unwrap().span().end;
                assert!(end <= 2 * Permission::MAX_LEN, "{what}: {end} of {beginning}{piece}...");
            }
        }
    }
}

//! Every text of a small scope: the shortcut, the grammar and the recogniser accept the same texts.
//!
//! The shortcut reads blocks of 16 bytes. A mistake in it could concern one byte at one place of a part with one
//! length, so every byte is tried at every place.

use crate::support::language::{check, check_permission, check_role};

/// Returns the characters to try at each place: all of ASCII, and some that have two to four bytes.
fn characters() -> Vec<char> {
    let beyond = ['\u{80}', 'é', 'ſ', 'а', '\u{ff10}', '\u{202e}', '\u{1f600}'];
    ('\0'..='\x7f').chain(beyond).collect()
}

/// Characters that differ in what they may be part of.
const KINDS: [char; 12] = ['a', 'Z', '0', '9', '_', '.', '-', '/', ':', '"', '\x7f', 'é'];

/// Calls `each` with every sequence of up to `len` pieces. Returns the number of calls that returned `true`.
fn sequences(pieces: &[&str], len: usize, each: fn(&str) -> bool) -> usize {
    fn extend(
        text: &mut String,
        pieces: &[&str],
        len: usize,
        each: fn(&str) -> bool,
        accepted: &mut usize,
    ) {
        *accepted += usize::from(each(text));
        if len == 0 {
            return;
        }
        let end = text.len();
        for piece in pieces {
            text.push_str(piece);
            extend(text, pieces, len - 1, each, accepted);
            text.truncate(end);
        }
    }
    let mut accepted = 0;
    extend(&mut String::new(), pieces, len, each, &mut accepted);
    accepted
}

#[test]
fn role_of_up_to_five_pieces_is_accepted_by_both_parsers_or_by_neither() {
    let pieces = [
        "any",
        "guests",
        "users",
        "user",
        "team",
        "member",
        "label",
        ":",
        "/",
        "verified",
        "unverified",
        "a",
        "0",
        "_",
    ];
    let accepted = sequences(&pieces, 5, check_role);
    assert!(accepted > 1000, "{accepted}");
}

#[test]
fn permission_of_up_to_five_pieces_is_accepted_by_both_parsers_or_by_neither() {
    let pieces = [
        "read",
        "create",
        "update(\"",
        "delete(\"",
        "write",
        "(\"",
        "any",
        "user:a",
        "/verified",
        "0",
        "\")",
        "\"",
        ")",
        " ",
    ];
    let accepted = sequences(&pieces, 5, check_permission);
    assert!(accepted > 50, "{accepted}");
}

#[test]
fn part_of_up_to_five_characters_is_accepted_by_both_parsers_or_by_neither() {
    let pieces = ["a", "Z", "0", "9", "_", ".", "-", "/", ":", "é"];
    let checks: [fn(&str) -> bool; 6] = [
        |part| check_role(&format!("user:{part}")),
        |part| check_role(&format!("team:{part}")),
        |part| check_role(&format!("member:{part}")),
        |part| check_role(&format!("label:{part}")),
        |part| check_role(&format!("team:a/{part}")),
        |part| check_role(&format!("users/{part}")),
    ];
    let accepted = checks.map(|check| sequences(&pieces, 5, check));
    // Ids and team roles: 4 first characters, 7 others, and not `0`. Labels: 4 characters.
    let id: usize = (0..5).map(|others| 4 * 7_usize.pow(others)).sum::<usize>() - 1;
    let label: usize = (1..=5).map(|len| 4_usize.pow(len)).sum::<usize>() - 1;
    // The pairs of an id and a team role of 1 and 1, 1 and 2, 1 and 3, and 2 and 2 characters.
    let [one, two, three] = [4 - 1, 4 * 7, 4 * 7 * 7];
    let pairs = one * one + 2 * one * two + 2 * one * three + two * two;
    assert_eq!(accepted, [id, id + pairs, id, label, id, 0]);
}

/// Calls `check` with each text that has one of the characters in place of one of `len` letters.
fn with_each_character(len: usize, characters: &[char], mut check: impl FnMut(&str)) {
    for at in 0..len {
        let (before, behind) = ("b".repeat(at), "b".repeat(len - at - 1));
        for character in characters {
            check(&format!("{before}{character}{behind}"));
        }
    }
}

#[test]
fn id_of_any_length_with_any_character_anywhere_is_accepted_by_both_parsers_or_by_neither() {
    let characters = characters();
    for len in 0..=40 {
        with_each_character(len, &characters, |id| {
            for head in ["user", "team", "member", "label"] {
                check_role(&format!("{head}:{id}"));
            }
            check_role(&format!("user:{id}/unverified"));
            check_role(&format!("team:{id}/owner"));
        });
    }
}

#[test]
fn team_role_of_any_length_with_any_character_anywhere_is_accepted_by_both_parsers_or_by_neither() {
    for len in 0..=85 {
        with_each_character(len, &KINDS, |role| {
            for id in [1, 2, 15, 16, 17, 20, 36] {
                check_role(&format!("team:{}/{role}", "1".repeat(id)));
            }
        });
    }
}

#[test]
fn parts_of_any_lengths_are_accepted_by_both_parsers_up_to_their_limits() {
    for id in 0..=40 {
        let name = "1".repeat(id);
        for head in ["user", "team", "member", "label"] {
            assert_eq!(
                check_role(&format!("{head}:{name}")),
                (1..=36).contains(&id),
                "{head} {id}"
            );
        }
        for role in 0..=90 {
            let text = format!("team:{name}/{}", "o".repeat(role));
            let accepted = (1..=36).contains(&id) && (1..=81).contains(&role);
            assert_eq!(check_role(&text), accepted, "{id}, {role}");
            for verb in ["read", "create", "update", "delete", "write"] {
                assert_eq!(
                    check_permission(&format!("{verb}(\"{text}\")")),
                    accepted,
                    "{id}, {role}"
                );
            }
        }
    }
    // The grammar reads no more than 266 bytes.
    for len in 120..=600 {
        assert!(!check_role(&format!("team:{}", "a".repeat(len))));
        assert!(!check_permission(&format!("read(\"user:a{}\")", "\")".repeat(len))));
    }
}

/// Permissions of each verb and each kind of role.
const PERMISSIONS: [&str; 12] = [
    "read(\"any\")",
    "create(\"guests\")",
    "update(\"users\")",
    "delete(\"users/verified\")",
    "write(\"users/unverified\")",
    "read(\"user:65f2a9d3c4b7e8015f6a\")",
    "update(\"user:a.b_c-d/verified\")",
    "delete(\"user:0123456789012345678901234567890123456/unverified\")",
    "write(\"team:t\")",
    "create(\"team:65f2a9d3c4b7e801/owner\")",
    "read(\"member:00\")",
    "delete(\"label:vip\")",
];

#[test]
fn permission_with_any_one_edit_is_accepted_by_both_parsers_or_by_neither() {
    let mut accepted = 0;
    for text in PERMISSIONS {
        check(text);
        let places = (0..=text.len()).map(|at| text.split_at(at));
        for (before, behind) in places {
            check(before);
            check(behind);
            let mut rest = behind.chars();
            let next = rest.next();
            let rest = rest.as_str();
            check(&format!("{before}{rest}"));
            check(&format!("{before}{behind}{behind}"));
            if let (Some(next), Some(after)) = (next, rest.chars().next()) {
                check(&format!("{before}{after}{next}{}", &rest[1..]));
            }
            for character in characters() {
                accepted += usize::from(check_permission(&format!("{before}{character}{rest}")));
                accepted += usize::from(check_permission(&format!("{before}{character}{behind}")));
            }
        }
    }
    assert!(accepted > 1000, "{accepted}");
}

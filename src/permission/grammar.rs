//! The grammar of permissions and roles, in nom.
//!
//! ```text
//! permission = action "(" '"' role '"' ")"
//! action     = "read" | "create" | "update" | "delete" | "write"
//! role       = "any" | "guests"
//!            | "users" [ "/" verification ]
//!            | "user:" id [ "/" verification ]
//!            | "team:" id [ "/" team-role ]
//!            | "member:" id
//!            | "label:" alnum
//! verification = "verified" | "unverified"
//! id         = 1..36 of [A-Za-z0-9._-], not starting with "_", "." or "-"
//! team-role  = as id, 1..81
//! alnum      = 1..36 of [A-Za-z0-9]
//! ```
//!
//! An id, team role or label `0` is refused. The functions of this file only accept or refuse a text.
//! For a refused text, `diagnose.rs` works out the message.
//!
//! This file defines the language. `shortcut.rs` accepts most of it in less time, and tests compare the two.

use nom::combinator::{all_consuming, map_opt, opt, recognize, value, verify};
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

use super::verb::{CLOSING, Verb};

/// The length of the longest id or label: 36.
///
/// Source: `Key::DEFAULT_LENGTH` of utopia-php/database, 36.
pub(crate) const MAX_ID_LEN: usize = 36;

/// The length of the longest role within a team: 81.
///
/// Source: Appwrite's project-specific team roles, `project-<id>-<role>`: 8 + 36 + 1 + 36.
pub(super) const MAX_TEAM_ROLE_LEN: usize = 81;

/// The length of the longest role, `team:ID/ROLE`: 123.
pub(crate) const MAX_ROLE_LEN: usize = "team:".len() + MAX_ID_LEN + "/".len() + MAX_TEAM_ROLE_LEN;

/// The length of the longest permission, `update("team:ID/ROLE")`: 133.
pub(crate) const MAX_PERMISSION_LEN: usize =
    Verb::Update.opening().len() + MAX_ROLE_LEN + CLOSING.len();

/// The result of a parser. Its error carries no reason, because `diagnose.rs` finds the reason.
type Parsed<'a, T> = IResult<&'a str, T, ()>;

/// Returns the verb and the role of a permission.
pub(super) fn permission(input: &str) -> Option<(Verb, &str)> {
    accept((verb, delimited(literal(b"(\""), role, literal(b"\")"))), input)
}

/// Returns `true` if a text is a role.
pub(crate) fn is_role(input: &str) -> bool {
    accept(role, input).is_some()
}

/// Returns `true` if a text is the id of a user, a team or a membership.
pub(super) fn is_id(input: &str) -> bool {
    accept(id, input).is_some()
}

/// Returns `true` if a text is a role within a team.
pub(super) fn is_team_role(input: &str) -> bool {
    accept(team_role, input).is_some()
}

/// Returns `true` if a text is a label.
pub(super) fn is_label(input: &str) -> bool {
    accept(label, input).is_some()
}

fn accept<'a, T>(
    parser: impl Parser<&'a str, Output = T, Error = ()>,
    input: &'a str,
) -> Option<T> {
    all_consuming(parser).parse(bounded(input)).ok().map(|(_, output)| output)
}

/// Cuts a text to the length that the parser and the diagnosis may read.
///
/// That is twice the length of the longest permission. A cut text is still too long to be a permission,
/// so cutting makes no text acceptable.
pub(super) fn bounded(input: &str) -> &str {
    const MAX: usize = 2 * MAX_PERMISSION_LEN;
    if input.len() <= MAX {
        return input;
    }
    (0..=MAX).rev().find_map(|end| input.get(..end)).unwrap_or_default()
}

pub(super) fn is_id_char(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-')
}

pub(super) fn is_label_char(character: char) -> bool {
    character.is_ascii_alphanumeric()
}

fn verb(input: &str) -> Parsed<'_, Verb> {
    map_opt(word, Verb::from_name).parse(input)
}

fn role(input: &str) -> Parsed<'_, &str> {
    recognize(role_parts).parse(input)
}

fn role_parts(input: &str) -> Parsed<'_, ()> {
    let (rest, name) = word(input)?;
    match name {
        "any" | "guests" => Ok((rest, ())),
        "users" => value((), opt(preceded(literal(b"/"), verification))).parse(rest),
        "user" => {
            value((), (literal(b":"), id, opt(preceded(literal(b"/"), verification)))).parse(rest)
        }
        "team" => {
            value((), (literal(b":"), id, opt(preceded(literal(b"/"), team_role)))).parse(rest)
        }
        "member" => value((), (literal(b":"), id)).parse(rest),
        "label" => value((), (literal(b":"), label)).parse(rest),
        _ => Err(nom::Err::Error(())),
    }
}

fn verification(input: &str) -> Parsed<'_, &str> {
    verify(word, |name: &str| matches!(name, "verified" | "unverified")).parse(input)
}

/// Parses a keyword. `unverified` is the longest keyword.
fn word(input: &str) -> Parsed<'_, &str> {
    run(input, "unverified".len(), &WORD)
}

fn id(input: &str) -> Parsed<'_, &str> {
    name(input, MAX_ID_LEN, &ID)
}

fn team_role(input: &str) -> Parsed<'_, &str> {
    name(input, MAX_TEAM_ROLE_LEN, &ID)
}

fn label(input: &str) -> Parsed<'_, &str> {
    name(input, MAX_ID_LEN, &LABEL)
}

/// Parses a part that a user chooses. Its first character is a letter or digit. It is not `0`, which
/// Appwrite treats as empty.
#[inline]
fn name<'a>(input: &'a str, max: usize, class: &Class) -> Parsed<'a, &'a str> {
    let (rest, name) = run(input, max, class)?;
    match name.as_bytes() {
        [b'0'] => Err(nom::Err::Error(())),
        [first, ..] if first.is_ascii_alphanumeric() => Ok((rest, name)),
        _ => Err(nom::Err::Error(())),
    }
}

/// The bytes that may be part of a run. A look-up takes half the steps of comparing with ranges.
type Class = [bool; 256];

static ID: Class = class(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
static LABEL: Class = class(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
static WORD: Class = class(b"abcdefghijklmnopqrstuvwxyz");

#[expect(clippy::indexing_slicing, reason = "evaluated at compile time; a byte is below 256")]
const fn class(mut members: &[u8]) -> Class {
    let mut class = [false; 256];
    while let [first, rest @ ..] = members {
        class[*first as usize] = true;
        members = rest;
    }
    class
}

/// Parses the longest run of ASCII characters of a class, of at most `max` characters.
///
/// It reads bytes. That takes a third of the time of nom's own `take_while_m_n`, which decodes
/// characters.
#[inline]
fn run<'a>(input: &'a str, max: usize, class: &Class) -> Parsed<'a, &'a str> {
    let bytes = input.as_bytes();
    let bytes = bytes.get(..max).unwrap_or(bytes);
    let belongs = |&byte: &u8| class.get(usize::from(byte)).copied().unwrap_or(false);
    let len = bytes.iter().position(|byte| !belongs(byte)).unwrap_or(bytes.len());
    let (run, rest) = input.split_at_checked(len).ok_or(nom::Err::Error(()))?;
    Ok((rest, run))
}

/// Parses exactly this text. Compares all bytes at once, where nom's own `tag` compares characters.
#[inline]
fn literal<'a, const LEN: usize>(
    text: &'static [u8; LEN],
) -> impl Parser<&'a str, Output = (), Error = ()> {
    move |input: &'a str| match input.split_at_checked(LEN) {
        Some((first, rest)) if first.as_bytes().first_chunk() == Some(text) => Ok((rest, ())),
        _ => Err(nom::Err::Error(())),
    }
}

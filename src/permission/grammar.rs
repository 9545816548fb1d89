//! What is accepted: the grammar of permissions and roles, in nom.
//!
//! ```text
//! permission = action "(" '"' role '"' ")"
//! action     = "read" | "create" | "update" | "delete" | "write"
//! role       = "any" | "guests"
//!            | "users" [ "/" status ]
//!            | "user:" id [ "/" status ]
//!            | "team:" id [ "/" team-role ]
//!            | "member:" id
//!            | "label:" alnum
//! status     = "verified" | "unverified"
//! id         = 1..36 of [A-Za-z0-9._-], not starting with "_", "." or "-"
//! team-role  = as id, 1..81
//! alnum      = 1..36 of [A-Za-z0-9]
//! ```
//!
//! An id, team role or label `0` is refused. The functions here only recognise; what a refusal
//! means for a person is worked out in `diagnose.rs`, which runs only then.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while_m_n};
use nom::combinator::{all_consuming, opt, recognize, value, verify};
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

use super::{Action, ActionSet};

/// The most characters that an id or a label can have.
///
/// Source: `Key::DEFAULT_LENGTH` of utopia-php/database, 36.
pub const MAX_ID_LEN: usize = 36;

/// The most characters that a role within a team can have.
///
/// Source: Appwrite's project-specific team roles, `project-<id>-<role>`: 8 + 36 + 1 + 36.
pub const MAX_TEAM_ROLE_LEN: usize = 81;

/// The most characters that a role can have: those of `team:ID/ROLE`.
pub const MAX_ROLE_LEN: usize = "team:".len() + MAX_ID_LEN + "/".len() + MAX_TEAM_ROLE_LEN;

/// The most characters that a permission can have: those of `update("team:ID/ROLE")`.
pub const MAX_PERMISSION_LEN: usize = "update(\"".len() + MAX_ROLE_LEN + "\")".len();

/// The grammar says only that it could not go on; `diagnose.rs` says why.
type Parsed<'a, T> = IResult<&'a str, T, ()>;

/// The actions and the role of a permission.
pub(super) fn permission(input: &str) -> Option<(ActionSet, &str)> {
    accept((actions, delimited(tag("(\""), role, tag("\")"))), input)
}

/// Whether a text is a role.
pub(super) fn is_role(input: &str) -> bool {
    accept(role, input).is_some()
}

/// Whether a text is an id: of a user, a team or a membership.
pub(super) fn is_id(input: &str) -> bool {
    accept(id, input).is_some()
}

/// Whether a text is a role within a team.
pub(super) fn is_team_role(input: &str) -> bool {
    accept(team_role, input).is_some()
}

/// Whether a text is a label.
pub(super) fn is_label(input: &str) -> bool {
    accept(label, input).is_some()
}

fn accept<'a, T>(
    parser: impl Parser<&'a str, Output = T, Error = ()>,
    input: &'a str,
) -> Option<T> {
    all_consuming(parser).parse(bounded(input)).ok().map(|(_, output)| output)
}

/// What can begin a permission, and enough behind it to tell what went wrong: the rest of a longer
/// input is never looked at.
///
/// Cutting makes no text acceptable: what is left is still longer than any permission.
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

fn actions(input: &str) -> Parsed<'_, ActionSet> {
    alt((
        value(Action::Read.into(), tag("read")),
        value(Action::Update.into(), tag("update")),
        value(Action::Delete.into(), tag("delete")),
        value(Action::Create.into(), tag("create")),
        value(ActionSet::WRITE, tag("write")),
    ))
    .parse(input)
}

fn role(input: &str) -> Parsed<'_, &str> {
    alt((
        recognize((tag("user:"), id, opt(preceded(tag("/"), status)))),
        recognize((tag("team:"), id, opt(preceded(tag("/"), team_role)))),
        recognize((tag("users"), opt(preceded(tag("/"), status)))),
        tag("any"),
        recognize((tag("label:"), label)),
        recognize((tag("member:"), id)),
        tag("guests"),
    ))
    .parse(input)
}

fn status(input: &str) -> Parsed<'_, &str> {
    alt((tag("verified"), tag("unverified"))).parse(input)
}

fn id(input: &str) -> Parsed<'_, &str> {
    verify(take_while_m_n(1, MAX_ID_LEN, is_id_char), starts_well).parse(input)
}

fn team_role(input: &str) -> Parsed<'_, &str> {
    verify(take_while_m_n(1, MAX_TEAM_ROLE_LEN, is_id_char), starts_well).parse(input)
}

fn label(input: &str) -> Parsed<'_, &str> {
    verify(take_while_m_n(1, MAX_ID_LEN, is_label_char), starts_well).parse(input)
}

/// No special character comes first, and `0` is what the reference takes for no value.
fn starts_well(value: &str) -> bool {
    value.starts_with(is_label_char) && value != "0"
}

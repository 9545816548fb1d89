//! Inputs of the properties: texts at the edges of the language, and small universes of roles in which
//! lists and principals often share a role.
//!
//! Strategies that are parts of others are boxed. A tree of unboxed strategies would overflow the stack.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use rolegate::{AclLimits, Action};

pub fn action() -> impl Strategy<Value = Action> {
    select(Action::ALL.to_vec())
}

/// Generates the name of an action, or `write`.
pub fn verb() -> impl Strategy<Value = &'static str> {
    select(vec!["read", "create", "update", "delete", "write"])
}

fn status() -> impl Strategy<Value = &'static str> {
    select(vec!["verified", "unverified"])
}

/// Generates a text of one character of `first`, then of `all`. Lengths are at the edges of `1..=max`, or inside.
fn word(first: &'static str, all: &'static str, max: usize) -> impl Strategy<Value = String> {
    let len = prop_oneof![2 => Just(1), 4 => 2..6_usize, 1 => Just(max - 1), 2 => Just(max)];
    let one_of = |chars: &str| select(chars.chars().collect::<Vec<_>>());
    (one_of(first), len.prop_flat_map(move |len| vec(one_of(all), len - 1)))
        .prop_map(|(first, rest)| [first].into_iter().chain(rest).collect::<String>())
        .prop_map(|word| if word == "0" { "1".into() } else { word })
}

const ALPHANUMERIC: &str = "abzABZ019";
const ID: &str = "abzABZ019._-";

pub fn id() -> impl Strategy<Value = String> {
    word(ALPHANUMERIC, ID, 36)
}

pub fn team_role() -> impl Strategy<Value = String> {
    word(ALPHANUMERIC, ID, 81)
}

pub fn label() -> impl Strategy<Value = String> {
    word(ALPHANUMERIC, ALPHANUMERIC, 36)
}

pub fn role() -> BoxedStrategy<String> {
    prop_oneof![
        select(vec!["any".to_owned(), "guests".into(), "users".into()]),
        status().prop_map(|status| format!("users/{status}")),
        id().prop_map(|id| format!("user:{id}")),
        (id(), status()).prop_map(|(id, status)| format!("user:{id}/{status}")),
        id().prop_map(|id| format!("team:{id}")),
        (id(), team_role()).prop_map(|(id, role)| format!("team:{id}/{role}")),
        id().prop_map(|id| format!("member:{id}")),
        label().prop_map(|name| format!("label:{name}")),
    ]
    .boxed()
}

pub fn permission() -> impl Strategy<Value = String> {
    (verb(), role()).prop_map(|(verb, role)| format!("{verb}(\"{role}\")"))
}

/// Pieces that make a text malformed, or change its meaning.
const PIECES: [&str; 34] = [
    "\"",
    "'",
    "/",
    "//",
    ":",
    "::",
    " ",
    "\t",
    "\n",
    "\0",
    "(",
    ")",
    "\")",
    "(\"",
    ",",
    "*",
    "role:",
    "0",
    "a",
    "A",
    "_",
    ".",
    "-",
    "any",
    "user:a",
    "/verified",
    "/owner",
    "write",
    "é",
    "ſ",
    "а",
    "\u{202e}",
    "\u{1f600}",
    "\u{10ffff}",
];

/// One edit of a text. Places are counted in characters.
#[derive(Clone, Debug)]
enum Slip {
    Insert(Index, &'static str),
    Delete(Index),
    Replace(Index, &'static str),
    Double(Index),
    Repeat(Index, usize),
    FlipCase(Index),
    Truncate(Index),
}

impl Slip {
    fn apply(&self, text: &str) -> String {
        let mut chars: Vec<char> = text.chars().collect();
        if chars.is_empty() {
            return if let Self::Insert(_, piece) = self { (*piece).into() } else { text.into() };
        }
        let len = chars.len();
        match self {
            Self::Insert(at, piece) => {
                let at = at.index(len + 1);
                chars.splice(at..at, piece.chars());
            }
            Self::Delete(at) => drop(chars.remove(at.index(len))),
            Self::Replace(at, piece) => {
                let at = at.index(len);
                chars.splice(at..=at, piece.chars());
            }
            Self::Double(at) => chars.extend_from_within(at.index(len)..),
            Self::Repeat(at, times) => {
                let at = at.index(len);
                chars.splice(at..at, vec![chars[at]; *times]);
            }
            Self::FlipCase(at) => {
                let at = at.index(len);
                let flip = |c: char| {
                    if c.is_uppercase() { flat(c.to_lowercase()) } else { flat(c.to_uppercase()) }
                };
                chars.splice(at..=at, flip(chars[at]));
            }
            Self::Truncate(at) => chars.truncate(at.index(len)),
        }
        chars.into_iter().collect()
    }
}

fn flat(chars: impl Iterator<Item = char>) -> Vec<char> {
    chars.collect()
}

fn slip() -> impl Strategy<Value = Slip> {
    let piece = || select(PIECES.to_vec());
    let times = select(vec![1, 2, 33, 34, 35, 36, 37, 80, 81, 200]);
    prop_oneof![
        (any::<Index>(), piece()).prop_map(|(at, piece)| Slip::Insert(at, piece)),
        any::<Index>().prop_map(Slip::Delete),
        (any::<Index>(), piece()).prop_map(|(at, piece)| Slip::Replace(at, piece)),
        any::<Index>().prop_map(Slip::Double),
        (any::<Index>(), times).prop_map(|(at, times)| Slip::Repeat(at, times)),
        any::<Index>().prop_map(Slip::FlipCase),
        any::<Index>().prop_map(Slip::Truncate),
    ]
}

/// Generates a text that is nearly one of `texts`, and sometimes is one.
pub fn near_miss(texts: impl Strategy<Value = String> + 'static) -> BoxedStrategy<String> {
    (texts, vec(slip(), 1..3))
        .prop_map(|(text, slips)| slips.iter().fold(text, |text, slip| slip.apply(&text)))
        .boxed()
}

/// Generates a permission with parts at the edges of the grammar: too long by one, `0`, or with a wrong character.
pub fn permission_with_edges() -> impl Strategy<Value = String> {
    (verb(), role_with_edges()).prop_map(|(verb, role)| format!("{verb}(\"{role}\")"))
}

/// Generates a role with parts at the edges of the grammar.
pub fn role_with_edges() -> impl Strategy<Value = String> {
    let head = select(vec!["user:", "team:", "member:", "label:"]);
    let behind = prop_oneof![
        2 => Just(String::new()),
        1 => status().prop_map(|status| format!("/{status}")),
        3 => part_with_edges().prop_map(|part| format!("/{part}")),
    ];
    (head, part_with_edges(), behind).prop_map(|(head, id, behind)| format!("{head}{id}{behind}"))
}

/// Generates an id, label or team role at an edge of the grammar.
pub fn part_with_edges() -> impl Strategy<Value = String> {
    let len = select(vec![0_usize, 1, 2, 34, 35, 36, 79, 80, 81]);
    let first = select(vec!["0", "1", "9", "a", "b", "Z", "_", ".", "-", "é", "/", ""]);
    let other = select(vec!["0", "a", "Z", ".", "_", "-"]);
    (first, other, len).prop_map(|(first, other, len)| format!("{first}{}", other.repeat(len)))
}

/// The roles of a small universe. Some are prefixes of others, and some differ by case alone.
pub const UNIVERSE: [&str; 18] = [
    "any",
    "guests",
    "users",
    "users/verified",
    "users/unverified",
    "user:a",
    "user:a/verified",
    "user:a/unverified",
    "user:A",
    "user:b",
    "team:t",
    "team:t/owner",
    "team:t/editor",
    "team:tt",
    "team:u/owner",
    "member:m",
    "label:l",
    "label:a",
];

/// Generates a role of the [`UNIVERSE`].
pub fn small_role() -> impl Strategy<Value = &'static str> {
    select(UNIVERSE.to_vec())
}

/// Generates the roles of a principal: 0, 1, 12 or 200.
pub fn principal_roles() -> impl Strategy<Value = Vec<String>> {
    let some = |count: usize| subsequence(UNIVERSE.to_vec(), count);
    let owned = |roles: Vec<&str>| roles.into_iter().map(str::to_owned).collect::<Vec<_>>();
    prop_oneof![
        1 => Just(Vec::new()),
        3 => some(1).prop_map(owned),
        3 => some(12).prop_map(owned),
        1 => some(6).prop_map(move |roles| {
            let others = (0..194).map(|number| format!("team:t{number}"));
            owned(roles).into_iter().chain(others).collect()
        }),
    ]
}

/// Generates a permission for a role of the [`UNIVERSE`].
pub fn small_permission() -> impl Strategy<Value = String> {
    (verb(), small_role()).prop_map(|(verb, role)| format!("{verb}(\"{role}\")"))
}

/// Generates a list of well-formed permissions, the empty one included.
pub fn small_list() -> impl Strategy<Value = Vec<String>> {
    vec(small_permission(), 0..5)
}

/// Generates a stored list: some permissions are malformed, and some name roles that are nearly held.
pub fn stored_list() -> impl Strategy<Value = Vec<String>> {
    let any_permission = prop_oneof![
        6 => small_permission(),
        2 => near_miss(small_permission()),
        1 => permission(),
    ];
    vec(any_permission, 0..6)
}

/// Limits so small that they are reached, one alone or several at once.
pub fn limits() -> impl Strategy<Value = AclLimits> {
    let some = |values: Vec<u32>| prop_oneof![Just(u32::MAX), select(values)];
    (some(vec![0, 1, 5]), some(vec![0, 1, 4]), some(vec![0, 1, 8]), some(vec![0, 5, 40])).prop_map(
        |(lists, roles, grants, role_bytes)| {
            let mut limits = AclLimits::default();
            limits.lists = lists.min(limits.lists);
            limits.roles = roles.min(limits.roles);
            limits.grants = grants;
            limits.role_bytes = role_bytes;
            limits
        },
    )
}

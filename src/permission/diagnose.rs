//! The error messages for texts that the grammar refuses.
//!
//! This code runs only after a refusal. It reads the same bounded start of the text again, without
//! nom, and reports the first mistake.

use std::borrow::Cow;
use std::ops::Range;

use super::error::{ParseError, ParseErrorKind as Kind};
use super::grammar::{self, MAX_ID_LEN, MAX_TEAM_ROLE_LEN, is_id_char, is_label_char};
use super::verb::Verb;

const ROLES: [&str; 7] = ["any", "guests", "users", "user", "team", "member", "label"];
const VERIFICATIONS: [&str; 2] = ["verified", "unverified"];

const HINT_ACTIONS: &str = "actions are read, create, update, delete and write";
const HINT_ROLES: &str = "roles are any, guests, users, user:ID, team:ID, member:ID and label:NAME";
const HINT_LEGACY: &str = "`*` and `role:` have been replaced: write `any`, `users` or `guests`";
const HINT_LEGACY_PERMISSION: &str =
    "`*` and `role:` have been replaced: name an action and a role, as in `read(\"any\")`";
const HINT_SPACE: &str = "leave out the white space";
const HINT_ZERO: &str = "`0` counts as empty: choose another value";

type Hint = Option<Cow<'static, str>>;
type Walk = Result<usize, ParseError>;

#[cold]
pub(super) fn action(input: &str) -> ParseError {
    let text = Text(grammar::bounded(input));
    let hint = match input {
        "write" => Some("`write` is create, update and delete: name one of them".into()),
        _ if text.0.contains(char::is_whitespace) => Some(HINT_SPACE.into()),
        _ => {
            let actions = Verb::ALL.into_iter().filter(|verb| *verb != Verb::Write);
            near(text.0, actions.map(Verb::name)).map(|name| format!("write `{name}`").into())
        }
    };
    let kind = if input.is_empty() { Kind::Empty } else { Kind::UnknownAction };
    text.error(kind, 0..text.0.len(), "an action", hint)
}

/// Returns the reason why a text is not a permission. The caller has found that it is none.
#[cold]
pub(crate) fn permission(input: &str) -> ParseError {
    let text = Text(grammar::bounded(input));
    if input.is_empty() {
        return text.error(Kind::Empty, 0..0, "a permission", None);
    }
    let hint = "leave out the rest; a text has one permission";
    text.permission().map_or_else(|error| error, |end| text.trailing(end, hint))
}

#[cold]
pub(super) fn role(input: &str) -> ParseError {
    let text = Text(grammar::bounded(input));
    if input.is_empty() {
        return text.error(Kind::Empty, 0..0, "a role", None);
    }
    if let Some((_, role)) = grammar::permission(input) {
        let hint = Some(format!("this is a permission; its role is `{role}`").into());
        return text.error(Kind::UnknownRole, 0..text.0.len(), "a role", hint);
    }
    text.role(0).map_or_else(|error| error, |end| text.trailing(end, "leave out the rest"))
}

#[cold]
pub(super) fn id(input: &str) -> ParseError {
    part(input, &Part::ID)
}

#[cold]
pub(super) fn team_role(input: &str) -> ParseError {
    part(input, &Part::TEAM_ROLE)
}

#[cold]
pub(super) fn label(input: &str) -> ParseError {
    part(input, &Part::LABEL)
}

fn part(input: &str, part: &Part) -> ParseError {
    let text = Text(grammar::bounded(input));
    if input.is_empty() {
        return text.error(Kind::Empty, 0..0, part.name, None);
    }
    text.part(0, part).map_or_else(|error| error, |end| text.bad_character(end, part.other))
}

/// A part of a role that a user chooses: its names in messages, and the characters that it may have.
struct Part {
    name: &'static str,
    plural: &'static str,
    max: usize,
    allows: fn(char) -> bool,
    first: &'static str,
    other: &'static str,
}

impl Part {
    const ID: Self = Self {
        name: "an id",
        plural: "ids",
        max: MAX_ID_LEN,
        allows: is_id_char,
        first: "a letter or digit at the start of an id",
        other: "a letter, digit, `.`, `_` or `-`",
    };
    const TEAM_ROLE: Self = Self {
        name: "a team role",
        plural: "team roles",
        max: MAX_TEAM_ROLE_LEN,
        allows: is_id_char,
        first: "a letter or digit at the start of a team role",
        other: "a letter, digit, `.`, `_` or `-`",
    };
    const LABEL: Self = Self {
        name: "a label",
        plural: "labels",
        max: MAX_ID_LEN,
        allows: is_label_char,
        first: "a letter or digit",
        other: "a letter or digit",
    };
}

/// A bounded text that the grammar has refused. Each walk takes the byte offset at which a part
/// begins, and returns the offset at which it ends.
struct Text<'a>(&'a str);

impl<'a> Text<'a> {
    fn permission(&self) -> Walk {
        let name = self.run(0, is_word);
        if Verb::from_name(name).is_none() {
            return Err(self.unknown_action(name));
        }
        if !self.from(name.len()).starts_with("(\"") {
            return Err(self.missing_opening(name));
        }
        let end = self.role(name.len() + 2)?;
        if !self.from(end).starts_with("\")") {
            return Err(self.missing_closing(end));
        }
        Ok(end + 2)
    }

    fn role(&self, start: usize) -> Walk {
        let name = self.run(start, is_word);
        let end = start + name.len();
        let next = self.from(end).chars().next();
        match (name, next) {
            ("any" | "guests" | "users", Some(':')) => Err(self.unexpected_id(name, end)),
            ("any" | "guests", Some('/')) => Err(self.unexpected_suffix(end)),
            ("users", Some('/')) => self.verification(end + 1),
            ("any" | "guests" | "users", _) => Ok(end),
            ("user" | "team" | "member" | "label", Some(':')) => self.role_with_id(name, end + 1),
            ("user" | "team" | "member" | "label", _) => {
                let hint = Some(format!("write `{}`", with_placeholder(name)).into());
                Err(self.error(Kind::MissingId, self.character(end), "`:` and an id", hint))
            }
            _ => Err(self.unknown_role(start, name)),
        }
    }

    fn role_with_id(&self, name: &str, start: usize) -> Walk {
        let part = if name == "label" { Part::LABEL } else { Part::ID };
        let end = self.part(start, &part)?;
        match (name, self.from(end).chars().next()) {
            ("user", Some('/')) => self.verification(end + 1),
            ("team", Some('/')) => self.part(end + 1, &Part::TEAM_ROLE),
            (_, Some('/')) => Err(self.unexpected_suffix(end)),
            _ => Ok(end),
        }
    }

    /// Walks over a part, up to a slash or the end of the role.
    fn part(&self, start: usize, part: &Part) -> Walk {
        let value = self.run(start, part.allows);
        let span = start..start + value.len();
        let next = self.from(span.end).chars().next();
        let ends = next == Some('/') || self.is_end_of_role(span.end);
        if value.is_empty() && ends {
            return Err(self.error(Kind::MissingId, self.character(start), part.name, None));
        }
        if !value.starts_with(is_label_char) {
            return Err(self.bad_character(start, part.first));
        }
        if !ends {
            return Err(self.bad_character(span.end, part.other));
        }
        if value == "0" {
            return Err(self.error(Kind::Zero, span, part.name, Some(HINT_ZERO.into())));
        }
        if value.len() > part.max {
            return Err(self.too_long(span, part));
        }
        Ok(span.end)
    }

    /// Returns `true` if the role ends at `at`, because `")` follows, or only quotes, parentheses and
    /// white space.
    fn is_end_of_role(&self, at: usize) -> bool {
        let closes = |c: char| matches!(c, '"' | '\'' | ')') || c.is_whitespace();
        // The text after `")` is not part of the role.
        self.from(at).starts_with("\")") || self.from(at).chars().all(closes)
    }

    fn verification(&self, start: usize) -> Walk {
        let value = self.run(start, is_id_char);
        let end = start + value.len();
        if VERIFICATIONS.contains(&value) {
            return Ok(end);
        }
        let hint = near(value, VERIFICATIONS).map(|name| format!("write `{name}`").into());
        let span = if value.is_empty() { self.character(start) } else { start..end };
        Err(self.error(Kind::UnknownVerification, span, "`verified` or `unverified`", hint))
    }

    fn unknown_action(&self, name: &str) -> ParseError {
        let hint = if let Some(span) = self.legacy(0) {
            return self.error(
                Kind::Legacy,
                span,
                "an action",
                Some(HINT_LEGACY_PERMISSION.into()),
            );
        } else if self.0.starts_with(char::is_whitespace) {
            Some(HINT_SPACE.into())
        } else if grammar::is_role(self.0) {
            Some(format!("name an action too: write `read(\"{}\")`", self.0).into())
        } else {
            let meant = near(name, Verb::ALL.map(Verb::name));
            Some(meant.map_or(HINT_ACTIONS.into(), |name| format!("write `{name}`").into()))
        };
        let span = if name.is_empty() { self.character(0) } else { 0..name.len() };
        self.error(Kind::UnknownAction, span, "an action", hint)
    }

    fn missing_opening(&self, action: &str) -> ParseError {
        let rest = self.from(action.len());
        let role = rest.trim_matches(['(', ')', '"', '\'', ':', ' ']);
        let hint = if grammar::is_role(role) {
            format!("write `{action}(\"{role}\")`").into()
        } else if rest.starts_with(char::is_whitespace) {
            HINT_SPACE.into()
        } else {
            format!("write `{action}(\"ROLE\")`").into()
        };
        self.error(Kind::MissingOpening, self.character(action.len()), "`(\"`", Some(hint))
    }

    fn unknown_role(&self, start: usize, name: &str) -> ParseError {
        if let Some(span) = self.legacy(start) {
            return self.error(Kind::Legacy, span, "a role", Some(HINT_LEGACY.into()));
        }
        let end = start + name.len();
        let rest = self.run(end, |c| is_id_char(c) || matches!(c, ':' | '/'));
        let known = near(name, ROLES.into_iter().skip(if rest.starts_with(':') { 3 } else { 0 }));
        let spaced = [start, end].iter().any(|&at| self.from(at).starts_with(char::is_whitespace));
        let hint = match known {
            _ if spaced => HINT_SPACE.into(),
            None => HINT_ROLES.into(),
            Some(known) => {
                let meant = format!("{known}{rest}");
                let ends = self.is_end_of_role(end + rest.len());
                match known {
                    _ if ends && grammar::is_role(&meant) => format!("write `{meant}`").into(),
                    "any" | "guests" | "users" => HINT_ROLES.into(),
                    _ => format!("write `{}`", with_placeholder(known)).into(),
                }
            }
        };
        let span = if name.is_empty() { self.character(start) } else { start..end };
        self.error(Kind::UnknownRole, span, "a role", Some(hint))
    }

    /// Returns the span of a replaced spelling that starts at `start`.
    fn legacy(&self, start: usize) -> Option<Range<usize>> {
        let rest = self.from(start);
        let len = if rest.starts_with("role:") {
            "role:".len() + self.run(start + "role:".len(), is_id_char).len()
        } else if rest.starts_with('*') {
            "*".len()
        } else {
            return None;
        };
        Some(start..start + len)
    }

    fn unexpected_id(&self, name: &str, at: usize) -> ParseError {
        let id = self.run(at + 1, is_id_char);
        let hint = match name {
            "users" if grammar::is_id(id) => format!("write `users`, or `user:{id}` for one user"),
            _ => format!("`{name}` takes no id: write `{name}`"),
        };
        let span = at..at + 1 + id.len();
        self.error(Kind::UnexpectedId, span, "the end of the role", Some(hint.into()))
    }

    fn unexpected_suffix(&self, at: usize) -> ParseError {
        let span = at..at + 1 + self.run(at + 1, is_id_char).len();
        let hint = Some("only `users`, `user:` and `team:` take a suffix after a slash".into());
        self.error(Kind::UnexpectedSuffix, span, "the end of the role", hint)
    }

    fn too_long(&self, span: Range<usize>, part: &Part) -> ParseError {
        let Part { plural, max, .. } = part;
        let excess = span.len() - max;
        let whole = span.end < self.0.len() || self.0.len() <= grammar::MAX_PERMISSION_LEN;
        let hint = if whole {
            format!("{plural} have at most {max} characters: leave out {excess}")
        } else {
            format!("{plural} have at most {max} characters: shorten it")
        };
        self.error(Kind::TooLong, span, "a shorter text", Some(hint.into()))
    }

    fn bad_character(&self, at: usize, expected: &'static str) -> ParseError {
        let space = self.from(at).starts_with(char::is_whitespace);
        let hint = space.then(|| HINT_SPACE.into());
        self.error(Kind::InvalidCharacter, self.character(at), expected, hint)
    }

    fn missing_closing(&self, at: usize) -> ParseError {
        /// The length of the longest text that the hint repeats: 60.
        const LONGEST: usize = 60;
        let at = if self.from(at).starts_with('"') { at + 1 } else { at };
        let begun = self.0.get(..at).map(|begun| begun.trim_end_matches('"'));
        let begun = begun.filter(|begun| begun.len() <= LONGEST && self.is_end_of_role(at));
        let hint = match begun {
            Some(begun) => format!("write `{begun}\")`").into(),
            None if self.from(at).starts_with(char::is_whitespace) => HINT_SPACE.into(),
            None => "write `\")` here; a permission names one role".into(),
        };
        self.error(Kind::MissingClosing, self.character(at), "`\")` after the role", Some(hint))
    }

    fn trailing(&self, at: usize, hint: &'static str) -> ParseError {
        self.error(Kind::Trailing, at..self.0.len(), "the end", Some(hint.into()))
    }

    fn error(
        &self,
        kind: Kind,
        span: Range<usize>,
        expected: &'static str,
        hint: Hint,
    ) -> ParseError {
        ParseError::new(kind, self.0, span, expected, hint)
    }

    fn from(&self, at: usize) -> &'a str {
        self.0.get(at..).unwrap_or_default()
    }

    /// Returns the run of characters from `at` on for which `belongs` is true.
    fn run(&self, at: usize, belongs: impl Fn(char) -> bool) -> &'a str {
        let rest = self.from(at);
        let end = rest.find(|character| !belongs(character)).unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    }

    /// Returns the span of the character at `at`, or an empty span at the end.
    fn character(&self, at: usize) -> Range<usize> {
        at..at + self.from(at).chars().next().map_or(0, char::len_utf8)
    }
}

/// Returns the name of a role that takes an id, with a placeholder for the id.
fn with_placeholder(name: &str) -> String {
    format!("{name}:{}", if name == "label" { "NAME" } else { "ID" })
}

/// Returns `true` if a keyword, known or unknown, may have this character.
fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-')
}

/// Returns the name that is closest to `word`, ignoring case. The distance is at most two edits, or one
/// edit for a name of up to four letters.
fn near<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    const LONGEST: usize = 12;
    if word.is_empty() || word.len() > LONGEST {
        return None;
    }
    let word = word.to_lowercase();
    let distance = |name: &str| strsim::osa_distance(&word, name);
    let (slips, name) = names.into_iter().map(|name| (distance(name), name)).min()?;
    let allowed = if name.len() > 4 { 2 } else { 1 };
    (slips <= allowed).then_some(name)
}

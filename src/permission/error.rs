//! Why a text is not a permission: [`ParseError`].

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// Why a text is not an action, a role or a permission.
///
/// It says what was wrong ([`kind`](Self::kind)), where ([`span`](Self::span)) and, where the
/// intention can be guessed, what to write instead ([`hint`](Self::hint)). Its size and the time to
/// make it are bounded, however long the text was.
///
/// ```
/// use rolegate::{ParseErrorKind, Permission};
///
/// let text = r#"read("usr:a")"#;
/// let error = Permission::parse(text).unwrap_err();
/// assert_eq!(error.kind(), ParseErrorKind::UnknownRole);
/// assert_eq!(error.span(), 6..9);
/// assert_eq!(error.to_string(), "expected a role, found `usr`; write `user:a`");
/// assert_eq!(
///     error.caret(text).to_string(),
///     "read(\"usr:a\")\n      ^^^ expected a role, found `usr`; write `user:a`"
/// );
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ParseError(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    kind: ParseErrorKind,
    span: Range<usize>,
    expected: &'static str,
    found: Option<Box<str>>,
    hint: Option<Cow<'static, str>>,
}

/// What sort of mistake a [`ParseError`] is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// The text is empty.
    Empty,
    /// No action stands where one must, or not one of the known ones.
    UnknownAction,
    /// The action is not followed by `("`.
    MissingOpening,
    /// No role stands where one must, or not one of the known ones.
    UnknownRole,
    /// A spelling that Appwrite has given up: `*` or `role:...`.
    Legacy,
    /// `user`, `team`, `member` or `label` without what belongs behind the colon.
    MissingId,
    /// An id behind `any`, `guests` or `users`, which take none.
    UnexpectedId,
    /// A character that an id, a team role or a label cannot have at that place.
    InvalidCharacter,
    /// An id, a team role or a label that is too long.
    TooLong,
    /// The id, team role or label `0`, which Appwrite takes for empty.
    Zero,
    /// Something other than `verified` or `unverified` behind the slash.
    UnknownVerification,
    /// A slash behind a role that takes none.
    UnexpectedSuffix,
    /// The role is not followed by `")`.
    MissingClosing,
    /// Something stands behind the end.
    Trailing,
}

impl ParseError {
    #[cold]
    pub(super) fn new(
        kind: ParseErrorKind,
        input: &str,
        span: Range<usize>,
        expected: &'static str,
        hint: Option<Cow<'static, str>>,
    ) -> Self {
        let found = input.get(span.clone()).filter(|found| !found.is_empty()).map(excerpt);
        Self(Box::new(Inner { kind, span, expected, found, hint }))
    }

    /// The same error, `by` bytes further on: for a text that was a part of a larger one.
    #[cold]
    pub(super) fn shifted(mut self, by: usize) -> Self {
        let Range { start, end } = self.0.span;
        self.0.span = start.saturating_add(by)..end.saturating_add(by);
        self
    }

    /// What sort of mistake it is.
    #[must_use]
    pub fn kind(&self) -> ParseErrorKind {
        self.0.kind
    }

    /// Where it is, in bytes of the text that was parsed. Empty where something is missing.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.0.span.clone()
    }

    /// What to write instead, where that can be guessed.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Two lines for a person: the text, and a caret under the mistake with the message.
    ///
    /// `input` is the text that was parsed. Only the part around the mistake is shown when it is
    /// long, and what is not printable ASCII is shown as an escape, so that the caret stands where
    /// it should and look-alike letters can be told apart.
    #[must_use]
    pub fn caret<'a>(&'a self, input: &'a str) -> impl fmt::Display + 'a {
        Caret { error: self, input }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { expected, found, hint, .. } = &*self.0;
        write!(f, "expected {expected}, found ")?;
        match found {
            Some(found) => write!(f, "`{found}`")?,
            None => f.write_str("the end")?,
        }
        match hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParseError")
            .field("kind", &self.0.kind)
            .field("span", &self.0.span)
            .field("message", &self.to_string())
            .finish()
    }
}

impl std::error::Error for ParseError {}

/// How wide an error's quotation of the text may be: enough for the longest keyword and for a
/// typical id, and no more than a log line bears.
const MAX_EXCERPT: usize = 40;

/// How much of a text is shown to the left of a mistake.
const CARET_BEFORE: usize = 60;

/// How much of a text is shown from the start of a mistake on.
const CARET_AFTER: usize = 60;

/// The start of `text`, printable, with an ellipsis where something was left out.
fn excerpt(text: &str) -> Box<str> {
    let (shown, rest) = beginning(text, MAX_EXCERPT);
    [shown.as_str(), ellipsis(rest)].concat().into_boxed_str()
}

fn ellipsis(left_out: &str) -> &'static str {
    if left_out.is_empty() { "" } else { "..." }
}

/// What of the start of `text` is at most `width` wide when printable, and what is left.
///
/// Escapes count in full: ten for one character at worst, which would make a message ten times as
/// long as it should be.
fn beginning(text: &str, width: usize) -> (String, &str) {
    let mut out = String::new();
    for (at, character) in text.char_indices() {
        let before = out.len();
        out.extend(printable(character));
        if out.len() > width {
            out.truncate(before);
            return (out, text.get(at..).unwrap_or_default());
        }
    }
    (out, "")
}

/// As [`beginning`], for the end of `text`.
fn ending(text: &str, width: usize) -> (String, &str) {
    let mut left = width;
    let mut rest = text;
    for (at, character) in text.char_indices().rev() {
        match left.checked_sub(printable(character).count()) {
            Some(less) => left = less,
            None => break,
        }
        rest = text.get(..at).unwrap_or_default();
    }
    let shown = text.get(rest.len()..).unwrap_or_default();
    (shown.chars().flat_map(printable).collect(), rest)
}

/// A character as printable ASCII: itself, or its escape.
fn printable(character: char) -> impl Iterator<Item = char> {
    let itself = (' '..='~').contains(&character);
    let escape = (!itself).then(|| character.escape_default());
    itself.then_some(character).into_iter().chain(escape.into_iter().flatten())
}

struct Caret<'a> {
    error: &'a ParseError,
    input: &'a str,
}

impl fmt::Display for Caret<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Range { start, end } = self.error.span();
        let (before, from) = self.input.split_at_checked(start).unwrap_or((self.input, ""));
        let marked = from.get(..end.saturating_sub(start)).unwrap_or(from);

        let (left, skipped) = ending(before, CARET_BEFORE);
        let skipped = ellipsis(skipped);
        let (right, rest) = beginning(from, CARET_AFTER);
        writeln!(f, "{skipped}{left}{right}{}", ellipsis(rest))?;

        let indent = skipped.len() + left.len();
        let width = beginning(marked, CARET_AFTER).0.len().max(1);
        write!(f, "{:indent$}{:^<width$} {}", "", "", self.error)
    }
}

//! The error of parsing a permission: [`ParseError`].

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// The error of parsing an action, a role or a permission.
///
/// The error has a [`kind`](Self::kind) and a [`span`](Self::span). If the intended text can be guessed,
/// the error also has a [`hint`](Self::hint) with the text to write instead. Its size and the time to
/// create it are bounded for a text of any length.
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

/// The kind of mistake that a [`ParseError`] reports.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// The text is empty.
    Empty,
    /// The action is missing or unknown.
    UnknownAction,
    /// The action is not followed by `("`.
    MissingOpening,
    /// The role is missing or unknown.
    UnknownRole,
    /// The text uses a spelling that Appwrite has replaced: `*` or `role:...`.
    Legacy,
    /// `user`, `team`, `member` or `label` is not followed by a colon and an id.
    MissingId,
    /// An id follows `any`, `guests` or `users`, which take no id.
    UnexpectedId,
    /// An id, a team role or a label cannot have this character at this position.
    InvalidCharacter,
    /// An id, a team role or a label is too long.
    TooLong,
    /// The id, team role or label is `0`, which Appwrite treats as empty.
    Zero,
    /// The slash is not followed by `verified` or `unverified`.
    UnknownVerification,
    /// A slash follows a role that takes no suffix.
    UnexpectedSuffix,
    /// The role is not followed by `")`.
    MissingClosing,
    /// Text follows the end.
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

    /// Moves the span by `by` bytes, for a text that was part of a longer one.
    #[cold]
    pub(super) fn shifted(mut self, by: usize) -> Self {
        let Range { start, end } = self.0.span;
        self.0.span = start.saturating_add(by)..end.saturating_add(by);
        self
    }

    /// Returns the kind of the mistake.
    #[must_use]
    pub fn kind(&self) -> ParseErrorKind {
        self.0.kind
    }

    /// Returns the position of the mistake, in bytes of the parsed text. The span is empty if a part is
    /// missing.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.0.span.clone()
    }

    /// Returns a hint with the text to write instead, if the intended text can be guessed.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Returns two lines for a person: the text, and carets under the mistake with the message.
    ///
    /// `input` is the parsed text. Only the part of a long text around the mistake is shown.
    /// Characters that are not printable ASCII are shown as escapes. The carets are therefore in the
    /// right column, and look-alike letters can be told apart.
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

/// The width of a quotation in a message: 40 columns. That is enough for the longest keyword and for a
/// typical id, and fits a log line.
const MAX_EXCERPT: usize = 40;

/// The columns of text that are shown to the left of a mistake: 60.
const CARET_BEFORE: usize = 60;

/// The columns of text that are shown from the start of a mistake on: 60.
const CARET_AFTER: usize = 60;

/// Returns the start of `text` in printable form, with an ellipsis if it was cut.
fn excerpt(text: &str) -> Box<str> {
    let (shown, rest) = beginning(text, MAX_EXCERPT);
    [shown.as_str(), ellipsis(rest)].concat().into_boxed_str()
}

fn ellipsis(left_out: &str) -> &'static str {
    if left_out.is_empty() { "" } else { "..." }
}

/// Returns the start of `text` in printable form, at most `width` columns wide, and the rest.
///
/// An escape counts with all its columns, which are up to ten for one character. Otherwise a message
/// could become ten times as long.
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

/// Returns the end of `text` in printable form, at most `width` columns wide, and the rest before it.
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

/// Returns a character as printable ASCII: itself, or its escape.
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

//! The error of a filter: [`Error`].

use std::borrow::Cow;
use std::fmt;
use std::io;

use self::ErrorKind as K;
use super::scan::{MAX_DEPTH, ScanError, ScanErrorKind, ScanErrorKind as S};
use super::summary::Summary;

/// An error with the place in the input where filtering failed.
///
/// ```
/// use rolegate::json::{ErrorKind, Filter};
/// use rolegate::{Action, Principal};
///
/// let matcher = Principal::guest().matcher(Action::Read);
/// let error = Filter::new(&matcher).apply(b"{\n  \"documents\": [1,]\n}").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::UnexpectedCharacter);
/// assert_eq!((error.line(), error.column()), (2, 19));
/// assert_eq!(
///     error.to_string(),
///     "line 2, column 19: expected a value, found `]`; leave out the comma before it"
/// );
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    place: Place,
    /// The failure, without place and hint.
    message: String,
    hint: Cow<'static, str>,
    found_lists: Vec<String>,
    io: Option<io::Error>,
}

/// The kind of an [`Error`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input ends before the value does.
    UnexpectedEnd,
    /// A character is not allowed by JSON at this place.
    UnexpectedCharacter,
    /// More input follows the end of the value.
    Trailing,
    /// A number does not follow the grammar of JSON.
    InvalidNumber,
    /// A number is outside the range of `f64`.
    NumberOutOfRange,
    /// A backslash in a string does not start an escape of JSON.
    InvalidEscape,
    /// A string has one half of a surrogate pair.
    UnpairedSurrogate,
    /// A string has a control character.
    ControlCharacter,
    /// A string is not UTF-8.
    InvalidUtf8,
    /// Arrays and objects are nested deeper than [`MAX_DEPTH`](super::MAX_DEPTH) levels, 127.
    TooDeep,
    /// A document is longer than [the limit](super::Filter::max_document_len).
    DocumentTooLong,
    /// A response is longer than [the limit](super::Filter::max_response_len).
    ResponseTooLong,
    /// A document has two `$permissions` keys.
    RepeatedPermissions,
    /// An object has no list of documents and no `$permissions`. It may be an error response, or have its
    /// list under another key. [`Error::found_lists`] names the candidates.
    NoList,
    /// The value of a list key is not an array, or the input should be an array and is not.
    NotAnArray,
    /// The input is neither an object nor an array.
    NotAnObject,
    /// The input is an array of list responses instead of an array of documents.
    ResponseInArray,
    /// Reading failed.
    Read,
    /// Writing failed.
    Write,
}

/// A place in the input. Line and column count from 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place {
    pub(super) offset: u64,
    pub(super) line: u64,
    pub(super) column: u64,
}

impl Place {
    /// The start of an input.
    pub(super) const START: Self = Self { offset: 0, line: 1, column: 1 };

    /// Returns the place after `text`, which begins at this place.
    pub(super) fn behind(self, text: &[u8]) -> Self {
        let lines = memchr::memchr_iter(b'\n', text).count() as u64;
        let last_line = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let characters = text.get(last_line..).unwrap_or_default();
        // All bytes of a character except the first are 0b10xx_xxxx.
        let columns = characters.iter().filter(|&&byte| byte & 0xc0 != 0x80).count() as u64;
        Self {
            offset: self.offset + text.len() as u64,
            line: self.line + lines,
            column: columns + if lines == 0 { self.column } else { 1 },
        }
    }
}

impl Error {
    /// Creates the error for a mistake in `input`, which begins at `start`.
    #[cold]
    pub(super) fn new(error: &ScanError, input: &[u8], start: Place) -> Self {
        let &ScanError { kind, at, end, .. } = error;
        let text = input.get(..end).unwrap_or(input);
        let (before, rest) = text.split_at_checked(at).unwrap_or((text, &[]));
        let next = rest.first().copied();
        let summary = (kind == ScanErrorKind::NoList).then(|| Summary::of(rest));
        let is_incomplete = next.is_none() && may_be_incomplete(kind);
        let is_line = end < input.len();
        let found = match (&summary, kind) {
            (Some(summary), _) => summary.to_string(),
            (None, ScanErrorKind::NotAnArray | ScanErrorKind::NotAnObject) => {
                value_type(next).to_owned()
            }
            _ if is_incomplete && is_line => "the end of the line".to_owned(),
            _ => next_character(rest),
        };
        let hint = match &summary {
            Some(summary) => summary.hint(),
            None if is_incomplete && is_line => {
                "write each document on one line, or all of them in an array".into()
            }
            None if is_incomplete => "".into(),
            None => hint(kind, next).into(),
        };
        Self(Box::new(Inner {
            kind: if is_incomplete { ErrorKind::UnexpectedEnd } else { public_kind(kind) },
            place: start.behind(before),
            message: message(kind, next, &found),
            hint,
            found_lists: summary.map_or_else(Vec::new, Summary::into_lists),
            io: None,
        }))
    }

    /// Creates the error for a failure of the reader or the writer.
    #[cold]
    pub(super) fn io(kind: ErrorKind, error: io::Error, place: Place) -> Self {
        Self(Box::new(Inner {
            kind,
            place,
            message: String::new(),
            hint: "".into(),
            found_lists: Vec::new(),
            io: Some(error),
        }))
    }

    /// Returns the kind of error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the line of the mistake, from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.0.place.line
    }

    /// Returns the column of the mistake in characters, from 1.
    #[must_use]
    pub fn column(&self) -> u64 {
        self.0.place.column
    }

    /// Returns the byte offset of the mistake in the input.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.0.place.offset
    }

    /// Returns the message without place and hint, for programs that print hints of their own.
    #[must_use]
    pub fn message(&self) -> String {
        match &self.0.io {
            Some(error) => error.to_string(),
            None => self.0.message.clone(),
        }
    }

    /// Returns a hint about how to correct the mistake, if there is one.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        Some(&*self.0.hint).filter(|hint| !hint.is_empty())
    }

    /// Returns the keys that may hold the [list](ErrorKind::NoList) of documents: the keys of arrays that
    /// are empty or begin with an object. At most four keys of up to 64 bytes are returned. `errors` is not
    /// returned, because it is a key of GraphQL's error responses.
    ///
    /// ```
    /// use rolegate::json::Filter;
    /// use rolegate::{Action, Principal};
    ///
    /// let matcher = Principal::guest().matcher(Action::Read);
    /// let error = Filter::new(&matcher).apply(br#"{"total": 0, "movies": []}"#).unwrap_err();
    /// assert_eq!(error.found_lists(), ["movies"]);
    /// assert_eq!(error.hint(), Some(r#"pass list_key("movies")"#));
    /// ```
    #[must_use]
    pub fn found_lists(&self) -> &[String] {
        &self.0.found_lists
    }

    /// Returns the error of the reader or writer.
    #[must_use]
    pub fn io_error(&self) -> Option<&io::Error> {
        self.0.io.as_ref()
    }
}

/// Returns `true` if more text could correct a mistake at the end of the input.
fn may_be_incomplete(kind: ScanErrorKind) -> bool {
    !matches!(
        kind,
        S::TooDeep
            | S::DocumentTooLong
            | S::ResponseTooLong
            | S::Repeated
            | S::NoList
            | S::ResponseInArray
            | S::NumberRange
    )
}

/// Returns the public kind of a scan error inside the text.
fn public_kind(kind: ScanErrorKind) -> ErrorKind {
    match kind {
        S::Value | S::Literal | S::Key | S::Colon | S::InArray | S::InObject => {
            K::UnexpectedCharacter
        }
        S::Trailing => K::Trailing,
        S::Number => K::InvalidNumber,
        S::NumberRange => K::NumberOutOfRange,
        S::Escape => K::InvalidEscape,
        S::Surrogate => K::UnpairedSurrogate,
        S::Control => K::ControlCharacter,
        S::Utf8 => K::InvalidUtf8,
        S::TooDeep => K::TooDeep,
        S::DocumentTooLong => K::DocumentTooLong,
        S::ResponseTooLong => K::ResponseTooLong,
        S::Repeated => K::RepeatedPermissions,
        S::NoList => K::NoList,
        S::NotAnArray => K::NotAnArray,
        S::NotAnObject => K::NotAnObject,
        S::ResponseInArray => K::ResponseInArray,
    }
}

/// Returns the message for a mistake. `found` describes the text at the mistake, and `next` is the first
/// byte of this text.
fn message(kind: ScanErrorKind, next: Option<u8>, found: &str) -> String {
    let expected = match kind {
        S::TooDeep => return format!("nested deeper than {MAX_DEPTH} levels"),
        S::DocumentTooLong => return "document is too long".to_owned(),
        S::ResponseTooLong => return "response is too long".to_owned(),
        S::Repeated => return "document has `$permissions` twice".to_owned(),
        S::NumberRange => return "number is out of range of a 64-bit float".to_owned(),
        S::ResponseInArray => {
            return "expected an array of documents, found an array of list responses".to_owned();
        }
        S::Value => "a value",
        S::Literal => "`true`, `false` or `null`",
        S::Key => "a key",
        S::Colon => "`:` after the key",
        S::InArray => "`,` or `]`",
        S::InObject => "`,` or `}`",
        S::Trailing => "the end",
        S::Number if matches!(next, Some(b'0'..=b'9')) => "a number",
        S::Number => "a digit",
        S::Escape => "an escape",
        S::Surrogate => "a pair of surrogates",
        S::Control => "a character or a closing quote",
        S::Utf8 => "UTF-8",
        S::NoList => "a list of documents",
        S::NotAnArray => "an array of documents",
        S::NotAnObject => "an object with a list of documents",
    };
    format!("expected {expected}, found {found}")
}

/// Returns the hint for a mistake, or an empty text. `next` is the first byte at the mistake.
fn hint(kind: ScanErrorKind, next: Option<u8>) -> &'static str {
    const NO_COMMA: &str = "leave out the comma before it";
    const QUOTES: &str = "write strings and keys in double quotes";
    match (kind, next) {
        (S::Value, Some(b']' | b'}')) | (S::Key, Some(b'}')) => NO_COMMA,
        (S::Value, Some(b'\'')) | (S::Key, _) => QUOTES,
        (S::Value, Some(b'N' | b'I' | b'i')) => "JSON has no NaN or infinity",
        (S::Value, Some(0xef)) => "leave out the byte order mark",
        (S::Trailing, _) => "an input is one response, one array, or one document on each line",
        (S::Number, Some(b'0'..=b'9')) => "leave out leading zeros",
        (S::NumberRange, _) => "write it as a string",
        (S::Escape, _) => "escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX",
        (S::Surrogate, _) => "a character beyond \\uffff is written as a pair of escapes",
        (S::Control, _) => "write it as an escape",
        (S::DocumentTooLong, _) => "allow longer documents",
        (S::ResponseTooLong, _) => "allow longer responses, or send one document on each line",
        (S::ResponseInArray, _) => "filter each response by itself",
        _ => "",
    }
}

/// Names the type of a value by its first byte.
fn value_type(first: Option<u8>) -> &'static str {
    match first {
        None => "the end",
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        Some(_) => "a number",
    }
}

/// Describes the character at the start of `rest`.
fn next_character(rest: &[u8]) -> String {
    let longest = rest.get(..4).unwrap_or(rest);
    let text = String::from_utf8_lossy(longest);
    match (text.chars().next(), rest) {
        (None, _) => "the end".to_owned(),
        (Some(char::REPLACEMENT_CHARACTER), [byte, ..]) => format!("byte 0x{byte:02x}"),
        (Some('`'), _) => "a backtick".to_owned(),
        (Some(c), _) if c == ' ' || c.is_ascii_graphic() => format!("`{c}`"),
        (Some(c), _) => format!("`{}`", c.escape_default()),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { place, message, hint, io, .. } = &*self.0;
        if let Some(error) = io {
            return error.fmt(f);
        }
        write!(f, "line {}, column {}: {message}", place.line, place.column)?;
        if hint.is_empty() { Ok(()) } else { write!(f, "; {hint}") }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("offset", &self.0.place.offset)
            .field("message", &self.to_string())
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.io.as_ref().map(|error| error as _)
    }
}

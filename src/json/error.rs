//! The error of a filter: [`Error`].

use std::borrow::Cow;
use std::fmt;
use std::io;

use super::top_level::Summary;

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
    /// A character that JSON does not allow at this place.
    UnexpectedCharacter,
    /// More input after the end of the value.
    Trailing,
    /// A number that is not written as JSON writes numbers.
    InvalidNumber,
    /// A number outside the range of `f64`.
    NumberOutOfRange,
    /// A backslash in a string that starts no escape of JSON.
    InvalidEscape,
    /// One half of a surrogate pair.
    UnpairedSurrogate,
    /// A control character in a string.
    ControlCharacter,
    /// Bytes that are not UTF-8.
    InvalidUtf8,
    /// Arrays and objects nested deeper than [`MAX_DEPTH`](super::MAX_DEPTH), 127 levels.
    TooDeep,
    /// A document longer than [the limit](super::Filter::max_document_len).
    DocumentTooLong,
    /// A response longer than [the limit](super::Filter::max_response_len).
    ResponseTooLong,
    /// A document with two `$permissions` keys.
    RepeatedPermissions,
    /// An object that has no list of documents and is no document: an error response, or a list
    /// under another key. [`Error::found_lists`] names the candidates.
    NoList,
    /// A list, or an input that should be an array, is not an array.
    NotAnArray,
    /// The input is neither an object nor an array.
    NotAnObject,
    /// An array of list responses, where an array of documents is expected.
    ResponseInArray,
    /// Reading failed.
    Read,
    /// Writing failed.
    Write,
}

/// Scan error code. The scanner holds the position; the message is built later.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ScanErrorKind {
    Value,
    Literal,
    Key,
    Colon,
    InArray,
    InObject,
    Trailing,
    Number,
    NumberRange,
    Escape,
    Surrogate,
    Control,
    Utf8,
    TooDeep,
    DocumentTooLong,
    ResponseTooLong,
    Repeated,
    NoList,
    NotAnArray,
    NotAnObject,
    ResponseInArray,
}

/// A scan error in a part of an input.
#[derive(Debug)]
pub(crate) struct ScanError {
    pub(super) kind: ScanErrorKind,
    /// The offset of the mistake.
    pub(super) at: usize,
    /// The start of the part.
    pub(super) start: usize,
    /// The end of the part.
    pub(super) end: usize,
}

impl ScanError {
    /// Builds the error. `input` begins at `start` of the whole input.
    #[cold]
    pub(super) fn error(&self, input: &[u8], start: Place) -> Error {
        let part = input.get(..self.end).unwrap_or(input);
        let mut error = Error::new(self.kind, part, self.at, start);
        if error.kind() == ErrorKind::UnexpectedEnd && self.end < input.len() {
            error.0.hint = "of newline-delimited JSON each line is a whole document".into();
        }
        error
    }
}

/// A place in the input. Line and column count from 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place {
    pub(super) offset: u64,
    pub(super) line: u64,
    pub(super) column: u64,
}

impl Place {
    pub(super) const START: Self = Self { offset: 0, line: 1, column: 1 };

    /// Returns the place after `text`, which begins at this place.
    pub(super) fn behind(self, text: &[u8]) -> Self {
        let lines = memchr::memchr_iter(b'\n', text).count() as u64;
        let last_line = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let characters = text.get(last_line..).unwrap_or_default();
        // All bytes of a character but the first are 0b10xx_xxxx.
        let columns = characters.iter().filter(|&&byte| byte & 0xc0 != 0x80).count() as u64;
        Self {
            offset: self.offset + text.len() as u64,
            line: self.line + lines,
            column: columns + if lines == 0 { self.column } else { 1 },
        }
    }
}

impl Error {
    /// Creates the error for a mistake at `at` of `text`, which begins at `start`.
    #[cold]
    fn new(kind: ScanErrorKind, text: &[u8], at: usize, start: Place) -> Self {
        let (before, rest) = text.split_at_checked(at).unwrap_or((text, &[]));
        let place = start.behind(before);
        let mut inner = Inner {
            kind: kind.public(),
            place,
            message: String::new(),
            hint: "".into(),
            found_lists: Vec::new(),
            io: None,
        };
        if kind == ScanErrorKind::NoList {
            let found = Summary::of(rest);
            inner.message = format!("expected a list of documents, found {found}");
            inner.hint = found.hint();
            inner.found_lists = found.lists;
            return Self(Box::new(inner));
        }
        let next = rest.first().copied();
        let hint = if next.is_none() && kind.is_about_text() {
            inner.kind = ErrorKind::UnexpectedEnd;
            ""
        } else {
            kind.hint(next)
        };
        inner.message = kind.message(rest);
        inner.hint = hint.into();
        Self(Box::new(inner))
    }

    /// Creates the error of the reader or the writer.
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

    /// Returns the failure without place and hint, for programs that give advice of their own.
    #[must_use]
    pub fn message(&self) -> String {
        match &self.0.io {
            Some(error) => error.to_string(),
            None => self.0.message.clone(),
        }
    }

    /// Returns what to write or do instead, if the mistake suggests a remedy.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        Some(&*self.0.hint).filter(|hint| !hint.is_empty())
    }

    /// Returns the keys under which a [list](ErrorKind::NoList) may stand: arrays that are empty or
    /// begin with an object. The first four are named, if they are at most 64 bytes long.
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

impl ScanErrorKind {
    /// Returns `true` if the mistake at the end of the input means that the input is incomplete.
    fn is_about_text(self) -> bool {
        use ScanErrorKind as K;
        !matches!(
            self,
            K::TooDeep
                | K::DocumentTooLong
                | K::ResponseTooLong
                | K::Repeated
                | K::NoList
                | K::ResponseInArray
                | K::NumberRange
        )
    }

    fn public(self) -> ErrorKind {
        use ErrorKind as K;
        match self {
            Self::Value
            | Self::Literal
            | Self::Key
            | Self::Colon
            | Self::InArray
            | Self::InObject => K::UnexpectedCharacter,
            Self::Trailing => K::Trailing,
            Self::Number => K::InvalidNumber,
            Self::NumberRange => K::NumberOutOfRange,
            Self::Escape => K::InvalidEscape,
            Self::Surrogate => K::UnpairedSurrogate,
            Self::Control => K::ControlCharacter,
            Self::Utf8 => K::InvalidUtf8,
            Self::TooDeep => K::TooDeep,
            Self::DocumentTooLong => K::DocumentTooLong,
            Self::ResponseTooLong => K::ResponseTooLong,
            Self::Repeated => K::RepeatedPermissions,
            Self::NoList => K::NoList,
            Self::NotAnArray => K::NotAnArray,
            Self::NotAnObject => K::NotAnObject,
            Self::ResponseInArray => K::ResponseInArray,
        }
    }

    /// Returns the message for a mistake at the start of `rest`.
    fn message(self, rest: &[u8]) -> String {
        let expected = match self {
            Self::TooDeep => return format!("nested deeper than {} levels", super::MAX_DEPTH),
            Self::DocumentTooLong => return "document is too long".to_owned(),
            Self::ResponseTooLong => return "response is too long".to_owned(),
            Self::Repeated => return "document has `$permissions` twice".to_owned(),
            Self::NumberRange => return "number does not fit into 64 bits".to_owned(),
            Self::Value => "a value",
            Self::Literal => "`true`, `false` or `null`",
            Self::Key => "a key",
            Self::Colon => "`:` after the key",
            Self::InArray => "`,` or `]`",
            Self::InObject => "`,` or `}`",
            Self::Trailing => "the end",
            Self::Number if rest.first().is_some_and(u8::is_ascii_digit) => "a number",
            Self::Number => "a digit",
            Self::Escape => "an escape",
            Self::Surrogate => "a pair of surrogates",
            Self::Control => "a character or a closing quote",
            Self::Utf8 => "UTF-8",
            Self::NoList => "a list of documents",
            Self::NotAnArray => "an array of documents",
            Self::NotAnObject => "an object with a list of documents",
            Self::ResponseInArray => {
                return "expected an array of documents, found an array of list responses"
                    .to_owned();
            }
        };
        format!("expected {expected}, found {}", next_character(rest))
    }

    /// Returns what to do about the mistake, if `next` is found.
    fn hint(self, next: Option<u8>) -> &'static str {
        const NO_COMMA: &str = "leave out the comma before it";
        const QUOTES: &str = "strings and keys stand in double quotes";
        match (self, next) {
            (Self::Value, Some(b']' | b'}')) | (Self::Key, Some(b'}')) => NO_COMMA,
            (Self::Value, Some(b'\'')) | (Self::Key, _) => QUOTES,
            (Self::Value, Some(b'N' | b'I' | b'i')) => "JSON has no NaN or infinity",
            (Self::Value, Some(0xef)) => "leave out the byte order mark",
            (Self::Trailing, _) => {
                "an input is one response, one array, or one document on each line"
            }
            (Self::Number, Some(b'0'..=b'9')) => "leave out zeros in front",
            (Self::NumberRange, _) => "write it as a string",
            (Self::Escape, _) => "escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX",
            (Self::Surrogate, _) => "a character beyond \\uffff is written as two of them",
            (Self::Control, _) => "write it as an escape",
            (Self::DocumentTooLong, _) => "allow longer documents",
            (Self::ResponseTooLong, _) => {
                "allow longer responses, or send one document on each line"
            }
            (Self::ResponseInArray, _) => "filter each response by itself",
            _ => "",
        }
    }
}

/// Shows the character at the start of `rest`.
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

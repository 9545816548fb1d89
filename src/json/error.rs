//! Why some JSON could not be filtered: [`Error`].

use std::fmt;
use std::io;

/// Why some JSON could not be filtered, and where.
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
    expected: String,
    found: String,
    hint: &'static str,
    io: Option<io::Error>,
}

/// What sort of mistake an [`Error`] is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The text ends before the value does.
    UnexpectedEnd,
    /// Something else stands there than JSON can have there.
    UnexpectedCharacter,
    /// Something stands behind the end.
    Trailing,
    /// A number that is not written as JSON writes numbers.
    InvalidNumber,
    /// A number that `f64` cannot hold.
    NumberOutOfRange,
    /// A backslash in a string with something behind it that means nothing.
    InvalidEscape,
    /// Half of a surrogate pair.
    UnpairedSurrogate,
    /// A control character in a string.
    ControlCharacter,
    /// Bytes that are not UTF-8.
    InvalidUtf8,
    /// Arrays and objects nested deeper than [`MAX_DEPTH`](super::MAX_DEPTH).
    TooDeep,
    /// A document that is longer than [allowed](super::Filter::max_document_len).
    DocumentTooLong,
    /// A response that is longer than [allowed](super::Filter::max_response_len).
    ResponseTooLong,
    /// A document with two `$permissions`.
    RepeatedPermissions,
    /// An object without any of the lists that it should have.
    NoList,
    /// One of the lists is not an array; or the input is not, and should be.
    NotAnArray,
    /// The input is not an object, and should be.
    NotAnObject,
    /// Reading failed.
    Read,
    /// Writing failed.
    Write,
}

/// What goes wrong in a scan. Where is known to the scanner; the rest is found out when it is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
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
}

/// A fault in a part of an input.
#[derive(Debug)]
pub(crate) struct Faulty {
    pub(super) fault: Fault,
    /// Where the mistake is, where the part starts, and where it ends.
    pub(super) at: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Faulty {
    /// The error, if `input` begins at `start`.
    #[cold]
    pub(super) fn error(&self, input: &[u8], start: Place) -> Error {
        let part = input.get(..self.end).unwrap_or(input);
        let mut error = Error::new(self.fault, part, self.at, start);
        if error.kind() == ErrorKind::UnexpectedEnd && self.end < input.len() {
            error.0.hint = "of newline-delimited JSON each line is a whole document";
        }
        error
    }
}

/// A place in the input: from 1 on, but for the offset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place {
    pub(super) offset: u64,
    pub(super) line: u64,
    pub(super) column: u64,
}

impl Place {
    pub(super) const START: Self = Self { offset: 0, line: 1, column: 1 };

    /// The place behind some more of the input.
    pub(super) fn behind(self, text: &[u8]) -> Self {
        let lines = memchr::memchr_iter(b'\n', text).count() as u64;
        let last_line = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let characters = text.get(last_line..).unwrap_or_default();
        // Of each character all bytes but the first are 0b10xx_xxxx.
        let columns = characters.iter().filter(|&&byte| byte & 0xc0 != 0x80).count() as u64;
        Self {
            offset: self.offset + text.len() as u64,
            line: self.line + lines,
            column: columns + if lines == 0 { self.column } else { 1 },
        }
    }
}

impl Error {
    /// The error for a fault at `at` of a text that begins at `start`.
    #[cold]
    fn new(fault: Fault, text: &[u8], at: usize, start: Place) -> Self {
        let (before, rest) = text.split_at_checked(at).unwrap_or((text, &[]));
        let place = start.behind(before);
        let at_end = rest.is_empty() && fault.is_about_text();
        let kind = if at_end { ErrorKind::UnexpectedEnd } else { fault.kind() };
        let (expected, hint) = fault.expected(rest.first().copied());
        let hint = if at_end { "" } else { hint };
        Self(Box::new(Inner { kind, place, expected, found: fault.found(rest), hint, io: None }))
    }

    /// The reader's error, or the writer's, as `kind` says.
    #[cold]
    pub(super) fn io(kind: ErrorKind, error: io::Error, place: Place) -> Self {
        let (expected, found) = (String::new(), String::new());
        let io = Some(error);
        Self(Box::new(Inner { kind, place, expected, found, hint: "", io }))
    }

    /// What sort of mistake it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The line, from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.0.place.line
    }

    /// The column, in characters, from 1.
    #[must_use]
    pub fn column(&self) -> u64 {
        self.0.place.column
    }

    /// How many bytes stand before it in the input.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.0.place.offset
    }

    /// What to write or do instead, where that can be guessed.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        Some(self.0.hint).filter(|hint| !hint.is_empty())
    }

    /// The error of the reader or writer, if it was one.
    #[must_use]
    pub fn io_error(&self) -> Option<&io::Error> {
        self.0.io.as_ref()
    }
}

impl Fault {
    /// Whether there could have been more of the text.
    fn is_about_text(self) -> bool {
        use Fault as F;
        !matches!(
            self,
            F::TooDeep
                | F::DocumentTooLong
                | F::ResponseTooLong
                | F::Repeated
                | F::NoList
                | F::NumberRange
        )
    }

    fn kind(self) -> ErrorKind {
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
        }
    }

    /// What must stand there, and what to do if `next` does.
    fn expected(self, next: Option<u8>) -> (String, &'static str) {
        const NO_COMMA: &str = "leave out the comma before it";
        const QUOTES: &str = "strings and keys stand in double quotes";
        let (expected, hint) = match (self, next) {
            (Self::Value, Some(b']' | b'}')) => ("a value", NO_COMMA),
            (Self::Value, Some(b'\'')) => ("a value", QUOTES),
            (Self::Value, Some(b'N' | b'I' | b'i')) => ("a value", "JSON has no NaN or infinity"),
            (Self::Value, Some(0xef)) => ("a value", "leave out the byte order mark"),
            (Self::Value, _) => ("a value", ""),
            (Self::Literal, _) => ("`true`, `false` or `null`", ""),
            (Self::Key, Some(b'}')) => ("a key", NO_COMMA),
            (Self::Key, _) => ("a key", QUOTES),
            (Self::Colon, _) => ("`:` behind the key", ""),
            (Self::InArray, _) => ("`,` or `]`", ""),
            (Self::InObject, _) => ("`,` or `}`", ""),
            (Self::Trailing, _) => {
                ("the end", "a text is one value, or lines of one document each")
            }
            (Self::Number, Some(b'0'..=b'9')) => ("a number", "leave out zeros in front"),
            (Self::Number, _) => ("a digit", ""),
            (Self::NumberRange, _) => ("a number that 64 bits can hold", "write it as a string"),
            (Self::Escape, _) => {
                ("an escape", "escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX")
            }
            (Self::Surrogate, _) => {
                ("a pair of surrogates", "a character beyond \\uffff is written as two of them")
            }
            (Self::Control, _) => ("a character or a closing quote", "write it as an escape"),
            (Self::Utf8, _) => ("UTF-8", ""),
            (Self::TooDeep, _) => return (format!("at most {} levels", super::MAX_DEPTH), ""),
            (Self::DocumentTooLong, _) => ("a shorter document", "or allow longer ones"),
            (Self::ResponseTooLong, _) => {
                ("a shorter response", "or allow longer ones, or send one document a line")
            }
            (Self::Repeated, _) => ("one `$permissions` in a document", ""),
            (Self::NoList, _) => ("a list of documents", "if it has another name, tell the filter"),
            (Self::NotAnArray, _) => ("an array of documents", ""),
            (Self::NotAnObject, _) => ("an object with a list of documents", ""),
        };
        (expected.to_owned(), hint)
    }

    fn found(self, rest: &[u8]) -> String {
        match self {
            Self::Repeated => return "another one".to_owned(),
            Self::NoList => return "none".to_owned(),
            Self::TooDeep => return "one more".to_owned(),
            Self::DocumentTooLong | Self::ResponseTooLong => return "more".to_owned(),
            Self::NumberRange => return "a larger one".to_owned(),
            _ => {}
        }
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
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { place, expected, found, hint, io, .. } = &*self.0;
        if let Some(error) = io {
            return error.fmt(f);
        }
        write!(f, "line {}, column {}: ", place.line, place.column)?;
        write!(f, "expected {expected}, found {found}")?;
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

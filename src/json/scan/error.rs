//! The errors of a scan. They are small: a code and three offsets.

/// The result of a scan.
pub(crate) type Scan<T> = Result<T, ScanErrorKind>;

/// The code of a scan error. The scanner holds the position, and the message is built later.
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

/// A scan error in a part of an input. Offsets count from the start of the text that was scanned.
#[derive(Debug)]
pub(crate) struct ScanError {
    pub(crate) kind: ScanErrorKind,
    /// The offset of the mistake.
    pub(crate) at: usize,
    /// The start of the part: the line, or the whole text.
    pub(crate) start: usize,
    /// The end of the part.
    pub(crate) end: usize,
}

//! The error of a header that is refused before authentication: [`HeaderError`].

use std::error::Error;
use std::fmt;

use crate::refusal::Refusal;

/// An error: a header cannot be a credential. It contains no value of a header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HeaderError {
    kind: HeaderErrorKind,
    header: &'static str,
}

/// The kind of a [`HeaderError`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum HeaderErrorKind {
    /// The request has the header twice, or a session cookie with two values.
    Repeated,
    /// The value has a byte that is neither visible ASCII nor a space or tab.
    NotAscii,
    /// The value is JSON that Appwrite may read as a session, and its `id` or `secret` is no text. Or the JSON
    /// is nested too deeply, or is valid only in PHP.
    MalformedSession,
    /// The value is longer than [`MAX_HEADER_LEN`](super::MAX_HEADER_LEN). For all cookies together, and for
    /// `X-Fallback-Cookies`, the limit is [`MAX_COOKIES_LEN`](super::MAX_COOKIES_LEN).
    TooLong {
        /// The maximum length in bytes.
        limit: usize,
    },
}

impl HeaderError {
    #[cold]
    pub(super) fn new(kind: HeaderErrorKind, header: &'static str) -> Self {
        Self { kind, header }
    }

    /// Returns the kind of the error.
    #[must_use]
    pub fn kind(&self) -> HeaderErrorKind {
        self.kind
    }

    /// Returns the name of the header, such as `X-Appwrite-JWT`.
    #[must_use]
    pub fn header(&self) -> &'static str {
        self.header
    }
}

impl Refusal for HeaderError {
    fn status(&self) -> u16 {
        match self.kind {
            HeaderErrorKind::Repeated
            | HeaderErrorKind::NotAscii
            | HeaderErrorKind::MalformedSession => 400,
            HeaderErrorKind::TooLong { .. } => 431,
        }
    }

    fn error_type(&self) -> &'static str {
        "general_argument_invalid"
    }
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = self.header;
        match self.kind {
            HeaderErrorKind::Repeated if header == "Cookie" => {
                f.write_str("two session cookies with different values; send one of them")
            }
            HeaderErrorKind::Repeated => write!(f, "repeated header `{header}`; send it once"),
            HeaderErrorKind::NotAscii if header == "Cookie" => {
                f.write_str("the session cookie is not ASCII; send the value that the server set")
            }
            HeaderErrorKind::NotAscii => {
                write!(f, "header `{header}` is not ASCII; send only visible ASCII characters")
            }
            HeaderErrorKind::MalformedSession => write!(
                f,
                "the session in `{header}` has no texts `id` and `secret`; \
                 send the value that the server set"
            ),
            HeaderErrorKind::TooLong { limit } => {
                write!(f, "header `{header}` is longer than {limit} bytes; send a shorter value")
            }
        }
    }
}

impl Error for HeaderError {}

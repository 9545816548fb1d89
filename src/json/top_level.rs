//! What a value at the top of an input is: a list response, a document, or neither.

use std::borrow::Cow;
use std::fmt;

use super::document::PERMISSIONS;
use super::error::ScanErrorKind;
use super::filter::Filter;
use super::scanner::{Scan, Scanner};
use super::string::Raw;

/// The value at the top of an input, if it is not an array.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TopLevel {
    /// No value: white space only.
    Nothing,
    /// An object with a list, and without `$permissions`.
    Response,
    /// An object with `$permissions`.
    Document,
    /// A value that is only acceptable as one of several lines. The code is the error for a value
    /// that stands alone.
    Other(ScanErrorKind),
}

/// The keys of an object that decide what the object is.
#[derive(Clone, Copy, Default)]
pub(super) struct Shape {
    list: bool,
    permissions: bool,
}

impl Shape {
    /// Notes a key, and the first byte of its value.
    #[inline]
    pub(super) fn note(&mut self, key: Raw<'_>, is_list: bool, first: u8) {
        self.list |= is_list && first == b'[';
        self.permissions |= key.is(PERMISSIONS);
    }

    pub(super) fn has_list(self) -> bool {
        self.list
    }

    pub(super) fn top_level(self) -> TopLevel {
        match self {
            Self { permissions: true, .. } => TopLevel::Document,
            Self { list: true, .. } => TopLevel::Response,
            _ => TopLevel::Other(ScanErrorKind::NoList),
        }
    }
}

impl TopLevel {
    /// Skips white space and the value that follows, and returns what the value is.
    pub(super) fn scan(filter: &Filter<'_>, scanner: &mut Scanner<'_>) -> Scan<Self> {
        if scanner.space() != b'{' {
            if scanner.rest().is_empty() {
                return Ok(Self::Nothing);
            }
            scanner.skip_value(0)?;
            return Ok(Self::Other(ScanErrorKind::NotAnObject));
        }
        let mut shape = Shape::default();
        let mut more = scanner.open_object();
        while more {
            let key = scanner.key()?;
            shape.note(key, filter.is_list(key), scanner.byte());
            scanner.skip_value(1)?;
            more = scanner.next_member()?;
        }
        Ok(shape.top_level())
    }
}

/// The number of keys, and of lists, that a summary names.
const MAX_NAMED: usize = 4;

/// The length in bytes up to which a summary names a key.
const MAX_NAME_LEN: usize = 64;

/// The keys of an object that is neither a list response nor a document, for an error message.
#[derive(Default)]
pub(super) struct Summary {
    /// Keys of arrays that are empty or begin with an object.
    pub(super) lists: Vec<String>,
    keys: Vec<String>,
    more_lists: bool,
    more_keys: bool,
    is_document: bool,
    /// `message` and `code`, as error responses have them.
    error_keys: u8,
}

impl Summary {
    /// Reads the object that `text` begins with.
    #[cold]
    pub(super) fn of(text: &[u8]) -> Self {
        let mut summary = Self::default();
        // The object has been checked before.
        _ = summary.read(&mut Scanner::new(text));
        summary
    }

    fn read(&mut self, scanner: &mut Scanner<'_>) -> Scan<()> {
        let mut more = scanner.open_object();
        while more {
            let key = scanner.key()?;
            self.is_document |= key.is(PERMISSIONS);
            match scanner.byte() {
                b'"' => self.error_keys |= u8::from(key.is("message")),
                b'0'..=b'9' => self.error_keys |= u8::from(key.is("code")) << 1,
                _ => {}
            }
            if may_be_list(scanner.rest()) {
                self.more_lists |= !name(key, &mut self.lists);
            }
            self.more_keys |= !name(key, &mut self.keys);
            scanner.skip_value(1)?;
            more = scanner.next_member()?;
        }
        Ok(())
    }

    /// Returns what to pass to the filter instead.
    pub(super) fn hint(&self) -> Cow<'static, str> {
        if self.is_document {
            return "pass format(Format::Lines) for a single document".into();
        }
        if let Some(list) = self.lists.first() {
            return format!("pass list_key({list:?})").into();
        }
        let hint = if self.error_keys == 3 {
            "this looks like an error response"
        } else {
            "a list has a key, and a document has `$permissions`"
        };
        hint.into()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, names, more) = if self.lists.is_empty() || self.is_document {
            ("key", &self.keys, self.more_keys)
        } else {
            ("array", &self.lists, self.more_lists)
        };
        let Some((last, names)) = names.split_last() else {
            return f.write_str(if more { "an object" } else { "an empty object" });
        };
        let plural = if names.is_empty() && !more { "" } else { "s" };
        write!(f, "an object with the {what}{plural} ")?;
        for (index, name) in names.iter().enumerate() {
            write!(f, "{}`{}`", if index == 0 { "" } else { ", " }, name.escape_debug())?;
        }
        let joint = match (names.is_empty(), more) {
            (true, _) => "",
            (_, true) => ", ",
            (_, false) => " and ",
        };
        write!(f, "{joint}`{}`", last.escape_debug())?;
        if more { f.write_str(" and others") } else { Ok(()) }
    }
}

/// Returns `true` if the value may be a list of documents: an empty array, or one whose first element
/// is an object.
fn may_be_list(value: &[u8]) -> bool {
    let Some((b'[', rest)) = value.split_first() else { return false };
    matches!(rest.trim_ascii_start().first(), Some(b'{' | b']'))
}

/// Adds a key to a list of names, and returns `false` if it is too long or the list is full.
fn name(key: Raw<'_>, names: &mut Vec<String>) -> bool {
    let mut text = String::new();
    key.unescape(MAX_NAME_LEN + 1, &mut text);
    let fits = names.len() < MAX_NAMED && text.len() <= MAX_NAME_LEN;
    if fits {
        names.push(text);
    }
    fits
}

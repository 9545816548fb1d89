//! A description of an object without documents, for an error message: [`Summary`].

use std::borrow::Cow;
use std::fmt;

use super::scan::{Raw, Scan, Scanner};

/// The maximum number of keys, and of lists, that a summary names: 4.
const MAX_NAMED: usize = 4;

/// The maximum length in bytes of a key that a summary names: 64.
const MAX_NAME_LEN: usize = 64;

/// The keys of an object that has no list of documents.
#[derive(Default)]
pub(super) struct Summary {
    keys: Names,
    /// The keys of arrays that are empty, or begin with an object.
    lists: Names,
    has_permissions: bool,
    error: ErrorKeys,
}

/// The keys of error responses that an object has.
#[derive(Default)]
struct ErrorKeys {
    message: bool,
    code: bool,
    /// The key `errors` of GraphQL, with a list.
    errors: bool,
}

/// The first names of a sequence. `more` is `true` if further names were left out.
#[derive(Default)]
struct Names {
    named: Vec<String>,
    more: bool,
}

impl Summary {
    /// Reads the object that `text` begins with, up to the first mistake.
    #[cold]
    pub(super) fn of(text: &[u8]) -> Self {
        let mut summary = Self::default();
        _ = summary.read(&mut Scanner::new(text));
        summary
    }

    fn read(&mut self, scanner: &mut Scanner<'_>) -> Scan<()> {
        let mut more = scanner.open_object();
        while more {
            let key = scanner.key()?;
            self.keys.add(key);
            if may_be_list(scanner.rest()) {
                if key.is("errors") {
                    self.error.errors = true;
                } else {
                    self.lists.add(key);
                }
            }
            self.has_permissions |= key.is("$permissions");
            self.error.message |= key.is("message") && scanner.byte() == b'"';
            self.error.code |= key.is("code") && scanner.byte().is_ascii_digit();
            scanner.skip_value(1)?;
            more = scanner.next_member()?;
        }
        Ok(())
    }

    /// Returns the keys of the arrays that may be lists of documents.
    pub(super) fn into_lists(self) -> Vec<String> {
        self.lists.named
    }

    /// Returns a hint about the settings of the filter that fit the object.
    pub(super) fn hint(&self) -> Cow<'static, str> {
        if self.has_permissions {
            return "pass format(Format::Lines) for a single document".into();
        }
        if let Some(list) = self.lists.named.first() {
            return format!("pass list_key({list:?})").into();
        }
        let ErrorKeys { message, code, errors } = self.error;
        if errors || message && code {
            return "this looks like an error response".into();
        }
        "a list response has an array `documents` or `rows`, and a document has `$permissions`"
            .into()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, Names { named, more }) = if self.has_permissions || self.lists.named.is_empty() {
            ("key", &self.keys)
        } else {
            ("array", &self.lists)
        };
        let quoted: Vec<String> =
            named.iter().map(|name| format!("`{}`", name.escape_debug())).collect();
        match (&quoted[..], more) {
            ([], false) => f.write_str("an empty object"),
            ([], true) => f.write_str("an object"),
            ([name], false) => write!(f, "an object with the {what} {name}"),
            ([names @ .., last], false) => {
                write!(f, "an object with the {what}s {} and {last}", names.join(", "))
            }
            (names, true) => {
                write!(f, "an object with the {what}s {} and others", names.join(", "))
            }
        }
    }
}

impl Names {
    fn add(&mut self, key: Raw<'_>) {
        let mut name = String::new();
        key.unescape(MAX_NAME_LEN + 1, &mut name);
        if self.named.len() < MAX_NAMED && name.len() <= MAX_NAME_LEN {
            self.named.push(name);
        } else {
            self.more = true;
        }
    }
}

/// Returns `true` if the value may be a list of documents: an empty array, or an array whose first
/// element is an object.
fn may_be_list(value: &[u8]) -> bool {
    let Some((b'[', rest)) = value.split_first() else { return false };
    matches!(rest.trim_ascii_start().first(), Some(b'{' | b']'))
}

//! Raw JSON in, its visible documents out: [`Filter`].
//!
//! This module is for programs that forward JSON and have no types for it: a gateway in front of a
//! document API, a cache, a command. One pass checks the JSON, finds the `$permissions` of each document,
//! and asks a [`Matcher`](crate::Matcher). No tree of values is built.
//!
//! ```
//! use rolegate::json::Filter;
//! use rolegate::{Action, Principal};
//!
//! let response = br#"{
//!   "total": 2,
//!   "documents": [
//!     {"$id": "kevin", "$permissions": ["read(\"user:user-a\")"]},
//!     {"$id": "laura", "$permissions": ["read(\"user:user-b\")"]}
//!   ]
//! }"#;
//! let principal = Principal::parse_roles(["any", "users", "user:user-a"])?;
//! let matcher = principal.matcher(Action::Read);
//! let (visible, report) = Filter::new(&matcher).apply(response)?;
//! assert_eq!(
//!     String::from_utf8(visible)?,
//!     r#"{
//!   "total": 1,
//!   "documents": [
//!     {"$id": "kevin", "$permissions": ["read(\"user:user-a\")"]}
//!   ]
//! }"#
//! );
//! assert_eq!((report.visible(), report.removed()), (1, 1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Input and output
//!
//! | [`Format`] | input | output |
//! | --- | --- | --- |
//! | `List` | an object with a list of documents: `{"total": 2, "documents": [...]}` | the object, with the visible documents only and a new `total` |
//! | `Array` | an array of documents | the array, with the visible documents only |
//! | `Lines` | newline-delimited JSON, one document on each line | the lines of the visible documents |
//!
//! Visible documents, and everything around the documents, are copied byte for byte: keys, white space,
//! other fields of a response. One comma is removed with each document, and a list without visible
//! documents becomes `[]`. If no document is removed, only `total` may differ.
//!
//! # `total` and pages
//!
//! A number `total` at the top of a list response becomes the number of visible documents *in this
//! response*. If the response has every document that matched the query, this is the total that the
//! principal should see. If the response is one page of several, it is not: the server counted and cut
//! the page before permissions were checked. The page may then be short, and the number of visible
//! documents on other pages is unknown.
//!
//! Filter before pagination where possible. Elsewhere, request [`FilterReport::removed`] more documents
//! to fill the page. If every document is visible, `total` is not changed.
//!
//! # Rules
//!
//! - Only `$permissions` at the top level of a document counts. Keys and strings may contain escapes:
//!   `"\u0024permissions"` is the same key.
//! - A document with two `$permissions` keys is an error for every principal, because two readers could
//!   choose different keys.
//! - A document is removed if it has no `$permissions`, or if its `$permissions` are not an array of
//!   strings. An element of a list that is not an object is removed, too.
//! - These documents and elements, and each string that is not a permission, are counted and
//!   [reported](FilterReport::problems).
//! - A principal that bypasses permissions gets every document and element. So does a principal to which
//!   the collection grants the action ([`Collection::matcher`](crate::Collection::matcher)). Errors are
//!   still errors.
//! - Nested documents (relationships) are [kept or filtered](Nested).
//!
//! # Errors
//!
//! JSON that `serde_json` does not read as a `Value` is an error with line and column. Invalid UTF-8,
//! unpaired surrogates and numbers outside the range of `f64` are errors with every feature of
//! `serde_json`. All other errors come from the rules above, the format and the limits.
//!
//! A value without documents is an error that describes the value: an
//! [error response](ErrorKind::NoList), a list under [another key](Error::found_lists), an
//! [array of pages](ErrorKind::ResponseInArray).
//!
//! After an error [`Filter::apply_into`] gives no output, and [`Filter::copy`] has written whole lines,
//! or nothing.
//!
//! # Limits
//!
//! Arrays and objects are nested to at most [`MAX_DEPTH`] levels. A document is at most
//! [`MAX_DOCUMENT_LEN`] bytes long, unless the filter has [another limit](Filter::max_document_len). A
//! response from a reader is at most [`MAX_RESPONSE_LEN`] bytes long. Lines take the memory of the
//! longest line.

mod error;
mod filter;
mod format;
mod report;
pub(crate) mod scan;
mod summary;

pub use error::{Error, ErrorKind};
pub use filter::{Filter, MAX_DOCUMENT_LEN, MAX_RESPONSE_LEN};
pub use format::{Format, Nested};
pub use report::{FilterReport, MAX_REPORTED, Problem, ProblemKind};
pub use scan::MAX_DEPTH;

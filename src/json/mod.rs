//! Raw JSON in, the visible documents of it out: [`Filter`].
//!
//! For whoever passes JSON on and has no types for it: a gateway in front of a document API, a cache,
//! a tool in the shell. One pass checks the JSON, finds each document's `$permissions`, and asks a
//! [`Matcher`](crate::Matcher); nothing is parsed into a tree and no document is read twice.
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
//! # What goes in and what comes out
//!
//! | [`Format`] | in | out |
//! | --- | --- | --- |
//! | `List` | an object with a list of documents: `{"total": 2, "documents": [...]}` | the same object, the list without what is not visible, `total` counted anew |
//! | `Array` | an array of documents | the array without what is not visible |
//! | `Lines` | newline-delimited JSON, one document a line | the lines of the visible documents |
//!
//! A visible document comes out byte for byte as it went in, and so does everything around the
//! documents: keys, white space, other fields of a response. Where documents are removed, a comma
//! goes with each; a list of which nothing is left is `[]`. Where nothing is removed the output is
//! the input, `total` apart.
//!
//! # `total`, and pages
//!
//! `total` at the top of a list response, where it is a number, becomes the number of visible
//! documents *of this response*. If the response holds every document that matched, that is the
//! total that the principal should see. If the server had already cut out a page, it is not: the
//! server counted and cut before anybody looked at permissions, so that the page may now be short and
//! nobody knows how many visible documents are on the others. Filter before pagination where you can;
//! where you cannot, [`FilterReport::removed`] says how many documents to ask for to fill the page, and
//! `total` is how many it now holds. For a principal to whom everything is visible `total` stays as it
//! was: the server's count is right for it.
//!
//! # Rules
//!
//! - Only `$permissions` at the top level of a document counts, however the key is written:
//!   `"\u0024permissions"` is the same key. The same holds for the permissions and the list's name.
//! - A document with two such keys is an error, whoever asks: two readers could choose differently.
//! - A document without the key is not visible. One where it is not an array of strings is not visible
//!   either. What stands in a list and is not an object is no document: it is removed.
//! - All of these are counted and [reported](FilterReport::problems), as is each string that is no
//!   permission.
//! - For a principal that bypasses permissions, or that the collection grants everything
//!   ([`Collection::matcher`](crate::Collection::matcher)), all of that is kept. Errors stay errors.
//! - Documents within documents (relationships), objects with a `$permissions` key of their own,
//!   are [kept, or filtered too](Nested).
//!
//! # Errors
//!
//! What `serde_json` refuses to read as a `Value` is refused here, invalid UTF-8, unpaired surrogates
//! and numbers beyond `f64` included, with line and column; and nothing else is, but for the
//! rules above and the limits. An error leaves nothing wrong behind: [`Filter::apply_into`] then
//! gives no output, and [`Filter::copy`] has written whole lines of visible documents, or nothing.
//!
//! # Limits
//!
//! Nesting is held to [`MAX_DEPTH`]. A document is at most [`MAX_DOCUMENT_LEN`] bytes long unless
//! the filter is [told otherwise](Filter::max_document_len), and a response that comes from a reader
//! at most [`MAX_RESPONSE_LEN`]. Lines pass in the memory that the longest of them takes.

mod block;
mod document;
mod edits;
mod error;
mod filter;
mod lines;
mod nested;
mod number;
mod permissions;
mod report;
mod response;
mod scanner;
mod stream;
mod string;
mod top_level;

pub use error::{Error, ErrorKind};
pub use filter::{Filter, Format, MAX_DOCUMENT_LEN, MAX_RESPONSE_LEN, Nested};
pub use report::{FilterReport, MAX_REPORTED, Problem, ProblemKind};
pub use scanner::MAX_DEPTH;

pub(crate) mod scan {
    pub(crate) use super::error::ScanErrorKind;
    pub(crate) use super::scanner::{MAX_DEPTH, Scan, Scanner};
}

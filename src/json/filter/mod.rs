//! Documents in, visible documents out: the [`Filter`].
//!
//! A [`Pass`](pass::Pass) scans the input, decides on each document, and collects
//! [`Edits`](edits::Edits). The output is written after the whole input, or the block of lines, is
//! checked. `stream.rs` reads from a reader, and `input.rs` has the whole input in memory. Both detect the
//! format with `detect.rs`.
//!
//! ```text
//! filter    -> stream -> lines ----> document -> nested, permissions
//!           -> input  -> response -^
//! ```

mod detect;
mod document;
mod edits;
#[expect(
    clippy::module_inception,
    reason = "one noun per file, and the folder is named after its main noun"
)]
mod filter;
mod input;
mod keys;
mod lines;
mod nested;
mod pass;
mod permissions;
mod response;
mod settings;
mod stream;

pub use filter::Filter;
pub use settings::{MAX_DOCUMENT_LEN, MAX_RESPONSE_LEN};

//! The fuzz targets. Each target is a function of bytes that panics if a property fails.
//!
//! Targets are plain functions, so that `cargo test` can replay the corpus with a stable compiler. The
//! properties and the naive oracle are those of the property tests.

#[path = "../../tests/support"]
mod support {
    pub(crate) mod audience;
    pub(crate) mod headers;
    #[allow(dead_code, reason = "the tests use the rest")]
    pub(crate) mod index;
    #[allow(dead_code, reason = "the tests use the rest")]
    pub(crate) mod json;
    pub(crate) mod language;
    pub(crate) mod model;
    pub(crate) mod oracle;
    pub(crate) mod recogniser;
    #[allow(dead_code, reason = "the tests use the rest")]
    pub(crate) mod rules;
    #[allow(dead_code, reason = "the tests use the rest")]
    pub(crate) mod saved;
    pub(crate) mod users;
}

mod audience;
mod headers;
mod index;
mod json_filter;
mod language;
mod saved;
mod table;
mod token;
mod user;

pub use audience::audience;
pub use headers::headers;
pub use index::document_index;
pub use json_filter::json_filter;
pub use language::{permission, round_trip};
pub use saved::saved_index;
pub use table::table_operations;
pub use token::token;
pub use user::user_document;

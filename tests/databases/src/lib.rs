//! Checks that the rows that real databases return equal the decisions of `rolegate::Principal::can`.
//!
//! A [`Corpus`] has rows and questions. A [`Store`] is a database with one layout. [`check`] asks each question, and
//! compares the answer for every row with the decision.
//!
//! Servers and programs that are missing make a test fail. `run` installs what the crate needs.
#![allow(
    missing_docs,
    clippy::missing_panics_doc,
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    reason = "only the tests of this crate use the interface, and they fail by panicking"
)]

mod check;
pub mod corpus;
pub mod document_stores;
mod evaluator;
pub mod servers;
pub mod sql;
mod tantivy_store;

pub use check::{Reading, Store, Tally, Wanted, check};
pub use corpus::Corpus;
pub use tantivy_store::TantivyStore;

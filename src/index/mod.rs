//! Documents that are inserted, changed and removed, in order and by their lists: [`DocumentIndex`].
//!
//! An index answers for pages and totals. A page costs in proportion to the lists and to the page, and
//! a total to the lists, however many documents the collection has.

mod document_index;
mod documents;
mod invariants;
mod view;

pub use document_index::DocumentIndex;

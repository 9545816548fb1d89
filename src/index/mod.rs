//! Documents that are inserted, changed and removed, in order and by their lists: [`DocumentIndex`].
//!
//! An index returns pages and totals. A page takes time in proportion to the lists and to its length,
//! and a total in proportion to the lists. The number of documents has little influence.

mod document_index;
mod documents;
mod invariants;
mod view;

pub use document_index::DocumentIndex;

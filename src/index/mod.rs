//! Documents that come, change and go, by what they grant: [`DocumentIndex`].

mod document_index;
mod documents;
mod invariants;

pub use document_index::DocumentIndex;

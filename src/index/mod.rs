//! Documents that come, change and go, by what they grant: [`DocumentIndex`].

mod document_index;
mod invariants;
mod visible;

pub use document_index::DocumentIndex;

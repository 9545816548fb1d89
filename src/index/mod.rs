//! Documents that are inserted, changed and removed, in order and by their lists: [`DocumentIndex`].
//!
//! An index returns pages and totals. A page takes time in proportion to the lists and to its length,
//! and a total in proportion to the visible lists. The number of documents has little influence. An
//! [`IndexSnapshot`] is read by other threads while the index changes.

mod bulk;
mod document_index;
mod documents;
mod invariants;
mod order;
mod pages;
mod positions;
mod run;
mod runs;
mod saved;
mod snapshot;
mod table_ref;
mod view;

pub use bulk::BulkLoadError;
pub use document_index::DocumentIndex;
pub use saved::{LoadError, LoadErrorKind, SavedKey};
pub use snapshot::IndexSnapshot;
pub use table_ref::TableRef;

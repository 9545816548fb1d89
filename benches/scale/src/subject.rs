//! The calls of the index that change or store it.

use std::io::{Read, Write};

use rolegate::index::DocumentIndex;
use rolegate::{AclId, AclLimits, AclTable};

/// The index that is measured.
pub type Index = DocumentIndex<u64>;

/// Builds an index from documents in any order.
pub fn bulk_load(table: AclTable, documents: impl IntoIterator<Item = (u64, AclId)>) -> Index {
    Index::bulk_load(table, documents).expect("lists of the table")
}

/// Saves an index with a position of the host.
pub fn save(index: &Index, position: u64, out: impl Write) {
    index.save(position, out).expect("room for the file");
}

/// Loads an index and its position.
pub fn load(input: impl Read) -> (Index, u64) {
    Index::load(input, AclLimits::default()).expect("a saved index")
}

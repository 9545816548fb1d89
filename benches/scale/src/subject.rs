//! The calls of the index that change or store it.

use std::io::{Read, Write};

use rolegate::index::DocumentIndex;
use rolegate::{AclId, AclTable};

/// The index that is measured.
pub type Index = DocumentIndex<u64>;

/// Builds an index from documents in any order.
pub fn bulk_load(table: AclTable, documents: impl IntoIterator<Item = (u64, AclId)>) -> Index {
    Index::bulk_load(table, documents).expect("lists of the table")
}

/// Saves an index. Returns `false` if an index cannot be saved.
pub fn save(_index: &Index, _position: u64, _out: impl Write) -> bool {
    false
}

/// Loads an index and its position.
pub fn load(_input: impl Read) -> Option<(Index, u64)> {
    None
}

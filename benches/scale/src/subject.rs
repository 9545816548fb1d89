//! The calls of the index that change or store it.

use rolegate::index::DocumentIndex;
use rolegate::{AclId, AclTable};

/// The index that is measured.
pub type Index = DocumentIndex<u64>;

/// Builds an index from documents in any order.
pub fn bulk_load(table: AclTable, documents: impl IntoIterator<Item = (u64, AclId)>) -> Index {
    let mut index = Index::new();
    for (key, id) in documents {
        let grants = table.grants(id).expect("an id of the table");
        let list = grants.flat_map(|grant| {
            grant.actions.iter().map(move |action| format!("{action}(\"{}\")", grant.role))
        });
        index.insert(key, list).expect("room for a document");
    }
    index
}

/// Returns the bytes on the heap as the index states them.
pub fn memory(_index: &Index) -> Option<usize> {
    None
}

/// Saves an index. Returns `false` if an index cannot be saved.
pub fn save(_index: &Index, _position: u64, _out: impl std::io::Write) -> bool {
    false
}

/// Loads an index and its position.
pub fn load(_input: impl std::io::Read) -> Option<(Index, u64)> {
    None
}

//! Saved indexes: damaged files, wrong contents with right checksums, keys, limits, and failing inputs and
//! outputs. Properties on generated inputs are in `properties/saved.rs`.

mod contents;
mod damage;
mod keys;
mod snapshots;
mod streams;

use rolegate::AclLimits;
use rolegate::index::{DocumentIndex, IndexSnapshot, LoadError, SavedKey};

/// Returns the file of a small index with two roles, three lists and four documents.
fn small_file() -> Vec<u8> {
    let mut index = DocumentIndex::<u64>::new();
    for (document, list) in [
        (1, vec![r#"read("any")"#]),
        (2, vec![r#"write("user:ann")"#, r#"read("any")"#]),
        (3, vec![]),
        (u64::MAX, vec![r#"read("any")"#]),
    ] {
        index.insert(document, list).unwrap();
    }
    saved(&index, 300)
}

fn saved<K: SavedKey>(index: &IndexSnapshot<K>, position: u64) -> Vec<u8> {
    let mut file = Vec::new();
    index.save(position, &mut file).unwrap();
    file
}

fn load(file: &[u8]) -> Result<(DocumentIndex<u64>, u64), LoadError> {
    let loaded = DocumentIndex::load(file, AclLimits::default())?;
    loaded.0.internal_validate().unwrap();
    Ok(loaded)
}

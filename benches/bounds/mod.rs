//! Lower bounds of compiling: the work that no compiler of lists can leave out, in plain loops.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::data::List;

/// Hashes the bytes of each list once and probes a table with the hash. Returns the number of each list, and
/// the number of distinct hashes.
pub(crate) fn repeated(lists: &[List]) -> (Vec<u32>, usize) {
    let state = RandomState::default();
    let mut known = HashTable::new();
    let mut numbers = Vec::new();
    for list in lists {
        let mut hasher = state.build_hasher();
        for text in list {
            hasher.write(text.as_bytes());
        }
        let hash = hasher.finish();
        let next = u32::try_from(known.len()).expect("a number of 32 bits");
        let same = |&(other, _): &(u64, u32)| other == hash;
        let entry = known.entry(hash, same, |&(hash, _)| hash).or_insert((hash, next));
        numbers.push(entry.get().1);
    }
    (numbers, known.len())
}

/// The roles of lists, one after the other.
#[derive(Default)]
pub(crate) struct Roles {
    pub(crate) text: String,
    /// The end of each role in `text`.
    pub(crate) ends: Vec<u32>,
    pub(crate) hashes: Vec<u64>,
    /// The end of each list in `ends`.
    pub(crate) lists: Vec<u32>,
}

/// Hashes and copies the role of each permission, and appends it to vectors. Looks up nothing.
pub(crate) fn distinct(lists: &[List]) -> Roles {
    let state = RandomState::default();
    let mut roles = Roles::default();
    for list in lists {
        for text in list {
            let role = text.split_once('"').and_then(|(_, rest)| rest.strip_suffix("\")"));
            let role = role.expect("a permission");
            let mut hasher = state.build_hasher();
            hasher.write(role.as_bytes());
            roles.hashes.push(hasher.finish());
            roles.text.push_str(role);
            roles.ends.push(u32::try_from(roles.text.len()).expect("an offset of 32 bits"));
        }
        roles.lists.push(u32::try_from(roles.ends.len()).expect("an offset of 32 bits"));
    }
    roles
}

//! Hashing of texts, to find candidates. Equality is always decided by the texts.

use std::hash::{BuildHasher, Hasher};

/// Seeded anew for each value, so that nobody can prepare texts that collide.
pub(crate) use foldhash::fast::RandomState;

/// The hash of the bytes alone, without the length that `Hash` puts before them.
pub(crate) fn hash_bytes(state: &RandomState, bytes: &[u8]) -> u64 {
    let mut hasher = state.build_hasher();
    hasher.write(bytes);
    hasher.finish()
}

/// The hash of some numbers, as [`hash_bytes`].
pub(crate) fn hash_numbers(state: &RandomState, numbers: impl Iterator<Item = u32>) -> u64 {
    let mut hasher = state.build_hasher();
    numbers.for_each(|number| hasher.write_u32(number));
    hasher.finish()
}

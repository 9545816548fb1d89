//! Hashing of texts, to find candidates. Equality is always decided by the texts.

use std::hash::{BuildHasher, Hasher};

use foldhash::SharedSeed;
use foldhash::fast::SeedableRandomState;

/// Seeded anew for each value, so that nobody can prepare texts that collide.
///
/// The seed is the standard library's, which asks the system for it. foldhash would take its own from
/// the place of the stack, and two threads can get the same, one after the other.
#[derive(Clone)]
pub(crate) struct RandomState(SeedableRandomState);

impl Default for RandomState {
    fn default() -> Self {
        let seed = std::hash::RandomState::new().build_hasher().finish();
        Self(SeedableRandomState::with_seed(seed, SharedSeed::global_random()))
    }
}

/// The hash of the bytes alone, without the length that `Hash` puts before them.
pub(crate) fn hash_bytes(state: &RandomState, bytes: &[u8]) -> u64 {
    let mut hasher = state.0.build_hasher();
    hasher.write(bytes);
    hasher.finish()
}

/// The hash of some numbers, as [`hash_bytes`].
pub(crate) fn hash_numbers(state: &RandomState, numbers: impl Iterator<Item = u32>) -> u64 {
    let mut hasher = state.0.build_hasher();
    numbers.for_each(|number| hasher.write_u32(number));
    hasher.finish()
}

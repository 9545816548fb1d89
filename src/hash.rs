//! Hashing of texts and numbers. A hash finds a candidate. The comparison of the values decides.

use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::SharedSeed;
use foldhash::fast::SeedableRandomState;

/// The seed of a hash table. Each default value has a new one, so an attacker cannot prepare texts
/// that collide. A clone has the seed of its original.
///
/// The seed comes from the standard library, which asks the operating system. foldhash would derive
/// its own seed from a stack address, and two threads that run one after the other can have the same
/// address.
#[derive(Clone)]
pub(crate) struct RandomState(SeedableRandomState);

impl Default for RandomState {
    fn default() -> Self {
        let seed = std::hash::RandomState::new().build_hasher().finish();
        Self(SeedableRandomState::with_seed(seed, SharedSeed::global_random()))
    }
}

/// Hashes bytes without their length. The trait `Hash` would hash the length too.
#[inline]
pub(crate) fn hash_bytes(state: &RandomState, bytes: &[u8]) -> u64 {
    let mut hasher = state.0.build_hasher();
    hasher.write(bytes);
    hasher.finish()
}

/// Returns the hash of one more text, after texts with the hash `before`.
///
/// The texts are hashed one by one, because the processor then hashes several at a time.
#[inline]
pub(crate) fn hash_next(state: &RandomState, before: u64, text: &[u8]) -> u64 {
    // Multiplying by an odd number loses no bits, and makes the order of the texts count.
    before.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(hash_bytes(state, text))
}

/// Hashes some numbers, without their count.
pub(crate) fn hash_numbers(state: &RandomState, numbers: impl Iterator<Item = u32>) -> u64 {
    let mut hasher = state.0.build_hasher();
    numbers.for_each(|number| hasher.write_u32(number));
    hasher.finish()
}

/// Hashes a value of the host.
pub(crate) fn hash_value(state: &RandomState, value: &impl Hash) -> u64 {
    state.0.hash_one(value)
}

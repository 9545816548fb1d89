//! The connections by slot and by key: [`Connections`].
//!
//! A slot is a number that the audience assigns to a connection. Postings have slots, so that the host's code
//! for `C`, which may panic, runs only while a connection is looked up, and before anything changes.
//!
//! | part | bytes for a `u64` with 10 channels and 12 roles |
//! | --- | --- |
//! | the key and its hash | 16 |
//! | the slot in the hash table | 6 to 11 |
//! | the record: expiry, and two boxes | 40 |
//! | the box of subscriptions: an `S`, and four bytes for the first channel of each | 40, and 10 of `S` |
//! | the box of names: a count, and four bytes for each role and further channel | 52 |
//!
//! Keys are apart from records, because a listing of many receivers reads only keys.

use std::hash::Hash;
use std::num::NonZeroU32;

use hashbrown::HashTable;

use super::expiries::Time;
use super::names::grown;
use super::paged::{Paged, Slab};
use super::record::Record;
use crate::hash::{RandomState, hash_value};

pub(super) struct Connections<C, S> {
    keys: Slab<Option<Key<C>>>,
    records: Paged<Record<S>>,
    slots: HashTable<u32>,
    hasher: RandomState,
}

struct Key<C> {
    connection: C,
    /// Half of the hash. It is stored, because hashing again could panic while a change is made.
    hash: NonZeroU32,
}

impl<C, S> Connections<C, S> {
    pub(super) fn new() -> Self {
        Self {
            keys: Slab::new(),
            records: Paged::new(),
            slots: HashTable::new(),
            hasher: RandomState::default(),
        }
    }

    /// Returns an empty store that hashes keys in the same way.
    pub(super) fn like(&self) -> Self {
        Self { hasher: self.hasher.clone(), ..Self::new() }
    }

    /// Returns the number of connections.
    pub(super) fn len(&self) -> usize {
        self.keys.used()
    }

    /// Returns a number that is greater than every slot.
    #[inline]
    pub(super) fn end(&self) -> usize {
        self.keys.end()
    }

    /// Returns the key of a connection.
    #[inline]
    pub(super) fn key(&self, slot: u32) -> Option<&C> {
        Some(&self.keys.get(slot)?.as_ref()?.connection)
    }

    #[inline]
    pub(super) fn record(&self, slot: u32) -> Option<&Record<S>> {
        self.records.get(slot)
    }

    pub(super) fn record_mut(&mut self, slot: u32) -> Option<&mut Record<S>> {
        self.records.get_mut(slot)
    }

    /// Returns the expiry of a connection. A free slot never expires.
    pub(super) fn expiry(&self, slot: u32) -> Time {
        self.records.get(slot).map_or(Time::NEVER, |record| record.expires)
    }

    /// Returns the slots of all connections, in ascending order.
    pub(super) fn slots(&self) -> impl Iterator<Item = u32> {
        (0..).zip(self.keys.iter()).filter(|(_, key)| key.is_some()).map(|(slot, _)| slot)
    }

    /// Adds a connection whose slot was not found by `hash`, and returns its slot. Runs no code of the host.
    pub(super) fn insert(&mut self, connection: C, hash: NonZeroU32, record: Record<S>) -> u32 {
        let slot = self.keys.insert(Some(Key { connection, hash }));
        match self.records.get_mut(slot) {
            Some(place) => *place = record,
            None => self.records.push(record),
        }
        let Self { keys, slots, .. } = self;
        if slots.len() == slots.capacity() {
            // In the order of the slots, as `Names::rebuild` does.
            *slots = HashTable::with_capacity(grown(slots.len()));
            for (other, key) in (0..).zip(keys.iter()) {
                if let Some(key) = key.as_ref().filter(|_| other != slot) {
                    slots.insert_unique(spread(key.hash), other, |&slot| {
                        spread(hash_in(keys, slot))
                    });
                }
            }
        }
        slots.insert_unique(spread(hash), slot, |&slot| spread(hash_in(keys, slot)));
        slot
    }

    /// Removes a connection, and returns its key and its record. Runs no code of the host.
    pub(super) fn remove(&mut self, slot: u32) -> Option<(C, NonZeroU32, Record<S>)> {
        let hash = spread(hash_in(&self.keys, slot));
        self.slots.find_entry(hash, |&other| other == slot).ok()?.remove();
        let record = std::mem::take(self.records.get_mut(slot)?);
        let Key { connection, hash } = self.keys.remove(slot)?;
        Some((connection, hash, record))
    }

    /// Returns the bytes on the heap, without those that `C` and `S` hold.
    pub(super) fn memory(&self) -> usize {
        self.keys.memory()
            + self.records.memory()
            + self.records.iter().map(Record::memory).sum::<usize>()
            + self.slots.allocation_size()
    }
}

impl<C: Eq + Hash, S> Connections<C, S> {
    /// Returns the hash of a connection.
    pub(super) fn hash(&self, connection: &C) -> NonZeroU32 {
        // The upper half, because a multiplication mixes it better.
        let hash = (hash_value(&self.hasher, connection) >> 32) as u32;
        NonZeroU32::new(hash).unwrap_or(NonZeroU32::MIN)
    }

    /// Returns the slot of a connection.
    pub(super) fn find(&self, connection: &C, hash: NonZeroU32) -> Option<u32> {
        self.slots.find(spread(hash), |&slot| self.key(slot) == Some(connection)).copied()
    }
}

/// Returns the stored hash of a key.
fn hash_in<C>(keys: &Slab<Option<Key<C>>>, slot: u32) -> NonZeroU32 {
    keys.get(slot).and_then(Option::as_ref).map_or(NonZeroU32::MIN, |key| key.hash)
}

/// Spreads half of a hash over the bits that the hash table uses: the lowest, and the seven highest.
fn spread(hash: NonZeroU32) -> u64 {
    u64::from(hash.get()).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

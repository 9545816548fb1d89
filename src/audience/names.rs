//! The roles or the channels of all connections: [`Names`].
//!
//! A name is a text with the slots of the connections that have it. Its id is its number in a [`Slab`], so the ids
//! of removed names are used again. A name without connections is removed.
//!
//! A role of one connection, such as `user:ann`, takes its text, 12 bytes for the entry, and 6 to 11 bytes in the
//! hash table. Most connections bring two or three of them, so a smaller entry matters more than a faster one.

use hashbrown::HashTable;
use smallvec::SmallVec;

use super::error::Error;
use super::limits::Limits;
use super::paged::Slab;
use super::postings::Postings;
use super::texts::Texts;
use crate::bitset::BitSet;
use crate::hash::{RandomState, hash_bytes};
use crate::invariant::{Validity, holds};
use crate::packed::to_u32;

/// The ids of some names. A connection usually has about twelve roles.
pub(super) type Ids = SmallVec<[u32; 16]>;

pub(super) struct Names {
    texts: Texts,
    entries: Slab<Entry>,
    /// The postings of names with more than one connection.
    postings: Slab<Postings>,
    ids: HashTable<u32>,
    hasher: RandomState,
}

/// The text and the connections of a name.
#[derive(Clone, Copy)]
struct Entry {
    offset: u32,
    len: u16,
    place: Place,
}

/// The place of the connections of a name: none, one slot, or the number of a posting, in four bytes.
#[derive(Clone, Copy, PartialEq)]
struct Place(u32);

/// The connections of a name.
enum Connections {
    None,
    One(u32),
    Many(u32),
}

impl Place {
    /// The place of a name without connections.
    const NONE: Self = Self(u32::MAX);
    /// The place of an entry without a name.
    const FREE: Self = Self(u32::MAX - 1);
    /// The bit that distinguishes the numbers of postings from slots.
    const MANY: u32 = 1 << 31;

    fn get(self) -> Connections {
        match self.0 {
            _ if self == Self::NONE || self == Self::FREE => Connections::None,
            number if number & Self::MANY != 0 => Connections::Many(number & !Self::MANY),
            slot => Connections::One(slot),
        }
    }
}

impl Default for Entry {
    fn default() -> Self {
        Self { offset: 0, len: 0, place: Place::FREE }
    }
}

/// The largest number of names: 2^30 - 1. Two bits of an id are for a role or a channel.
const MAX_NAMES: usize = (1 << 30) - 1;

/// Returns the capacity of a hash table that has no room for another entry. A full table doubles, and a table with
/// many removed entries keeps its size.
pub(super) fn grown(len: usize) -> usize {
    len + len / 2 + 1
}

/// The number of names from which unused ones are given back: 4,096.
const SPARSE_FROM: usize = 4096;

impl Names {
    pub(super) fn new() -> Self {
        Self {
            texts: Texts::default(),
            entries: Slab::new(),
            postings: Slab::new(),
            ids: HashTable::new(),
            hasher: RandomState::default(),
        }
    }

    /// Returns the id of a text.
    pub(super) fn get(&self, text: &str) -> Option<u32> {
        let hash = hash_bytes(&self.hasher, text.as_bytes());
        self.ids.find(hash, |&id| self.text(id) == text).copied()
    }

    /// Returns the text of a name.
    #[inline]
    pub(super) fn text(&self, id: u32) -> &str {
        self.entries.get(id).map_or("", |entry| self.texts.get(entry.offset, entry.len))
    }

    /// Returns the ids of some texts, in their order. The caller has checked their lengths, and gives each name a
    /// connection.
    ///
    /// # Errors
    ///
    /// There is no room for a text. No name is added.
    pub(super) fn intern<'t>(
        &mut self,
        texts: impl IntoIterator<Item = &'t str>,
        limits: &Limits,
    ) -> Result<Ids, Error> {
        let mut ids = Ids::new();
        for text in texts {
            match self.get_or_add(text, limits) {
                Ok(id) => ids.push(id),
                Err(error) => {
                    ids.iter().for_each(|&id| self.release(id));
                    return Err(error);
                }
            }
        }
        Ok(ids)
    }

    fn get_or_add(&mut self, text: &str, limits: &Limits) -> Result<u32, Error> {
        if let Some(id) = self.get(text) {
            return Ok(id);
        }
        if self.entries.used() >= MAX_NAMES {
            return Err(Error::full_of_names(to_u32(MAX_NAMES)));
        }
        let fits = self.texts.used() + text.len() <= limits.text_bytes as usize;
        let id = if fits { self.push(text) } else { None };
        id.ok_or_else(|| Error::full_of_text(limits.text_bytes))
    }

    /// Adds a text that is not stored yet. Returns `None` if it does not fit.
    fn push(&mut self, text: &str) -> Option<u32> {
        let len = u16::try_from(text.len()).ok()?;
        if self.ids.len() == self.ids.capacity() {
            self.rebuild();
        }
        let offset = self.texts.push(text)?;
        let id = self.entries.insert(Entry { offset, len, place: Place::NONE });
        let hash = hash_bytes(&self.hasher, text.as_bytes());
        let Self { texts, entries, ids, hasher, .. } = self;
        ids.insert_unique(hash, id, |&id| {
            let entry = entries.get(id).copied().unwrap_or_default();
            hash_bytes(hasher, texts.get(entry.offset, entry.len).as_bytes())
        });
        Some(id)
    }

    /// Builds a larger hash table, in the order of the ids. Letting the table grow would visit the texts in the order
    /// of their hashes, which takes four times as long.
    fn rebuild(&mut self) {
        let Self { texts, entries, ids, hasher, .. } = self;
        *ids = HashTable::with_capacity(grown(ids.len()));
        let hash = |entry: Entry| hash_bytes(hasher, texts.get(entry.offset, entry.len).as_bytes());
        let of_id = |id: &u32| hash(entries.get(*id).copied().unwrap_or_default());
        for (id, entry) in (0..).zip(entries.iter()) {
            if entry.place != Place::FREE {
                ids.insert_unique(hash(*entry), id, of_id);
            }
        }
    }

    /// Returns the same names without connections and without unused ids, and the new id of each name. Returns
    /// `None` if the texts do not fit in this order.
    pub(super) fn packed(&self) -> Option<(Self, Vec<u32>)> {
        let mut packed = Self::new();
        let mut ids = Vec::with_capacity(self.entries.end());
        for entry in self.entries.iter() {
            ids.push(match entry.place.get() {
                Connections::None => u32::MAX,
                _ => packed.push(self.texts.get(entry.offset, entry.len))?,
            });
        }
        Some((packed, ids))
    }

    /// Removes a name without connections. Does nothing to another name.
    pub(super) fn release(&mut self, id: u32) {
        let Some(entry) = self.entries.get(id).copied() else { return };
        let Connections::None = entry.place.get() else { return };
        let hash = hash_bytes(&self.hasher, self.text(id).as_bytes());
        // A number without a name is not in the table.
        let Ok(found) = self.ids.find_entry(hash, |&other| other == id) else { return };
        found.remove();
        self.entries.remove(id);
        self.texts.remove(entry.len);
        if self.texts.is_sparse() {
            self.copy_texts();
        }
    }

    /// Copies the texts into new pages. Keeps the old pages if the texts do not fit in this order.
    fn copy_texts(&mut self) {
        let mut texts = Texts::default();
        let copied = self.ids.iter().map(|&id| Some((id, texts.push(self.text(id))?)));
        let Some(offsets) = copied.collect::<Option<Vec<_>>>() else { return };
        for (id, offset) in offsets {
            if let Some(entry) = self.entries.get_mut(id) {
                entry.offset = offset;
            }
        }
        self.texts = texts;
    }

    /// Adds a connection to a name, unless the name has it already.
    pub(super) fn add(&mut self, id: u32, slot: u32) {
        let Some(entry) = self.entries.get_mut(id) else { return };
        match entry.place.get() {
            Connections::None => entry.place = Place(slot),
            Connections::One(other) if other == slot => {}
            Connections::One(other) => {
                let number = self.postings.insert(Postings::of([other, slot]));
                entry.place = Place(number | Place::MANY);
            }
            Connections::Many(number) => {
                if let Some(postings) = self.postings.get_mut(number) {
                    postings.insert(slot);
                }
            }
        }
    }

    /// Removes a connection from a name, if the name has it. Removes the name with its last connection.
    pub(super) fn remove(&mut self, id: u32, slot: u32) {
        let Some(entry) = self.entries.get_mut(id) else { return };
        match entry.place.get() {
            Connections::One(only) if only == slot => {
                entry.place = Place::NONE;
                self.release(id);
            }
            Connections::Many(number) => {
                let Some(postings) = self.postings.get_mut(number) else { return };
                postings.remove(slot);
                if let Some(only) = postings.only() {
                    entry.place = Place(only);
                    self.postings.remove(number);
                }
            }
            Connections::One(_) | Connections::None => {}
        }
    }

    /// Returns the number of connections of a name.
    pub(super) fn count(&self, id: u32) -> usize {
        match self.connections(id) {
            Connections::None => 0,
            Connections::One(_) => 1,
            Connections::Many(number) => self.postings.get(number).map_or(0, Postings::len),
        }
    }

    /// Calls `each` with the slot of every connection of a name, in ascending order.
    #[inline]
    pub(super) fn for_each(&self, id: u32, mut each: impl FnMut(u32)) {
        match self.connections(id) {
            Connections::None => {}
            Connections::One(slot) => each(slot),
            Connections::Many(number) => {
                if let Some(postings) = self.postings.get(number) {
                    postings.for_each(each);
                }
            }
        }
    }

    /// Adds the slots of a name to a set that has room for them.
    pub(super) fn add_to(&self, id: u32, set: &mut BitSet<Vec<u64>>) {
        match self.connections(id) {
            Connections::None => {}
            Connections::One(slot) => _ = set.insert(slot as usize),
            Connections::Many(number) => {
                if let Some(postings) = self.postings.get(number) {
                    postings.add_to(set);
                }
            }
        }
    }

    fn connections(&self, id: u32) -> Connections {
        self.entries.get(id).map_or(Connections::None, |entry| entry.place.get())
    }

    /// Returns the number of names.
    pub(super) fn len(&self) -> usize {
        self.entries.used()
    }

    /// Returns the ids of all names, in no particular order.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        self.ids.iter().copied()
    }

    /// Returns `true` if less than a quarter of the ids or of the postings are in use, and there are as many of them as
    /// connections. Building the audience again takes time in proportion to its connections, so a client that adds and
    /// removes a few thousand channels must not cause it.
    pub(super) fn is_sparse(&self, connections: usize) -> bool {
        let few = |end: usize, used: usize| end >= SPARSE_FROM.max(connections) && used < end / 4;
        few(self.entries.end(), self.entries.used())
            || few(self.postings.end(), self.postings.used())
    }

    /// Returns the bytes on the heap.
    pub(super) fn memory(&self) -> usize {
        self.texts.memory()
            + self.entries.memory()
            + self.postings.memory()
            + self.postings.iter().map(Postings::memory).sum::<usize>()
            + self.ids.allocation_size()
    }

    pub(super) fn internal_validate(&self) -> Validity {
        holds(self.ids.len() == self.entries.used(), "the table does not have each name once")?;
        let found = self.ids.iter().all(|&id| self.get(self.text(id)) == Some(id));
        holds(found, "a name is not found under its id")?;
        let bytes: usize = self.ids.iter().map(|&id| self.text(id).len()).sum();
        holds(bytes == self.texts.used(), "the bytes of the texts are wrong")?;
        let used = self.ids.iter().all(|&id| self.count(id) > 0);
        holds(used, "a name has no connections")?;
        holds(!self.texts.is_sparse(), "most bytes of the texts are unused")?;
        let mut many = 0;
        for &id in &self.ids {
            if let Connections::Many(number) = self.connections(id) {
                many += 1;
                let postings = self.postings.get(number).ok_or("a posting is missing")?;
                postings.internal_validate()?;
            }
        }
        holds(many == self.postings.used(), "a posting belongs to no name")
    }
}

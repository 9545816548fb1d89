//! A small set of name ids: [`IdSet`].
//!
//! An event has about 16 channels, and a candidate has about ten. Each of them is looked up, so a look-up takes
//! one comparison: a table has the id in the place of its lowest bits. Binary search in the ids of the event took
//! four times as long. Ids whose place is taken are in a sorted list, which is empty for most events.

/// The number of places: 128. Ids of the channels of one document are often consecutive, so few of 16 ids share
/// a place.
const PLACES: usize = 128;

/// A number that no name has as its id.
const NONE: u32 = u32::MAX;

/// The roles or the channels of an event that some connection has.
pub(super) struct IdSet {
    places: [u32; PLACES],
    /// The ids whose place has another id, in ascending order after [`finish`](Self::finish).
    others: Vec<u32>,
    ids: Vec<u32>,
}

impl IdSet {
    pub(super) const fn new() -> Self {
        Self { places: [NONE; PLACES], others: Vec::new(), ids: Vec::new() }
    }

    pub(super) fn clear(&mut self) {
        for &id in &self.ids {
            if let Some(place) = self.places.get_mut(id as usize % PLACES) {
                *place = NONE;
            }
        }
        self.others.clear();
        self.ids.clear();
    }

    /// Adds ids. An id may be repeated.
    pub(super) fn extend(&mut self, ids: impl IntoIterator<Item = u32>) {
        for id in ids {
            match self.places.get_mut(id as usize % PLACES) {
                Some(place) if *place == NONE => {
                    *place = id;
                    self.ids.push(id);
                }
                Some(place) if *place == id => {}
                _ => self.others.push(id),
            }
        }
    }

    /// Removes repetitions. The other methods need it.
    pub(super) fn finish(&mut self) {
        self.others.sort_unstable();
        self.others.dedup();
        self.ids.extend_from_slice(&self.others);
    }

    #[inline]
    pub(super) fn contains(&self, id: u32) -> bool {
        let in_place = self.places.get(id as usize % PLACES) == Some(&id);
        // Without a branch for each id, because which ids are in a set cannot be predicted.
        in_place | (!self.others.is_empty() && self.others_contain(id))
    }

    #[inline(never)]
    fn others_contain(&self, id: u32) -> bool {
        self.others.binary_search(&id).is_ok()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Returns the ids, each once and in no particular order.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        self.ids.iter().copied()
    }

    /// Returns the bytes on the heap.
    pub(super) fn memory(&self) -> usize {
        (self.ids.capacity() + self.others.capacity()) * size_of::<u32>()
    }
}

impl Default for IdSet {
    fn default() -> Self {
        Self::new()
    }
}

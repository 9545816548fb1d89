//! The connections in the order of their expiry: [`Expiries`].
//!
//! A binary heap of 16 bytes for each connection. The entry of a connection that has ended, or that has another expiry
//! now, stays until it is the first one or until most entries are of this kind. A `BTreeSet` would remove it at
//! once, and take up to 40 bytes for each connection. The standard library's heap does not promise where its entries
//! are, so it cannot be searched for those that are due.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A time in nanoseconds since 1970. Earlier times count as 1970. Times after the year 2554 are equal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Time(u64);

impl Time {
    /// The expiry of a connection that never expires. It is later than every time of a clock.
    pub(super) const NEVER: Self = Self(u64::MAX);

    pub(super) fn of(time: SystemTime) -> Self {
        let nanos = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        Self(u64::try_from(nanos).unwrap_or(u64::MAX).min(u64::MAX - 1))
    }

    fn system_time(self) -> Option<SystemTime> {
        UNIX_EPOCH.checked_add(Duration::from_nanos(self.0))
    }
}

#[derive(Default)]
pub(super) struct Expiries {
    /// The expiry and the slot of connections. An entry is not earlier than its parent, at half of its position. The
    /// first entry is always valid.
    heap: Vec<Entry>,
    /// The number of connections that expire.
    valid: usize,
}

type Entry = (Time, u32);

/// The number of invalid entries that an audience of any size may keep: 1,024.
const MAX_INVALID: usize = 1024;

impl Expiries {
    /// Adds a connection, unless it never expires.
    pub(super) fn insert(&mut self, time: Time, slot: u32) {
        if time != Time::NEVER {
            self.heap.push((time, slot));
            self.move_up();
            self.valid += 1;
        }
    }

    /// Removes a connection that expired at `time`. `expiry_of` returns the present expiry of a slot, which is no
    /// longer this time.
    pub(super) fn remove(&mut self, time: Time, expiry_of: impl Fn(u32) -> Time) {
        if time == Time::NEVER {
            return;
        }
        self.valid -= 1;
        if self.heap.len() > 2 * self.valid + MAX_INVALID {
            self.heap.retain(|(time, slot)| expiry_of(*slot) == *time);
            // Sorted entries are a heap.
            self.heap.sort_unstable();
            self.heap.dedup();
            self.heap.shrink_to_fit();
        }
        while let Some((time, slot)) = self.heap.first() {
            if expiry_of(*slot) == *time {
                break;
            }
            self.heap.swap_remove(0);
            self.move_down();
        }
        if self.heap.capacity() / 4 > self.heap.len() {
            self.heap.shrink_to_fit();
        }
    }

    /// Moves the last entry up to its place.
    fn move_up(&mut self) {
        let mut at = self.heap.len().saturating_sub(1);
        while at > 0 {
            let parent = (at - 1) / 2;
            if self.heap.get(parent) <= self.heap.get(at) {
                return;
            }
            self.heap.swap(parent, at);
            at = parent;
        }
    }

    /// Moves the first entry down to its place.
    fn move_down(&mut self) {
        let mut at = 0;
        let entry = |heap: &[Entry], at: usize| heap.get(at).copied();
        while let Some(left) = entry(&self.heap, 2 * at + 1) {
            let right = entry(&self.heap, 2 * at + 2);
            let (earlier, child) = match right {
                Some(right) if right < left => (right, 2 * at + 2),
                _ => (left, 2 * at + 1),
            };
            if entry(&self.heap, at).is_none_or(|moved| moved <= earlier) {
                return;
            }
            self.heap.swap(at, child);
            at = child;
        }
    }

    /// Returns the first slot that has expired at `now`.
    pub(super) fn due(&self, now: Time) -> Option<u32> {
        let (time, slot) = self.heap.first()?;
        (*time <= now).then_some(*slot)
    }

    /// Calls `each` with every time up to `now` and its slot, in no particular order. The slot may have another expiry
    /// by now. Takes time in proportion to these entries, and not to the others.
    pub(super) fn for_each_due(&self, now: Time, mut each: impl FnMut(Time, u32)) {
        self.visit(0, now, &mut each);
    }

    /// Visits the entries below a position. The depth is the number of levels of the heap, at most 32.
    fn visit(&self, at: usize, now: Time, each: &mut impl FnMut(Time, u32)) {
        if let Some((time, slot)) = self.heap.get(at).filter(|(time, _)| *time <= now) {
            each(*time, *slot);
            self.visit(2 * at + 1, now, each);
            self.visit(2 * at + 2, now, each);
        }
    }

    /// Returns the time at which the next connection expires.
    pub(super) fn next(&self) -> Option<SystemTime> {
        self.first()?.system_time()
    }

    /// Returns the earliest expiry.
    pub(super) fn first(&self) -> Option<Time> {
        Some(self.heap.first()?.0)
    }

    /// Returns the number of connections that expire.
    pub(super) fn len(&self) -> usize {
        self.valid
    }

    /// Returns `true` if a connection has an entry with this time.
    pub(super) fn contains(&self, time: Time, slot: u32) -> bool {
        self.heap.contains(&(time, slot))
    }

    /// Returns the bytes on the heap.
    pub(super) fn memory(&self) -> usize {
        self.heap.capacity() * size_of::<Entry>()
    }

    /// Returns `true` if no entry is earlier than its parent.
    pub(super) fn is_consistent(&self) -> bool {
        (1..self.heap.len()).all(|at| self.heap.get((at - 1) / 2) <= self.heap.get(at))
    }
}

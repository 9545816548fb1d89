//! The registry of handles.
//!
//! A handle looks like a pointer to C, and is never dereferenced. It is the number of a slot with the slot's
//! generation. A freed handle therefore stays recognisable: its slot has a later generation. A handle that one
//! thread frees while another one uses it stays alive until the end of that call, because a call holds a reference.
//!
//! A slot that has used up its generations is never used again, so that no handle is ever valid twice.

use std::sync::{Mutex, OnceLock, PoisonError, RwLock};

use crate::objects::Object;

/// A handle has the generation of its slot in the upper half of its bits, and the slot in the lower half.
const HALF: u32 = usize::BITS / 2;
const LOWER: usize = usize::MAX >> HALF;

/// The slots in the first chunk. Each further chunk has twice as many as the one before.
const FIRST: usize = 64;
/// With 27 chunks there are more slots than 32 bits can number.
const CHUNKS: usize = 27;

static SLOTS: [OnceLock<Box<[RwLock<Slot>]>>; CHUNKS] = [const { OnceLock::new() }; CHUNKS];
static VACANT: Mutex<Vacant> = Mutex::new(Vacant { free: Vec::new(), used: 0, live: 0 });

struct Slot {
    /// At least 1, so that no handle is null.
    generation: usize,
    object: Option<Object>,
}

/// The slots without an object.
struct Vacant {
    /// Slots that had an object before.
    free: Vec<usize>,
    /// The number of slots that ever had an object.
    used: usize,
    /// The number of slots that have an object.
    live: usize,
}

/// The error of a registry without a slot for one more handle.
pub(crate) struct TooManyHandles;

/// Adds an object and returns its handle.
pub(crate) fn insert(object: Object) -> Result<usize, TooManyHandles> {
    let number = {
        let mut vacant = VACANT.lock().unwrap_or_else(PoisonError::into_inner);
        let number = match vacant.free.pop() {
            Some(number) => number,
            None if vacant.used < LOWER => {
                vacant.used += 1;
                vacant.used - 1
            }
            None => return Err(TooManyHandles),
        };
        vacant.live += 1;
        number
    };
    let (chunk, place) = position(number).ok_or(TooManyHandles)?;
    let slots = SLOTS.get(chunk).ok_or(TooManyHandles)?.get_or_init(|| new_chunk(chunk));
    let slot = slots.get(place).ok_or(TooManyHandles)?;
    let mut slot = slot.write().unwrap_or_else(PoisonError::into_inner);
    slot.object = Some(object);
    Ok(slot.generation << HALF | number)
}

/// Passes the object of a handle to `read`, or `None` if the handle is not valid.
///
/// `read` runs under the lock of the slot. It must only clone a reference.
pub(crate) fn get<T>(handle: usize, read: impl FnOnce(Option<&Object>) -> T) -> T {
    let Some(slot) = slot_of(handle) else { return read(None) };
    let slot = slot.read().unwrap_or_else(PoisonError::into_inner);
    read(slot.object.as_ref().filter(|_| slot.generation == handle >> HALF))
}

/// Removes and returns the object of a handle, if `is_right` returns `true` for it.
///
/// The caller drops the object. If a call still uses the object, the end of that call drops it.
pub(crate) fn remove(handle: usize, is_right: impl FnOnce(&Object) -> bool) -> Option<Object> {
    let mut slot = slot_of(handle)?.write().unwrap_or_else(PoisonError::into_inner);
    if slot.generation != handle >> HALF || !slot.object.as_ref().is_some_and(is_right) {
        return None;
    }
    let object = slot.object.take();
    let reusable = slot.generation < LOWER;
    slot.generation = slot.generation.saturating_add(1);
    drop(slot);
    let mut vacant = VACANT.lock().unwrap_or_else(PoisonError::into_inner);
    vacant.live = vacant.live.saturating_sub(1);
    if reusable {
        vacant.free.push(handle & LOWER);
    }
    object
}

/// Returns the number of handles that were created and not freed.
pub(crate) fn live() -> usize {
    VACANT.lock().unwrap_or_else(PoisonError::into_inner).live
}

fn slot_of(handle: usize) -> Option<&'static RwLock<Slot>> {
    let (chunk, place) = position(handle & LOWER)?;
    SLOTS.get(chunk)?.get()?.get(place)
}

/// Returns the chunk of a slot, and the place in the chunk.
fn position(number: usize) -> Option<(usize, usize)> {
    let shifted = number.checked_add(FIRST)?;
    let chunk = shifted.ilog2() - FIRST.ilog2();
    Some((usize::try_from(chunk).ok()?, shifted - (FIRST << chunk)))
}

fn new_chunk(chunk: usize) -> Box<[RwLock<Slot>]> {
    (0..FIRST << chunk).map(|_| RwLock::new(Slot { generation: 1, object: None })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_of_slots_fill_each_chunk_before_the_next() {
        let mut expected = (0..4).flat_map(|chunk| (0..FIRST << chunk).map(move |at| (chunk, at)));
        for number in 0..FIRST * 15 {
            assert_eq!(position(number), expected.next(), "slot {number}");
        }
        assert_eq!(expected.next(), None);
    }

    #[test]
    fn position_of_last_slot_is_in_the_last_chunk() {
        let (chunk, _) = position(u32::MAX as usize).unwrap();
        assert!(chunk < CHUNKS, "chunk {chunk}");
    }
}

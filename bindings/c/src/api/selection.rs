//! Selections: one bit for each document.

#![allow(unsafe_code, reason = "the names of exported functions are unsafe attributes")]

use std::sync::RwLock;

use rolegate::Selection;

use crate::failure::Failure;
use crate::ffi::{self, call};
use crate::objects::{ErrorHandle, SelectionHandle};
use crate::types::Status;

/// Creates an empty selection, which `rolegate_visibility_filter` fills.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_selection_new(
    selection: *mut *mut SelectionHandle,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out(selection)?;
        out.set(ffi::new_handle(RwLock::new(Selection::new()))?);
        Ok(())
    })
}

/// Frees a selection. Returns `ROLEGATE_STATUS_WRONG_HANDLE` if it was freed already.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_selection_free(selection: *mut SelectionHandle) -> Status {
    ffi::free(selection)
}

/// Returns the number of documents, and the number of those that are selected. Both out-parameters may be null.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_selection_count(
    selection: *const SelectionHandle,
    documents: *mut usize,
    selected: *mut usize,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let (documents, selected) = (call.optional_out(documents), call.optional_out(selected));
        let (documents, selected) = (documents?, selected?);
        let selection = call.get(selection)?;
        let selection = call.read(&selection)?;
        if let Some(documents) = documents {
            documents.set(selection.batch_len());
        }
        if let Some(selected) = selected {
            selected.set(selection.count());
        }
        Ok(())
    })
}

/// Writes the positions of selected documents, from position `from` on, in ascending order.
///
/// `positions` has room for `capacity` positions, and `*written` gets their number. The elements after them keep their
/// value. For the next page, pass the last position plus 1 as `from`. Takes time in proportion to the documents between
/// `from` and the last position.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_selection_positions(
    selection: *const SelectionHandle,
    from: usize,
    positions: *mut u32,
    capacity: usize,
    written: *mut usize,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let (out, written) = (call.room(positions, capacity), call.out(written));
        let (out, written) = (out?, written?);
        let selection = call.get(selection)?;
        let selection = call.read(&selection)?;
        if u32::try_from(selection.batch_len()).is_err() {
            let message = "selection has too many documents for positions of 32 bits";
            return Err(Failure::new(Status::WrongLength, message));
        }
        let position = |position: usize| u32::try_from(position).ok();
        written.set(if from == 0 {
            out.set_all(selection.iter().map_while(position))
        } else {
            let rest = (from..selection.batch_len()).filter(|at| selection.contains(*at));
            out.set_all(rest.map_while(position))
        });
        Ok(())
    })
}

/// Writes one bit for each document: document `i` is bit `i % 8` of byte `i / 8`, from the lowest bit.
///
/// `bitmap` has `len` bytes, which must be the number of documents divided by 8, rounded up.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_selection_bitmap(
    selection: *const SelectionHandle,
    bitmap: *mut u8,
    len: usize,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out_array(bitmap, len)?;
        let selection = call.get(selection)?;
        let selection = call.read(&selection)?;
        let needed = selection.batch_len().div_ceil(8);
        if len != needed {
            let documents = selection.batch_len();
            let message = format_args!("{documents} documents need {needed} bytes, found {len}");
            return Err(Failure::new(Status::WrongLength, message));
        }
        let mut bytes = vec![0_u8; len];
        for position in selection.iter() {
            if let Some(byte) = bytes.get_mut(position / 8) {
                *byte |= 1 << (position % 8);
            }
        }
        out.set_all(bytes.into_iter());
        Ok(())
    })
}

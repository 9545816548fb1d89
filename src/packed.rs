//! Packed buffers: many short slices stored one after the other in one buffer, with the end offset of
//! each. The number of a slice is its position in that order.

/// Returns the start and end offsets of slice `id`, for slices that end at the offsets `ends`.
///
/// An unknown slice is empty.
pub(crate) fn range_of(ends: &[u32], id: u32) -> (usize, usize) {
    let id = id as usize;
    let start =
        id.checked_sub(1).and_then(|before| ends.get(before)).map_or(0, |&end| end as usize);
    (start, ends.get(id).map_or(start, |&end| end as usize))
}

/// Returns slice `id` of a packed buffer.
pub(crate) fn slice_at<'a, T>(all: &'a [T], ends: &[u32], id: u32) -> &'a [T] {
    let (start, end) = range_of(ends, id);
    all.get(start..end).unwrap_or_default()
}

/// Converts a length to `u32`. The caller has checked the length against the limits of a table.
pub(crate) fn to_u32(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

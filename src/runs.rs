//! Many short runs in one buffer: they stand one behind the other, and where each ends is kept.

/// Where the `id`th of several runs is that stand one behind the other and end at `ends`.
pub(crate) fn range_of(ends: &[u32], id: u32) -> (usize, usize) {
    let id = id as usize;
    let start =
        id.checked_sub(1).and_then(|before| ends.get(before)).map_or(0, |&end| end as usize);
    (start, ends.get(id).map_or(start, |&end| end as usize))
}

/// The `id`th of several runs that stand one behind the other and end at `ends`.
pub(crate) fn run_at<'a, T>(all: &'a [T], ends: &[u32], id: u32) -> &'a [T] {
    let (start, end) = range_of(ends, id);
    all.get(start..end).unwrap_or_default()
}

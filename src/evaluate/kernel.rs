//! The inner loop: a column of numbers and a bit for each number, to a bit for each place in the
//! column. It knows no permissions, takes slices and allocates nothing.

/// A number in a column.
pub(super) trait Index: Copy {
    /// The number.
    fn get(self) -> usize;
}

impl Index for u8 {
    fn get(self) -> usize {
        usize::from(self)
    }
}

impl Index for u16 {
    fn get(self) -> usize {
        usize::from(self)
    }
}

impl Index for u32 {
    fn get(self) -> usize {
        self as usize
    }
}

const BITS: usize = u64::BITS as usize;

/// Bit `i` of `out` becomes bit `column[i]` of `bits`; numbers beyond `bits` give 0. `out` has a word
/// for every 64 numbers of the column.
pub(super) fn select<T: Index>(column: &[T], bits: &[u64], out: &mut [u64]) {
    select_by(column, out, |index| {
        let word = bits.get(index.get() / BITS).copied().unwrap_or(0);
        word >> (index.get() % BITS) & 1
    });
}

/// Bit `i` of `out` says whether `column[i]` is `wanted`.
pub(super) fn select_equal<T: Index + PartialEq>(column: &[T], wanted: T, out: &mut [u64]) {
    select_by(column, out, |index| u64::from(index == wanted));
}

fn select_by<T: Copy>(column: &[T], out: &mut [u64], bit: impl Fn(T) -> u64) {
    for (chunk, word) in column.chunks(BITS).zip(out) {
        let bits = chunk.iter().enumerate().map(|(place, &index)| bit(index) << place);
        *word = bits.fold(0, |word, bit| word | bit);
    }
}

/// Bit `i` of `out` says whether `column[i]` is less than `end`.
pub(super) fn select_below<T: Index>(column: &[T], end: u32, out: &mut [u64]) {
    select_by(column, out, |index| u64::from(index.get() < end as usize));
}

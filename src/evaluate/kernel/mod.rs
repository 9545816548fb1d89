//! The inner loop: a column of numbers and a bit for each number, to a bit for each place in the
//! column. It knows no permissions, takes slices and allocates nothing.
//!
//! For every kernel `out` has a word for each 64 numbers of the column, the last one perhaps begun;
//! bits behind the column's end are 0.
//!
//! What the ways cost on 16 million documents, as multiples of the time it takes to add up the same
//! column as `u32` (4.6 ms on an AMD EPYC with AVX2; best of twelve runs, one run for all):
//!
//! | column | way | 16 lists | 256 | 50,000 | 1M | 16M |
//! | --- | --- | --- | --- | --- | --- | --- |
//! | `u8` | bit by bit | 4.4 | 4.8 | | | |
//! | `u8` | byte table, 8 at a time | 1.5 | 1.6 | | | |
//! | `u8` | shuffles (AVX2) | 0.2 | 0.2 | | | |
//! | `u16` | byte table, 8 at a time | 1.2 | 1.2 | 1.5 | | |
//! | `u32` | bit by bit, shifted into a word | 4.4 | 4.8 | 4.1 | 4.6 | 9.6 |
//! | `u32` | bit by bit, packed 8 at a time | 3.8 | 3.5 | 3.6 | 4.0 | 7.6 |
//! | `u32` | one wanted number | 1.3 | 1.1 | 1.0 | 1.0 | 1.1 |

#[cfg(target_arch = "x86_64")]
mod avx2;

/// A number in a column.
pub(super) trait Index: Copy + PartialEq {
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

/// Documents in a word of the selection.
const BITS: usize = u64::BITS as usize;

/// How many numbers a `u8` has, and a table for them entries.
const BYTE_NUMBERS: usize = 1 << 8;

/// How many numbers a `u16` has, and a table for them entries.
pub(super) const SHORT_NUMBERS: usize = 1 << 16;

/// From how many documents on a table of 256 entries is worth making: making it takes as long as
/// looking at about so many documents bit by bit.
const BYTE_TABLE_FROM: usize = 256;

/// Bit `i` of `out` becomes bit `column[i]` of `bits`; numbers beyond `bits` give 0.
pub(super) fn select<T: Index>(column: &[T], bits: &[u64], out: &mut [u64]) {
    select_blocks(column, out, |block| {
        word_of(block, |index| {
            let word = bits.get(index.get() / BITS).copied().unwrap_or(0);
            (word >> (index.get() % BITS) & 1) as u8
        })
    });
}

/// As [`select`], for numbers of one byte.
pub(super) fn select_bytes(column: &[u8], bits: &[u64], out: &mut [u64]) {
    if column.len() < BYTE_TABLE_FROM {
        return select(column, bits, out);
    }
    #[cfg(target_arch = "x86_64")]
    if avx2::select_bytes(column, bits, out) {
        return;
    }
    let mut table = [0; BYTE_NUMBERS];
    expand(bits, &mut table);
    select_from_table(column, &table, out);
}

/// How many lists a table on the stack has entries for.
const SMALL_TABLE: usize = 1 << 12;

/// From how many documents on a table on the stack is worth making, if there are as many as lists.
const SMALL_TABLE_FROM: usize = 512;

/// As [`select`], for numbers of two bytes.
///
/// Where the lists are few, a table of them is made on the stack: on 2,000 documents with 346 lists
/// that takes a quarter less time than testing bits, the making included.
pub(super) fn select_shorts(column: &[u16], bits: &[u64], out: &mut [u64]) {
    let lists = bits.len() * BITS;
    if lists > SMALL_TABLE || column.len() < lists.max(SMALL_TABLE_FROM) {
        return select(column, bits, out);
    }
    let mut table = [0; SMALL_TABLE];
    expand(bits, &mut table);
    select_from_table(column, &table, out);
}

/// Entry `i` of `table` becomes bit `i` of `bits`, as a byte; entries beyond `bits` stay.
pub(super) fn expand(bits: &[u64], table: &mut [u8]) {
    for (entries, word) in table.chunks_mut(BITS).zip(bits) {
        for (place, entry) in entries.iter_mut().enumerate() {
            *entry = (word >> place & 1) as u8;
        }
    }
}

/// Bit `i` of `out` becomes entry `column[i]` of `table`, which is 0 or 1.
///
/// With a table for every number that `T` has, the look-up needs no check of its own.
pub(super) fn select_from_table<T: Index, const N: usize>(
    column: &[T],
    table: &[u8; N],
    out: &mut [u64],
) {
    select_blocks(column, out, |block| {
        let (groups, _) = block.as_chunks::<8>();
        groups.iter().enumerate().fold(0, |word, (place, group)| {
            let bytes = group.map(|index| table.get(index.get()).copied().unwrap_or(0));
            word | pack(bytes) << (8 * place)
        })
    });
}

/// Bit `i` of `out` says whether `column[i]` is `wanted`.
pub(super) fn select_equal<T: Index>(column: &[T], wanted: T, out: &mut [u64]) {
    select_blocks(column, out, |block| {
        // Most blocks have none, and that is found out with fewer steps than which one it is.
        let any = block.iter().fold(0, |any, &index| any | u8::from(index == wanted));
        if any == 0 { 0 } else { word_of(block, |index| u8::from(index == wanted)) }
    });
}

/// Bit `i` of `out` says whether `column[i]` is less than `end`.
pub(super) fn select_below<T: Index>(column: &[T], end: u32, out: &mut [u64]) {
    select_blocks(column, out, |block| {
        word_of(block, |index| u8::from(index.get() < end as usize))
    });
}

/// Calls `word` for each 64 numbers of the column; the last, incomplete ones are filled up with
/// repetitions of the last number, whose bits are cleared again.
fn select_blocks<T: Index>(column: &[T], out: &mut [u64], word: impl Fn(&[T; BITS]) -> u64) {
    let (blocks, rest) = column.as_chunks::<BITS>();
    let (words, last) = out.split_at_mut(blocks.len().min(out.len()));
    for (block, out) in blocks.iter().zip(words) {
        *out = word(block);
    }
    if let (Some(out), Some(&filler)) = (last.first_mut(), rest.last()) {
        let mut block = [filler; BITS];
        block.iter_mut().zip(rest).for_each(|(place, &index)| *place = index);
        *out = word(&block) & ((1 << rest.len()) - 1);
    }
}

/// The bits of 64 numbers. Bits are made as bytes, eight of which become bits of a word in one
/// multiplication; that takes fewer steps than to shift each into its place.
fn word_of<T: Index>(block: &[T; BITS], bit: impl Fn(T) -> u8) -> u64 {
    let bytes = block.map(bit);
    let (groups, _) = bytes.as_chunks::<8>();
    groups.iter().enumerate().fold(0, |word, (place, &group)| word | pack(group) << (8 * place))
}

/// Eight bytes of 0 or 1 as eight bits: byte `i` becomes bit `i`.
///
/// Factor `1 << (7 * (8 - i))` moves byte `i` of the little-endian word, which is at bit `8 * i`, to
/// bit `56 + i`. No two products meet in a bit, so nothing is carried.
fn pack(bytes: [u8; 8]) -> u64 {
    u64::from_le_bytes(bytes).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The one definition that every kernel must agree with.
    fn naive(column: &[u32], bit: impl Fn(u32) -> bool) -> Vec<u64> {
        let mut out = vec![0; column.len().div_ceil(64)];
        for (place, &index) in column.iter().enumerate() {
            out[place / 64] |= u64::from(bit(index)) << (place % 64);
        }
        out
    }

    fn run(len: usize, kernel: impl Fn(&mut [u64])) -> Vec<u64> {
        // Dirty, since a kernel must write every word.
        let mut out = vec![u64::MAX; len.div_ceil(64)];
        kernel(&mut out);
        out
    }

    /// Lengths around words and thresholds, numbers around the ends of what a width can hold.
    #[test]
    fn every_kernel_agrees_with_the_naive_loop() {
        let mut state = 1_u32;
        let mut random = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 8
        };
        for len in [0, 1, 7, 8, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 512, 513, 1000] {
            for lists in
                [1_u32, 2, 16, 63, 64, 65, 255, 256, 257, 4096, 4097, 65_535, 65_536, 70_000]
            {
                let bits: Vec<u64> = (0..lists.div_ceil(64))
                    .map(|_| u64::from(random()) << 40 ^ u64::from(random()) << 20)
                    .collect();
                let set = |index: u32| {
                    bits.get(index as usize / 64).is_some_and(|w| w >> (index % 64) & 1 != 0)
                };
                for max in [lists, lists + 200] {
                    let column: Vec<u32> = (0..len).map(|_| random() % max).collect();
                    let bytes: Vec<u8> = column.iter().map(|i| i.to_le_bytes()[0]).collect();
                    let shorts: Vec<u16> =
                        column.iter().map(|&i| u16::try_from(i % 65_536).unwrap()).collect();
                    let wide = |numbers: &[u8]| -> Vec<u32> {
                        numbers.iter().map(|&n| n.into()).collect()
                    };
                    let as_bytes = wide(&bytes);
                    let as_shorts: Vec<u32> = shorts.iter().map(|&n| n.into()).collect();

                    let expected = naive(&column, set);
                    assert_eq!(run(len, |out| select(&column, &bits, out)), expected);
                    let expected = naive(&as_bytes, set);
                    assert_eq!(run(len, |out| select(&bytes, &bits, out)), expected);
                    assert_eq!(run(len, |out| select_bytes(&bytes, &bits, out)), expected);
                    let mut table = [0; BYTE_NUMBERS];
                    expand(&bits, &mut table);
                    let selected = run(len, |out| select_from_table(&bytes, &table, out));
                    assert_eq!(selected, expected);
                    let selected = run(len, |out| select_shorts(&shorts, &bits, out));
                    assert_eq!(selected, naive(&as_shorts, set));
                    let mut table = vec![0; SHORT_NUMBERS];
                    expand(&bits, &mut table);
                    let table: &[u8; SHORT_NUMBERS] = table.first_chunk().unwrap();
                    let selected = run(len, |out| select_from_table(&shorts, table, out));
                    assert_eq!(selected, naive(&as_shorts, set));

                    let wanted = column.first().copied().unwrap_or_default();
                    let expected = naive(&column, |index| index == wanted);
                    assert_eq!(run(len, |out| select_equal(&column, wanted, out)), expected);
                    let expected = naive(&column, |index| index < lists);
                    assert_eq!(run(len, |out| select_below(&column, lists, out)), expected);
                }
            }
        }
    }
}

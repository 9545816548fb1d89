//! The inner loop of filtering. A kernel takes a column of numbers and a set of numbers, and writes one
//! bit for each position in the column. It takes slices, allocates nothing, and knows
//! nothing of permissions.
//!
//! For every kernel, `out` has one word for each 64 numbers of the column. The last word may be
//! incomplete. The bits after the end of the column become 0.
//!
//! The table shows the time for 16 million documents. The unit is the time to add up the same column
//! as `u32`, 4.6 ms on an AMD EPYC with AVX2. All figures are the best of twelve runs.
//!
//! | column | method | 16 lists | 256 | 50,000 | 1M | 16M |
//! | --- | --- | --- | --- | --- | --- | --- |
//! | `u8` | bit by bit | 4.4 | 4.8 | | | |
//! | `u8` | byte table, 8 at a time | 1.5 | 1.6 | | | |
//! | `u8` | shuffles (AVX2) | 0.2 | 0.2 | | | |
//! | `u16` | byte table, 8 at a time | 1.2 | 1.2 | 1.5 | | |
//! | `u16` | shuffles (AVX2), up to 1,024 lists | 0.7 | 0.6 | | | |
//! | `u32` | bit by bit, shifted into a word | 4.4 | 4.8 | 4.1 | 4.6 | 9.6 |
//! | `u32` | bit by bit, packed 8 at a time | 3.8 | 3.5 | 3.6 | 4.0 | 7.6 |
//! | `u32` | one wanted number | 1.3 | 1.1 | 1.0 | 1.0 | 1.1 |
//!
//! The shuffles for `u16` were measured on another AMD EPYC, where the unit is 2.8 ms. With 1,000 lists they take 0.85 units, and
//! the byte table 1.3.
//!
//! A byte table for `u32` was tried, with 100,000 lists. It takes half the time of bits if documents that follow
//! each other have lists that follow each other, and 1.3 times as long if the lists are random.

#[cfg(target_arch = "x86_64")]
mod avx2;

use crate::bitset::{self, WORD_BITS as BITS};

/// A number in a column.
pub(crate) trait Index: Copy + PartialEq {
    /// Returns the number.
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

/// The number of entries of a table for every `u8`: 256.
const BYTE_NUMBERS: usize = 1 << 8;

/// The number of entries of a table for every `u16`: 65,536.
pub(super) const SHORT_NUMBERS: usize = 1 << 16;

/// The number of documents from which a table of 256 entries pays: 256. Filling the table takes as long
/// as testing about 256 documents bit by bit.
const BYTE_TABLE_FROM: usize = 256;

/// Sets bit `i` of `out` to bit `column[i]` of `bits`. Numbers beyond `bits` give 0.
pub(super) fn select<T: Index>(column: &[T], bits: &[u64], out: &mut [u64]) {
    select_blocks(column, out, |block| {
        word_of(block, |index| u8::from(bitset::contains(bits, index.get())))
    });
}

/// Does the same as [`select`], for numbers of one byte.
pub(super) fn select_bytes(column: &[u8], bits: &[u64], out: &mut [u64]) {
    if column.len() < BYTE_TABLE_FROM {
        return select(column, bits, out);
    }
    #[cfg(target_arch = "x86_64")]
    {
        let bits = bits.get(..BYTE_NUMBERS / BITS).unwrap_or(bits);
        if avx2::select_few(&avx2::Column::Bytes(column), bits, out) {
            return;
        }
    }
    let mut table = [0; BYTE_NUMBERS];
    expand(bits, &mut table);
    select_from_table(column, &table, out);
}

/// The number of documents from which shuffles pay for numbers of two bytes: 256. Preparing the shuffles takes as long as
/// testing this number of documents bit by bit.
#[cfg(target_arch = "x86_64")]
const SHUFFLES_FROM: usize = 256;

/// Does the same as [`select`] by shuffles, for numbers of two bytes. If the processor has none, or there are too many lists
/// or too few documents, does nothing and returns `false`.
pub(super) fn select_few_shorts(column: &[u16], bits: &[u64], out: &mut [u64]) -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        let pays = column.len() >= SHUFFLES_FROM;
        pays && avx2::select_few(&avx2::Column::Shorts(column), bits, out)
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        _ = (column, bits, out);
        false
    }
}

/// The number of lists for which a table on the stack has entries: 4,096.
const SMALL_TABLE: usize = 1 << 12;

/// The number of documents from which a table on the stack pays: 512, or the number of lists if that
/// is larger.
const SMALL_TABLE_FROM: usize = 512;

/// Does the same as [`select`], for numbers of two bytes.
///
/// For few lists, it fills a table on the stack. For 2,000 documents with 346 lists, this takes a
/// quarter less time than testing bits, including the time to fill the table.
pub(super) fn select_shorts(column: &[u16], bits: &[u64], out: &mut [u64]) {
    let lists = bits.len() * BITS;
    if lists > SMALL_TABLE || column.len() < lists.max(SMALL_TABLE_FROM) {
        return select(column, bits, out);
    }
    let mut table = [0; SMALL_TABLE];
    expand(bits, &mut table);
    select_from_table(column, &table, out);
}

/// Sets entry `i` of `table` to bit `i` of `bits`. Entries beyond `bits` are unchanged.
pub(super) fn expand(bits: &[u64], table: &mut [u8]) {
    for (entries, word) in table.chunks_mut(BITS).zip(bits) {
        for (place, entry) in entries.iter_mut().enumerate() {
            *entry = (word >> place & 1) as u8;
        }
    }
}

/// Sets bit `i` of `out` to entry `column[i]` of `table`, which is 0 or 1.
///
/// If the table has an entry for every value of `T`, the compiler removes the bounds check.
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

/// Sets bit `i` of `out` if `column[i]` is `wanted`.
pub(crate) fn select_equal<T: Index>(column: &[T], wanted: T, out: &mut [u64]) {
    select_blocks(column, out, |block| {
        // Most blocks do not have the number, and this test takes few steps.
        let any = block.iter().fold(0, |any, &index| any | u8::from(index == wanted));
        if any == 0 { 0 } else { word_of(block, |index| u8::from(index == wanted)) }
    });
}

/// Sets bit `i` of `out` if `column[i]` is in `numbers`, which ascend. Takes a binary search for each
/// number of the column.
pub(super) fn select_listed<T: Index + Into<u32>>(column: &[T], numbers: &[u32], out: &mut [u64]) {
    select_blocks(column, out, |block| {
        word_of(block, |index| u8::from(numbers.binary_search(&index.into()).is_ok()))
    });
}

/// Sets bit `i` of `out` if `wanted` is true for `column[i]`.
pub(super) fn select_where(column: &[u32], wanted: impl Fn(u32) -> bool, out: &mut [u64]) {
    select_blocks(column, out, |block| word_of(block, |index| u8::from(wanted(index))));
}

/// Sets bit `i` of `out` if `column[i]` is less than `end`.
pub(super) fn select_below<T: Index>(column: &[T], end: u32, out: &mut [u64]) {
    select_blocks(column, out, |block| {
        word_of(block, |index| u8::from(index.get() < end as usize))
    });
}

/// Calls `word` for each block of 64 numbers of the column.
///
/// The last block is padded with the last number, and the bits of the padding are cleared.
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

/// Returns the bits of 64 numbers as a word.
///
/// Each bit is computed as a byte, and one multiplication packs eight bytes into bits. That takes fewer
/// steps than shifting each bit into its place.
fn word_of<T: Index>(block: &[T; BITS], bit: impl Fn(T) -> u8) -> u64 {
    let bytes = block.map(bit);
    let (groups, _) = bytes.as_chunks::<8>();
    groups.iter().enumerate().fold(0, |word, (place, &group)| word | pack(group) << (8 * place))
}

/// Packs eight bytes of 0 or 1 into eight bits: byte `i` becomes bit `i`.
///
/// The factor `1 << (7 * (8 - i))` moves byte `i` of the little-endian word from bit `8 * i` to bit
/// `56 + i`. No two products share a bit, so nothing is carried.
fn pack(bytes: [u8; 8]) -> u64 {
    u64::from_le_bytes(bytes).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the bits by definition. Every kernel must agree with this function.
    fn naive(column: &[u32], bit: impl Fn(u32) -> bool) -> Vec<u64> {
        let mut out = vec![0; column.len().div_ceil(64)];
        for (place, &index) in column.iter().enumerate() {
            out[place / 64] |= u64::from(bit(index)) << (place % 64);
        }
        out
    }

    fn run(len: usize, kernel: impl Fn(&mut [u64])) -> Vec<u64> {
        // The words are dirty, because a kernel must write each of them.
        let mut out = vec![u64::MAX; len.div_ceil(64)];
        kernel(&mut out);
        out
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn shorts_with_up_to_1024_lists_are_selected_by_shuffles() {
        for (len, lists, few) in [
            (SHUFFLES_FROM, 257, true),
            (SHUFFLES_FROM, 1024, true),
            (SHUFFLES_FROM - 1, 1024, false),
            (SHUFFLES_FROM, 1025, false),
        ] {
            let (column, bits) = (vec![0; len], vec![0; usize::div_ceil(lists, 64)]);
            let mut out = vec![0; len.div_ceil(64)];
            let expected = few && is_x86_feature_detected!("avx2");
            let done = select_few_shorts(&column, &bits, &mut out);
            assert_eq!(done, expected, "{len} documents, {lists} lists");
        }
    }

    /// Tries lengths around words and thresholds, and numbers around the largest of each width.
    #[test]
    fn kernels_on_any_column_agree_with_the_naive_loop() {
        let mut state = 1_u32;
        let mut random = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 8
        };
        for len in [0, 1, 7, 8, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 512, 513, 1000] {
            for lists in [
                1_u32, 2, 16, 63, 64, 65, 255, 256, 257, 346, 1000, 1024, 1025, 4096, 4097, 65_535,
                65_536, 70_000,
            ] {
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
                    let mut selected = vec![u64::MAX; shorts.len().div_ceil(64)];
                    if select_few_shorts(&shorts, &bits, &mut selected) {
                        assert_eq!(selected, naive(&as_shorts, set));
                    }
                    let mut table = vec![0; SHORT_NUMBERS];
                    expand(&bits, &mut table);
                    let table: &[u8; SHORT_NUMBERS] = table.first_chunk().unwrap();
                    let selected = run(len, |out| select_from_table(&shorts, table, out));
                    assert_eq!(selected, naive(&as_shorts, set));

                    let selected = run(len, |out| select_where(&column, set, out));
                    assert_eq!(selected, naive(&column, set));

                    let listed: Vec<u32> =
                        (0..lists.next_multiple_of(64)).filter(|&n| set(n)).collect();
                    let expected = naive(&column, set);
                    assert_eq!(run(len, |out| select_listed(&column, &listed, out)), expected);
                    let expected = naive(&as_shorts, set);
                    assert_eq!(run(len, |out| select_listed(&shorts, &listed, out)), expected);

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

//! Some bytes of a string at once: [`Block`].
//!
//! By the crate `wide`, which wraps the vector instructions that every processor of a kind has, and
//! plain code elsewhere. Filtering takes 30 % fewer steps with it than with words of eight bytes and
//! arithmetic. Most keys end within sixteen bytes and most values within thirty-two.

use wide::{CmpEq, CmpGt, CmpLt, i8x16};

/// What is to be known of sixteen bytes, or of twice as many.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Block {
    /// How many bytes stand before the first quote, backslash or control character; all of them if
    /// none is there.
    pub(super) plain: usize,
    /// Whether all bytes are ASCII, those behind that place included.
    pub(super) ascii: bool,
}

impl Block {
    #[inline]
    pub(super) fn of(bytes: &[u8; 16]) -> Self {
        let (special, high) = marks(bytes);
        Self { plain: (special | 1 << 16).trailing_zeros() as usize, ascii: high == 0 }
    }

    #[inline]
    pub(super) fn of_two(bytes: &[u8; 32]) -> Self {
        let (halves, _) = bytes.as_chunks::<16>();
        let (mut special, mut high) = (1 << 32, 0);
        for (at, half) in halves.iter().enumerate() {
            let (marks, beyond) = marks(half);
            special |= u64::from(marks) << (16 * at);
            high |= beyond;
        }
        Self { plain: special.trailing_zeros() as usize, ascii: high == 0 }
    }
}

/// A bit for each quote, backslash and control character, and one for each byte that is not ASCII.
#[inline]
fn marks(bytes: &[u8; 16]) -> (u32, u32) {
    let bytes = i8x16::from(bytes.map(u8::cast_signed));
    let quote = bytes.cmp_eq(i8x16::splat(0x22));
    let backslash = bytes.cmp_eq(i8x16::splat(0x5c));
    // With signs, whatever is not ASCII is below zero.
    let control_or_high = bytes.cmp_lt(i8x16::splat(0x20));
    let high = bytes.move_mask();
    let special = (quote | backslash | control_or_high).move_mask() & !high;
    (special.cast_unsigned(), high.cast_unsigned())
}

/// Whether sixteen bytes are letters or digits, all of them.
#[inline]
pub(super) fn is_alphanumeric(bytes: &[u8; 16]) -> bool {
    let bytes = i8x16::from(bytes.map(u8::cast_signed));
    let folded = bytes | i8x16::splat(0x20);
    let within = |bytes: i8x16, before: u8, behind: u8| {
        let (before, behind) = (before.cast_signed(), behind.cast_signed());
        bytes.cmp_gt(i8x16::splat(before)) & bytes.cmp_lt(i8x16::splat(behind))
    };
    (within(bytes, b'/', b':') | within(folded, b'`', b'{')).move_mask() == 0xffff
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naive(bytes: &[u8]) -> Block {
        let plain = |byte: &u8| *byte >= 0x20 && *byte != b'"' && *byte != b'\\';
        let count = bytes.iter().take_while(|byte| plain(byte)).count();
        Block { plain: count, ascii: bytes.is_ascii() }
    }

    #[test]
    fn every_byte_at_every_place_is_told() {
        for around in [b'a', b' ', b'!', b'#', b'[', b']', 0x7f, 0x80, 0xff] {
            for (place, byte) in (0..32).flat_map(|at| (0..=255).map(move |byte| (at, byte))) {
                for last in [around, b'"', b'\\', 0, 0x1f, byte] {
                    let mut bytes = [around; 32];
                    bytes[31] = last;
                    bytes[place] = byte;
                    assert_eq!(Block::of_two(&bytes), naive(&bytes), "{bytes:?}");
                    for half in bytes.as_chunks().0 {
                        assert_eq!(Block::of(half), naive(half), "{half:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn letters_and_digits_are_told_from_everything_else() {
        for (place, byte) in (0..16).flat_map(|at| (0..=255_u8).map(move |byte| (at, byte))) {
            for around in [b'0', b'9', b'a', b'z', b'A', b'Z'] {
                let mut bytes = [around; 16];
                bytes[place] = byte;
                assert_eq!(is_alphanumeric(&bytes), byte.is_ascii_alphanumeric(), "{bytes:?}");
            }
        }
    }
}

//! Tests of several bytes of a string at once: [`Block`].
//!
//! The crate `wide` uses the vector instructions that every processor of an architecture has, and
//! plain code elsewhere. Filtering takes 30 % fewer instructions with it than with words of eight
//! bytes. Most keys end within 16 bytes and most values within 32.

use wide::u8x16;

/// Facts about 16 or 32 bytes of a string.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Block {
    /// The number of bytes before the first quote, backslash or control character.
    pub(crate) plain: usize,
    /// `true` if all bytes of the block are ASCII.
    pub(crate) ascii: bool,
}

impl Block {
    #[inline]
    pub(crate) fn of(bytes: &[u8; 16]) -> Self {
        let bytes = u8x16::from(*bytes);
        let plain = (special(bytes) | 1 << 16).trailing_zeros() as usize;
        Self { plain, ascii: is_ascii(bytes) }
    }

    #[inline]
    pub(crate) fn of_two(bytes: &[u8; 32]) -> Self {
        let (halves, _) = bytes.as_chunks::<16>();
        let [low, high] =
            std::array::from_fn(|at| halves.get(at).map_or(u8x16::ZERO, |half| u8x16::from(*half)));
        let special = u64::from(special(low)) | u64::from(special(high)) << 16 | 1 << 32;
        Self { plain: special.trailing_zeros() as usize, ascii: is_ascii(low | high) }
    }
}

/// Returns a bit for each quote, backslash and control character.
#[inline]
fn special(bytes: u8x16) -> u32 {
    let quote = bytes.cmp_eq(u8x16::splat(0x22));
    let backslash = bytes.cmp_eq(u8x16::splat(0x5c));
    let control = bytes.min(u8x16::splat(0x1f)).cmp_eq(bytes);
    (quote | backslash | control).move_mask().cast_unsigned()
}

/// Returns `true` if no byte has its highest bit.
#[inline]
fn is_ascii(bytes: u8x16) -> bool {
    bytes.move_mask() == 0
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
    fn block_finds_every_byte_at_every_place() {
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
}

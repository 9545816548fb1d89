//! A key that was read before: [`KnownKey`].
//!
//! The place of a value depends on the length of its key. A processor that looks for the end of the key cannot
//! begin with the value. With a known key, it continues at the expected place while it compares the texts.

use super::scanner::Scanner;

/// The number of bytes that are compared: 16.
const COMPARED: usize = 16;

/// The bytes around a key that are compared too: two quotes and the colon.
const AROUND: usize = 3;

/// A key without escapes as it is written, with its quotes and the colon.
#[derive(Clone, Copy)]
pub(crate) struct KnownKey {
    text: u128,
    /// Ones for the bytes of `text`.
    mask: u128,
    len: usize,
}

impl KnownKey {
    /// Prepares a key that [`Scanner::plain_key`] has returned. Returns `None` for a key of over 13 bytes.
    pub(crate) fn new(key: &[u8]) -> Option<Self> {
        let len = key.len() + AROUND;
        let bits = u32::try_from(8 * COMPARED.checked_sub(len)?).ok()?;
        let mut text = [0; COMPARED];
        let written = b"\"".iter().chain(key).chain(b"\":");
        text.iter_mut().zip(written).for_each(|(place, byte)| *place = *byte);
        Some(Self { text: u128::from_le_bytes(text), mask: u128::MAX >> bits, len })
    }
}

impl Scanner<'_> {
    /// Skips a known key and its colon, if the key is written here and no white space follows. Otherwise returns
    /// `false` and does not move.
    #[inline]
    pub(crate) fn skip_known(&mut self, known: &KnownKey) -> bool {
        let Some(chunk) = self.ahead().first_chunk::<{ COMPARED + 1 }>() else { return false };
        let Some(text) = chunk.first_chunk() else { return false };
        let is_known = (u128::from_le_bytes(*text) ^ known.text) & known.mask == 0
            && chunk.get(known.len).is_some_and(|&behind| behind > b' ');
        if is_known {
            self.at += known.len;
        }
        is_known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skip_known_moves_only_over_the_same_key() {
        for len in 0..=13 {
            let key = &b"abcdefghijklm"[..len];
            let known = KnownKey::new(key).unwrap();
            let text = [b"\"", key, b"\":1, and enough text behind"].concat();
            for at in 0..len + 4 {
                for byte in 0..=255 {
                    let mut text = text.clone();
                    text[at] = byte;
                    let is_same = if at == len + 3 {
                        byte > b' '
                    } else {
                        text[at] == byte && byte == [b"\"", key, b"\":"].concat()[at]
                    };
                    let mut scanner = Scanner::new(&text);
                    assert_eq!(scanner.skip_known(&known), is_same, "{len} {at} {byte}");
                    assert_eq!(scanner.at, if is_same { len + 3 } else { 0 });
                }
            }
            // Near the end of the input, a block of bytes is not full.
            for end in 0..=COMPARED {
                assert!(!Scanner::new(&text[..end]).skip_known(&known));
            }
        }
        assert!(KnownKey::new(b"abcdefghijklmn").is_none());
    }
}

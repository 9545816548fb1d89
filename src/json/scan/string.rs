//! The grammar of strings and their escapes.

use super::block::Block;
use super::error::{Scan, ScanErrorKind};
use super::scanner::Scanner;

/// A string as it is written in the input, without its quotes.
#[derive(Clone, Copy)]
pub(crate) struct Raw<'a> {
    bytes: &'a [u8],
    escaped: bool,
}

impl<'a> Scanner<'a> {
    /// Skips the key that begins here, the colon, and the white space around the colon.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the result is otherwise passed through memory")]
    pub(crate) fn key(&mut self) -> Scan<Raw<'a>> {
        if self.byte() != b'"' {
            return Err(ScanErrorKind::Key);
        }
        let start = self.at;
        let escaped = self.string()?;
        let key = self.raw(start, escaped);
        if self.space() != b':' {
            return Err(ScanErrorKind::Colon);
        }
        self.at += 1;
        self.space();
        Ok(key)
    }

    /// Returns the string that begins at `start` and ends here.
    #[inline]
    pub(crate) fn raw(&self, start: usize, escaped: bool) -> Raw<'a> {
        Raw { bytes: self.slice(start + 1, self.at - 1), escaped }
    }

    /// Skips a key and its colon if the key is short, ASCII and without escapes, and no white space
    /// surrounds the colon. Most keys that programs write have this form. For another key, returns
    /// `None` and does not move.
    #[inline]
    pub(crate) fn plain_key(&mut self) -> Option<&'a [u8]> {
        let chunk = self.ahead().first_chunk::<20>()?;
        let ([b'"'], rest) = chunk.split_first_chunk()? else { return None };
        let Block { plain, ascii: true } = Block::of(rest.first_chunk()?) else { return None };
        let (key, [b'"', b':', b'!'..=0xff, ..]) = rest.split_at_checked(plain)? else {
            return None;
        };
        self.at += plain + 3;
        Some(key)
    }

    /// Skips a string value and the byte after it: a comma without white space, or `close`. Returns
    /// `Some(true)` after a comma, `Some(false)` after `close`. If the string is long, not ASCII or has
    /// escapes, returns `None` and does not move.
    #[inline]
    pub(crate) fn plain_value(&mut self, close: u8) -> Option<bool> {
        let chunk = self.ahead().first_chunk::<36>()?;
        let ([b'"'], rest) = chunk.split_first_chunk()? else { return None };
        let Block { plain, ascii: true } = Block::of_two(rest.first_chunk()?) else { return None };
        let more = match rest.get(plain..)? {
            [b'"', b',', b'!'..=0xff, ..] => true,
            [b'"', behind, ..] if *behind == close => false,
            _ => return None,
        };
        self.at += plain + 3;
        Some(more)
    }

    /// Skips the string that begins here. Returns `true` if it has escapes.
    #[inline]
    pub(crate) fn string(&mut self) -> Scan<bool> {
        self.at += 1;
        let start = self.at;
        let ascii = self.plain();
        if ascii && self.byte() == b'"' {
            self.at += 1;
            return Ok(false);
        }
        self.string_from(start, ascii)
    }

    /// Skips the rest of a string that has escapes, characters beyond ASCII, or a mistake.
    #[inline(never)]
    fn string_from(&mut self, start: usize, mut ascii: bool) -> Scan<bool> {
        let mut escaped = false;
        while self.byte() != b'"' {
            if self.byte() != b'\\' {
                return Err(ScanErrorKind::Control);
            }
            escaped = true;
            let (_, len) = escape(self.rest()).map_err(|(kind, by)| {
                self.at += by;
                kind
            })?;
            self.at += len;
            ascii &= self.plain();
        }
        let bytes = self.slice(start, self.at);
        if !ascii && let Err(error) = std::str::from_utf8(bytes) {
            self.at = start + error.valid_up_to();
            return Err(ScanErrorKind::Utf8);
        }
        self.at += 1;
        Ok(escaped)
    }

    /// Goes to the next quote, backslash or control character, or to the end. Returns `true` if the skipped
    /// text, and up to 32 bytes after it, are ASCII.
    #[inline]
    pub(crate) fn plain(&mut self) -> bool {
        let mut ascii = true;
        while let Some(bytes) = self.ahead().first_chunk() {
            let block = Block::of_two(bytes);
            ascii &= block.ascii;
            self.at += block.plain;
            if block.plain < bytes.len() {
                return ascii;
            }
        }
        ascii & self.plain_to_the_end()
    }

    /// Does the same as [`plain`](Self::plain) in the last block, which is not full. Returns `true` if the
    /// block is ASCII.
    fn plain_to_the_end(&mut self) -> bool {
        // The zeros of the padding are control characters, and mark the end.
        let mut padded = [0; 32];
        let rest = self.ahead();
        if let Some(start) = padded.get_mut(..rest.len()) {
            start.copy_from_slice(rest);
        }
        let block = Block::of_two(&padded);
        self.at += block.plain;
        block.ascii
    }
}

impl Raw<'_> {
    /// Returns `true` if the string is `text`, written with or without escapes.
    #[inline]
    pub(crate) fn is(&self, text: &str) -> bool {
        if self.escaped { self.is_unescaped(text) } else { self.bytes == text.as_bytes() }
    }

    #[cold]
    fn is_unescaped(&self, text: &str) -> bool {
        let mut unescaped = String::new();
        self.unescape(text.len() + 1, &mut unescaped);
        unescaped == text
    }

    /// Appends the unescaped string, up to the character that reaches `limit` bytes.
    pub(crate) fn unescape(&self, limit: usize, into: &mut String) {
        let mut rest = self.bytes;
        let limit = into.len().saturating_add(limit);
        while !rest.is_empty() && into.len() < limit {
            let (character, len) = match rest {
                [b'\\', ..] => escape(rest).unwrap_or((char::REPLACEMENT_CHARACTER, rest.len())),
                _ => first_char(rest),
            };
            into.push(character);
            rest = rest.get(len..).unwrap_or_default();
        }
    }
}

/// Returns the first character of some UTF-8, and its length.
fn first_char(bytes: &[u8]) -> (char, usize) {
    let longest = bytes.get(..4).unwrap_or(bytes);
    let valid = match std::str::from_utf8(longest) {
        Ok(text) => text,
        Err(error) => longest
            .get(..error.valid_up_to())
            .and_then(|valid| std::str::from_utf8(valid).ok())
            .unwrap_or_default(),
    };
    let first = valid.chars().next();
    first.map_or((char::REPLACEMENT_CHARACTER, 1), |first| (first, first.len_utf8()))
}

/// Returns the character of an escape and the length of the escape. The error has the offset of the
/// mistake.
fn escape(bytes: &[u8]) -> Result<(char, usize), (ScanErrorKind, usize)> {
    let character = match bytes.get(1) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode(bytes),
        None => return Err((ScanErrorKind::Escape, 1)),
        Some(_) => return Err((ScanErrorKind::Escape, 0)),
    };
    Ok((character, 2))
}

/// Reads one `\uXXXX`, or two that are a surrogate pair. Returns the same as [`escape`].
fn unicode(bytes: &[u8]) -> Result<(char, usize), (ScanErrorKind, usize)> {
    let first = unit(bytes, 0)?;
    if let Some(character) = char::from_u32(first) {
        return Ok((character, 6));
    }
    if first >= 0xdc00 {
        return Err((ScanErrorKind::Surrogate, 0));
    }
    match bytes.get(6..8) {
        Some(b"\\u") => {}
        Some(_) => return Err((ScanErrorKind::Surrogate, 0)),
        None => return Err((ScanErrorKind::Surrogate, bytes.len())),
    }
    let second = unit(bytes, 6)?;
    let low = second.checked_sub(0xdc00).filter(|&low| low < 0x400);
    let code = low.map(|low| 0x1_0000 + ((first - 0xd800) << 10) + low);
    let character = code.and_then(char::from_u32).ok_or((ScanErrorKind::Surrogate, 0))?;
    Ok((character, 12))
}

/// Reads the four hexadecimal digits of the `\uXXXX` at `at`.
fn unit(bytes: &[u8], at: usize) -> Result<u32, (ScanErrorKind, usize)> {
    let mut unit = 0;
    for place in at + 2..at + 6 {
        let digit = bytes.get(place).and_then(|&digit| char::from(digit).to_digit(16));
        unit = unit << 4 | digit.ok_or((ScanErrorKind::Escape, place.min(bytes.len())))?;
    }
    Ok(unit)
}

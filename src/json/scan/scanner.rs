//! A cursor in a JSON text: [`Scanner`]. It checks the text that it skips, and builds no values.

use super::error::{Scan, ScanError, ScanErrorKind};

/// The maximum number of levels of arrays and objects: 127, as in `serde_json`.
pub const MAX_DEPTH: usize = 127;

/// A cursor in a JSON text. After an error, the cursor is at the mistake.
pub(crate) struct Scanner<'a> {
    pub(crate) input: &'a [u8],
    pub(crate) at: usize,
    /// The input and the text after it, so that whole blocks can be read near the end of the input.
    around: &'a [u8],
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(input: &'a [u8]) -> Self {
        Self { input, at: 0, around: input }
    }

    /// Restricts the scanner to a part of the input, which must end with the input or before a control
    /// character.
    pub(crate) fn restrict(&mut self, start: usize, end: usize) {
        self.input = self.around.get(..end).unwrap_or_default();
        self.at = start;
    }

    /// Returns an error at the cursor, for an input that is not split into parts.
    #[cold]
    pub(crate) fn error(&self, kind: ScanErrorKind) -> ScanError {
        ScanError { kind, at: self.at, start: 0, end: self.input.len() }
    }

    /// Returns the byte at the cursor. At the end it is 0, which JSON does not contain.
    #[inline]
    pub(crate) fn byte(&self) -> u8 {
        self.input.get(self.at).copied().unwrap_or(0)
    }

    /// Returns the text from the cursor to the end.
    #[inline]
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.input.get(self.at..).unwrap_or_default()
    }

    /// Returns the text from the cursor on, including the text after the end.
    #[inline]
    pub(crate) fn ahead(&self) -> &'a [u8] {
        self.around.get(self.at..).unwrap_or_default()
    }

    /// Returns a part of the input, which is empty if the offsets are out of range.
    #[inline]
    pub(crate) fn slice(&self, from: usize, to: usize) -> &'a [u8] {
        self.input.get(from..to).unwrap_or_default()
    }

    /// Skips white space, and returns the byte after it.
    #[inline]
    pub(crate) fn space(&mut self) -> u8 {
        let byte = self.byte();
        if byte > b' ' { byte } else { self.more_space() }
    }

    fn more_space(&mut self) -> u8 {
        /// Eight spaces. Most indentation is a multiple of them.
        const BLANK: [u8; 8] = *b"        ";
        loop {
            match self.byte() {
                b' ' if self.rest().first_chunk() == Some(&BLANK) => self.at += BLANK.len(),
                b' ' | b'\n' | b'\t' | b'\r' => self.at += 1,
                byte => return byte,
            }
        }
    }

    /// Skips white space, and returns an error if the input does not end after it.
    pub(crate) fn end(&mut self) -> Scan<()> {
        self.space();
        if self.at < self.input.len() { Err(ScanErrorKind::Trailing) } else { Ok(()) }
    }

    /// Enters an array, and skips white space. Returns `true` if the array has elements. An empty
    /// array is skipped.
    #[inline]
    pub(crate) fn open_array(&mut self) -> bool {
        self.at += 1;
        let any = self.space() != b']';
        self.at += usize::from(!any);
        any
    }

    /// Enters an object, and skips white space. Returns `true` if the object has members. An empty
    /// object is skipped.
    #[inline]
    pub(crate) fn open_object(&mut self) -> bool {
        self.at += 1;
        let any = self.space() != b'}';
        self.at += usize::from(!any);
        any
    }

    /// Goes from the end of an element to the next one, or to the end of the array. Returns `true` if
    /// there is a next element.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "called for each permission, not within one")]
    pub(crate) fn next_element(&mut self) -> Scan<bool> {
        self.next(b']', ScanErrorKind::InArray)
    }

    /// Goes from the end of a member to the next one, or to the end of the object. Returns `true` if
    /// there is a next member.
    #[inline]
    pub(crate) fn next_member(&mut self) -> Scan<bool> {
        self.next(b'}', ScanErrorKind::InObject)
    }

    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "called for each member and element: a tenth of all instructions"
    )]
    fn next(&mut self, close: u8, kind: ScanErrorKind) -> Scan<bool> {
        let byte = self.space();
        if byte == b',' {
            self.at += 1;
            self.space();
            Ok(true)
        } else if byte == close {
            self.at += 1;
            Ok(false)
        } else {
            Err(kind)
        }
    }

    /// Skips the value that begins here. `depth` is the number of arrays and objects around the value.
    #[inline]
    pub(crate) fn skip_value(&mut self, depth: usize) -> Scan<()> {
        match self.byte() {
            b'"' => self.string().map(|_| ()),
            b'{' | b'[' => self.skip_container(depth),
            _ => self.skip_scalar(),
        }
    }

    /// Skips a number, `true`, `false` or `null`.
    fn skip_scalar(&mut self) -> Scan<()> {
        match self.byte() {
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.literal(b"true"),
            b'f' => self.literal(b"false"),
            b'n' => self.literal(b"null"),
            _ => Err(ScanErrorKind::Value),
        }
    }

    #[inline]
    fn literal<const LEN: usize>(&mut self, literal: &[u8; LEN]) -> Scan<()> {
        if self.rest().first_chunk() == Some(literal) {
            self.at += literal.len();
            return Ok(());
        }
        self.no_literal(literal)
    }

    #[cold]
    fn no_literal(&mut self, literal: &[u8]) -> Scan<()> {
        let same = self.rest().iter().zip(literal).take_while(|(a, b)| a == b).count();
        self.at += same;
        Err(ScanErrorKind::Literal)
    }

    /// Skips an array or an object.
    ///
    /// The open containers are a stack of bits, 1 for an object and 0 for an array. Recursion would let
    /// the input decide how much of the call stack is used.
    fn skip_container(&mut self, depth: usize) -> Scan<()> {
        const _: () = assert!(MAX_DEPTH <= u128::BITS as usize);
        let mut stack = 0_u128;
        let mut open = 0;
        loop {
            let object = stack & 1 == 1;
            let mut more = match self.byte() {
                byte @ (b'{' | b'[') => {
                    if depth + open >= MAX_DEPTH {
                        return Err(ScanErrorKind::TooDeep);
                    }
                    stack = stack << 1 | u128::from(byte == b'{');
                    open += 1;
                    if byte == b'{' { self.open_object() } else { self.open_array() }
                }
                b'"' => {
                    if let Some(more) = self.plain_value(if object { b'}' } else { b']' }) {
                        more
                    } else {
                        self.string()?;
                        self.next_of(object)?
                    }
                }
                _ => {
                    self.skip_scalar()?;
                    self.next_of(object)?
                }
            };
            while !more {
                stack >>= 1;
                open -= 1;
                if open == 0 {
                    return Ok(());
                }
                more = self.next_of(stack & 1 == 1)?;
            }
            if stack & 1 == 1 && self.plain_key().is_none() {
                _ = self.key()?;
            }
        }
    }

    /// Goes from the end of a member, or an element, to the next one.
    fn next_of(&mut self, object: bool) -> Scan<bool> {
        if object { self.next_member() } else { self.next_element() }
    }
}

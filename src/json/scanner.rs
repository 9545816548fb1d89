//! Where one is in a JSON text: [`Scanner`]. It checks what it goes over and builds nothing.

use super::error::{ScanError, ScanErrorKind};

/// How deep arrays and objects may be nested in each other: as deep as `serde_json` reads them.
pub const MAX_DEPTH: usize = 127;

pub(crate) type Scan<T> = Result<T, ScanErrorKind>;

/// A place in a JSON text. When a scan fails, the place is that of the mistake.
pub(crate) struct Scanner<'a> {
    pub(crate) input: &'a [u8],
    pub(crate) at: usize,
    /// The input and what follows it, so that near its end too whole blocks can be looked at.
    around: &'a [u8],
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(input: &'a [u8]) -> Self {
        Self { input, at: 0, around: input }
    }

    /// Goes to a part of the input. What follows it must be a control character, if anything does.
    pub(crate) fn restrict(&mut self, start: usize, end: usize) {
        self.input = self.around.get(..end).unwrap_or_default();
        self.at = start;
    }

    /// What is wrong here, with the whole text.
    #[cold]
    pub(crate) fn scan_error(&self, kind: ScanErrorKind) -> ScanError {
        ScanError { kind, at: self.at, start: 0, end: self.input.len() }
    }

    /// The byte here. At the end it is 0, which stands nowhere in JSON.
    #[inline]
    pub(crate) fn byte(&self) -> u8 {
        self.input.get(self.at).copied().unwrap_or(0)
    }

    /// What is from here to the end.
    #[inline]
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.input.get(self.at..).unwrap_or_default()
    }

    /// As [`rest`](Self::rest), with what follows the end.
    #[inline]
    pub(crate) fn ahead(&self) -> &'a [u8] {
        self.around.get(self.at..).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn slice(&self, from: usize, to: usize) -> &'a [u8] {
        self.input.get(from..to).unwrap_or_default()
    }

    /// Goes over white space, and returns the byte behind it.
    #[inline]
    pub(crate) fn space(&mut self) -> u8 {
        let byte = self.byte();
        if byte > b' ' { byte } else { self.more_space() }
    }

    fn more_space(&mut self) -> u8 {
        /// A line's indentation is mostly this, several times over.
        const BLANK: [u8; 8] = *b"        ";
        loop {
            match self.byte() {
                b' ' if self.rest().first_chunk() == Some(&BLANK) => self.at += BLANK.len(),
                b' ' | b'\n' | b'\t' | b'\r' => self.at += 1,
                byte => return byte,
            }
        }
    }

    /// Goes over white space, a value and white space to the end.
    pub(crate) fn end(&mut self) -> Scan<()> {
        self.space();
        if self.at < self.input.len() { Err(ScanErrorKind::Trailing) } else { Ok(()) }
    }

    /// Goes behind the bracket that opens an array, and over white space. Whether it has elements.
    #[inline]
    pub(crate) fn open_array(&mut self) -> bool {
        self.at += 1;
        let any = self.space() != b']';
        self.at += usize::from(!any);
        any
    }

    /// Goes behind the brace that opens an object, and over white space. Whether it has members.
    #[inline]
    pub(crate) fn open_object(&mut self) -> bool {
        self.at += 1;
        let any = self.space() != b'}';
        self.at += usize::from(!any);
        any
    }

    /// Goes from behind an element to the next one, or behind the array. Whether there is a next.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "called for each permission, not within one")]
    pub(crate) fn next_element(&mut self) -> Scan<bool> {
        self.next(b']', ScanErrorKind::InArray)
    }

    /// Goes from behind a member to the next one, or behind the object. Whether there is a next.
    #[inline]
    pub(crate) fn next_member(&mut self) -> Scan<bool> {
        self.next(b'}', ScanErrorKind::InObject)
    }

    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "once for each member and element: a tenth of all steps"
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

    /// Goes behind the value that begins here, which `depth` arrays and objects are around.
    #[inline]
    pub(crate) fn skip_value(&mut self, depth: usize) -> Scan<()> {
        match self.byte() {
            b'"' => self.string().map(|_| ()),
            b'{' | b'[' => self.skip_container(depth),
            _ => self.skip_scalar(),
        }
    }

    /// Goes behind a number, `true`, `false` or `null`.
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

    /// Goes behind an array or an object. Those that are open are a stack of bits, one for an object,
    /// so that no input takes more of the machine's stack than another.
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

    /// Goes from behind a member of an object, or an element of an array, to the next one.
    fn next_of(&mut self, object: bool) -> Scan<bool> {
        if object { self.next_member() } else { self.next_element() }
    }
}

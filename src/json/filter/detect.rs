//! The detection of the format of an input from its first value: [`detect`].

use super::pass::PERMISSIONS;
use super::settings::Settings;
use crate::json::scan::{Raw, Scan, ScanError, ScanErrorKind, Scanner};

/// The format of an input, as its first value shows it.
pub(super) enum Detected {
    Array,
    /// An object with a list, and without `$permissions`.
    Response,
    Lines,
    /// A value that is neither a list response nor a document. If more lines follow, the input is lines.
    /// Otherwise this is the error.
    SingleValue(ScanError),
}

/// Detects the format of an input. `text` is the first line of the input, or the whole input.
///
/// If `text` ends within the value, the offset of the error is the end of `text`.
pub(super) fn detect(settings: &Settings<'_>, text: &[u8]) -> Result<Detected, ScanError> {
    let mut scanner = Scanner::new(text);
    let first = scanner.space();
    let start = scanner.at;
    let (at, kind) = match first {
        b'[' => return Ok(Detected::Array),
        b'{' => {
            let shape = Shape::scan(settings, &mut scanner).map_err(|kind| scanner.error(kind))?;
            if shape.is_response() {
                return Ok(Detected::Response);
            }
            if shape.permissions {
                return Ok(Detected::Lines);
            }
            match shape.not_an_array {
                Some(at) => (at, ScanErrorKind::NotAnArray),
                None => (start, ScanErrorKind::NoList),
            }
        }
        // `lines::filter` reports the mistake.
        _ if scanner.skip_value(0).is_err() => return Ok(Detected::Lines),
        _ => (start, ScanErrorKind::NotAnObject),
    };
    if settings.keeps_everything() || scanner.end().is_err() {
        return Ok(Detected::Lines);
    }
    scanner.at = at;
    Ok(Detected::SingleValue(scanner.error(kind)))
}

/// The keys of an object that tell a list response from a document.
#[derive(Clone, Copy, Default)]
pub(super) struct Shape {
    list: bool,
    permissions: bool,
    /// The offset of the last value under the key of a list that is not an array.
    not_an_array: Option<usize>,
}

impl Shape {
    /// Skips an object, and returns its shape.
    pub(super) fn scan(settings: &Settings<'_>, scanner: &mut Scanner<'_>) -> Scan<Self> {
        let mut shape = Self::default();
        let mut more = scanner.open_object();
        while more {
            let key = scanner.key()?;
            shape.note(key, settings.is_list_key(key), scanner);
            scanner.skip_value(1)?;
            more = scanner.next_member()?;
        }
        Ok(shape)
    }

    /// Records a key. The scanner must be at its value.
    #[inline]
    pub(super) fn note(&mut self, key: Raw<'_>, is_list_key: bool, scanner: &Scanner<'_>) {
        self.permissions |= key.is(PERMISSIONS);
        if is_list_key {
            if scanner.byte() == b'[' {
                self.list = true;
            } else {
                self.not_an_array = Some(scanner.at);
            }
        }
    }

    pub(super) fn not_an_array(self) -> Option<usize> {
        self.not_an_array
    }

    pub(super) fn has_list(self) -> bool {
        self.list
    }

    /// Returns `true` if the object is a list response. A document can also have an array under the key
    /// of a list.
    pub(super) fn is_response(self) -> bool {
        self.list && !self.permissions
    }
}

//! The grammar and the range of numbers.

use super::error::{Scan, ScanErrorKind};
use super::scanner::Scanner;

/// The length in bytes from which the range of a number is checked: 200.
///
/// A shorter number with an exponent of at most two digits is below 1e299, and `f64` holds 1e308.
const CHECKED_LEN: usize = 200;

/// The number of digits of an exponent up to which a short number is within the range of `f64`: 2.
const UNCHECKED_EXPONENT_DIGITS: usize = 2;

impl Scanner<'_> {
    /// Skips the number that begins here.
    pub(crate) fn number(&mut self) -> Scan<()> {
        let start = self.at;
        self.at += usize::from(self.byte() == b'-');
        let (first, leading) = (self.at, self.byte());
        if self.digits()? > 1 && leading == b'0' {
            self.at = first + 1;
            return Err(ScanErrorKind::Number);
        }
        if self.byte() == b'.' {
            self.at += 1;
            self.digits()?;
        }
        let mut exponent = 0;
        if matches!(self.byte(), b'e' | b'E') {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), b'+' | b'-'));
            exponent = self.digits()?;
        }
        if self.at - start >= CHECKED_LEN || exponent > UNCHECKED_EXPONENT_DIGITS {
            return self.check_range(start);
        }
        Ok(())
    }

    /// Skips digits, and returns the number of digits. It is an error if there are no digits.
    #[inline]
    fn digits(&mut self) -> Scan<usize> {
        let start = self.at;
        while self.byte().is_ascii_digit() {
            self.at += 1;
        }
        if self.at == start { Err(ScanErrorKind::Number) } else { Ok(self.at - start) }
    }

    /// Checks that `f64` holds the number from `start` to here.
    #[cold]
    fn check_range(&mut self, start: usize) -> Scan<()> {
        if is_in_range(self.slice(start, self.at)) {
            return Ok(());
        }
        self.at = start;
        Err(ScanErrorKind::NumberRange)
    }
}

/// Returns `true` if `f64` holds the number, both exactly rounded and as `serde_json` rounds it.
///
/// `serde_json` refuses some numbers just below `f64::MAX`, and a reader of the output that uses
/// `serde_json` would fail. The number is parsed as `f64`. A `Value` or a `Number` would hold
/// any number if a crate of the build turned on the feature `arbitrary_precision`.
fn is_in_range(number: &[u8]) -> bool {
    let exact = std::str::from_utf8(number).ok().and_then(|text| text.parse().ok());
    exact.is_some_and(f64::is_finite) && serde_json::from_slice::<f64>(number).is_ok()
}

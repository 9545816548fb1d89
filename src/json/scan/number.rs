//! Numbers: their grammar, and their range.

use super::error::{Scan, ScanErrorKind};
use super::scanner::Scanner;

/// The length in bytes from which the range of a number is checked.
///
/// A shorter number with an exponent of at most two digits is below 1e299, and `f64` holds 1e308.
const CHECKED_LEN: usize = 200;

/// The number of digits of an exponent that cannot leave the range of `f64` in a short number.
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

    /// Skips digits and returns their number, which is at least one.
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
/// `serde_json` refuses numbers just below `f64::MAX`, which most readers of the output would refuse
/// then too. It is asked for an `f64`: a `Value` or a `Number` holds any number if some crate of the
/// build turns on the feature `arbitrary_precision`.
fn is_in_range(number: &[u8]) -> bool {
    let exact = std::str::from_utf8(number).ok().and_then(|text| text.parse().ok());
    exact.is_some_and(f64::is_finite) && serde_json::from_slice::<f64>(number).is_ok()
}

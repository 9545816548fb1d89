//! Numbers.

use super::error::ScanErrorKind;
use super::scanner::{Scan, Scanner};

/// Digits and exponents up to here stay within `f64`, whatever they are: 199 digits and `e99` are less
/// than 1e299.
const SURELY_IN_RANGE: (usize, usize) = (200, 2);

impl Scanner<'_> {
    /// Goes behind the number that begins here.
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
        if self.at - start >= SURELY_IN_RANGE.0 || exponent > SURELY_IN_RANGE.1 {
            return self.check_range(start);
        }
        Ok(())
    }

    /// Goes over digits, one at least, and returns how many.
    #[inline]
    fn digits(&mut self) -> Scan<usize> {
        let start = self.at;
        while self.byte().is_ascii_digit() {
            self.at += 1;
        }
        if self.at == start { Err(ScanErrorKind::Number) } else { Ok(self.at - start) }
    }

    /// Asks `serde_json`: where it rounds, the largest number is not quite what it is elsewhere.
    #[cold]
    fn check_range(&mut self, start: usize) -> Scan<()> {
        if serde_json::from_slice::<serde_json::Number>(self.slice(start, self.at)).is_err() {
            self.at = start;
            return Err(ScanErrorKind::NumberRange);
        }
        Ok(())
    }
}

//! Numbers with their unit, rounded to significant digits.

/// A function that prints a number with the given number of significant digits.
pub type Show = fn(f64, usize) -> String;

pub const RATIO: Show = |value, digits| format!("{} ×", significant(value, digits));
pub const BYTES: Show = |value, digits| format!("{} bytes", significant(value, digits));
pub const TIME: Show =
    |value, digits| scaled(value, digits, &[(1.0, "ns"), (1e3, "µs"), (1e6, "ms"), (1e9, "s")]);
pub const RATE: Show =
    |value, digits| scaled(value, digits, &[(1.0, "/s"), (1e6, "M/s"), (1e9, "G/s")]);

/// Rounds to significant digits.
pub fn round(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits - 1).parse().unwrap_or(value)
}

/// Prints with the largest unit that leaves at least 1.
fn scaled(value: f64, digits: usize, units: &[(f64, &str)]) -> String {
    let fits = |&&(scale, _): &&(f64, &str)| round(value, digits) >= scale;
    let (scale, unit) = units.iter().rfind(fits).unwrap_or(&units[0]);
    format!("{} {unit}", significant(value / scale, digits))
}

/// Prints without an exponent and with the thousands separated.
fn significant(value: f64, digits: usize) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let scientific = format!("{value:.*e}", digits - 1);
    let exponent: isize =
        scientific.rsplit('e').next().and_then(|text| text.parse().ok()).unwrap_or(0);
    let decimals = (digits - 1).checked_add_signed(-exponent).unwrap_or(0);
    let mut text = format!("{:.decimals$}", round(value, digits));
    let mut end = text.find('.').unwrap_or(text.len());
    while end > 3 {
        end -= 3;
        text.insert(end, ',');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{BYTES, RATE, RATIO, TIME};

    #[test]
    fn number_has_two_digits_and_its_unit() {
        assert_eq!(RATIO(0.008_33, 2), "0.0083 ×");
        assert_eq!(RATIO(4.04, 2), "4.0 ×");
        assert_eq!(RATIO(12.7, 2), "13 ×");
        assert_eq!(RATIO(0.0, 2), "0 ×");
        assert_eq!(RATIO(1_267_890.0, 2), "1,300,000 ×");
        assert_eq!(TIME(0.29, 2), "0.29 ns");
        assert_eq!(TIME(999.6, 2), "1.0 µs");
        assert_eq!(TIME(25_400_000.0, 2), "25 ms");
        assert_eq!(RATE(23_400_000.0, 2), "23 M/s");
        assert_eq!(BYTES(31.6, 2), "32 bytes");
    }
}

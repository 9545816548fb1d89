//! Numbers as people read them.

/// With so many significant digits, thousands apart.
fn significant(value: f64, digits: i32) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let rounded = round(value, digits);
    let (mut magnitude, mut decimals) = (1.0, digits - 1);
    while rounded >= magnitude * 10.0 {
        magnitude *= 10.0;
        decimals -= 1;
    }
    while rounded < magnitude {
        magnitude /= 10.0;
        decimals += 1;
    }
    let decimals = usize::try_from(decimals).unwrap_or(0);
    let text = format!("{rounded:.decimals$}");
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    apart(whole) + fraction
}

/// With thousands apart.
fn apart(whole: &str) -> String {
    let mut grouped = String::new();
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// To so many significant digits.
pub fn round(value: f64, digits: i32) -> f64 {
    format!("{value:.*e}", usize::try_from(digits - 1).unwrap_or(0)).parse().unwrap_or(value)
}

/// What a number counts.
#[derive(Clone, Copy)]
pub enum Quantity {
    /// How many times.
    Ratio,
    /// Nanoseconds.
    Time,
    /// In a second.
    Rate,
    /// Bytes.
    Bytes,
}

impl Quantity {
    /// With its unit.
    pub fn show(self, value: f64, digits: i32) -> String {
        let scaled = |units: &[(f64, &str)]| {
            let fits = |&&(scale, _): &&(f64, &str)| round(value, digits) >= scale;
            let (scale, unit) = units.iter().rfind(fits).unwrap_or(&units[0]);
            format!("{} {unit}", significant(value / scale, digits))
        };
        match self {
            Self::Ratio => format!("{} ×", significant(value, digits)),
            Self::Bytes => format!("{} bytes", significant(value, digits)),
            Self::Time => scaled(&[(1.0, "ns"), (1e3, "µs"), (1e6, "ms"), (1e9, "s")]),
            Self::Rate => scaled(&[(1.0, "/s"), (1e6, "M/s"), (1e9, "G/s")]),
        }
    }
}

/// A whole number in full.
pub fn count(number: u32) -> String {
    apart(&number.to_string())
}

/// How many times, in two digits.
pub fn ratio(value: f64) -> String {
    Quantity::Ratio.show(value, 2)
}

/// Nanoseconds, in two digits.
pub fn time(nanoseconds: f64) -> String {
    Quantity::Time.show(nanoseconds, 2)
}

/// How many in a second, in two digits.
pub fn rate(each_second: f64) -> String {
    Quantity::Rate.show(each_second, 2)
}

/// Bytes, in two digits.
pub fn bytes(bytes: f64) -> String {
    Quantity::Bytes.show(bytes, 2)
}

#[cfg(test)]
mod tests {
    use super::{bytes, rate, ratio, time};

    #[test]
    fn numbers_have_two_digits_and_their_unit() {
        assert_eq!(ratio(0.008_33), "0.0083 ×");
        assert_eq!(ratio(4.04), "4.0 ×");
        assert_eq!(ratio(12.7), "13 ×");
        assert_eq!(ratio(0.0), "0 ×");
        assert_eq!(ratio(1_267_890.0), "1,300,000 ×");
        assert_eq!(time(0.29), "0.29 ns");
        assert_eq!(time(999.6), "1.0 µs");
        assert_eq!(time(25_400_000.0), "25 ms");
        assert_eq!(rate(23_400_000.0), "23 M/s");
        assert_eq!(bytes(31.6), "32 bytes");
    }
}

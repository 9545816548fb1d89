//! The options of the command line.

use crate::Result;

/// The options.
pub struct Options {
    /// The largest number of connections. The other numbers are a tenth and a hundredth of it.
    pub connections: u32,
    /// The number of times that everything is measured.
    pub rounds: usize,
}

/// The smallest number of connections. A hundredth of it has one team of 100.
const LEAST: u32 = 10_000;

impl Options {
    /// Parses words of the form `name=value`.
    ///
    /// # Errors
    ///
    /// An unknown option, a number that is not positive, or too few connections.
    pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Self> {
        let mut options = Self { connections: 1_000_000, rounds: 7 };
        for word in words {
            match word.split_once('=') {
                Some(("connections", number)) => options.connections = parse_count(number)?,
                Some(("rounds", number)) => options.rounds = parse_count(number)? as usize,
                _ => return Err(format!("unknown option `{word}`").into()),
            }
        }
        if options.connections < LEAST || !options.connections.is_multiple_of(LEAST) {
            return Err(format!("expected a multiple of {LEAST} connections").into());
        }
        Ok(options)
    }
}

/// Parses a positive number, such as `250000` or `250_000`.
fn parse_count(text: &str) -> Result<u32> {
    match text.replace('_', "").parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(format!("expected a positive number, found `{text}`").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::Options;

    fn parse(words: &[&str]) -> Option<(u32, usize)> {
        let options = Options::parse(words.iter().map(|word| (*word).to_owned())).ok()?;
        Some((options.connections, options.rounds))
    }

    #[test]
    fn option_has_a_name_and_a_positive_number() {
        assert_eq!(parse(&[]), Some((1_000_000, 7)));
        assert_eq!(parse(&["rounds=3", "connections=20_000"]), Some((20_000, 3)));
        for word in ["rounds=0", "rounds", "connections=9999", "connections=10_001", "x=1"] {
            assert_eq!(parse(&[word]), None, "{word}");
        }
    }
}

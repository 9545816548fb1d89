//! The options of the command line.

use crate::Result;
use crate::database::Name;

/// The options.
pub struct Options {
    /// The number of documents.
    pub documents: usize,
    /// The number of times that each statement is timed.
    pub rounds: usize,
    /// The databases.
    pub databases: Vec<Name>,
}

impl Options {
    /// Parses words of the form `name=value`.
    pub fn parse(words: &[&str]) -> Result<Self> {
        let mut options = Self { documents: 250_000, rounds: 15, databases: Name::ALL.to_vec() };
        for word in words {
            match word.split_once('=') {
                Some(("documents", number)) => options.documents = parse_count(number)?,
                Some(("rounds", number)) => options.rounds = parse_count(number)?,
                Some(("databases", names)) => {
                    options.databases = names.split(',').map(Name::parse).collect::<Result<_>>()?;
                }
                _ => return Err(format!("unknown option `{word}`").into()),
            }
        }
        if options.documents < 1_000 {
            return Err("too few documents: at least 1,000 are needed".into());
        }
        Ok(options)
    }
}

/// Parses a positive number, such as `250000` or `250_000`.
fn parse_count(text: &str) -> Result<usize> {
    match text.replace('_', "").parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(format!("expected a positive number, found `{text}`").into()),
    }
}

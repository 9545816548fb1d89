//! The options of the command line.

use crate::Result;
use crate::workload::Sharing;

/// The options of `table`.
pub struct Options {
    /// The number of documents.
    pub documents: usize,
    /// The lists of the documents.
    pub sharing: Sharing,
    /// The number of times that everything is measured.
    pub runs: usize,
    /// `true` to replace the list of every document after the other figures.
    pub churn: bool,
}

impl Options {
    /// Parses words of the form `name=value`.
    pub fn parse(words: &[&str]) -> Result<Self> {
        let mut options =
            Self { documents: 10_000_000, sharing: Sharing::Half, runs: 5, churn: true };
        for word in words {
            match word.split_once('=') {
                Some(("documents", number)) => options.documents = parse_count(number)?,
                Some(("runs", number)) => options.runs = parse_count(number)?,
                Some(("lists", "half")) => options.sharing = Sharing::Half,
                Some(("lists", shared)) if shared.starts_with("shared:") => {
                    let lists = shared.trim_start_matches("shared:");
                    options.sharing = Sharing::Shared(parse_count(lists)?);
                }
                Some(("churn", "yes")) => options.churn = true,
                Some(("churn", "no")) => options.churn = false,
                _ => return Err(format!("unknown option `{word}`").into()),
            }
        }
        if options.documents < 1_000 {
            return Err("too few documents: at least 1,000 are needed".into());
        }
        Ok(options)
    }
}

/// Parses the option of `points`.
pub fn largest(word: &str) -> Result<usize> {
    match word.split_once('=') {
        Some(("largest", number)) => parse_count(number),
        _ => Err(format!("unknown option `{word}`").into()),
    }
}

/// Parses a positive number of at most 32 bits, such as `10000000`, `10_000_000` or `1e7`.
fn parse_count(text: &str) -> Result<usize> {
    let refused = || format!("expected a number from 1 to 4e9, found `{text}`");
    let plain = text.replace('_', "");
    let number = match plain.split_once('e') {
        Some((digits, zeros)) => {
            let power = 10_u32.checked_pow(zeros.parse()?).ok_or_else(refused)?;
            digits.parse::<u32>()?.checked_mul(power)
        }
        None => plain.parse::<u32>().ok(),
    };
    Ok(number.filter(|&number| number > 0).ok_or_else(refused)? as usize)
}

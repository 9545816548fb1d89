//! Whole inputs in memory, in any format.

use super::detect::{Detected, detect};
use super::pass::Pass;
use super::{lines, response};
use crate::json::format::Format;
use crate::json::scan::{ScanError, Scanner};

/// Checks an input, and collects the edits that remove documents from it.
pub(super) fn filter(pass: &mut Pass<'_>, input: &[u8]) -> Result<(), ScanError> {
    match pass.settings.format {
        Format::Detect => filter_detected(pass, input),
        format => filter_as(format, pass, input),
    }
}

/// Filters an input whose format is known.
fn filter_as(format: Format, pass: &mut Pass<'_>, input: &[u8]) -> Result<(), ScanError> {
    pass.restart(format);
    let mut scanner = Scanner::new(input);
    scanner.space();
    let scan = match format {
        Format::Lines => return lines::filter(pass, input),
        Format::Array => response::array(pass, &mut scanner),
        Format::List | Format::Detect => response::list(pass, &mut scanner),
    };
    scan.and_then(|()| scanner.end()).map_err(|kind| scanner.error(kind))
}

/// Filters an input whose format is not known.
///
/// Most objects are list responses. An object is first filtered as a list response, so that most
/// objects are scanned once.
fn filter_detected(pass: &mut Pass<'_>, input: &[u8]) -> Result<(), ScanError> {
    let mut if_response = Ok(());
    if Scanner::new(input).space() == b'{' {
        if_response = filter_as(Format::List, pass, input);
        if if_response.is_ok() {
            return Ok(());
        }
    }
    match detect(pass.settings, input) {
        Ok(Detected::Array) => filter_as(Format::Array, pass, input),
        Ok(Detected::Lines) => filter_as(Format::Lines, pass, input),
        Ok(Detected::SingleValue(error)) => Err(error),
        Ok(Detected::Response) | Err(_) => if_response,
    }
}

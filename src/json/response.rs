//! Inputs in memory: list responses, arrays, lines; and which of them an input is.

use super::Format;
use super::document::Pass;
use super::edits::{Elements, Replacement};
use super::error::{ScanError, ScanErrorKind};
use super::lines;
use super::report::{Problem, ProblemKind};
use super::scanner::{Scan, Scanner};
use super::top_level::{Shape, TopLevel};

/// Checks an input and collects the edits that remove documents from it.
pub(super) fn filter(pass: &mut Pass<'_>, input: &[u8]) -> Result<(), ScanError> {
    let mut scanner = Scanner::new(input);
    let first = scanner.space();
    let format = match (pass.filter.format, first) {
        (Format::Detect, b'[') => Format::Array,
        (Format::Detect, _) => return detect(pass, input),
        (format, _) => format,
    };
    pass.report.format = format;
    let scan = match format {
        Format::Lines => return lines::filter(pass, input),
        Format::Array => array(pass, &mut scanner),
        Format::List | Format::Detect => list(pass, &mut scanner),
    };
    scan.and_then(|()| scanner.end()).map_err(|kind| scanner.scan_error(kind))
}

/// Filters an input as the list response that it probably is, and as lines if it is not.
fn detect(pass: &mut Pass<'_>, input: &[u8]) -> Result<(), ScanError> {
    let mut scanner = Scanner::new(input);
    if scanner.space() == b'{' {
        pass.report.format = Format::List;
        let Err(kind) = list(pass, &mut scanner).and_then(|()| scanner.end()) else {
            return Ok(());
        };
        // A document may have two `$permissions` keys deep within: an error of a list response only.
        let mut again = Scanner::new(input);
        match TopLevel::scan(pass.filter, &mut again) {
            Err(_) | Ok(TopLevel::Response) => return Err(scanner.scan_error(kind)),
            Ok(_) => *pass = Pass::new(pass.filter),
        }
    }
    reject_single_value(pass, input)?;
    pass.report.format = Format::Lines;
    lines::filter(pass, input)
}

/// Returns an error if the input is one value that is neither a list response nor a document.
///
/// Removing the value would be right, but its sender probably meant it to be something else.
fn reject_single_value(pass: &Pass<'_>, input: &[u8]) -> Result<(), ScanError> {
    let mut scanner = Scanner::new(input);
    if let Ok(TopLevel::Other(kind)) = TopLevel::scan(pass.filter, &mut scanner)
        && !pass.filter.matcher.allows_everything()
        && scanner.end().is_ok()
    {
        scanner.at = 0;
        scanner.space();
        return Err(scanner.scan_error(kind));
    }
    Ok(())
}

/// Skips a list response.
fn list(pass: &mut Pass<'_>, scanner: &mut Scanner<'_>) -> Scan<()> {
    let start = scanner.at;
    if scanner.byte() != b'{' {
        // Text that is no JSON at all is reported as such.
        scanner.skip_value(0)?;
        scanner.at = start;
        return Err(ScanErrorKind::NotAnObject);
    }
    let everything = pass.filter.matcher.allows_everything();
    let mut shape = Shape::default();
    let mut no_array = None;
    let mut more = scanner.open_object();
    while more {
        let key = scanner.key()?;
        let value = scanner.at;
        let is_list = pass.filter.is_list(key);
        shape.note(key, is_list, scanner.byte());
        if is_list && scanner.byte() == b'[' {
            elements(pass, scanner, 1)?;
        } else {
            let is_number = matches!(scanner.byte(), b'-' | b'0'..=b'9');
            scanner.skip_value(1)?;
            if is_list {
                no_array = Some(value);
            } else if is_number && !everything && key.is("total") {
                pass.edits.replace(value, scanner.at, Replacement::Total);
            }
        }
        more = scanner.next_member()?;
    }
    let detecting = pass.filter.format == Format::Detect;
    let (at, kind) = match no_array {
        _ if detecting && shape.top_level() != TopLevel::Response => (start, ScanErrorKind::NoList),
        Some(at) if !everything => (at, ScanErrorKind::NotAnArray),
        _ if shape.has_list() || everything => return Ok(()),
        _ => (start, ScanErrorKind::NoList),
    };
    scanner.at = at;
    Err(kind)
}

/// Skips an array of documents that is the whole input.
fn array(pass: &mut Pass<'_>, scanner: &mut Scanner<'_>) -> Scan<()> {
    let start = scanner.at;
    if scanner.byte() != b'[' {
        scanner.skip_value(0)?;
        scanner.at = start;
        return Err(ScanErrorKind::NotAnArray);
    }
    elements(pass, scanner, 0)?;
    if first_is_response(pass, scanner) {
        scanner.at = start;
        return Err(ScanErrorKind::ResponseInArray);
    }
    Ok(())
}

/// Returns `true` if the first document was removed and is a list response: a page in an array of
/// pages.
fn first_is_response(pass: &Pass<'_>, scanner: &Scanner<'_>) -> bool {
    let mut problems = pass.report.problems().iter();
    let removed = problems.find(|problem| problem.kind == ProblemKind::NoPermissions);
    let Some(&Problem { document: 0, offset, .. }) = removed else { return false };
    let mut first = Scanner::new(scanner.input);
    first.at = usize::try_from(offset).unwrap_or(usize::MAX);
    TopLevel::scan(pass.filter, &mut first) == Ok(TopLevel::Response)
}

/// Skips an array of documents, `depth` levels deep.
fn elements(pass: &mut Pass<'_>, scanner: &mut Scanner<'_>, depth: usize) -> Scan<()> {
    let mut elements = Elements::new(scanner.at + 1, &pass.edits);
    let mut more = scanner.open_array();
    while more {
        let start = scanner.at;
        elements.begin(start, &mut pass.edits);
        let checkpoint = pass.edits.checkpoint();
        if pass.document(scanner, depth + 1)? {
            elements.keep(scanner.at);
        } else {
            pass.edits.rollback_to(checkpoint);
            elements.remove(start, scanner.at, &mut pass.edits);
        }
        more = scanner.next_element()?;
    }
    elements.close(scanner.at - 1, &mut pass.edits);
    Ok(())
}

//! List responses and arrays.

use super::detect::Shape;
use super::edits::{Elements, Replacement};
use super::pass::Pass;
use crate::json::format::Format;
use crate::json::report::{Problem, ProblemKind};
use crate::json::scan::{Scan, ScanErrorKind, Scanner};

/// Skips a list response, and removes documents from its lists.
pub(super) fn list(pass: &mut Pass<'_>, scanner: &mut Scanner<'_>) -> Scan<()> {
    let start = scanner.at;
    if scanner.byte() != b'{' {
        return other_value(scanner, ScanErrorKind::NotAnObject);
    }
    let everything = pass.settings.matcher.allows_everything();
    let mut shape = Shape::default();
    let mut more = scanner.open_object();
    while more {
        let key = scanner.key()?;
        let is_list_key = pass.settings.is_list_key(key);
        shape.note(key, is_list_key, scanner);
        if is_list_key && scanner.byte() == b'[' {
            elements(pass, scanner, 1)?;
        } else {
            let value = scanner.at;
            let is_number = matches!(scanner.byte(), b'-' | b'0'..=b'9');
            scanner.skip_value(1)?;
            if !is_list_key && is_number && !everything && key.is("total") {
                pass.edits.replace(value, scanner.at, Replacement::Total);
            }
        }
        more = scanner.next_member()?;
    }
    let keeps_everything = pass.settings.keeps_everything();
    let detecting = pass.settings.format == Format::Detect;
    let (at, kind) = match shape.not_an_array() {
        _ if detecting && !shape.is_response() => (start, ScanErrorKind::NoList),
        Some(at) if !keeps_everything => (at, ScanErrorKind::NotAnArray),
        _ if shape.has_list() || keeps_everything => return Ok(()),
        _ => (start, ScanErrorKind::NoList),
    };
    scanner.at = at;
    Err(kind)
}

/// Skips an array that is the whole input, and removes documents from it.
pub(super) fn array(pass: &mut Pass<'_>, scanner: &mut Scanner<'_>) -> Scan<()> {
    let start = scanner.at;
    if scanner.byte() != b'[' {
        return other_value(scanner, ScanErrorKind::NotAnArray);
    }
    elements(pass, scanner, 0)?;
    if first_is_response(pass, scanner.input, start) {
        scanner.at = start;
        return Err(ScanErrorKind::ResponseInArray);
    }
    Ok(())
}

/// Returns the error `kind` for a value of another type, or the error of a mistake in the value.
fn other_value(scanner: &mut Scanner<'_>, kind: ScanErrorKind) -> Scan<()> {
    let start = scanner.at;
    scanner.skip_value(0)?;
    scanner.at = start;
    Err(kind)
}

/// Returns `true` if documents were removed from the array at `start`, and its first element is a list
/// response. The array is then a sequence of pages.
fn first_is_response(pass: &Pass<'_>, input: &[u8], start: usize) -> bool {
    let is_removed = |problem: &&Problem| *problem.kind() == ProblemKind::NoPermissions;
    let removed = pass.report.problems().iter().find(is_removed);
    let first_is_removed = removed.is_some_and(|problem| problem.document() == 0);
    let loses_nested = pass.settings.filters_only_nested() && pass.report.nested_removed() > 0;
    if !first_is_removed && !loses_nested {
        return false;
    }
    let mut first = Scanner::new(input);
    first.at = start;
    first.open_array()
        && first.byte() == b'{'
        && Shape::scan(pass.settings, &mut first).is_ok_and(Shape::is_response)
}

/// Skips an array of documents, and removes documents from it. `depth` is the number of arrays and
/// objects around the array.
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

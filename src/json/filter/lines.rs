//! Newline-delimited JSON.

use super::pass::Pass;
use crate::json::scan::{Scan, ScanError, ScanErrorKind, Scanner};

/// Checks lines, and collects the edits that remove invisible documents.
///
/// After an error, the edits are those of the lines before the mistake.
pub(super) fn filter(pass: &mut Pass<'_>, input: &[u8]) -> Result<(), ScanError> {
    let mut scanner = Scanner::new(input);
    let mut start = 0;
    while start < input.len() {
        let rest = input.get(start..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).map_or(input.len(), |at| start + at);
        let next = (end + 1).min(input.len());
        scanner.restrict(start, end);
        let checkpoint = pass.edits.checkpoint();
        let visible = line(pass, &mut scanner);
        if !matches!(visible, Ok(true)) {
            pass.edits.rollback_to(checkpoint);
        }
        if !visible.map_err(|kind| ScanError { start, ..scanner.error(kind) })? {
            pass.edits.remove(start, next);
        }
        start = next;
    }
    Ok(())
}

/// Checks the line to which the scanner is restricted. Returns `true` if the line stays in the output.
#[inline]
fn line(pass: &mut Pass<'_>, scanner: &mut Scanner<'_>) -> Scan<bool> {
    if scanner.rest().len() > pass.settings.max_document_len {
        return Err(ScanErrorKind::DocumentTooLong);
    }
    scanner.space();
    if scanner.rest().is_empty() {
        return Ok(true);
    }
    let visible = pass.document(scanner, 0)?;
    scanner.end()?;
    Ok(visible)
}

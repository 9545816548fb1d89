//! The decision on one document: `Pass::document`.

use super::pass::{PERMISSIONS, Pass};
use crate::json::format::Nested;
use crate::json::report::ProblemKind;
use crate::json::scan::{Scan, ScanErrorKind, Scanner};

impl Pass<'_> {
    /// Skips a document, which is an element of a list or a line. Counts it, and returns `true` if it is
    /// visible. `depth` is the number of arrays and objects around the document.
    ///
    /// If the document is not visible, the caller rolls back the edits within it.
    #[inline]
    pub(super) fn document(&mut self, scanner: &mut Scanner<'_>, depth: usize) -> Scan<bool> {
        let start = scanner.at;
        let nested_removed = self.report.nested_removed;
        let is_object = scanner.byte() == b'{';
        let granted = if is_object && self.settings.nested == Nested::Keep {
            self.object(scanner, depth)?
        } else if is_object || self.settings.filters_only_nested() {
            self.document_with_nested(scanner, depth)?
        } else {
            scanner.skip_value(depth)?;
            None
        };
        if scanner.at - start > self.settings.max_document_len {
            scanner.at = start;
            return Err(ScanErrorKind::DocumentTooLong);
        }
        let visible = granted == Some(true) || self.settings.matcher.allows_everything();
        if visible {
            self.report.visible += 1;
            return Ok(true);
        }
        if granted.is_none() {
            self.add_undecided(start, is_object);
        }
        self.report.removed += 1;
        self.report.nested_removed = nested_removed;
        Ok(false)
    }

    /// Reports that the document at `start` has no permissions.
    #[cold]
    fn add_undecided(&mut self, start: usize, is_object: bool) {
        let kind = if is_object { ProblemKind::NoPermissions } else { ProblemKind::NotAnObject };
        self.add_problem(None, start, kind);
    }

    /// Skips an object. Returns `Some(true)` if its permissions allow the action, and `None` if it has no
    /// permissions.
    #[inline]
    fn object(&mut self, scanner: &mut Scanner<'_>, depth: usize) -> Scan<Option<bool>> {
        let mut granted = None;
        let mut more = scanner.open_object();
        let mut members = 0..;
        while more {
            let start = scanner.at;
            let member = members.next().unwrap_or_default();
            let is_permissions = if let Some(is_permissions) = self.keys.skip(member, scanner) {
                is_permissions
            } else if let Some(key) = scanner.plain_key() {
                self.keys.keep(member, key)
            } else {
                self.keys.keep_unknown(member);
                scanner.key()?.is(PERMISSIONS)
            };
            if is_permissions {
                if granted.is_some() {
                    scanner.at = start;
                    return Err(ScanErrorKind::Repeated);
                }
                granted = Some(self.permissions(scanner, depth + 1)?);
            } else if let Some(next) = scanner.plain_value(b'}') {
                more = next;
                continue;
            } else {
                scanner.skip_value(depth + 1)?;
            }
            more = scanner.next_member()?;
        }
        Ok(granted)
    }
}

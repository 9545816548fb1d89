//! One document after the other: [`Pass`].

use super::edits::Edits;
use super::error::ScanErrorKind;
use super::report::{FilterReport, Problem, ProblemKind};
use super::scanner::{Scan, Scanner};
use super::{Filter, Nested};

/// The key that counts.
pub(super) const PERMISSIONS: &str = "$permissions";

/// One input on its way through a filter.
pub(super) struct Pass<'f> {
    pub(super) filter: &'f Filter<'f>,
    pub(super) edits: Edits,
    pub(super) report: FilterReport,
    /// How much of the input came before what is scanned now.
    pub(super) before: u64,
    /// Where a permission is put together to be looked up.
    pub(super) text: String,
}

impl<'f> Pass<'f> {
    pub(super) fn new(filter: &'f Filter<'f>) -> Self {
        Self {
            filter,
            edits: Edits::default(),
            report: FilterReport::default(),
            before: 0,
            text: String::with_capacity(crate::permission::MAX_PERMISSION_LEN),
        }
    }

    /// Goes behind what stands in a document's place, `depth` arrays and objects deep. Whether it
    /// comes out; it is counted, and edits within it are forgotten if it does not.
    #[inline]
    pub(super) fn document(&mut self, scanner: &mut Scanner<'_>, depth: usize) -> Scan<bool> {
        let start = scanner.at;
        let nested_removed = self.report.nested_removed;
        let is_object = scanner.byte() == b'{';
        let granted = if !is_object {
            scanner.skip_value(depth)?;
            None
        } else if self.filter.nested == Nested::Filter {
            self.document_with_nested(scanner, depth)?
        } else {
            self.object(scanner, depth)?
        };
        if scanner.at - start > self.filter.max_document_len {
            scanner.at = start;
            return Err(ScanErrorKind::DocumentTooLong);
        }
        let visible = granted == Some(true) || self.filter.matcher.allows_everything();
        if visible {
            self.report.visible += 1;
        } else {
            if granted.is_none() {
                self.add_problem(
                    None,
                    start,
                    if is_object { ProblemKind::NoPermissions } else { ProblemKind::NotAnObject },
                );
            }
            self.report.removed += 1;
            self.report.nested_removed = nested_removed;
        }
        Ok(visible)
    }

    /// Goes behind an object. Whether its permissions allow the action, if it has any.
    #[inline]
    fn object(&mut self, scanner: &mut Scanner<'_>, depth: usize) -> Scan<Option<bool>> {
        let mut granted = None;
        let mut more = scanner.open_object();
        while more {
            let start = scanner.at;
            let is_permissions = match scanner.plain_key() {
                Some(key) => key == PERMISSIONS.as_bytes(),
                None => scanner.key()?.is(PERMISSIONS),
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

    /// Reports a problem with the document that is being looked at.
    #[cold]
    pub(super) fn add_problem(&mut self, permission: Option<usize>, at: usize, kind: ProblemKind) {
        let (document, offset) = (self.report.documents(), self.before + at as u64);
        self.report.add(Problem { document, permission, offset, kind });
    }
}

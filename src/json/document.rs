//! One document after the other: [`Pass`].

use super::edits::Edits;
use super::error::Fault;
use super::scanner::{Scan, Scanner};
use super::{Filter, Nested, Outcome};

/// The key that counts.
pub(super) const PERMISSIONS: &str = "$permissions";

/// One input on its way through a filter.
pub(super) struct Pass<'f> {
    pub(super) filter: &'f Filter<'f>,
    pub(super) edits: Edits,
    pub(super) outcome: Outcome,
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
            outcome: Outcome::default(),
            before: 0,
            text: String::with_capacity(crate::permission::MAX_PERMISSION_LEN),
        }
    }

    /// Goes behind what stands in a document's place, `depth` arrays and objects deep. Whether it
    /// comes out; it is counted, and edits within it are forgotten if it does not.
    #[inline]
    pub(super) fn document(&mut self, scanner: &mut Scanner<'_>, depth: usize) -> Scan<bool> {
        let start = scanner.at;
        let nested_removed = self.outcome.nested_removed;
        let everything = self.filter.matcher.allows_everything();
        let visible = if scanner.byte() != b'{' {
            scanner.skip_value(depth)?;
            everything
        } else if self.filter.nested == Nested::Filter {
            self.document_with_nested(scanner, depth)? || everything
        } else {
            self.object(scanner, depth)? || everything
        };
        if scanner.at - start > self.filter.max_document_len {
            scanner.at = start;
            return Err(Fault::DocumentTooLong);
        }
        if visible {
            self.outcome.visible += 1;
        } else {
            self.outcome.removed += 1;
            self.outcome.nested_removed = nested_removed;
        }
        Ok(visible)
    }

    /// Goes behind an object. Whether its permissions allow the action.
    #[inline]
    fn object(&mut self, scanner: &mut Scanner<'_>, depth: usize) -> Scan<bool> {
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
                    return Err(Fault::Repeated);
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
        Ok(granted.unwrap_or(false))
    }

    /// The number of the document that is being looked at.
    pub(super) fn index(&self) -> u64 {
        self.outcome.visible + self.outcome.removed
    }
}

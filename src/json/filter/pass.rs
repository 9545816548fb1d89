//! The state of one run of a filter: [`Pass`].
//!
//! `document.rs`, `nested.rs` and `permissions.rs` add the methods that read documents.

use super::edits::Edits;
use super::keys::Keys;
use super::settings::Settings;
use crate::json::format::Format;
use crate::json::report::{FilterReport, Problem, ProblemKind};
use crate::permission::MAX_PERMISSION_LEN;

/// The key of a document's permissions.
pub(super) const PERMISSIONS: &str = "$permissions";

/// The state of one run of a filter over one input.
pub(super) struct Pass<'f> {
    pub(super) settings: &'f Settings<'f>,
    pub(super) edits: Edits,
    pub(super) report: FilterReport,
    /// The length of the input before the text that is scanned now.
    pub(super) before: u64,
    /// The keys of the document before.
    pub(super) keys: Keys,
    /// A buffer for the permission that is looked up.
    pub(super) text: String,
}

impl<'f> Pass<'f> {
    pub(super) fn new(settings: &'f Settings<'f>) -> Self {
        Self {
            settings,
            edits: Edits::default(),
            report: FilterReport::default(),
            before: 0,
            keys: Keys::default(),
            text: String::with_capacity(MAX_PERMISSION_LEN),
        }
    }

    /// Forgets the input so far, and starts again with another format.
    pub(super) fn restart(&mut self, format: Format) {
        self.edits.clear();
        self.report = FilterReport::new(format);
    }

    /// Reports a problem with the document that is being read.
    #[cold]
    pub(super) fn add_problem(&mut self, permission: Option<usize>, at: usize, kind: ProblemKind) {
        let (document, offset) = (self.report.documents(), self.before + at as u64);
        self.report.add(Problem::new(document, permission, offset, kind));
    }
}

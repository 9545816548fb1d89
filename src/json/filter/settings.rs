//! The settings of a filter: [`Settings`].

use crate::evaluate::Matcher;
use crate::json::format::{Format, Nested};
use crate::json::scan::Raw;

/// The default limit for the length of a document: 16 MiB, as in MongoDB.
///
/// Filtering lines takes about this much memory at most.
pub const MAX_DOCUMENT_LEN: usize = 16 << 20;

/// The default limit for the length of a response that comes from a reader: 256 MiB.
///
/// The response and the output are held in memory. A gateway for many clients should set a lower
/// limit.
pub const MAX_RESPONSE_LEN: usize = 256 << 20;

/// The keys under which a list response may have its documents, besides the keys that the host adds.
const LIST_KEYS: [&str; 2] = ["documents", "rows"];

/// The settings of a filter.
#[derive(Clone, Debug)]
pub(super) struct Settings<'m> {
    pub(super) matcher: &'m Matcher,
    pub(super) format: Format,
    pub(super) nested: Nested,
    pub(super) list_keys: Vec<String>,
    pub(super) max_document_len: usize,
    pub(super) max_response_len: usize,
}

impl<'m> Settings<'m> {
    pub(super) fn new(matcher: &'m Matcher) -> Self {
        Self {
            matcher,
            format: Format::Detect,
            nested: Nested::Keep,
            list_keys: Vec::new(),
            max_document_len: MAX_DOCUMENT_LEN,
            max_response_len: MAX_RESPONSE_LEN,
        }
    }

    /// Returns `true` if every document is visible and documents that are nested in them are not, because a
    /// grant by the collection does not apply to nested documents.
    pub(super) fn filters_only_nested(&self) -> bool {
        let Self { matcher, nested, .. } = self;
        *nested == Nested::Filter && matcher.allows_everything() && !matcher.bypasses()
    }

    /// Returns `true` if the output is the input, with documents in any place.
    pub(super) fn keeps_everything(&self) -> bool {
        self.matcher.allows_everything() && !self.filters_only_nested()
    }

    /// Returns `true` if a list response has its documents under this key.
    pub(super) fn is_list_key(&self, key: Raw<'_>) -> bool {
        LIST_KEYS.iter().any(|list| key.is(list)) || self.list_keys.iter().any(|list| key.is(list))
    }
}

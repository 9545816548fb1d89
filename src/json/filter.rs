//! How to filter: [`Filter`].

use std::io::{Read, Write};

use super::document::Pass;
use super::error::{Error, Place};
use super::{FilterReport, response, stream};
use crate::evaluate::Matcher;

/// How long a document may be, in bytes, unless the filter is told otherwise: as long as MongoDB
/// keeps them. Lines pass in about this much memory at the most.
pub const MAX_DOCUMENT_LEN: usize = 16 << 20;

/// How long a response may be that comes from a reader, in bytes, unless the filter is told otherwise.
/// It is held in memory as a whole, and so is the output: a gateway for many should set less.
pub const MAX_RESPONSE_LEN: usize = 256 << 20;

/// A principal, an action and some settings, prepared to filter raw JSON.
///
/// Making one costs nothing next to the [`Matcher`]; see [the module](super) for what it does.
///
/// ```
/// use rolegate::json::{Filter, Nested};
/// use rolegate::{Action, Principal};
///
/// let matcher = Principal::parse_roles(["any", "user:ann"])?.matcher(Action::Read);
/// let filter = Filter::new(&matcher).list_key("movies").nested(Nested::Filter);
/// let (visible, _) = filter.apply(
///     br#"{"movies": [{"$permissions": ["read(\"any\")"], "director": {"$permissions": []}}]}"#,
/// )?;
/// assert_eq!(visible, br#"{"movies": [{"$permissions": ["read(\"any\")"], "director": null}]}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Filter<'m> {
    pub(super) matcher: &'m Matcher,
    pub(super) format: Format,
    pub(super) nested: Nested,
    lists: Vec<String>,
    pub(super) max_document_len: usize,
    pub(super) max_response_len: usize,
}

/// What some JSON is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub enum Format {
    /// To be found out.
    ///
    /// An input that begins with `[` is an array. An object that has one of the lists, and no
    /// `$permissions`, is a list response. Every other input is lines.
    ///
    /// A single value that is neither a list response nor a document is an error
    /// ([`NoList`](super::ErrorKind::NoList), [`NotAnObject`](super::ErrorKind::NotAnObject)), unless
    /// the principal may see everything: it is an error response, or a list under another key. Pass
    /// [`Lines`](Self::Lines) for a single document that may lack `$permissions`.
    ///
    /// Pass the format if it is known: a document without `$permissions` that has a list under one of
    /// the keys is taken for a response. [`Filter::copy`] detects the format from the first line, and
    /// reads for that at most the longest document that is allowed.
    #[default]
    Detect,
    /// A list response: an object with one of the lists. Several lists are all filtered; `total`
    /// counts them together. An object with none is an error, since it may be one whose list has a
    /// name that nobody told the filter.
    List,
    /// An array of documents.
    Array,
    /// Newline-delimited JSON: one document a line. Empty lines are kept.
    Lines,
}

/// What becomes of documents within documents.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub enum Nested {
    /// They are part of the document that they are in.
    #[default]
    Keep,
    /// An object at any depth of a document that has a `$permissions` key of its own and is not
    /// visible is removed from an array, and replaced by `null` elsewhere.
    ///
    /// A grant by the collection is not about them: only a bypass is.
    Filter,
}

impl<'m> Filter<'m> {
    /// Filters for the matcher's principal and action.
    #[must_use]
    pub fn new(matcher: &'m Matcher) -> Self {
        Self {
            matcher,
            format: Format::Detect,
            nested: Nested::Keep,
            lists: Vec::new(),
            max_document_len: MAX_DOCUMENT_LEN,
            max_response_len: MAX_RESPONSE_LEN,
        }
    }

    /// Says what the input is.
    #[must_use]
    pub fn format(self, format: Format) -> Self {
        Self { format, ..self }
    }

    /// Says what becomes of documents within documents.
    #[must_use]
    pub fn nested(self, nested: Nested) -> Self {
        Self { nested, ..self }
    }

    /// Adds a name that a list response may have its documents under, besides `documents` and `rows`.
    #[must_use]
    pub fn list_key(mut self, name: impl Into<String>) -> Self {
        self.lists.push(name.into());
        self
    }

    /// Sets how long a document may be, in bytes, instead of [`MAX_DOCUMENT_LEN`]. Of lines it is the
    /// whole line that counts.
    #[must_use]
    pub fn max_document_len(self, max_document_len: usize) -> Self {
        Self { max_document_len, ..self }
    }

    /// Sets how long a response may be that comes from a reader, in bytes, instead of
    /// [`MAX_RESPONSE_LEN`].
    #[must_use]
    pub fn max_response_len(self, max_response_len: usize) -> Self {
        Self { max_response_len, ..self }
    }

    /// Filters some JSON.
    ///
    /// # Errors
    ///
    /// The input is not JSON, not what it should be, or goes beyond a limit; see
    /// [the module](super#errors).
    pub fn apply(&self, input: &[u8]) -> Result<(Vec<u8>, FilterReport), Error> {
        let mut output = Vec::new();
        let report = self.apply_into(input, &mut output)?;
        Ok((output, report))
    }

    /// As [`apply`](Self::apply), and appends to a buffer that may be used again and again. After an
    /// error it is as it was.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply).
    pub fn apply_into(&self, input: &[u8], output: &mut Vec<u8>) -> Result<FilterReport, Error> {
        let mut pass = Pass::new(self);
        response::filter(&mut pass, input)
            .map_err(|scan_error| scan_error.error(input, Place::START))?;
        pass.edits.write(input, pass.report.visible, output);
        Ok(pass.report)
    }

    /// Reads JSON to its end and writes what is visible.
    ///
    /// Lines are filtered as they come, in constant memory; a response is read whole, up to
    /// [`max_response_len`](Self::max_response_len). The writer is given large pieces and is not
    /// flushed.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply), and errors of the reader and the writer. Whatever the error, what
    /// has been written are whole lines of visible documents that stood before it in the input; of a
    /// response it is nothing, unless the writer failed within.
    pub fn copy(&self, reader: impl Read, writer: impl Write) -> Result<FilterReport, Error> {
        stream::copy(self, reader, writer, |_| {})
    }

    /// As [`copy`](Self::copy), and shows what has been done so far after each piece that has been
    /// written: for a progress bar, or a log of a long stream.
    ///
    /// # Errors
    ///
    /// As [`copy`](Self::copy).
    pub fn copy_with_progress(
        &self,
        reader: impl Read,
        writer: impl Write,
        progress: impl FnMut(&FilterReport),
    ) -> Result<FilterReport, Error> {
        stream::copy(self, reader, writer, progress)
    }

    pub(super) fn is_list(&self, key: super::string::Raw<'_>) -> bool {
        key.is("documents") || key.is("rows") || self.lists.iter().any(|list| key.is(list))
    }
}

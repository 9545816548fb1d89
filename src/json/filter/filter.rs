//! The public type: [`Filter`].

use std::io::{Read, Write};

use super::pass::Pass;
use super::settings::Settings;
use super::{input, stream};
use crate::evaluate::Matcher;
use crate::json::error::{Error, Place};
use crate::json::format::{Format, Nested};
use crate::json::report::FilterReport;

/// A principal, an action and settings, prepared to filter raw JSON.
///
/// Creating a filter is cheap compared to creating its [`Matcher`]. See [the module](crate::json) for
/// what a filter does.
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
    settings: Settings<'m>,
}

impl<'m> Filter<'m> {
    /// Creates a filter for the matcher's principal and action.
    #[must_use]
    pub fn new(matcher: &'m Matcher) -> Self {
        Self { settings: Settings::new(matcher) }
    }

    /// Sets the format of the input, instead of [`Format::Detect`].
    #[must_use]
    pub fn format(mut self, format: Format) -> Self {
        self.settings.format = format;
        self
    }

    /// Sets the treatment of nested documents, instead of [`Nested::Keep`].
    #[must_use]
    pub fn nested(mut self, nested: Nested) -> Self {
        self.settings.nested = nested;
        self
    }

    /// Adds a key under which a list response may have its documents, besides `documents` and `rows`.
    #[must_use]
    pub fn list_key(mut self, key: impl Into<String>) -> Self {
        self.settings.list_keys.push(key.into());
        self
    }

    /// Sets the maximum length of a document in bytes, instead of
    /// [`MAX_DOCUMENT_LEN`](super::MAX_DOCUMENT_LEN). In lines it limits the length of the whole line.
    #[must_use]
    pub fn max_document_len(mut self, max_document_len: usize) -> Self {
        self.settings.max_document_len = max_document_len;
        self
    }

    /// Sets the maximum length in bytes of a response that comes from a reader, instead of
    /// [`MAX_RESPONSE_LEN`](super::MAX_RESPONSE_LEN).
    #[must_use]
    pub fn max_response_len(mut self, max_response_len: usize) -> Self {
        self.settings.max_response_len = max_response_len;
        self
    }

    /// Filters an input in memory, and returns the output.
    ///
    /// # Errors
    ///
    /// Returns an error if the input is not JSON, has another format, or exceeds a limit. See
    /// [the module](crate::json#errors).
    pub fn apply(&self, input: &[u8]) -> Result<(Vec<u8>, FilterReport), Error> {
        let mut output = Vec::new();
        let report = self.apply_into(input, &mut output)?;
        Ok((output, report))
    }

    /// Filters an input in memory, and appends the output to a buffer, which may be reused.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`apply`](Self::apply). The buffer is unchanged after an error.
    pub fn apply_into(&self, input: &[u8], output: &mut Vec<u8>) -> Result<FilterReport, Error> {
        let mut pass = Pass::new(&self.settings);
        input::filter(&mut pass, input).map_err(|error| Error::new(&error, input, Place::START))?;
        pass.edits.write(input, pass.report.visible(), output);
        Ok(pass.report)
    }

    /// Reads an input to its end, and writes the output.
    ///
    /// Lines are filtered as they arrive, in constant memory. A response is read whole, up to
    /// [`max_response_len`](Self::max_response_len). The writer is given large pieces and is not
    /// flushed.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`apply`](Self::apply), and errors of the reader and the writer.
    /// After an error in lines, the writer has the visible documents and the empty lines before the
    /// error. After an error in a response, the writer has nothing, unless the writer itself failed.
    pub fn copy(&self, reader: impl Read, writer: impl Write) -> Result<FilterReport, Error> {
        stream::copy(&self.settings, reader, writer, |_| {})
    }

    /// Does the same as [`copy`](Self::copy), and passes the report so far to `progress` after each
    /// write. Use it for a progress bar, or for a log of a long stream.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`copy`](Self::copy).
    pub fn copy_with_progress(
        &self,
        reader: impl Read,
        writer: impl Write,
        progress: impl FnMut(&FilterReport),
    ) -> Result<FilterReport, Error> {
        stream::copy(&self.settings, reader, writer, progress)
    }
}

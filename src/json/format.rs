//! The settings of a filter that are enumerations: [`Format`] and [`Nested`].

/// The format of an input.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub enum Format {
    /// The format is detected.
    ///
    /// An input that begins with `[` is an array. An object that has a list under a list key, and no
    /// `$permissions`, is a list response. Every other input is lines.
    ///
    /// A single value that is neither a list response nor a document is an error
    /// ([`NoList`](super::ErrorKind::NoList), [`NotAnObject`](super::ErrorKind::NotAnObject)), unless
    /// every document is visible, nested ones included. Such a value may be an error response, or have
    /// its list under another key.
    ///
    /// Pass the format if it is known. A document without `$permissions` that has an array under a list
    /// key counts as a list response. [`Filter::copy`](super::Filter::copy) detects the format from the
    /// first line.
    #[default]
    Detect,
    /// A list response: an object with a list of documents under one or more list keys.
    ///
    /// All its lists are filtered, and `total` counts their documents together. An object without a
    /// list is an error, because its list may have a key that the filter does not know.
    List,
    /// An array of documents.
    Array,
    /// Newline-delimited JSON: one document on each line. Empty lines are kept.
    ///
    /// Use this format for a single document that may lack `$permissions`.
    Lines,
}

/// The treatment of nested documents: objects within a document that have `$permissions` of their own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub enum Nested {
    /// Nested documents are part of the outermost document.
    #[default]
    Keep,
    /// Nested documents that are not visible are removed from arrays, and replaced by `null`
    /// elsewhere, at any depth.
    ///
    /// A grant by the collection does not apply to nested documents, and an input without a list is then
    /// an error. A bypass applies to nested documents.
    Filter,
}

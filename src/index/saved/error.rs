//! The error of loading an index: [`LoadError`].

use std::fmt;
use std::io;

use super::format::VERSION;
use crate::acl::TableFull;

/// The number of bytes of the key type in a file that a message shows.
const SHOWN: usize = 64;

/// The error of [`DocumentIndex::load`](super::super::DocumentIndex::load), with the place in the input.
///
/// Nothing was loaded. Load an earlier file, or insert the documents again.
///
/// ```
/// use rolegate::AclLimits;
/// use rolegate::index::{DocumentIndex, LoadErrorKind};
///
/// let mut file = Vec::new();
/// DocumentIndex::<u64>::new().save(0, &mut file)?;
/// let error = DocumentIndex::<String>::load(file.as_slice(), AclLimits::default()).unwrap_err();
/// assert_eq!(error.kind(), LoadErrorKind::KeyType);
/// assert_eq!(
///     error.to_string(),
///     "byte 12: expected keys of type `text`, found `u64`; load the file with its own key type"
/// );
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct LoadError(Box<Inner>);

struct Inner {
    offset: u64,
    cause: Cause,
}

pub(super) enum Cause {
    Io(io::Error),
    NotAnIndex,
    UnsupportedVersion(u32),
    KeyType { expected: String, found: String },
    Truncated,
    Corrupt(&'static str),
    Full(TableFull),
}

/// The kind of a [`LoadError`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum LoadErrorKind {
    /// Reading failed.
    Io,
    /// The input does not begin as a saved index does.
    NotAnIndex,
    /// The file has a format that this version of the crate does not read.
    UnsupportedVersion,
    /// The keys of the file have another type.
    KeyType,
    /// The input ends before the index does.
    Truncated,
    /// A checksum is wrong, or the content contradicts itself.
    Corrupt,
    /// The lists of the file exceed the [`AclLimits`](crate::AclLimits).
    Full,
}

impl LoadError {
    #[cold]
    pub(super) fn new(offset: u64, cause: Cause) -> Self {
        Self(Box::new(Inner { offset, cause }))
    }

    #[cold]
    pub(super) fn key_type(offset: u64, expected: &str, found: &[u8]) -> Self {
        let found = String::from_utf8_lossy(found.get(..SHOWN).unwrap_or(found));
        let [expected, found] = [expected, &found].map(|name| name.escape_debug().to_string());
        Self::new(offset, Cause::KeyType { expected, found })
    }

    /// Returns the kind of error.
    #[must_use]
    pub fn kind(&self) -> LoadErrorKind {
        match self.0.cause {
            Cause::Io(_) => LoadErrorKind::Io,
            Cause::NotAnIndex => LoadErrorKind::NotAnIndex,
            Cause::UnsupportedVersion(_) => LoadErrorKind::UnsupportedVersion,
            Cause::KeyType { .. } => LoadErrorKind::KeyType,
            Cause::Truncated => LoadErrorKind::Truncated,
            Cause::Corrupt(_) => LoadErrorKind::Corrupt,
            Cause::Full(_) => LoadErrorKind::Full,
        }
    }

    /// Returns the byte offset in the input where the faulty part begins, or where reading ended.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.0.offset
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const INSTEAD: &str = "load an earlier file, or insert the documents again";
        write!(f, "byte {}: ", self.0.offset)?;
        match &self.0.cause {
            Cause::Io(error) => write!(f, "reading failed: {error}"),
            Cause::NotAnIndex => {
                f.write_str("not a saved index; load a file that `IndexSnapshot::save` has written")
            }
            Cause::UnsupportedVersion(found) => write!(
                f,
                "expected version {VERSION} of the format, found {found}; load the file with the \
                 version of rolegate that saved it, or insert the documents again"
            ),
            Cause::KeyType { expected, found } => write!(
                f,
                "expected keys of type `{expected}`, found `{found}`; load the file with its own \
                 key type"
            ),
            Cause::Truncated => write!(f, "the file is truncated; {INSTEAD}"),
            Cause::Corrupt(what) => write!(f, "the file is corrupt: {what}; {INSTEAD}"),
            Cause::Full(full) => write!(f, "{full}; raise `AclLimits`, or use fewer lists"),
        }
    }
}

impl fmt::Debug for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LoadError({self})")
    }
}

impl std::error::Error for LoadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.cause {
            Cause::Io(error) => Some(error),
            Cause::Full(full) => Some(full),
            _ => None,
        }
    }
}

//! Loading an index.

use std::io;

use super::error::{Cause, LoadError};
use super::format::{Header, Section, take};
use super::frame_reader::FrameReader;
use super::key::SavedKey;
use crate::acl::{AclLimits, AclTable, SavedTableError, TableLoader};
use crate::index::document_index::{DocumentIndex, MAX_DOCUMENTS};

impl<K: Ord + Clone + SavedKey> DocumentIndex<K> {
    /// Loads an index that [`save`](super::super::IndexSnapshot::save) has written. Returns the index, and the position that the
    /// host passed to `save`.
    ///
    /// **An old file grants again what was revoked since.** Replay all changes after the position before
    /// the index answers. A checksum finds accidents and authenticates nothing. Load only files that no other
    /// party can write. [`save`](super::super::IndexSnapshot::save) has an example.
    ///
    /// The checksums, the roles, the lists, and the order of the documents are checked. Memory grows with the
    /// bytes that were read. A wrong length in the file takes no memory.
    ///
    /// Reads to the end of the input, and refuses data after the end of the index. To load an index from a
    /// longer stream, limit the stream with [`take`](io::Read::take). The input needs no buffer.
    ///
    /// The table of the index is new. It has the given limits, and a
    /// [`Visibility`](crate::Visibility) of the saved index shows nothing in it.
    ///
    /// # Errors
    ///
    /// Reading failed, the input is not a complete index with keys of this type, or its lists exceed the
    /// limits. Nothing is loaded in part.
    pub fn load(input: impl io::Read, limits: AclLimits) -> Result<(Self, u64), LoadError> {
        let mut file = FrameReader::new(input)?;
        let header = load_header::<K>(&mut file)?;
        let table = load_table(&mut file, &header, limits)?;
        let mut documents = Documents::new(&mut file, &header)?;
        let index = Self::from_sorted(table, documents.by_ref());
        documents.finish()?;
        file.finish()?;
        Ok((index, header.position))
    }
}

fn load_header<K: SavedKey>(file: &mut FrameReader<impl io::Read>) -> Result<Header, LoadError> {
    file.next(Section::Header)?;
    let header = Header::decode(file.payload());
    let header = header.ok_or_else(|| file.corrupt("the header is too short"))?;
    let expected = K::key_type();
    if header.key_type != expected.as_bytes() {
        return Err(LoadError::key_type(file.start(), &expected, &header.key_type));
    }
    if header.documents > MAX_DOCUMENTS.into() {
        return Err(file.corrupt("more documents than an index can have"));
    }
    Ok(header)
}

fn load_table(
    file: &mut FrameReader<impl io::Read>,
    header: &Header,
    limits: AclLimits,
) -> Result<AclTable, LoadError> {
    let mut table = TableLoader::new(limits);
    while table.roles() < header.roles {
        file.next(Section::Roles)?;
        let mut rest = file.payload();
        while !rest.is_empty() {
            let text = take_role(&mut rest).ok_or_else(|| file.corrupt("a role is incomplete"))?;
            table.push_role(text).map_err(|error| refused(file, &error))?;
        }
    }
    if table.roles() > header.roles {
        return Err(file.corrupt("the number of roles is wrong"));
    }
    while table.lists() < header.lists {
        file.next(Section::Lists)?;
        let mut rest = file.payload();
        while !rest.is_empty() {
            let number = take(&mut rest).map(u32::from_le_bytes);
            let number = number.ok_or_else(|| file.corrupt("a list is incomplete"))?;
            table.push_number(number).map_err(|error| refused(file, &error))?;
        }
    }
    if table.lists() > header.lists || table.is_within_list() {
        return Err(file.corrupt("the number of lists is wrong"));
    }
    table.finish().map_err(|error| refused(file, &error))
}

/// Removes a role from the front of the input: its length in one byte, and its text.
fn take_role<'a>(input: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = take(input).map(u8::from_le_bytes)?;
    let (text, rest) = input.split_at_checked(len.into())?;
    *input = rest;
    Some(text)
}

#[cold]
fn refused(file: &FrameReader<impl io::Read>, error: &SavedTableError) -> LoadError {
    match *error {
        SavedTableError::Corrupt(what) => file.corrupt(what),
        SavedTableError::Full(full) => LoadError::new(file.start(), Cause::Full(full)),
    }
}

/// The documents of a file, in ascending order. Iteration ends at the first error, which `finish` returns.
struct Documents<'f, R, K> {
    file: &'f mut FrameReader<R>,
    /// The bytes of the present frame that were decoded.
    decoded: usize,
    /// The documents that were not decoded yet.
    left: u64,
    lists: u32,
    /// The next document to return. It was decoded early, to be compared with the document after it.
    next: Option<(K, u32)>,
    error: Option<LoadError>,
}

impl<'f, R: io::Read, K: Ord + SavedKey> Documents<'f, R, K> {
    fn new(file: &'f mut FrameReader<R>, header: &Header) -> Result<Self, LoadError> {
        let &Header { documents: left, lists, .. } = header;
        // The frame before the documents is decoded.
        let decoded = file.payload().len();
        let mut documents = Self { file, decoded, left, lists, next: None, error: None };
        documents.next = documents.decode(None)?;
        Ok(documents)
    }

    /// Decodes a document, whose key must be greater than `previous`. Returns `None` after the last document.
    fn decode(&mut self, previous: Option<&K>) -> Result<Option<(K, u32)>, LoadError> {
        if self.left == 0 {
            let complete = self.decoded == self.file.payload().len();
            return if complete {
                Ok(None)
            } else {
                Err(self.file.corrupt("the number of documents is wrong"))
            };
        }
        if self.decoded == self.file.payload().len() {
            self.file.next(Section::Documents)?;
            self.decoded = 0;
        }
        let payload = self.file.payload();
        let mut rest = payload.get(self.decoded..).unwrap_or_default();
        let list = take(&mut rest).map(u32::from_le_bytes);
        let list = list.ok_or_else(|| self.file.corrupt("a document is incomplete"))?;
        let key = K::decode(&mut rest).ok_or_else(|| self.file.corrupt("a key is malformed"))?;
        if list >= self.lists {
            return Err(self.file.corrupt("a document has an unknown list"));
        }
        if previous.is_some_and(|previous| previous.cmp(&key).is_ge()) {
            return Err(self.file.corrupt("the documents are out of order"));
        }
        let decoded = payload.len().checked_sub(rest.len());
        self.decoded = decoded.ok_or_else(|| self.file.corrupt("a key is malformed"))?;
        self.left -= 1;
        Ok(Some((key, list)))
    }

    /// Returns the error that ended the iteration.
    fn finish(self) -> Result<(), LoadError> {
        self.error.map_or(Ok(()), Err)
    }
}

impl<R: io::Read, K: Ord + SavedKey> Iterator for Documents<'_, R, K> {
    type Item = (K, u32);

    fn next(&mut self) -> Option<(K, u32)> {
        let document = self.next.take()?;
        match self.decode(Some(&document.0)) {
            Ok(next) => self.next = next,
            Err(error) => {
                self.error = Some(error);
                return None;
            }
        }
        Some(document)
    }
}

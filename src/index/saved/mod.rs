//! Saved indexes: `IndexSnapshot::save` and `DocumentIndex::load`.
//!
//! A file begins with a signature and a version, and then has frames. All numbers are little-endian.
//!
//! | part of a file | content |
//! | --- | --- |
//! | signature | 8 bytes, `rolegate` |
//! | version | `u32`, 1 |
//! | frames | in the order of the sections below |
//!
//! | part of a frame | content |
//! | --- | --- |
//! | section | `u8` |
//! | length of the payload | `u32`, at least 1 |
//! | payload | see below |
//! | checksum | `u32`: the CRC-32 of all bytes of the file so far, without the checksums |
//!
//! A checksum covers the bytes of earlier frames, so that a repeated, missing or moved frame is an error.
//!
//! | section | frames | payload |
//! | --- | --- | --- |
//! | 1, header | one | position of the host (`u64`), documents (`u64`), roles (`u32`), lists (`u32`), name of the key type |
//! | 2, roles | any number | for each role: length (`u8`), text |
//! | 3, lists | any number | for each list: number of grants (`u32`), and for each grant: 16 × role + actions (`u32`) |
//! | 4, documents | any number, in ascending order of keys | for each document: list (`u32`), key |
//! | 5, end | one | bytes of the file before this frame (`u64`) |
//!
//! A role or a document is within one frame. A list may extend over several frames. Hash tables, posting
//! lists and runs of documents are not stored. They are built again, so they cannot contradict the lists.
//!
//! Apart from the lengths of the frames, an index has exactly one file for each position. The roles are numbered in the order of
//! their first use, grants are sorted by role, and each role and list is stored once.
//!
//! Each file imports only files before it in this list: `format`, `key`, `error`, `frame_writer`,
//! `frame_reader`, `save`, `load`.

mod error;
mod format;
mod frame_reader;
mod frame_writer;
mod key;
mod load;
mod save;

pub use error::{LoadError, LoadErrorKind};
pub use key::SavedKey;

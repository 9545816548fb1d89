//! Inputs and outputs: large, slow and failing.

use std::error::Error as _;
use std::io::{self, Read, Write};

use rolegate::index::{DocumentIndex, LoadErrorKind};
use rolegate::{AclLimits, Action, Principal};

use super::{load, saved, small_file};

const DOCUMENTS: u64 = 100_000;

/// Returns an index in which every document has one of 1,000 lists.
fn large_index() -> DocumentIndex<u64> {
    let mut index = DocumentIndex::new();
    for document in 0..DOCUMENTS {
        let list = document * 7 % 1_000;
        let permissions =
            [format!("read(\"user:u{list}\")"), format!("write(\"team:t{}\")", list % 30)];
        index.insert(document * 3, permissions).unwrap();
    }
    index
}

/// An input that returns one byte at a time, and is interrupted in between.
struct OneByte<'a>(&'a [u8], bool);

impl Read for OneByte<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        if self.1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let len = buffer.len().min(1);
        self.0.read(&mut buffer[..len])
    }
}

#[test]
fn large_index_is_loaded_from_slow_input() {
    let index = large_index();
    let file = saved(&index, u64::MAX);
    let slow = OneByte(&file, false);
    let (loaded, position) = DocumentIndex::<u64>::load(slow, AclLimits::default()).unwrap();
    loaded.internal_validate().unwrap();
    assert_eq!((loaded.len() as u64, position), (DOCUMENTS, u64::MAX));
    for role in ["user:u0", "user:u999", "team:t7", "any"] {
        let principal = Principal::parse_roles([role]).unwrap();
        for action in Action::ALL {
            let expected = index.table().resolve(&principal, action);
            let found = loaded.table().resolve(&principal, action);
            assert!(loaded.after(&found, None).eq(index.after(&expected, None)), "{role}");
        }
    }
    assert_eq!(saved(&loaded, position), file);
}

#[test]
fn list_that_is_longer_than_a_frame_is_loaded() {
    let mut index = DocumentIndex::<u64>::new();
    index.insert(1, (0..300_000).map(|role| format!("read(\"user:u{role}\")"))).unwrap();
    index.insert(2, [r#"read("any")"#]).unwrap();
    let file = saved(&index, 1);
    let (loaded, _) = load(&file).unwrap();
    assert_eq!(saved(&loaded, 1), file);
}

#[test]
fn empty_index_is_loaded() {
    let file = saved(&DocumentIndex::<u64>::new(), 9);
    let (mut index, position) = load(&file).unwrap();
    assert_eq!((index.len(), index.table().len(), position), (0, 0, 9));
    index.insert(1, [r#"read("any")"#]).unwrap();
    index.internal_validate().unwrap();
}

/// An input or output that fails after some bytes.
struct Failing<T> {
    inner: T,
    left: usize,
}

impl<T: Read> Read for Failing<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = buffer.len().min(self.left);
        if len == 0 {
            return Err(io::Error::other("unplugged"));
        }
        self.left -= len;
        self.inner.read(&mut buffer[..len])
    }
}

impl<T: Write> Write for Failing<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let len = bytes.len().min(self.left);
        if len == 0 {
            return Err(io::Error::other("unplugged"));
        }
        self.left -= len;
        self.inner.write(&bytes[..len])
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[test]
fn failing_input_is_an_error_at_every_offset() {
    let file = small_file();
    for left in 0..file.len() {
        let input = Failing { inner: file.as_slice(), left };
        let error = DocumentIndex::<u64>::load(input, AclLimits::default()).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (LoadErrorKind::Io, left as u64));
        assert_eq!(error.source().unwrap().to_string(), "unplugged");
        assert_eq!(error.to_string(), format!("byte {left}: reading failed: unplugged"));
    }
}

#[test]
fn failing_output_is_an_error_at_every_offset() {
    let (index, _) = load(&small_file()).unwrap();
    let len = saved(&index, 300).len();
    for left in 0..len {
        let mut out = Vec::new();
        let error = index.save(300, Failing { inner: &mut out, left }).unwrap_err();
        assert_eq!(error.to_string(), "unplugged");
        assert_eq!(out, small_file()[..left]);
        load(&out).unwrap_err();
    }
    index.save(300, Failing { inner: Vec::new(), left: len }).unwrap();
}

/// An output that fails when it is flushed.
struct Unflushed;

impl Write for Unflushed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(io::Error::other("disk is full"))
    }
}

#[test]
fn output_that_cannot_be_flushed_is_an_error() {
    let (index, _) = load(&small_file()).unwrap();
    assert_eq!(index.save(0, Unflushed).unwrap_err().to_string(), "disk is full");
}

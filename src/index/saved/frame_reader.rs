//! Frames with checksums, from an input: [`FrameReader`].

use std::io::Read;

use crc32fast::Hasher;

use super::error::{Cause, LoadError};
use super::format::{HEAD_LEN, MAX_FRAME_LEN, SIGNATURE, Section, VERSION, take};

pub(super) struct FrameReader<R> {
    input: R,
    /// The checksum of all bytes so far, without the checksums.
    checksum: Hasher,
    /// The payload of the present frame.
    payload: Vec<u8>,
    /// The offset of the present frame.
    start: u64,
    /// The number of bytes that were read.
    end: u64,
}

impl<R: Read> FrameReader<R> {
    /// Reads the signature and the version.
    pub(super) fn new(input: R) -> Result<Self, LoadError> {
        let (checksum, payload) = (Hasher::new(), Vec::new());
        let mut file = Self { input, checksum, payload, start: 0, end: 0 };
        let complete = file.read(SIGNATURE.len())?;
        if !SIGNATURE.starts_with(&file.payload) {
            return Err(LoadError::new(0, Cause::NotAnIndex));
        }
        file.check(complete)?;
        file.start = file.end;
        let complete = file.read(size_of::<u32>())?;
        file.check(complete)?;
        let version = take(&mut file.payload()).map_or(0, u32::from_le_bytes);
        if version != VERSION {
            return Err(LoadError::new(file.start, Cause::UnsupportedVersion(version)));
        }
        file.checksum.update(&SIGNATURE);
        file.checksum.update(&file.payload);
        Ok(file)
    }

    /// Reads the next frame, which must belong to `section`. A frame with items is not empty.
    pub(super) fn next(&mut self, section: Section) -> Result<(), LoadError> {
        self.start = self.end;
        let complete = self.read(HEAD_LEN)?;
        self.check(complete)?;
        let mut head = self.payload();
        let found = take(&mut head).map_or(0, u8::from_le_bytes);
        let len = take(&mut head).map_or(0, u32::from_le_bytes) as usize;
        if len > MAX_FRAME_LEN {
            return Err(self.corrupt("a frame is too long"));
        }
        self.checksum.update(&self.payload);
        let complete = self.read(len + size_of::<u32>())?;
        self.check(complete)?;
        let stored = self.payload.last_chunk().copied().map(u32::from_le_bytes);
        self.payload.truncate(len);
        self.checksum.update(&self.payload);
        if stored != Some(self.checksum.clone().finalize()) {
            return Err(self.corrupt("a checksum is wrong"));
        }
        if found != section as u8 {
            return Err(self.corrupt("a section is missing or out of order"));
        }
        if self.payload.is_empty() {
            return Err(self.corrupt("a frame is empty"));
        }
        Ok(())
    }

    /// Returns the payload of the present frame.
    pub(super) fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Returns the offset of the present frame.
    pub(super) fn start(&self) -> u64 {
        self.start
    }

    /// Returns the error of a present frame that contradicts the rest of the file.
    #[cold]
    pub(super) fn corrupt(&self, what: &'static str) -> LoadError {
        LoadError::new(self.start, Cause::Corrupt(what))
    }

    /// Reads the last frame, and checks that the input ends after it.
    pub(super) fn finish(mut self) -> Result<(), LoadError> {
        let expected = self.end.to_le_bytes();
        self.next(Section::End)?;
        if self.payload != expected {
            return Err(self.corrupt("the length in the last frame is wrong"));
        }
        self.start = self.end;
        self.read(1)?;
        if self.payload.is_empty() { Ok(()) } else { Err(self.corrupt("data after the end")) }
    }

    /// Replaces the payload by the next `len` bytes. Returns `false` if the input ends before them.
    ///
    /// The buffer grows with the bytes that were read, so a wrong length takes no memory.
    fn read(&mut self, len: usize) -> Result<bool, LoadError> {
        self.payload.clear();
        let read = self.input.by_ref().take(len as u64).read_to_end(&mut self.payload);
        self.end += self.payload.len() as u64;
        match read {
            Ok(read) => Ok(read == len),
            Err(error) => Err(LoadError::new(self.end, Cause::Io(error))),
        }
    }

    fn check(&self, complete: bool) -> Result<(), LoadError> {
        if complete { Ok(()) } else { Err(LoadError::new(self.end, Cause::Truncated)) }
    }
}

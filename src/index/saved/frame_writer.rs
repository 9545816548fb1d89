//! Frames with checksums, to an output: [`FrameWriter`].

use std::io;

use crc32fast::Hasher;

use super::format::{HEAD_LEN, MAX_FRAME_LEN, SIGNATURE, Section, VERSION};

pub(super) struct FrameWriter<W> {
    out: W,
    /// The checksum of all bytes so far, without the checksums.
    checksum: Hasher,
    written: u64,
    frame: Vec<u8>,
}

impl<W: io::Write> FrameWriter<W> {
    /// Writes the signature and the version.
    pub(super) fn new(out: W) -> io::Result<Self> {
        let mut file = Self { out, checksum: Hasher::new(), written: 0, frame: Vec::new() };
        file.frame.extend(SIGNATURE);
        file.frame.extend(VERSION.to_le_bytes());
        file.checksum.update(&file.frame);
        file.write()?;
        Ok(file)
    }

    pub(super) fn push(&mut self, section: Section, payload: &[u8]) -> io::Result<()> {
        let len = u32::try_from(payload.len()).ok().filter(|&len| len as usize <= MAX_FRAME_LEN);
        let len =
            len.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a frame is too long"))?;
        self.frame.clear();
        self.frame.reserve(HEAD_LEN + payload.len() + size_of::<u32>());
        self.frame.push(section as u8);
        self.frame.extend(len.to_le_bytes());
        self.frame.extend(payload);
        self.checksum.update(&self.frame);
        self.frame.extend(self.checksum.clone().finalize().to_le_bytes());
        self.write()
    }

    /// Writes the last frame, which has the number of bytes before it. Flushes the output.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.push(Section::End, &self.written.to_le_bytes())?;
        self.out.flush()
    }

    fn write(&mut self) -> io::Result<()> {
        self.out.write_all(&self.frame)?;
        self.written += self.frame.len() as u64;
        Ok(())
    }
}

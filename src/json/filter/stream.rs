//! Filtering from a reader to a writer: [`copy`].

use std::io::{ErrorKind as IoKind, Read, Write};

use super::detect::{Detected, detect};
use super::pass::Pass;
use super::settings::Settings;
use super::{input, lines};
use crate::json::error::{Error, ErrorKind, Place};
use crate::json::format::Format;
use crate::json::report::FilterReport;
use crate::json::scan::{ScanError, ScanErrorKind};

/// The number of bytes that are read at once: 64 KiB. A block is still in the cache when it is written.
const BLOCK: usize = 64 << 10;

/// Filters the input of a reader.
pub(super) fn copy(
    settings: &Settings<'_>,
    reader: impl Read,
    mut writer: impl Write,
    mut progress: impl FnMut(&FilterReport),
) -> Result<FilterReport, Error> {
    let mut source =
        Source { reader, buffer: Vec::new(), filled: 0, ended: false, place: Place::START };
    let strategy = match settings.format {
        Format::Detect => source.detect(settings)?,
        Format::Lines => Strategy::Lines { if_single: None },
        Format::Array | Format::List => Strategy::Whole,
    };
    if let Strategy::Lines { if_single } = strategy {
        let report = source.lines(settings, writer, progress)?;
        return match if_single {
            Some(error) if report.documents() == 1 => Err(error),
            _ => Ok(report),
        };
    }
    source.read_whole(settings.max_response_len)?;
    let mut pass = Pass::new(settings);
    let text = source.filled();
    input::filter(&mut pass, text).map_err(|error| Error::new(&error, text, Place::START))?;
    let mut output = Vec::new();
    pass.edits.write(text, pass.report.visible(), &mut output);
    drop(source.buffer);
    let written = writer.write_all(&output);
    written.map_err(|error| Error::io(ErrorKind::Write, error, source.place))?;
    progress(&pass.report);
    Ok(pass.report)
}

/// The way in which an input is read.
enum Strategy {
    /// The input is read line by line. `if_single` is the error if the input has only one document.
    Lines { if_single: Option<Error> },
    /// The input is read as a whole.
    Whole,
}

/// A reader, and the text that was read and is not filtered yet.
struct Source<R> {
    reader: R,
    buffer: Vec<u8>,
    filled: usize,
    ended: bool,
    /// The place in the input where the buffer begins.
    place: Place,
}

impl<R: Read> Source<R> {
    fn filled(&self) -> &[u8] {
        self.buffer.get(..self.filled).unwrap_or_default()
    }

    /// Reads once, and records the end of the input. The buffer grows to at most `limit` and one block.
    fn fill(&mut self, limit: usize) -> Result<(), Error> {
        if self.filled == self.buffer.len() {
            let len = (2 * self.filled).min(limit.saturating_add(BLOCK));
            self.buffer.resize(len.max(self.filled + BLOCK), 0);
        }
        let spare = self.buffer.get_mut(self.filled..).unwrap_or_default();
        loop {
            match self.reader.read(spare) {
                Ok(0) => self.ended = true,
                Ok(count) => self.filled = (self.filled + count).min(self.buffer.len()),
                Err(error) if error.kind() == IoKind::Interrupted => continue,
                Err(error) => return Err(Error::io(ErrorKind::Read, error, self.place)),
            }
            return Ok(());
        }
    }

    fn read_whole(&mut self, limit: usize) -> Result<(), Error> {
        while !self.ended {
            self.fill(limit)?;
            if self.filled > limit {
                return Err(self.error(ScanErrorKind::ResponseTooLong, limit));
            }
        }
        Ok(())
    }

    /// Returns an error at an offset of the buffer.
    #[cold]
    fn error(&self, kind: ScanErrorKind, at: usize) -> Error {
        let error = ScanError { kind, at, start: 0, end: self.filled };
        Error::new(&error, self.filled(), self.place)
    }

    /// Reads the first line, and returns how to read the input.
    fn detect(&mut self, settings: &Settings<'_>) -> Result<Strategy, Error> {
        let limit = settings.max_document_len;
        let lines = Strategy::Lines { if_single: None };
        let start = self.skip_space(limit)?;
        let is_object = match self.filled().get(start) {
            Some(b'[') => return Ok(Strategy::Whole),
            first => first == Some(&b'{'),
        };
        let Some(end) = self.find_newline(start, start.saturating_add(limit))? else {
            // The line is longer than a document may be. If it is an object, it can only be a response.
            return Ok(if is_object { Strategy::Whole } else { lines });
        };
        let line = self.filled().get(..end).unwrap_or_default();
        match detect(settings, line) {
            Ok(Detected::Response | Detected::Array) => Ok(Strategy::Whole),
            Ok(Detected::Lines) => Ok(lines),
            Ok(Detected::SingleValue(error)) => {
                Ok(Strategy::Lines { if_single: Some(Error::new(&error, line, self.place)) })
            }
            // The value continues in the next line, so it is a response with line breaks.
            Err(error) if error.at >= end => Ok(Strategy::Whole),
            Err(error) => Err(Error::new(&error, line, self.place)),
        }
    }

    /// Reads until the buffer holds more than white space, or more than `limit` bytes of white space.
    /// Returns the offset after the white space.
    fn skip_space(&mut self, limit: usize) -> Result<usize, Error> {
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\t' | b'\r');
        let mut start = 0;
        loop {
            let rest = self.filled().get(start..).unwrap_or_default();
            start += rest.iter().take_while(|byte| is_space(byte)).count();
            if start < self.filled || self.ended || start > limit {
                return Ok(start);
            }
            self.fill(limit)?;
        }
    }

    /// Reads until the buffer holds a line break after `from`. Returns the offset of the line break, or of
    /// the end of the input. Returns `None` if the buffer has more than `limit` bytes and no line break.
    fn find_newline(&mut self, from: usize, limit: usize) -> Result<Option<usize>, Error> {
        let mut searched = from;
        loop {
            let rest = self.filled().get(searched..).unwrap_or_default();
            if let Some(at) = memchr::memchr(b'\n', rest) {
                return Ok(Some(searched + at));
            }
            searched = self.filled;
            if self.ended {
                return Ok(Some(searched));
            }
            if self.filled > limit {
                return Ok(None);
            }
            self.fill(limit)?;
        }
    }

    /// Filters lines to the end of the input. Each step filters all whole lines in the buffer.
    fn lines(
        mut self,
        settings: &Settings<'_>,
        mut writer: impl Write,
        mut progress: impl FnMut(&FilterReport),
    ) -> Result<FilterReport, Error> {
        let limit = settings.max_document_len;
        let mut pass = Pass::new(settings);
        pass.restart(Format::Lines);
        let mut output = Vec::new();
        loop {
            // When a line needs several reads, its first bytes are not moved and not searched again.
            let Some(newline) = self.find_newline(0, limit)? else {
                return Err(self.error(ScanErrorKind::DocumentTooLong, 0));
            };
            let rest = self.filled().get(newline..).unwrap_or_default();
            let end = match memchr::memrchr(b'\n', rest) {
                _ if self.ended => self.filled,
                last => newline + last.map_or(0, |at| at + 1),
            };
            let block = self.buffer.get(..end).unwrap_or_default();
            let result = filter_block(&mut pass, block, self.place, &mut output);
            let written = writer.write_all(&output);
            written.map_err(|error| Error::io(ErrorKind::Write, error, self.place))?;
            result?;
            progress(&pass.report);
            if self.ended {
                return Ok(pass.report);
            }
            self.place = self.place.behind(block);
            self.buffer.copy_within(end..self.filled, 0);
            self.filled -= end;
        }
    }
}

/// Filters whole lines into `output`. After an error, `output` has the lines before the mistake.
fn filter_block(
    pass: &mut Pass<'_>,
    block: &[u8],
    place: Place,
    output: &mut Vec<u8>,
) -> Result<(), Error> {
    pass.edits.clear();
    pass.before = place.offset;
    output.clear();
    let result = lines::filter(pass, block);
    let end = result.as_ref().map_or_else(|error| error.start, |()| block.len());
    pass.edits.write(block.get(..end).unwrap_or_default(), 0, output);
    result.map_err(|error| Error::new(&error, block, place))
}

//! From a reader to a writer.

use std::io::{ErrorKind as IoKind, Read, Write};

use super::document::Pass;
use super::error::{Error, ErrorKind, Place, ScanError, ScanErrorKind};
use super::scanner::Scanner;
use super::top_level::TopLevel;
use super::{Filter, FilterReport, Format, lines};

/// The number of bytes that are read at once: few enough to be still in the cache when they are
/// written.
const BLOCK: usize = 64 << 10;

/// Filters the input of a reader.
pub(super) fn copy(
    filter: &Filter<'_>,
    reader: impl Read,
    mut writer: impl Write,
    mut progress: impl FnMut(&FilterReport),
) -> Result<FilterReport, Error> {
    let mut source =
        Source { reader, buffer: Vec::new(), filled: 0, ended: false, place: Place::START };
    let start = match filter.format {
        Format::Detect => source.detect(filter)?,
        Format::Lines => Start::Lines { if_single: None },
        Format::Array | Format::List => Start::Whole,
    };
    if let Start::Lines { if_single } = start {
        let report = source.lines(filter, writer, progress)?;
        return match if_single {
            Some(error) if report.documents() == 1 => Err(error),
            _ => Ok(report),
        };
    }
    source.read_whole(filter.max_response_len)?;
    let (output, report) = filter.apply(source.filled())?;
    drop(source.buffer);
    let written = writer.write_all(&output);
    written.map_err(|error| Error::io(ErrorKind::Write, error, source.place))?;
    progress(&report);
    Ok(report)
}

/// How an input has to be read, as its first line shows.
enum Start {
    /// Line by line. The error is for an input that has no other document than the first.
    Lines { if_single: Option<Error> },
    /// As a whole.
    Whole,
}

/// A reader, and what has been read and not been used.
struct Source<R> {
    reader: R,
    buffer: Vec<u8>,
    filled: usize,
    ended: bool,
    /// Where in the input the buffer begins.
    place: Place,
}

impl<R: Read> Source<R> {
    fn filled(&self) -> &[u8] {
        self.buffer.get(..self.filled).unwrap_or_default()
    }

    /// Reads some more, unless there is no more. The buffer is never much longer than `limit`.
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
                let kind = ScanErrorKind::ResponseTooLong;
                let scan_error = ScanError { kind, at: limit, start: 0, end: self.filled };
                return Err(scan_error.error(self.filled(), self.place));
            }
        }
        Ok(())
    }

    /// Reads the first line, and returns how to read the input.
    fn detect(&mut self, filter: &Filter<'_>) -> Result<Start, Error> {
        let limit = filter.max_document_len;
        let start = self.skip_space(limit)?;
        let is_object = match self.filled().get(start) {
            Some(b'[') => return Ok(Start::Whole),
            first => first == Some(&b'{'),
        };
        let lines = Start::Lines { if_single: None };
        let Some(end) = self.find_newline(start, start.saturating_add(limit))? else {
            // No document is that long.
            return Ok(if is_object { Start::Whole } else { lines });
        };
        let line = self.filled().get(..end).unwrap_or_default();
        let mut scanner = Scanner::new(line);
        let top_level = TopLevel::scan(filter, &mut scanner);
        if !is_object && top_level.is_err() {
            return Ok(lines);
        }
        match top_level {
            Ok(TopLevel::Response) => Ok(Start::Whole),
            Ok(TopLevel::Other(kind))
                if !filter.matcher.allows_everything() && scanner.end().is_ok() =>
            {
                scanner.at = start;
                let error = scanner.scan_error(kind).error(line, self.place);
                Ok(Start::Lines { if_single: Some(error) })
            }
            Ok(_) => Ok(lines),
            // The value continues in the next line: a response, printed for people.
            Err(_) if scanner.at >= end => Ok(Start::Whole),
            Err(kind) => Err(scanner.scan_error(kind).error(line, self.place)),
        }
    }

    /// Reads until the buffer holds more than white space, or more than `limit` of it. Returns the
    /// offset of what is not white space.
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

    /// Reads until the buffer holds a line break behind `from`, and returns the offset of the line
    /// break, or of the end of the input. Returns `None` if the buffer holds more than `limit` bytes
    /// and no line break.
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

    fn lines(
        mut self,
        filter: &Filter<'_>,
        mut writer: impl Write,
        mut progress: impl FnMut(&FilterReport),
    ) -> Result<FilterReport, Error> {
        let limit = filter.max_document_len;
        let mut pass = Pass::new(filter);
        pass.report.format = Format::Lines;
        let mut output = Vec::new();
        loop {
            // The rest of a line is not moved, and not searched again, while more of it is read.
            let Some(newline) = self.find_newline(0, limit)? else {
                let kind = ScanErrorKind::DocumentTooLong;
                let scan_error = ScanError { kind, at: 0, start: 0, end: self.filled };
                return Err(scan_error.error(self.filled(), self.place));
            };
            let more = self.filled().get(newline..).unwrap_or_default();
            let end = match memchr::memrchr(b'\n', more) {
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

/// Filters whole lines. After an error the output are the lines before it.
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
    let end = result.as_ref().map_or_else(|scan_error| scan_error.start, |()| block.len());
    pass.edits.write(block.get(..end).unwrap_or_default(), 0, output);
    result.map_err(|scan_error| scan_error.error(block, place))
}

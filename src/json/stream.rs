//! From a reader to a writer.

use std::io::{ErrorKind as IoKind, Read, Write};

use super::document::Pass;
use super::error::{Error, ErrorKind, Fault, Faulty, Place};
use super::{Filter, Form, Outcome, lines, response};

/// How much is read at once: little enough to be still in the cache when it is written.
const BLOCK: usize = 64 << 10;

/// Filters what a reader gives.
pub(super) fn copy(
    filter: &Filter<'_>,
    reader: impl Read,
    mut writer: impl Write,
    mut watch: impl FnMut(&Outcome),
) -> Result<Outcome, Error> {
    let mut source =
        Source { reader, buffer: Vec::new(), filled: 0, ended: false, place: Place::START };
    let form = match filter.form {
        Form::Detect => source.detect(filter)?,
        form => form,
    };
    if form == Form::Lines {
        return source.lines(filter, writer, watch);
    }
    source.read_whole(filter.max_response_len)?;
    let (output, outcome) = filter.apply(source.filled())?;
    drop(source.buffer);
    let written = writer.write_all(&output);
    written.map_err(|error| Error::io(ErrorKind::Write, error, source.place))?;
    watch(&outcome);
    Ok(outcome)
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
                let fault = Fault::ResponseTooLong;
                let faulty = Faulty { fault, at: limit, start: 0, end: self.filled };
                return Err(faulty.error(self.filled(), self.place));
            }
        }
        Ok(())
    }

    /// Finds out what comes from its first line.
    fn detect(&mut self, filter: &Filter<'_>) -> Result<Form, Error> {
        let limit = filter.max_document_len;
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\t' | b'\r');
        let mut start = 0;
        let first = loop {
            let rest = self.filled().get(start..).unwrap_or_default();
            start += rest.iter().take_while(|byte| is_space(byte)).count();
            match self.filled().get(start) {
                None if !self.ended && start <= limit => self.fill(limit)?,
                first => break first,
            }
        };
        match first {
            Some(b'[') => return Ok(Form::Array),
            Some(b'{') => {}
            _ => return Ok(Form::Lines),
        }
        let mut searched = start;
        let end = loop {
            let rest = self.filled().get(searched..).unwrap_or_default();
            if let Some(at) = memchr::memchr(b'\n', rest) {
                break searched + at;
            }
            searched = self.filled;
            if self.ended {
                break searched;
            }
            if self.filled - start > limit {
                // No document is that long.
                return Ok(Form::List);
            }
            self.fill(limit)?;
        };
        let line = self.filled().get(..end).unwrap_or_default();
        match response::classify(filter, line) {
            // It goes on in the next line: a response, printed for people.
            Err(faulty) if faulty.at >= end => Ok(Form::List),
            Err(faulty) => Err(faulty.error(line, self.place)),
            Ok(form) => Ok(form),
        }
    }

    fn lines(
        mut self,
        filter: &Filter<'_>,
        mut writer: impl Write,
        mut watch: impl FnMut(&Outcome),
    ) -> Result<Outcome, Error> {
        let limit = filter.max_document_len;
        let mut pass = Pass::new(filter);
        pass.outcome.form = Form::Lines;
        let mut output = Vec::new();
        let mut searched = 0;
        loop {
            let unsearched = self.filled().get(searched..).unwrap_or_default();
            let newline = memchr::memrchr(b'\n', unsearched);
            let end =
                if self.ended { self.filled } else { newline.map_or(0, |at| searched + at + 1) };
            let block = self.buffer.get(..end).unwrap_or_default();
            let result = filter_block(&mut pass, block, self.place, &mut output);
            let written = writer.write_all(&output);
            written.map_err(|error| Error::io(ErrorKind::Write, error, self.place))?;
            result?;
            watch(&pass.outcome);
            if self.ended {
                return Ok(pass.outcome);
            }
            self.place = self.place.behind(block);
            self.buffer.copy_within(end..self.filled, 0);
            self.filled -= end;
            searched = self.filled;
            if self.filled > limit {
                let fault = Fault::DocumentTooLong;
                let faulty = Faulty { fault, at: 0, start: 0, end: self.filled };
                return Err(faulty.error(self.filled(), self.place));
            }
            self.fill(limit)?;
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
    let end = result.as_ref().map_or_else(|faulty| faulty.start, |()| block.len());
    pass.edits.write(block.get(..end).unwrap_or_default(), 0, output);
    result.map_err(|faulty| faulty.error(block, place))
}

//! Filtering from readers to writers gives the same results as in memory, for every size of reads.

use std::io::{self, Read, Write};

use proptest::prelude::*;
use rolegate::json::{ErrorKind, Filter, Format};

use super::strategies::{input, lines};
use super::{BIRTHDAYS, user_a};

/// A reader that returns at most the given number of bytes at once, and is interrupted before each read.
struct Slow<'a>(&'a [u8], usize, bool);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.2 = !self.2;
        if self.2 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let count = self.1.min(buffer.len()).min(self.0.len());
        let (now, later) = self.0.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.0 = later;
        Ok(count)
    }
}

/// A writer that accepts the given number of bytes and then fails.
struct Short(Vec<u8>, usize);

impl Write for Short {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(self.1 - self.0.len());
        self.0.extend_from_slice(&bytes[..count]);
        if count == 0 { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(count) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn birthdays_read_byte_by_byte_equal_those_in_memory() {
    let matcher = user_a();
    let filter = Filter::new(&matcher);
    let expected = filter.apply(BIRTHDAYS.as_bytes()).unwrap();
    let mut written = Vec::new();
    let report = filter.copy(Slow(BIRTHDAYS.as_bytes(), 1, false), &mut written).unwrap();
    assert_eq!((written, report), expected);
}

#[test]
fn lines_longer_than_a_block_are_filtered() {
    let matcher = user_a();
    let filter = Filter::new(&matcher);
    for len in [1, 65_000, 65_536, 131_072, 1_000_000] {
        let padding = "é".repeat(len);
        let mine = format!(r#"{{"a":"{padding}","$permissions":["read(\"any\")"]}}"#);
        let yours = format!(r#"{{"a":"{padding}","$permissions":["read(\"users\")"] }}"#);
        let none = format!(r#"{{"a":"{padding}"}}"#);
        let input = [mine.as_str(), &none, &yours, "", &none, &mine].join("\n");
        let mut written = Vec::new();
        let report = filter.copy(input.as_bytes(), &mut written).unwrap();
        assert_eq!(written, [mine.as_str(), &yours, "", &mine].join("\n").as_bytes());
        assert_eq!((report.visible(), report.removed()), (3, 2));
    }
}

#[test]
fn places_in_a_stream_count_from_its_start() {
    let matcher = user_a();
    let line = r#"{"$permissions":["read(\"any\")","rea"]}"#;
    let input = format!("{}\n{{\"a\":x}}\n{line}\n", vec![line; 10_000].join("\n"));
    let mut written = Vec::new();
    let filter = Filter::new(&matcher);
    let error = filter.copy(input.as_bytes(), &mut written).unwrap_err();
    assert_eq!((error.line(), error.column()), (10_001, 6));
    assert_eq!(error.offset(), input.find('x').unwrap() as u64);
    assert_eq!(
        written,
        [line, "\n"].concat().repeat(10_000).as_bytes(),
        "the lines before the error"
    );

    let good = input.replace('x', "1");
    let report = filter.copy(good.as_bytes(), io::sink()).unwrap();
    assert_eq!((report.visible(), report.malformed_permissions()), (10_001, 10_001));
    let malformed = &report.problems()[99];
    let expected = good.match_indices("\"rea\"").nth(99).unwrap().0;
    assert_eq!((malformed.document(), malformed.offset()), (99, expected as u64));
}

/// A read may end after a document of maximum length, and before its line break.
#[test]
fn line_of_maximum_length_passes_for_every_read_size() {
    let matcher = user_a();
    let line = "{\"$permissions\":[\"read(\\\"any\\\")\"]}";
    let len = line.len();
    // The input would be too long as a response.
    let filter = Filter::new(&matcher).max_document_len(len).max_response_len(len);
    for blank in ["", "\n\n", " \n"] {
        let input = format!("{blank}{line}\n{line}\n{line}");
        for step in len..=len + 4 {
            let mut written = Vec::new();
            let reader = Slow(input.as_bytes(), step, false);
            let report = filter.copy(reader, &mut written).unwrap();
            assert_eq!((report.format(), report.visible()), (Format::Lines, 3), "{input:?} {step}");
            assert_eq!(written, input.as_bytes());
        }
    }
}

#[test]
fn mistake_in_the_first_line_is_an_error_before_further_reads() {
    let matcher = user_a();
    let filter = Filter::new(&matcher).max_response_len(1000);
    let endless = b"{\"a\":x}\n".chain(io::repeat(b' '));
    let error = filter.copy(endless, io::sink()).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (ErrorKind::UnexpectedCharacter, 5));
}

#[test]
fn progress_reports_growing_counts() {
    let matcher = user_a();
    let line = "{\"$permissions\":[\"read(\\\"any\\\")\"]}\n{}\n";
    let input = line.repeat(10_000);
    let (mut written, mut seen) = (Vec::new(), Vec::new());
    let report = Filter::new(&matcher)
        .copy_with_progress(input.as_bytes(), &mut written, |report| seen.push(report.visible()))
        .unwrap();
    assert_eq!((report.visible(), report.removed()), (10_000, 10_000));
    assert_eq!(written.len(), (line.len() - "{}\n".len()) * 10_000);
    assert!(seen.len() > 2 && seen.is_sorted(), "{seen:?}");
    assert_eq!(seen.last(), Some(&10_000));
}

#[test]
fn reader_and_writer_errors_are_returned() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let matcher = user_a();
    for format in [Format::Detect, Format::List, Format::Lines] {
        let error = Filter::new(&matcher).format(format).copy(Broken, io::sink()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Read);
        assert_eq!(error.to_string(), "the disk is gone");
        let source = std::error::Error::source(&error).unwrap();
        assert_eq!(source.to_string(), "the disk is gone");
        let error = Filter::new(&matcher).copy(BIRTHDAYS.as_bytes(), Short(Vec::new(), 5));
        let error = error.unwrap_err();
        assert_eq!(error.io_error().unwrap().kind(), io::ErrorKind::BrokenPipe);
    }
    let line = "{\"$permissions\":[\"read(\\\"any\\\")\"]}\n";
    let error = Filter::new(&matcher).copy(line.as_bytes(), Short(Vec::new(), 5)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Write);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn stream_result_equals_that_in_memory(input in input(), step in 1..40_usize) {
        let matcher = user_a();
        for format in [Format::Detect, Format::List, Format::Array, Format::Lines] {
            let filter = Filter::new(&matcher).format(format);
            let mut written = Vec::new();
            let copied = filter.copy(Slow(input.as_bytes(), step, false), &mut written);
            match (filter.apply(input.as_bytes()), copied) {
                (Ok((output, expected)), Ok(report)) => {
                    prop_assert_eq!(&written, &output, "{}", input);
                    prop_assert_eq!(report, expected, "{}", input);
                }
                (Err(expected), Err(error)) => {
                    if format != Format::Detect {
                        prop_assert_eq!(error.to_string(), expected.to_string(), "{}", input);
                        prop_assert_eq!(error.offset(), expected.offset(), "{}", input);
                    }
                }
                (expected, copied) => {
                    prop_assert!(false, "{}: {:?}, {:?}", input, expected, copied);
                }
            }
        }
    }

    #[test]
    fn output_before_an_error_is_whole_visible_lines(
        input in lines(),
        cut in any::<prop::sample::Index>(),
        step in 1..40_usize,
    ) {
        let matcher = user_a();
        let filter = Filter::new(&matcher).format(Format::Lines);
        let whole = filter.apply(input.as_bytes());
        let cut = &input.as_bytes()[..cut.index(input.len() + 1)];
        let mut written = Vec::new();
        let result = filter.copy(Slow(cut, step, false), &mut written);
        if let Ok((whole, _)) = whole {
            prop_assert!(whole.starts_with(&written), "{}", input);
        }
        if result.is_err() && !written.is_empty() {
            prop_assert_eq!(written.last(), Some(&b'\n'), "{}", input);
        }
        prop_assert!(filter.apply(&written).is_ok(), "{}", input);
    }
}

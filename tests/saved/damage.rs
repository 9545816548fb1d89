//! Truncated and corrupt files.

use rolegate::index::LoadErrorKind;

use super::{load, small_file};

#[test]
fn truncated_file_is_refused_at_every_length() {
    let file = small_file();
    for len in 0..file.len() {
        let error = load(&file[..len]).unwrap_err();
        assert_eq!(error.kind(), LoadErrorKind::Truncated, "{len} bytes: {error}");
        assert_eq!(error.offset(), len as u64, "{error}");
    }
}

#[test]
fn corrupt_byte_is_refused_at_every_offset() {
    let file = small_file();
    for at in 0..file.len() {
        for bits in 1..=u8::MAX {
            let mut corrupt = file.clone();
            corrupt[at] ^= bits;
            let error = load(&corrupt).unwrap_err();
            let expected = match at {
                0..8 => &[LoadErrorKind::NotAnIndex][..],
                8..12 => &[LoadErrorKind::UnsupportedVersion],
                // A wrong length of a frame can reach beyond the end.
                _ => &[LoadErrorKind::Corrupt, LoadErrorKind::Truncated],
            };
            assert!(expected.contains(&error.kind()), "byte {at}, bits {bits:#x}: {error}");
        }
    }
}

#[test]
fn data_after_the_end_is_refused() {
    for more in [&[0][..], b"\n", &small_file()] {
        let file = [small_file(), more.to_vec()].concat();
        let error = load(&file).unwrap_err();
        assert_eq!(error.kind(), LoadErrorKind::Corrupt);
        assert_eq!(error.offset(), small_file().len() as u64);
        assert!(error.to_string().contains("data after the end"), "{error}");
    }
}

#[test]
fn input_that_is_not_an_index_is_named_as_such() {
    for input in [&b"{\"total\": 0}"[..], b"RIFF", b"rolegatX", &[0; 100]] {
        let error = load(input).unwrap_err();
        assert_eq!(error.kind(), LoadErrorKind::NotAnIndex, "{error}");
        assert_eq!(error.offset(), 0);
    }
    assert_eq!(
        load(b"SQLite format 3\0").unwrap_err().to_string(),
        "byte 0: not a saved index; load a file that `IndexSnapshot::save` has written"
    );
}

#[test]
fn later_version_is_named() {
    let mut file = small_file();
    file[8] = 2;
    assert_eq!(
        load(&file).unwrap_err().to_string(),
        "byte 8: expected version 1 of the format, found 2; load the file with the version of \
         rolegate that saved it, or insert the documents again"
    );
}

//! A length in a saved index takes no memory that was not read.

use allocation_counter::measure;
use rolegate::AclLimits;
use rolegate::index::{DocumentIndex, SavedKey};

/// The bytes that a small input may take: buffers of the reader, an empty table and a message.
const ANYWAY: u64 = 16 << 10;

#[path = "../support/saved.rs"]
#[allow(dead_code, reason = "the other tests use the rest")]
mod format;

#[path = "../support/recogniser.rs"]
#[allow(dead_code, reason = "the other tests use the rest")]
mod recogniser;

/// Checks the bytes that are allocated at once while a file is refused.
fn check_refused<K: SavedKey + Ord + Clone>(file: &[u8]) {
    let load = || DocumentIndex::<K>::load(file, AclLimits::default()).err();
    let bytes = measure(|| assert!(load().is_some())).bytes_max;
    assert!(bytes <= ANYWAY, "{bytes} bytes for a file of {}", file.len());
}

#[test]
fn wrong_lengths_take_no_memory() {
    let header = format::header(0, 1 << 30, 1, u32::MAX, "u64");
    let frames = [header, format::roles(&["any"]), format::lists(&[vec![(0, 2)]])];
    let long_list = (format::LISTS, u32::MAX.to_le_bytes().to_vec());
    for file in [
        format::file(&frames[..1]),
        format::file(&frames[..2]),
        format::file(&frames),
        format::complete_file(&frames),
        format::complete_file(&[frames[0].clone(), frames[1].clone(), long_list]),
    ] {
        // A frame that claims to have the greatest length.
        let long_frame = [file.clone(), vec![4, 0, 0, 0x11, 0]].concat();
        let longest_frame = [file.clone(), vec![4, 0xff, 0xff, 0xff, 0xff]].concat();
        for file in [file, long_frame, longest_frame] {
            check_refused::<u64>(&file);
        }
    }
    let text = format::header(0, 1, 0, 1, "text");
    let long_key = (format::DOCUMENTS, [[0; 4], [0xff; 4]].concat());
    check_refused::<String>(&format::file(&[text, format::lists(&[vec![]]), long_key]));
}

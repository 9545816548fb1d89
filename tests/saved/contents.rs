//! Wrong contents with right checksums.

use rolegate::AclLimits;
use rolegate::index::{DocumentIndex, LoadErrorKind};

use super::{load, saved, small_file};
use crate::support::saved::{
    DOCUMENTS, Frame, LISTS, ROLES, check_load, complete_file, documents, file, frames, header,
    lists, roles,
};

const READ: u32 = 2;
const WRITE: u32 = 13;

/// The frames of `small_file`.
fn small_frames() -> [Frame; 4] {
    [
        header(300, 4, 2, 3, "u64"),
        roles(&["any", "user:ann"]),
        lists(&[vec![(0, READ)], vec![(0, READ), (1, WRITE)], vec![]]),
        documents(&[(1, 0), (2, 1), (3, 2), (u64::MAX, 0)]),
    ]
}

/// Loads the frames of `small_file` after a change.
fn load_changed(change: impl FnOnce(&mut [Frame; 4])) -> Result<(), String> {
    let mut frames = small_frames();
    change(&mut frames);
    match load(&complete_file(&frames)) {
        Ok(_) => Ok(()),
        Err(error) => {
            assert_eq!(error.kind(), LoadErrorKind::Corrupt, "{error}");
            Err(error.to_string())
        }
    }
}

#[test]
fn file_has_the_documented_bytes() {
    let file = small_file();
    assert_eq!(file, complete_file(&small_frames()));
    // The roles are in the second frame, after 12 bytes and a frame of 9 + 27 bytes.
    assert_eq!(file[..12], *b"rolegate\x01\0\0\0");
    assert_eq!(file[48..66], *b"\x02\x0d\0\0\0\x03any\x08user:ann");
    assert_eq!(file.len(), 12 + 36 + (9 + 13) + (9 + 24) + (9 + 48) + (9 + 8));
}

#[test]
fn wrong_content_is_refused_with_its_reason() {
    let number = |number: u32| number.to_le_bytes().to_vec();
    let cases: Vec<(&str, Frame)> = vec![
        ("the header is too short", (1, vec![0; 23])),
        ("the number of roles is wrong", header(0, 4, 1, 3, "u64")),
        ("a section is missing or out of order", header(0, 4, 3, 3, "u64")),
        ("the number of lists is wrong", header(0, 4, 2, 2, "u64")),
        ("a section is missing or out of order", header(0, 4, 2, 4, "u64")),
        ("the number of documents is wrong", header(0, 3, 2, 3, "u64")),
        ("a section is missing or out of order", header(0, 5, 2, 3, "u64")),
        ("a section is missing or out of order", header(0, 1 << 30, 2, 3, "u64")),
        ("more documents than an index can have", header(0, (1 << 30) + 1, 2, 3, "u64")),
        ("a frame is empty", (ROLES, vec![])),
        ("a role is repeated", roles(&["any", "any"])),
        ("a role is malformed", roles(&["any", "user:"])),
        ("a role is malformed", roles(&["any", "User:ann"])),
        ("a role is malformed", roles(&["any", "user:ann "])),
        ("a role is malformed", roles(&["any", ""])),
        ("a role is malformed", (ROLES, b"\x03any\x02\xff\xff".to_vec())),
        ("a role is incomplete", (ROLES, b"\x03any\x09user:ann".to_vec())),
        ("the number of roles is wrong", roles(&["any", "user:ann", "user:ben"])),
        ("a list is repeated", lists(&[vec![(0, READ)], vec![(0, READ)], vec![(1, READ)]])),
        ("a list is repeated", lists(&[vec![], vec![], vec![(0, READ), (1, READ)]])),
        ("a role is named by no list", lists(&[vec![(0, READ)], vec![], vec![(0, WRITE)]])),
        ("the roles are out of order", lists(&[vec![(1, READ)], vec![(0, READ)], vec![]])),
        ("the grants of a list are out of order", lists(&[vec![(0, READ), (0, WRITE)], vec![]])),
        ("a grant has no action", lists(&[vec![(0, 0)], vec![(0, READ), (1, READ)], vec![]])),
        ("a grant is for an unknown role", lists(&[vec![(0, READ)], vec![(2, READ)], vec![]])),
        ("a list has more grants than there are roles", (LISTS, number(3))),
        ("a list has more grants than there are roles", (LISTS, number(u32::MAX))),
        ("a list is incomplete", (LISTS, vec![1, 0, 0, 0, 2])),
        ("a section is missing or out of order", (LISTS, number(0))),
        ("a section is missing or out of order", (LISTS, [number(0), number(2)].concat())),
        ("a document has an unknown list", documents(&[(1, 0), (2, 1), (3, 3), (4, 0)])),
        ("the documents are out of order", documents(&[(1, 0), (3, 1), (2, 2), (4, 0)])),
        ("the documents are out of order", documents(&[(1, 0), (2, 1), (2, 1), (4, 0)])),
        ("a section is missing or out of order", documents(&[(1, 0), (2, 1), (3, 2)])),
        ("the number of documents is wrong", documents(&[(1, 0), (2, 1), (3, 2), (4, 0), (5, 0)])),
        ("a key is malformed", (DOCUMENTS, vec![0; 11])),
        ("a document is incomplete", (DOCUMENTS, vec![0; 3])),
    ];
    for (reason, frame) in cases {
        let place = usize::from(frame.0) - 1;
        let error = load_changed(|frames| frames[place] = frame.clone()).unwrap_err();
        let expected = format!(
            ": the file is corrupt: {reason}; load an earlier file, or insert the documents again"
        );
        assert!(error.ends_with(&expected), "{reason}: {frame:?}: {error}");
    }
    assert_eq!(load_changed(|_| ()), Ok(()));
}

#[test]
fn incomplete_list_before_the_documents_is_refused() {
    let more = [lists(&[vec![(0, READ)], vec![(1, READ)], vec![]]).1, vec![1, 0, 0, 0]].concat();
    let error = load_changed(|frames| frames[2].1 = more).unwrap_err();
    assert!(error.contains("the number of lists is wrong"), "{error}");
}

#[test]
fn wrong_length_in_the_last_frame_is_refused() {
    let len = small_file().len() as u64 - 17;
    for wrong in [0, len - 1, len + 1, u64::MAX] {
        let frames = [&small_frames()[..], &[(5, wrong.to_le_bytes().to_vec())]].concat();
        let error = load(&file(&frames)).unwrap_err().to_string();
        assert!(error.contains("the length in the last frame is wrong"), "{error}");
    }
    let frames = [&small_frames()[..], &[(5, len.to_le_bytes().to_vec())]].concat();
    assert_eq!(load(&file(&frames)).unwrap().1, 300);
}

#[test]
fn moved_frames_with_their_own_checksums_are_refused() {
    let two = [(LISTS, vec![0; 4]), (LISTS, vec![1, 0, 0, 0, 2, 0, 0, 0])];
    let frames = [vec![header(0, 0, 1, 2, "u64"), roles(&["any"])], two.to_vec()].concat();
    let file = complete_file(&frames);
    assert!(check_load(&file));
    // Both frames of lists, with their checksums.
    let (start, between, end) = (12 + 36 + 13, 12 + 36 + 13 + 13, 12 + 36 + 13 + 13 + 17);
    let moved = [&file[..start], &file[between..end], &file[start..between], &file[end..]].concat();
    let error = load(&moved).unwrap_err().to_string();
    assert!(error.contains("a checksum is wrong"), "{error}");
}

#[test]
fn frames_of_any_length_are_loaded() {
    let [header, roles, lists, documents] = small_frames();
    let split = |frame: &Frame, len: usize| -> Vec<Frame> {
        frame.1.chunks(len).map(|part| (frame.0, part.to_vec())).collect()
    };
    let frames = [vec![header], vec![roles], split(&lists, 4), split(&documents, 12)].concat();
    let (index, position) = load(&complete_file(&frames)).unwrap();
    assert_eq!(saved(&index, position), small_file());
}

#[test]
fn unused_lists_of_a_file_are_compacted() {
    let count = 40_000_u32;
    let texts: Vec<String> = (0..count).map(|role| format!("user:u{role}")).collect();
    let all: Vec<_> = (0..count).map(|role| vec![(role, READ)]).collect();
    let frames = [
        header(0, 1, count, count, "u64"),
        roles(&texts),
        lists(&all),
        documents(&[(9, count - 1)]),
    ];
    let (index, _) = load(&complete_file(&frames)).unwrap();
    assert_eq!((index.len(), index.table().len()), (1, 1));
    let roles: Vec<_> = index.table().roles().map(|role| role.to_string()).collect();
    assert_eq!(roles, ["user:u39999"]);
}

#[test]
fn lists_beyond_the_limits_are_refused() {
    let limits = |change: fn(&mut AclLimits)| {
        let mut limits = AclLimits { lists: 3, roles: 2, grants: 3, role_bytes: 11 };
        change(&mut limits);
        limits
    };
    let load = |limits| DocumentIndex::<u64>::load(small_file().as_slice(), limits);
    load(limits(|_| ())).unwrap().0.internal_validate().unwrap();
    for (limits, full) in [
        (limits(|limits| limits.lists = 2), "table is full: 2 lists"),
        (limits(|limits| limits.roles = 1), "table is full: 1 role"),
        (limits(|limits| limits.grants = 2), "table is full: 2 grants"),
        (limits(|limits| limits.role_bytes = 10), "table is full: 10 bytes of role text"),
    ] {
        let error = load(limits).unwrap_err();
        assert_eq!(error.kind(), LoadErrorKind::Full);
        let source = std::error::Error::source(&error).unwrap();
        assert_eq!(source.to_string(), full);
        let expected = format!("{full}; raise `AclLimits`, or use fewer lists");
        assert!(error.to_string().ends_with(&expected), "{error}");
    }
}

#[test]
fn loaded_index_keeps_the_limits() {
    let limits = AclLimits { lists: 3, ..AclLimits::default() };
    let (mut index, _) = DocumentIndex::<u64>::load(small_file().as_slice(), limits).unwrap();
    index.insert(9, [r#"read("any")"#]).unwrap();
    index.insert(9, [r#"read("user:new")"#]).unwrap_err();
    index.internal_validate().unwrap();
}

#[test]
fn second_implementation_reads_what_was_written() {
    assert_eq!(frames(&small_file()), small_frames());
}

//! A second implementation of the format of saved indexes: frames and their checksums.

use rolegate::AclLimits;
use rolegate::index::DocumentIndex;

/// The sections of the format.
pub const HEADER: u8 = 1;
pub const ROLES: u8 = 2;
pub const LISTS: u8 = 3;
pub const DOCUMENTS: u8 = 4;
pub const END: u8 = 5;

/// The bytes before the first frame.
const START: [u8; 12] = *b"rolegate\x01\0\0\0";

/// A frame: its section and its payload.
pub type Frame = (u8, Vec<u8>);

/// Writes frames with their checksums.
pub fn file(frames: &[Frame]) -> Vec<u8> {
    let (mut file, mut covered) = (START.to_vec(), START.to_vec());
    for (section, payload) in frames {
        let mut frame = vec![*section];
        frame.extend(u32::try_from(payload.len()).unwrap().to_le_bytes());
        frame.extend(payload);
        covered.extend(&frame);
        file.extend(frame);
        file.extend(crc32(&covered).to_le_bytes());
    }
    file
}

/// Writes frames, and the last frame with the length of the file.
pub fn complete_file(frames: &[Frame]) -> Vec<u8> {
    let len = file(frames).len() as u64;
    let end = (END, len.to_le_bytes().to_vec());
    file(&frames.iter().cloned().chain([end]).collect::<Vec<_>>())
}

/// Reads the frames of a file without the last one, and does not check them.
pub fn frames(file: &[u8]) -> Vec<Frame> {
    let mut rest = &file[START.len()..];
    let mut frames = Vec::new();
    while let [section, a, b, c, d, after @ ..] = rest {
        let len = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
        frames.push((*section, after[..len].to_vec()));
        rest = &after[len + 4..];
    }
    assert_eq!(frames.pop().unwrap().0, END);
    frames
}

/// Returns what the file says, without the borders of frames: the payload of each section.
pub fn sections(file: &[u8]) -> [Vec<u8>; 4] {
    let frames = frames(file);
    [HEADER, ROLES, LISTS, DOCUMENTS].map(|section| {
        let payloads = frames.iter().filter(|frame| frame.0 == section);
        payloads.flat_map(|(_, payload)| payload.clone()).collect()
    })
}

/// Returns the header of an index with these numbers.
pub fn header(position: u64, documents: u64, roles: u32, lists: u32, key_type: &str) -> Frame {
    let mut payload = position.to_le_bytes().to_vec();
    payload.extend(documents.to_le_bytes());
    payload.extend(roles.to_le_bytes());
    payload.extend(lists.to_le_bytes());
    payload.extend(key_type.as_bytes());
    (HEADER, payload)
}

/// Returns a frame of roles.
pub fn roles<S: AsRef<str>>(roles: &[S]) -> Frame {
    let role = |text: &str| [vec![u8::try_from(text.len()).unwrap()], text.into()].concat();
    (ROLES, roles.iter().flat_map(|text| role(text.as_ref())).collect())
}

/// Returns a frame of lists. Each list has roles and the bits of their actions.
pub fn lists(lists: &[Vec<(u32, u32)>]) -> Frame {
    let grants = |list: &[(u32, u32)]| -> Vec<u32> {
        list.iter().map(|(role, actions)| role << 4 | actions).collect()
    };
    let len = |list: &[(u32, u32)]| u32::try_from(list.len()).unwrap();
    let numbers = lists.iter().flat_map(|list| [vec![len(list)], grants(list)].concat());
    (LISTS, numbers.flat_map(u32::to_le_bytes).collect())
}

/// Returns a frame of documents, with keys of eight bytes.
pub fn documents(documents: &[(u64, u32)]) -> Frame {
    let document = |(key, list): &(u64, u32)| {
        [list.to_le_bytes().to_vec(), key.to_le_bytes().to_vec()].concat()
    };
    (DOCUMENTS, documents.iter().flat_map(document).collect())
}

/// The CRC-32 of IEEE 802.3, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            crc >> 1 ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

/// Loads a file with keys of eight bytes. It must be refused, or the index must have exactly what the file
/// says. Returns `true` if it was loaded.
pub fn check_load(file: &[u8]) -> bool {
    let Ok((index, position)) = DocumentIndex::<u64>::load(file, AclLimits::default()) else {
        return false;
    };
    index.internal_validate().unwrap();
    let mut again = Vec::new();
    index.save(position, &mut again).unwrap();
    assert_eq!(sections(&again), sections(file), "the index says something else than its file");
    true
}

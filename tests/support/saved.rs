//! A second implementation of the format of saved indexes: frames and their checksums.

use std::collections::BTreeSet;

use rolegate::index::DocumentIndex;
use rolegate::{AclLimits, Action, Principal};

use super::recogniser::is_role;

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

/// What a file says, as plain collections.
#[derive(Clone, Debug)]
pub struct Contents {
    pub position: u64,
    /// At most 255 bytes each.
    pub roles: Vec<String>,
    /// The roles of each list, with the bits of their actions.
    pub lists: Vec<Vec<(u32, u32)>>,
    /// Keys with the numbers of their lists.
    pub documents: Vec<(u64, u32)>,
}

impl Contents {
    /// Returns the frames, which have at most `items` roles, numbers of lists or documents each.
    pub fn frames(&self, items: usize) -> Vec<Frame> {
        let len = |len: usize| u32::try_from(len).unwrap();
        let (all_roles, all_lists) = (len(self.roles.len()), len(self.lists.len()));
        let documents_len = self.documents.len() as u64;
        let mut frames = vec![header(self.position, documents_len, all_roles, all_lists, "u64")];
        frames.extend(self.roles.chunks(items).map(roles));
        let numbers = lists(&self.lists).1;
        frames.extend(numbers.chunks(items * 4).map(|part| (LISTS, part.to_vec())));
        frames.extend(self.documents.chunks(items).map(documents));
        frames
    }

    /// Returns `true` if an index can have these contents.
    pub fn is_valid(&self) -> bool {
        self.roles_are_valid() && self.lists_are_valid() && self.documents_are_valid()
    }

    fn roles_are_valid(&self) -> bool {
        let distinct: BTreeSet<&String> = self.roles.iter().collect();
        distinct.len() == self.roles.len() && self.roles.iter().all(|role| is_role(role))
    }

    fn lists_are_valid(&self) -> bool {
        let distinct: BTreeSet<_> = self.lists.iter().collect();
        let mut first_uses: Vec<u32> = Vec::new();
        for (role, _) in self.lists.iter().flatten() {
            if !first_uses.contains(role) {
                first_uses.push(*role);
            }
        }
        distinct.len() == self.lists.len()
            && self.lists.iter().all(|list| list.is_sorted_by(|(one, _), (other, _)| one < other))
            && self.lists.iter().flatten().all(|(_, actions)| (1..16).contains(actions))
            && first_uses.into_iter().map(|role| role as usize).eq(0..self.roles.len())
    }

    fn documents_are_valid(&self) -> bool {
        self.documents.is_sorted_by(|(one, _), (other, _)| one < other)
            && self.documents.iter().all(|(_, list)| (*list as usize) < self.lists.len())
    }

    /// Loads a file with these contents. It must be loaded if and only if they are valid, and each document
    /// must be visible to the roles that its list names.
    pub fn check(&self, items: usize) {
        let file = complete_file(&self.frames(items));
        assert_eq!(check_load(&file), self.is_valid(), "{self:?}");
        let Ok((index, position)) = DocumentIndex::<u64>::load(&*file, AclLimits::default()) else {
            return;
        };
        assert_eq!((index.len(), position), (self.documents.len(), self.position));
        for (role, text) in (0..).zip(&self.roles) {
            let principal = Principal::parse_roles([text]).unwrap();
            for action in Action::ALL {
                let grants = |grant: &&(u32, u32)| grant.0 == role && grant.1 & action as u32 != 0;
                let may = |list: u32| self.lists[list as usize].iter().find(grants).is_some();
                let expected = self.documents.iter().filter(|(_, list)| may(*list));
                let visible = index.table().resolve(&principal, action);
                assert!(index.after(&visible, None).eq(expected.map(|(key, _)| key)), "{self:?}");
            }
        }
    }
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

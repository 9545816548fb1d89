//! The target `saved_index`: a file, frames with right checksums, or contents in the right frames.

use arbitrary::{Arbitrary, Unstructured};
use rolegate::AclLimits;
use rolegate::index::{DocumentIndex, SavedKey};

use crate::support::saved::{Contents, check_load, complete_file};
use crate::table::Name;

/// Loads the input as its first byte says. An index must have exactly what its file says.
pub fn saved_index(data: &[u8]) {
    let Some((kind, data)) = data.split_first() else { return };
    let mut bytes = Unstructured::new(data);
    match kind % 4 {
        0 => load_bytes(data),
        1 => {
            if let Ok(frames) = bytes.arbitrary::<Vec<(u8, Vec<u8>)>>() {
                load_bytes(&complete_file(&frames));
            }
        }
        2 => {
            if let Ok(file) = bytes.arbitrary::<DamagedFile>() {
                file.check();
            }
        }
        _ => {
            if let Ok(file) = bytes.arbitrary::<File>() {
                Contents::from(&file).check(file.items());
            }
        }
    }
}

/// Loads a file with keys of several types.
fn load_bytes(file: &[u8]) {
    check_load(file);
    load_as::<String>(file);
    load_as::<(u8, Vec<u8>)>(file);
}

fn load_as<K: SavedKey + Ord + Clone>(file: &[u8]) {
    if let Ok((index, _)) = DocumentIndex::<K>::load(file, AclLimits::default()) {
        index.internal_validate().unwrap();
    }
}

/// Contents that are mostly valid.
#[derive(Arbitrary, Debug)]
struct File {
    position: u64,
    items: u8,
    roles: Vec<RoleText>,
    /// For each grant: the distance to the role before it, and the actions.
    lists: Vec<Vec<(u8, u8)>>,
    /// For each document: the distance to the key before it, and the list.
    documents: Vec<(u8, u8)>,
}

#[derive(Arbitrary, Debug)]
enum RoleText {
    Numbered,
    Name(Name),
    Any(String),
}

impl File {
    /// The maximum number of roles, numbers or documents in a frame: 1 to 256.
    fn items(&self) -> usize {
        usize::from(self.items) + 1
    }
}

impl From<&File> for Contents {
    fn from(file: &File) -> Self {
        let role = |(number, role): (usize, &RoleText)| match role {
            RoleText::Numbered => format!("user:{}", number + 1),
            RoleText::Name(name) => name.into(),
            RoleText::Any(text) => text.chars().take(60).collect(),
        };
        let list = |list: &Vec<(u8, u8)>| {
            let grant = |role: &mut u32, &(distance, actions): &(u8, u8)| {
                let number = *role + u32::from(distance);
                *role = number + 1;
                Some((number, u32::from(actions & 15)))
            };
            list.iter().scan(0, grant).collect()
        };
        let lists: Vec<Vec<_>> = file.lists.iter().map(list).collect();
        let document = |last: &mut u64, &(distance, list): &(u8, u8)| {
            *last += u64::from(distance);
            // One number is beyond the last list.
            Some((*last, u32::from(list) % (lists.len() as u32 + 1)))
        };
        Self {
            position: file.position,
            roles: file.roles.iter().enumerate().map(role).collect(),
            documents: file.documents.iter().scan(0, document).collect(),
            lists,
        }
    }
}

/// A file with some wrong bytes and right checksums.
#[derive(Arbitrary, Debug)]
struct DamagedFile {
    file: File,
    /// For each wrong byte: the frame, the offset, and the bits to flip.
    damage: Vec<(u8, u16, u8)>,
}

impl DamagedFile {
    fn check(&self) {
        let mut frames = Contents::from(&self.file).frames(self.file.items());
        for (frame, at, bits) in &self.damage {
            let frame = usize::from(*frame) % frames.len();
            let payload = &mut frames[frame].1;
            let at = usize::from(*at) % payload.len().max(1);
            if let Some(byte) = payload.get_mut(at) {
                *byte ^= bits;
            }
        }
        check_load(&complete_file(&frames));
    }
}

//! The parts of a saved index: the signature, the sections and the [`Header`].

/// The first bytes of a saved index.
pub(super) const SIGNATURE: [u8; 8] = *b"rolegate";

/// The version of the format, which follows the signature. A change of the format needs a new version.
pub(super) const VERSION: u32 = 1;

/// The payload after which a frame is complete: 64 KiB. Frames of this length are read about as fast as
/// longer ones.
pub(super) const FRAME_LEN: usize = 1 << 16;

/// The longest encoding of a key: 1 MiB. It bounds the payload of a frame.
pub(super) const MAX_KEY_LEN: usize = 1 << 20;

/// The longest payload. A frame ends with the item that completes it, and the longest item is a document.
pub(super) const MAX_FRAME_LEN: usize = FRAME_LEN + size_of::<u32>() + MAX_KEY_LEN;

/// The bytes before the payload of a frame: the section and the length.
pub(super) const HEAD_LEN: usize = 5;

/// A section of the file. A section has frames of its own, and the sections have this order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Section {
    Header = 1,
    Roles = 2,
    Lists = 3,
    Documents = 4,
    End = 5,
}

/// The content of the first frame.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Header {
    pub(super) position: u64,
    pub(super) documents: u64,
    pub(super) roles: u32,
    pub(super) lists: u32,
    /// The name of the key type. It is compared and never interpreted.
    pub(super) key_type: Vec<u8>,
}

impl Header {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut payload = Vec::new();
        payload.extend(self.position.to_le_bytes());
        payload.extend(self.documents.to_le_bytes());
        payload.extend(self.roles.to_le_bytes());
        payload.extend(self.lists.to_le_bytes());
        payload.extend(&self.key_type);
        payload
    }

    /// Returns `None` if the payload is too short.
    pub(super) fn decode(mut payload: &[u8]) -> Option<Self> {
        let input = &mut payload;
        Some(Self {
            position: u64::from_le_bytes(take(input)?),
            documents: u64::from_le_bytes(take(input)?),
            roles: u32::from_le_bytes(take(input)?),
            lists: u32::from_le_bytes(take(input)?),
            key_type: input.to_vec(),
        })
    }
}

/// Removes the first `N` bytes of the input and returns them. Returns `None` if the input is shorter.
pub(super) fn take<const N: usize>(input: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = input.split_first_chunk()?;
    *input = rest;
    Some(*first)
}

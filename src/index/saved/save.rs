//! Saving an index.

use std::io;
use std::ops::Range;

use super::format::{FRAME_LEN, Header, MAX_FRAME_LEN, MAX_KEY_LEN, Section};
use super::frame_writer::FrameWriter;
use super::key::SavedKey;
use crate::acl::AclTable;
use crate::index::IndexSnapshot;
use crate::packed::to_u32;

/// The number of lists whose roles are counted under one lock: 65,536.
const LISTS_PER_LOCK: u32 = 1 << 16;

impl<K: SavedKey> IndexSnapshot<K> {
    /// Saves the documents with their lists. [`DocumentIndex::load`](super::super::DocumentIndex::load) reads them
    /// again in far less time than insertion takes. The index can change while a snapshot is saved.
    ///
    /// `position` is a number of the host, and `load` returns it. It is the number of the last change in
    /// the index, such as a sequence number or the offset in a log. Changes after it are not in the file.
    ///
    /// # Security
    ///
    /// - **An old file grants again what was revoked since.** After loading, replay all changes after
    ///   `position` before the index answers.
    /// - **A checksum finds accidents and authenticates nothing.** A user with write access to the file
    ///   decides who may read the documents. Protect the file as the documents are protected.
    ///
    /// # Files
    ///
    /// Write to a temporary file in the same folder, call [`sync_all`](std::fs::File::sync_all), and rename
    /// it. A crash then leaves the previous file. `save` writes frames of about 64 KiB, so the output needs
    /// no buffer. At the end, it flushes the output.
    ///
    /// The file has the keys in plain form. With `u64` keys, a document takes 12 bytes.
    ///
    /// # Errors
    ///
    /// Writing failed, or the encoding of a key has more than 1 MiB. The output is then incomplete, and
    /// `load` refuses it.
    ///
    /// ```
    /// use rolegate::index::DocumentIndex;
    /// use rolegate::{AclLimits, Action, Principal};
    ///
    /// let mut index = DocumentIndex::<u64>::new();
    /// index.insert(1, [r#"read("user:ann")"#])?;
    /// index.insert(2, [r#"read("user:ben")"#])?;
    /// let mut file = Vec::new();
    /// index.save(17, &mut file)?;
    ///
    /// let (mut index, position) = DocumentIndex::<u64>::load(file.as_slice(), AclLimits::default())?;
    /// assert_eq!(position, 17);
    /// // Change 18 of the host's log, which the file does not have.
    /// index.insert(1, [r#"read("user:ben")"#])?;
    ///
    /// let ben = Principal::parse_roles(["user:ben"])?;
    /// let visible = index.resolve(&ben, Action::Read);
    /// assert!(index.after(&visible, None).eq(&[1, 2]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn save(&self, position: u64, out: impl io::Write) -> io::Result<()> {
        // Later lists have no documents of this snapshot.
        let lists = to_u32(self.runs.len());
        let roles = self.roles_of(lists);
        let mut file = FrameWriter::new(out)?;
        let key_type = K::key_type().as_bytes().to_vec();
        let documents = self.len() as u64;
        let header = Header { position, documents, roles, lists, key_type };
        file.push(Section::Header, &header.encode())?;
        self.save_section(Section::Roles, roles, AclTable::encode_role, &mut file)?;
        self.save_section(Section::Lists, lists, AclTable::encode_list, &mut file)?;
        self.save_documents(&mut file)?;
        file.finish()
    }

    /// Returns the number of roles that the first lists name.
    fn roles_of(&self, lists: u32) -> u32 {
        let mut roles = 0;
        for start in (0..lists).step_by(LISTS_PER_LOCK as usize) {
            let end = lists.min(start + LISTS_PER_LOCK);
            roles = roles.max(self.table().roles_up_to(start..end));
        }
        roles
    }

    /// Writes the first roles or lists of the table. A list that is longer than a frame takes several.
    fn save_section(
        &self,
        section: Section,
        len: u32,
        append: fn(&AclTable, u32, &mut Vec<u8>),
        file: &mut FrameWriter<impl io::Write>,
    ) -> io::Result<()> {
        let (mut numbers, mut payload) = (0..len, Vec::new());
        while !numbers.is_empty() {
            self.fill(&mut numbers, append, &mut payload);
            for part in payload.chunks(MAX_FRAME_LEN) {
                file.push(section, part)?;
            }
        }
        Ok(())
    }

    /// Fills a frame with the next roles or lists. The table is locked meanwhile, and is not locked while
    /// the frame is written.
    fn fill(
        &self,
        numbers: &mut Range<u32>,
        append: fn(&AclTable, u32, &mut Vec<u8>),
        payload: &mut Vec<u8>,
    ) {
        let table = self.table();
        payload.clear();
        while payload.len() < FRAME_LEN
            && let Some(number) = numbers.next()
        {
            append(&table, number, payload);
        }
    }

    fn save_documents(&self, file: &mut FrameWriter<impl io::Write>) -> io::Result<()> {
        let mut payload = Vec::new();
        for (key, list) in self.entries() {
            payload.extend(list.to_le_bytes());
            let start = payload.len();
            key.encode(&mut payload);
            if payload.len() - start > MAX_KEY_LEN {
                let message = "the encoding of a key has more than 1 MiB";
                return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
            }
            if payload.len() >= FRAME_LEN {
                file.push(Section::Documents, &payload)?;
                payload.clear();
            }
        }
        if payload.is_empty() { Ok(()) } else { file.push(Section::Documents, &payload) }
    }
}

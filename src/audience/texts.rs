//! Texts in pages: [`Texts`].
//!
//! Most roles and some channels belong to one connection, and a connection may bring five of them. A `Box<str>`
//! takes 16 bytes for each text, and the allocator another 8 to 24. A text in a page takes 4 bytes for its offset
//! and 2 for its length, which its owner stores. Texts are not moved when they are removed. Instead, all texts are
//! copied when most bytes of the pages are unused.

use crate::packed::to_u32;

/// The bytes of a page: 64 KiB.
const PAGE: usize = 1 << 16;

#[derive(Default)]
pub(super) struct Texts {
    pages: Vec<String>,
    used: usize,
    /// The bytes of removed texts, and of the ends of pages that were too short for the next text.
    unused: usize,
}

impl Texts {
    /// Stores a text of less than 64 KiB, and returns its offset. Returns `None` if all offsets are taken.
    pub(super) fn push(&mut self, text: &str) -> Option<u32> {
        let room = self.pages.last().map_or(0, |page| PAGE - page.len());
        if room < text.len() || self.pages.is_empty() {
            if self.pages.len() > usize::from(u16::MAX) {
                return None;
            }
            self.unused += room;
            // The first page grows step by step, so that a small audience is small.
            let first = self.pages.is_empty();
            self.pages.push(if first { String::new() } else { String::with_capacity(PAGE) });
        }
        let number = self.pages.len() - 1;
        let page = self.pages.last_mut()?;
        let offset = number * PAGE + page.len();
        page.push_str(text);
        self.used += text.len();
        Some(to_u32(offset))
    }

    #[inline]
    pub(super) fn get(&self, offset: u32, len: u16) -> &str {
        let (number, start) = (offset as usize / PAGE, offset as usize % PAGE);
        let page = self.pages.get(number);
        page.and_then(|page| page.get(start..start + usize::from(len))).unwrap_or_default()
    }

    /// Counts a text as removed.
    pub(super) fn remove(&mut self, len: u16) {
        self.used -= usize::from(len);
        self.unused += usize::from(len);
    }

    /// Returns the bytes of all texts.
    pub(super) fn used(&self) -> usize {
        self.used
    }

    /// Returns `true` if more than half of the bytes, and more than a page, are unused.
    pub(super) fn is_sparse(&self) -> bool {
        self.unused > self.used + PAGE
    }

    /// Returns the bytes on the heap.
    pub(super) fn memory(&self) -> usize {
        self.pages.capacity() * size_of::<String>()
            + self.pages.iter().map(String::capacity).sum::<usize>()
    }
}

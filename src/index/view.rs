//! The part of an index that one visibility shows: [`View`].

use super::order::Order;
use super::runs::Runs;
use crate::acl::TableId;
use crate::evaluate::Visibility;
use crate::packed::to_u32;

/// The documents of an index, as one [`Visibility`] shows them.
pub(super) struct View<'a, K> {
    pub(super) table: TableId,
    pub(super) order: &'a Order<K>,
    pub(super) runs: &'a Runs,
    pub(super) visible: &'a Visibility,
}

impl<K> Clone for View<'_, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for View<'_, K> {}

impl<'a, K> View<'a, K> {
    /// Returns `true` if documents with this list are visible.
    #[inline]
    pub(super) fn shows(&self, list: u32) -> bool {
        self.visible.shows(self.table, list)
    }

    /// Sets a bit in `out` for each of the lists whose documents are visible.
    #[inline]
    pub(super) fn select(&self, lists: &[u32], out: &mut [u64]) {
        self.visible.select(self.table, lists, out);
    }

    /// Returns `true` if every document is visible, as far as this is known without reading lists.
    pub(super) fn shows_all(&self) -> bool {
        self.visible.covers(self.table, to_u32(self.runs.len()))
    }

    /// Returns the number of visible lists. Some of them may have no documents.
    pub(super) fn list_count(&self) -> usize {
        self.visible.list_count(self.table).unwrap_or(self.runs.len())
    }

    /// Returns the number of visible documents.
    pub(super) fn documents(&self) -> usize {
        if self.shows_all() {
            return self.order.len();
        }
        self.lists().map(|list| self.runs.documents(list)).sum()
    }

    /// Returns the visible lists. Some of them may have no documents.
    pub(super) fn lists(&self) -> impl Iterator<Item = u32> + use<'a, K> {
        let every = self.shows_all().then(|| 0..to_u32(self.runs.len()));
        let some = if every.is_some() { None } else { self.visible.lists_of(self.table) };
        every.into_iter().flatten().chain(some.into_iter().flatten())
    }
}

//! The part of an index that one visibility shows: [`View`].

use super::order::Order;
use super::run::Run;
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

    /// Returns `true` if every document is visible, as far as this is known without reading lists.
    pub(super) fn shows_all(&self) -> bool {
        self.visible.covers(self.table, to_u32(self.runs.len()))
    }

    /// Returns the number of visible lists. Some of them may have no documents.
    pub(super) fn lists(&self) -> usize {
        self.visible.list_count(self.table).unwrap_or(self.runs.len())
    }

    /// Returns the number of visible documents.
    pub(super) fn documents(&self) -> usize {
        if self.shows_all() {
            return self.order.len();
        }
        self.runs().map(|(_, run)| run.documents()).sum()
    }

    /// Returns the visible lists with their runs.
    pub(super) fn runs(&self) -> impl Iterator<Item = (u32, &'a Run)> + use<'a, K> {
        let runs = self.runs;
        let every = self.shows_all().then_some(0..to_u32(runs.len()));
        let some = if every.is_some() { None } else { self.visible.lists_of(self.table) };
        let lists = every.into_iter().flatten().chain(some.into_iter().flatten());
        lists.filter_map(move |list| Some((list, runs.get(list)?)))
    }
}

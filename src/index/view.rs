//! The part of an index that one visibility shows: [`View`].

use std::collections::{BTreeMap, BTreeSet};

use crate::acl::AclTable;
use crate::evaluate::Visibility;
use crate::packed::to_u32;

/// The contents of an index, as one [`Visibility`] shows them.
pub(super) struct View<'a, K> {
    pub(super) table: &'a AclTable,
    /// Each document with the number of its list.
    pub(super) documents: &'a BTreeMap<K, u32>,
    /// The documents of each list, in the order of the list numbers.
    pub(super) by_list: &'a [BTreeSet<K>],
    pub(super) visible: &'a Visibility,
}

impl<'a, K> View<'a, K> {
    /// Returns `true` if documents with this list are visible.
    pub(super) fn shows(&self, list: u32) -> bool {
        self.visible.shows(self.table.id(), list)
    }

    /// Returns the visible lists, or `None` if every document is visible.
    pub(super) fn lists(&self) -> Option<impl Iterator<Item = u32> + use<'a, K>> {
        if self.visible.covers(self.table.id(), to_u32(self.table.len())) {
            return None;
        }
        self.visible.lists_of(self.table.id())
    }

    /// Returns the documents of each visible list, or `None` if every document is visible.
    pub(super) fn runs(&self) -> Option<impl Iterator<Item = &'a BTreeSet<K>> + use<'a, K>> {
        let by_list = self.by_list;
        Some(self.lists()?.filter_map(move |list| by_list.get(list as usize)))
    }
}

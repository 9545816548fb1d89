//! Loading many documents at once: [`DocumentIndex::bulk_load`].

#[cfg(test)]
mod tests;

use std::fmt;

use super::document_index::{DocumentIndex, MAX_DOCUMENTS};
use super::order::{Order, Sizes};
use super::runs::Runs;
use super::snapshot::IndexSnapshot;
use crate::acl::{AclId, AclTable, TableFull};
use crate::packed::to_u32;

/// The error of [`DocumentIndex::bulk_load`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum BulkLoadError {
    /// The list of a document belongs to another table.
    ForeignList {
        /// The position of the document in the input, from 0.
        position: usize,
    },
    /// There are more documents than an index can have.
    Full(TableFull),
}

impl fmt::Display for BulkLoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ForeignList { position } => write!(
                f,
                "document {position}: its list belongs to another table; insert the permissions into the \
                 table that is loaded"
            ),
            Self::Full(full) => full.fmt(f),
        }
    }
}

impl std::error::Error for BulkLoadError {}

impl<K: Ord + Clone> DocumentIndex<K> {
    /// Creates an index from a table and documents with lists of the table. This is faster than inserting
    /// one document after the other, and takes less memory.
    ///
    /// The documents may be in any order. Sorted documents save the time to sort them. If a key occurs
    /// more than once, its last list counts, as if the documents were inserted in this order.
    ///
    /// ```
    /// use rolegate::index::DocumentIndex;
    /// use rolegate::{AclTable, Action, Principal};
    ///
    /// let mut table = AclTable::new();
    /// let rows = [(7, r#"read("any")"#), (3, r#"read("user:ann")"#), (5, r#"read("any")"#)];
    /// let documents = rows
    ///     .map(|(number, permission)| Ok::<_, rolegate::InsertError>((number, table.insert([permission])?)))
    ///     .into_iter()
    ///     .collect::<Result<Vec<_>, _>>()?;
    /// let index = DocumentIndex::bulk_load(table, documents)?;
    ///
    /// let visible = index.resolve(&Principal::guest(), Action::Read);
    /// assert!(index.after(&visible, None).eq(&[5, 7]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A list of another table, or more than 2^30 documents.
    pub fn bulk_load(
        table: AclTable,
        documents: impl IntoIterator<Item = (K, AclId)>,
    ) -> Result<Self, BulkLoadError> {
        let numbered = documents.into_iter().enumerate().map(|(position, (key, list))| {
            let known = list.table() == table.id() && (list.index() as usize) < table.len();
            known.then_some((key, list.index())).ok_or(BulkLoadError::ForeignList { position })
        });
        let mut documents = numbered.collect::<Result<Vec<_>, _>>()?;
        if !documents.is_sorted_by(|(one, _), (other, _)| one.cmp(other).is_lt()) {
            documents.sort_by(|(one, _), (other, _)| one.cmp(other));
            documents.dedup_by(|later, earlier| {
                let same = later.0.cmp(&earlier.0).is_eq();
                if same {
                    earlier.1 = later.1;
                }
                same
            });
        }
        if documents.len() > MAX_DOCUMENTS as usize {
            return Err(BulkLoadError::Full(TableFull::documents(MAX_DOCUMENTS)));
        }
        Ok(Self::from_sorted(table, documents))
    }

    /// Creates an index from documents in strictly ascending order with lists of the table. Removes unused
    /// lists if there are too many.
    pub(super) fn from_sorted(
        table: AclTable,
        documents: impl IntoIterator<Item = (K, u32)>,
    ) -> Self {
        let order = Order::from_sorted(documents, Sizes::default());
        let runs = Runs::of(&order, table.len());
        let lists = (0..to_u32(table.len())).filter(|list| runs.documents(*list) > 0);
        let live = lists.map(|list| table.weight_of(list)).sum();
        let mut index = Self::from_parts(IndexSnapshot::new(table, order, runs), live);
        index.compact_beyond(index.max_dead());
        index
    }
}

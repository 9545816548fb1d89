//! The answers for a user, computed from plain vectors: [`Expected`].

use fastrand::Rng;
use rolegate::{Action, Visibility};

use crate::documents::Documents;
use crate::subject::Index;
use crate::users::User;

/// The number of documents of a page.
pub const PAGE: usize = 25;
/// The offsets of pages.
pub const OFFSETS: [usize; 3] = [10, 1_000, 100_000];

/// The total and the pages that a user must get.
pub struct Expected {
    pub total: usize,
    first: Vec<u64>,
    last: Vec<u64>,
    /// Random documents, visible or not, with the pages after and before each.
    cursors: Vec<Cursor>,
    /// The pages at the offsets that the user reaches.
    pub offsets: Vec<(usize, Vec<u64>)>,
}

struct Cursor {
    key: u64,
    after: Vec<u64>,
    before: Vec<u64>,
}

impl Expected {
    /// Computes the answers, with the pages around a number of cursors.
    pub fn new(documents: &Documents, user: &User, cursors: usize) -> Self {
        let visible = documents.visible(&user.allowed);
        let keys = |positions: &[u32]| -> Vec<u64> {
            positions.iter().map(|&position| documents.key(position as usize)).collect()
        };
        let from = |start: usize| keys(&visible[start..visible.len().min(start + PAGE)]);
        let down_from = |end: usize| {
            let mut page = keys(&visible[end.saturating_sub(PAGE)..end]);
            page.reverse();
            page
        };
        let mut rng = Rng::with_seed(0x0063_7572_736f_7273);
        let cursors = (0..cursors).map(|_| {
            let position = rng.usize(..documents.len());
            let end = visible.partition_point(|&visible| (visible as usize) < position);
            let start = visible.partition_point(|&visible| visible as usize <= position);
            Cursor { key: documents.key(position), after: from(start), before: down_from(end) }
        });
        Self {
            total: visible.len(),
            first: from(0),
            last: down_from(visible.len()),
            cursors: cursors.collect(),
            offsets: OFFSETS
                .into_iter()
                .filter(|&offset| offset < visible.len())
                .map(|offset| (offset, from(offset)))
                .collect(),
        }
    }

    /// Asserts that the index gives these answers.
    pub fn check(&self, index: &Index, user: &User) {
        let visible = index.table().resolve(&user.principal, Action::Read);
        assert_eq!(index.count(&visible), self.total, "total");
        assert_eq!(after(index, &visible, None), self.first, "first page");
        assert_eq!(before(index, &visible, None), self.last, "last page");
        for Cursor { key, after: next, before: previous } in &self.cursors {
            assert_eq!(&after(index, &visible, Some(key)), next, "page after {key}");
            assert_eq!(&before(index, &visible, Some(key)), previous, "page before {key}");
        }
        for (offset, page) in &self.offsets {
            assert_eq!(&at_offset(index, &visible, *offset), page, "page at offset {offset}");
        }
    }

    /// Returns the keys of the cursors.
    pub fn keys(&self) -> Vec<u64> {
        self.cursors.iter().map(|cursor| cursor.key).collect()
    }
}

/// Asserts that the index lists exactly the visible documents, in both directions.
pub fn check_all(documents: &Documents, index: &Index, user: &User) {
    let visible = index.table().resolve(&user.principal, Action::Read);
    let expected = documents.visible(&user.allowed);
    let keys = expected.iter().map(|&position| documents.key(position as usize));
    assert!(index.after(&visible, None).copied().eq(keys.clone()), "all, ascending");
    assert!(index.before(&visible, None).copied().eq(keys.rev()), "all, descending");
}

/// Returns the page after a document.
pub fn after(index: &Index, visible: &Visibility, key: Option<&u64>) -> Vec<u64> {
    index.after(visible, key).take(PAGE).copied().collect()
}

/// Returns the page before a document.
pub fn before(index: &Index, visible: &Visibility, key: Option<&u64>) -> Vec<u64> {
    index.before(visible, key).take(PAGE).copied().collect()
}

/// Returns the page at an offset.
pub fn at_offset(index: &Index, visible: &Visibility, offset: usize) -> Vec<u64> {
    index.after(visible, None).skip(offset).take(PAGE).copied().collect()
}

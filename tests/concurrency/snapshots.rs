//! Threads that read snapshots of an index while a writer changes the index.
//!
//! The number of changes is beside the index, under the same lock. A snapshot must therefore show exactly
//! the documents of that number of changes.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use rolegate::index::{DocumentIndex, IndexSnapshot};
use rolegate::{AclLimits, Action, Principal, Visibility};

use super::{DOCUMENTS, PATIENCE, ROLES, Shelf, allowed, list};

/// The number of documents in a chunk. The documents therefore take many chunks.
const CHUNK: usize = 4;

/// The number of lists of a table: 1,000. New lists fill it again and again, and each time the index is
/// compacted.
const LISTS: u32 = 1_000;

/// The number of snapshots that are kept and read again after later changes.
const KEPT: usize = 16;

/// An index, its number of changes, and how many of them compacted it.
struct Counted {
    index: DocumentIndex<usize>,
    changes: usize,
    compactions: usize,
}

/// A snapshot and what it showed: the visible documents, and all documents.
type Kept = (IndexSnapshot<usize>, [Vec<usize>; 2]);

impl Counted {
    fn new() -> Self {
        let limits = AclLimits { lists: LISTS, ..AclLimits::default() };
        let index = DocumentIndex::internal_with_chunks_of(limits, CHUNK);
        let mut counted = Self { index, changes: 0, compactions: 0 };
        (0..DOCUMENTS).for_each(|document| counted.change(document, 0));
        Self { changes: 0, ..counted }
    }

    /// Gives a document another list. A document without permissions is removed.
    fn change(&mut self, document: usize, version: usize) {
        let (list, lists) = (list(document, version), self.index.table().len());
        if list.is_empty() {
            self.index.remove(&document);
        } else {
            self.index.insert(document, list).unwrap();
        }
        self.changes += 1;
        self.compactions += usize::from(self.index.table().len() < lists);
    }
}

/// Returns the version of a document after a number of changes.
fn version(document: usize, changes: usize) -> usize {
    (changes + DOCUMENTS - 1 - document) / DOCUMENTS
}

/// Returns the visible documents. All methods of the snapshot must agree on them.
fn visible(snapshot: &IndexSnapshot<usize>, visible: &Visibility, all: &[usize]) -> Vec<usize> {
    let seen: Vec<usize> = snapshot.after(visible, None).copied().collect();
    assert_eq!(snapshot.count(visible), seen.len());
    assert!(snapshot.before(visible, None).eq(seen.iter().rev()), "{seen:?}");
    assert_eq!(snapshot.count_where(visible, |document| document % 2 == 0), even(&seen));
    let selection = snapshot.select(visible);
    assert_eq!(selection.batch_len(), all.len());
    assert!(selection.of(all).eq(&seen), "{seen:?}");
    let allowed = (0..DOCUMENTS).filter(|document| snapshot.allows(visible, document));
    assert!(allowed.eq(seen.iter().copied()), "{seen:?}");
    for skipped in (0..=seen.len()).step_by(7) {
        let page = snapshot.after(visible, None).skip(skipped).take(5);
        assert!(page.eq(seen.iter().skip(skipped).take(5)));
        let back = snapshot.before(visible, None).skip(skipped).take(5);
        assert!(back.eq(seen.iter().rev().skip(skipped).take(5)));
    }
    for (at, document) in seen.iter().enumerate().step_by(5) {
        assert!(snapshot.after(visible, Some(document)).eq(&seen[at + 1..]));
        assert!(snapshot.before(visible, Some(document)).eq(seen[..at].iter().rev()));
    }
    seen
}

fn even(documents: &[usize]) -> usize {
    documents.iter().filter(|document| *document % 2 == 0).count()
}

/// Returns the documents that the roles see, and all documents.
fn shown(snapshot: &IndexSnapshot<usize>) -> [Vec<usize>; 2] {
    let key = snapshot.resolve(&Principal::key_with_bypass(), Action::Read);
    let keys: Vec<usize> = snapshot.after(&key, None).copied().collect();
    assert_eq!(keys.len(), snapshot.len());
    let all = visible(snapshot, &key, &keys);
    let roles = Principal::parse_roles(ROLES).unwrap();
    [visible(snapshot, &snapshot.resolve(&roles, Action::Read), &all), all]
}

/// Returns what a snapshot must show after a number of changes.
fn expected(changes: usize) -> [Vec<usize>; 2] {
    let sees = |document: &usize| allowed(*document, version(*document, changes));
    let exists = |document: &usize| !list(*document, version(*document, changes)).is_empty();
    [(0..DOCUMENTS).filter(sees).collect(), (0..DOCUMENTS).filter(exists).collect()]
}

#[test]
fn snapshot_during_writes_shows_one_state_of_the_index() {
    let shelf = Shelf::new(Counted::new());
    let take = || {
        let counted = shelf.shared.read().unwrap();
        (counted.index.snapshot(), counted.changes)
    };
    let first = (take().0, expected(0));
    let outdated = AtomicUsize::new(0);
    let kept: [Mutex<Option<Kept>>; KEPT] = Default::default();
    let read = || {
        let (snapshot, changes) = take();
        // The first reads wait for a change. The writer goes on at least until the first of them ends.
        let until = Instant::now() + PATIENCE;
        let no_change = || outdated.load(Ordering::SeqCst) == 0 && take().1 == changes;
        while no_change() && Instant::now() < until {
            thread::yield_now();
        }
        outdated.fetch_add(usize::from(take().1 != changes), Ordering::SeqCst);
        let [seen, all] = shown(&snapshot);
        assert_eq!([&seen, &all], expected(changes).each_ref(), "after {changes} changes");
        let selection =
            (0..DOCUMENTS).map(|document| seen.binary_search(&document).is_ok()).collect();
        let older = kept[changes % KEPT].lock().unwrap().replace((snapshot, [seen, all]));
        older.iter().for_each(shows_the_same);
        selection
    };
    shelf.hammer(
        |counted, write, version| counted.change(write % DOCUMENTS, version),
        read,
        |document, mut versions, seen| {
            let shown = format!("document {document} in {versions:?}: {seen}");
            assert!(versions.any(|version| allowed(document, version) == seen), "{shown}");
        },
    );
    shows_the_same(&first);
    kept.into_iter()
        .filter_map(|kept| kept.into_inner().unwrap())
        .for_each(|it| shows_the_same(&it));
    assert!(outdated.into_inner() > 0, "no change was made while a snapshot was read");
    let counted = shelf.shared.into_inner().unwrap();
    assert_eq!(counted.index.internal_validate(), Ok(()));
    assert!(counted.compactions > 1, "{} compactions", counted.compactions);
}

/// Checks that a snapshot that was read before still shows the same documents.
fn shows_the_same((snapshot, before): &Kept) {
    assert_eq!(&shown(snapshot), before);
    assert_eq!(snapshot.internal_validate(), Ok(()));
}

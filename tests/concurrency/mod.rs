//! Threads that share one table: a reader never sees a decision that neither the old nor the new list
//! allows.
//!
//! The writer numbers the versions of a document. It publishes the number of the next version before the
//! change, and publishes the same number as the present version after the change. A reader therefore knows
//! the versions that existed during a read. The oracle must give the same verdict for one of them.

mod snapshots;

use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Barrier, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use rolegate::{AclColumn, AclTable, Action, Principal, Selection, Visibility};

use crate::support::oracle;

const DOCUMENTS: usize = 100;
/// The minimum number of writes: 20,000. The writer continues until a read has overlapped a write.
const WRITES: usize = 20_000;
/// The time after which the writer stops: 60 seconds. A busy machine can keep the readers from running.
const PATIENCE: Duration = Duration::from_secs(60);
const READERS: usize = 3;

/// The minimum number of reads of each reader: 50. A reader continues while the writer writes.
const READS: usize = 50;

const ROLES: [&str; 3] = ["any", "users", "team:t3"];

/// Returns the list of a version of a document. Some lists are shared by many documents, and some are used
/// again. Some are new each time, so that the table and the width of the column grow.
fn list(document: usize, version: usize) -> Vec<String> {
    let to = |role: String| format!("read(\"{role}\")");
    match (document * 7 + version * 5) % 8 {
        0 => vec![to("users".into())],
        1 => vec![to(format!("team:t{}", version % 5))],
        2 => vec![format!("update(\"user:u{document}\")"), to(format!("team:t{}", version % 7))],
        3 => vec![],
        4 => vec!["write(\"any\")".into(), to(format!("user:u{document}v{version}"))],
        5 => vec![to(format!("user:u{document}v{version}")), to("any".into())],
        6 => vec![to("team:t3".into()), to(format!("user:v{}", version % 100))],
        _ => vec![to("team:t33".into()), to("guests".into())],
    }
}

fn allowed(document: usize, version: usize) -> bool {
    let list = list(document, version);
    let list: Vec<&str> = list.iter().map(String::as_str).collect();
    oracle::allows(&ROLES, Action::Read, &list)
}

/// What the threads share, with the started and the completed versions.
struct Shelf<T> {
    shared: RwLock<T>,
    begun: Vec<AtomicUsize>,
    done: Vec<AtomicUsize>,
    /// The number of reads that overlapped a write.
    overlapped: AtomicUsize,
    finished: AtomicBool,
    start: Barrier,
}

impl<T: Send + Sync> Shelf<T> {
    fn new(shared: T) -> Self {
        let zeros = || (0..DOCUMENTS).map(|_| AtomicUsize::new(0)).collect();
        Self {
            shared: RwLock::new(shared),
            begun: zeros(),
            done: zeros(),
            overlapped: AtomicUsize::new(0),
            finished: AtomicBool::new(false),
            start: Barrier::new(READERS + 1),
        }
    }

    /// Changes one document after the other. `change` gets the number of the write, and the new version.
    fn write(&self, change: impl Fn(&mut T, usize, usize)) {
        self.start.wait();
        let until = Instant::now() + PATIENCE;
        let no_overlap = || self.overlapped.load(Ordering::SeqCst) == 0 && Instant::now() < until;
        for write in (0..).take_while(|&write| write < WRITES || no_overlap()) {
            let (document, version) = (write % DOCUMENTS, write / DOCUMENTS + 1);
            self.begun[document].store(version, Ordering::SeqCst);
            change(&mut self.shared.write().unwrap(), write, version);
            self.done[document].store(version, Ordering::SeqCst);
        }
        self.finished.store(true, Ordering::SeqCst);
    }

    /// Reads while the writer writes. `check` gets each answer with the versions that existed.
    fn read(
        &self,
        read: impl Fn() -> Selection,
        check: impl Fn(usize, RangeInclusive<usize>, bool),
    ) {
        self.start.wait();
        let mut reads = 0;
        while reads < READS || !self.finished.load(Ordering::SeqCst) {
            let before = loaded(&self.done);
            let seen = read();
            let after = loaded(&self.begun);
            assert_eq!(seen.internal_validate(), Ok(()));
            for document in 0..DOCUMENTS {
                check(document, before[document]..=after[document], seen.contains(document));
            }
            reads += 1;
            self.overlapped.fetch_add(usize::from(before != after), Ordering::SeqCst);
        }
    }

    /// Runs a writer and some readers. At the end, the answers must be those of the last versions.
    fn hammer(
        &self,
        change: impl Fn(&mut T, usize, usize) + Sync,
        read: impl Fn() -> Selection + Sync,
        check: impl Fn(usize, RangeInclusive<usize>, bool) + Sync,
    ) {
        thread::scope(|scope| {
            scope.spawn(|| self.write(&change));
            for _ in 0..READERS {
                scope.spawn(|| self.read(&read, &check));
            }
        });
        let overlapped = self.overlapped.load(Ordering::SeqCst);
        assert!(overlapped > 0, "no read overlapped a write");
        let seen = read();
        for (document, &version) in loaded(&self.done).iter().enumerate() {
            assert_eq!(seen.contains(document), allowed(document, version));
        }
    }
}

/// A table and a column.
type Lists = (AclTable, AclColumn);

impl Shelf<Lists> {
    fn of_lists() -> Self {
        let mut table = AclTable::new();
        let ids = (0..DOCUMENTS).map(|document| table.insert(list(document, 0)).unwrap());
        let column = ids.collect();
        Self::new((table, column))
    }

    fn hammer_lists(
        &self,
        read: impl Fn() -> Selection + Sync,
        check: impl Fn(usize, RangeInclusive<usize>, bool) + Sync,
    ) {
        let change = |lists: &mut Lists, write: usize, version| {
            let id = lists.0.insert(list(write % DOCUMENTS, version)).unwrap();
            assert!(lists.1.set(write % DOCUMENTS, id));
            if write.is_multiple_of(5_000) {
                lists.0.shrink_to_fit();
            }
        };
        self.hammer(change, read, check);
        let lists = self.shared.read().unwrap();
        assert_eq!((lists.0.internal_validate(), lists.1.internal_validate()), (Ok(()), Ok(())));
        assert!(lists.0.len() > 1 << 8, "{} lists fit into a byte", lists.0.len());
    }
}

fn loaded(versions: &[AtomicUsize]) -> Vec<usize> {
    versions.iter().map(|version| version.load(Ordering::SeqCst)).collect()
}

fn resolve(table: &AclTable) -> Visibility {
    table.resolve(&Principal::parse_roles(ROLES).unwrap(), Action::Read)
}

#[test]
fn reader_during_writes_sees_the_old_list_or_the_new_one() {
    let shelf = Shelf::of_lists();
    let read = || {
        let lists = shelf.shared.read().unwrap();
        resolve(&lists.0).filter(&lists.1)
    };
    shelf.hammer_lists(read, |document, mut versions, seen| {
        let shown = format!("document {document} in {versions:?}: {seen}");
        assert!(versions.any(|version| allowed(document, version) == seen), "{shown}");
    });
}

/// The visibility is resolved under one lock and used under another. A document whose list was inserted
/// in between may be missing, and no document may be seen that no list allows.
#[test]
fn visibility_kept_during_writes_shows_only_what_a_list_allows() {
    let shelf = Shelf::of_lists();
    let read = || {
        let visibility = resolve(&shelf.shared.read().unwrap().0);
        thread::yield_now();
        visibility.filter(&shelf.shared.read().unwrap().1)
    };
    shelf.hammer_lists(read, |document, mut versions, seen| {
        let shown = format!("document {document} in {versions:?}: {seen}");
        let unchanged = versions.start() == versions.end();
        let one_agrees = versions.any(|version| allowed(document, version) == seen);
        assert!(one_agrees || (!seen && !unchanged), "{shown}");
    });
}

/// A large column of two-byte ids makes the visibility prepare a lookup table on first use.
#[test]
fn visibility_shared_by_threads_gives_the_same_answer() {
    const LISTS: usize = 5_000;
    const LEN: usize = 70_000;
    let mut table = AclTable::new();
    let list =
        |at: usize| [format!("read(\"team:t{}\")", at % 9), format!("update(\"user:u{at}\")")];
    let ids: Vec<_> = (0..LISTS).map(|at| table.insert(list(at)).unwrap()).collect();
    let column: AclColumn = (0..LEN).map(|at| ids[at * 31 % LISTS]).collect();
    let expected: Selection = (0..LEN).map(|at| at * 31 % LISTS % 9 == 3).collect();
    for _ in 0..20 {
        let visibility = resolve(&table);
        let start = Barrier::new(4);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    start.wait();
                    assert_eq!(visibility.filter(&column), expected);
                });
            }
        });
        assert_eq!(visibility.internal_validate(), Ok(()));
    }
}

#[test]
fn tables_made_by_threads_at_once_have_distinct_ids() {
    const TABLES: usize = 2_000;
    let ids = || -> Vec<_> {
        (0..TABLES).map(|_| AclTable::new().insert(["read(\"any\")"]).unwrap()).collect()
    };
    let all = thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(ids)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), 4 * TABLES);
}

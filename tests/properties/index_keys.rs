//! Keys that panic or compare in parts, and iteration past the end of an index.

use std::cell::Cell;
use std::cmp::Ordering;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use rolegate::index::{DocumentIndex, IndexSnapshot};
use rolegate::{AclLimits, Action, Principal, Visibility};

fn resolve<K>(index: &IndexSnapshot<K>, role: &str) -> Visibility {
    index.resolve(&Principal::parse_roles([role]).unwrap(), Action::Read)
}

/// A walk and a merge both end, also if `nth` passes the end.
#[test]
fn page_skipped_past_its_end_returns_nothing_more() {
    for chunk in [4, 128] {
        let mut index = DocumentIndex::internal_with_chunks_of(AclLimits::default(), chunk);
        for at in 0..1_000 {
            index.insert(at, [format!("read(\"user:u{}\")", at % 40)]).unwrap();
        }
        for role in ["user:u0", "user:u39", "any"] {
            let visible = resolve(&index, role);
            let len = index.count(&visible);
            for past in [0, 1, 3, 50, 5_000] {
                let mut up = index.after(&visible, None);
                assert_eq!((up.nth(len + past), up.next(), up.next()), (None, None, None));
                assert_eq!((up.nth(past), up.next()), (None, None), "{role}, {past}");
                let mut down = index.before(&visible, Some(&2_000));
                assert_eq!((down.nth(len + past), down.next(), down.nth(past)), (None, None, None));
            }
        }
        let every = index.resolve(&Principal::key_with_bypass(), Action::Read);
        let mut all = index.after(&every, None);
        assert_eq!((all.nth(1_000), all.next()), (None, None));
    }
}

/// A key that is ordered by a part of it, while `PartialEq` compares the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Versioned(u32, u32);

impl Ord for Versioned {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for Versioned {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[test]
fn key_ordered_by_a_part_is_replaced_and_removed_by_its_order() {
    let mut index = DocumentIndex::new();
    index.insert(Versioned(1, 1), ["read(\"user:ann\")"]).unwrap();
    index.insert(Versioned(1, 2), ["read(\"user:ben\")"]).unwrap();
    assert_eq!(index.len(), 1);
    let counts = ["user:ann", "user:ben"].map(|role| index.count(&resolve(&index, role)));
    assert_eq!(counts, [0, 1], "the first list was replaced");
    assert!(index.remove(&Versioned(1, 3)) && index.is_empty());

    let mut table = rolegate::AclTable::new();
    let [ann, ben] =
        ["ann", "ben"].map(|name| table.insert([format!("read(\"user:{name}\")")]).unwrap());
    let load = [(Versioned(1, 1), ann), (Versioned(1, 2), ben)];
    let index = DocumentIndex::bulk_load(table, load).unwrap();
    let counts = ["user:ann", "user:ben"].map(|role| index.count(&resolve(&index, role)));
    assert_eq!((index.len(), counts), (1, [0, 1]));
}

thread_local! {
    /// The number of calls of a key until one panics. `usize::MAX` for none.
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// A key whose comparison, copy or drop panics once.
#[derive(PartialEq, Eq, Debug)]
struct Fragile(usize);

fn touch() {
    match LEFT.get() {
        usize::MAX => {}
        0 => {
            LEFT.set(usize::MAX);
            resume_unwind(Box::new("a key panics"));
        }
        left => LEFT.set(left - 1),
    }
}

impl Clone for Fragile {
    fn clone(&self) -> Self {
        touch();
        Self(self.0)
    }
}

impl Drop for Fragile {
    fn drop(&mut self) {
        touch();
    }
}

impl Ord for Fragile {
    fn cmp(&self, other: &Self) -> Ordering {
        touch();
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for Fragile {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Returns an index of documents 0, 2, 4, … and a snapshot, so that a change copies what it changes.
fn fragile(documents: usize) -> (DocumentIndex<Fragile>, IndexSnapshot<Fragile>) {
    let mut index = DocumentIndex::internal_with_chunks_of(AclLimits::default(), 2);
    for at in 0..documents {
        index.insert(Fragile(2 * at), [format!("read(\"user:u{}\")", at % 3)]).unwrap();
    }
    let snapshot = index.snapshot();
    (index, snapshot)
}

/// Chunks of two documents are divided, merged and removed, and each call of a key panics in its turn.
#[test]
fn index_after_panic_of_a_key_is_valid_and_hides_replaced_lists() {
    for (documents, changed, insert) in
        (0..14).flat_map(|at| [(7, at, true), (7, at, false)]).chain([(1, 0, false), (0, 0, true)])
    {
        for panics in 0.. {
            let (mut index, snapshot) = fragile(documents);
            // Chunks of one document are removed or merged.
            for at in [2, 6, 10] {
                index.remove(&Fragile(at));
            }
            let shared = index.snapshot();
            LEFT.set(panics);
            let result = catch_unwind(AssertUnwindSafe(|| {
                if insert {
                    index.insert(Fragile(changed), ["read(\"user:new\")"]).unwrap();
                } else {
                    index.remove(&Fragile(changed));
                }
            }));
            LEFT.set(usize::MAX);
            let case = format!("{documents}, {changed}, {insert}, {panics}");
            assert_eq!(index.internal_validate(), Ok(()), "{case}");
            assert_eq!(snapshot.internal_validate(), Ok(()), "{case}");
            assert_eq!(shared.internal_validate(), Ok(()), "{case}");
            assert_eq!(
                (snapshot.len(), shared.len()),
                (documents, documents.min(documents / 2 + 1))
            );

            for at in 0..14 {
                index.insert(Fragile(at), ["read(\"user:last\")"]).unwrap();
            }
            let roles = ["user:u0", "user:u1", "user:u2", "user:new", "user:last"];
            let counts = roles.map(|role| index.count(&resolve(&index, role)));
            assert_eq!(counts, [0, 0, 0, 0, 14], "{case}");
            assert_eq!(index.internal_validate(), Ok(()), "{case}");
            if result.is_ok() {
                break;
            }
        }
    }
}

//! The cost of pages, offsets and filters: the number of chunks that are read, and of comparisons of keys.

use std::cell::Cell;
use std::cmp::Ordering;

use super::Direction::{Ascending, Descending};
use super::*;
use crate::index::DocumentIndex;
use crate::permission::Action;
use crate::principal::Principal;

thread_local! {
    static COMPARED: Cell<usize> = const { Cell::new(0) };
}

/// A document that counts comparisons.
#[derive(Clone, Debug)]
struct Counting(usize);

impl Ord for Counting {
    fn cmp(&self, other: &Self) -> Ordering {
        COMPARED.set(COMPARED.get() + 1);
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for Counting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Counting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Counting {}

const DOCUMENTS: usize = 20_000;

/// The number of chunks. All but the last have 128 documents.
const CHUNKS: usize = DOCUMENTS.div_ceil(128);

/// The largest number of comparisons to find a cursor. In a node, a chunk, and the bounds of nodes, one key
/// of each block of 16 is compared, and then the keys of a block by binary search.
const FIND: usize = 3 * (128 / 16 + 5) + 1;

/// Returns an index in which `role_of` gives the role that may read a document.
fn index(role_of: impl Fn(usize) -> String) -> DocumentIndex<Counting> {
    let mut index = DocumentIndex::new();
    for at in 0..DOCUMENTS {
        let list = [format!("read(\"{}\")", role_of(at)), "update(\"users\")".into()];
        index.insert(Counting(at), &list).unwrap();
    }
    index
}

fn holder_of(roles: impl IntoIterator<Item = String>) -> Principal {
    Principal::parse_roles(roles).unwrap()
}

fn user(name: &str) -> Principal {
    holder_of([format!("user:{name}")])
}

/// A page with its cost.
#[derive(Debug)]
struct Cost {
    chunks: usize,
    compared: usize,
    merged: bool,
    page: Vec<usize>,
}

/// Reads a page of 25 documents from a cursor, after an offset.
fn page(
    index: &DocumentIndex<Counting>,
    principal: &Principal,
    (cursor, offset, direction): (Option<usize>, usize, Direction),
) -> Cost {
    let visible = index.resolve(principal, Action::Read);
    let cursor = cursor.map(Counting);
    COMPARED.set(0);
    let mut documents = Documents::new(index.view(&visible), cursor.as_ref(), direction);
    let first = documents.nth(offset).map(|document| document.0);
    let rest = documents.by_ref().take(PAGE - 1).map(|document| document.0);
    let page = first.into_iter().chain(rest).collect();
    let Documents { chunks_read, ref merged, .. } = documents;
    Cost { chunks: chunks_read, compared: COMPARED.get(), merged: merged.is_some(), page }
}

/// Returns the documents beyond a cursor, in the order of iteration.
fn beyond(
    shown: impl Iterator<Item = usize>,
    cursor: Option<usize>,
    direction: Direction,
) -> Vec<usize> {
    let is_beyond = |at: &usize| match direction {
        Ascending => cursor.is_none_or(|from| *at > from),
        Descending => cursor.is_none_or(|from| *at < from),
    };
    let mut documents: Vec<usize> = shown.filter(is_beyond).collect();
    if direction == Descending {
        documents.reverse();
    }
    documents
}

fn ascending(from: usize) -> Vec<usize> {
    (from..from + PAGE).collect()
}

/// Each document has its own list, which every principal may read.
#[test]
fn page_of_all_lists_reads_its_own_chunks_and_never_merges() {
    let mut index = index(|_| "any".into());
    for at in 0..DOCUMENTS {
        let list = ["read(\"any\")".into(), format!("update(\"user:u{at}\")")];
        index.insert(Counting(at), list).unwrap();
    }
    let last = DOCUMENTS - 1;
    for principal in [Principal::guest(), Principal::key_with_bypass()] {
        for (cursor, direction, chunks, from) in [
            (None, Ascending, 1, 0),
            // The rest of the cursor's chunk, and of the next one.
            (Some(128), Ascending, 1, 129),
            (Some(10_000), Ascending, 1, 10_001),
            (Some(127), Ascending, 2, 128),
            (Some(254), Ascending, 2, 255),
            (Some(last - PAGE), Ascending, 1, last - PAGE + 1),
            (None, Descending, 1, last),
            (Some(10_000), Descending, 2, 9_999),
            (Some(127), Descending, 1, 126),
            (Some(128), Descending, 2, 127),
        ] {
            let cost = page(&index, &principal, (cursor, 0, direction));
            assert_eq!((cost.chunks, cost.merged), (chunks, false), "{cursor:?}, {direction:?}");
            let expected: Vec<usize> = match direction {
                Ascending => ascending(from),
                Descending => (from + 1 - PAGE..=from).rev().collect(),
            };
            assert_eq!(cost.page, expected);
            let most = cursor.map_or(0, |_| FIND);
            assert!(cost.compared <= most, "{} compared", cost.compared);
        }
    }
}

#[test]
fn page_without_a_visible_list_reads_nothing() {
    let index = index(|_| "user:b".into());
    for direction in [Ascending, Descending] {
        for offset in [0, 10_000] {
            let cost = page(&index, &user("c"), (None, offset, direction));
            assert_eq!((cost.chunks, cost.compared, cost.page.len()), (0, 0, 0));
            // The chunk of the cursor is read at once.
            let cost = page(&index, &user("c"), (Some(5_000), offset, direction));
            assert_eq!((cost.chunks, cost.page.len()), (1, 0));
        }
    }
}

/// The principal sees the last documents, each of which has its own list.
#[test]
fn few_visible_documents_far_away_cost_a_bounded_number_of_chunks() {
    const FEW: usize = 80;
    let first = DOCUMENTS - FEW;
    let index = index(|at| if at < first { "user:b".into() } else { format!("team:t{at}") });
    let member = holder_of((first..DOCUMENTS).map(|at| format!("team:t{at}")));
    // The walk ends after 16 documents for each list.
    let walk = 16 * FEW / 128;
    let cost = page(&index, &member, (None, 0, Ascending));
    assert_eq!((cost.chunks, cost.merged, cost.compared), (walk + 1, true, 0));
    assert_eq!(cost.page, ascending(first));

    let cost = page(&index, &member, (Some(100), 0, Ascending));
    assert_eq!((cost.chunks, cost.merged), (1 + walk + 1, true));
    assert_eq!(cost.page, ascending(first));

    let cost = page(&index, &member, (None, 0, Descending));
    assert_eq!((cost.chunks, cost.merged, cost.compared), (1, false, 0));
    let cost = page(&index, &member, (None, 60, Descending));
    assert_eq!((cost.chunks, cost.page), (1, (first..first + 20).rev().collect()));
}

/// The principal sees the second half of the documents, which have one list.
#[test]
fn hidden_first_half_is_not_read() {
    let half = DOCUMENTS / 2;
    let index = index(|at| if at < half { "user:b".into() } else { "user:a".into() });
    for (cursor, chunks) in [(None, 1), (Some(100), 2), (Some(half - 2), 1)] {
        let cost = page(&index, &user("a"), (cursor, 0, Ascending));
        assert_eq!(cost.page, ascending(half));
        assert_eq!(cost.chunks, chunks, "from {cursor:?}");
        assert!(cost.compared <= cursor.map_or(0, |_| FIND), "{} compared", cost.compared);
    }
    let cost = page(&index, &user("b"), (None, 0, Descending));
    assert_eq!((cost.chunks, cost.merged), (2, true));
    assert_eq!(cost.page, (half - PAGE..half).rev().collect::<Vec<_>>());
}

/// One document of 500 is visible, with one list, or with a list for each.
#[test]
fn page_of_sparse_documents_reads_one_chunk_for_each() {
    for one_list in [true, false] {
        let role = |at: usize| match (at % 500, one_list) {
            (7, true) => "team:t".into(),
            (7, false) => format!("team:t{at}"),
            _ => format!("user:u{at}"),
        };
        let index = index(role);
        let member = holder_of((0..DOCUMENTS).filter(|at| at % 500 == 7).map(role));
        for (cursor, direction) in [
            (None, Ascending),
            (None, Descending),
            (Some(3_000), Ascending),
            (Some(17_007), Descending),
        ] {
            let cost = page(&index, &member, (cursor, 0, direction));
            let all = (0..DOCUMENTS).filter(|at| at % 500 == 7);
            let expected = beyond(all, cursor, direction);
            assert_eq!(cost.page, expected[..PAGE]);
            let most = PAGE + usize::from(cursor.is_some());
            assert!(cost.chunks <= most, "{} chunks from {cursor:?}, {one_list}", cost.chunks);
        }
    }
}

/// Half of 64 lists are visible, so 512 documents are tested before the merge. Only the merge finds a document.
#[test]
fn merge_starts_behind_the_last_chunk_of_the_walk() {
    let sees = |at: &usize| (1000..1004).contains(&(at % 2000));
    let team = |at: usize| if sees(&at) { (at / 2000 * 4 + at % 4) % 32 } else { 32 + at % 32 };
    let index = index(|at| format!("team:t{}", team(at)));
    let visible = holder_of((0..32).map(|team| format!("team:t{team}")));
    let visible = index.resolve(&visible, Action::Read);
    for cursor in [None, Some(0), Some(127), Some(128), Some(9_999), Some(DOCUMENTS - 1)] {
        for direction in [Ascending, Descending] {
            let from = cursor.map(Counting);
            let all = (0..DOCUMENTS).filter(sees);
            let expected = beyond(all, cursor, direction);
            let mut documents = Documents::new(index.view(&visible), from.as_ref(), direction);
            assert_eq!(documents.steps, 512);
            // The last chunk of the index has 32 documents.
            let most = 4 + usize::from(cursor.is_some()) + usize::from(direction == Descending);
            for (at, wanted) in expected.iter().enumerate() {
                let document = documents.next().map(|document| document.0);
                assert_eq!(document, Some(*wanted), "{cursor:?}, {direction:?}");
                assert!(documents.merged.is_some());
                // Four documents are in one chunk.
                let walked = documents.chunks_read - at / 4 - 1;
                assert!((most - 1..=most).contains(&walked), "{walked} chunks, {cursor:?}");
            }
            assert!(documents.next().is_none());
        }
    }
}

/// Half of the documents are visible. Finding them by the merge would cost more than the walk.
#[test]
fn walk_that_finds_documents_reads_each_chunk_once_and_never_merges() {
    let index = index(|at| format!("team:t{}", at * 7 % 64));
    let visible = holder_of((0..32).map(|team| format!("team:t{team}")));
    let visible = index.resolve(&visible, Action::Read);
    for direction in [Ascending, Descending] {
        let expected = beyond((0..DOCUMENTS).filter(|at| at * 7 % 64 < 32), None, direction);
        let mut documents = Documents::new(index.view(&visible), None, direction);
        let found: Vec<usize> = documents.by_ref().map(|document| document.0).collect();
        assert_eq!(found, expected, "{direction:?}");
        assert_eq!((documents.chunks_read, documents.merged.is_none()), (CHUNKS, true));
    }
}

/// Returns indexes with what a principal sees in them: everything, half, every 40th document, and the last 300 ones.
fn offset_cases() -> [(DocumentIndex<Counting>, Principal, Vec<usize>); 4] {
    let all = index(|_| "any".into());
    let half = index(|at| if at % 2 == 0 { "user:a".into() } else { "user:b".into() });
    let few =
        index(|at| if at % 40 == 3 { "user:a".into() } else { format!("user:u{}", at % 300) });
    let far = index(|at| if at < 19_700 { "user:b".into() } else { format!("team:t{}", at % 90) });
    [
        (all, Principal::guest(), (0..DOCUMENTS).collect()),
        (half, user("a"), (0..DOCUMENTS).step_by(2).collect()),
        (few, user("a"), (3..DOCUMENTS).step_by(40).collect()),
        (
            far,
            holder_of((0..90).map(|team| format!("team:t{team}"))),
            (19_700..DOCUMENTS).collect(),
        ),
    ]
}

#[test]
fn offset_costs_its_chunks_or_a_jump() {
    let [all, half, few, far] = offset_cases();
    for direction in [Ascending, Descending] {
        // All chunks up to the offset: 78 or 79 of 128 documents.
        let cost = page(&all.0, &all.1, (None, 10_000, direction));
        assert!((79..=80).contains(&cost.chunks) && !cost.merged, "{} chunks", cost.chunks);
        let cost = page(&half.0, &half.1, (None, 5_000, direction));
        assert!((79..=80).contains(&cost.chunks), "{} chunks", cost.chunks);
        // Behind the last document.
        let cost = page(&half.0, &half.1, (None, 10_000, direction));
        assert!(cost.page.is_empty() && cost.chunks <= CHUNKS, "{} chunks", cost.chunks);
        for case in [&few, &far] {
            let last = case.2.len() - 10;
            let cost = page(&case.0, &case.1, (None, last, direction));
            assert!(cost.chunks <= 4, "{} chunks", cost.chunks);
            assert_eq!(cost.page.len(), 10);
            let cost = page(&case.0, &case.1, (None, 10_000, direction));
            assert_eq!((cost.page.len(), cost.chunks), (0, 0));
        }
    }
    for case in [all, half, few, far] {
        assert_eq!(page(&case.0, &case.1, (None, 300, Ascending)).compared, 0);
        let compared = page(&case.0, &case.1, (Some(7_000), 300, Ascending)).compared;
        assert!(compared <= FIND, "{compared} compared");
    }
}

/// Skips to each offset, in one and in two steps, and compares all documents that follow.
#[test]
fn documents_after_a_jump_are_those_behind_the_offset() {
    for (index, principal, shown) in offset_cases() {
        let visible = index.resolve(&principal, Action::Read);
        for cursor in [None, Some(60), Some(10_003), Some(19_799), Some(DOCUMENTS)] {
            for direction in [Ascending, Descending] {
                let shown = shown.iter().copied();
                let expected = beyond(shown, cursor, direction);
                let from = cursor.map(Counting);
                for offset in [0, 1, 31, 32, 33, 127, 128, 129, 299, 300, 499, 5_000, 10_000] {
                    let mut documents =
                        Documents::new(index.view(&visible), from.as_ref(), direction);
                    let whole = documents.by_ref().skip(offset).map(|document| document.0);
                    let rest = expected.get(offset..).unwrap_or_default();
                    assert!(whole.eq(rest.iter().copied()), "{offset} from {cursor:?}");
                    assert!(documents.next().is_none() && documents.nth(40).is_none());

                    let mut documents =
                        Documents::new(index.view(&visible), from.as_ref(), direction);
                    let before = documents.by_ref().take(offset / 3).count();
                    let next = documents.nth(offset - offset / 3).map(|document| document.0);
                    if before == offset / 3 {
                        assert_eq!(next, expected.get(offset).copied(), "{offset}, {cursor:?}");
                    }
                    let rest = expected.get(offset + 1..).unwrap_or_default();
                    assert!(documents.map(|document| document.0).eq(rest.iter().copied()));
                }
            }
        }
    }
}

/// The tests of all documents cost more than a merge if 100 of them are visible, and less if 300 are.
#[test]
fn whole_iteration_reads_each_chunk_at_most_once() {
    let last = DOCUMENTS - 100;
    let fewer = index(|at| if at < last { "user:b".into() } else { "user:a".into() });
    let cases = offset_cases().map(|case| (case, CHUNKS));
    let fewer = ((fewer, user("a"), (last..DOCUMENTS).collect()), 2);
    for ((index, principal, shown), chunks) in cases.into_iter().chain([fewer]) {
        let visible = index.resolve(&principal, Action::Read);
        COMPARED.set(0);
        let mut documents = Documents::whole(index.view(&visible), shown.len());
        assert!(documents.by_ref().map(|document| document.0).eq(shown));
        assert_eq!((documents.chunks_read, COMPARED.get()), (chunks, 0));
    }
}

/// The first documents are visible, and the last four. Between them, no document is.
#[test]
fn walk_over_visible_neighbours_does_not_go_on_into_a_gap() {
    const COUNT: usize = 100_000;
    let mut index = DocumentIndex::new();
    for at in 0..COUNT {
        let is_visible = at < 100 * 128 || at + 4 >= COUNT;
        let team = at % 32 + if is_visible { 0 } else { 32 };
        index.insert(Counting(at), &[format!("read(\"team:t{team}\")")]).unwrap();
    }
    let visible = holder_of((0..32).map(|team| format!("team:t{team}")));
    let visible = index.resolve(&visible, Action::Read);
    let read = |mut documents: Documents<'_, _>| {
        let found = documents.by_ref().count();
        (documents.chunks_read, found)
    };
    let documents = Documents::new(index.view(&visible), None, Ascending);
    let steps = documents.steps;
    let (walked, found) = read(documents);
    let (merged, expected) = read(Documents::with_steps(index.view(&visible), None, Ascending, 0));
    assert_eq!(found, expected);
    assert!(walked <= merged + steps / 64 + 2, "{walked} chunks, and {merged} by the merge");
}

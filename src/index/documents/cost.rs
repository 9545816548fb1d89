//! The cost of a page: the number of scanned documents, and the number of comparisons.

use std::cell::Cell;

use super::*;
use crate::index::DocumentIndex;
use crate::permission::Action;
use crate::principal::Principal;

thread_local! {
    static COMPARED: Cell<usize> = const { Cell::new(0) };
}

/// A document that counts comparisons.
#[derive(Clone, PartialEq, Eq, Debug)]
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

const DOCUMENTS: usize = 20_000;
const PAGE: usize = 25;

/// Returns an index in which `role_of` gives the role that may read a document.
fn index(role_of: impl Fn(usize) -> String) -> DocumentIndex<Counting> {
    let mut index = DocumentIndex::new();
    for at in 0..DOCUMENTS {
        let list = [format!("read(\"{}\")", role_of(at)), "update(\"users\")".into()];
        index.insert(Counting(at), &list).unwrap();
    }
    index
}

/// The cost of a page, and its documents.
#[derive(Debug)]
struct Cost {
    scanned: usize,
    compared: usize,
    merged: bool,
    page: Vec<usize>,
}

fn page(
    index: &DocumentIndex<Counting>,
    principal: &Principal,
    (document, direction): (Option<usize>, Direction),
) -> Cost {
    let visible = index.table().resolve(principal, Action::Read);
    let beyond = document.map(Counting);
    COMPARED.set(0);
    let mut documents = Documents::new(index.view(&visible), beyond.as_ref(), direction);
    let all = documents.scan.clone().count();
    let page = documents.by_ref().take(PAGE).map(|document| document.0).collect();
    let compared = COMPARED.get();
    let scanned = all - documents.scan.count();
    Cost { scanned, compared, merged: documents.merged.is_some(), page }
}

fn holder_of(role: &str) -> Principal {
    Principal::parse_roles([role]).unwrap()
}

fn ascending(from: usize) -> Vec<usize> {
    (from..from + PAGE).collect()
}

/// The principal sees the last documents, each of which has its own list.
#[test]
fn few_visible_documents_cost_one_scanned_document_per_list() {
    const FEW: usize = 80;
    let first = DOCUMENTS - FEW;
    let index = index(|at| if at < first { "user:b".into() } else { format!("team:t{at}") });
    let teams = (first..DOCUMENTS).map(|at| format!("team:t{at}"));
    let member = Principal::parse_roles(teams).unwrap();
    let cost = page(&index, &member, (None, Direction::Ascending));
    assert_eq!((cost.scanned, cost.merged), (FEW, true));
    assert_eq!(cost.page, ascending(first));
    // The comparisons to find the position in each list, and to merge the lists.
    assert!(cost.compared < 8 * FEW + 8 * PAGE, "{} compared", cost.compared);

    let cost = page(&index, &member, (None, Direction::Descending));
    assert_eq!((cost.scanned, cost.merged, cost.compared), (PAGE, false, 0));
}

/// The principal sees the second half of the documents, which have one list.
#[test]
fn hidden_first_half_is_not_scanned() {
    let half = DOCUMENTS / 2;
    let index = index(|at| if at < half { "user:b".into() } else { "user:a".into() });
    for (from, scanned) in [(None, 1), (Some(100), 1), (Some(half - 2), 1)] {
        let cost = page(&index, &holder_of("user:a"), (from, Direction::Ascending));
        assert_eq!((cost.scanned, cost.merged), (scanned, true));
        assert_eq!(cost.page, ascending(half));
        assert!(cost.compared < 200, "{} compared", cost.compared);
    }
    let cost = page(&index, &holder_of("user:b"), (None, Direction::Descending));
    assert_eq!((cost.scanned, cost.merged), (1, true));
    assert_eq!(cost.page, (half - PAGE..half).rev().collect::<Vec<_>>());
    assert!(cost.compared < 200, "{} compared", cost.compared);
}

/// Each document has its own list, which every principal may read.
#[test]
fn page_of_all_lists_needs_no_merge() {
    let mut index = index(|_| "any".into());
    for at in 0..DOCUMENTS {
        index
            .insert(Counting(at), ["read(\"any\")".into(), format!("update(\"user:u{at}\")")])
            .unwrap();
    }
    for principal in [Principal::guest(), Principal::key_with_bypass()] {
        let cost = page(&index, &principal, (None, Direction::Ascending));
        assert_eq!((cost.scanned, cost.merged, cost.compared), (PAGE, false, 0));
        let cost = page(&index, &principal, (Some(10_000), Direction::Ascending));
        assert_eq!((cost.scanned, cost.merged), (PAGE, false));
        assert_eq!(cost.page, ascending(10_001));
        assert!(cost.compared < 200, "{} compared", cost.compared);
    }
    // The lists are not counted either.
    let visible = index.table().resolve(&Principal::guest(), Action::Read);
    assert_eq!(Documents::new(index.view(&visible), None, Direction::Ascending).steps, usize::MAX);
    let other = page(&index, &holder_of("user:c"), (None, Direction::Ascending));
    assert_eq!((other.scanned, other.compared, other.page.len()), (0, 0, 0));
}

/// Three lists are visible, so three documents are scanned before the merge.
#[test]
fn merge_starts_after_the_last_scanned_document() {
    let index = index(|at| format!("team:t{}", at % 4));
    let three = Principal::parse_roles(["team:t0", "team:t1", "team:t2"]).unwrap();
    let visible = index.table().resolve(&three, Action::Read);
    let mut documents = Documents::new(index.view(&visible), None, Direction::Ascending);
    assert!(documents.by_ref().take(3).map(|document| document.0).eq([0, 1, 2]));
    assert!(documents.merged.is_none() && documents.steps == 0);
    assert!(documents.by_ref().take(3).map(|document| document.0).eq([4, 5, 6]));
    assert!(documents.merged.is_some());
    assert_eq!(documents.scan.count(), DOCUMENTS - 3);
}

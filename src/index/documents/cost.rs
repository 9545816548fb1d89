//! What a page costs: how many documents are walked, and how many are compared.

use std::cell::Cell;

use super::*;
use crate::permission::Action;
use crate::principal::Principal;

thread_local! {
    static COMPARED: Cell<usize> = const { Cell::new(0) };
}

/// A document that counts how often one is compared.
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

/// An index of as many documents, each with the role that may read it.
fn index(role_of: impl Fn(usize) -> String) -> DocumentIndex<Counting> {
    let mut index = DocumentIndex::new();
    for at in 0..DOCUMENTS {
        let list = [format!("read(\"{}\")", role_of(at)), "update(\"users\")".into()];
        index.insert(Counting(at), &list).unwrap();
    }
    index
}

/// What a page took.
#[derive(Debug)]
struct Cost {
    walked: usize,
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
    let mut documents = Documents::new(index, &visible, beyond.as_ref(), direction);
    let all = documents.walk.clone().count();
    let page = documents.by_ref().take(PAGE).map(|document| document.0).collect();
    let compared = COMPARED.get();
    let walked = all - documents.walk.count();
    Cost { walked, compared, merged: documents.merged.is_some(), page }
}

fn somebody(role: &str) -> Principal {
    Principal::parse_roles([role]).unwrap()
}

fn ascending(from: usize) -> Vec<usize> {
    (from..from + PAGE).collect()
}

/// The last of it, in lists of their own.
#[test]
fn whoever_sees_few_documents_walks_past_as_many_as_they_have_lists() {
    const FEW: usize = 80;
    let first = DOCUMENTS - FEW;
    let index = index(|at| if at < first { "user:b".into() } else { format!("team:t{at}") });
    let teams = (first..DOCUMENTS).map(|at| format!("team:t{at}"));
    let somebody = Principal::parse_roles(teams).unwrap();
    let cost = page(&index, &somebody, (None, Direction::Ascending));
    assert_eq!((cost.walked, cost.merged), (FEW, true));
    assert_eq!(cost.page, ascending(first));
    // To put each list where it belongs, and to take from them in turn.
    assert!(cost.compared < 8 * FEW + 8 * PAGE, "{} compared", cost.compared);

    let cost = page(&index, &somebody, (None, Direction::Descending));
    assert_eq!((cost.walked, cost.merged, cost.compared), (PAGE, false, 0));
}

/// All but the first half, in one list.
#[test]
fn whoever_sees_nearly_all_but_the_first_does_not_walk_past_those() {
    let half = DOCUMENTS / 2;
    let index = index(|at| if at < half { "user:b".into() } else { "user:a".into() });
    for (from, walked) in [(None, 1), (Some(100), 1), (Some(half - 2), 1)] {
        let cost = page(&index, &somebody("user:a"), (from, Direction::Ascending));
        assert_eq!((cost.walked, cost.merged), (walked, true));
        assert_eq!(cost.page, ascending(half));
        assert!(cost.compared < 200, "{} compared", cost.compared);
    }
    let cost = page(&index, &somebody("user:b"), (None, Direction::Descending));
    assert_eq!((cost.walked, cost.merged), (1, true));
    assert_eq!(cost.page, (half - PAGE..half).rev().collect::<Vec<_>>());
    assert!(cost.compared < 200, "{} compared", cost.compared);
}

/// A list each, which everybody reads.
#[test]
fn whoever_sees_every_list_has_a_page_without_merging_them() {
    let mut index = index(|_| "any".into());
    for at in 0..DOCUMENTS {
        index
            .insert(Counting(at), &["read(\"any\")".into(), format!("update(\"user:u{at}\")")])
            .unwrap();
    }
    for principal in [Principal::guest(), Principal::key_with_bypass()] {
        let cost = page(&index, &principal, (None, Direction::Ascending));
        assert_eq!((cost.walked, cost.merged, cost.compared), (PAGE, false, 0));
        let cost = page(&index, &principal, (Some(10_000), Direction::Ascending));
        assert_eq!((cost.walked, cost.merged), (PAGE, false));
        assert_eq!(cost.page, ascending(10_001));
        assert!(cost.compared < 200, "{} compared", cost.compared);
    }
    // Nor are they counted.
    let visible = index.table().resolve(&Principal::guest(), Action::Read);
    assert_eq!(Documents::new(&index, &visible, None, Direction::Ascending).steps, usize::MAX);
    let nobody = page(&index, &somebody("user:c"), (None, Direction::Ascending));
    assert_eq!((nobody.walked, nobody.compared, nobody.page.len()), (0, 0, 0));
}

/// Key with bypass or not: no more than there are visible lists, then those are merged.
#[test]
fn lists_are_merged_by_the_first_document_that_is_not_walked_to() {
    let index = index(|at| format!("team:t{}", at % 4));
    let three = Principal::parse_roles(["team:t0", "team:t1", "team:t2"]).unwrap();
    let visible = index.table().resolve(&three, Action::Read);
    let mut documents = Documents::new(&index, &visible, None, Direction::Ascending);
    assert!(documents.by_ref().take(3).map(|document| document.0).eq([0, 1, 2]));
    assert!(documents.merged.is_none() && documents.steps == 0);
    assert!(documents.by_ref().take(3).map(|document| document.0).eq([4, 5, 6]));
    assert!(documents.merged.is_some());
    assert_eq!(documents.walk.count(), DOCUMENTS - 3);
}

use super::{Ends, Runs};
use crate::index::order::{Moved, Order, Sizes};
use crate::index::run::Entry;

/// The lists of the documents: in 0, 1, 2, 3 and 4 of the four chunks.
const LISTS: [[u32; 4]; 4] = [[4, 4, 3, 3], [4, 2, 2, 3], [4, 1, 1, 1], [4, 4, 3, 2]];

/// Creates four chunks of four documents.
fn order() -> Order<usize> {
    // A loaded chunk is full to seven eighths, which is 4 of 4.
    let documents = LISTS.into_iter().flatten().enumerate();
    let order = Order::from_sorted(documents, Sizes { chunk: 4, node: 4 });
    assert_eq!(order.chunks(), 4);
    order
}

fn contents(runs: &Runs, list: u32) -> Vec<(u32, u32)> {
    runs.entries(list).iter().map(|entry| (entry.chunk(), entry.documents())).collect()
}

#[test]
fn ends_of_up_to_three_entries_have_the_first_and_the_last() {
    let [a, b, c] = [Entry::new(5, 128), Entry::new(3, 1), Entry::new(7, 2)];
    assert_eq!(Ends::of(&[]).get(), None);
    assert_eq!(Ends::of(&[a]).get(), Some([a, a]));
    assert_eq!(Ends::of(&[a, b]).get(), Some([a, b]));
    assert_eq!(Ends::of(&[a, b, c]).get(), Some([a, c]));
    for entries in [&[][..], &[a], &[a, b]] {
        assert_eq!(Ends::of(entries).entries(), entries);
    }
}

#[test]
fn runs_of_an_order_have_the_chunks_of_each_list() {
    let runs = Runs::of(&order(), 6);
    runs.internal_validate().unwrap();
    let expected: [&[(u32, u32)]; 6] = [
        &[],
        &[(2, 3)],
        &[(1, 2), (3, 1)],
        &[(0, 2), (1, 1), (3, 1)],
        &[(0, 2), (1, 1), (2, 1), (3, 2)],
        &[],
    ];
    for (list, expected) in (0..).zip(expected) {
        assert_eq!(contents(&runs, list), expected);
        let documents: u32 = expected.iter().map(|(_, documents)| documents).sum();
        assert_eq!(runs.documents(list), documents as usize);
        let ends = runs.ends(list).map(|ends| ends.map(Entry::chunk));
        assert_eq!(ends, expected.first().zip(expected.last()).map(|(a, b)| [a.0, b.0]));
    }
    assert!(runs.entries(6).is_empty() && runs.ends(6).is_none() && runs.documents(6) == 0);
}

/// The chunks are added and removed at the front, at the end, and in between.
#[test]
fn run_of_zero_to_four_entries_keeps_its_ends() {
    let order = order();
    for chunks in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]] {
        let mut runs = Runs::default();
        let mut present: Vec<u32> = Vec::new();
        let check = |runs: &Runs, present: &[u32]| {
            runs.internal_validate().unwrap();
            let mut sorted = present.to_vec();
            sorted.sort_unstable();
            let expected: Vec<_> = sorted.iter().map(|chunk| (*chunk, 1)).collect();
            assert_eq!(contents(runs, 2), expected);
            assert_eq!(runs.documents(2), present.len());
            let ends = runs.ends(2).map(|ends| ends.map(Entry::chunk));
            assert_eq!(ends, sorted.first().zip(sorted.last()).map(|(a, b)| [*a, *b]));
            let apart = runs.long.get(2).is_some_and(Option::is_some);
            assert_eq!(apart, present.len() > 2, "{present:?}");
            assert!(runs.entries(0).is_empty() && runs.entries(1).is_empty());
        };
        for chunk in chunks {
            let before = runs.clone();
            assert_eq!(runs.add(2, chunk, &order), present.is_empty());
            check(&before, &present);
            present.push(chunk);
            check(&runs, &present);
        }
        for chunk in chunks {
            let before = runs.clone();
            assert_eq!(runs.take(2, chunk, &order), present.len() == 1);
            check(&before, &present);
            present.retain(|other| *other != chunk);
            check(&runs, &present);
        }
    }
}

/// All documents of chunk 1 move to chunk 2.
#[test]
fn documents_that_move_are_followed_in_each_of_their_lists() {
    let mut runs = Runs::of(&order(), 5);
    let moved = Moved { from: 1, to: 2, lists: vec![4, 2, 2, 3], vacated: None };
    runs.follow(moved, &order());
    let expected: [&[(u32, u32)]; 5] =
        [&[], &[(2, 3)], &[(2, 2), (3, 1)], &[(0, 2), (2, 1), (3, 1)], &[(0, 2), (2, 2), (3, 2)]];
    for (list, expected) in (0..).zip(expected) {
        assert_eq!(contents(&runs, list), expected, "list {list}");
        let ends = runs.ends(list).map(|ends| ends.map(Entry::documents));
        assert_eq!(ends, expected.first().zip(expected.last()).map(|(a, b)| [a.1, b.1]));
    }
    runs.internal_validate().unwrap();
}

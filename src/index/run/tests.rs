use super::{Entry, Run};

/// The place of a chunk in the order. Numbers descend where labels ascend.
fn label(chunk: u32) -> u64 {
    u64::MAX - u64::from(chunk)
}

/// The entries as chunks with their numbers of documents.
fn contents(run: &Run) -> Vec<(u32, u32)> {
    run.entries().iter().map(|entry| (entry.chunk(), entry.documents())).collect()
}

fn run(entries: &[(u32, u32)]) -> Run {
    let entries: Vec<Entry> =
        entries.iter().map(|&(chunk, documents)| Entry::new(chunk, documents)).collect();
    Run::new(&entries)
}

#[test]
fn entry_keeps_chunk_and_documents_at_their_limits() {
    for chunk in [0, 1, (1 << 25) - 1] {
        for documents in [1, 2, 127, 128] {
            let entry = Entry::new(chunk, documents);
            assert_eq!((entry.chunk(), entry.documents()), (chunk, documents));
        }
    }
}

#[test]
fn documents_added_and_taken_at_both_ends_keep_the_order() {
    let mut run = Run::default();
    for chunk in [50, 70, 30, 60, 30] {
        run.add(chunk, label);
    }
    assert_eq!(contents(&run), [(70, 1), (60, 1), (50, 1), (30, 2)]);
    for (chunk, expected) in [
        (70, &[(60, 1), (50, 1), (30, 2)][..]),
        (30, &[(60, 1), (50, 1), (30, 1)]),
        (30, &[(60, 1), (50, 1)]),
        (99, &[(60, 1), (50, 1)]),
        (60, &[(50, 1)]),
        (50, &[]),
        (50, &[]),
    ] {
        run.take(chunk, label);
        assert_eq!(contents(&run), expected, "without {chunk}");
    }
}

#[test]
fn entry_counts_up_to_128_documents_and_down_again() {
    let mut run = run(&[(9, 1), (7, 1)]);
    for documents in 2..=128 {
        run.add(9, label);
        run.add(7, label);
        assert_eq!(contents(&run), [(9, documents), (7, documents)]);
    }
    for documents in (1..128).rev() {
        run.take(9, label);
        assert_eq!(contents(&run), [(9, documents), (7, 128)]);
    }
    run.take(9, label);
    assert_eq!(contents(&run), [(7, 128)]);
}

/// Documents move from chunk 5 to chunk 4, which follows it, or to chunk 6, which is before it.
#[test]
fn documents_that_move_are_followed_to_both_neighbours() {
    for (before, to, documents, after) in [
        // A new entry, between others and at both ends.
        (&[(9, 1), (5, 3), (1, 1)][..], 4, 2, &[(9, 1), (5, 1), (4, 2), (1, 1)][..]),
        (&[(9, 1), (5, 3), (1, 1)], 6, 2, &[(9, 1), (6, 2), (5, 1), (1, 1)]),
        (&[(5, 128)], 4, 64, &[(5, 64), (4, 64)]),
        (&[(5, 128)], 6, 127, &[(6, 127), (5, 1)]),
        // The entry moves as a whole.
        (&[(9, 1), (5, 3), (1, 1)], 4, 3, &[(9, 1), (4, 3), (1, 1)]),
        (&[(5, 128)], 6, 128, &[(6, 128)]),
        (&[(5, 1)], 4, 1, &[(4, 1)]),
        // The neighbour has documents of the list already.
        (&[(6, 2), (5, 3), (4, 7)], 4, 2, &[(6, 2), (5, 1), (4, 9)]),
        (&[(6, 2), (5, 3), (4, 7)], 6, 2, &[(6, 4), (5, 1), (4, 7)]),
        (&[(6, 2), (5, 3), (4, 7)], 4, 3, &[(6, 2), (4, 10)]),
        (&[(6, 2), (5, 3), (4, 7)], 6, 3, &[(6, 5), (4, 7)]),
        (&[(5, 1), (4, 127)], 4, 1, &[(4, 128)]),
        // The list has no documents in the chunk.
        (&[(6, 2), (4, 7)], 4, 1, &[(6, 2), (4, 7)]),
        (&[], 4, 1, &[]),
    ] {
        let mut run = run(before);
        run.follow([5, to], documents, label);
        assert_eq!(contents(&run), after, "{documents} of {before:?} to {to}");
    }
}

/// Entries of long runs are found by the labels of their chunks.
#[test]
fn long_run_after_changes_has_the_entries_of_a_map() {
    let mut random = fastrand::Rng::with_seed(1);
    let (mut run, mut expected) = (Run::default(), std::collections::BTreeMap::new());
    for step in 0..30_000 {
        let chunk = random.u32(0..400);
        let documents = expected.entry(std::cmp::Reverse(chunk)).or_insert(0);
        // The run first grows and then shrinks.
        let add = random.u32(0..30_000) > step;
        if add && *documents < 128 {
            *documents += 1;
            run.add(chunk, label);
        } else if !add && *documents > 0 {
            *documents -= 1;
            run.take(chunk, label);
        }
        if *documents == 0 {
            expected.remove(&std::cmp::Reverse(chunk));
        }
        if step % 16 == 0 {
            let expected = expected.iter().map(|(chunk, documents)| (chunk.0, *documents));
            assert_eq!(contents(&run), expected.collect::<Vec<_>>(), "after {step} changes");
        }
    }
}

#[test]
fn run_that_grows_and_shrinks_reserves_little() {
    let mut run = Run::default();
    for chunk in 0..4 {
        run.add(chunk, label);
    }
    assert_eq!(run.memory(), 0, "four entries are inline");
    for chunk in 4..1_000 {
        run.add(chunk, label);
        let used = size_of_val(run.entries());
        assert!((used..=used + used / 8 + 16).contains(&run.memory()), "{chunk}: {}", run.memory());
    }
    for chunk in 0..1_000 {
        run.take(chunk, label);
        let used = size_of_val(run.entries());
        assert!(run.memory() <= 2 * used + 16, "{chunk}: {}", run.memory());
    }
    assert_eq!(run.memory(), 0, "the heap is given back");
}

use std::ops::RangeInclusive;

use super::{Order, Place, count, last_not_above};
use crate::acl::AclLimits;
use crate::index::DocumentIndex;

const LISTS: [&str; 3] = ["read(\"any\")", "read(\"users\")", "update(\"user:a\")"];

fn index(chunk: usize) -> DocumentIndex<u32> {
    DocumentIndex::internal_with_chunks_of(AclLimits::default(), chunk)
}

fn insert(index: &mut DocumentIndex<u32>, key: u32) {
    index.insert(key, [LISTS[key as usize % LISTS.len()]]).unwrap();
}

/// Returns the lengths of the chunks in order, in their nodes.
fn lens(order: &Order<u32>) -> Vec<Vec<usize>> {
    let len = |number: &u32| order.chunk(*number).unwrap().keys.len();
    order.nodes.nodes.iter().map(|node| node.chunks.iter().map(len).collect()).collect()
}

fn labels(order: &Order<u32>) -> Vec<(u32, u64)> {
    order.numbers().map(|number| (number, order.label(number))).collect()
}

/// Walks over the places in both directions.
fn check_places(order: &Order<u32>) {
    let up = std::iter::successors(order.first(), |place| order.next(*place));
    let up: Vec<Place> = up.collect();
    let down = std::iter::successors(order.last(), |place| order.previous(*place));
    assert!(down.eq(up.iter().rev().copied()), "{up:?}");
    assert!(up.iter().filter_map(|place| order.number_at(*place)).eq(order.numbers()));
}

#[test]
fn count_of_any_block_is_the_partition_point() {
    for len in 0..=300 {
        let keys: Vec<usize> = (0..len).collect();
        for key in 0..=len {
            assert_eq!(count(&keys, |other| *other < key), key, "{len} keys");
            // The first bound is not used.
            assert_eq!(last_not_above(&keys, &key), key.min(len.saturating_sub(1)));
        }
    }
}

/// Each chunk halves the gap between the labels, from the left or from the right. Only labels near the gap
/// change then, so the cost does not grow with the documents.
#[test]
fn labels_without_a_gap_change_near_the_gap_only() {
    for descending in [true, false] {
        let mut index = index(2);
        (0..4).for_each(|at| insert(&mut index, 1_000 * at));
        (0..1_000).for_each(|at| insert(&mut index, 4_000 + at));
        let far: Vec<_> = labels(&index.now.order).into_iter().skip(8).collect();
        let (mut spread, mut before) = (0, labels(&index.now.order));
        for step in 1..400 {
            let key = if descending { 1_000 - step } else { step };
            insert(&mut index, key);
            index.internal_validate().unwrap();
            let after = labels(&index.now.order);
            spread += before.iter().filter(|chunk| !after.contains(chunk)).count();
            before = after;
        }
        assert!((38..2_000).contains(&spread), "{spread} labels changed, {descending}");
        assert!(before.ends_with(&far), "{descending}");
        assert!(index.now.order.iter().map(|(key, _)| *key).is_sorted());
    }
}

/// A run finds the chunks of a list by their labels, also after they were numbered again.
#[test]
fn runs_stay_in_order_when_labels_are_numbered_again() {
    let mut index = index(2);
    for at in 0..300 {
        index.insert(10_000 + at, [LISTS[0]]).unwrap();
    }
    for step in 1..200 {
        index.insert(10_050 * 100 - step, [LISTS[0]]).unwrap();
        index.insert(9_000 - step, [LISTS[0]]).unwrap();
        index.remove(&(10_000 + step));
        index.internal_validate().unwrap();
    }
}

#[test]
fn nodes_after_insertion_and_removal_in_any_order_are_sound() {
    const LEN: u32 = 150;
    for size in [2, 3, 4, 8] {
        for (step, back) in [(1, 1), (LEN - 1, LEN - 1), (1, LEN - 1), (67, 89), (89, 1)] {
            let mut index = index(size);
            let mut divided = 0;
            for at in 0..LEN {
                insert(&mut index, at * step % LEN);
                index.internal_validate().unwrap();
                check_places(&index.now.order);
                divided = divided.max(lens(&index.now.order).len());
            }
            assert!(divided > 2, "{divided} nodes");
            for at in 0..LEN {
                assert!(index.remove(&((at * back + 7) % LEN)));
                index.internal_validate().unwrap();
                check_places(&index.now.order);
            }
            assert!(lens(&index.now.order).is_empty() && index.now.order.first().is_none());
            insert(&mut index, 5);
            index.internal_validate().unwrap();
        }
    }
}

#[test]
fn ascending_documents_fill_chunks_and_nodes() {
    let mut index = index(4);
    (0..64).for_each(|key| insert(&mut index, key));
    // A node that is divided at its end keeps all chunks but one.
    let lens = lens(&index.now.order);
    assert!(lens.iter().flatten().all(|len| *len == 4), "{lens:?}");
    assert!(lens.iter().rev().skip(1).all(|node| node.len() == 3), "{lens:?}");
}

#[test]
fn full_chunk_is_divided_in_the_middle() {
    let mut index = index(8);
    (0..16).for_each(|key| insert(&mut index, 10 * key));
    assert_eq!(lens(&index.now.order), [[8, 8]]);
    insert(&mut index, 5);
    assert_eq!(lens(&index.now.order), [[5, 4, 8]]);
    insert(&mut index, 155);
    assert_eq!(lens(&index.now.order), [[5, 4, 8, 1]]);
    index.internal_validate().unwrap();
}

/// Of two neighbours, one has more than three eighths of a chunk: at least 49 documents.
#[test]
fn chunks_are_merged_down_to_one_document() {
    let mut random = fastrand::Rng::with_seed(3);
    let mut index = index(128);
    let mut keys: Vec<u32> = (0..5_000).collect();
    for key in &keys {
        insert(&mut index, *key);
    }
    random.shuffle(&mut keys);
    while let Some(key) = keys.pop() {
        assert!(index.remove(&key));
        let most = 2 * (index.len() / 50) + 1;
        assert!(index.now.order.chunks() <= most, "{:?}", lens(&index.now.order));
        if keys.len() < 200 || keys.len().is_multiple_of(100) {
            index.internal_validate().unwrap();
        }
        if keys.len() == 1 {
            assert_eq!(lens(&index.now.order), [[1]]);
        }
    }
    assert!(index.is_empty() && index.now.order.chunks() == 0);
}

#[test]
fn chunk_with_few_documents_is_merged_with_the_neighbour_that_has_room() {
    // Removes documents from the chunk in the middle until it is merged.
    for (first, last, removed, merged) in [
        (8, 8, 8, [vec![8, 8], vec![]]),
        (3, 8, 5, [vec![6, 8], vec![]]),
        (8, 3, 5, [vec![8, 6], vec![]]),
        (3, 3, 5, [vec![6, 3], vec![]]),
    ] {
        let mut index = index(8);
        (0..24).for_each(|key| insert(&mut index, key));
        let ends = (first..8).chain(16 + last..24);
        ends.for_each(|key| assert!(index.remove(&key)));
        for key in 8..8 + removed {
            assert_eq!(index.now.order.chunks(), 3, "before {key}: {first} and {last}");
            assert!(index.remove(&key));
            index.internal_validate().unwrap();
        }
        assert_eq!(lens(&index.now.order)[..], merged[..1], "{first} and {last}");
    }
}

/// An order has few chunk numbers that are free, or else it is packed.
#[test]
fn order_without_most_of_its_documents_is_packed() {
    const LEN: u32 = 12_000;
    let kept: RangeInclusive<u32> = 5_995..=6_004;
    let mut index = index(2);
    (0..LEN).for_each(|key| insert(&mut index, key));
    assert_eq!(index.now.order.slots.len(), 6_000);
    let (mut packed, snapshot) = (0, index.snapshot());
    for key in (0..LEN).filter(|key| !kept.contains(key)) {
        let before = index.now.order.slots.len();
        assert!(index.remove(&key));
        let order = &index.now.order;
        assert!(order.slots.len() <= 4_096 + 4 * order.chunks());
        if order.slots.len() < before {
            packed += 1;
            assert_eq!((order.slots.len(), order.free.len()), (order.chunks(), 0));
            index.internal_validate().unwrap();
        }
    }
    assert_eq!(packed, 1);
    assert!(index.now.order.iter().map(|(key, _)| *key).eq(kept));
    index.internal_validate().unwrap();
    snapshot.internal_validate().unwrap();
    assert_eq!(snapshot.len(), LEN as usize);

    (6_000..6_100).for_each(|key| insert(&mut index, key));
    index.internal_validate().unwrap();
}

#[test]
fn order_that_is_shrunk_has_full_chunks() {
    let mut index = index(8);
    (0..200).for_each(|key| insert(&mut index, key * 67 % 200));
    index.shrink_to_fit();
    // A packed chunk has room for an eighth.
    let lens: Vec<usize> = lens(&index.now.order).concat();
    assert_eq!(lens[..28], [7; 28]);
    assert_eq!(lens[28..], [4]);
    index.internal_validate().unwrap();
}

#[test]
fn full_index_accepts_only_documents_that_it_has() {
    let mut index = index(8);
    (0..3).for_each(|key| insert(&mut index, key));
    let list = index.get(&0).unwrap();
    // A real index of 2^30 documents takes 12 GiB.
    let (len, full) = (index.now.order.len, (1 << 30) - 3);
    index.now.order.len += full;
    let error = index.insert_lenient(7, [LISTS[1]]).unwrap_err();
    assert_eq!(index.insert(7, [LISTS[1]]), Err(error.into()));
    assert_eq!(index.insert_with_list(7, list), Err(error.into()));
    assert_eq!(error.limit(), 1 << 30);
    assert_eq!(index.get(&7), None);

    insert(&mut index, 1);
    assert_eq!(index.insert_lenient(1, [LISTS[2]]), Ok(vec![]));
    assert_eq!(index.insert_with_list(2, list), Ok(()));
    assert!(index.remove(&1));
    insert(&mut index, 7);
    index.now.order.len -= full;
    assert_eq!(index.len(), len);
    index.internal_validate().unwrap();
}

//! Compiling, loading and single changes, with the memory of the index.

use std::time::Duration;

use fastrand::Rng;
use rolegate::AclId;

use crate::clock::once;
use crate::documents::{Documents, shuffled};
use crate::figures::{Figures, MEGABYTES};
use crate::format::{BYTES, TIME};
use crate::subject::{self, Index};
use crate::workload::{BATCH, Text, Workload};

/// The number of single changes that are measured, at most a tenth of the documents.
const CHANGES: usize = 1_000_000;

/// Compiles the lists and loads the documents, in ascending order of the keys and in random order. Returns the
/// index of the first, and its bytes on the heap.
pub fn load(workload: &Workload, documents: &Documents, figures: &mut Figures) -> (Index, i64) {
    let order = shuffled(documents.len(), 0x6c6f_6164);
    let (table, ids, _) = workload.compile();
    let pairs = order.iter().map(|&position| {
        let position = position as usize;
        (documents.key(position), ids[documents.list(position) as usize])
    });
    let (in_random_order, index) = once(|| subject::bulk_load(table, pairs));
    assert_eq!(index.len(), documents.len());
    drop((index, order));

    let mut loaded = None;
    let bytes = allocation_counter::measure(|| loaded = Some(load_ascending(workload, documents)));
    let Loaded { index, compile, load } = loaded.expect("loaded just now");
    let (lists, count) = (workload.lists() as f64, documents.len() as f64);
    let bytes = bytes.bytes_current;
    figures.insert("compile, distinct lists, of a list", TIME, compile.as_nanos() as f64 / lists);
    figures.insert("bulk load, ascending keys, of a document", TIME, load / count);
    figures.insert("bulk load, random keys, of a document", TIME, in_random_order / count);
    figures.insert("memory of a document after bulk load", BYTES, bytes as f64 / count);
    figures.insert("memory after bulk load", MEGABYTES, bytes as f64);
    figures.insert("the same as `memory()` states it", MEGABYTES, index.memory() as f64);
    (index, bytes)
}

struct Loaded {
    index: Index,
    compile: Duration,
    load: f64,
}

fn load_ascending(workload: &Workload, documents: &Documents) -> Loaded {
    let (table, ids, compile) = workload.compile();
    let pairs = documents.ascending().map(|(key, list)| (key, ids[list as usize]));
    let (load, index) = once(|| subject::bulk_load(table, pairs));
    Loaded { index, compile, load }
}

/// Measures inserting and removing single documents. The index has the same documents before and after.
///
/// Each new document has the list of another document, so that no list is compiled. The list is given by its
/// id, and then by its text.
pub fn change(
    index: &mut Index,
    workload: &Workload,
    documents: &Documents,
    figures: &mut Figures,
) {
    let count = CHANGES.min(documents.len() / 10);
    let mut rng = Rng::with_seed(0x0063_6861_6e67_6573);
    let others: Vec<usize> = (0..count).map(|_| rng.usize(..documents.len())).collect();
    let lists: Vec<u32> = others.iter().map(|&other| documents.list(other)).collect();
    let ids: Vec<AclId> =
        others.iter().filter_map(|&other| index.get(&documents.key(other))).collect();

    // Even keys are taken, so the keys beyond the last one and all odd keys are free.
    let end = documents.len() as u64 * 2;
    let beyond: Vec<u64> = (0..count as u64).map(|number| end + number * 2).collect();
    let mut positions = shuffled(documents.len(), 0x6f64_6473);
    positions.truncate(count);
    let between: Vec<u64> = positions.iter().map(|&position| u64::from(position) * 2 + 1).collect();
    for (order, mut keys) in [("ascending keys", beyond), ("random keys", between)] {
        let (time, ()) = once(|| insert_with_lists(index, &keys, &ids));
        figures.insert(format!("insert, {order}, list given"), TIME, time / count as f64);
        if order == "random keys" {
            Rng::with_seed(0x7265_6d6f_7665).shuffle(&mut keys);
        }
        let (time, removed) =
            once(|| keys.iter().map(|key| usize::from(index.remove(key))).sum::<usize>());
        assert_eq!(removed, count);
        figures.insert(format!("remove, {order}"), TIME, time / count as f64);
    }
    let end = documents.len() as u64 * 4;
    let keys: Vec<u64> = (0..count as u64).map(|number| end + number).collect();
    let time = insert(index, &keys, &lists, workload) / count as f64;
    figures.insert("insert, ascending keys, permissions given", TIME, time);
    assert_eq!(keys.iter().filter(|key| index.remove(key)).count(), count);
    assert_eq!(index.len(), documents.len());
}

fn insert_with_lists(index: &mut Index, keys: &[u64], ids: &[AclId]) {
    for (&key, &id) in keys.iter().zip(ids) {
        index.insert_with_list(key, id).expect("a list of the index");
    }
}

/// Returns the nanoseconds of inserting documents, without the time to write the texts of their lists.
pub fn insert(index: &mut Index, keys: &[u64], lists: &[u32], workload: &Workload) -> f64 {
    let mut sum = 0.0;
    for (keys, lists) in keys.chunks(BATCH).zip(lists.chunks(BATCH)) {
        let texts: Vec<Text> = lists.iter().map(|&list| workload.text(list)).collect();
        let (time, ()) = once(|| {
            for (&key, text) in keys.iter().zip(&texts) {
                index.insert(key, text).expect("room for a document");
            }
        });
        sum += time;
    }
    sum
}

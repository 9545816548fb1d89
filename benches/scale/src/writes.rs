//! Compiling, loading and single changes, with the memory of the index.

use std::time::Duration;

use fastrand::Rng;
use rolegate::AclTable;

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
/// Each new document has the list of another document, so that no list is compiled. `insert` looks the list up
/// by its text. The same look-up in a table of the same lists is measured alone and subtracted.
pub fn change(
    index: &mut Index,
    workload: &Workload,
    documents: &Documents,
    figures: &mut Figures,
) {
    let count = CHANGES.min(documents.len() / 10);
    let mut rng = Rng::with_seed(0x0063_6861_6e67_6573);
    let lists: Vec<u32> =
        (0..count).map(|_| documents.list(rng.usize(..documents.len()))).collect();
    let look_up = look_up(AclTable::clone(&index.table()), &lists, workload) / count as f64;
    figures.insert("look-up of a known list", TIME, look_up);

    // Even keys are taken, so the keys beyond the last one and all odd keys are free.
    let end = documents.len() as u64 * 2;
    let beyond: Vec<u64> = (0..count as u64).map(|number| end + number * 2).collect();
    let mut positions = shuffled(documents.len(), 0x6f64_6473);
    positions.truncate(count);
    let between: Vec<u64> = positions.iter().map(|&position| u64::from(position) * 2 + 1).collect();
    for (order, mut keys) in [("ascending keys", beyond), ("random keys", between)] {
        let time = insert(index, &keys, &lists, workload) / count as f64;
        figures.insert(format!("insert, {order}, with the look-up of the list"), TIME, time);
        figures.insert(format!("insert, {order}, without the look-up"), TIME, time - look_up);
        if order == "random keys" {
            Rng::with_seed(0x7265_6d6f_7665).shuffle(&mut keys);
        }
        let (time, removed) =
            once(|| keys.iter().map(|key| usize::from(index.remove(key))).sum::<usize>());
        assert_eq!(removed, count);
        figures.insert(format!("remove, {order}"), TIME, time / count as f64);
    }
    assert_eq!(index.len(), documents.len());
}

/// Returns the nanoseconds of finding known lists by their texts.
fn look_up(mut table: AclTable, lists: &[u32], workload: &Workload) -> f64 {
    let (mut sum, known) = (0.0, table.len());
    for batch in lists.chunks(BATCH) {
        let texts: Vec<Text> = batch.iter().map(|&list| workload.text(list)).collect();
        let (time, ids) =
            once(|| texts.iter().map(|text| table.insert(text)).collect::<Result<Vec<_>, _>>());
        assert!(ids.is_ok_and(|ids| ids.len() == batch.len()));
        sum += time;
    }
    assert_eq!(table.len(), known, "a list was new");
    sum
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

//! The memory and answers after many changes.

use crate::clock::once;
use crate::documents::{Documents, shuffled};
use crate::figures::{Figures, MEGABYTES};
use crate::format::{BYTES, TIME};
use crate::subject::Index;
use crate::workload::Workload;
use crate::writes::insert;

/// Returns the documents after [`apply`]. Each document has the list of another document, and a fifth of the
/// documents have another key.
pub fn expected(workload: &Workload) -> Documents {
    let count = workload.documents.len();
    let mut documents = Documents::new(workload.documents.clone());
    for (&to, &from) in shuffled(count, TO).iter().zip(&shuffled(count, FROM)) {
        documents.set_list(to as usize, workload.documents[from as usize]);
    }
    for &position in shuffled(count, OUT).iter().take(count / 5) {
        documents.move_up(position as usize);
    }
    documents
}

/// The seeds of the orders in which documents are replaced, lists are taken, and documents are removed.
const TO: u64 = 0x746f;
const FROM: u64 = 0x6672_6f6d;
const OUT: u64 = 0x006f_7574;

/// Replaces the list of every document once, in random order. Then removes a fifth of the documents, in random
/// order, and inserts as many. `bytes` is the memory of the index before.
pub fn apply(
    index: &mut Index,
    bytes: i64,
    workload: &Workload,
    after: &Documents,
    figures: &mut Figures,
) {
    let count = after.len();
    let (mut replace, mut fifth) = (0.0, 0.0);
    let change = allocation_counter::measure(|| {
        let order = shuffled(count, TO);
        let keys: Vec<u64> = order.iter().map(|&position| u64::from(position) * 2).collect();
        let lists: Vec<u32> = order.iter().map(|&position| after.list(position as usize)).collect();
        replace = insert(index, &keys, &lists, workload);
        let order = shuffled(count, OUT);
        let out = &order[..count / 5];
        let (time, ()) = once(|| {
            for &position in out {
                index.remove(&(u64::from(position) * 2));
            }
        });
        let keys: Vec<u64> = out.iter().map(|&position| after.key(position as usize)).collect();
        let lists: Vec<u32> = out.iter().map(|&position| after.list(position as usize)).collect();
        fifth = time + insert(index, &keys, &lists, workload);
    });
    assert_eq!(index.len(), count);
    let bytes = (bytes + change.bytes_current) as f64;
    figures.insert(
        "churn: replace the list of a document, with compiling",
        TIME,
        replace / count as f64,
    );
    let name = "churn: remove and insert a document, with compiling";
    figures.insert(name, TIME, fifth / (count / 5) as f64);
    figures.insert("memory of a document after churn", BYTES, bytes / count as f64);
    figures.insert("memory after churn", MEGABYTES, bytes);
    figures.insert(
        "the same after churn as `memory()` states it",
        MEGABYTES,
        index.memory() as f64,
    );
}

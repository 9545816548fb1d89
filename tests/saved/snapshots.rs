//! Snapshots that are saved while the index changes.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rolegate::AclLimits;
use rolegate::index::DocumentIndex;

use super::{load, saved, small_file};

/// An output that changes the index before each frame is written.
struct Changing<'a> {
    index: &'a mut DocumentIndex<u64>,
    out: Vec<u8>,
}

impl Write for Changing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let number = self.out.len() as u64;
        self.index.insert(number, [format!("read(\"user:new{number}\")")]).unwrap();
        self.index.insert(1, [format!("write(\"team:t{number}\")")]).unwrap();
        self.index.insert(9, ["read(\"user:bad id\")"]).unwrap_err();
        self.index.remove(&2);
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn snapshot_is_saved_without_later_changes() {
    let (mut index, _) = load(&small_file()).unwrap();
    let snapshot = index.snapshot();
    let mut out = Changing { index: &mut index, out: Vec::new() };
    snapshot.save(300, &mut out).unwrap();
    assert_eq!(out.out, small_file());
    assert!(index.table().len() > snapshot.len() + 5, "the table has grown");
    assert_eq!(saved(&index.snapshot(), 1), saved(&index, 1));
    index.internal_validate().unwrap();
}

#[test]
fn snapshot_is_saved_after_compaction_of_the_index() {
    let (mut index, _) = load(&small_file()).unwrap();
    let snapshot = index.snapshot();
    for number in 0..40_000 {
        index.insert(1, [format!("read(\"user:u{number}\")")]).unwrap();
    }
    assert!(index.table().len() < 40_000, "the index was compacted");
    assert_eq!(saved(&snapshot, 300), small_file());
    let file = saved(&index, 1);
    let (loaded, _) = load(&file).unwrap();
    assert_eq!(saved(&loaded, 1), file);
}

#[test]
fn snapshots_are_saved_while_another_thread_writes() {
    let mut index = DocumentIndex::<u64>::new();
    (0..20_000).for_each(|at| index.insert(at, [format!("read(\"user:u{at}\")")]).unwrap());
    let (snapshot, done) = (index.snapshot(), AtomicBool::new(false));
    let expected = saved(&snapshot, 5);
    thread::scope(|scope| {
        scope.spawn(|| {
            for at in 0.. {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                index.insert(at % 30_000, [format!("read(\"team:t{at}\")")]).unwrap();
            }
        });
        let same = (0..20).all(|_| saved(&snapshot, 5) == expected);
        // The writer ends before a failure is reported. The scope would wait for it otherwise.
        done.store(true, Ordering::Relaxed);
        assert!(same, "a later change is in the file");
    });
    let loaded = DocumentIndex::<u64>::load(expected.as_slice(), AclLimits::default()).unwrap();
    assert_eq!(loaded.0.len(), 20_000);
}

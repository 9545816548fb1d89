//! Memory grows linearly with the input.

use allocation_counter::{AllocationInfo, measure};
use rolegate::index::DocumentIndex;
use rolegate::json::Filter;
use rolegate::{Action, Principal};

use crate::cases::{CASES, Growth};

/// Returns twice the bytes, plus a fifth for capacities that are rounded up to powers of two.
fn twice_of(bytes: u64) -> u64 {
    bytes * 2 + bytes / 5
}

/// The bytes that any small input may take: a hash table, a message, a bitmap block.
const ANYWAY: u64 = 16 << 10;

/// Returns the most bytes at once, and the bytes of all allocations together.
fn bytes(counted: &AllocationInfo) -> [(&'static str, u64); 2] {
    [("at once", counted.bytes_max), ("in all", counted.bytes_total)]
}

#[test]
fn input_of_twice_the_size_takes_at_most_twice_the_memory() {
    for case in &CASES {
        let counted = |size: usize| measure((case.prepare)(size));
        let (once, twice) = (counted(case.size), counted(2 * case.size));
        for ((what, once), (_, twice)) in bytes(&once).into_iter().zip(bytes(&twice)) {
            let limit = match case.growth {
                Growth::None => ANYWAY,
                Growth::Linear => ANYWAY + twice_of(once),
            };
            let shown = format!("{}: {once} bytes {what}, for twice the input {twice}", case.name);
            println!("{shown}");
            assert!(twice <= limit, "{shown}");
        }
    }
}

/// Half of the million lines are visible.
#[test]
fn lines_of_any_number_take_constant_memory() {
    let matcher = Principal::guest().matcher(Action::Read);
    let line = |role| format!("{{\"$permissions\":[\"read(\\\"{role}\\\")\"],\"a\":\"{role}\"}}\n");
    let lines = [line("any"), line("users")].concat();
    let most = |repeated: usize| {
        let input = lines.repeat(repeated);
        let copy = || {
            let outcome = Filter::new(&matcher).copy(input.as_bytes(), std::io::sink()).unwrap();
            assert_eq!(outcome.visible(), repeated as u64);
        };
        measure(copy).bytes_max
    };
    let (few, many) = (most(20_000), most(500_000));
    assert!(many <= few, "{few} bytes for 40,000 lines, {many} for a million");
}

/// One document whose list changes many times, and many documents that are inserted and removed.
#[test]
fn index_after_many_changes_takes_no_memory_for_old_lists() {
    let list = |number: usize| [format!("read(\"user:u{number:07}\")")];
    let changes = |count: usize| {
        move || {
            let mut index = DocumentIndex::new();
            (0..count).for_each(|number| index.insert(0, list(number)).unwrap());
            assert_eq!(index.len(), 1);
        }
    };
    let (few, many) = (measure(changes(50_000)).bytes_max, measure(changes(500_000)).bytes_max);
    println!("{few} bytes at once for 50,000 changes, {many} for 500,000");
    assert!(many <= few, "{few} bytes for 50,000 changes, {many} for 500,000");

    let mut index = DocumentIndex::new();
    let held = measure(|| {
        (0..400_000).for_each(|number| index.insert(number, list(number)).unwrap());
        (0..400_000).for_each(|number| assert!(index.remove(&number)));
    });
    println!(
        "{} bytes at once for 400,000 documents, {} after them",
        held.bytes_max, held.bytes_current
    );
    assert!(index.is_empty() && held.bytes_current < 2 << 20, "{} bytes", held.bytes_current);
}

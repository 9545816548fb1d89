//! The time of a load from memory, which bounds events whose connections are not in the cache.

use std::hint::black_box;

use rolegate_audience_bench::clients::mix;
use rolegate_audience_bench::clock::once;
use rolegate_audience_bench::figures::Figures;
use rolegate_audience_bench::format::TIME;

/// The bytes of the buffer: 512 MB, about as much as a million connections take.
const BYTES: usize = 512 << 20;
/// The bytes of a cache line.
const LINE: usize = 64;
/// The number of random loads.
const LOADS: u64 = 1_000_000;

/// Measures loads of a cache line.
pub fn measure(figures: &mut Figures) {
    let words: Vec<u64> = (0..BYTES as u64 / 8).collect();
    let at = |number: u64| words[(mix(number) % words.len() as u64) as usize];
    let add = |sum: u64, word: u64| sum.wrapping_add(word);
    let (sequence, _) = once(|| black_box(words.iter().copied().fold(0, add)));
    let (independent, _) = once(|| black_box((0..LOADS).map(at).fold(0, add)));
    let (dependent, _) = once(|| black_box((0..LOADS).fold(0, |last, load| at(load ^ last))));
    let table = figures.table("Loads of a cache line, among 512 MB", &[]);
    table.add("one after the other", None, TIME, sequence / (BYTES / LINE) as f64);
    table.add("at random", None, TIME, independent / LOADS as f64);
    table.add("at random, where each depends on the last", None, TIME, dependent / LOADS as f64);
}

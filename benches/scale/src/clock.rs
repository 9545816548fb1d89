//! Times of one call: warm, and with the caches swept.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// The time for which a warm call is repeated.
const REPEAT_FOR: Duration = Duration::from_millis(300);
/// The number of samples of a slow call, even if they take longer.
const SAMPLES: usize = 5;
/// The least time of a sample. A sample of a fast call has several calls, because reading the clock takes time.
const SAMPLE: Duration = Duration::from_micros(20);

/// Returns the nanoseconds of a call: the median of many samples. The number of the call is passed to it.
pub fn warm<T>(mut call: impl FnMut(usize) -> T) -> f64 {
    let (mut calls, started) = (0, Instant::now());
    let mut sample = |count: usize| {
        let started = Instant::now();
        for _ in 0..count {
            black_box(call(calls));
            calls += 1;
        }
        started.elapsed()
    };
    // The first call brings the data into the caches.
    sample(1);
    let once = sample(1).max(Duration::from_nanos(1));
    let count = (SAMPLE.as_nanos() / once.as_nanos() + 1) as usize;
    let mut samples = Vec::new();
    while samples.len() < SAMPLES || started.elapsed() < REPEAT_FOR {
        samples.push(sample(count).as_nanos() as f64 / count as f64);
    }
    median(&samples)
}

/// A buffer that is larger than the caches.
pub struct Sweeper(Vec<u64>);

/// The bytes of the buffer, unless others are given: 256 MB.
const SWEPT: usize = 256 << 20;
/// The words of a cache line.
const LINE: usize = 8;

impl Sweeper {
    pub fn new() -> Self {
        Self::with_bytes(SWEPT)
    }

    pub fn with_bytes(bytes: usize) -> Self {
        Self((0..bytes as u64 / 8).collect())
    }

    /// Reads the buffer, so that the caches hold nothing else.
    pub fn sweep(&self) {
        black_box(self.0.iter().step_by(LINE).fold(0_u64, |sum, word| sum.wrapping_add(*word)));
    }

    /// Returns the nanoseconds of a call after the buffer is read.
    pub fn cold<T>(&self, call: impl FnOnce() -> T) -> f64 {
        self.sweep();
        let started = Instant::now();
        black_box(call());
        started.elapsed().as_nanos() as f64
    }
}

/// Returns the time of a call in nanoseconds, and its result.
pub fn once<T>(call: impl FnOnce() -> T) -> (f64, T) {
    let started = Instant::now();
    let result = call();
    (started.elapsed().as_nanos() as f64, result)
}

/// Returns the middle value, or the upper of two.
pub fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Returns the largest value.
pub fn worst(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NAN, f64::max)
}

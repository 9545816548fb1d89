//! Counts of heap allocations.
//!
//! This is a separate binary, because the counting allocator serves the whole process and would slow down all
//! other tests.
#![allow(unreachable_pub, reason = "a test binary has no public interface")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests and their helpers fail by panicking"
)]

mod audience;
#[path = "../support/growth.rs"]
mod cases;
mod growth;
mod saved;
mod warm;

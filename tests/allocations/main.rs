//! Counts of heap allocations.
//!
//! A binary of its own: the counting allocator replaces the system's in the whole process, which would
//! slow every other test down.
#![allow(unreachable_pub, reason = "a test binary has no public interface")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests and their helpers fail by panicking"
)]

#[path = "../support/growth.rs"]
mod cases;
mod growth;
mod warm;

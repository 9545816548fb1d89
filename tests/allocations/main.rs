//! What is asked of the heap, counted.
//!
//! A binary of its own: the allocator that counts takes the place of the system's in the whole
//! process, where it would slow every other test down.
#![allow(unreachable_pub, reason = "a binary of tests offers nothing to anybody")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its helpers too"
)]

#[path = "../support/growth.rs"]
mod cases;
mod growth;
mod warm;

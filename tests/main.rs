//! Everything that is tested through the public interface, in one binary.
#![allow(unreachable_pub, reason = "a binary of tests offers nothing to anybody")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::unreachable,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a test fails by panicking, its helpers too, and says how much it has tried"
)]

mod bounds;
#[cfg(feature = "cli")]
mod command;
mod concurrency;
mod conformance;
mod exhaustive;
#[cfg(feature = "jwt")]
mod identity;
mod interface;
mod json;
mod properties;
mod support;

//! All tests of the public interface, in one binary.
#![allow(unreachable_pub, reason = "a test binary has no public interface")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::unreachable,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "tests and their helpers fail by panicking, and print how much they tried"
)]

mod audience;
mod bounds;
#[cfg(feature = "cli")]
mod command;
mod concurrency;
mod conformance;
mod exhaustive;
#[cfg(feature = "auth")]
mod identity;
mod interface;
mod json;
mod properties;
mod query;
mod saved;
mod support;

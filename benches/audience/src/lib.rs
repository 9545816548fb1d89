//! Events among many connections: what both programs of this bench use.
//!
//! The program `times` measures times, and `memory` counts bytes. They are apart, because the allocator that
//! counts is slower.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "a bench that cannot go on says so and stops"
)]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "figures are rounded, and numbers of connections have 32 bits"
)]

pub mod arguments;
pub mod clients;
#[allow(
    dead_code,
    missing_docs,
    clippy::cast_sign_loss,
    clippy::new_without_default,
    reason = "the index at scale uses the rest"
)]
#[path = "../../scale/src/clock.rs"]
pub mod clock;
pub mod event;
pub mod figures;
#[allow(dead_code, missing_docs, reason = "the report uses the rest")]
#[path = "../../report/src/format.rs"]
pub mod format;
pub mod shapes;
pub mod ways;

use std::error::Error;

/// The result of a program.
pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

//! The C interface of rolegate. `include/rolegate.h` is generated from this crate.
//!
//! | file | content |
//! | --- | --- |
//! | `types.rs` | structures and constants that C sees |
//! | `handles.rs` | the registry of handles |
//! | `objects.rs` | what a handle stands for |
//! | `failure.rs` | the error of a call |
//! | `ffi.rs` | the border: pointers to slices, and values to out-parameters |
//! | `lists.rs` | lists of texts, one for each document |
//! | `reports.rs` | malformed permissions as JSON |
//! | `api/` | the exported functions |
//!
//! `ffi.rs` is the only file with `unsafe` blocks. The files of `api/` allow unsafe code for their exported
//! names only.

#![deny(unsafe_code)]

mod api;
mod failure;
mod ffi;
mod handles;
mod lists;
mod objects;
mod reports;
mod types;

//! Tests of the layers and extractors with axum, tonic and a real client.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests and their helpers fail by panicking"
)]

mod cache;
mod extractors;
mod grpc;
mod layers;
mod outcomes;
mod server;
mod support;

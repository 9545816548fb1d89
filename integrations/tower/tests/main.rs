//! Tests of the layers and extractors with axum, tonic and a real client.

mod cache;
mod extractors;
mod grpc;
mod layers;
mod outcomes;
mod server;
mod support;

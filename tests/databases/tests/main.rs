//! The rows of each database and layout, compared with the decisions.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests fail by panicking, and print how much they tried"
)]

mod document_stores;
mod duckdb;
mod examples;
mod mariadb;
mod postgres;
mod sqlite;
mod suite;

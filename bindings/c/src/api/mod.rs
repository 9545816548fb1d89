//! The exported functions, one file for each kind of object.
//!
//! A file here allows unsafe code because an exported name is an unsafe attribute. `bindings/run c` fails if one of
//! these files has an `unsafe` block or function.

mod collection;
mod constants;
mod error;
mod json;
mod jwt;
mod library;
mod matcher;
mod permission;
mod principal;
mod selection;
mod sql;
mod table;
mod visibility;

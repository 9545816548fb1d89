//! Shared parts of the tests: the naive oracle, the rules as plain code, and strategies for inputs at the
//! edges.

pub mod audience;
#[cfg(feature = "http")]
pub mod headers;
pub mod index;
pub mod json;
pub mod language;
pub mod model;
pub mod oracle;
pub mod recogniser;
pub mod rules;
pub mod saved;
pub mod strategies;
pub mod users;

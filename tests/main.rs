//! Everything that is tested through the public interface, in one binary.
#![allow(unreachable_pub, reason = "a binary of tests offers nothing to anybody")]

mod bounds;
mod conformance;
mod properties;
mod support;

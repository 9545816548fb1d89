//! Everything that is tested through the public interface, in one binary.

mod conformance;
mod support;

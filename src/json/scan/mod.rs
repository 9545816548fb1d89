//! JSON bytes to tokens: a [`Scanner`] checks JSON and skips it, without building values.

mod block;
mod error;
mod known_key;
mod number;
mod scanner;
mod string;

pub(crate) use error::{Scan, ScanError, ScanErrorKind};
pub(crate) use known_key::KnownKey;
pub use scanner::MAX_DEPTH;
pub(crate) use scanner::Scanner;
pub(crate) use string::Raw;

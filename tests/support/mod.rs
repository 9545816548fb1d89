//! What the tests share: the naive oracle, and strategies that aim at edges.

pub mod oracle;

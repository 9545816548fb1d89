//! Memory that all connections have in common: [`Budget`].

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// A number of bytes that are in use, and their limit.
#[derive(Clone)]
pub struct Budget {
    used: Arc<AtomicUsize>,
    limit: usize,
}

/// Bytes of a budget. They are given back when the value is dropped.
pub struct Share {
    used: Arc<AtomicUsize>,
    bytes: usize,
}

impl Budget {
    pub fn new(limit: usize) -> Self {
        Self { used: Arc::default(), limit }
    }

    /// Takes bytes, also beyond the limit. The caller then asks [`is_exceeded`](Self::is_exceeded).
    pub fn take(&self, bytes: usize) -> Share {
        self.used.fetch_add(bytes, Relaxed);
        Share { used: Arc::clone(&self.used), bytes }
    }

    /// Returns `true` if more bytes are in use than the limit allows.
    pub fn is_exceeded(&self) -> bool {
        self.used.load(Relaxed) > self.limit
    }
}

impl Share {
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.used.fetch_sub(self.bytes, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::Budget;

    #[test]
    fn budget_is_exceeded_until_shares_are_dropped() {
        let budget = Budget::new(10);
        let first = budget.take(10);
        assert!(!budget.is_exceeded());
        let second = budget.take(1);
        assert!(budget.is_exceeded());
        drop(first);
        assert!(!budget.is_exceeded());
        drop((second, budget.take(10)));
        assert!(!budget.is_exceeded());
    }
}

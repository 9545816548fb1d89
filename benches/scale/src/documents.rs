//! The plain vectors with which every answer of the index is compared: [`Documents`].

use fastrand::Rng;

/// The documents of the index: the key and the list of each, in the order of the keys.
pub struct Documents {
    lists: Vec<u32>,
    /// `true` for a document that churn removed. The document with the next odd key replaced it.
    moved: Vec<bool>,
}

impl Documents {
    /// Returns documents with even keys: 0, 2, 4 and so on. Odd keys are free for later documents.
    pub fn new(lists: Vec<u32>) -> Self {
        Self { moved: vec![false; lists.len()], lists }
    }

    pub fn len(&self) -> usize {
        self.lists.len()
    }

    pub fn key(&self, position: usize) -> u64 {
        position as u64 * 2 + u64::from(self.moved[position])
    }

    pub fn list(&self, position: usize) -> u32 {
        self.lists[position]
    }

    pub fn set_list(&mut self, position: usize, list: u32) {
        self.lists[position] = list;
    }

    /// Replaces a document by one with the next odd key, which does not change the order.
    pub fn move_up(&mut self, position: usize) {
        self.moved[position] = true;
    }

    /// Returns the documents in ascending order of their keys.
    pub fn ascending(&self) -> impl Iterator<Item = (u64, u32)> {
        (0..self.len()).map(|position| (self.key(position), self.list(position)))
    }

    /// Returns the positions of documents with an allowed list, in ascending order.
    pub fn visible(&self, allowed: &[bool]) -> Vec<u32> {
        let lists = self.lists.iter().enumerate();
        let visible = lists.filter(|(_, list)| allowed[**list as usize]);
        visible.map(|(position, _)| position as u32).collect()
    }
}

/// Returns the positions up to `count` in random order.
pub fn shuffled(count: usize, seed: u64) -> Vec<u32> {
    let mut positions: Vec<u32> = (0..count as u32).collect();
    Rng::with_seed(seed).shuffle(&mut positions);
    positions
}

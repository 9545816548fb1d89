//! roaring 0.12: a bitmap of documents for each role, as hosts write it by hand.
//!
//! The code follows the documentation of roaring: `MultiOps::union` computes the union of many bitmaps at once,
//! which is faster than one union after the other. `optimize` compresses the bitmaps after loading.
//!
//! Prepared: a hash map from roles to bitmaps, which only has the permission to read. Timed: looking up the roles,
//! the union of their bitmaps, and the positions in ascending order. [`RoaringPage`] reads the first positions only.

use std::collections::HashMap;

use roaring::{MultiOps, RoaringBitmap};

use crate::data::Data;
use crate::{Engine, PAGE};

/// A bitmap for each role.
pub struct Roaring {
    documents: HashMap<String, RoaringBitmap>,
    roles: Vec<String>,
}

/// The first page by the same bitmaps.
pub struct RoaringPage(Roaring);

impl Roaring {
    /// Adds each document to the bitmaps of its readers.
    #[must_use]
    pub fn new(data: &Data) -> Self {
        let mut documents: HashMap<String, RoaringBitmap> = HashMap::new();
        for (number, document) in (0..).zip(&data.documents) {
            for role in &document.readers {
                documents.entry(role.clone()).or_default().insert(number);
            }
        }
        for bitmap in documents.values_mut() {
            bitmap.optimize();
        }
        Self { documents, roles: data.caller.roles.clone() }
    }

    fn list(&self, len: usize) -> Vec<usize> {
        let visible = self.roles.iter().filter_map(|role| self.documents.get(role)).union();
        visible.iter().take(len).map(|number| number as usize).collect()
    }
}

impl RoaringPage {
    /// Adds each document to the bitmaps of its readers.
    #[must_use]
    pub fn new(data: &Data) -> Self {
        Self(Roaring::new(data))
    }
}

impl Engine for Roaring {
    fn visible(&mut self) -> Vec<usize> {
        self.list(usize::MAX)
    }
}

impl Engine for RoaringPage {
    fn visible(&mut self) -> Vec<usize> {
        self.0.list(PAGE)
    }
}

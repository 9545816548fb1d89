//! Values by number, in pages: [`Paged`], and [`Slab`], which also reuses the numbers of removed values.
//!
//! A `Vec` reserves up to twice its length, and copies all values when it grows. With a million connections
//! that is most of a hundred megabytes, and a pause. A page has 1,024 values, so at most one page is reserved.
//! An access costs a shift and a second bounds check.

use std::mem::take;

use crate::packed::to_u32;

/// The number of values in a page: 1,024.
const PAGE: usize = 1024;

pub(super) struct Paged<T> {
    pages: Vec<Vec<T>>,
}

impl<T> Paged<T> {
    pub(super) fn new() -> Self {
        Self { pages: Vec::new() }
    }

    pub(super) fn len(&self) -> usize {
        let last = self.pages.last().map_or(0, Vec::len);
        self.pages.len().saturating_sub(1) * PAGE + last
    }

    #[inline]
    pub(super) fn get(&self, number: u32) -> Option<&T> {
        let number = number as usize;
        self.pages.get(number / PAGE)?.get(number % PAGE)
    }

    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        let number = number as usize;
        self.pages.get_mut(number / PAGE)?.get_mut(number % PAGE)
    }

    pub(super) fn push(&mut self, value: T) {
        match self.pages.last_mut() {
            Some(page) if page.len() < PAGE => page.push(value),
            // The first page grows step by step, so that a small audience is small.
            None => self.pages.push(vec![value]),
            Some(_) => {
                let mut page = Vec::with_capacity(PAGE);
                page.push(value);
                self.pages.push(page);
            }
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.pages.iter().flatten()
    }

    /// Returns the bytes on the heap, without those of the values.
    pub(super) fn memory(&self) -> usize {
        let values: usize = self.pages.iter().map(Vec::capacity).sum();
        self.pages.capacity() * size_of::<Vec<T>>() + values * size_of::<T>()
    }
}

/// Values by number. The default value stands for no value.
pub(super) struct Slab<T> {
    values: Paged<T>,
    /// The numbers without a value. The last one is used next, because its memory is in the cache.
    free: Vec<u32>,
}

impl<T: Default> Slab<T> {
    pub(super) fn new() -> Self {
        Self { values: Paged::new(), free: Vec::new() }
    }

    /// Returns the number of values.
    pub(super) fn used(&self) -> usize {
        self.values.len() - self.free.len()
    }

    /// Returns the number of values and free numbers. All numbers are smaller.
    #[inline]
    pub(super) fn end(&self) -> usize {
        self.values.len()
    }

    #[inline]
    pub(super) fn get(&self, number: u32) -> Option<&T> {
        self.values.get(number)
    }

    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        self.values.get_mut(number)
    }

    /// Stores a value, and returns its number. The caller has checked that the numbers have not run out.
    pub(super) fn insert(&mut self, value: T) -> u32 {
        if let Some(number) = self.free.pop() {
            if let Some(place) = self.values.get_mut(number) {
                *place = value;
            }
            return number;
        }
        self.values.push(value);
        to_u32(self.values.len() - 1)
    }

    /// Removes the value of a number that is in use.
    pub(super) fn remove(&mut self, number: u32) -> T {
        let Some(place) = self.values.get_mut(number) else { return T::default() };
        self.free.push(number);
        take(place)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.values.iter()
    }

    /// Returns the bytes on the heap, without those of the values.
    pub(super) fn memory(&self) -> usize {
        self.values.memory() + self.free.capacity() * size_of::<u32>()
    }
}

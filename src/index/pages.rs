//! Vectors that share their elements with copies until one of them changes: [`Pages`].

use std::sync::Arc;

/// The number of elements of a page: 1,024.
const PAGE: usize = 1024;

/// A vector in pages. A clone takes constant time and shares all pages.
///
/// The first change after a clone copies the table of pages, and the first change of a page copies the
/// page. A shared page is never changed, so a clone keeps its elements.
pub(super) struct Pages<T> {
    pages: Arc<Vec<Arc<[T]>>>,
    len: usize,
}

impl<T> Clone for Pages<T> {
    fn clone(&self) -> Self {
        Self { pages: Arc::clone(&self.pages), len: self.len }
    }
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self { pages: Arc::default(), len: 0 }
    }
}

impl<T> Pages<T> {
    /// Returns the number of elements.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(super) fn get(&self, at: usize) -> Option<&T> {
        self.pages.get(at / PAGE)?.get(at % PAGE)
    }

    /// Returns the elements in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.pages.iter().flat_map(|page| page.iter()).take(self.len)
    }

    /// Returns the bytes on the heap, without those of the elements.
    pub(super) fn memory(&self) -> usize {
        let page = 2 * size_of::<usize>() + PAGE * size_of::<T>();
        self.pages.capacity() * size_of::<Arc<[T]>>() + self.pages.len() * page
    }
}

impl<T: Clone + Default> Pages<T> {
    /// Returns an element to change. Copies its page if a clone shares it.
    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        let page = Arc::make_mut(&mut self.pages).get_mut(at / PAGE)?;
        Arc::make_mut(page).get_mut(at % PAGE)
    }

    /// Appends default elements until there are `len` elements.
    pub(super) fn grow_to(&mut self, len: usize) {
        if len <= self.len {
            return;
        }
        self.len = len;
        if len.div_ceil(PAGE) > self.pages.len() {
            let empty = || std::iter::repeat_with(T::default).take(PAGE).collect();
            Arc::make_mut(&mut self.pages).resize_with(len.div_ceil(PAGE), empty);
        }
    }
}

impl<T: Clone + Default> FromIterator<T> for Pages<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        let mut elements = elements.into_iter();
        let (mut pages, mut len) = (Vec::new(), 0);
        loop {
            let mut page: Vec<T> = elements.by_ref().take(PAGE).collect();
            if page.is_empty() {
                pages.shrink_to_fit();
                return Self { pages: Arc::new(pages), len };
            }
            len += page.len();
            page.resize_with(PAGE, T::default);
            pages.push(page.into());
        }
    }
}

//! Vectors that share their elements with copies until one of them changes: [`Pages`].

use std::sync::Arc;

/// The bytes of a page: 16 KiB.
const PAGE_BYTES: usize = 1 << 14;

/// A vector in pages. A clone takes constant time and shares all pages.
///
/// The first change after a clone copies the table of pages, and the first change of a page copies the
/// page. A shared page is never changed, so a clone keeps its elements. Every page has 16 KiB, except the
/// first page of a small vector.
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
    /// The number of elements of a page, a power of two.
    const PAGE: usize = PAGE_BYTES / size_of::<T>().next_power_of_two();

    /// Returns the number of elements.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(super) fn get(&self, at: usize) -> Option<&T> {
        self.pages.get(at / Self::PAGE)?.get(at % Self::PAGE)
    }

    /// Returns the elements in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.pages.iter().flat_map(|page| page.iter()).take(self.len)
    }

    /// Returns the bytes on the heap, without those of the elements.
    pub(super) fn memory(&self) -> usize {
        let page = |page: &Arc<[T]>| 2 * size_of::<usize>() + size_of_val(&**page);
        let pages: usize = self.pages.iter().map(page).sum();
        self.pages.capacity() * size_of::<Arc<[T]>>() + pages
    }
}

impl<T: Clone + Default> Pages<T> {
    /// Returns an element to change. Copies its page if a clone shares it.
    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        let page = Arc::make_mut(&mut self.pages).get_mut(at / Self::PAGE)?;
        Arc::make_mut(page).get_mut(at % Self::PAGE)
    }

    /// Appends default elements until there are `len` elements.
    pub(super) fn grow_to(&mut self, len: usize) {
        if len <= self.len {
            return;
        }
        self.len = len;
        if len > self.reserved() {
            let pages = Arc::make_mut(&mut self.pages);
            // The first page doubles, so that a small vector takes little memory.
            let first = len.next_power_of_two().clamp(8, Self::PAGE);
            match pages.first_mut() {
                Some(page) if page.len() < first => *page = page_of(page.iter().cloned(), first),
                Some(_) => {}
                None => pages.push(page_of(std::iter::empty(), first)),
            }
            let whole = || page_of(std::iter::empty(), Self::PAGE);
            pages.resize_with(len.div_ceil(Self::PAGE), whole);
        }
    }

    /// Returns the number of elements for which there is room.
    fn reserved(&self) -> usize {
        match &self.pages[..] {
            [] => 0,
            [page] => page.len(),
            pages => pages.len() * Self::PAGE,
        }
    }
}

/// Returns a page of `len` elements: the given ones, and default ones after them.
fn page_of<T: Default>(elements: impl Iterator<Item = T>, len: usize) -> Arc<[T]> {
    elements.chain(std::iter::repeat_with(T::default)).take(len).collect()
}

impl<T: Clone + Default> FromIterator<T> for Pages<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        let mut elements = elements.into_iter().peekable();
        let (mut pages, mut len) = (Vec::new(), 0);
        while elements.peek().is_some() {
            let page: Vec<T> = elements.by_ref().take(Self::PAGE).collect();
            len += page.len();
            let is_only = pages.is_empty() && elements.peek().is_none();
            let size = if is_only { page.len() } else { Self::PAGE };
            pages.push(page_of(page.into_iter(), size));
        }
        pages.shrink_to_fit();
        Self { pages: Arc::new(pages), len }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: usize = Pages::<u64>::PAGE;

    #[test]
    fn pages_of_any_length_have_their_elements() {
        for len in [0, 1, 7, 8, 9, 1_000, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE] {
            let collected: Pages<u64> = (0..len as u64).collect();
            let mut grown = Pages::default();
            for at in 0..len {
                grown.grow_to(at + 1);
                *grown.get_mut(at).unwrap() = at as u64;
            }
            for pages in [collected, grown] {
                assert!(pages.iter().copied().eq(0..len as u64), "{len} elements");
                assert_eq!((pages.len(), pages.get(4 * PAGE)), (len, None));
            }
            let mut at_once = Pages::<u64>::default();
            at_once.grow_to(len);
            assert_eq!(at_once.iter().filter(|element| **element == 0).count(), len);
        }
    }

    #[test]
    fn clone_keeps_its_elements_when_the_original_changes() {
        for len in [5, PAGE + 5] {
            let mut pages: Pages<u64> = (0..len as u64).collect();
            let clone = pages.clone();
            *pages.get_mut(3).unwrap() = 100;
            pages.grow_to(2 * len);
            *pages.get_mut(len).unwrap() = 200;
            assert!(clone.iter().copied().eq(0..len as u64));
            assert_eq!((pages.get(3), pages.get(len)), (Some(&100), Some(&200)));
        }
    }

    #[test]
    fn few_elements_take_little_memory() {
        let mut pages = Pages::<u64>::default();
        pages.grow_to(3);
        assert!(pages.memory() < 200, "{} bytes", pages.memory());
    }
}

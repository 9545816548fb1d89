//! Lists of texts, one for each document: [`read`] and [`read_packed`] pass them to a [`Sink`].
//!
//! A sink sees each text once, so that a page that is tested once is not copied. All texts are checked before a call
//! returns an answer.

use crate::failure::Failure;
use crate::ffi::{Answer, Call, utf8};
use crate::types::{Lists, PackedLists, Status};

/// What reads lists: first the number of lists, and then each list as its texts and an end.
pub(crate) trait Sink<'c> {
    /// Prepares for lists.
    fn begin(&mut self, lists: usize, texts: usize);
    /// Reads a text of the present list.
    fn text(&mut self, text: &'c str);
    /// Reads the end of the present list.
    fn end(&mut self);
}

/// Reads lists with a pointer for each text. An error has the positions of the list and the text.
pub(crate) fn read<'c>(call: &'c Call, lists: *const Lists, sink: &mut impl Sink<'c>) -> Answer {
    let lists = call.required(lists)?;
    if lists.count == 0 {
        sink.begin(0, 0);
        return Ok(());
    }
    let offsets = call.slice(lists.offsets, lists.count.saturating_add(1))?;
    let all = call.slice(lists.texts, lists.text_count)?;
    sink.begin(lists.count, all.len());
    for (list, pair) in offsets.windows(2).enumerate() {
        let &[start, end] = pair else { continue };
        let texts = all.get(start..end).ok_or_else(|| {
            let message = format_args!("list has the texts {start} to {end} of {}", all.len());
            Failure::new(Status::WrongLength, message).in_list(list)
        })?;
        for (index, text) in texts.iter().enumerate() {
            let text = call.text(text.data, text.len);
            sink.text(text.map_err(|error| error.in_list(list).in_text(index))?);
        }
        sink.end();
    }
    Ok(())
}

/// Reads lists from one byte string. An error has the positions of the list and the text.
pub(crate) fn read_packed<'c>(
    call: &'c Call,
    lists: *const PackedLists,
    sink: &mut impl Sink<'c>,
) -> Answer {
    let lists = call.required(lists)?;
    let bytes = call.bytes(lists.bytes, lists.len)?;
    let mut text_lens = call.slice(lists.text_lens, lists.text_count)?.iter();
    let list_lens = call.slice(lists.list_lens, lists.count)?;
    // If the whole is UTF-8, a text is UTF-8 too if it begins and ends between characters.
    let whole = utf8(bytes).ok();
    sink.begin(lists.count, lists.text_count);
    let mut at = 0_usize;
    for (list, &len) in list_lens.iter().enumerate() {
        for index in 0..len as usize {
            let wrong =
                |what: &str| Failure::new(Status::WrongLength, what).in_list(list).in_text(index);
            let len = text_lens.next().ok_or_else(|| wrong("lists have too many texts"))?;
            let end = at.saturating_add(*len as usize);
            let text = match whole.and_then(|whole| whole.get(at..end)) {
                Some(text) => text,
                None => utf8(bytes.get(at..end).ok_or_else(|| wrong("texts are too long"))?)
                    .map_err(|error| error.in_list(list).in_text(index))?,
            };
            sink.text(text);
            at = end;
        }
        sink.end();
    }
    if text_lens.next().is_some() || at != bytes.len() {
        let message = "texts or bytes remain after the last list";
        return Err(Failure::new(Status::WrongLength, message));
    }
    Ok(())
}

/// Lists that are kept until all of them are read.
#[derive(Default)]
pub(crate) struct Page<'c> {
    texts: Vec<&'c str>,
    /// The position after the last text of each list. The first list begins at the first text.
    ends: Vec<usize>,
}

impl<'c> Sink<'c> for Page<'c> {
    fn begin(&mut self, lists: usize, texts: usize) {
        self.texts.reserve(texts);
        self.ends.reserve(lists);
    }

    fn text(&mut self, text: &'c str) {
        self.texts.push(text);
    }

    fn end(&mut self) {
        self.ends.push(self.texts.len());
    }
}

impl<'c> Page<'c> {
    /// Returns the number of lists.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns the lists.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[&'c str]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| self.texts.get(start..end).unwrap_or_default())
    }
}

//! The differences between input and output: [`Edits`], and the [`Elements`] of an array.
//!
//! The output is written after the whole input, or the block of lines, is checked. Until then the removed
//! parts are a list of ranges. The text between two ranges is copied at once.

/// Changes to a text, in the order of their offsets, without overlaps.
#[derive(Default)]
pub(super) struct Edits(Vec<Edit>);

struct Edit {
    start: usize,
    end: usize,
    replacement: Replacement,
}

/// The output in place of a range of the input.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Replacement {
    Nothing,
    Null,
    /// The number of visible documents, which is known after the last document.
    Total,
}

impl Edits {
    /// Returns a checkpoint to [roll back to](Self::rollback_to).
    pub(super) fn checkpoint(&self) -> usize {
        self.0.len()
    }

    /// Discards the edits after a checkpoint.
    pub(super) fn rollback_to(&mut self, checkpoint: usize) {
        self.0.truncate(checkpoint);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Removes a range. Merges it with the previous removed range if the two are adjacent.
    pub(super) fn remove(&mut self, start: usize, end: usize) {
        match self.0.last_mut() {
            Some(last) if last.end == start && last.replacement == Replacement::Nothing => {
                last.end = end;
            }
            _ => self.replace(start, end, Replacement::Nothing),
        }
    }

    pub(super) fn replace(&mut self, start: usize, end: usize, replacement: Replacement) {
        self.0.push(Edit { start, end, replacement });
    }

    /// Appends the edited text to `output`.
    pub(super) fn write(&self, text: &[u8], total: u64, output: &mut Vec<u8>) {
        let total = total.to_string();
        let removed: usize = self.0.iter().map(|edit| edit.end - edit.start).sum();
        output.reserve(text.len() - removed + self.0.len().min(64) * total.len().max(4));
        let mut at = 0;
        for &Edit { start, end, replacement } in &self.0 {
            output.extend_from_slice(text.get(at..start).unwrap_or_default());
            output.extend_from_slice(match replacement {
                Replacement::Nothing => b"",
                Replacement::Null => b"null",
                Replacement::Total => total.as_bytes(),
            });
            at = end;
        }
        output.extend_from_slice(text.get(at..).unwrap_or_default());
    }
}

/// The elements of an array, some of which are removed together with their commas and white space.
///
/// The comma before a removed element is removed too. If no element has been kept yet, the comma after
/// the element is removed instead. An array without kept elements becomes `[]`.
pub(super) struct Elements {
    /// The offset after the opening bracket.
    opened: usize,
    /// The checkpoint before the edits of this array.
    checkpoint: usize,
    /// The start of the first element, if that element was removed.
    leading: Option<usize>,
    /// The end of the previous element.
    before: usize,
    /// `true` if an element has been kept.
    kept: bool,
}

impl Elements {
    pub(super) fn new(opened: usize, edits: &Edits) -> Self {
        let checkpoint = edits.checkpoint();
        Self { opened, checkpoint, leading: None, before: opened, kept: false }
    }

    /// Begins an element.
    pub(super) fn begin(&mut self, start: usize, edits: &mut Edits) {
        if let (Some(first), false) = (self.leading, self.kept) {
            edits.rollback_to(self.checkpoint);
            edits.remove(first, start);
        }
    }

    /// Keeps the element that ends at `end`.
    pub(super) fn keep(&mut self, end: usize) {
        self.kept = true;
        self.before = end;
    }

    /// Removes an element, whose own edits have been rolled back.
    pub(super) fn remove(&mut self, start: usize, end: usize, edits: &mut Edits) {
        if self.kept {
            edits.remove(self.before, end);
        } else {
            self.leading.get_or_insert(start);
        }
        self.before = end;
    }

    /// Ends the array, whose closing bracket is at `close`.
    pub(super) fn close(&self, close: usize, edits: &mut Edits) {
        if self.leading.is_some() && !self.kept {
            edits.rollback_to(self.checkpoint);
            edits.remove(self.opened, close);
        }
    }
}

//! What of the input does not come out as it went in: [`Edits`], and the [`Elements`] of an array.
//!
//! Nothing is written before all of the input has been checked. Until then what is to be left out
//! is a short list of places; what is to be kept is copied in runs as long as possible.

/// Changes to a text, in the order of their places, none of which overlap.
#[derive(Default)]
pub(super) struct Edits(Vec<Edit>);

struct Edit {
    start: usize,
    end: usize,
    with: With,
}

/// What comes out instead.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum With {
    Nothing,
    Null,
    /// The number of visible documents, which is known at the end.
    Total,
}

impl Edits {
    /// How many there are: to come [back to](Self::back_to).
    pub(super) fn mark(&self) -> usize {
        self.0.len()
    }

    /// Forgets what came after a mark.
    pub(super) fn back_to(&mut self, mark: usize) {
        self.0.truncate(mark);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn remove(&mut self, start: usize, end: usize) {
        match self.0.last_mut() {
            Some(last) if last.end == start && last.with == With::Nothing => last.end = end,
            _ => self.replace(start, end, With::Nothing),
        }
    }

    pub(super) fn replace(&mut self, start: usize, end: usize, with: With) {
        self.0.push(Edit { start, end, with });
    }

    /// Appends the edited text to `output`.
    pub(super) fn write(&self, text: &[u8], total: u64, output: &mut Vec<u8>) {
        let total = total.to_string();
        let removed: usize = self.0.iter().map(|edit| edit.end - edit.start).sum();
        output.reserve(text.len() - removed + self.0.len().min(64) * total.len().max(4));
        let mut at = 0;
        for &Edit { start, end, with } in &self.0 {
            output.extend_from_slice(text.get(at..start).unwrap_or_default());
            output.extend_from_slice(match with {
                With::Nothing => b"",
                With::Null => b"null",
                With::Total => total.as_bytes(),
            });
            at = end;
        }
        output.extend_from_slice(text.get(at..).unwrap_or_default());
    }
}

/// The elements of an array, some of which are removed, so that commas and white space fit.
///
/// An element goes with the comma before it and the white space around that; as long as nothing has
/// been kept, with what is behind it instead. Where nothing is kept, nothing stays between the
/// brackets.
pub(super) struct Elements {
    /// Behind the opening bracket.
    opened: usize,
    /// The edits before those of this array.
    mark: usize,
    /// Where the first element starts, if it has been removed and all after it too.
    leading: Option<usize>,
    /// Where the element before ends, and whether any has been kept.
    before: usize,
    kept: bool,
}

impl Elements {
    pub(super) fn new(opened: usize, edits: &Edits) -> Self {
        Self { opened, mark: edits.mark(), leading: None, before: opened, kept: false }
    }

    /// An element begins.
    pub(super) fn begin(&mut self, start: usize, edits: &mut Edits) {
        if let (Some(first), false) = (self.leading, self.kept) {
            edits.back_to(self.mark);
            edits.remove(first, start);
        }
    }

    pub(super) fn keep(&mut self, end: usize) {
        self.kept = true;
        self.before = end;
    }

    /// The element is to be removed; edits within it have been forgotten.
    pub(super) fn remove(&mut self, start: usize, end: usize, edits: &mut Edits) {
        if self.kept {
            edits.remove(self.before, end);
        } else {
            self.leading.get_or_insert(start);
        }
        self.before = end;
    }

    /// The array ends; its bracket is at `close`.
    pub(super) fn close(&self, close: usize, edits: &mut Edits) {
        if self.leading.is_some() && !self.kept {
            edits.back_to(self.mark);
            edits.remove(self.opened, close);
        }
    }
}

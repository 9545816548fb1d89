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
    with: Replacement,
}

/// What comes out instead.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Replacement {
    Nothing,
    Null,
    /// The number of visible documents, which is known at the end.
    Total,
}

impl Edits {
    /// How many there are: to come [back to](Self::rollback_to).
    pub(super) fn checkpoint(&self) -> usize {
        self.0.len()
    }

    /// Forgets what came after a checkpoint.
    pub(super) fn rollback_to(&mut self, checkpoint: usize) {
        self.0.truncate(checkpoint);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn remove(&mut self, start: usize, end: usize) {
        match self.0.last_mut() {
            Some(last) if last.end == start && last.with == Replacement::Nothing => last.end = end,
            _ => self.replace(start, end, Replacement::Nothing),
        }
    }

    pub(super) fn replace(&mut self, start: usize, end: usize, with: Replacement) {
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
                Replacement::Nothing => b"",
                Replacement::Null => b"null",
                Replacement::Total => total.as_bytes(),
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
    checkpoint: usize,
    /// Where the first element starts, if it has been removed and all after it too.
    leading: Option<usize>,
    /// Where the element before ends, and whether any has been kept.
    before: usize,
    kept: bool,
}

impl Elements {
    pub(super) fn new(opened: usize, edits: &Edits) -> Self {
        Self { opened, checkpoint: edits.checkpoint(), leading: None, before: opened, kept: false }
    }

    /// An element begins.
    pub(super) fn begin(&mut self, start: usize, edits: &mut Edits) {
        if let (Some(first), false) = (self.leading, self.kept) {
            edits.rollback_to(self.checkpoint);
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
            edits.rollback_to(self.checkpoint);
            edits.remove(self.opened, close);
        }
    }
}

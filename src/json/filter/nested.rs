//! The decision on one document, and on the documents nested in it: `Pass::document_with_nested`.

use super::edits::{Elements, Replacement};
use super::pass::{PERMISSIONS, Pass};
use crate::json::scan::{MAX_DEPTH, Scan, ScanErrorKind, Scanner};

/// An object or an array around the scanner. At most [`MAX_DEPTH`] frames exist.
enum Frame {
    Object(Object),
    Array(Elements),
}

struct Object {
    start: usize,
    /// The checkpoint before the edits of this object.
    checkpoint: usize,
    /// The number of nested documents that were removed before this object.
    removed: u64,
    /// `Some(true)` if the object's own permissions allow the action, `None` if it has no permissions.
    granted: Option<bool>,
}

impl Pass<'_> {
    /// Skips a document, or a value in its place, and removes nested documents from it. Returns
    /// `Some(true)` if its own permissions allow the action, and `None` if it has no permissions.
    pub(super) fn document_with_nested(
        &mut self,
        scanner: &mut Scanner<'_>,
        depth: usize,
    ) -> Scan<Option<bool>> {
        let mut frames: Vec<Frame> = Vec::new();
        loop {
            // The scanner is at the value of a member, at an element, or at the document itself.
            if let Some(Frame::Array(elements)) = frames.last_mut() {
                elements.begin(scanner.at, &mut self.edits);
            }
            let opened = self.enter(scanner, depth, &mut frames)?;
            if opened {
                if self.next_value(scanner, depth, &mut frames, true)? {
                    continue;
                }
            } else {
                scanner.skip_value(depth + frames.len())?;
                if let Some(Frame::Array(elements)) = frames.last_mut() {
                    elements.keep(scanner.at);
                }
                if self.next_value(scanner, depth, &mut frames, false)? {
                    continue;
                }
            }
            // The scanner is at the end of the innermost container.
            loop {
                match frames.pop() {
                    Some(Frame::Object(object)) if frames.is_empty() => {
                        return Ok(object.granted);
                    }
                    Some(Frame::Object(object)) => self.leave(&object, scanner.at, &mut frames),
                    Some(Frame::Array(elements)) => {
                        elements.close(scanner.at - 1, &mut self.edits);
                        if let Some(Frame::Array(outer)) = frames.last_mut() {
                            outer.keep(scanner.at);
                        }
                    }
                    None => return Ok(None),
                }
                if self.next_value(scanner, depth, &mut frames, false)? {
                    break;
                }
            }
        }
    }

    /// Enters the object or array that begins here. Returns `false` if another value begins here.
    fn enter(
        &mut self,
        scanner: &mut Scanner<'_>,
        depth: usize,
        frames: &mut Vec<Frame>,
    ) -> Scan<bool> {
        let (checkpoint, removed) = (self.edits.checkpoint(), self.report.nested_removed);
        let frame = match scanner.byte() {
            b'{' => Frame::Object(Object { start: scanner.at, checkpoint, removed, granted: None }),
            b'[' => Frame::Array(Elements::new(scanner.at + 1, &self.edits)),
            _ => return Ok(false),
        };
        if depth + frames.len() >= MAX_DEPTH {
            return Err(ScanErrorKind::TooDeep);
        }
        frames.push(frame);
        Ok(true)
    }

    /// Goes to the next value in the innermost container, or to the end of the container. Returns `true`
    /// if there is a next value.
    fn next_value(
        &mut self,
        scanner: &mut Scanner<'_>,
        depth: usize,
        frames: &mut [Frame],
        first: bool,
    ) -> Scan<bool> {
        let inside = depth + frames.len();
        match frames.last_mut() {
            Some(Frame::Array(_)) if first => Ok(scanner.open_array()),
            Some(Frame::Array(_)) => scanner.next_element(),
            Some(Frame::Object(object)) => {
                let mut more = if first { scanner.open_object() } else { scanner.next_member()? };
                while more {
                    let start = scanner.at;
                    if !scanner.key()?.is(PERMISSIONS) {
                        return Ok(true);
                    }
                    if object.granted.is_some() {
                        scanner.at = start;
                        return Err(ScanErrorKind::Repeated);
                    }
                    object.granted = Some(self.permissions(scanner, inside)?);
                    more = scanner.next_member()?;
                }
                Ok(false)
            }
            None => Ok(false),
        }
    }

    /// Decides on the nested object that ends at `end`.
    fn leave(&mut self, object: &Object, end: usize, frames: &mut [Frame]) {
        let visible = self.settings.matcher.bypasses() || object.granted.unwrap_or(true);
        if !visible {
            self.edits.rollback_to(object.checkpoint);
            self.report.nested_removed = object.removed + 1;
        }
        match frames.last_mut() {
            Some(Frame::Array(elements)) if visible => elements.keep(end),
            Some(Frame::Array(elements)) => elements.remove(object.start, end, &mut self.edits),
            _ if visible => {}
            _ => self.edits.replace(object.start, end, Replacement::Null),
        }
    }
}

//! The connections that gain, keep and lose a document: [`Change`].

use std::fmt;

use super::audience::Audience;
use super::buffer::Buffer;
use super::channels::Operation;
use super::receivers::{Iter, Receiver, Receivers};

/// What a change of a document means for a connection.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Transition {
    /// The connection may read the document now, and could not before.
    Entered,
    /// The connection could read the document before, and still may.
    Stayed,
    /// The connection could read the document before, and no longer may.
    Left,
}

impl Transition {
    /// All transitions.
    pub const ALL: [Self; 3] = [Self::Entered, Self::Stayed, Self::Left];

    /// Returns the operation that the connection sees: create, update or delete.
    #[must_use]
    pub const fn operation(self) -> Operation {
        match self {
            Self::Entered => Operation::Create,
            Self::Stayed => Operation::Update,
            Self::Left => Operation::Delete,
        }
    }

    /// Returns `true` if some connection can make the transition, by the presence of the document before and
    /// after the change.
    pub(super) fn is_possible(self, [before, after]: [bool; 2]) -> bool {
        match self {
            Self::Entered => after,
            Self::Stayed => before && after,
            Self::Left => before,
        }
    }

    /// Returns the transition of a connection that may read before (1) or after (2) the change.
    pub(super) fn of_sides(sides: u32) -> Option<Self> {
        match sides {
            1 => Some(Self::Left),
            2 => Some(Self::Entered),
            3 => Some(Self::Stayed),
            _ => None,
        }
    }

    /// Returns the bits of the connections with this transition, from the bits of those that may read before and
    /// after the change.
    pub(super) fn of_words(self, before: u64, after: u64) -> u64 {
        match self {
            Self::Entered => after & !before,
            Self::Stayed => after & before,
            Self::Left => before & !after,
        }
    }
}

/// The connections that a change of a document concerns, by their [`Transition`]. Each connection is in one group
/// at most.
#[must_use]
pub struct Change<'a, C, S> {
    audience: &'a Audience<C, S>,
    buffer: &'a Buffer,
    document_id: &'a str,
}

impl<'a, C, S> Change<'a, C, S> {
    pub(super) fn new(
        audience: &'a Audience<C, S>,
        buffer: &'a Buffer,
        document_id: &'a str,
    ) -> Self {
        Self { audience, buffer, document_id }
    }

    /// Returns the connections that gain the document. The host sends them the new body, as a create event.
    pub fn entered(&self) -> Receivers<'a, C, S> {
        self.of(Transition::Entered)
    }

    /// Returns the connections that keep the document. The host sends them the new body, as an update event.
    ///
    /// A host whose subscriptions have queries applies them to both bodies: the document can start to match a query, or
    /// stop. If a document moves to another collection, `channels` can return the channels of both collections for
    /// [`Transition::Stayed`]. Connections that listen to the old collection only are then here too.
    pub fn stayed(&self) -> Receivers<'a, C, S> {
        self.of(Transition::Stayed)
    }

    /// Returns the connections that lose the document. The host sends them its id, as a delete event.
    ///
    /// The new body would be a leak, because they may no longer read the document. They could have known the id
    /// before, and need it to remove their copy. The type is another one than that of the receivers, so that a
    /// function that sends bodies does not accept them.
    ///
    /// A host whose subscriptions have queries applies them to the **old** body. With the new one, a client would learn
    /// from the delete event if the hidden body matches.
    pub fn left(&self) -> Left<'a, C, S> {
        Left { receivers: self.of(Transition::Left), document_id: self.document_id }
    }

    fn of(&self, transition: Transition) -> Receivers<'a, C, S> {
        Receivers::new(self.audience, self.buffer, transition as usize)
    }
}

/// The connections that lose a document, with all that they may still know of it: the id.
#[must_use]
pub struct Left<'a, C, S> {
    receivers: Receivers<'a, C, S>,
    document_id: &'a str,
}

impl<'a, C, S> Left<'a, C, S> {
    /// Returns the number of connections. Takes constant time.
    #[must_use]
    pub fn len(&self) -> usize {
        self.receivers.len()
    }

    /// Returns `true` if no connection loses the document.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.receivers.is_empty()
    }

    /// Returns the id of the document.
    #[must_use]
    pub fn document_id(&self) -> &'a str {
        self.document_id
    }

    /// Returns the connections.
    #[must_use]
    pub fn iter(self) -> Iter<'a, C, S> {
        self.receivers.iter()
    }
}

impl<C, S> Clone for Left<'_, C, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C, S> Copy for Left<'_, C, S> {}

impl<'a, C, S> IntoIterator for Left<'a, C, S> {
    type Item = Receiver<'a, C, S>;
    type IntoIter = Iter<'a, C, S>;

    fn into_iter(self) -> Iter<'a, C, S> {
        self.iter()
    }
}

impl<C, S> fmt::Debug for Change<'_, C, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change")
            .field("entered", &self.entered().len())
            .field("stayed", &self.stayed().len())
            .field("left", &self.left().len())
            .finish()
    }
}

impl<C, S> fmt::Debug for Left<'_, C, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Left({} connections)", self.len())
    }
}

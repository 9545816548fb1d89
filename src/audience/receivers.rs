//! The connections that receive an event: [`Receivers`].

use std::fmt;
use std::slice;

use super::audience::Audience;
use super::buffer::{Buffer, Found};
use super::id_set::IdSet;
use super::matching::Matching;
use crate::bitset::Members;
use crate::packed::to_u32;

/// The connections that receive an event, each once and in no particular order.
///
/// An iteration reads the keys of the connections only. [`Receiver::subscriptions`] reads the rest of a
/// connection.
#[must_use]
pub struct Receivers<'a, C, S> {
    audience: &'a Audience<C, S>,
    found: &'a Found,
    channels: &'a IdSet,
}

/// What a transition without an entry in the buffer would have.
static NO_CHANNELS: IdSet = IdSet::new();
static NOTHING: Found = Found::new();

impl<'a, C, S> Receivers<'a, C, S> {
    pub(super) fn new(audience: &'a Audience<C, S>, buffer: &'a Buffer, at: usize) -> Self {
        let found = buffer.found.get(at).unwrap_or(&NOTHING);
        let channels = buffer.channels.get(at).unwrap_or(&NO_CHANNELS);
        Self { audience, found, channels }
    }

    /// Returns the number of connections. Takes constant time.
    #[must_use]
    pub fn len(&self) -> usize {
        self.found.count
    }

    /// Returns `true` if no connection receives the event.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the receivers.
    #[must_use]
    pub fn iter(self) -> Iter<'a, C, S> {
        self.into_iter()
    }

    /// Returns the connections of the receivers.
    pub fn connections(&self) -> impl Iterator<Item = &'a C> + use<'a, C, S> {
        self.iter().map(|receiver| receiver.connection)
    }
}

impl<C, S> Clone for Receivers<'_, C, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C, S> Copy for Receivers<'_, C, S> {}

impl<'a, C, S> IntoIterator for Receivers<'a, C, S> {
    type Item = Receiver<'a, C, S>;
    type IntoIter = Iter<'a, C, S>;

    fn into_iter(self) -> Iter<'a, C, S> {
        Iter { slots: self.found.slots.iter(), bits: self.found.bits.iter(), receivers: self }
    }
}

/// An iterator over [`Receivers`].
pub struct Iter<'a, C, S> {
    /// One of the two is empty.
    slots: slice::Iter<'a, u32>,
    bits: Members<'a>,
    receivers: Receivers<'a, C, S>,
}

impl<'a, C, S> Iterator for Iter<'a, C, S> {
    type Item = Receiver<'a, C, S>;

    #[inline]
    fn next(&mut self) -> Option<Receiver<'a, C, S>> {
        let slot = match self.bits.next() {
            Some(slot) => to_u32(slot),
            None => *self.slots.next()?,
        };
        // A slot that was found has a connection, because the audience is borrowed.
        let connection = self.receivers.audience.connections.key(slot)?;
        Some(Receiver { connection, slot, receivers: self.receivers })
    }

    /// Returns the exact number of receivers that are left.
    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.slots.len() + self.bits.len();
        (left, Some(left))
    }
}

impl<C, S> ExactSizeIterator for Iter<'_, C, S> {}

/// A connection that receives an event.
pub struct Receiver<'a, C, S> {
    connection: &'a C,
    slot: u32,
    receivers: Receivers<'a, C, S>,
}

impl<'a, C, S> Receiver<'a, C, S> {
    /// Returns the connection.
    #[must_use]
    pub fn connection(&self) -> &'a C {
        self.connection
    }

    /// Returns the subscriptions with one of the channels of the event, at least one. Takes time in proportion to
    /// the channels of the connection.
    pub fn subscriptions(&self) -> impl Iterator<Item = &'a S> + use<'a, C, S> {
        let Receivers { audience, channels, .. } = self.receivers;
        let record = audience.connections.record(self.slot);
        Matching::new(record, channels)
    }
}

impl<C, S> fmt::Debug for Receivers<'_, C, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Receivers({} connections)", self.len())
    }
}

impl<C, S> fmt::Debug for Iter<'_, C, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Iter({} connections)", self.len())
    }
}

impl<C: fmt::Debug, S> fmt::Debug for Receiver<'_, C, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Receiver").field(self.connection).finish()
    }
}

//! Finding receivers.
//!
//! The readers of a document are the connections with one of its roles, and the listeners those with one of its
//! channels. Receivers are both.
//!
//! | readers and listeners | method |
//! | --- | --- |
//! | few readers | each reader is looked up, and its channels are compared |
//! | few listeners | each listener is looked up, and its roles and channels are compared |
//! | many of both | bitmaps of readers and listeners are combined, and no connection is looked up |
//!
//! To look up a connection takes about 16 ns, or 80 ns if it is not in the cache. To combine bitmaps takes about
//! 4 ns for 64 connections, whether they are receivers or not. Bitmaps therefore pay from one candidate in
//! 256 connections.

use std::time::SystemTime;

use super::audience::Audience;
use super::buffer::{Buffer, Found, Method};
use super::caller_names::BYPASS;
use super::change::{Change, Transition};
use super::document::{Document, DocumentChange};
use super::expiries::Time;
use super::id_set::IdSet;
use super::receivers::Receivers;
use super::record::Record;
use crate::bitset::BitSet;

/// One candidate in this number of connections makes bitmaps pay: 256.
const CONNECTIONS_PER_CANDIDATE: usize = 256;
/// The number of candidates that are always looked up: 64.
const FEW: usize = 64;
/// The number of candidates that are loaded together: 16. A core has about this number of loads under way.
const BATCH: usize = 16;

impl<C, S> Audience<C, S> {
    /// Finds the connections that receive an event of a document, each once. A connection receives the event if
    /// its principal may read the document, it has one of the channels, and it has not expired at `now`.
    ///
    /// Takes time in proportion to the permissions, the channels, and the smaller of two numbers: the connections
    /// with one of the roles, and those with one of the channels. Allocates nothing if the buffer has held these
    /// receivers before.
    ///
    /// ```
    /// use std::time::SystemTime;
    ///
    /// use rolegate::audience::{Audience, Buffer, Caller, Document};
    /// use rolegate::{Collection, DocumentSecurity, Principal};
    ///
    /// let mut audience = Audience::<&str>::new();
    /// audience.connect("socket", &Caller::new(Principal::guest()))?;
    /// audience.subscribe(&"socket", 1, ["documents"])?;
    /// audience.subscribe(&"socket", 2, ["files"])?;
    ///
    /// let collection = Collection::without_permissions(DocumentSecurity::Enabled);
    /// let document = Document::new(&collection, &[r#"read("any")"#]);
    /// let mut buffer = Buffer::new();
    /// let receivers =
    ///     audience.receivers(document, ["rows", "documents"], SystemTime::now(), &mut buffer);
    /// assert_eq!(receivers.len(), 1);
    /// for receiver in receivers {
    ///     assert_eq!(*receiver.connection(), "socket");
    ///     assert!(receiver.subscriptions().eq(&[1]));
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn receivers<'a, P: AsRef<str>, T: AsRef<str>>(
        &'a self,
        document: Document<'_, P>,
        channels: impl IntoIterator<Item = T>,
        now: SystemTime,
        buffer: &'a mut Buffer,
    ) -> Receivers<'a, C, S> {
        let mut channels = Some(channels);
        let channels = |_| channels.take().into_iter().flatten();
        let before = None::<&Document<'_>>;
        self.find((before, Some(&document)), channels, now, buffer);
        Change::new(self, buffer, "").entered()
    }

    /// Finds the connections that gain a document by a change, those that keep it, and those that lose it.
    ///
    /// `channels` returns the channels of the event that the host sends for a transition. Often these are the
    /// same for each. With [`DocumentChannels`](super::channels::DocumentChannels), they end with the operation:
    /// a client that subscribed to `documents.create` learns of a document when it becomes visible.
    ///
    /// Takes the time of [`receivers`](Self::receivers) for each side that is present.
    ///
    /// The module's [example](super#a-realtime-server) shows it.
    pub fn change<'a, B, A, T, I>(
        &'a self,
        change: &DocumentChange<'a, B, A>,
        channels: impl FnMut(Transition) -> I,
        now: SystemTime,
        buffer: &'a mut Buffer,
    ) -> Change<'a, C, S>
    where
        B: AsRef<str>,
        A: AsRef<str>,
        T: AsRef<str>,
        I: IntoIterator<Item = T>,
    {
        self.find((change.before.as_ref(), change.after.as_ref()), channels, now, buffer);
        Change::new(self, buffer, change.id)
    }

    /// Finds the receivers of each transition from one side to the other.
    fn find<B, A, T, I>(
        &self,
        (before, after): (Option<&Document<'_, B>>, Option<&Document<'_, A>>),
        mut channels: impl FnMut(Transition) -> I,
        now: SystemTime,
        buffer: &mut Buffer,
    ) where
        B: AsRef<str>,
        A: AsRef<str>,
        T: AsRef<str>,
        I: IntoIterator<Item = T>,
    {
        buffer.clear();
        let [readers_before, readers_after] = &mut buffer.readers;
        self.add_readers(before, readers_before);
        self.add_readers(after, readers_after);
        let sides = [before.is_some(), after.is_some()];
        for (transition, set) in Transition::ALL.into_iter().zip(&mut buffer.channels) {
            if transition.is_possible(sides) {
                for channel in channels(transition) {
                    set.extend(self.channels.get(channel.as_ref()));
                }
                set.finish();
            }
        }
        self.search(Time::of(now), buffer);
    }

    /// Adds the roles that may read a document.
    fn add_readers<P: AsRef<str>>(&self, document: Option<&Document<'_, P>>, readers: &mut IdSet) {
        if let Some(document) = document {
            readers.extend(self.roles.get(BYPASS));
            document.for_each_reader(|role| readers.extend(self.roles.get(role)));
            readers.finish();
        }
    }

    /// Finds the receivers of an event whose roles and channels are in the buffer.
    fn search(&self, now: Time, buffer: &mut Buffer) {
        let readers: usize =
            buffer.readers.iter().flat_map(IdSet::iter).map(|id| self.roles.count(id)).sum();
        let listeners: usize =
            buffer.channels.iter().flat_map(IdSet::iter).map(|id| self.channels.count(id)).sum();
        match buffer.forced.unwrap_or_else(|| self.method(readers, listeners)) {
            Method::LookUpReaders => self.look_up_readers(now, buffer),
            Method::LookUpListeners => self.look_up_listeners(now, buffer),
            Method::Combine => self.combine(now, buffer),
        }
    }

    fn method(&self, readers: usize, listeners: usize) -> Method {
        let few = FEW.max(self.connections.end() / CONNECTIONS_PER_CANDIDATE);
        if readers.min(listeners) > few {
            Method::Combine
        } else if readers <= listeners {
            Method::LookUpReaders
        } else {
            Method::LookUpListeners
        }
    }

    fn look_up_readers(&self, now: Time, buffer: &mut Buffer) {
        let Buffer { readers, channels, candidates, found, .. } = buffer;
        for (side, readers) in (1..).zip(readers) {
            for role in readers.iter() {
                self.roles
                    .for_each(role, &self.connections, |slot| candidates.push(slot << 2 | side));
            }
        }
        // One posting is sorted already.
        candidates.sort_unstable();
        candidates.dedup_by(|later, earlier| {
            let same = *later >> 2 == *earlier >> 2;
            if same {
                *earlier |= *later & 3;
            }
            same
        });
        for batch in candidates.chunks(BATCH) {
            // The records, and then their first channels, are loaded into the cache together. One after the other, each
            // candidate would wait for two loads from memory.
            let mut records = [None; BATCH];
            for (&candidate, place) in batch.iter().zip(&mut records) {
                *place = self.connections.record(candidate >> 2);
            }
            let heads = records.map(|record| record.and_then(Record::head));
            for ((&candidate, record), head) in batch.iter().zip(records).zip(heads) {
                if let (Some(record), Some(head)) = (record, head) {
                    settle((candidate >> 2, candidate & 3), (record, head), now, channels, found);
                }
            }
        }
    }

    fn look_up_listeners(&self, now: Time, buffer: &mut Buffer) {
        let Buffer { readers, channels, candidates, found, .. } = buffer;
        for channel in channels.iter().flat_map(IdSet::iter) {
            self.channels.for_each(channel, |slot| candidates.push(slot));
        }
        candidates.sort_unstable();
        candidates.dedup();
        for &slot in &*candidates {
            let Some(record) = self.connections.record(slot) else { continue };
            let reads = |side: &IdSet| record.roles().iter().any(|&role| side.contains(role));
            let [before, after] = readers.each_ref().map(reads).map(u32::from);
            let Some(head) = record.head() else { continue };
            settle((slot, before | after << 1), (record, head), now, channels, found);
        }
    }

    fn combine(&self, now: Time, buffer: &mut Buffer) {
        let Buffer { readers, channels, sides, found, .. } = buffer;
        for (readers, side) in readers.iter().zip(&mut *sides) {
            side.reset(self.connections.end());
            for role in readers.iter() {
                self.roles.add_to(role, &self.connections, side);
            }
        }
        let [before, after] = sides.each_ref().map(BitSet::words);
        let transitions = Transition::ALL.into_iter().zip(channels).zip(found);
        for ((transition, channels), Found { bits, count, .. }) in transitions {
            if channels.is_empty() {
                continue;
            }
            bits.reset(self.connections.end());
            channels.iter().for_each(|channel| self.channels.add_to(channel, bits));
            for ((word, before), after) in bits.words_mut().iter_mut().zip(before).zip(after) {
                *word &= transition.of_words(*before, *after);
            }
            self.expiries.for_each_due(now, |time, slot| {
                if self.connections.expiry(slot) == time {
                    bits.remove(slot as usize);
                }
            });
            *count = bits.count();
        }
    }
}

/// Adds a candidate to the receivers of its transition, unless it has expired or has none of the channels.
/// `head` is its first channel, and `sides` has a bit for each side on which the connection may read the document.
#[inline]
fn settle<S>(
    (slot, sides): (u32, u32),
    (record, head): (&Record<S>, u32),
    now: Time,
    channels: &[IdSet; 3],
    found: &mut [Found; 3],
) {
    let Some(transition) = Transition::of_sides(sides) else { return };
    let at = transition as usize;
    let (Some(channels), Some(found)) = (channels.get(at), found.get_mut(at)) else { return };
    if record.expires > now && (channels.contains(head) || record.channels().any_in(channels)) {
        found.slots.push(slot);
        found.count += 1;
    }
}

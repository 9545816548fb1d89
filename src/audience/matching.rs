//! The subscriptions of a receiver that an event matches: [`Matching`].

use super::id_set::IdSet;
use super::record::{Entry, Further, Record};

/// The number of subscriptions that are compared together: 32, the bits of a word.
const BLOCK: usize = 32;

/// The subscriptions of a connection with one of some channels.
///
/// The first channels are compared in blocks, without a branch for each of them. Which channels match differs from
/// connection to connection, so the processor could not predict these branches. With ten channels, it took half of
/// the time. Further channels are compared when their subscription is reached.
pub(super) struct Matching<'a, S> {
    record: Option<&'a Record<S>>,
    channels: &'a IdSet,
    /// The current block, and the subscriptions behind it.
    block: &'a [Entry<S>],
    rest: &'a [Entry<S>],
    /// A bit for each subscription of the block that is left, and matches or has further channels.
    candidates: u32,
    /// The further channels that are left. Most connections have none, so they are not loaded before they are needed.
    further: Option<Further<'a>>,
}

impl<'a, S> Matching<'a, S> {
    /// Returns the subscriptions of a connection with one of these channels.
    #[inline]
    pub(super) fn new(record: Option<&'a Record<S>>, channels: &'a IdSet) -> Self {
        let rest = record.map_or(&[][..], Record::entries);
        Self { record, channels, block: &[], rest, candidates: 0, further: None }
    }

    /// Reads the next block, or returns `None` after the last one.
    #[inline]
    fn next_block(&mut self) -> Option<()> {
        if self.rest.is_empty() {
            return None;
        }
        (self.block, self.rest) = self.rest.split_at(self.rest.len().min(BLOCK));
        for (position, entry) in (0_u32..).zip(self.block) {
            let may_match = self.channels.contains(entry.first()) | entry.has_more();
            self.candidates |= u32::from(may_match) << position;
        }
        Some(())
    }

    /// Returns `true` if the next subscription with further channels has one of the channels.
    #[inline(never)]
    fn next_further(&mut self, entry: &Entry<S>) -> bool {
        let record = self.record;
        let further = self.further.get_or_insert_with(|| match record {
            Some(record) => record.further(),
            None => Further::default(),
        });
        let others = further.next().unwrap_or_default();
        self.channels.contains(entry.first())
            || others.iter().any(|channel| self.channels.contains(channel))
    }
}

impl<'a, S> Iterator for Matching<'a, S> {
    type Item = &'a S;

    #[inline]
    fn next(&mut self) -> Option<&'a S> {
        loop {
            while self.candidates == 0 {
                self.next_block()?;
            }
            let entry = self.block.get(self.candidates.trailing_zeros() as usize)?;
            self.candidates &= self.candidates - 1;
            if !entry.has_more() || self.next_further(entry) {
                return Some(&entry.id);
            }
        }
    }
}

//! What an audience knows of one connection: [`Record`].
//!
//! Each subscription is next to its first channel, because most subscriptions have one channel. An event then reads one
//! box of a receiver, which takes two cache lines for ten subscriptions. With the ids of subscriptions in another box
//! than the channels, 60 % of the time of an event with many receivers was one load. Further channels share a box with
//! the roles. The highest bit of a first channel says that there are further ones, and that of a further channel ends
//! its subscription. A box has no spare capacity, so each change allocates it again.

use super::expiries::Time;
use super::id_set::IdSet;
use super::names::Ids;
use crate::packed::to_u32;

/// The expiry, the subscriptions, the channels and the roles of a connection.
pub(super) struct Record<S> {
    pub(super) expires: Time,
    entries: Box<[Entry<S>]>,
    /// The number of further channels, these channels of one subscription after the other, and the roles.
    names: Box<[u32]>,
}

/// A subscription with its first channel.
pub(super) struct Entry<S> {
    first: u32,
    pub(super) id: S,
}

/// The bit of a first channel if the subscription has further ones.
const MORE: u32 = 1 << 31;
/// The bit of a further channel that is the last one of its subscription.
const LAST: u32 = 1 << 31;

impl<S> Entry<S> {
    #[inline]
    pub(super) fn first(&self) -> u32 {
        self.first & !MORE
    }

    #[inline]
    pub(super) fn has_more(&self) -> bool {
        self.first & MORE != 0
    }
}

impl<S> Default for Record<S> {
    fn default() -> Self {
        Self { expires: Time::NEVER, entries: Box::default(), names: Box::default() }
    }
}

impl<S> Record<S> {
    pub(super) fn new(expires: Time, roles: &[u32]) -> Self {
        let names = [&[0], roles].concat().into_boxed_slice();
        Self { expires, entries: Box::default(), names }
    }

    /// Returns the roles, sorted.
    #[inline]
    pub(super) fn roles(&self) -> &[u32] {
        parts(&self.names).1
    }

    /// Returns the channels of all subscriptions.
    #[inline]
    pub(super) fn channels(&self) -> Channels<'_, S> {
        Channels { entries: &self.entries, names: &self.names }
    }

    /// Returns the first channel of the first subscription.
    #[inline]
    pub(super) fn head(&self) -> Option<u32> {
        self.entries.first().map(Entry::first)
    }

    /// Returns the subscriptions with their first channels.
    #[inline]
    pub(super) fn entries(&self) -> &[Entry<S>] {
        &self.entries
    }

    /// Returns the further channels of the subscriptions that have some.
    #[inline]
    pub(super) fn further(&self) -> Further<'_> {
        Further(parts(&self.names).0)
    }

    /// Returns the subscriptions, each with its channels.
    pub(super) fn subscriptions(&self) -> impl Iterator<Item = (&S, Group<'_>)> {
        let mut further = self.further();
        self.entries.iter().map(move |entry| {
            let others = if entry.has_more() { further.next() } else { None };
            (&entry.id, Group { first: entry.first(), others: others.unwrap_or_default() })
        })
    }

    /// Returns the position of a subscription. Calls the host's `eq`.
    pub(super) fn position(&self, subscription: &S) -> Option<usize>
    where
        S: Eq,
    {
        self.entries.iter().position(|entry| entry.id == *subscription)
    }

    /// Returns the channels of the subscription at a position, or `None` if there is no such subscription.
    pub(super) fn group(&self, position: usize) -> Option<Group<'_>> {
        self.subscriptions().nth(position).map(|(_, group)| group)
    }

    /// Replaces the roles, which are sorted.
    pub(super) fn set_roles(&mut self, roles: &[u32]) {
        let further = parts(&self.names).0;
        self.names = [&[to_u32(further.len())], further, roles].concat().into_boxed_slice();
    }

    /// Replaces the channels of each subscription. Each has at least one.
    pub(super) fn set_channels(&mut self, groups: &[Ids]) {
        let mut further = Vec::new();
        for (entry, group) in self.entries.iter_mut().zip(groups) {
            let Some((first, others)) = group.split_first() else { continue };
            entry.first = *first;
            if let Some((last, others)) = others.split_last() {
                entry.first |= MORE;
                further.extend_from_slice(others);
                further.push(last | LAST);
            }
        }
        let end = parts(&self.names).0.len();
        self.splice(0, end, &further);
    }

    /// Adds a subscription with at least one channel.
    pub(super) fn push(&mut self, id: S, channels: &[u32]) {
        let Some((&first, others)) = channels.split_first() else { return };
        let end = self.entries.len();
        let mut entries = std::mem::take(&mut self.entries).into_vec();
        entries.reserve_exact(1);
        entries.push(Entry { first, id });
        self.entries = entries.into_boxed_slice();
        self.extend(end, others);
    }

    /// Adds channels to the subscription at a position.
    pub(super) fn extend(&mut self, position: usize, channels: &[u32]) {
        let Some((last, others)) = channels.split_last() else { return };
        let start = self.start(position);
        let Some(entry) = self.entries.get_mut(position) else { return };
        // New channels go first, so that the last channel stays the last.
        let mark = if entry.has_more() { 0 } else { LAST };
        entry.first |= MORE;
        self.splice(start, 0, &[others, &[last | mark]].concat());
    }

    /// Removes the subscription at a position, and returns it. Dropping it may run the host's code.
    pub(super) fn remove(&mut self, position: usize) -> Option<S> {
        let others = self.group(position)?.others.len();
        if others > 0 {
            self.splice(self.start(position), others, &[]);
        }
        let mut entries = std::mem::take(&mut self.entries).into_vec();
        let removed = entries.remove(position);
        self.entries = entries.into_boxed_slice();
        Some(removed.id)
    }

    /// Returns the number of further channels before those of a subscription.
    fn start(&self, position: usize) -> usize {
        self.subscriptions().take(position).map(|(_, group)| group.others.len()).sum()
    }

    /// Replaces some further channels by others.
    fn splice(&mut self, start: usize, removed: usize, new: &[u32]) {
        let (further, roles) = parts(&self.names);
        let before = further.get(..start).unwrap_or_default();
        let after = further.get(start + removed..).unwrap_or_default();
        let count = to_u32(before.len() + new.len() + after.len());
        self.names = [&[count], before, new, after, roles].concat().into_boxed_slice();
    }

    /// Replaces every name by its new id.
    pub(super) fn renumber(&mut self, channel: impl Fn(u32) -> u32, role: impl Fn(u32) -> u32) {
        for entry in &mut self.entries {
            entry.first = channel(entry.first()) | entry.first & MORE;
        }
        let Some((count, names)) = self.names.split_first_mut() else { return };
        let Some((further, roles)) = names.split_at_mut_checked(*count as usize) else { return };
        for name in further {
            *name = channel(*name & !LAST) | *name & LAST;
        }
        for name in &mut *roles {
            *name = role(*name);
        }
        roles.sort_unstable();
    }

    /// Returns the bytes on the heap, without those that `S` holds.
    pub(super) fn memory(&self) -> usize {
        size_of_val(&*self.names) + size_of_val(&*self.entries)
    }

    /// Returns `true` if the marks of the channels agree.
    pub(super) fn is_consistent(&self) -> bool {
        let further = parts(&self.names).0;
        let ended = further.iter().filter(|channel| *channel & LAST != 0).count();
        let marked = self.entries.iter().filter(|entry| entry.has_more()).count();
        let ends = further.last().is_none_or(|last| last & LAST != 0);
        marked == ended && ends && !self.names.is_empty()
    }
}

/// Returns the further channels with their marks, and the roles.
#[inline]
fn parts(names: &[u32]) -> (&[u32], &[u32]) {
    let Some((count, names)) = names.split_first() else { return (&[], &[]) };
    names.split_at_checked(*count as usize).unwrap_or_default()
}

/// The channels of all subscriptions of a connection.
#[derive(Clone, Copy)]
pub(super) struct Channels<'a, S> {
    entries: &'a [Entry<S>],
    names: &'a [u32],
}

impl<'a, S> Channels<'a, S> {
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> + use<'a, S> {
        let further = parts(self.names).0.iter().map(|channel| channel & !LAST);
        self.entries.iter().map(Entry::first).chain(further)
    }

    /// Returns the number of channels, where one of two subscriptions counts twice.
    pub(super) fn len(&self) -> usize {
        self.entries.len() + parts(self.names).0.len()
    }

    /// Returns `true` if one of the channels is in a set. Reads further channels only if there are some.
    #[inline]
    pub(super) fn any_in(&self, channels: &IdSet) -> bool {
        let mut marks = 0;
        for entry in self.entries {
            if channels.contains(entry.first()) {
                return true;
            }
            marks |= entry.first;
        }
        marks & MORE != 0 && self.further_in(channels)
    }

    fn further_in(&self, channels: &IdSet) -> bool {
        parts(self.names).0.iter().any(|channel| channels.contains(channel & !LAST))
    }
}

/// The further channels of one subscription after the other.
#[derive(Default)]
pub(super) struct Further<'a>(&'a [u32]);

impl<'a> Iterator for Further<'a> {
    type Item = Marked<'a>;

    #[inline]
    fn next(&mut self) -> Option<Marked<'a>> {
        let end = self.0.iter().position(|channel| channel & LAST != 0)? + 1;
        let (next, rest) = self.0.split_at_checked(end)?;
        self.0 = rest;
        Some(Marked(next))
    }
}

/// The further channels of one subscription. The last one has a mark.
#[derive(Clone, Copy, Default)]
pub(super) struct Marked<'a>(&'a [u32]);

impl<'a> Marked<'a> {
    #[inline]
    pub(super) fn iter(self) -> impl Iterator<Item = u32> + use<'a> {
        self.0.iter().map(|channel| channel & !LAST)
    }

    fn len(self) -> usize {
        self.0.len()
    }
}

/// The channels of one subscription.
#[derive(Clone, Copy)]
pub(super) struct Group<'a> {
    first: u32,
    others: Marked<'a>,
}

impl<'a> Group<'a> {
    pub(super) fn iter(self) -> impl Iterator<Item = u32> + use<'a> {
        std::iter::once(self.first).chain(self.others.iter())
    }
}

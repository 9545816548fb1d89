//! The subscriptions of a connection: [`Subscription`].

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::hash::Hash;

use smallvec::SmallVec;

use super::audience::Audience;
use super::channels::rebind;
use super::error::Error;
use super::limits::Limits;
use super::names::{Ids, Names};
use super::record::{Group, Record};

impl<C, S> Audience<C, S> {
    /// Rewrites the channels of accounts of a connection that belonged to the users `old`. Changes nothing if there
    /// is no room for the new channels.
    pub(super) fn rebind(
        &mut self,
        slot: u32,
        old: &[String],
        new: Option<&str>,
    ) -> Result<(), Error> {
        let Some(record) = self.connections.record(slot) else { return Ok(()) };
        let mut before: Ids = record.channels().iter().collect();
        before.sort_unstable();
        before.dedup();
        let rebound = |&channel: &u32| {
            let text = rebound(self.channels.text(channel), old, new)?;
            Some((channel, text))
        };
        let changed: Vec<(u32, String)> = before.iter().filter_map(rebound).collect();
        if changed.is_empty() {
            return Ok(());
        }
        let texts = changed.iter().map(|(_, text)| text.as_str());
        texts.clone().try_for_each(|text| self.limits.check_channel(text))?;
        let ids = self.channels.intern(texts, &self.limits)?;
        let new_id = |id: u32| {
            let at = changed.binary_search_by_key(&id, |(channel, _)| *channel).ok();
            at.and_then(|at| ids.get(at)).copied().unwrap_or(id)
        };
        let groups = record.subscriptions().map(|(_, group)| {
            let mut group: Ids = group.iter().map(new_id).collect();
            group.sort_unstable();
            group.dedup();
            group
        });
        let groups: Vec<Ids> = groups.collect();
        if let Some(record) = self.connections.record_mut(slot) {
            record.set_channels(&groups);
        }
        let after: BTreeSet<u32> = groups.into_iter().flatten().collect();
        for &channel in &after {
            self.channels.add(channel, slot);
        }
        for channel in before.into_iter().filter(|channel| !after.contains(channel)) {
            self.channels.remove(channel, slot);
        }
        Ok(())
    }
}

/// Collects channels, of which at most as many as the limit are distinct. Holds at most twice as many at a time.
fn collect<T: AsRef<str>>(
    channels: impl IntoIterator<Item = T>,
    limits: &Limits,
) -> Result<SmallVec<[T; 8]>, Error> {
    let limit = limits.channels as usize;
    let mut all = SmallVec::<[T; 8]>::new();
    for channel in channels {
        all.push(channel);
        if all.len() > 2 * limit {
            remove_repeated(&mut all);
            if all.len() > limit {
                break;
            }
        }
    }
    if all.len() > limit {
        remove_repeated(&mut all);
    }
    if all.len() > limit { Err(Error::too_many_channels(limits.channels)) } else { Ok(all) }
}

fn remove_repeated<T: AsRef<str>>(channels: &mut SmallVec<[T; 8]>) {
    channels.sort_unstable_by(|one, other| one.as_ref().cmp(other.as_ref()));
    channels.dedup_by(|one, other| one.as_ref() == other.as_ref());
}

/// Returns the channel of the new user, or `None` if the channel does not change.
fn rebound(channel: &str, old: &[String], new: Option<&str>) -> Option<String> {
    let from = |old: Option<&str>| match rebind(channel, old, new) {
        Cow::Owned(text) => Some(text),
        Cow::Borrowed(_) => None,
    };
    if old.is_empty() { from(None) } else { old.iter().find_map(|old| from(Some(old))) }
}

impl<C: Eq + Hash, S> Audience<C, S> {
    /// Returns the subscriptions of a connection, in the order in which they were made. They are none if the
    /// connection is not connected.
    pub fn subscriptions(&self, connection: &C) -> impl Iterator<Item = Subscription<'_, S>> {
        let slot = self.slot(connection).ok();
        let record = slot.and_then(|slot| self.connections.record(slot));
        let subscriptions = record.into_iter().flat_map(Record::subscriptions);
        subscriptions.map(|(id, group)| Subscription { id, group, names: &self.channels })
    }
}

impl<C: Eq + Hash, S: Eq> Audience<C, S> {
    /// Subscribes a connection to channels. If the connection has the subscription already, the channels are
    /// added to it. Without channels, nothing changes.
    ///
    /// A channel is any text. A repeated one counts once. For channels of accounts, call
    /// [`channels::for_user`](super::channels::for_user) first.
    ///
    /// # Errors
    ///
    /// The connection is not connected, it would have too many channels, a channel is too long, or the audience
    /// is full. The audience is unchanged.
    pub fn subscribe<T: AsRef<str>>(
        &mut self,
        connection: &C,
        subscription: S,
        channels: impl IntoIterator<Item = T>,
    ) -> Result<(), Error> {
        let slot = self.slot(connection)?;
        let channels = collect(channels, &self.limits)?;
        let texts: SmallVec<[&str; 8]> = channels.iter().map(AsRef::as_ref).collect();
        let Some(record) = self.connections.record(slot) else { return Ok(()) };
        let position = record.position(&subscription);
        let room = (self.limits.channels as usize).saturating_sub(record.channels().len());
        texts.iter().try_for_each(|text| self.limits.check_channel(text))?;
        let new = self.channels.intern(texts, &self.limits).and_then(|mut new| {
            if new.len() > 1 {
                new.sort_unstable();
                new.dedup();
            }
            if let Some(group) = position.and_then(|at| record.group(at)) {
                let mut before: Ids = group.iter().collect();
                before.sort_unstable();
                // A channel of the subscription has a connection, so it needs no release.
                new.retain(|id| before.binary_search(id).is_err());
            }
            if new.len() > room {
                new.iter().for_each(|&id| self.channels.release(id));
                return Err(Error::too_many_channels(self.limits.channels));
            }
            Ok(new)
        });
        let new = match new {
            Ok(new) => new,
            Err(error) => {
                self.compact_if_sparse();
                return Err(error);
            }
        };
        if let Some(record) = self.connections.record_mut(slot)
            && !new.is_empty()
        {
            new.iter().for_each(|&channel| self.channels.add(channel, slot));
            match position {
                Some(position) => record.extend(position, &new),
                None => record.push(subscription, &new),
            }
        }
        Ok(())
    }

    /// Removes a subscription. Returns `true` if the connection had it.
    pub fn unsubscribe(&mut self, connection: &C, subscription: &S) -> bool {
        let Ok(slot) = self.slot(connection) else { return false };
        let Some(record) = self.connections.record_mut(slot) else { return false };
        let Some(position) = record.position(subscription) else { return false };
        let removed: Ids = record.group(position).into_iter().flat_map(Group::iter).collect();
        // The subscription is dropped after all changes, because dropping it can panic.
        let _subscription = record.remove(position);
        let mut left: Ids = record.channels().iter().collect();
        left.sort_unstable();
        for channel in removed {
            if left.binary_search(&channel).is_err() {
                self.channels.remove(channel, slot);
            }
        }
        self.compact_if_sparse();
        true
    }
}

/// A subscription of a connection.
#[derive(Clone, Copy)]
pub struct Subscription<'a, S> {
    id: &'a S,
    group: Group<'a>,
    names: &'a Names,
}

impl<'a, S> Subscription<'a, S> {
    /// Returns the id of the subscription.
    #[must_use]
    pub fn id(&self) -> &'a S {
        self.id
    }

    /// Returns the channels, in no particular order.
    pub fn channels(&self) -> impl Iterator<Item = &'a str> + use<'a, S> {
        let names = self.names;
        self.group.iter().map(|channel| names.text(channel))
    }
}

impl<S: fmt::Debug> fmt::Debug for Subscription<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let channels: Vec<&str> = self.channels().collect();
        f.debug_struct("Subscription").field("id", self.id).field("channels", &channels).finish()
    }
}

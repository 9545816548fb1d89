//! The invariants of an audience.

use std::collections::BTreeSet;
use std::hash::Hash;

use super::audience::Audience;
use super::expiries::Time;
use super::names::Names;
use super::roles::Roles;
use crate::invariant::{Validity, holds};

impl<C: Eq + Hash, S> Audience<C, S> {
    /// For tests: checks the invariants of the representation. Takes far longer than any other method.
    ///
    /// # Errors
    ///
    /// The first invariant that is broken.
    #[doc(hidden)]
    pub fn internal_validate(&self) -> Result<(), &'static str> {
        self.roles.names().internal_validate()?;
        self.channels.internal_validate()?;
        self.validate_connections()?;
        self.validate_expiries()?;
        self.validate_names(self.roles.names(), |slot| self.roles_of(slot))?;
        self.validate_names(&self.channels, |slot| self.channels_of(slot))?;
        holds(!self.is_sparse(), "most slots or ids are unused")
    }

    fn validate_connections(&self) -> Validity {
        let connections = &self.connections;
        holds(connections.len() <= self.limits.connections as usize, "too many connections")?;
        holds(connections.slots().count() == connections.len(), "a free slot has a connection")?;
        for slot in connections.slots() {
            let key = connections.key(slot).ok_or("a slot has no key")?;
            let found = connections.find(key, connections.hash(key));
            holds(found == Some(slot), "a connection is not found under its key")?;
            let record = connections.record(slot).ok_or("a connection has no record")?;
            holds(record.is_consistent(), "the marks of the channels are wrong")?;
            let within = record.channels().len() <= self.limits.channels as usize;
            holds(within, "a connection has too many channels")?;
            let ascend = record.roles().is_sorted_by(|earlier, later| earlier < later);
            holds(ascend, "the roles of a connection are out of order")?;
            let repeated = record.subscriptions().any(|(_, group)| {
                let distinct: BTreeSet<u32> = group.iter().collect();
                distinct.is_empty() || distinct.len() != group.iter().count()
            });
            holds(!repeated, "a subscription has a channel twice, or none")?;
        }
        Ok(())
    }

    fn validate_expiries(&self) -> Validity {
        let times = self.connections.slots().map(|slot| (self.connections.expiry(slot), slot));
        let times: Vec<(Time, u32)> = times.filter(|(time, _)| *time != Time::NEVER).collect();
        holds(times.len() == self.expiries.len(), "the number of expiries is wrong")?;
        let known = times.iter().all(|(time, slot)| self.expiries.contains(*time, *slot));
        holds(known, "a connection would not expire")?;
        holds(self.expiries.is_consistent(), "an expiry is earlier than its parent")?;
        let next = times.iter().map(|(time, _)| *time).min();
        holds(next == self.expiries.first(), "the next expiry is wrong")
    }

    /// Checks that the connections of each name are those that have it.
    fn validate_names(&self, names: &Names, of_slot: impl Fn(u32) -> Vec<u32>) -> Validity {
        let mut expected = BTreeSet::new();
        for slot in self.connections.slots() {
            expected.extend(of_slot(slot).into_iter().map(|name| (name, slot)));
        }
        let mut found = Vec::new();
        for id in names.iter() {
            let before = found.len();
            names.for_each(id, |slot| found.push((id, slot)));
            holds(found.len() - before == names.count(id), "the count of a posting is wrong")?;
        }
        found.sort_unstable();
        holds(found.into_iter().eq(expected), "a posting differs from the connections of its name")
    }

    fn roles_of(&self, slot: u32) -> Vec<u32> {
        self.connections
            .record(slot)
            .map_or(Vec::new(), |record| Roles::names_of(record.roles()).collect())
    }

    fn channels_of(&self, slot: u32) -> Vec<u32> {
        self.connections
            .record(slot)
            .map_or(Vec::new(), |record| record.channels().iter().collect())
    }
}

//! Building an audience again without unused slots and ids.
//!
//! Slots and ids are in the postings and in the records, so they cannot be moved one by one. To build all again
//! takes 2 to 3 µs for each connection with 12 roles and 10 channels.

use super::audience::Audience;
use super::expiries::Expiries;
use super::names::Ids;
use super::roles::Roles;

/// The number of slots from which unused ones are given back: 1,024.
const SPARSE_FROM: usize = 1024;

impl<C, S> Audience<C, S> {
    /// Gives back the memory of connections, roles and channels that are no longer there. Takes time in
    /// proportion to the whole audience.
    pub fn shrink_to_fit(&mut self) {
        self.compact();
    }

    /// Builds the audience again if less than a quarter of the slots, the roles or the channels are in use.
    pub(super) fn compact_if_sparse(&mut self) {
        if self.is_sparse() {
            self.compact();
        }
    }

    pub(super) fn is_sparse(&self) -> bool {
        let end = self.connections.end();
        (end >= SPARSE_FROM && self.len() < end / 4)
            || self.roles.names().is_sparse(self.len())
            || self.channels.is_sparse(self.len())
    }

    /// Builds the audience again. Runs no code of the host.
    fn compact(&mut self) {
        let (Some((roles, new_roles)), Some((channels, new_channels))) =
            (self.roles.packed(), self.channels.packed())
        else {
            return;
        };
        let renumbered = |ids: &[u32], id: u32| ids.get(id as usize).copied().unwrap_or(id);
        let mut connections = self.connections.like();
        (self.roles, self.channels, self.expiries) = (roles, channels, Expiries::default());
        let slots: Vec<u32> = self.connections.slots().collect();
        for slot in slots {
            let Some((key, hash, mut record)) = self.connections.remove(slot) else { continue };
            record.renumber(
                |id| renumbered(&new_channels, id),
                |role| Roles::renumbered(&new_roles, role),
            );
            let (roles, channels) =
                (Ids::from_slice(record.roles()), record.channels().iter().collect::<Ids>());
            let expires = record.expires;
            let slot = connections.insert(key, hash, record);
            roles.iter().for_each(|&role| self.roles.add(role, slot));
            channels.iter().for_each(|&channel| self.channels.add(channel, slot));
            self.expiries.insert(expires, slot);
        }
        self.connections = connections;
    }
}

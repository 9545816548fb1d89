//! Ending connections: one, those of a session, a user or a key, and those that have expired.

use std::hash::Hash;
use std::time::SystemTime;

use super::audience::Audience;
use super::caller_names;
use super::expiries::Time;
use super::record::Record;

impl<C, S> Audience<C, S> {
    /// Ends the connections of a session, and returns them. The host closes their sockets.
    #[must_use = "the sockets are still open"]
    pub fn disconnect_session(&mut self, session_id: &str) -> Vec<C> {
        self.end_all(self.slots_of(&caller_names::session(session_id)))
    }

    /// Ends the connections of a user, and those in which the user acts as another user, and returns them. The host
    /// closes their sockets.
    ///
    /// [`replace_principal_of_user`](Self::replace_principal_of_user) says which connections are those of a user.
    #[must_use = "the sockets are still open"]
    pub fn disconnect_user(&mut self, user_id: &str) -> Vec<C> {
        let mut slots = self.slots_of_user(user_id);
        slots.extend(self.slots_of(&caller_names::actor(user_id)));
        self.end_all(slots)
    }

    /// Ends the connections of the API keys with a name, and returns them. The host closes their sockets.
    ///
    /// [`Caller::with_key`](super::Caller::with_key) sets the name.
    #[must_use = "the sockets are still open"]
    pub fn disconnect_key(&mut self, name: &str) -> Vec<C> {
        self.end_all(self.slots_of(&caller_names::key(name)))
    }

    /// Ends the connections that have expired at `now`, and returns them. The host closes their sockets.
    ///
    /// Takes time in proportion to the connections that it ends. A connection expires at its time, not after it.
    #[must_use = "the sockets are still open"]
    pub fn disconnect_expired(&mut self, now: SystemTime) -> Vec<C> {
        let now = Time::of(now);
        let mut ended = Vec::new();
        while let Some(parts) = self.expiries.due(now).and_then(|slot| self.end(slot)) {
            ended.push(parts);
        }
        self.compact_if_sparse();
        ended.into_iter().map(|(connection, _)| connection).collect()
    }

    fn end_all(&mut self, slots: Vec<u32>) -> Vec<C> {
        // A slot that is there twice ends once. The host's values are dropped after all connections have ended,
        // because dropping can panic.
        let ended: Vec<_> = slots.into_iter().filter_map(|slot| self.end(slot)).collect();
        self.compact_if_sparse();
        ended.into_iter().map(|(connection, _)| connection).collect()
    }

    /// Ends a connection, and returns what the host gave. Runs no code of the host.
    fn end(&mut self, slot: u32) -> Option<(C, Record<S>)> {
        let (connection, _, record) = self.connections.remove(slot)?;
        record.channels().iter().for_each(|channel| self.channels.remove(channel, slot));
        self.roles.remove_all(record.roles(), &[], slot);
        self.expiries.remove(record.expires, |slot| self.connections.expiry(slot));
        Some((connection, record))
    }
}

impl<C: Eq + Hash, S> Audience<C, S> {
    /// Ends a connection. Returns `true` if it was connected.
    pub fn disconnect(&mut self, connection: &C) -> bool {
        self.slot(connection).is_ok_and(|slot| !self.end_all(vec![slot]).is_empty())
    }
}

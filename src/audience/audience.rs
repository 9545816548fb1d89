//! Connections, their roles and their channels: [`Audience`].
//!
//! Roles and channels are [`Names`], which know the slots of their connections. The names of users and sessions are
//! beside the roles (`caller_names.rs`).
//!
//! Each method first runs the host's code (`hash`, `eq`, `as_ref`), then makes the change, and then drops what the
//! host gave. A panic in the host's code therefore leaves the change undone or complete.

use std::fmt;
use std::hash::Hash;
use std::time::SystemTime;

use super::caller::Caller;
use super::caller_names;
use super::connections::Connections;
use super::error::Error;
use super::expiries::{Expiries, Time};
use super::limits::Limits;
use super::names::{Ids, Names};
use super::record::Record;
use super::roles::Roles;
use crate::principal::Principal;

/// Open connections of one project, with their principals and subscriptions.
///
/// A host has one audience for each project. Roles, ids and channels name no project, so an event of one project would
/// reach the users of another one who have the same roles. A key bypasses permissions for its own project only.
///
/// `C` identifies a connection, such as the number of a socket. It is stored once, and moved out when the host
/// needs it, so it need not be `Clone`. `S` identifies a subscription of a connection. Numbers take the least
/// memory. Appwrite's clients use texts, such as `Box<str>`.
///
/// | operation | takes time in proportion to |
/// | --- | --- |
/// | [`connect`](Self::connect) | the roles |
/// | [`subscribe`](Self::subscribe), [`unsubscribe`](Self::unsubscribe) | the channels and subscriptions of the connection |
/// | [`authenticate`](Self::authenticate), [`replace_principal`](Self::replace_principal), [`disconnect`](Self::disconnect) | the roles and channels of the connection |
/// | the same for a user, a session or a key | the same, for each of their connections |
/// | [`receivers`](Self::receivers), [`change`](Self::change) | the permissions, the channels, and the smaller of two numbers: the connections with one of the roles, and those with one of the channels. If both are large, one bit for each connection |
///
/// An event can therefore take long although it has no receivers: if half of the connections have its roles, and the
/// other half has its channels.
///
/// # Memory
///
/// A connection with 12 roles and 10 channels takes 410 to 470 bytes, besides what `C` and `S` hold. Each
/// role or channel takes four bytes in its connection, and one bit to five bytes for the way back. A role or
/// channel that only one connection has takes its text and about 20 bytes instead. [`memory`](Self::memory)
/// returns the exact number, and [`Limits`] bounds it.
///
/// The memory of connections that ended is used for new ones. An audience has room for as many connections, roles
/// and channels as it had at once. If less than a quarter of one of these is left, the call that ends connections
/// builds the audience again, and gives the memory of the others back. This takes 2 to 3 µs for each connection that
/// is left: 0.6 s for 250,000 of 1,000,000. Roles and channels count only if there is room for as many of them as
/// there are connections, so that one client does not cause it. [`shrink_to_fit`](Self::shrink_to_fit) does it at
/// once.
pub struct Audience<C, S = u32> {
    pub(super) connections: Connections<C, S>,
    pub(super) roles: Roles,
    pub(super) channels: Names,
    pub(super) expiries: Expiries,
    pub(super) limits: Limits,
}

impl<C, S> Audience<C, S> {
    /// Creates an audience without connections.
    #[must_use]
    pub fn new() -> Self {
        Self::with_limits(Limits::default())
    }

    /// Creates an audience without connections that refuses changes beyond `limits`.
    #[must_use]
    pub fn with_limits(limits: Limits) -> Self {
        Self {
            connections: Connections::new(),
            roles: Roles::new(),
            channels: Names::new(),
            expiries: Expiries::default(),
            limits: limits.capped(),
        }
    }

    /// Returns the number of connections, those included that have expired and were not ended yet.
    #[must_use]
    pub fn len(&self) -> usize {
        self.connections.len()
    }

    /// Returns `true` if there are no connections.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the time at which the next connection expires, or `None` if none does.
    #[must_use]
    pub fn next_expiry(&self) -> Option<SystemTime> {
        self.expiries.next()
    }

    /// Returns the bytes on the heap, with the memory that is reserved for growth, and without what `C` and `S`
    /// hold. Takes time in proportion to the connections.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.connections.memory()
            + self.roles.names().memory()
            + self.channels.memory()
            + self.expiries.memory()
    }

    /// Returns the slots of the connections with a name, in ascending order.
    pub(super) fn slots_of(&self, name: &str) -> Vec<u32> {
        let mut slots = Vec::new();
        if let Some(id) = self.roles.get(name) {
            self.roles.for_each(id, &self.connections, |slot| slots.push(slot));
        }
        slots
    }

    /// Returns the slots of the connections of a user, in ascending order.
    pub(super) fn slots_of_user(&self, user_id: &str) -> Vec<u32> {
        let mut slots = Vec::new();
        let name = caller_names::user(user_id);
        self.roles.for_each_of_user(&name, &self.connections, |slot| slots.push(slot));
        slots
    }

    /// Returns the ids of the roles of a principal and of other names, sorted.
    pub(super) fn intern_roles(
        &mut self,
        principal: &Principal,
        others: &[String],
    ) -> Result<Ids, Error> {
        let user = caller_names::user_beside_roles(principal);
        let names = caller_names::of_principal(principal, user.as_deref());
        self.roles.intern(names.chain(others.iter().map(String::as_str)), &self.limits)
    }
}

impl<C: Eq + Hash, S> Audience<C, S> {
    /// Adds a connection without subscriptions.
    ///
    /// # Errors
    ///
    /// The connection is connected already, or the audience is full. The audience is unchanged.
    pub fn connect(&mut self, connection: C, caller: &Caller) -> Result<(), Error> {
        let hash = self.connections.hash(&connection);
        if self.connections.find(&connection, hash).is_some() {
            return Err(Error::already_connected());
        }
        if self.len() >= self.limits.connections as usize {
            return Err(Error::full_of_connections(self.limits.connections));
        }
        let roles = match self.intern_roles(caller.principal(), &caller.names()) {
            Ok(roles) => roles,
            Err(error) => {
                self.compact_if_sparse();
                return Err(error);
            }
        };
        let expires = caller.expires_at().map_or(Time::NEVER, Time::of);
        let slot = self.connections.insert(connection, hash, Record::new(expires, &roles));
        roles.iter().for_each(|&role| self.roles.add(role, slot));
        self.expiries.insert(expires, slot);
        Ok(())
    }

    /// Returns `true` if a connection is connected. It may have expired.
    #[must_use]
    pub fn contains(&self, connection: &C) -> bool {
        self.slot(connection).is_ok()
    }

    pub(super) fn slot(&self, connection: &C) -> Result<u32, Error> {
        let hash = self.connections.hash(connection);
        self.connections.find(connection, hash).ok_or_else(Error::not_connected)
    }
}

impl<C, S> Default for Audience<C, S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C, S> fmt::Debug for Audience<C, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audience")
            .field("connections", &self.len())
            .field("roles", &self.roles.names().len())
            .field("channels", &self.channels.len())
            .finish_non_exhaustive()
    }
}

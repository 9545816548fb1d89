//! Replacing the principal of connections.
//!
//! A replacement first removes the roles that the new principal does not have. It then adds the new ones, for which
//! there may be no room. An audience that is full therefore fails closed. The name of the user before stays until the
//! replacement succeeds, so that the host can end the connections of the user, or try again.

use std::hash::Hash;

use super::audience::Audience;
use super::caller::Caller;
use super::caller_names;
use super::error::Error;
use super::expiries::Time;
use super::names::Ids;
use super::record::Record;
use super::roles::Roles;
use crate::principal::Principal;

impl<C, S> Audience<C, S> {
    /// Replaces the principal of all connections of a user, and returns their number. Their sessions, actors, keys,
    /// expiries and subscriptions stay.
    ///
    /// A connection is one of a user if its principal is the user, or has the role `user:ID`. A connection in which
    /// the user acts as another user has the roles of the other user, so it is not replaced.
    ///
    /// Clients learn nothing about the documents that they gain or lose by it.
    ///
    /// # Errors
    ///
    /// A limit that the new roles exceed. The connections then keep only the roles that the principals before and
    /// after have in common, and are still those of the user. The host ends them, or tries again.
    pub fn replace_principal_of_user(
        &mut self,
        user_id: &str,
        principal: &Principal,
    ) -> Result<usize, Error> {
        let slots = self.slots_of_user(user_id);
        self.replace_at(&slots, principal)?;
        Ok(slots.len())
    }

    fn replace_at(&mut self, slots: &[u32], principal: &Principal) -> Result<(), Error> {
        if slots.is_empty() {
            return Ok(());
        }
        self.narrow(slots, principal);
        let roles = self.intern_roles(principal, &[]);
        for &slot in slots {
            let Ok(roles) = &roles else { break };
            let mut all = roles.clone();
            all.extend(self.names_that_stay(slot));
            all.sort_unstable();
            self.set_roles(slot, &all);
        }
        self.compact_if_sparse();
        roles.map(|_| ())
    }

    /// Returns the users that a connection belongs to: one at most, unless its principal is a list of roles, or could
    /// not be replaced.
    fn users_of(&self, slot: u32) -> Vec<String> {
        let roles = self.connections.record(slot).map_or(&[][..], Record::roles);
        let users = roles.iter().filter_map(|&role| self.roles.user_id(role));
        let mut users: Vec<String> = users.map(String::from).collect();
        users.sort_unstable();
        users
    }

    /// Removes the roles that a principal does not have. Sessions, actors, keys and names of users stay.
    fn narrow(&mut self, slots: &[u32], principal: &Principal) {
        let user = caller_names::user_beside_roles(principal);
        let names = caller_names::of_principal(principal, user.as_deref());
        let mut common: Ids = names.filter_map(|name| self.roles.get(name)).collect();
        common.sort_unstable();
        for &slot in slots {
            let mut kept = self.names_that_stay(slot);
            let roles = self.connections.record(slot).map_or(&[][..], Record::roles);
            kept.extend(roles.iter().filter_map(|&role| {
                let is_user = || self.roles.user_id(role).is_some();
                let is_common = common.binary_search(&role).is_ok();
                if is_common { Some(role) } else { is_user().then_some(Roles::without_grant(role)) }
            }));
            kept.sort_unstable();
            kept.dedup();
            self.set_roles(slot, &kept);
        }
    }

    /// Returns the names of a connection that do not depend on its principal.
    fn names_that_stay(&self, slot: u32) -> Ids {
        let roles = self.connections.record(slot).map_or(&[][..], Record::roles);
        roles.iter().copied().filter(|&role| caller_names::stays(self.roles.name(role))).collect()
    }

    /// Replaces the roles of a connection. Runs no code of the host.
    fn set_roles(&mut self, slot: u32, roles: &Ids) {
        let Some(record) = self.connections.record_mut(slot) else { return };
        let before = Ids::from_slice(record.roles());
        record.set_roles(roles);
        roles.iter().for_each(|&role| self.roles.add(role, slot));
        self.roles.remove_all(&before, roles, slot);
    }

    fn set_expiry(&mut self, slot: u32, expires: Time) {
        let Some(record) = self.connections.record_mut(slot) else { return };
        let before = std::mem::replace(&mut record.expires, expires);
        if before != expires {
            self.expiries.insert(expires, slot);
            self.expiries.remove(before, |slot| self.connections.expiry(slot));
        }
    }
}

impl<C: Eq + Hash, S> Audience<C, S> {
    /// Replaces the caller of a connection, because its client signed in. The subscriptions stay.
    ///
    /// Channels of the account of the user before become those of the new user, as in Appwrite:
    ///
    /// | channel | from a guest to user `N` | from user `O` to user `N` |
    /// | --- | --- | --- |
    /// | `account.create`, and the other operations | `account.N.create` | unchanged |
    /// | `account.O`, `account.O.create` | unchanged | `account.N`, `account.N.create` |
    /// | another channel | unchanged | unchanged |
    ///
    /// A caller without a user changes no channel.
    ///
    /// ```
    /// use rolegate::audience::channels::for_user;
    /// use rolegate::audience::{Audience, Caller};
    /// use rolegate::{Principal, User};
    ///
    /// let mut audience = Audience::<u64>::new();
    /// audience.connect(7, &Caller::new(Principal::guest()))?;
    /// audience.subscribe(&7, 1, for_user(["account.update"], None))?;
    /// audience.authenticate(&7, &Caller::new(Principal::user(&User::new("ann"))?))?;
    /// let subscription = audience.subscriptions(&7).next().ok_or("no subscription")?;
    /// assert!(subscription.channels().eq(["account.ann.update"]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The connection is not connected, or a limit that the new roles or channels exceed. The connection then keeps only
    /// the roles that the principals before and after have in common, and its session, actor, key, expiry and channels.
    /// It is still one of the user before. The host ends it, or tries again.
    pub fn authenticate(&mut self, connection: &C, caller: &Caller) -> Result<(), Error> {
        let slot = self.slot(connection)?;
        let signed_in = self.sign_in(slot, caller);
        self.compact_if_sparse();
        signed_in
    }

    fn sign_in(&mut self, slot: u32, caller: &Caller) -> Result<(), Error> {
        let users = self.users_of(slot);
        self.narrow(&[slot], caller.principal());
        let roles = self.intern_roles(caller.principal(), &caller.names())?;
        if let Err(error) = self.rebind(slot, &users, caller.principal().user_id()) {
            self.roles.release(&roles);
            return Err(error);
        }
        self.set_roles(slot, &roles);
        self.set_expiry(slot, caller.expires_at().map_or(Time::NEVER, Time::of));
        Ok(())
    }

    /// Replaces the principal of a connection. Its session, actor, key, expiry and subscriptions stay.
    ///
    /// The client learns nothing about the documents that it gains or loses by it.
    ///
    /// # Errors
    ///
    /// The connection is not connected, or a limit that the new roles exceed. The connection then keeps only the roles
    /// that the principals before and after have in common, and is still one of the user before. The host ends it, or
    /// tries again.
    pub fn replace_principal(
        &mut self,
        connection: &C,
        principal: &Principal,
    ) -> Result<(), Error> {
        let slot = self.slot(connection)?;
        self.replace_at(&[slot], principal)
    }
}

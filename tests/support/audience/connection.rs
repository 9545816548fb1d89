//! A connection of the model.

use std::collections::{BTreeMap, BTreeSet};

use rolegate::{Principal, Role};

use super::{Event, List, Stored, Who};

/// A connection of the model.
#[derive(Clone)]
pub(super) struct Connection {
    pub(super) who: Who,
    /// The ids of the users that the connection belongs to without their roles: that of the principal, and those of
    /// principals that could not be replaced.
    pub(super) users: BTreeSet<String>,
    pub(super) subscriptions: BTreeMap<u8, BTreeSet<String>>,
}

impl Connection {
    pub(super) fn of(who: &Who) -> Self {
        Self { who: who.clone(), users: users_of(who), subscriptions: BTreeMap::new() }
    }

    pub(super) fn is_of_user(&self, user: &str) -> bool {
        let role = Role::user(user).ok();
        self.users.contains(user) || role.is_some_and(|role| self.who.principal.has_role(&role))
    }

    /// Returns the users that the connection belongs to.
    pub(super) fn users(&self) -> BTreeSet<String> {
        let roles = self.who.principal.roles().iter();
        let named = roles.filter_map(|role| role.as_str().strip_prefix("user:"));
        let named = named.filter(|id| !id.contains('/'));
        named.map(String::from).chain(self.users.iter().cloned()).collect()
    }

    /// Rewrites the channels of accounts.
    pub(super) fn rebind(&mut self, old: &BTreeSet<String>, new: Option<&str>) {
        for channels in self.subscriptions.values_mut() {
            let rewritten = |one: &String| rebound(one, old, new).unwrap_or_else(|| one.clone());
            *channels = channels.iter().map(rewritten).collect();
        }
    }

    pub(super) fn texts(&self) -> List {
        let users = self.users.iter().map(|id| match Role::user(id) {
            Ok(role) => role.to_string(),
            Err(_) => format!("={id}"),
        });
        self.who.texts().into_iter().chain(users).collect()
    }

    /// Removes the roles that a principal does not have. The connection still belongs to its users.
    pub(super) fn narrow(&mut self, principal: &Principal) {
        self.users = self.users();
        let before = &self.who.principal;
        if !(before.bypasses_permissions() && principal.bypasses_permissions()) {
            let common = before.roles().iter().filter(|role| principal.has_role(role));
            self.who.principal = Principal::from_roles(common.cloned());
        }
    }

    pub(super) fn replace(&mut self, who: &Who) {
        self.who = who.clone();
        self.users = users_of(who);
    }

    pub(super) fn replace_principal(&mut self, principal: &Principal) {
        self.replace(&Who { principal: principal.clone(), ..self.who.clone() });
    }

    /// Returns `true` if the connection may read the document on one side of a change. Expired connections may
    /// read nothing.
    pub(super) fn reads(&self, event: &Event, side: usize) -> bool {
        let expired = self.who.expires.is_some_and(|at| at <= event.now);
        let shows = |side: &Stored| side.shows(&self.who.principal);
        !expired && event.sides[side].as_ref().is_some_and(shows)
    }

    /// Returns the subscriptions with one of the channels, or `None` if there are none.
    pub(super) fn listens(&self, channels: &[String]) -> Option<BTreeSet<u8>> {
        let matching =
            |own: &BTreeSet<String>| channels.iter().any(|channel| own.contains(channel));
        let subscriptions = self.subscriptions.iter().filter(|(_, own)| matching(own));
        let subscriptions: BTreeSet<u8> = subscriptions.map(|(id, _)| *id).collect();
        (!subscriptions.is_empty()).then_some(subscriptions)
    }
}

fn users_of(who: &Who) -> BTreeSet<String> {
    who.principal.user_id().map(String::from).into_iter().collect()
}

/// Returns a channel of an account for the new user, or `None` if it does not change.
pub(super) fn rebound(channel: &str, old: &BTreeSet<String>, new: Option<&str>) -> Option<String> {
    let new = new.filter(|id| !matches!(*id, "" | "0"))?;
    let suffixes = ["", ".create", ".update", ".upsert", ".delete"];
    let users = old.iter().map(|id| (format!("account.{id}"), 0));
    let guest = old.is_empty().then(|| ("account".to_owned(), 1));
    users.chain(guest).find_map(|(own, first)| {
        let suffix = suffixes[first..].iter().find(|suffix| format!("{own}{suffix}") == channel)?;
        Some(format!("account.{new}{suffix}"))
    })
}

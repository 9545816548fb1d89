//! Subscribing, unsubscribing and signing in on an open connection.

use std::borrow::Cow;

use rolegate::audience::channels::for_user;
use rolegate::audience::{Caller, ErrorKind};
use rolegate::auth::Identity;
use serde_json::{Value, json};

use super::client::Client;
use super::filter::Subscription;
use super::message::{Unwanted, Wanted, full, malformed, policy_violation};
use super::{Realtime, State, refusal};
use crate::documents::check_id;
use crate::failure::Failure;
use crate::limits::{MAX_CHANNELS, MAX_FILTERS, MAX_SUBSCRIPTIONS};
use crate::random_hex;

/// A subscription of a message, with its channels.
type New<'a> = (Subscription, Vec<Cow<'a, str>>);

impl Realtime {
    /// Subscribes a connection to the channels that are allowed, and returns the subscriptions as the client sees them. A
    /// subscription with the id of another replaces it. A refused message changes nothing.
    pub fn subscribe(
        &self,
        client: &Client,
        user_id: Option<&str>,
        is_allowed: impl Fn(&str) -> bool,
        all: &[Wanted],
    ) -> Result<Vec<Value>, Failure> {
        let mut new: Vec<New> = Vec::new();
        let mut shown = Vec::new();
        for Wanted { subscription_id, channels, queries } in all {
            let random = || random_hex(10).map_err(Failure::of);
            let id = subscription_id.clone().map_or_else(random, Ok)?;
            check_id(&id).map_err(|failure| malformed(failure.2))?;
            let allowed = channels.iter().map(String::as_str).filter(|channel| is_allowed(channel));
            let channels = for_user(allowed, user_id);
            shown.push(json!({ "subscriptionId": id, "channels": channels, "queries": queries }));
            new.retain(|(earlier, _)| earlier.id() != id);
            let subscription = Subscription::parse(&id, queries, &self.queries)?;
            new.push((subscription, channels));
        }
        self.state().replace_subscriptions(client, new)?;
        Ok(shown)
    }

    /// Removes subscriptions, and returns which ones there were.
    pub fn unsubscribe(&self, client: &Client, all: &[Unwanted]) -> Vec<Value> {
        let audience = &mut self.state().audience;
        let remove = |Unwanted { subscription_id: id }: &Unwanted| {
            let found = audience.subscriptions(client).find(|it| it.id().id() == id);
            let found = found.map(|it| it.id().clone());
            let removed = found.is_some_and(|it| audience.unsubscribe(client, &it));
            json!({ "subscriptionId": id, "removed": removed })
        };
        all.iter().map(remove).collect()
    }

    /// Replaces the caller of a connection. Its channels of accounts become those of the new user.
    ///
    /// The failure ends the connection, which keeps only the roles that both callers have.
    pub fn authenticate(&self, client: &Client, who: &Identity) -> Result<(), Failure> {
        let replaced = self.state().audience.authenticate(client, &Caller::from(who));
        replaced.map_err(|error| match error.kind() {
            ErrorKind::Full | ErrorKind::NotConnected => refusal(client, error),
            _ => policy_violation(error),
        })
    }
}

impl State {
    /// Adds subscriptions, and then removes those that they replace.
    fn replace_subscriptions(&mut self, client: &Client, new: Vec<New>) -> Result<(), Failure> {
        let replaced = self.check_room(client, &new)?;
        let mut added = Vec::new();
        for (subscription, channels) in new {
            let subscription = subscription.with_number(self.take_number());
            // No event has the empty channel. It keeps a subscription without channels until it is removed.
            let none = channels.is_empty().then_some(Cow::Borrowed(""));
            let channels = channels.into_iter().chain(none);
            let done = self.audience.subscribe(client, subscription.clone(), channels);
            if let Err(error) = done {
                self.unsubscribe_all(client, &added);
                // Other clients have filled the audience. This client keeps the subscriptions that it has.
                return Err(match error.kind() {
                    ErrorKind::Full => full(error),
                    _ => refusal(client, error),
                });
            }
            added.push(subscription);
        }
        self.unsubscribe_all(client, &replaced);
        Ok(())
    }

    /// Checks the limits of a connection, and returns the subscriptions that new ones replace.
    fn check_room(&self, client: &Client, new: &[New]) -> Result<Vec<Subscription>, Failure> {
        let is_replaced = |old: &Subscription| new.iter().any(|(it, _)| it.id() == old.id());
        let (mut replaced, mut all) = (Vec::new(), new.len());
        let mut channels: usize = new.iter().map(|(_, channels)| channels.len().max(1)).sum();
        let mut queries: usize = new.iter().map(|(it, _)| it.bytes()).sum();
        for old in self.audience.subscriptions(client) {
            if is_replaced(old.id()) {
                replaced.push(old.id().clone());
            } else {
                all += 1;
                channels += old.channels().count();
                queries += old.id().bytes();
            }
        }
        for (used, limit, name) in [
            (all, MAX_SUBSCRIPTIONS, "subscriptions"),
            (channels, MAX_CHANNELS as usize, "channels"),
            (queries, MAX_FILTERS, "bytes of queries"),
        ] {
            if used > limit {
                return Err(malformed(format!("connection is full: {limit} {name}")));
            }
        }
        Ok(replaced)
    }

    fn unsubscribe_all(&mut self, client: &Client, all: &[Subscription]) {
        for subscription in all {
            self.audience.unsubscribe(client, subscription);
        }
    }
}

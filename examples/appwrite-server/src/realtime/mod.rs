//! Events for open connections, at `/v1/realtime`.
//!
//! A connection is a task that owns a WebSocket ([`socket`]). The audience of rolegate knows who may see what
//! on which connection ([`Realtime`]). A request that writes lists what it changed ([`News`]). After the commit, and
//! under the exclusive lock, each change becomes an event in the queues of its receivers ([`client`]). Events
//! therefore have the order of the commits.
//!
//! A connection is authenticated and enters the audience under one shared lock. A session that is deleted at the
//! same time either is gone before, or its connection is found and ended.

mod budget;
mod client;
mod event;
mod filter;
mod frames;
mod handshake;
mod message;
mod news;
mod open;
mod parameters;
mod socket;
mod subscriptions;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use rolegate::Principal;
use rolegate::audience::{Audience, Buffer, Caller, Error, ErrorKind, Limits};
use rolegate::auth::Identity;

pub use event::Changed;
pub use news::{ChangedUser, News};
pub use open::connect;

use crate::failure::Failure;
use crate::limits::{ConnectionLimits, MAX_CHANNEL_BYTES, MAX_CHANNELS};
use budget::Budget;
use client::{Client, Ending};
use filter::Subscription;

/// The connections, and who may see what on them.
///
/// Its lock is taken after the lock of the collections, and is held for no longer than an event takes.
pub struct Realtime {
    state: Mutex<State>,
    /// The queries of all subscriptions.
    queries: Budget,
    /// The time without a sign of life.
    silence: Duration,
}

struct State {
    audience: Audience<Client, Subscription>,
    buffer: Buffer,
    /// The open connections by their numbers. Those that were ended are here until their task ends.
    clients: HashMap<u64, Client>,
    /// The messages that wait for clients.
    waiting: Budget,
    /// The number of the next connection or subscription.
    next: u64,
}

impl Realtime {
    pub fn new(limits: ConnectionLimits) -> Self {
        let ConnectionLimits { connections, texts, filters, waiting, silence } = limits;
        let mut limits = Limits::default();
        limits.connections = connections;
        // A connection has the subscriptions before and after a message for a moment.
        limits.channels = 2 * MAX_CHANNELS;
        limits.channel_len = MAX_CHANNEL_BYTES;
        limits.text_bytes = texts;
        let audience = Audience::with_limits(limits);
        let (buffer, clients) = (Buffer::new(), HashMap::new());
        let waiting = Budget::new(waiting);
        let state = Mutex::new(State { audience, buffer, clients, waiting, next: 0 });
        Self { state, queries: Budget::new(filters), silence }
    }

    /// Adds a connection without subscriptions.
    fn connect(&self, who: &Identity) -> Result<Client, Failure> {
        let mut state = self.state();
        let number = state.take_number();
        let client = Client::new(number);
        let connected = state.audience.connect(client.clone(), &Caller::from(who));
        connected.map_err(|error| refusal(&client, error))?;
        state.clients.insert(number, client.clone());
        Ok(client)
    }

    fn disconnect(&self, client: &Client) {
        let mut state = self.state();
        state.clients.remove(&client.number());
        state.audience.disconnect(client);
    }

    /// Returns the number of connections.
    pub fn connections(&self) -> usize {
        self.state().audience.len()
    }

    /// Tells the connections about changes that were committed, in their order.
    pub fn publish(&self, all: Vec<News>) {
        if all.is_empty() {
            return;
        }
        let state = &mut *self.state();
        for news in all {
            match news {
                News::Document(changed) => state.send(&changed),
                News::User(changed) => {
                    state.replace_user(&changed);
                    state.send_account(&changed);
                }
                News::SessionEnded(session) => {
                    end(state.audience.disconnect_session(&session), Ending::Session);
                }
            }
        }
    }

    /// Returns the state. A panic of another thread leaves an audience valid.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take_number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Replaces the roles of a user's connections. If the user is blocked or the new roles have no room, ends the
    /// connections, and those in which the user acts as another user.
    fn replace_user(&mut self, changed: &ChangedUser) {
        let (id, audience) = (changed.id(), &mut self.audience);
        let why = match Principal::user(&changed.user) {
            Err(_) => Ending::Session,
            Ok(principal) => match audience.replace_principal_of_user(id, &principal) {
                Ok(_) => return,
                Err(_) => Ending::Full,
            },
        };
        end(audience.disconnect_user(id), why);
    }
}

fn end(clients: Vec<Client>, why: Ending) {
    clients.iter().for_each(|client| client.end(why));
}

/// Returns the refusal of a client for an error of the audience.
fn refusal(client: &Client, error: Error) -> Failure {
    match error.kind() {
        ErrorKind::Full => message::try_again_later(error),
        ErrorKind::NotConnected => match client.ending() {
            Some(Ending::Slow) => message::try_again_later("the client does not read its events"),
            Some(Ending::Full) => message::no_room(),
            _ => message::session_ended(),
        },
        _ => message::malformed(error),
    }
}

/// Returns `true` if a credential is no longer valid.
fn is_over(expires_at: Option<SystemTime>) -> bool {
    expires_at.is_some_and(|end| end <= SystemTime::now())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rolegate::auth::{Authenticator, Credentials, JwtKeys, Secret};
    use rolegate::{Collection, DocumentSecurity};
    use serde_json::json;

    use super::message::Wanted;
    use super::*;
    use crate::database::Database;

    fn guest() -> Identity {
        let keys = JwtKeys::new(Secret::new("the secret of the tests").unwrap());
        let database = rusqlite::Connection::open_in_memory().unwrap();
        let (authenticator, credentials) = (Authenticator::new(keys, "p"), Credentials::default());
        let now = SystemTime::now();
        let caller = authenticator.authenticate(&credentials, &Database(&database), now).unwrap();
        caller.require_active().unwrap()
    }

    /// Returns the creation of a document that every caller may read.
    fn created() -> News {
        let rules = Collection::new([r#"read("any")"#], DocumentSecurity::Disabled);
        let document = json!({ "$id": "x", "$permissions": [] }).as_object().cloned();
        let [database, collection, timestamp] = ["d", "c", "t"].map(String::from);
        let (rules, before, after) = (Arc::new(rules), None, document);
        News::Document(Changed { database, collection, rules, before, after, timestamp }.into())
    }

    /// The client is dropped after its message was read, and before the message is answered.
    #[test]
    fn message_of_a_dropped_client_is_answered_with_try_again_later() {
        let limits = ConnectionLimits { waiting: 0, ..Default::default() };
        let realtime = Realtime::new(limits);
        let client = realtime.connect(&guest()).unwrap();
        let channels = vec!["documents".into()];
        let all = [Wanted { subscription_id: None, channels, queries: Vec::new() }];
        realtime.subscribe(&client, None, |_| true, &all).unwrap();
        realtime.authenticate(&client, &guest()).unwrap();
        realtime.publish(vec![created()]);
        assert!(matches!(client.ending(), Some(Ending::Slow)));
        assert_eq!(realtime.connections(), 0);
        let subscribed = realtime.subscribe(&client, None, |_| true, &all).map(drop);
        for refused in [subscribed, realtime.authenticate(&client, &guest())] {
            let Failure(code, _, message) = refused.unwrap_err();
            assert_eq!((code, &*message), (1013, "the client does not read its events"));
        }
    }
}

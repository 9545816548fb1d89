//! A model of the audience: a plain map from connections to roles and channels. The audience and the model must
//! agree after each operation.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rolegate::audience::{
    Audience, Buffer, Caller, Document, DocumentChange, Error, ErrorKind, Limits, Receivers,
    Transition,
};
use rolegate::{AclTable, Action, Collection, DocumentSecurity, Principal, Role};

use super::rules::Rules;

use connection::{Connection, rebound};

mod connection;
mod room;

type List = Vec<String>;

/// An operation on an audience. Times are in seconds.
#[derive(Clone, Debug)]
pub enum Operation {
    Connect(u8, Who),
    Authenticate(u8, Who),
    ReplacePrincipal(u8, Principal),
    ReplaceUser(String, Principal),
    Subscribe(u8, u8, List),
    Unsubscribe(u8, u8),
    Disconnect(u8),
    DisconnectSession(String),
    DisconnectUser(String),
    DisconnectKey(String),
    DisconnectExpired(u64),
    ShrinkToFit,
    Event(Event),
}

/// A caller, of whom all but the principal is optional.
#[derive(Clone, Debug)]
pub struct Who {
    pub principal: Principal,
    pub session: Option<String>,
    pub actor: Option<String>,
    pub key: Option<String>,
    pub expires: Option<u64>,
}

/// A change of a document, with the channels of each transition.
#[derive(Clone, Debug)]
pub struct Event {
    pub sides: [Option<Stored>; 2],
    pub channels: [List; 3],
    pub now: u64,
}

/// A document, and the collection that it is in.
#[derive(Clone, Debug)]
pub struct Stored {
    pub collection: List,
    pub document_security: bool,
    pub closed: bool,
    pub permissions: List,
}

/// The subscriptions that match, by connection.
type Matches = BTreeMap<u8, BTreeSet<u8>>;

/// An audience and its model.
pub struct Machine {
    audience: Audience<u8, u8>,
    limits: Limits,
    connections: BTreeMap<u8, Connection>,
    /// Buffers that are used again and again: one that chooses the method, and one for each method.
    buffers: Vec<Buffer>,
}

/// Returns the time of a number of seconds.
pub fn time(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

/// Returns the name under which an audience stores a role: without the verification of a user.
fn role_name(role: &str) -> String {
    let suffixes = ["/verified", "/unverified"];
    let short = suffixes.iter().find_map(|suffix| role.strip_suffix(suffix));
    short.filter(|short| short.starts_with("user:") && !short.contains('/')).unwrap_or(role).into()
}

/// Returns the bytes of distinct texts.
fn bytes(texts: &BTreeSet<String>) -> usize {
    texts.iter().map(String::len).sum()
}

fn strs(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

impl Who {
    pub fn of(principal: &Principal) -> Self {
        Self { principal: principal.clone(), session: None, actor: None, key: None, expires: None }
    }

    fn caller(&self) -> Caller {
        let mut caller = Caller::new(self.principal.clone());
        if let Some(session) = &self.session {
            caller = caller.with_session(session.as_str());
        }
        if let Some(actor) = &self.actor {
            caller = caller.with_actor(actor.as_str());
        }
        if let Some(key) = &self.key {
            caller = caller.with_key(key.as_str());
        }
        self.expires.into_iter().fold(caller, |caller, at| caller.with_expiry(time(at)))
    }

    /// Returns the texts that an audience with limits must have room for.
    fn texts(&self) -> List {
        let texts = |id: Option<&str>, sign: &str| id.map(|id| format!("{sign}{id}"));
        let user = self.principal.user_id().filter(|id| Role::user(id).is_err());
        let bypass = self.principal.bypasses_permissions().then(|| "*".to_owned());
        let session = texts(self.session.as_deref(), "#");
        let others = [session, texts(self.actor.as_deref(), "@"), texts(self.key.as_deref(), "+")];
        let others = others.into_iter().chain([bypass, texts(user, "=")]).flatten();
        self.principal.roles().iter().map(Role::to_string).chain(others).collect()
    }
}

impl Stored {
    fn collection(&self) -> Collection {
        let security: DocumentSecurity = self.document_security.into();
        let collection = Collection::new(&self.collection, security);
        if self.closed { collection.closed() } else { collection }
    }

    /// Returns `true` if a principal may read the document, by the rules and by [`Collection::get`].
    fn shows(&self, principal: &Principal) -> bool {
        let held: Vec<&str> = principal.roles().iter().map(Role::as_str).collect();
        let held = (!principal.bypasses_permissions()).then_some(held.as_slice());
        let permissions = &strs(&self.collection);
        let Self { document_security, closed, .. } = *self;
        let rules = Rules { permissions, document_security, closed };
        let shows = rules.one(held, Action::Read, &strs(&self.permissions));
        assert_eq!(self.collection().get(principal, &self.permissions).is_ok(), shows);
        shows
    }
}

impl Machine {
    pub fn new(limits: Limits) -> Self {
        Self {
            audience: Audience::with_limits(limits),
            limits,
            connections: BTreeMap::new(),
            buffers: [Buffer::new()].into_iter().chain(Buffer::internal_forced()).collect(),
        }
    }

    /// Applies one operation, and compares.
    pub fn step(&mut self, operation: &Operation) {
        match operation {
            Operation::Connect(at, who) => self.connect(*at, who),
            Operation::Authenticate(at, who) => self.authenticate(*at, who),
            Operation::ReplacePrincipal(at, principal) => self.replace(*at, principal),
            Operation::ReplaceUser(user, principal) => self.replace_user(user, principal),
            Operation::Subscribe(at, id, channels) => self.subscribe(*at, *id, channels),
            Operation::Unsubscribe(at, id) => self.unsubscribe(*at, *id),
            Operation::Disconnect(at) => {
                assert_eq!(self.audience.disconnect(at), self.connections.remove(at).is_some());
            }
            Operation::DisconnectSession(session) => {
                let ended = self.audience.disconnect_session(session);
                self.end(ended, |c| c.who.session.as_ref() == Some(session));
            }
            Operation::DisconnectUser(user) => {
                let ended = self.audience.disconnect_user(user);
                let is_actor = |c: &Connection| c.who.actor.as_ref() == Some(user);
                self.end(ended, |c| c.is_of_user(user) || is_actor(c));
            }
            Operation::DisconnectKey(key) => {
                let ended = self.audience.disconnect_key(key);
                self.end(ended, |c| c.who.key.as_ref() == Some(key));
            }
            Operation::DisconnectExpired(now) => {
                let ended = self.audience.disconnect_expired(time(*now));
                self.end(ended, |c| c.who.expires.is_some_and(|at| at <= *now));
            }
            Operation::ShrinkToFit => self.audience.shrink_to_fit(),
            Operation::Event(event) => self.event(event),
        }
        self.check();
    }

    fn connect(&mut self, at: u8, who: &Who) {
        let expected = if self.connections.contains_key(&at) {
            Err(ErrorKind::AlreadyConnected)
        } else if self.connections.len() >= self.limits.connections as usize {
            Err(ErrorKind::Full)
        } else {
            self.fits_roles(who)
        };
        let result = self.audience.connect(at, &who.caller());
        if agrees(result, expected) {
            self.connections.insert(at, Connection::of(who));
        }
    }

    fn authenticate(&mut self, at: u8, who: &Who) {
        let expected = self.known(at).and_then(|()| {
            let new = who.principal.user_id();
            let connection = self.connections.get_mut(&at).unwrap();
            let users = connection.users();
            connection.narrow(&who.principal);
            self.fits_roles(who)?;
            let channels = self.connections[&at].subscriptions.values().flatten();
            let rebound = channels.filter_map(|channel| rebound(channel, &users, new));
            self.fits_channels(&rebound.collect::<List>())?;
            Ok(users)
        });
        let result = self.audience.authenticate(&at, &who.caller());
        if agrees(result, expected.as_ref().map(|_| ()).map_err(|kind| *kind)) {
            let connection = self.connections.get_mut(&at).unwrap();
            connection.rebind(&expected.unwrap(), who.principal.user_id());
            connection.replace(who);
        }
    }

    fn replace(&mut self, at: u8, principal: &Principal) {
        let expected = self.known(at).and_then(|()| {
            self.connections.get_mut(&at).unwrap().narrow(principal);
            self.fits_roles(&Who::of(principal))
        });
        let result = self.audience.replace_principal(&at, principal);
        if agrees(result, expected) {
            self.connections.get_mut(&at).unwrap().replace_principal(principal);
        }
    }

    fn replace_user(&mut self, user: &str, principal: &Principal) {
        let of_user = self.connections.iter().filter(|(_, c)| c.is_of_user(user));
        let of_user: Vec<u8> = of_user.map(|(at, _)| *at).collect();
        for at in &of_user {
            self.connections.get_mut(at).unwrap().narrow(principal);
        }
        let fits = if of_user.is_empty() { Ok(()) } else { self.fits_roles(&Who::of(principal)) };
        let replaced = self.audience.replace_principal_of_user(user, principal);
        if let Ok(replaced) = replaced {
            assert_eq!(replaced, of_user.len(), "connections of {user}");
        }
        if agrees(replaced.map(|_| ()), fits) {
            for at in &of_user {
                self.connections.get_mut(at).unwrap().replace_principal(principal);
            }
        }
    }

    fn subscribe(&mut self, at: u8, id: u8, channels: &List) {
        let expected = self.known(at).and_then(|()| self.room(at, id, channels));
        let subscribed = self.audience.subscribe(&at, id, channels);
        if agrees(subscribed, expected) && !channels.is_empty() {
            let subscriptions = &mut self.connections.get_mut(&at).unwrap().subscriptions;
            subscriptions.entry(id).or_default().extend(channels.iter().cloned());
        }
    }

    fn unsubscribe(&mut self, at: u8, id: u8) {
        let removed = self.connections.get_mut(&at).and_then(|c| c.subscriptions.remove(&id));
        assert_eq!(self.audience.unsubscribe(&at, &id), removed.is_some(), "{at} {id}");
    }

    fn known(&self, at: u8) -> Result<(), ErrorKind> {
        self.connections.get(&at).map(|_| ()).ok_or(ErrorKind::NotConnected)
    }

    fn end(&mut self, mut ended: Vec<u8>, is_ended: impl Fn(&Connection) -> bool) {
        let expected = self.connections.iter().filter(|(_, c)| is_ended(c));
        let expected: Vec<u8> = expected.map(|(at, _)| *at).collect();
        ended.sort_unstable();
        assert_eq!(ended, expected);
        self.connections.retain(|at, _| !expected.contains(at));
    }

    /// Compares what the audience knows about each connection.
    fn check(&self) {
        self.audience.internal_validate().unwrap();
        assert_eq!(self.audience.len(), self.connections.len());
        assert_eq!(self.audience.is_empty(), self.connections.is_empty());
        let next = self.connections.values().filter_map(|c| c.who.expires).min();
        assert_eq!(self.audience.next_expiry(), next.map(time));
        for at in 0..=u8::MAX {
            assert_eq!(self.audience.contains(&at), self.connections.contains_key(&at));
        }
        for (at, connection) in &self.connections {
            let subscriptions = self.audience.subscriptions(at);
            let subscriptions: BTreeMap<u8, BTreeSet<String>> = subscriptions
                .map(|one| (*one.id(), one.channels().map(String::from).collect()))
                .collect();
            assert_eq!(subscriptions, connection.subscriptions, "{at}");
        }
    }

    /// Compares the receivers of a change with those of the model, by every method.
    fn event(&mut self, event: &Event) {
        let expected = Transition::ALL.map(|transition| self.expected(event, transition));
        let collections = event.sides.each_ref().map(|side| side.as_ref().map(Stored::collection));
        let mut table = AclTable::new();
        let lists = event.sides.each_ref().map(|side| {
            side.as_ref().map(|side| table.insert_lenient(&side.permissions).unwrap().0)
        });
        let texts =
            event.sides.each_ref().map(|side| side.as_ref().map(|it| strs(&it.permissions)));
        let now = time(event.now);
        for (round, buffer) in self.buffers.iter_mut().enumerate() {
            let document = |at: usize| {
                let collection = collections[at].as_ref()?;
                let permissions = texts[at].as_deref()?;
                Some(match lists[at].filter(|_| round % 2 == 1) {
                    Some(list) => Document::with_list(collection, &table, list),
                    None => Document::new(collection, permissions),
                })
            };
            let mut change = DocumentChange::new("id");
            change = document(0).into_iter().fold(change, DocumentChange::before);
            change = document(1).into_iter().fold(change, DocumentChange::after);
            let channels = |transition: Transition| &event.channels[transition as usize];
            let change = self.audience.change(&change, channels, now, buffer);
            assert_eq!(matches(change.entered()), expected[0], "entered by {round}: {event:?}");
            assert_eq!(matches(change.stayed()), expected[1], "stayed by {round}: {event:?}");
            assert_eq!(change.left().len(), expected[2].len());
            assert_eq!(change.left().document_id(), "id");
            assert_eq!(change.left().iter().len(), change.left().len());
            let left = change.left().into_iter();
            let left = left.map(|one| (*one.connection(), one.subscriptions().copied().collect()));
            assert_eq!(left.collect::<Matches>(), expected[2], "left by {round}: {event:?}");
            if let Some(document) = document(1) {
                let found = self.audience.receivers(document, &event.channels[0], now, buffer);
                let expected = self.connections.iter().filter(|(_, c)| c.reads(event, 1));
                let expected =
                    expected.filter_map(|(at, c)| Some((*at, c.listens(&event.channels[0])?)));
                assert_eq!(matches(found), expected.collect(), "receivers: {event:?}");
            }
        }
    }

    fn expected(&self, event: &Event, transition: Transition) -> Matches {
        let sides = match transition {
            Transition::Entered => [false, true],
            Transition::Stayed => [true, true],
            Transition::Left => [true, false],
        };
        let channels = &event.channels[transition as usize];
        let receivers = self
            .connections
            .iter()
            .filter(|(_, c)| [c.reads(event, 0), c.reads(event, 1)] == sides);
        receivers.filter_map(|(at, c)| Some((*at, c.listens(channels)?))).collect()
    }
}

/// Compares a result with the model. Returns `true` if the change was made.
fn agrees(result: Result<(), Error>, expected: Result<(), ErrorKind>) -> bool {
    let result = result.map_err(|error| error.kind());
    assert_eq!(result, expected);
    result.is_ok()
}

/// Returns the receivers with their subscriptions, and checks that each is there once.
fn matches(receivers: Receivers<'_, u8, u8>) -> Matches {
    let mut matches = Matches::new();
    assert_eq!(receivers.iter().len(), receivers.len());
    for receiver in receivers {
        let subscriptions: Vec<u8> = receiver.subscriptions().copied().collect();
        let distinct: BTreeSet<u8> = subscriptions.iter().copied().collect();
        assert_eq!(distinct.len(), subscriptions.len(), "a subscription is repeated");
        assert!(matches.insert(*receiver.connection(), distinct).is_none(), "a repeated receiver");
    }
    assert_eq!(matches.len(), receivers.len());
    assert!(receivers.connections().count() == matches.len());
    assert_eq!(receivers.is_empty(), matches.is_empty());
    matches
}

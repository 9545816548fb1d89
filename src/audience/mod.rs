//! Connections and their subscriptions: finds who may see a document that changed, who gains it and who loses
//! it.
//!
//! A realtime server has many open connections. When a document changes, it sends an event to each
//! connection whose principal may read the document, and that subscribed to one of the document's channels.
//! [`Audience::receivers`] finds these connections, and [`Audience`] says how long that takes. A connection is
//! a receiver if and only if [`Collection::get`] allows its principal to read the document, it has a matching
//! channel, and it has not expired.
//!
//! An [`Audience`] opens no sockets. The host tells it about connections, and sends the messages.
//!
//! # A realtime server
//!
//! ```
//! use std::time::SystemTime;
//!
//! use rolegate::audience::channels::{DatabaseKind, DocumentChannels, for_user};
//! use rolegate::audience::{Audience, Buffer, Caller, Document, DocumentChange, Transition};
//! use rolegate::{Collection, DocumentSecurity, Principal, User};
//! # fn send(_: u64, _: Vec<&u32>, _: &str, _: &str) {}
//! # fn close(_: Vec<u64>) {}
//! # let (user, now) = (User::new("user-a"), SystemTime::now());
//!
//! let mut audience = Audience::<u64>::new();
//!
//! // A client connects, and subscribes. `7` is the socket, and `1` the number of the subscription.
//! let caller = Caller::new(Principal::user(&user)?).with_session("session-1");
//! audience.connect(7, &caller)?;
//! audience.subscribe(&7, 1, for_user(["documents", "account"], caller.principal().user_id()))?;
//!
//! // A document changes. Keep the buffer for the next change, so that nothing is allocated.
//! let mut buffer = Buffer::new();
//! let collection = Collection::without_permissions(DocumentSecurity::Enabled);
//! let before = Document::new(&collection, &[r#"read("user:user-b")"#]);
//! let after = Document::new(&collection, &[r#"read("user:user-a")"#]);
//! let change = DocumentChange::new("kevin").before(before).after(after);
//! let channels = DocumentChannels::new(DatabaseKind::Tables, "main", "birthdays", "kevin");
//! let names = |seen: Transition| channels.of(seen.operation());
//! let change = audience.change(&change, names, now, &mut buffer);
//! let body = r#"{"$id": "kevin", "name": "Kevin"}"#;
//! let only_id = format!(r#"{{"$id": "{}"}}"#, change.left().document_id());
//! // The new body would be a leak to connections that may no longer read the document.
//! let (entered, stayed, left) = (change.entered().iter(), change.stayed().iter(), change.left().iter());
//! let events = [(entered, "create", body), (stayed, "update", body), (left, "delete", &*only_id)];
//! for (receivers, event, body) in events {
//!     receivers.for_each(|one| send(*one.connection(), one.subscriptions().collect(), event, body));
//! }
//! # assert_eq!((change.entered().len(), change.stayed().len(), change.left().len()), (1, 0, 0));
//!
//! // The roles of the user change. If there is no room for the new ones, the sockets are closed.
//! if audience.replace_principal_of_user("user-a", &Principal::user(&user)?).is_err() {
//!     close(audience.disconnect_user("user-a"));
//! }
//! // The session is deleted, and time passes.
//! close(audience.disconnect_session("session-1"));
//! close(audience.disconnect_expired(now));
//! # assert!(audience.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What a host must do
//!
//! An audience stores the roles of each connection at the time of connecting. It does not store documents,
//! lists or collections, which each call gets as they are now.
//!
//! | when | the host calls |
//! | --- | --- |
//! | a project has its first connection | [`Audience::new`]: each project has an audience of its own |
//! | a membership, a label, or the verification of a user changes | [`Audience::replace_principal_of_user`] |
//! | a team is deleted | the same, for each of its members |
//! | a user is blocked or deleted, or must give another factor | [`Audience::disconnect_user`], and closes the sockets. It also ends connections in which the user acts as another user |
//! | a user may no longer act as other users | the same |
//! | a session is deleted | [`Audience::disconnect_session`], and closes the sockets |
//! | an API key is deleted, or its scopes change | [`Audience::disconnect_key`], and closes the sockets |
//! | a client signs in on an open connection, or its session is extended | [`Audience::authenticate`] |
//! | a document is created, updated or deleted, or its permissions change | [`Audience::change`] |
//! | the permissions of a collection change | nothing, or [`Audience::change`] for each of its documents, so that clients learn what they gain and lose |
//! | a collection is closed | nothing, or the same |
//! | time passes | [`Audience::disconnect_expired`], at [`Audience::next_expiry`] |
//! | a socket is closed | [`Audience::disconnect`] |
//! | a principal cannot be replaced, because the audience is full | nothing, or [`Audience::disconnect_user`] or [`Audience::disconnect`]. The connection has lost the roles that the new principal does not have |
//!
//! A connection that has expired is no receiver, also before [`Audience::disconnect_expired`] ends it.
//!
//! # Threads
//!
//! An audience is `Send` and `Sync` if its connections and subscriptions are. A server puts it into a
//! [`RwLock`](std::sync::RwLock). Events take the read lock, each thread with a [`Buffer`] of its own. Apply
//! role changes and events under one lock. Otherwise an event can use roles from before the change.
//!
//! Read a session and a user, and connect, authenticate or replace with them, under one lock that a change of
//! sessions and users takes too. Otherwise a session that another thread deletes in between, or a role that it
//! takes away, stays on the connection until it ends.
//!
//! # Differences from Appwrite
//!
//! - An API key that bypasses permissions receives every event of its channels, also those of accounts. A host
//!   that does not want this leaves out the account channels of keys.
//! - A document event reaches a principal with the role `any` if a permission names `any`. In Appwrite it
//!   reaches every connection. Users and guests always have this role. A principal from
//!   [`Principal::from_roles`] has it only if the host lists it, because [`Collection::get`] decides so.
//! - An update reaches the connections that lose sight of a document, as a delete with nothing but the id.
//! - A subscription may carry queries in Appwrite. The host applies them to the subscriptions that match.
//!   [`Change::left`] and [`Change::stayed`] say to which body.
//!
//! [`Collection::get`]: crate::Collection::get
//! [`Principal::from_roles`]: crate::Principal::from_roles

#[expect(clippy::module_inception, reason = "the folder is named after its main noun")]
mod audience;
mod blocks;
mod buffer;
mod caller;
mod caller_names;
mod change;
pub mod channels;
mod compaction;
mod connections;
mod document;
mod endings;
mod error;
mod expiries;
mod id_set;
mod invariants;
mod limits;
mod matching;
mod names;
mod paged;
mod postings;
mod receivers;
mod record;
mod replacing;
mod roles;
mod search;
mod subscriptions;
mod texts;

pub use audience::Audience;
pub use buffer::Buffer;
pub use caller::Caller;
pub use change::{Change, Left, Transition};
pub use document::{Document, DocumentChange};
pub use error::{Error, ErrorKind};
pub use limits::Limits;
pub use receivers::{Iter, Receiver, Receivers};
pub use subscriptions::Subscription;

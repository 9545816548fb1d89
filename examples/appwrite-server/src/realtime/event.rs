//! Events: who receives a change, and the text that they receive.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::SystemTime;

use rolegate::audience::channels::{DatabaseKind, DocumentChannels, Operation};
use rolegate::audience::{Document as Permitted, DocumentChange, Iter, Transition};
use rolegate::{Collection, DocumentSecurity};
use serde_json::{Value, json};

use super::budget::Budget;
use super::client::{Client, Ending, Queued, Text, slowest};
use super::filter::Subscription;
use super::news::ChangedUser;
use super::{State, end};
use crate::collections::{Document, permissions};

/// A document that was created, updated or deleted.
pub struct Changed {
    pub database: String,
    pub collection: String,
    pub rules: Arc<Collection>,
    pub before: Option<Document>,
    pub after: Option<Document>,
    pub timestamp: String,
}

impl Changed {
    fn id(&self) -> &str {
        let document = self.after.as_ref().or(self.before.as_ref());
        document.and_then(|document| document["$id"].as_str()).unwrap_or_default()
    }

    /// Returns the change for the audience, with the permissions before and after it.
    fn permitted<'a>(&'a self, [before, after]: [Option<&'a [&'a str]>; 2]) -> DocumentChange<'a> {
        let mut change = DocumentChange::new(self.id());
        if let Some(permissions) = before {
            change = change.before(Permitted::new(&self.rules, permissions));
        }
        if let Some(permissions) = after {
            change = change.after(Permitted::new(&self.rules, permissions));
        }
        change
    }

    /// Returns a document with the names of both interfaces, because the receivers may use either.
    fn show(&self, document: Option<&Document>) -> Document {
        let mut document = document.cloned().unwrap_or_default();
        document.insert("$databaseId".into(), self.database.as_str().into());
        for name in ["$collectionId", "$tableId"] {
            document.insert(name.into(), self.collection.as_str().into());
        }
        document
    }

    /// Returns the text of an event before the subscriptions.
    fn text(
        &self,
        operation: Operation,
        channels: &DocumentChannels,
        payload: impl Into<Value>,
    ) -> String {
        let names = names(&self.database, &self.collection, self.id(), operation);
        let channels: Vec<&str> = channels.of(operation).collect();
        text(&names, &channels, &self.timestamp, payload.into())
    }
}

impl State {
    /// Sends an event to the connections that gain, keep and lose a document.
    ///
    /// Connections that lose it get a delete event, with nothing but the id. The queries of their subscriptions
    /// are about the document as they last saw it.
    pub fn send(&mut self, changed: &Changed) {
        let sides = [&changed.before, &changed.after].map(|it| it.as_ref().map(permissions));
        let change = changed.permitted([sides[0].as_deref(), sides[1].as_deref()]);
        let (database, collection) = (&changed.database, &changed.collection);
        let kind = DatabaseKind::Tables;
        let channels = DocumentChannels::new(kind, database, collection, changed.id());
        let of = |seen: Transition| channels.of(seen.operation());
        let now = SystemTime::now();
        let found = self.audience.change(&change, of, now, &mut self.buffer);
        let mut slow = Vec::new();
        if !found.entered().is_empty() || !found.stayed().is_empty() {
            let shown = changed.show(changed.after.as_ref());
            for (receivers, operation) in
                [(found.entered(), Operation::Create), (found.stayed(), Operation::Update)]
            {
                if !receivers.is_empty() {
                    let text = changed.text(operation, &channels, shown.clone());
                    queue(receivers.iter(), text, &shown, &self.waiting, &mut slow);
                }
            }
        }
        let left = found.left();
        if !left.is_empty() {
            let seen = changed.show(changed.before.as_ref());
            let payload = json!({ "$id": left.document_id() });
            let text = changed.text(Operation::Delete, &channels, payload);
            queue(left.iter(), text, &seen, &self.waiting, &mut slow);
        }
        self.drop_slow(slow);
    }

    /// Sends an event to the connections of a user that listen to its account.
    pub fn send_account(&mut self, user: &ChangedUser) {
        let id = user.id();
        let (Some(account), Ok(role)) = (user.account.as_object(), rolegate::Role::user(id)) else {
            return;
        };
        let names = [id, "*"].map(|id| {
            ["update.labels", "update", ""]
                .map(|rest| format!("users.{id}.{rest}").trim_end_matches('.').to_owned())
        });
        let own = format!("account.{id}");
        let channels = ["account".into(), "account.update".into(), format!("{own}.update"), own];
        let own = Collection::without_permissions(DocumentSecurity::Enabled);
        let permissions = [format!("read(\"{role}\")")];
        let document = Permitted::new(&own, &permissions);
        let now = SystemTime::now();
        let found = self.audience.receivers(document, &channels, now, &mut self.buffer);
        let text = text(&names.concat(), &channels, &user.timestamp, user.account.clone());
        let mut slow = Vec::new();
        queue(found.iter(), text, account, &self.waiting, &mut slow);
        self.drop_slow(slow);
    }

    /// Ends connections whose queue is full, and the slowest connections if all queues together are too long. The other
    /// connections do not wait for them.
    fn drop_slow(&mut self, mut slow: Vec<Client>) {
        if self.waiting.is_exceeded() {
            slow.extend(slowest(self.clients.values()));
        }
        for client in &slow {
            tracing::info!("dropped a client that reads more slowly than its events come");
            self.audience.disconnect(client);
        }
        end(slow, Ending::Slow);
    }
}

/// Queues an event for the receivers with a subscription whose queries select a document.
fn queue(
    receivers: Iter<'_, Client, Subscription>,
    event: String,
    document: &Document,
    waiting: &Budget,
    slow: &mut Vec<Client>,
) {
    let event = Arc::new(Text::new(event, waiting));
    let (mut ids, mut same) = (Vec::new(), None);
    for receiver in receivers {
        let matching = receiver.subscriptions().filter(|it| it.selects(document));
        let found: Vec<&str> = matching.map(Subscription::id).collect();
        if found.is_empty() {
            continue;
        }
        if found != ids {
            (ids, same) = (found, None);
        }
        let subscriptions = same.get_or_insert_with(|| {
            // The characters of an id need no escapes.
            let text = format!("[\"{}\"]}}}}", ids.join("\",\""));
            Arc::new(Text::new(text, waiting))
        });
        let client = receiver.connection();
        if !client.push(Queued::new(&event, subscriptions, waiting)) {
            slow.push(client.clone());
        }
    }
}

/// Returns the text of a message before the array of subscriptions and two closing braces.
fn text<T: AsRef<str> + serde::Serialize>(
    events: &[T],
    channels: &[impl serde::Serialize],
    timestamp: &str,
    payload: Value,
) -> String {
    let data = json!({
        "events": events, "channels": channels, "timestamp": timestamp, "payload": payload,
    });
    let data = data.to_string();
    let open = data.strip_suffix('}').unwrap_or(&data);
    format!(r#"{{"type":"event","data":{open},"subscriptions":"#)
}

/// Returns the names of an event as Appwrite's clients compare them: each id is also replaced by `*`, and the
/// event is also one of the document, of its collection and of its database. The first name is the most exact.
fn names(database: &str, collection: &str, document: &str, operation: Operation) -> Vec<String> {
    let mut names = Vec::new();
    for [databases, collections, documents] in [
        ["databases", "collections", "documents"],
        ["databases", "tables", "rows"],
        ["tablesdb", "tables", "rows"],
    ] {
        for wildcards in 0..8 {
            let part = |bit: u8, id| if wildcards >> bit & 1 == 1 { "*" } else { id };
            let (d, c, x) = (part(0, database), part(1, collection), part(2, document));
            let of_database = format!("{databases}.{d}");
            let of_collection = format!("{of_database}.{collections}.{c}");
            let of_document = format!("{of_collection}.{documents}.{x}");
            names.push(format!("{of_document}.{}", operation.as_str()));
            names.extend([of_document, of_collection, of_database]);
        }
    }
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

//! `audience`: the connections that receive an event, and their subscriptions that match.

use std::collections::{BTreeMap, BTreeSet};
use std::time::UNIX_EPOCH;

use rolegate::audience::{Audience, Buffer, Caller, Document, Receivers};
use rolegate::{Collection, Principal, Role};
use serde::Deserialize;

use super::{check_all, same};

#[derive(Deserialize)]
struct Case {
    ops: Vec<Operation>,
}

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
enum Operation {
    Subscribe {
        connection: String,
        subscription: String,
        roles: Vec<String>,
        channels: Vec<String>,
    },
    Unsubscribe {
        connection: String,
        subscription: String,
        removed: bool,
    },
    Disconnect {
        connection: String,
    },
    Roles {
        connection: String,
        roles: Vec<String>,
    },
    Event(Event),
}

#[derive(Deserialize)]
struct Event {
    collection: Stored,
    permissions: Vec<String>,
    channels: Vec<String>,
    receivers: Answer,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    permissions: Vec<String>,
    document_security: bool,
}

/// The subscriptions that match, by connection.
type Matches = BTreeMap<String, BTreeSet<String>>;

/// The receivers. PHP writes an empty map as a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Some(Matches),
    None([(); 0]),
}

/// Returns the principal with these roles. The vectors leave out `any`, which every caller of Appwrite has.
fn principal(roles: &[String]) -> Principal {
    Principal::parse_roles(roles.iter().map(String::as_str).chain([Role::any().as_str()])).unwrap()
}

fn matches(receivers: Receivers<'_, String, String>) -> Matches {
    let matching = receivers.iter().map(|receiver| {
        (receiver.connection().clone(), receiver.subscriptions().cloned().collect())
    });
    matching.collect()
}

/// Compares an event with Appwrite's answer, by each method of a search.
fn check_event(
    audience: &Audience<String, String>,
    event: &Event,
    buffers: &mut [Buffer],
) -> Result<(), String> {
    let Stored { permissions, document_security } = &event.collection;
    let collection = Collection::new(permissions, (*document_security).into());
    let expected = match &event.receivers {
        Answer::Some(matches) => matches.clone(),
        Answer::None([]) => Matches::new(),
    };
    for buffer in buffers {
        let document = Document::new(&collection, &event.permissions);
        let receivers = audience.receivers(document, &event.channels, UNIX_EPOCH, buffer);
        same("number", &receivers.len(), &expected.len())?;
        same("receivers", &matches(receivers), &expected)?;
    }
    Ok(())
}

fn check(case: &Case) -> Result<usize, String> {
    let mut audience = Audience::<String, String>::new();
    let mut buffers: Vec<Buffer> = Buffer::internal_forced().into();
    buffers.push(Buffer::new());
    let mut events = 0;
    for operation in &case.ops {
        match operation {
            Operation::Subscribe { connection, subscription, roles, channels } => {
                let caller = Caller::new(principal(roles));
                if audience.contains(connection) {
                    audience.authenticate(connection, &caller).unwrap();
                } else {
                    audience.connect(connection.clone(), &caller).unwrap();
                }
                audience.subscribe(connection, subscription.clone(), channels).unwrap();
            }
            Operation::Unsubscribe { connection, subscription, removed } => {
                same("removed", &audience.unsubscribe(connection, subscription), removed)?;
            }
            Operation::Disconnect { connection } => _ = audience.disconnect(connection),
            Operation::Roles { connection, roles } => {
                audience.replace_principal(connection, &principal(roles)).unwrap();
            }
            Operation::Event(event) => {
                events += 1;
                check_event(&audience, event, &mut buffers)?;
            }
        }
        audience.internal_validate()?;
    }
    Ok(events)
}

#[test]
fn event_receivers_and_subscriptions_are_those_of_appwrite() {
    let mut events = 0;
    check_all("audience", |case: &Case| {
        events += check(case)?;
        Ok(())
    });
    println!("conformance audience: {events} events");
    assert_eq!(events, 4486);
}

//! Roaring bitmaps: one for each role and for each channel.

use hashbrown::{HashMap, HashSet};
use roaring::{MultiOps, RoaringBitmap};
use rolegate::{Action, Permission};

use super::Way;
use crate::clients::Client;
use crate::event::Event;

/// The number of readers up to which each channel is intersected with the readers. More readers are intersected
/// with the union of the channels.
const FEW_READERS: u64 = 4096;

/// The connections of each role and each channel, and the channels of each connection.
#[derive(Default)]
pub struct Bitmaps {
    roles: HashMap<String, RoaringBitmap>,
    channels: HashMap<String, Channel>,
    /// The number of the channel and the subscription, for each channel of a connection.
    own: Vec<Vec<(u32, u32)>>,
    /// The number of the next new channel.
    next: u32,
}

struct Channel {
    number: u32,
    connections: RoaringBitmap,
}

impl Bitmaps {
    /// Creates bitmaps without connections.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns `true` if there are neither roles nor channels.
    pub fn is_empty(&self) -> bool {
        self.roles.is_empty() && self.channels.is_empty()
    }

    /// Connects a client with its subscriptions.
    pub fn connect(&mut self, number: u32, client: &Client) {
        for role in client.caller.principal().roles() {
            self.roles.entry_ref(role.as_str()).or_default().insert(number);
        }
        let mut own = Vec::new();
        for (subscription, channels) in (0..).zip(&client.subscriptions) {
            for channel in channels {
                let next = &mut self.next;
                let channel = self.channels.entry_ref(channel.as_str()).or_insert_with(|| {
                    *next += 1;
                    Channel { number: *next, connections: RoaringBitmap::new() }
                });
                channel.connections.insert(number);
                own.push((channel.number, subscription));
            }
        }
        own.shrink_to_fit();
        if self.own.len() <= number as usize {
            self.own.resize_with(number as usize + 1, Vec::new);
        }
        self.own[number as usize] = own;
    }

    /// Disconnects a client.
    pub fn disconnect(&mut self, number: u32, client: &Client) {
        for role in client.caller.principal().roles() {
            if let Some(connections) = self.roles.get_mut(role.as_str()) {
                connections.remove(number);
                if connections.is_empty() {
                    self.roles.remove(role.as_str());
                }
            }
        }
        for name in client.subscriptions.iter().flatten() {
            if let Some(channel) = self.channels.get_mut(name) {
                channel.connections.remove(number);
                if channel.connections.is_empty() {
                    self.channels.remove(name);
                }
            }
        }
        self.own[number as usize] = Vec::new();
    }

    fn receivers(&self, event: &Event) -> RoaringBitmap {
        let permissions = event.permissions.iter().flat_map(|text| Permission::parse(text));
        let readers = permissions
            .filter(|permission| permission.actions().contains(Action::Read))
            .filter_map(|permission| self.roles.get(permission.role().as_str()))
            .union();
        let channels = event.channels.iter().filter_map(|channel| self.channels.get(channel));
        if readers.len() <= FEW_READERS {
            return channels.map(|channel| &readers & &channel.connections).union();
        }
        readers & channels.map(|channel| &channel.connections).union()
    }
}

impl Way for Bitmaps {
    fn connections(&mut self, event: &Event, each: impl FnMut(u32)) {
        self.receivers(event).iter().for_each(each);
    }

    fn subscriptions(&mut self, event: &Event, mut each: impl FnMut(u32, u32)) {
        let channels = event.channels.iter().filter_map(|channel| self.channels.get(channel));
        let channels: HashSet<u32> = channels.map(|channel| channel.number).collect();
        for connection in &self.receivers(event) {
            let mut last = None;
            for (channel, subscription) in &self.own[connection as usize] {
                // The channels of a subscription follow each other.
                if last != Some(subscription) && channels.contains(channel) {
                    each(connection, *subscription);
                    last = Some(subscription);
                }
            }
        }
    }
}

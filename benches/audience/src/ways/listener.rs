//! The library.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rolegate::audience::{Audience, Buffer};

use super::Way;
use crate::clients::Client;
use crate::event::Event;

/// An audience whose connections and subscriptions are numbers.
pub type Numbers = Audience<u64, u32>;

/// An audience and the buffer of its events.
#[derive(Default)]
pub struct Listener {
    /// The audience.
    pub audience: Numbers,
    /// The buffer.
    pub buffer: Buffer,
}

/// Returns the time of all events.
pub fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

impl Listener {
    /// Creates an audience without connections.
    pub fn new() -> Self {
        Self::default()
    }

    /// Connects a client with its subscriptions.
    pub fn connect(&mut self, number: u32, client: &Client) {
        connect(&mut self.audience, number, client);
    }

    /// Disconnects a client.
    pub fn disconnect(&mut self, number: u32) {
        assert!(self.audience.disconnect(&number.into()), "a client that is connected");
    }
}

/// Connects a client with its subscriptions.
fn connect(audience: &mut Numbers, number: u32, client: &Client) {
    let connection = number.into();
    audience.connect(connection, &client.caller).expect("room for a connection");
    for (subscription, channels) in (0..).zip(&client.subscriptions) {
        audience.subscribe(&connection, subscription, channels).expect("room for channels");
    }
}

impl Way for Listener {
    fn connections(&mut self, event: &Event, mut each: impl FnMut(u32)) {
        let Self { audience, buffer } = self;
        let receivers = audience.receivers(event.document(), &event.channels, now(), buffer);
        receivers.connections().for_each(|connection| each(*connection as u32));
    }

    fn subscriptions(&mut self, event: &Event, mut each: impl FnMut(u32, u32)) {
        let Self { audience, buffer } = self;
        for receiver in audience.receivers(event.document(), &event.channels, now(), buffer) {
            let connection = *receiver.connection() as u32;
            receiver.subscriptions().for_each(|subscription| each(connection, *subscription));
        }
    }
}

//! The naive loop: `Collection::get` for each connection with a matching channel.

use hashbrown::HashSet;

use super::Way;
use crate::clients::Client;
use crate::event::Event;

/// The clients by their number.
pub struct Naive(pub Vec<Client>);

impl Naive {
    fn receivers(&self, event: &Event, mut each: impl FnMut(u32, &Client, &HashSet<&str>)) {
        let channels: HashSet<&str> = event.channels.iter().map(String::as_str).collect();
        for (number, client) in (0..).zip(&self.0) {
            let mut own = client.subscriptions.iter().flatten();
            if own.any(|channel| channels.contains(channel.as_str()))
                && event.collection.get(client.caller.principal(), &event.permissions).is_ok()
            {
                each(number, client, &channels);
            }
        }
    }
}

impl Way for Naive {
    fn connections(&mut self, event: &Event, mut each: impl FnMut(u32)) {
        self.receivers(event, |number, _, _| each(number));
    }

    fn subscriptions(&mut self, event: &Event, mut each: impl FnMut(u32, u32)) {
        self.receivers(event, |number, client, channels| {
            for (subscription, own) in (0..).zip(&client.subscriptions) {
                if own.iter().any(|channel| channels.contains(channel.as_str())) {
                    each(number, subscription);
                }
            }
        });
    }
}

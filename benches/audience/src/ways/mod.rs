//! Three ways to find the receivers of an event: [`Way`].

mod bitmaps;
mod listener;
mod naive;

use std::collections::BTreeMap;

pub use bitmaps::Bitmaps;
pub use listener::{Listener, Numbers, now};
pub use naive::Naive;

use crate::clients::Client;
use crate::event::Event;

/// A way to find the receivers of an event. Connections and subscriptions have numbers.
pub trait Way {
    /// Calls `each` with every receiver.
    fn connections(&mut self, event: &Event, each: impl FnMut(u32));
    /// Calls `each` with every receiver and each of its subscriptions with one of the channels.
    fn subscriptions(&mut self, event: &Event, each: impl FnMut(u32, u32));
}

/// The receivers with their matching subscriptions.
pub type Answer = BTreeMap<u32, Vec<u32>>;

/// Returns the receivers of an event.
///
/// # Panics
///
/// A way names a receiver or a subscription twice, or the receivers of its two methods differ.
pub fn answer(way: &mut impl Way, event: &Event) -> Answer {
    let mut answer = Answer::new();
    way.connections(event, |connection| {
        assert!(answer.insert(connection, Vec::new()).is_none(), "a repeated receiver");
    });
    way.subscriptions(event, |connection, subscription| {
        answer.get_mut(&connection).expect("a receiver").push(subscription);
    });
    for subscriptions in answer.values_mut() {
        subscriptions.sort_unstable();
        assert!(subscriptions.windows(2).all(|pair| pair[0] < pair[1]), "{subscriptions:?}");
    }
    assert!(answer.values().all(|subscriptions| !subscriptions.is_empty()));
    answer
}

/// The same connections in each way.
pub struct Ways {
    /// The library.
    pub listener: Listener,
    /// The loop over all connections, which also has the clients.
    pub naive: Naive,
    /// Roaring bitmaps.
    pub bitmaps: Bitmaps,
}

impl Ways {
    /// Connects the clients.
    pub fn new(clients: Vec<Client>) -> Self {
        let (mut listener, mut bitmaps) = (Listener::new(), Bitmaps::new());
        // One way after the other, so that the memory of each is in one place.
        (0..).zip(&clients).for_each(|(number, client)| listener.connect(number, client));
        (0..).zip(&clients).for_each(|(number, client)| bitmaps.connect(number, client));
        Self { listener, bitmaps, naive: Naive(clients) }
    }

    /// Asserts that each way finds the same receivers, and returns them.
    ///
    /// # Panics
    ///
    /// The ways differ.
    pub fn check(&mut self, event: &Event) -> Answer {
        let expected = answer(&mut self.naive, event);
        assert!(answer(&mut self.listener, event) == expected, "{:?}", event.permissions);
        assert!(answer(&mut self.bitmaps, event) == expected, "{:?}", event.permissions);
        expected
    }
}

#[cfg(test)]
mod tests {
    use super::{Way, Ways, answer};
    use crate::clients::{client, clients, mix};
    use crate::event::Event;

    /// Returns events for one user, a hundred, a fifth, and all.
    fn events(count: u32) -> Vec<Event> {
        (0..20)
            .flat_map(|number| {
                let other = mix(number.into()) as u32 % count;
                [
                    Event::for_user(other, number),
                    Event::for_team(number % (count / 100), number),
                    Event::new("label:label3", number),
                    Event::new("any", number),
                    Event::for_team(1, number).on("tablesdb.main.tables.t7.rows"),
                    Event::new("users", number).on("files"),
                ]
            })
            .collect()
    }

    #[test]
    fn ways_give_the_same_receivers() {
        let mut ways = Ways::new(clients(2000));
        let counts: Vec<usize> = events(2000).iter().map(|event| ways.check(event).len()).collect();
        assert_eq!(counts[..4], [1, 100, 400, 2000]);
    }

    #[test]
    fn ways_give_the_same_receivers_after_changes() {
        let mut ways = Ways::new(clients(2000));
        for number in (0..2000).filter(|number| mix(u64::from(*number)).is_multiple_of(3)) {
            let old = client(number, 2000);
            ways.listener.disconnect(number);
            ways.bitmaps.disconnect(number, &old);
            let new = client(number + 2000, 2000);
            ways.listener.connect(number, &new);
            ways.bitmaps.connect(number, &new);
            ways.naive.0[number as usize] = new;
        }
        for event in events(2000) {
            ways.check(&event);
        }
    }

    #[test]
    fn bitmaps_keep_nothing_of_clients_that_are_gone() {
        let mut ways = Ways::new(clients(1000));
        for (number, client) in (0..).zip(&ways.naive.0) {
            ways.bitmaps.disconnect(number, client);
        }
        assert!(ways.bitmaps.is_empty());
    }

    #[test]
    #[should_panic(expected = "a repeated receiver")]
    fn answer_refuses_a_repeated_receiver() {
        struct Twice;
        impl Way for Twice {
            fn connections(&mut self, _: &Event, mut each: impl FnMut(u32)) {
                each(1);
                each(1);
            }
            fn subscriptions(&mut self, _: &Event, _: impl FnMut(u32, u32)) {}
        }
        answer(&mut Twice, &Event::new("any", 0));
    }
}

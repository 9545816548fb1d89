//! Events between changes of the connections, in one thread and in two.

use std::sync::RwLock;
use std::sync::atomic::{AtomicBool, Ordering};

use rolegate::audience::Buffer;
use rolegate_audience_bench::clients::{Client, TEAM, client, mix};
use rolegate_audience_bench::clock::{median, once, worst};
use rolegate_audience_bench::event::Event;
use rolegate_audience_bench::figures::{Figures, thousands};
use rolegate_audience_bench::format::TIME;
use rolegate_audience_bench::ways::{Listener, Ways, now};

/// The number of events.
const EVENTS: u32 = 10_000;

/// Measures events for 100 receivers while clients disconnect and connect again.
pub fn measure(count: u32, ways: &mut Ways, figures: &mut Figures) {
    let listener = &mut ways.listener;
    let events: Vec<Event> =
        (0..count / TEAM).take(1000).map(|team| Event::for_team(team, team)).collect();
    let (event, reconnect) = alternate(listener, count, &events);
    let locked = RwLock::new(std::mem::take(listener));
    let waiting = beside(&locked, count, &events);
    *listener = locked.into_inner().unwrap_or_default();

    let title =
        format!("Events for 100 receivers among {} connections that come and go", thousands(count));
    let table = figures.table(&title, &[]);
    table.add("event, after each reconnect", None, TIME, median(&event));
    table.add("reconnect, after each event", None, TIME, median(&reconnect));
    table.add("event, slowest in 1,000", None, TIME, slowest(&event));
    table.add("reconnect, slowest in 1,000", None, TIME, slowest(&reconnect));
    table.add(
        "event, waiting for a lock that another thread takes for each reconnect",
        None,
        TIME,
        median(&waiting),
    );
    table.add("the same, slowest in 1,000", None, TIME, slowest(&waiting));
    table.add("the same, slowest of 10,000", None, TIME, worst(&waiting));
}

/// Returns the time that one in a thousand exceeds.
fn slowest(times: &[f64]) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    times[times.len() - 1 - times.len() / 1000]
}

/// Returns the times of events and of changes that alternate.
fn alternate(listener: &mut Listener, count: u32, events: &[Event]) -> (Vec<f64>, Vec<f64>) {
    let call = |call: u32| {
        let (number, client) = drawn(call, count);
        let (change, ()) = once(|| reconnect(listener, number, &client));
        let event = &events[call as usize % events.len()];
        let Listener { audience, buffer } = &mut *listener;
        let (time, receivers) = once(|| {
            audience
                .receivers(event.document(), &event.channels, now(), buffer)
                .connections()
                .count()
        });
        assert_eq!(receivers, TEAM as usize);
        (time, change)
    };
    (0..EVENTS).map(call).unzip()
}

/// Returns the times of events while another thread changes connections all the time.
fn beside(listener: &RwLock<Listener>, count: u32, events: &[Event]) -> Vec<f64> {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut calls = 0..;
            while !done.load(Ordering::Relaxed) {
                let (number, client) = drawn(calls.next().unwrap_or_default(), count);
                let mut listener = listener.write().expect("a lock that is not poisoned");
                reconnect(&mut listener, number, &client);
            }
        });
        let mut buffer = Buffer::new();
        let mut call = |call: u32| {
            let event = &events[call as usize % events.len()];
            let (time, receivers) = once(|| {
                let listener = listener.read().expect("a lock that is not poisoned");
                let receivers = listener.audience.receivers(
                    event.document(),
                    &event.channels,
                    now(),
                    &mut buffer,
                );
                receivers.connections().count()
            });
            assert_eq!(receivers, TEAM as usize);
            time
        };
        let times = (0..EVENTS).map(&mut call).collect();
        done.store(true, Ordering::Relaxed);
        times
    })
}

/// Returns a random client, and its number.
fn drawn(call: u32, count: u32) -> (u32, Client) {
    let number = (mix(call.into()) % u64::from(count)) as u32;
    (number, client(number, count))
}

/// Disconnects a client, and connects it again.
fn reconnect(listener: &mut Listener, number: u32, client: &Client) {
    listener.disconnect(number);
    listener.connect(number, client);
}

#[cfg(test)]
mod tests {
    use rolegate_audience_bench::clients::clients;
    use rolegate_audience_bench::event::Event;
    use rolegate_audience_bench::figures::Figures;
    use rolegate_audience_bench::ways::Ways;

    #[test]
    fn every_event_finds_its_receivers_beside_changes() {
        let mut ways = Ways::new(clients(1000));
        super::measure(1000, &mut ways, &mut Figures::default());
        assert_eq!(ways.check(&Event::new("any", 0)).len(), 1000);
    }

    #[test]
    fn slowest_leaves_out_one_in_a_thousand() {
        let times: Vec<f64> = (0..2000).map(f64::from).collect();
        assert!((super::slowest(&times) - 1997.0).abs() < 0.5);
    }
}

//! Events for one user, a hundred connections, and all connections.

use std::hint::black_box;

use rolegate_audience_bench::clients::{TEAM, documents, mix};
use rolegate_audience_bench::clock::{Sweeper, median, once, warm};
use rolegate_audience_bench::event::Event;
use rolegate_audience_bench::figures::{Figures, Table, thousands};
use rolegate_audience_bench::format::TIME;
use rolegate_audience_bench::ways::{Way, Ways};

/// The columns of the other ways.
pub const LOOP: &str = "naive loop";
pub const BITMAPS: &str = "roaring bitmaps";

/// The number of events that take turns, at most one for each connection or team.
const TURNS: u32 = 1000;
/// The nanoseconds from which an event is timed once in a round: 50 ms.
const SLOW: f64 = 5e7;
/// The number of calls of a cold figure.
const COLD: usize = 25;

/// The events among the connections of one size.
pub struct Reads {
    users: Vec<Event>,
    teams: Vec<Event>,
    /// Events for `users` and `any`.
    all: [Event; 2],
}

/// What a call reads of the receivers.
#[derive(Clone, Copy)]
pub enum Read {
    Connections,
    Subscriptions,
}

impl Reads {
    /// Draws the users, teams and documents.
    pub fn new(count: u32) -> Self {
        let document = |number: u32| mix(number.into()) as u32 % documents(count);
        let users = 0..TURNS.min(count);
        let teams = 0..TURNS.min(count / TEAM);
        Self {
            users: users
                .map(|number| {
                    Event::for_user(mix((!number).into()) as u32 % count, document(number))
                })
                .collect(),
            teams: teams.map(|team| Event::for_team(team, document(team))).collect(),
            all: ["users", "any"].map(|role| Event::new(role, document(0))),
        }
    }

    /// Asserts that all ways give the same receivers, and the expected number of them.
    pub fn check(&self, ways: &mut Ways) {
        let connections = ways.naive.0.len();
        let few = |events: &[Event]| events.iter().take(10).cloned().collect::<Vec<_>>();
        for (events, receivers) in [
            (few(&self.users), 1),
            (few(&self.teams), TEAM as usize),
            (self.all.to_vec(), connections),
        ] {
            for event in events {
                assert_eq!(ways.check(&event).len(), receivers);
            }
        }
    }

    /// Measures events for one user. Their target is 2 µs.
    pub fn measure_users(&self, count: u32, ways: &mut Ways, figures: &mut Figures) {
        let table = figures.table("Events for one user", &[LOOP, BITMAPS]);
        for (events, what) in [(&self.users[..1], "the same again"), (&self.users, "in turn")] {
            let name = format!("{} connections, {what}", thousands(count));
            let row = Row { name, target: Some(2000.0), receivers: 1 };
            row.measure(ways, events, Read::Subscriptions, table);
        }
    }

    /// Measures events for a hundred connections. Their target is 2 µs, and 10 ns for each receiver, or 80 ns if
    /// it is not in the cache.
    pub fn measure_teams(&self, ways: &mut Ways, sweeper: &Sweeper, figures: &mut Figures) {
        let title = format!(
            "Events for 100 receivers among {} connections",
            thousands(ways.naive.0.len() as u32)
        );
        let table = figures.table(&title, &[LOOP, BITMAPS]);
        for (read, what) in READS {
            let row =
                |name: &str, target| Row { name: format!("{name}, {what}"), target, receivers: 1 };
            row("warm", Some(3000.0)).measure(ways, &self.teams[..1], read, table);
            row("1,000 in turn", None).measure(ways, &self.teams, read, table);
            let times = cold(&mut ways.listener, &self.teams, read, sweeper);
            let cells = table.add(format!("cold, {what}"), Some(10_000.0), TIME, median(&times));
            let times = cold(&mut ways.bitmaps, &self.teams, read, sweeper);
            cells.beside(BITMAPS, TIME, median(&times));
        }
    }

    /// Measures events for all connections. Their target is 3 ns for each receiver, or 15 ns with subscriptions.
    pub fn measure_all(&self, ways: &mut Ways, figures: &mut Figures) {
        let receivers = ways.naive.0.len();
        let title = format!("Events for {} receivers, of a receiver", thousands(receivers as u32));
        let table = figures.table(&title, &[LOOP, BITMAPS]);
        for (event, role) in self.all.iter().zip(["users", "any"]) {
            for ((read, what), target) in READS.into_iter().zip([3.0, 15.0]) {
                let row =
                    Row { name: format!("`{role}`, {what}"), target: Some(target), receivers };
                row.measure(ways, std::slice::from_ref(event), read, table);
            }
        }
    }
}

/// What is read, and its name.
pub const READS: [(Read, &str); 2] =
    [(Read::Connections, "connections"), (Read::Subscriptions, "with subscriptions")];

/// A row that all ways share.
pub struct Row {
    pub name: String,
    pub target: Option<f64>,
    /// The number by which the time is divided.
    pub receivers: usize,
}

impl Row {
    /// Measures the events in turn in each way.
    pub fn measure(self, ways: &mut Ways, events: &[Event], read: Read, table: &mut Table) {
        let receivers = self.receivers as f64;
        let time = turns(&mut ways.listener, events, read) / receivers;
        let row = table.add(self.name, self.target, TIME, time);
        row.beside(LOOP, TIME, slow(&mut ways.naive, events, read) / receivers);
        row.beside(BITMAPS, TIME, turns(&mut ways.bitmaps, events, read) / receivers);
    }
}

/// Returns the nanoseconds of an event, where events take turns.
pub fn turns(way: &mut impl Way, events: &[Event], read: Read) -> f64 {
    warm(|call| receive(way, &events[call % events.len()], read))
}

/// Returns the same for a way that may be slow. If one event takes over 50 ms, no other one is timed.
fn slow(way: &mut impl Way, events: &[Event], read: Read) -> f64 {
    let (time, _) = once(|| receive(way, &events[0], read));
    if time > SLOW { time } else { turns(way, events, read) }
}

/// Returns the nanoseconds of events that follow a sweep of the caches. The event itself is in the cache, because a
/// host has just made it.
fn cold(way: &mut impl Way, events: &[Event], read: Read, sweeper: &Sweeper) -> Vec<f64> {
    let time = |event: &Event| {
        sweeper.sweep();
        let event = event.clone();
        once(|| receive(way, &event, read)).0
    };
    events.iter().take(COLD).map(time).collect()
}

/// Reads the receivers of an event.
fn receive(way: &mut impl Way, event: &Event, read: Read) -> u64 {
    let mut sum = 0;
    match read {
        Read::Connections => way.connections(event, |connection| sum += u64::from(connection)),
        Read::Subscriptions => way.subscriptions(event, |connection, subscription| {
            sum += u64::from(connection ^ subscription);
        }),
    }
    black_box(sum)
}

#[cfg(test)]
mod tests {
    use rolegate_audience_bench::clients::clients;
    use rolegate_audience_bench::ways::Ways;

    use super::{Read, Reads, receive};

    #[test]
    fn events_have_one_a_hundred_and_all_receivers() {
        let mut ways = Ways::new(clients(1000));
        let reads = Reads::new(1000);
        reads.check(&mut ways);
        assert_eq!((reads.users.len(), reads.teams.len()), (1000, 10));
    }

    #[test]
    fn ways_read_the_same_sum() {
        let mut ways = Ways::new(clients(1000));
        for event in &Reads::new(1000).teams {
            for read in [Read::Connections, Read::Subscriptions] {
                let sum = receive(&mut ways.naive, event, read);
                assert_eq!(receive(&mut ways.listener, event, read), sum);
                assert_eq!(receive(&mut ways.bitmaps, event, read), sum);
            }
        }
    }
}

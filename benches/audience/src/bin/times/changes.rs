//! Changes of a document's permissions, beside two calls of `receivers`.

use std::collections::BTreeSet;
use std::hint::black_box;

use rolegate::audience::{Buffer, DocumentChange};
use rolegate_audience_bench::clients::TEAM;
use rolegate_audience_bench::clock::warm;
use rolegate_audience_bench::event::Event;
use rolegate_audience_bench::figures::Figures;
use rolegate_audience_bench::format::{RATIO, TIME};
use rolegate_audience_bench::ways::{Listener, Ways, answer, now};

/// The columns beside the ratio.
const CHANGE: &str = "`change`";
const TWO: &str = "two `receivers`";

/// The target: twice the time of two calls of `receivers`.
const TARGET: f64 = 2.0;
/// The number of changes that take turns.
const TURNS: u32 = 100;

/// The events of one kind of change before and after it.
pub struct Pairs {
    name: &'static str,
    events: Vec<[Event; 2]>,
}

/// Returns changes between users, teams and all users.
pub fn pairs(count: u32) -> Vec<Pairs> {
    let teams = count / TEAM;
    let pair = |number: u32| {
        let user = |user: u32| Event::for_user(user % count, number);
        let team = |team: u32| Event::for_team(team % teams, number);
        let all = |role| Event::new(role, number);
        [
            ("from one user to another", [user(number), user(number + 1)]),
            ("from one team of 100 to another", [team(number), team(number + 1)]),
            ("from one team of 100 to the same", [team(number), team(number)]),
            ("from `users` to a team of 100", [all("users"), team(number)]),
            ("from `any` to `users`", [all("any"), all("users")]),
        ]
    };
    let mut kinds = Vec::<Pairs>::new();
    for (name, events) in (0..TURNS).flat_map(pair) {
        match kinds.iter_mut().find(|kind| kind.name == name) {
            Some(kind) => kind.events.push(events),
            None => kinds.push(Pairs { name, events: vec![events] }),
        }
    }
    kinds
}

/// Asserts that the first change of each kind concerns the connections that the naive loop finds.
pub fn check(kinds: &[Pairs], ways: &mut Ways) {
    for kind in kinds {
        let [before, after] = &kind.events[0];
        let [old, new] = [before, after].map(|event| {
            // Both sides have the channels of the change.
            let event = Event { channels: after.channels.clone(), ..event.clone() };
            answer(&mut ways.naive, &event).into_keys().collect::<BTreeSet<u32>>()
        });
        let mut found = [const { BTreeSet::new() }; 3];
        change(&mut ways.listener, before, after, |group, connection| {
            assert!(found[group].insert(connection as u32), "a repeated receiver");
        });
        let expected = [&new - &old, &new & &old, &old - &new];
        assert!(found == expected, "{}", kind.name);
    }
}

/// Measures `change` and two calls of `receivers`. Both read all connections.
pub fn measure(kinds: &[Pairs], ways: &mut Ways, figures: &mut Figures) {
    let listener = &mut ways.listener;
    let table = figures.table("Changes, as a multiple of two `receivers`", &[CHANGE, TWO]);
    for Pairs { name, events } in kinds {
        let of = |call: usize| &events[call % events.len()];
        let changed = warm(|call| {
            let ([before, after], mut sum) = (of(call), 0);
            change(listener, before, after, |_, connection| sum += connection);
            black_box(sum)
        });
        let two = warm(|call| {
            let mut sum = 0;
            for event in of(call) {
                receivers(listener, event, |connection| sum += connection);
            }
            black_box(sum)
        });
        let row = table.add(*name, Some(TARGET), RATIO, changed / two);
        row.beside(CHANGE, TIME, changed).beside(TWO, TIME, two);
    }
}

/// Calls `each` with the connections that enter (0), stay (1) and leave (2).
fn change(
    listener: &mut Listener,
    before: &Event,
    after: &Event,
    mut each: impl FnMut(usize, u64),
) {
    let Listener { audience, buffer } = listener;
    let change = DocumentChange::new("x").before(before.document()).after(after.document());
    let change = audience.change(&change, |_| &after.channels, now(), buffer);
    change.entered().connections().for_each(|connection| each(0, *connection));
    change.stayed().connections().for_each(|connection| each(1, *connection));
    change.left().into_iter().for_each(|left| each(2, *left.connection()));
}

fn receivers(listener: &mut Listener, event: &Event, each: impl FnMut(u64)) {
    let buffer: &mut Buffer = &mut listener.buffer;
    let audience = &listener.audience;
    let receivers = audience.receivers(event.document(), &event.channels, now(), buffer);
    receivers.connections().copied().for_each(each);
}

#[cfg(test)]
mod tests {
    use rolegate_audience_bench::clients::clients;
    use rolegate_audience_bench::ways::Ways;

    use super::{check, pairs};

    #[test]
    fn changes_concern_the_connections_of_the_naive_loop() {
        let kinds = pairs(1000);
        assert_eq!(kinds.len(), 5);
        check(&kinds, &mut Ways::new(clients(1000)));
    }
}

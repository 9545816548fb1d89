//! Audiences of thousands of connections, which use every representation, compared with a loop over all
//! connections.

use std::collections::{BTreeMap, BTreeSet};
use std::time::UNIX_EPOCH;

use fastrand::Rng;
use rolegate::audience::{Audience, Buffer, Caller, Document, DocumentChange, Limits, Transition};
use rolegate::{Collection, DocumentSecurity, Principal};

use crate::support::audience::time;

/// A connection of the naive loop.
#[derive(Clone)]
struct Naive {
    roles: Vec<String>,
    subscriptions: BTreeMap<u32, Vec<String>>,
}

/// An audience with a plain map of its connections.
#[derive(Default)]
struct Both {
    audience: Audience<u32>,
    naive: BTreeMap<u32, Naive>,
}

/// Returns roles that all, many, some, few and no other connections have.
fn roles(number: u32) -> Vec<String> {
    let mut roles = vec!["any".to_owned(), "users".to_owned(), format!("user:u{number}")];
    roles.push(format!("label:half{}", number % 2));
    roles.push(format!("team:forty{}", number % 40));
    roles.push(format!("team:thousand{}", number % 1000));
    // Neighbours, and connections that are far apart.
    roles.push(format!("team:near{}", number / 50));
    roles.push(format!("team:far{}", number % 777));
    roles
}

fn channels(number: u32) -> [Vec<String>; 2] {
    let some = [format!("c{}", number % 3), format!("c30.{}", number % 30)];
    let few = [format!("c900.{}", number % 900), format!("own{number}"), "documents".to_owned()];
    [some.to_vec(), few.into_iter().take(if number.is_multiple_of(5) { 2 } else { 3 }).collect()]
}

/// Returns a text of a random connection.
fn one_of(rng: &mut Rng, texts: impl Fn(u32) -> Vec<String>, end: u32) -> String {
    let number = rng.u32(0..end);
    rng.choice(texts(number)).unwrap()
}

impl Both {
    fn connect(&mut self, number: u32) {
        let roles = roles(number);
        let principal = Principal::parse_roles(&roles).unwrap();
        self.audience.connect(number, &Caller::new(principal)).unwrap();
        let mut naive = Naive { roles, subscriptions: BTreeMap::new() };
        for (id, channels) in (0..).zip(channels(number)) {
            self.audience.subscribe(&number, id, &channels).unwrap();
            naive.subscriptions.insert(id, channels);
        }
        self.naive.insert(number, naive);
    }

    fn disconnect(&mut self, number: u32) {
        assert_eq!(self.audience.disconnect(&number), self.naive.remove(&number).is_some());
    }

    /// Compares an event for these roles, on these channels, by every method.
    fn check(&self, sides: [&[String]; 2], channels: &[String]) {
        let collection = Collection::without_permissions(DocumentSecurity::Enabled);
        let lists = sides
            .map(|roles| roles.iter().map(|role| format!("read(\"{role}\")")).collect::<Vec<_>>());
        let [before, after] = lists.each_ref().map(|list| Document::new(&collection, list));
        let change = DocumentChange::new("x").before(before).after(after);
        let expected = Transition::ALL.map(|transition| self.expected(sides, channels, transition));
        for mut buffer in Buffer::internal_forced().into_iter().chain([Buffer::new()]) {
            let change = self.audience.change(&change, |_| channels, UNIX_EPOCH, &mut buffer);
            let found = |receivers: Vec<(u32, Vec<u32>)>, len: usize| {
                assert_eq!(receivers.len(), len);
                let distinct: BTreeMap<u32, Vec<u32>> = receivers.into_iter().collect();
                assert_eq!(distinct.len(), len, "a repeated receiver");
                distinct
            };
            for (receivers, expected) in [change.entered(), change.stayed()].iter().zip(&expected) {
                let pairs = receivers.iter();
                let pairs =
                    pairs.map(|one| (*one.connection(), one.subscriptions().copied().collect()));
                assert_eq!(found(pairs.collect(), receivers.len()), *expected, "{sides:?}");
            }
            let left = change.left().into_iter();
            let pairs = left.map(|one| (*one.connection(), one.subscriptions().copied().collect()));
            assert_eq!(found(pairs.collect(), change.left().len()), expected[2], "{sides:?}");
        }
    }

    fn expected(
        &self,
        sides: [&[String]; 2],
        channels: &[String],
        transition: Transition,
    ) -> BTreeMap<u32, Vec<u32>> {
        let wanted = match transition {
            Transition::Entered => [false, true],
            Transition::Stayed => [true, true],
            Transition::Left => [true, false],
        };
        let mut receivers = BTreeMap::new();
        for (number, naive) in &self.naive {
            let reads = |side: &[String]| side.iter().any(|role| naive.roles.contains(role));
            if sides.map(reads) != wanted {
                continue;
            }
            let matching = |own: &Vec<String>| own.iter().any(|channel| channels.contains(channel));
            let subscriptions = naive.subscriptions.iter().filter(|(_, own)| matching(own));
            let subscriptions: Vec<u32> = subscriptions.map(|(id, _)| *id).collect();
            if !subscriptions.is_empty() {
                receivers.insert(*number, subscriptions);
            }
        }
        receivers
    }

    /// Compares events for random roles and channels of some connections.
    fn check_some(&self, rng: &mut Rng, end: u32) {
        for _ in 0..12 {
            let mut some_roles = |most: usize| -> Vec<String> {
                let count = rng.usize(0..=most);
                (0..count).map(|_| one_of(rng, roles, end)).collect()
            };
            let sides = [some_roles(2), some_roles(3)];
            let count = rng.usize(1..6);
            let channels: Vec<String> =
                (0..count).map(|_| one_of(rng, |number| channels(number).concat(), end)).collect();
            self.check([&sides[0], &sides[1]], &channels);
        }
        let all = ["any".to_owned()];
        self.check([&[], &all], &["documents".to_owned()]);
        self.check([&all, &["label:half1".to_owned()]], &["c0".to_owned(), "c1".to_owned()]);
    }
}

#[test]
fn audience_of_thousands_agrees_with_a_loop_over_all_connections() {
    const END: u32 = 10_000;
    let mut rng = Rng::with_seed(17);
    let mut both = Both::default();
    (0..END).for_each(|number| both.connect(number));
    both.audience.internal_validate().unwrap();
    both.check_some(&mut rng, END);
    for _ in 0..3 {
        for _ in 0..3000 {
            let number = rng.u32(0..END);
            if both.naive.contains_key(&number) {
                both.disconnect(number);
            } else {
                both.connect(number);
            }
        }
        both.audience.internal_validate().unwrap();
        both.check_some(&mut rng, END);
    }
    let mut left: Vec<u32> = both.naive.keys().copied().collect();
    rng.shuffle(&mut left);
    for number in left.drain(200..) {
        both.disconnect(number);
    }
    both.audience.internal_validate().unwrap();
    both.check_some(&mut rng, END);
    assert_eq!(left.iter().collect::<BTreeSet<_>>(), both.naive.keys().collect());
}

#[test]
fn posting_is_the_same_set_while_neighbours_come_and_go() {
    // One channel whose connections change between one and five thousand, so that its representation changes
    // in both directions.
    let mut rng = Rng::with_seed(3);
    let mut audience = Audience::<u32>::new();
    let guest = Caller::new(Principal::guest());
    (0..9000).for_each(|number| audience.connect(number, &guest).unwrap());
    let mut model = BTreeSet::new();
    let collection = Collection::new(["read(\"any\")"], DocumentSecurity::Disabled);
    let document = Document::new(&collection, &[""; 0]);
    for most in [1, 30, 100, 3000, 200, 5000, 2, 40, 0] {
        while model.len() != most {
            let number = rng.u32(0..9000);
            if model.len() < most && model.insert(number) {
                audience.subscribe(&number, 0, ["c"]).unwrap();
            } else if model.len() > most && model.remove(&number) {
                assert!(audience.unsubscribe(&number, &0));
            }
        }
        // A second subscription to the channel comes and goes.
        let again: Vec<u32> = model.iter().copied().step_by(7).collect();
        for number in &again {
            audience.subscribe(number, 1, ["c"]).unwrap();
        }
        audience.internal_validate().unwrap();
        for number in &again {
            assert!(audience.unsubscribe(number, &1));
        }
        audience.internal_validate().unwrap();
        for mut buffer in Buffer::internal_forced() {
            let receivers = audience.receivers(document, ["c"], UNIX_EPOCH, &mut buffer);
            assert!(receivers.connections().copied().collect::<BTreeSet<_>>() == model, "{most}");
        }
    }
}

#[test]
fn subscriptions_of_any_length_match_by_any_of_their_channels() {
    let mut rng = Rng::with_seed(9);
    let mut limits = Limits::default();
    limits.channels = 2048;
    let mut audience = Audience::<u8, u8>::with_limits(limits);
    audience.connect(0, &Caller::new(Principal::guest())).unwrap();
    let mut model: BTreeMap<u8, BTreeSet<String>> = BTreeMap::new();
    for id in 0..20 {
        let count = rng.usize(1..75);
        let channels: Vec<String> = (0..count).map(|_| format!("c{}", rng.u32(0..400))).collect();
        let (first, rest) = channels.split_at(count / 2);
        audience.subscribe(&0, id, first).unwrap();
        audience.subscribe(&0, id, rest).unwrap();
        model.entry(id).or_default().extend(channels);
    }
    for removed in [3, 0, 19, 7] {
        assert!(audience.unsubscribe(&0, &removed));
        model.remove(&removed);
    }
    audience.internal_validate().unwrap();
    let collection = Collection::new(["read(\"any\")"], DocumentSecurity::Disabled);
    let document = Document::new(&collection, &[""; 0]);
    let mut buffer = Buffer::new();
    for count in [0, 1, 1, 2, 2, 5, 20, 130, 399] {
        let channels: Vec<String> = (0..count).map(|_| format!("c{}", rng.u32(0..400))).collect();
        let receivers = audience.receivers(document, &channels, UNIX_EPOCH, &mut buffer);
        let found: Vec<u8> = receivers
            .iter()
            .flat_map(|one| one.subscriptions().copied().collect::<Vec<_>>())
            .collect();
        let matching =
            |own: &BTreeSet<String>| channels.iter().any(|channel| own.contains(channel));
        let expected = model.iter().filter(|(_, own)| matching(own)).map(|(id, _)| *id);
        assert_eq!(found, expected.collect::<Vec<u8>>(), "{channels:?}");
    }
}

#[test]
fn expiry_that_changes_again_and_again_takes_bounded_memory() {
    let mut rng = Rng::with_seed(5);
    let mut audience = Audience::<u32>::new();
    let expiring = |at: u64| Caller::new(Principal::guest()).with_expiry(time(at));
    for number in 0..50 {
        audience.connect(number, &expiring(10_000)).unwrap();
        audience.subscribe(&number, 0, ["c"]).unwrap();
    }
    let collection = Collection::new(["read(\"any\")"], DocumentSecurity::Disabled);
    let document = Document::new(&collection, &[""; 0]);
    let mut buffers = Buffer::internal_forced();
    let mut expiries = vec![10_000; 50];
    for _ in 0..20_000 {
        let (number, at) = (rng.u32(0..50), rng.u64(0..20_000));
        audience.authenticate(&number, &expiring(at)).unwrap();
        expiries[number as usize] = at;
        assert_eq!(audience.next_expiry(), expiries.iter().min().map(|at| time(*at)));
        if at % 100 == 0 {
            audience.internal_validate().unwrap();
            let left = expiries.iter().filter(|expiry| **expiry > at).count();
            for buffer in &mut buffers {
                let receivers = audience.receivers(document, ["c"], time(at), buffer);
                assert_eq!(receivers.len(), left, "at {at}");
            }
        }
    }
    audience.internal_validate().unwrap();
    assert!(audience.memory() < 64 * 1024, "{} bytes", audience.memory());
    let mut ended = audience.disconnect_expired(time(9_999));
    ended.sort_unstable();
    let expected = (0..50).filter(|number| expiries[*number as usize] < 10_000);
    assert_eq!(ended, expected.collect::<Vec<u32>>());
}

#[test]
fn posting_with_one_far_connection_is_not_a_block_for_each_gap() {
    // Forty neighbours make a bitmap or offsets of one block. A connection far behind them would add nine blocks.
    let mut audience = Audience::<u32>::new();
    let guest = Caller::new(Principal::guest());
    (0..40_000).for_each(|number| audience.connect(number, &guest).unwrap());
    for number in (0..40).chain([39_999]) {
        audience.subscribe(&number, 0, ["c"]).unwrap();
    }
    audience.internal_validate().unwrap();
}

#[test]
fn connections_that_expire_or_sign_in_give_their_memory_back() {
    let mut audience = Audience::<u32>::new();
    let expiring = Caller::new(Principal::guest()).with_expiry(time(5));
    (0..3000).for_each(|number| audience.connect(number, &expiring).unwrap());
    (3000..3010).for_each(|number| {
        audience.connect(number, &Caller::new(Principal::guest())).unwrap();
    });
    assert_eq!(audience.disconnect_expired(time(5)).len(), 3000);
    // Most slots would be unused.
    audience.internal_validate().unwrap();
    for number in 3000..3010 {
        let roles = (0..1000).map(|role| format!("team:t{number}.{role}"));
        let many = Principal::parse_roles(roles.collect::<Vec<_>>()).unwrap();
        audience.authenticate(&number, &Caller::new(many)).unwrap();
    }
    for number in 3000..3010 {
        audience.authenticate(&number, &Caller::new(Principal::guest())).unwrap();
    }
    // Most roles would be unused.
    audience.internal_validate().unwrap();
    assert!(audience.memory() < 128 * 1024, "{} bytes", audience.memory());
}

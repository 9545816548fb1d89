//! Events of a warm audience allocate nothing, its memory is exact, and memory is returned after disconnects.

use std::hint::black_box;
use std::time::UNIX_EPOCH;

use allocation_counter::measure;
use rolegate::audience::{Audience, Buffer, Caller, Document, DocumentChange, Limits};
use rolegate::{Collection, DocumentSecurity, Principal};

/// Returns a caller with 12 roles. Four of them are its own.
fn caller(number: u32) -> Caller {
    let (team, label) = (number % 500, number % 5);
    let roles = [
        "any".to_owned(),
        "users".to_owned(),
        "users/verified".to_owned(),
        format!("user:u{number:07}"),
        format!("user:u{number:07}/verified"),
        format!("team:t{team}"),
        format!("team:t{team}/owner"),
        format!("member:m{number:07}"),
        format!("team:s{}", number / 100),
        format!("team:s{}/owner", number / 100),
        format!("member:n{number:07}"),
        format!("label:l{label}"),
    ];
    Caller::new(Principal::parse_roles(roles).unwrap())
}

/// Returns ten channels, which many, some and few connections have.
fn channels(number: u32) -> [String; 10] {
    let (collection, document) = (number % 100, number % 1000);
    [
        "documents".to_owned(),
        "rows".to_owned(),
        "files".to_owned(),
        "account".to_owned(),
        "memberships".to_owned(),
        "teams".to_owned(),
        format!("databases.main.collections.c{collection}.documents"),
        format!("databases.main.collections.c{collection}.documents.update"),
        format!("tablesdb.main.tables.c{collection}.rows"),
        format!("databases.main.collections.c1.documents.x{document}"),
    ]
}

fn connect<S: Eq>(audience: &mut Audience<u64, S>, number: u32, id: impl Fn(u32) -> S) {
    audience.connect(number.into(), &caller(number)).unwrap();
    for (at, channel) in (0..).zip(channels(number)) {
        audience.subscribe(&number.into(), id(at), [channel]).unwrap();
    }
}

fn audience_of(connections: u32) -> Audience<u64> {
    let mut audience = Audience::new();
    (0..connections).for_each(|number| connect(&mut audience, number, |at| at));
    audience
}

/// Makes a value, and returns it with the bytes of heap that it holds.
fn held<T>(make: impl FnOnce() -> T) -> (T, usize) {
    let mut thing = None;
    let bytes = measure(|| thing = Some(make())).bytes_current;
    (thing.unwrap(), usize::try_from(bytes).unwrap())
}

#[test]
fn event_of_a_warm_audience_allocates_nothing() {
    let audience = audience_of(20_000);
    let collection = Collection::new(["read(\"label:l1\")"], DocumentSecurity::Enabled);
    let channels = channels(7);
    let mut buffer = Buffer::new();
    let owner = ["read(\"user:u0000007\")", "update(\"user:u0000007\")"];
    let team = ["read(\"team:t7\")", "read(\"team:s1\")", "read(\"nobody\")"];
    let public = ["read(\"any\")"];
    for (before, after) in [(&owner[..], &team[..]), (&team, &public), (&public, &owner)] {
        let run = |buffer: &mut Buffer| {
            let before = Document::new(&collection, before);
            let change = DocumentChange::new("x").before(before);
            let change = change.after(Document::new(&collection, after));
            let change = audience.change(&change, |_| &channels, UNIX_EPOCH, buffer);
            let receivers = change.entered().into_iter().chain(change.stayed());
            let subscriptions: usize = receivers.map(|one| one.subscriptions().count()).sum();
            let left: usize =
                change.left().into_iter().map(|one| one.subscriptions().count()).sum();
            let event = audience.receivers(before, &channels, UNIX_EPOCH, buffer);
            black_box(subscriptions + left + event.connections().count())
        };
        assert!(run(&mut buffer) > 0);
        assert_eq!(measure(|| _ = run(&mut buffer)).count_total, 0);
    }
    assert!(buffer.memory() < 20_000 * 8, "{}", buffer.memory());
}

#[test]
fn memory_of_an_audience_is_exact_to_the_byte() {
    for connections in [0, 1, 3, 100, 5000] {
        let (mut audience, bytes) = held(|| audience_of(connections));
        assert_eq!(audience.memory(), bytes, "{connections} connections");
        let freed = -measure(|| audience.shrink_to_fit()).bytes_current;
        let bytes = i64::try_from(bytes).unwrap() - freed;
        assert_eq!(
            i64::try_from(audience.memory()),
            Ok(bytes),
            "{connections} connections, shrunk"
        );
        let (buffer, bytes) = held(|| {
            let mut buffer = Buffer::new();
            let collection = Collection::new(["read(\"any\")"], DocumentSecurity::Disabled);
            let document = Document::without_permissions(&collection);
            assert_eq!(
                audience.receivers(document, ["rows"], UNIX_EPOCH, &mut buffer).len(),
                connections as usize
            );
            buffer
        });
        assert_eq!(buffer.memory(), bytes, "a buffer of {connections} receivers");
    }
}

#[test]
fn connection_with_twelve_roles_and_ten_channels_takes_under_400_bytes() {
    // The ids are short, and each channel has several connections. `benches/audience` measures longer ids.
    const CONNECTIONS: u32 = 50_000;
    let (audience, bytes) = held(|| audience_of(CONNECTIONS));
    assert_eq!(audience.len(), CONNECTIONS as usize);
    let each = bytes / CONNECTIONS as usize;
    assert!((300..400).contains(&each), "{each} bytes for a connection");
    let (audience, bytes) = held(|| {
        let mut audience = Audience::<u64, Box<str>>::new();
        let id = |at: u32| format!("65f1c0ffee{at:010}").into();
        (0..CONNECTIONS).for_each(|number| connect(&mut audience, number, id));
        audience
    });
    assert_eq!(audience.len(), CONNECTIONS as usize);
    let each = bytes / CONNECTIONS as usize;
    assert!((600..1024).contains(&each), "{each} bytes for a connection with texts");
}

#[test]
fn memory_is_returned_after_disconnects_and_does_not_grow_by_churn() {
    const CONNECTIONS: u32 = 8000;
    let (mut audience, bytes) = held(|| audience_of(CONNECTIONS));
    let mut grown = 0;
    for round in 1..=10 {
        let churn = || {
            for number in 0..CONNECTIONS {
                audience.disconnect(&(number + CONNECTIONS * (round - 1)).into());
                connect(&mut audience, number + CONNECTIONS * round, |at| at);
            }
        };
        grown += measure(churn).bytes_current;
    }
    assert!(grown < i64::try_from(bytes / 4).unwrap(), "{bytes} bytes grew by {grown}");
    let first = u64::from(CONNECTIONS) * 10;
    let last = first + u64::from(CONNECTIONS);
    let most = measure(|| (first + 80..last).for_each(|one| _ = audience.disconnect(&one)));
    assert_eq!(audience.len(), 80);
    let left = i64::try_from(bytes).unwrap() + grown + most.bytes_current;
    // Less than a quarter of the slots may be unused before the audience is built again, but at most 1,024.
    assert!(left < i64::try_from(bytes / 8).unwrap(), "{left} bytes of {bytes} are left");
    let last = measure(|| (first..last).for_each(|one| _ = audience.disconnect(&one)));
    assert!(left + last.bytes_current < 256 * 1024, "{} bytes are left", left + last.bytes_current);
    audience.internal_validate().unwrap();
}

#[test]
fn channels_of_one_client_that_come_and_go_do_not_build_the_audience_again() {
    const CHANNELS: usize = 6000;
    let mut limits = Limits::default();
    limits.channels = 8192;
    let mut audience = Audience::<u32>::with_limits(limits);
    let guest = Caller::new(Principal::guest());
    (0..10_000).for_each(|number| audience.connect(number, &guest).unwrap());
    audience.subscribe(&0, 0, (0..CHANNELS).map(|number| format!("c{number}"))).unwrap();
    // To build the audience again would allocate at least once for each connection.
    let removed = measure(|| assert!(audience.unsubscribe(&0, &0)));
    assert!(removed.count_total < 1000, "{} allocations", removed.count_total);
    audience.internal_validate().unwrap();
}

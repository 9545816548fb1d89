//! Properties of audiences: sequences of operations, with and without limits, compared with a plain map.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use rolegate::audience::Limits;
use rolegate::{Principal, User};

use crate::support::audience::{Event, Machine, Operation, Stored, Who};
use crate::support::strategies::{principal_roles, small_list, stored_list};

/// Ids of users. The last two cannot be written in a permission.
const USERS: [&str; 4] = ["a", "u", "a/verified", "a b"];
const SESSIONS: [&str; 4] = ["s1", "s2", "", "s1/x"];
const CHANNELS: [&str; 10] = [
    "account.update",
    "account.u.delete",
    "account.a/verified",
    "documents",
    "rows",
    "files",
    "account.a",
    "",
    "databases.d.tables.c.rows.x.update",
    "é",
];

/// Permissions that name users, sessions and keys as an audience does. They are malformed, and grant nothing.
const FORGED: [&str; 7] = [
    "read(\"@a\")",
    "read(\"+s1\")",
    "read(\"*\")",
    "read(\"#s1\")",
    "read(\"=a b\")",
    "read(\"=a/verified\")",
    "read(\"#\")",
];

fn principal() -> impl Strategy<Value = Principal> {
    let user = (select(USERS.to_vec()), any::<bool>()).prop_map(|(id, verified)| {
        let mut user = User::new(id);
        user.email_verification = verified;
        user.labels = vec!["l".into()];
        Principal::user(&user).unwrap()
    });
    prop_oneof![
        1 => Just(Principal::guest()),
        1 => Just(Principal::key_with_bypass()),
        3 => principal_roles().prop_map(|roles| Principal::parse_roles(roles).unwrap()),
        3 => user,
    ]
}

fn who() -> impl Strategy<Value = Who> {
    let session = option::of(select(SESSIONS.to_vec()).prop_map(String::from));
    let rarely = |texts: &'static [&'static str]| {
        option::weighted(0.2, select(texts).prop_map(String::from))
    };
    let (actor, key) = (rarely(&USERS), rarely(&SESSIONS));
    (principal(), session, actor, key, option::of(0..8_u64)).prop_map(
        |(principal, session, actor, key, expires)| Who { principal, session, actor, key, expires },
    )
}

fn channels() -> impl Strategy<Value = Vec<String>> {
    vec(select(CHANNELS.to_vec()).prop_map(String::from), 0..6)
}

fn permissions() -> impl Strategy<Value = Vec<String>> {
    let forged = vec(select(FORGED.to_vec()).prop_map(String::from), 0..4);
    prop_oneof![4 => stored_list(), 2 => small_list(), 1 => forged, 1 => Just(vec!["read(\"any\")".into()])]
}

fn stored() -> impl Strategy<Value = Stored> {
    let closed = prop_oneof![9 => Just(false), 1 => Just(true)];
    let collection = prop_oneof![2 => Just(Vec::new()), 1 => permissions()];
    (collection, any::<bool>(), closed, permissions()).prop_map(
        |(collection, document_security, closed, permissions)| Stored {
            collection,
            document_security,
            closed,
            permissions,
        },
    )
}

fn event() -> impl Strategy<Value = Event> {
    let side = || option::weighted(0.8, stored());
    let channels = prop_oneof![
        channels().prop_map(|channels| [channels.clone(), channels.clone(), channels]),
        [channels(), channels(), channels()],
    ];
    ([side(), side()], channels, 0..8_u64).prop_map(|(sides, channels, now)| Event {
        sides,
        channels,
        now,
    })
}

fn operation() -> impl Strategy<Value = Operation> {
    let (at, id) = (0..8_u8, 0..3_u8);
    let user = select(USERS.to_vec()).prop_map(String::from);
    let session = select(SESSIONS.to_vec()).prop_map(String::from);
    let key = session.clone().prop_map(Operation::DisconnectKey);
    prop_oneof![
        6 => (at.clone(), who()).prop_map(|(at, who)| Operation::Connect(at, who)),
        2 => (at.clone(), who()).prop_map(|(at, who)| Operation::Authenticate(at, who)),
        2 => (at.clone(), principal()).prop_map(|(at, new)| Operation::ReplacePrincipal(at, new)),
        1 => (user.clone(), principal()).prop_map(|(user, new)| Operation::ReplaceUser(user, new)),
        8 => (at.clone(), id.clone(), channels())
            .prop_map(|(at, id, channels)| Operation::Subscribe(at, id, channels)),
        2 => (at.clone(), id).prop_map(|(at, id)| Operation::Unsubscribe(at, id)),
        1 => at.prop_map(Operation::Disconnect),
        1 => session.prop_map(Operation::DisconnectSession),
        1 => user.prop_map(Operation::DisconnectUser),
        1 => key,
        1 => (0..8_u64).prop_map(Operation::DisconnectExpired),
        1 => Just(Operation::ShrinkToFit),
        6 => event().prop_map(Operation::Event),
    ]
}

/// Limits so small that they are reached, one alone or several at once.
fn limits() -> impl Strategy<Value = Limits> {
    let some = |values: Vec<u32>| prop_oneof![Just(u32::MAX), select(values)];
    let lens = [some(vec![0, 9, 20]), some(vec![0, 9, 20])];
    (some(vec![0, 1, 4]), some(vec![0, 1, 5]), lens, some(vec![0, 9, 60, 90])).prop_map(
        |(connections, channels, [channel_len, text_len], text_bytes)| {
            let mut limits = Limits::default();
            limits.connections = limits.connections.min(connections);
            limits.channels = limits.channels.min(channels);
            limits.channel_len = limits.channel_len.min(channel_len);
            limits.text_len = limits.text_len.min(text_len);
            limits.text_bytes = text_bytes;
            limits
        },
    )
}

proptest! {
    #[test]
    fn audience_after_operations_agrees_with_oracle(operations in vec(operation(), 0..60)) {
        let mut machine = Machine::new(Limits::default());
        for operation in &operations {
            machine.step(operation);
        }
    }

    #[test]
    fn audience_with_limits_after_operations_agrees_with_oracle(
        limits in limits(),
        operations in vec(operation(), 0..40),
    ) {
        let mut machine = Machine::new(limits);
        for operation in &operations {
            machine.step(operation);
        }
    }
}

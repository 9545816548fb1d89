//! The target `audience`: a sequence of operations, compared with a plain map.

use arbitrary::{Arbitrary, Unstructured};
use rolegate::audience::Limits as AudienceLimits;
use rolegate::{Principal, User};

use crate::support::audience::{Event, Machine, Operation, Stored, Who};
use crate::table::{Name, Text};

/// The maximum number of operations: 48. After each operation, the whole audience is compared.
const MAX_OPERATIONS: usize = 48;

/// The maximum number of connections: 12. Operations therefore often affect the same connection.
const MAX_CONNECTIONS: u8 = 12;

/// Applies the operations in `data` to an audience and to its model. The two must agree.
pub fn audience(data: &[u8]) {
    let mut bytes = Unstructured::new(data);
    let Ok(limits) = bytes.arbitrary::<Limits>() else { return };
    let mut machine = Machine::new(limits.into());
    for step in bytes.arbitrary_iter::<Step>().unwrap().take(MAX_OPERATIONS) {
        let Ok(step) = step else { break };
        machine.step(&step.into());
    }
}

/// The limits of an audience. Most audiences have no limits, and the other limits are small enough to be reached.
#[derive(Arbitrary, Debug)]
struct Limits {
    connections: Option<u8>,
    channels: Option<u8>,
    channel_len: Option<u8>,
    text_len: Option<u8>,
    text_bytes: Option<u8>,
}

#[derive(Arbitrary, Debug)]
enum Step {
    Connect(u8, Caller),
    Authenticate(u8, Caller),
    ReplacePrincipal(u8, Party),
    ReplaceUser(UserId, Party),
    Subscribe(u8, u8, Vec<Channel>),
    Unsubscribe(u8, u8),
    Disconnect(u8),
    DisconnectSession(u8),
    DisconnectUser(UserId),
    DisconnectKey(u8),
    DisconnectExpired(u8),
    ShrinkToFit,
    Event(Side, Side, [Vec<Channel>; 3], u8),
    EventOnAll(Side, Side, Vec<Channel>, u8),
}

#[derive(Arbitrary, Debug)]
struct Caller {
    party: Party,
    session: Option<u8>,
    actor: Option<UserId>,
    key: Option<u8>,
    expires: Option<u8>,
}

/// A principal.
#[derive(Arbitrary, Debug)]
enum Party {
    Guest,
    Key,
    Roles(Vec<Name>),
    User(UserId, bool),
}

/// The id of a user. Some cannot be written in a permission.
#[derive(Arbitrary, Debug)]
enum UserId {
    Number(u8),
    Verified(u8),
    Text(String),
}

#[derive(Arbitrary, Debug)]
enum Channel {
    Number(u8),
    Text(String),
}

/// A document, if it is present.
#[derive(Arbitrary, Debug)]
enum Side {
    Absent,
    Document {
        collection: Vec<Text>,
        permissions: Vec<Text>,
        document_security: bool,
        closed: u8,
    },
    /// A permission for a name as an audience stores it.
    Forged(char, UserId),
}

impl From<Limits> for AudienceLimits {
    fn from(limits: Limits) -> Self {
        let mut all = Self::default();
        let set = |limit: &mut u32, value: Option<u8>| *limit = value.map_or(*limit, u32::from);
        set(&mut all.connections, limits.connections);
        set(&mut all.channels, limits.channels);
        set(&mut all.channel_len, limits.channel_len);
        set(&mut all.text_len, limits.text_len);
        set(&mut all.text_bytes, limits.text_bytes);
        all
    }
}

impl From<&UserId> for String {
    fn from(id: &UserId) -> Self {
        match id {
            UserId::Number(id) => format!("u{id}"),
            UserId::Verified(id) => format!("u{id}/verified"),
            UserId::Text(text) => text.clone(),
        }
    }
}

impl From<&Party> for Principal {
    fn from(party: &Party) -> Self {
        match party {
            Party::Guest => Self::guest(),
            Party::Key => Self::key_with_bypass(),
            Party::Roles(roles) => Self::parse_roles(roles.iter().map(String::from)).unwrap(),
            Party::User(id, verified) => {
                let mut user = User::new(String::from(id));
                user.email_verification = *verified;
                Self::user(&user).unwrap()
            }
        }
    }
}

impl From<&Caller> for Who {
    fn from(caller: &Caller) -> Self {
        Self {
            principal: (&caller.party).into(),
            session: caller.session.map(|session| format!("s{}", session % 4)),
            actor: caller.actor.as_ref().map(String::from),
            key: caller.key.map(|key| format!("k{}", key % 4)),
            expires: caller.expires.map(u64::from),
        }
    }
}

impl From<Side> for Option<Stored> {
    fn from(side: Side) -> Self {
        let texts = |list: Vec<Text>| list.iter().map(String::from).collect();
        match side {
            Side::Absent => None,
            Side::Document { collection, permissions, document_security, closed } => Some(Stored {
                collection: texts(collection),
                document_security,
                closed: closed == 0,
                permissions: texts(permissions),
            }),
            Side::Forged(first, id) => Some(Stored {
                collection: Vec::new(),
                document_security: true,
                closed: false,
                permissions: vec![format!("read(\"{first}{}\")", String::from(&id))],
            }),
        }
    }
}

fn channels(channels: &[Channel]) -> Vec<String> {
    let text = |channel: &Channel| match channel {
        Channel::Number(number) => format!("c{}", number % 8),
        Channel::Text(text) => text.clone(),
    };
    channels.iter().map(text).collect()
}

impl From<Step> for Operation {
    fn from(step: Step) -> Self {
        let at = |number: u8| number % MAX_CONNECTIONS;
        match step {
            Step::Connect(number, caller) => Self::Connect(at(number), (&caller).into()),
            Step::Authenticate(number, caller) => Self::Authenticate(at(number), (&caller).into()),
            Step::ReplacePrincipal(number, party) => {
                Self::ReplacePrincipal(at(number), (&party).into())
            }
            Step::ReplaceUser(id, party) => Self::ReplaceUser((&id).into(), (&party).into()),
            Step::Subscribe(number, id, named) => {
                Self::Subscribe(at(number), id % 4, channels(&named))
            }
            Step::Unsubscribe(number, id) => Self::Unsubscribe(at(number), id % 4),
            Step::Disconnect(number) => Self::Disconnect(at(number)),
            Step::DisconnectSession(session) => {
                Self::DisconnectSession(format!("s{}", session % 4))
            }
            Step::DisconnectUser(id) => Self::DisconnectUser((&id).into()),
            Step::DisconnectKey(key) => Self::DisconnectKey(format!("k{}", key % 4)),
            Step::DisconnectExpired(now) => Self::DisconnectExpired(now.into()),
            Step::ShrinkToFit => Self::ShrinkToFit,
            Step::Event(before, after, named, now) => Self::Event(Event {
                sides: [before.into(), after.into()],
                channels: named.map(|named| channels(&named)),
                now: now.into(),
            }),
            Step::EventOnAll(before, after, named, now) => Self::Event(Event {
                sides: [before.into(), after.into()],
                channels: [channels(&named), channels(&named), channels(&named)],
                now: now.into(),
            }),
        }
    }
}

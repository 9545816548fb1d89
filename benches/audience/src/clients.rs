//! The clients that connect: users with 12 roles and 10 channels.
//!
//! Ids have 20 characters, as those of Appwrite. The members of a team are scattered over the connections.

use rolegate::audience::Caller;
use rolegate::audience::channels::for_user;
use rolegate::principal::Membership;
use rolegate::{Principal, User};

/// The members of each small team.
pub const TEAM: u32 = 100;
/// The members of each large team.
const LARGE_TEAM: u32 = 1000;
/// The collections of documents, and those of rows.
pub const COLLECTIONS: u32 = 100;
const TABLES: u32 = 1000;
/// The number of clients for each of three documents.
const LISTENERS: u32 = 10;
/// A prime that scatters the clients. It has no factor in common with the number of clients, a multiple of ten.
const SCATTER: u64 = 7_368_787;

/// A client that connects.
pub struct Client {
    /// The user, without a session.
    pub caller: Caller,
    /// The channels of each subscription. The position is the id of the subscription.
    pub subscriptions: Vec<Vec<String>>,
}

/// Returns the first `count` clients.
pub fn clients(count: u32) -> Vec<Client> {
    (0..count).map(|number| client(number, count)).collect()
}

/// Returns one of `count` clients. It has ten subscriptions with one channel each.
pub fn client(number: u32, count: u32) -> Client {
    let mut user = User::new(user_id(number));
    user.email_verification = true;
    user.labels.push(format!("label{}", number % 5));
    let (small, large) =
        (team_of(number, count), scattered(number, count) % (count / LARGE_TEAM).max(1));
    for (kind, team) in [(2, team_id(small)), (3, id(5, large))] {
        user.memberships.push(Membership::confirmed(id(kind, number), team, ["owner"]));
    }
    let principal = Principal::user(&user).expect("a user who is not blocked");
    let subscriptions = channels(number, count, principal.user_id());
    Client {
        caller: Caller::new(principal),
        subscriptions: subscriptions.map(|channel| vec![channel]).into(),
    }
}

/// Returns ten channels: three that all clients have, four that many have, two that some have, and one of its own.
fn channels(number: u32, count: u32, user: Option<&str>) -> [String; 10] {
    let account = for_user(["account.update"], user).concat();
    let mut drawn = (1..).map(|draw| mix(u64::from(number) << 8 | draw) as u32);
    let mut draw = |end: u32| drawn.next().unwrap_or_default() % end;
    let mut document = || document_channel(draw(documents(count)));
    [document(), document(), account]
        .into_iter()
        .chain(["documents", "rows", "files"].map(str::to_owned))
        .chain([0, 1].map(|_| collection_channel(draw(COLLECTIONS))))
        .chain([0, 1].map(|_| format!("tablesdb.main.tables.t{}.rows", draw(TABLES))))
        .collect::<Vec<_>>()
        .try_into()
        .expect("ten channels")
}

/// Returns the number of documents with channels of their own.
pub fn documents(count: u32) -> u32 {
    (2 * count / LISTENERS).max(1)
}

/// Returns the name of the collection of a document.
pub fn collection(document: u32) -> String {
    format!("c{}", document % COLLECTIONS)
}

fn collection_channel(collection: u32) -> String {
    format!("databases.main.collections.c{collection}.documents")
}

fn document_channel(document: u32) -> String {
    format!("{}.{}", collection_channel(document % COLLECTIONS), document_id(document))
}

/// Returns the id of a document.
pub fn document_id(document: u32) -> String {
    id(6, document)
}

/// Returns the id of the user of a client.
pub fn user_id(number: u32) -> String {
    id(1, number)
}

/// Returns the id of a small team.
pub fn team_id(team: u32) -> String {
    id(4, team)
}

/// Returns the number of a client's small team.
pub fn team_of(number: u32, count: u32) -> u32 {
    scattered(number, count) / TEAM
}

/// Returns the place of a client in an order in which neighbours are apart.
pub fn scattered(number: u32, count: u32) -> u32 {
    (u64::from(number) * SCATTER % u64::from(count)) as u32
}

/// Returns an id of 20 characters. Ids of different kinds or numbers differ.
fn id(kind: u64, number: u32) -> String {
    format!("{kind:04x}{:016x}", mix(kind << 32 | u64::from(number)))
}

/// Mixes the bits of a number. Different numbers give different results.
pub fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::{TEAM, client, clients, team_of};

    #[test]
    fn client_has_twelve_roles_and_ten_channels() {
        let client = client(7, 1000);
        assert_eq!(client.caller.principal().roles().len(), 12);
        let channels: BTreeSet<&String> = client.subscriptions.iter().flatten().collect();
        assert_eq!((client.subscriptions.len(), channels.len()), (10, 10));
        let own = client.subscriptions[2][0].strip_prefix("account.");
        assert_eq!(own, Some(format!("{}.update", super::user_id(7)).as_str()));
    }

    #[test]
    fn small_team_has_a_hundred_members_that_are_apart() {
        let mut members = BTreeMap::<u32, Vec<u32>>::new();
        for number in 0..10_000 {
            members.entry(team_of(number, 10_000)).or_default().push(number);
        }
        assert!(members.values().all(|team| team.len() == TEAM as usize));
        let first = &members[&0];
        assert!(first.windows(2).all(|pair| pair[1] - pair[0] > 1), "{first:?}");
    }

    #[test]
    fn clients_have_different_users_and_memberships() {
        let clients = clients(1000);
        let callers = clients.iter().map(|client| client.caller.principal().roles());
        let own = callers.flatten().filter(|role| {
            role.as_str().starts_with("user:") || role.as_str().starts_with("member:")
        });
        assert_eq!(own.collect::<BTreeSet<_>>().len(), 4000);
    }
}

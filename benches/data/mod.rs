//! The data of the benches, created from fixed seeds.

#![allow(dead_code, reason = "each bench uses a part")]
#![allow(clippy::indexing_slicing, reason = "the sizes are chosen here")]

pub(crate) mod recogniser;

use fastrand::Rng;
use rolegate::principal::Membership;
use rolegate::{AclColumn, AclId, AclTable, Principal, User};

/// The permissions of a document as a database returns them.
pub(crate) type List = Vec<String>;

fn rng() -> Rng {
    Rng::with_seed(0x0072_6f6c_6567_6174)
}

/// Returns an id with the length of Appwrite's ids: 20 hexadecimal digits.
fn id(rng: &mut Rng) -> String {
    format!("{:020x}", rng.u128(..1 << 80))
}

/// Returns a user with 12 roles: two teams, with a role within each, and one label.
pub(crate) fn user() -> User {
    let mut rng = rng();
    let mut user = User::new(id(&mut rng));
    user.email_verification = true;
    user.labels = vec!["premium".into()];
    user.memberships = ["owner", "editor"]
        .map(|role| Membership::confirmed(id(&mut rng), id(&mut rng), [role]))
        .into();
    user
}

/// Returns lists as owners write them, with 3.2 permissions on average. A list names its readers, and the
/// owner who may change the document. The user of [`user`] may read about one document in ten.
pub(crate) fn lists(count: usize) -> Vec<List> {
    let mut rng = rng();
    let user = user();
    let team = user.memberships[0].team_id.as_deref().expect("a team");
    let own = [format!("user:{}", user.id), format!("team:{team}")];
    (0..count)
        .map(|_| {
            let owner = format!("user:{}", id(&mut rng));
            let reader = match rng.u8(..20) {
                0 => own[0].clone(),
                1 => own[1].clone(),
                2..8 => format!("team:{}", id(&mut rng)),
                _ => owner.clone(),
            };
            let mut list = vec![format!("read(\"{reader}\")")];
            list.push(format!("update(\"{owner}\")"));
            list.push(format!("delete(\"{owner}\")"));
            if rng.u8(..5) == 0 {
                list.push(format!("update(\"team:{}/editor\")", id(&mut rng)));
            }
            list
        })
        .collect()
}

/// Returns documents that share `distinct` lists. Each document has strings of its own.
pub(crate) fn documents(count: usize, distinct: usize) -> Vec<List> {
    let lists = lists(distinct);
    let mut rng = rng();
    (0..count).map(|_| lists[rng.usize(..distinct)].clone()).collect()
}

/// The number of teams that read the lists of [`table`]. A member of one team sees 5 % of the lists.
pub(crate) const TEAMS: usize = 20;

/// Returns a table of `count` distinct lists, and their ids. One of [`TEAMS`] teams may read each list, and
/// each team may read equally many lists.
pub(crate) fn table(count: usize) -> (AclTable, Vec<AclId>) {
    let owners: Vec<[String; 2]> = (0..4096)
        .map(|owner| [format!("update(\"user:u{owner}\")"), format!("delete(\"user:u{owner}\")")])
        .collect();
    let readers: Vec<String> = (0..TEAMS).map(|team| format!("read(\"team:t{team}\")")).collect();
    let mut table = AclTable::new();
    let ids = (0..count)
        .map(|list| {
            let list =
                [readers[list % TEAMS].as_str(), &owners[list % 4096][0], &owners[list / 4096][1]];
            table.insert(list).expect("a well-formed list")
        })
        .collect();
    table.shrink_to_fit();
    (table, ids)
}

/// Returns a column of `count` documents with random lists, and the same column as plain numbers.
pub(crate) fn column(count: usize, ids: &[AclId]) -> (AclColumn, Vec<u32>) {
    let mut rng = rng();
    let numbers: Vec<u32> = (0..count)
        .map(|_| u32::try_from(rng.usize(..ids.len())).expect("an index of 32 bits"))
        .collect();
    (numbers.iter().map(|&number| ids[number as usize]).collect(), numbers)
}

/// Returns a permission of each verb for a role of each kind.
pub(crate) fn permissions_of_each_kind() -> Vec<String> {
    let roles = [
        "any",
        "guests",
        "users",
        "users/verified",
        "user:a.b_c-d",
        "user:65f2a9/unverified",
        "team:65f2a9",
        "team:65f2a9/owner",
        "member:65f2a9",
        "label:vip",
    ];
    let verbs = ["read", "create", "update", "delete", "write"];
    let texts = verbs.map(|verb| roles.map(|role| format!("{verb}(\"{role}\")")));
    texts.into_iter().flatten().collect()
}

/// Returns malformed permissions, as people and old versions of Appwrite write them.
pub(crate) fn malformed() -> Vec<String> {
    let seeds = [
        "read(\"usr:65f2a9\")",
        "Read(\"any\")",
        "read(any)",
        "*",
        "role:all",
        "read(\"user:\")",
        "read(\"user:65f2a9/admin\")",
        "read(\"any\") ",
        "read(\"team:this-id-is-one-character-too-long-37c\")",
        "read(\"label:not-alnum\")",
    ];
    seeds.iter().cycle().take(1000).map(ToString::to_string).collect()
}

/// Returns a table like that of a real collection, and the roles of the owners. The readers of a list are
/// `any`, a team, or the owner. One of `count / 10` owners may change a list. For one list in 50, every
/// user may change it.
pub(crate) fn living_table(count: usize) -> (AclTable, Vec<String>) {
    let mut rng = rng();
    let owners: Vec<String> = (0..count / 10).map(|_| format!("user:{}", id(&mut rng))).collect();
    let mut table = AclTable::new();
    while table.len() < count {
        let owner = &owners[rng.usize(..owners.len())];
        let reader = match rng.u8(..4) {
            0 => "any".into(),
            1 => owner.clone(),
            _ => format!("team:t{}", rng.u32(..50_000)),
        };
        let updater = if rng.u8(..50) == 0 { "users" } else { owner };
        let list = [
            format!("read(\"{reader}\")"),
            format!("update(\"{updater}\")"),
            format!("delete(\"{owner}\")"),
            format!("read(\"label:l{}\")", rng.u32(..1000)),
        ];
        table.insert(&list).expect("a well-formed list");
    }
    table.shrink_to_fit();
    (table, owners)
}

/// Returns a principal with `roles` roles of owners. If `roles` is at least two, `any` and `users` are
/// included.
pub(crate) fn principal(roles: usize, owners: &[String]) -> Principal {
    let common = if roles == 1 { 0 } else { 2 };
    let common = ["any", "users"].into_iter().take(common);
    let own = owners.iter().map(String::as_str);
    Principal::parse_roles(common.chain(own).take(roles)).expect("well-formed roles")
}

/// Returns documents as Appwrite prints them, with the permissions of [`lists`].
fn json_documents(count: usize) -> Vec<String> {
    let mut rng = rng();
    let names = ["Kevin", "Laura", "Bob", "Zoë", "Ann-Katrin \\\"Kat\\\"", "Mr. O'Neill"];
    lists(count)
        .into_iter()
        .map(|list| {
            let permissions: Vec<String> =
                list.iter().map(|text| format!("\"{}\"", text.replace('"', "\\\""))).collect();
            format!(
                "{{\"$id\":\"{}\",\"$permissions\":[{}],\"$createdAt\":\"2024-0{}-11T08:{}:00.000+00:00\",\
                 \"$collectionId\":\"birthdays\",\"name\":\"{}\",\"birthday\":\"19{}-02-03\",\
                 \"age\":{},\"score\":{}.5,\"tags\":[\"a\",\"b c\"],\"active\":{}}}",
                id(&mut rng),
                permissions.join(","),
                rng.u32(1..10),
                rng.u32(10..60),
                names[rng.usize(..names.len())],
                rng.u32(50..100),
                rng.u32(..100),
                rng.u32(..1000),
                rng.bool(),
            )
        })
        .collect()
}

/// Returns a list response of `count` documents.
pub(crate) fn response(count: usize) -> Vec<u8> {
    let documents = json_documents(count).join(",");
    format!("{{\"total\":{count},\"documents\":[{documents}]}}").into_bytes()
}

/// Returns `count` documents, one on each line.
pub(crate) fn lines(count: usize) -> Vec<u8> {
    (json_documents(count).join("\n") + "\n").into_bytes()
}

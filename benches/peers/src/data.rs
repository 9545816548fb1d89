//! The documents and callers, the same in every run: a seeded generator and nothing else.

use std::collections::HashSet;

/// A document, as far as permissions are concerned.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    /// `$id`: twenty characters, as the ids that Appwrite makes.
    pub id: String,
    /// `$permissions`, as Appwrite stores them.
    pub permissions: Vec<String>,
    /// The roles that may read it, for engines that want them taken out of the strings.
    pub readers: Vec<String>,
}

/// Who asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caller {
    /// `$id` of the user.
    pub id: String,
    /// All roles of the user, each once.
    pub roles: Vec<String>,
}

/// What a benchmark is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Data {
    /// The documents, in the order of the collection.
    pub documents: Vec<Document>,
    /// The one who asks.
    pub caller: Caller,
}

/// Distinct lists in a batch: what a page-sized part of a multi-tenant collection has.
const BATCH_LISTS: usize = 400;
/// Teams that share the batch; the caller is in two of them.
const BATCH_TEAMS: u64 = 44;
/// Users that own its documents.
const BATCH_OWNERS: u64 = 150;

/// A batch of documents with some 400 distinct lists, 3.2 permissions each, for a user with twelve
/// roles who may read between 5 and 10 % of them.
#[must_use]
pub fn batch(documents: usize) -> Data {
    let mut random = Random::new(0x0062_6174_6368);
    let lists: Vec<_> = (0..BATCH_LISTS).map(|_| batch_list(&mut random)).collect();
    let documents = (0..documents)
        .map(|position| {
            // The smaller of two draws: some lists are common, most are not.
            let pick = random.below(lists.len() as u64).min(random.below(lists.len() as u64));
            let (readers, owner) = &lists[position_of(pick)];
            document(position, readers, owner, &mut random)
        })
        .collect();
    let mut roles: Vec<String> =
        ["any", "users", "users/verified", "user:u7", "user:u7/verified", "label:beta"]
            .map(String::from)
            .into();
    for team in [3, 19] {
        roles.extend([format!("team:t{team}"), format!("member:m{team}-7")]);
        roles.push(format!("team:t{team}/editor"));
    }
    Data { documents, caller: Caller { id: "u7".into(), roles } }
}

/// The readers and the owner of a list of the batch.
fn batch_list(random: &mut Random) -> (Vec<String>, String) {
    let owner = format!("user:u{}", random.below(BATCH_OWNERS));
    let readers = match random.below(100) {
        0 => vec!["any".into()],
        1 => vec!["label:beta".into()],
        2..50 => vec![format!("team:t{}", random.below(BATCH_TEAMS))],
        50..70 => vec![format!("team:t{}/editor", random.below(BATCH_TEAMS))],
        70..80 => vec![owner.clone()],
        _ => vec![format!("team:t{}", random.below(BATCH_TEAMS)), owner.clone()],
    };
    (readers, owner)
}

/// Documents that a role may read in the large collection.
const DOCUMENTS_PER_ROLE: usize = 10;

/// A large collection, each role of which may read about ten documents, and a caller with so many
/// of these roles. Every fifth document has a second reader, drawn from all roles, so that lists
/// are shared by three documents on average: little to gain from keeping equal lists once.
#[must_use]
pub fn list(documents: usize, roles: usize) -> Data {
    let mut random = Random::new(0x006c_6973_7421);
    let pool = documents * 6 / 5 / DOCUMENTS_PER_ROLE;
    let documents = (0..documents)
        .map(|position| {
            let first = random.below(pool as u64);
            let mut readers = vec![pool_role(first)];
            if position % 5 == 0 {
                let second = (first + 1 + random.below(pool as u64 - 1)) % pool as u64;
                readers.push(pool_role(second));
            }
            // One member owns all documents of a team.
            let owner = format!("user:u{first}");
            document(position, &readers, &owner, &mut random)
        })
        .collect();
    let mut held = HashSet::new();
    let mut texts = vec!["any".into(), "users".into(), "user:u0".into()];
    held.insert("user:u0".to_string());
    while texts.len() < roles {
        let role = pool_role(random.below(pool as u64));
        if held.insert(role.clone()) {
            texts.push(role);
        }
    }
    Data { documents, caller: Caller { id: "u0".into(), roles: texts } }
}

/// Three in four roles are teams, the others users.
fn pool_role(number: u64) -> String {
    if number.is_multiple_of(4) { format!("user:u{number}") } else { format!("team:t{number}") }
}

fn document(position: usize, readers: &[String], owner: &str, random: &mut Random) -> Document {
    let reads = readers.iter().map(|role| format!("read(\"{role}\")"));
    let writes = ["update", "delete"].map(|action| format!("{action}(\"{owner}\")"));
    Document {
        id: format!("{:012x}{position:08x}", random.next() & 0xffff_ffff_ffff),
        permissions: reads.chain(writes).collect(),
        readers: readers.to_vec(),
    }
}

fn position_of(number: u64) -> usize {
    usize::try_from(number).expect("drawn below a usize")
}

/// splitmix64: a fixed sequence, the same on every platform.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

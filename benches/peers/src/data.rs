//! The documents and callers. A seeded generator creates the same data in every run.

use std::collections::HashSet;

/// The id and permissions of a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    /// The `$id`: twenty characters, as in Appwrite.
    pub id: String,
    /// The `$permissions`, as Appwrite stores them.
    pub permissions: Vec<String>,
    /// The roles that may read the document, for engines that do not read permission strings.
    pub readers: Vec<String>,
}

/// The user for whom documents are listed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caller {
    /// The `$id` of the user.
    pub id: String,
    /// All roles of the user, each once.
    pub roles: Vec<String>,
}

/// The data of one benchmark.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Data {
    /// The documents, in the order of the collection.
    pub documents: Vec<Document>,
    /// The user for whom documents are listed.
    pub caller: Caller,
}

/// The number of lists from which a batch draws, as in a part of a multi-tenant collection.
const BATCH_LISTS: usize = 400;
/// The number of teams in the batch. The caller is a member of two of them.
const BATCH_TEAMS: u64 = 44;
/// The number of users that own the documents of the batch.
const BATCH_OWNERS: u64 = 150;

/// Returns a batch of documents with up to 400 distinct lists of 3.2 permissions on average. The user has
/// twelve roles and may read between 5 and 10 % of the documents.
#[must_use]
pub fn batch(documents: usize) -> Data {
    let mut random = Random::new(0x0062_6174_6368);
    let lists: Vec<_> = (0..BATCH_LISTS).map(|_| batch_list(&mut random)).collect();
    let documents = (0..documents)
        .map(|position| {
            // The smaller of two random numbers makes some lists common and most lists rare.
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

/// Returns the readers and the owner of a list of the batch.
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

/// The number of documents that a role may read in the large collection.
const DOCUMENTS_PER_ROLE: usize = 10;

/// Returns a large collection, in which each role may read about ten documents, and a caller with `roles`
/// roles. Every fifth document has a second reader, chosen from all roles. Three documents share a list on
/// average, so storing equal lists once saves little.
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

/// Returns a role. Three in four roles are teams, and the others are users.
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

/// The generator splitmix64, which gives the same sequence on every platform.
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

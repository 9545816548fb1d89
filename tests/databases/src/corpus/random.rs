//! Rows and questions from a seeded generator.

use std::collections::BTreeSet;

use fastrand::Rng;
use rolegate::{Principal, Role};

use super::{Constraints, Corpus, Question, Row, Stored};

/// The roles that rows and principals share. Some are prefixes of others, and some differ by case alone.
const UNIVERSE: [&str; 24] = [
    "any",
    "guests",
    "users",
    "users/verified",
    "users/unverified",
    "user:a",
    "user:a/verified",
    "user:A",
    "user:aa",
    "user:a.a",
    "user:a_a",
    "user:a-a",
    "user:b",
    "team:t",
    "team:t/owner",
    "team:t/Owner",
    "team:T/owner",
    "team:tt",
    "team:u/owner",
    "member:m",
    "member:M",
    "label:l",
    "label:L",
    "label:a",
];

const VERBS: [&str; 5] = ["read", "create", "update", "delete", "write"];

/// Returns a corpus of 1,200 rows and 150 questions, which are 180,000 decisions.
///
/// No list has two roles that differ by case alone, because Appwrite's unique indexes refuse them.
pub fn random(seed: u64) -> Corpus {
    let mut rng = Rng::with_seed(seed);
    let rows = (0..1_200).map(|position| Row::new(position, stored(&mut rng))).collect();
    let principals: Vec<_> = (0..50).map(|_| principal(&mut rng)).collect();
    Corpus {
        name: format!("random, seed {seed}"),
        rows,
        strays: Vec::new(),
        questions: principals.iter().flat_map(Question::document_actions).collect(),
        constraints: Constraints::Appwrite,
        negate_every: 1,
    }
}

fn stored(rng: &mut Rng) -> Stored {
    if rng.u8(..) < 10 {
        return Stored::Null;
    }
    let mut seen = BTreeSet::new();
    let list = (0..rng.usize(0..5)).filter_map(|_| {
        let (verb, role) = (rng.choice(VERBS)?, role(rng));
        seen.insert(role.to_lowercase()).then(|| permission(rng, verb, &role))
    });
    Stored::List(list.collect())
}

/// Returns a permission, and a malformed one in one of ten cases.
fn permission(rng: &mut Rng, verb: &str, role: &str) -> String {
    match rng.u8(0..60) {
        0 => format!("{verb}('{role}')"),
        1 => format!("{verb}(\"{role} \")"),
        2 => format!(" {verb}(\"{role}\")"),
        3 => format!("{}(\"{role}\")", verb.to_uppercase()),
        4 => format!("{verb}(\"{role}\"), read(\"any\")"),
        5 => format!("{verb}(\"{role}"),
        _ => format!("{verb}(\"{role}\")"),
    }
}

/// Returns a role of the universe, or one of a thousand users.
fn role(rng: &mut Rng) -> String {
    match rng.u8(0..4) {
        0 => format!("user:u{}", rng.u16(0..1_000)),
        _ => UNIVERSE[rng.usize(..UNIVERSE.len())].to_owned(),
    }
}

fn principal(rng: &mut Rng) -> Principal {
    let count = [0, 1, 3, 8, 40][rng.usize(0..5)];
    match rng.u8(0..20) {
        0 => Principal::key_with_bypass(),
        1 => Principal::guest(),
        _ => {
            Principal::from_roles((0..count).map(|_| Role::parse(&role(rng)).unwrap().into_owned()))
        }
    }
}

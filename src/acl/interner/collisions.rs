//! Roles that were chosen to collide: what they cost a table whose seeds are known, which is the worst
//! that can be, and what they cost any other.

use super::*;

/// How many roles are chosen: as many as fit into [`BUCKETS`], so that no slot is left to growth.
const CHOSEN: usize = 256;

/// What hashbrown uses for that many entries.
const BUCKETS: u64 = 512;

/// What a hash table sees of a hash: the bucket from its low bits, and seven of its high bits, which
/// it compares before the texts.
fn seen_of(hash: u64) -> (u64, u64) {
    (hash % BUCKETS, hash >> 57)
}

/// Roles that are all the same to a hash table with these seeds.
fn colliding(hasher: &RandomState) -> Vec<String> {
    let wanted = seen_of(hash_bytes(hasher, b"user:a0"));
    (0_u64..)
        .map(|number| format!("user:a{number}"))
        .filter(|role| seen_of(hash_bytes(hasher, role.as_bytes())) == wanted)
        .take(CHOSEN)
        .collect()
}

fn interner(hasher: RandomState, roles: &[String]) -> Interner {
    let mut interner = Interner { hasher, ..Interner::default() };
    for role in roles {
        interner.push(role);
    }
    interner
}

/// With how many texts a text is compared until it is known not to be there.
fn compared(interner: &Interner, text: &str) -> usize {
    let mut compared = 0;
    let hash = interner.hash(text.as_bytes());
    let none = interner.ids.find(hash, |_| {
        compared += 1;
        false
    });
    assert_eq!(none, None);
    compared
}

/// The sum for all of them.
fn compared_with_all(interner: &Interner, roles: &[String]) -> usize {
    roles.iter().map(|role| compared(interner, role)).sum()
}

#[test]
fn roles_that_all_collide_are_told_apart_by_their_texts() {
    let hasher = RandomState::default();
    let roles = colliding(&hasher);
    let mut interner = interner(hasher, &roles);
    let compared = compared_with_all(&interner, &roles);
    assert_eq!(compared, CHOSEN * CHOSEN, "each with each: they do collide");

    interner.internal_validate().unwrap();
    for (id, role) in roles.iter().enumerate() {
        assert_eq!(interner.get(role), Some(saturating(id)));
        assert_eq!(interner.get(&format!("{role}x")), None);
        assert_eq!(interner.get(role.get(..role.len() - 1).unwrap()), None);
    }
    interner.truncate(CHOSEN / 2);
    interner.internal_validate().unwrap();
    for role in roles.get(CHOSEN / 2..).unwrap() {
        assert_eq!(interner.get(role), None);
        interner.push(role);
    }
    interner.shrink_to_fit();
    interner.internal_validate().unwrap();
}

/// Whoever knows the seeds of one table knows nothing of the next one's.
#[test]
fn roles_chosen_against_one_table_do_not_slow_another() {
    let known = RandomState::default();
    let roles = colliding(&known);
    for _ in 0..20 {
        let other = interner(RandomState::default(), &roles);
        // Of 256 texts in 512 buckets, one in 128 looks like another in a bucket nearby.
        let compared = compared_with_all(&other, &roles);
        assert!(compared < 3 * CHOSEN, "{compared} comparisons of {CHOSEN} roles");
    }
}

/// Threads come and go, and a new one may stand where another stood.
#[test]
fn no_two_tables_hash_alike() {
    let hash = || hash_bytes(&Interner::default().hasher, b"user:a");
    let of_thread = || std::thread::spawn(move || (hash(), hash())).join().unwrap();
    let mut hashes = vec![hash(), hash()];
    for _ in 0..50 {
        let (one, other) = of_thread();
        hashes.extend([one, other]);
    }
    let count = hashes.len();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), count);
}

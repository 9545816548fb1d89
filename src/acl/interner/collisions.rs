//! The cost of roles that were chosen to collide. The worst case is a table whose seed is known. In
//! every other table the roles do not collide.

use super::*;

/// The number of chosen roles. They fill [`BUCKETS`], so the hash table has no room to grow.
const CHOSEN: usize = 256;

/// The number of buckets that hashbrown uses for [`CHOSEN`] entries.
const BUCKETS: u64 = 512;

/// Returns the parts of a hash that a hash table uses: the bucket from the low bits, and seven of the
/// high bits, which it compares before the texts.
fn seen_of(hash: u64) -> (u64, u64) {
    (hash % BUCKETS, hash >> 57)
}

/// Returns roles that a hash table with this seed cannot tell apart.
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
        interner.push(interner.hash(role), role);
    }
    interner
}

/// Returns the number of texts that a search compares with a text that it does not find.
fn compared(interner: &Interner, text: &str) -> usize {
    let mut compared = 0;
    let hash = interner.hash(text);
    let none = interner.ids.find(hash, |_| {
        compared += 1;
        false
    });
    assert_eq!(none, None);
    compared
}

/// Returns the sum of [`compared`] for all roles.
fn compared_with_all(interner: &Interner, roles: &[String]) -> usize {
    roles.iter().map(|role| compared(interner, role)).sum()
}

#[test]
fn colliding_roles_are_distinguished_by_their_texts() {
    let hasher = RandomState::default();
    let roles = colliding(&hasher);
    let mut interner = interner(hasher, &roles);
    let compared = compared_with_all(&interner, &roles);
    assert_eq!(compared, CHOSEN * CHOSEN, "each role collides with each");

    interner.internal_validate().unwrap();
    for (id, role) in roles.iter().enumerate() {
        assert_eq!(interner.get(role), Some(to_u32(id)));
        assert_eq!(interner.get(&format!("{role}x")), None);
        assert_eq!(interner.get(role.get(..role.len() - 1).unwrap()), None);
    }
    interner.truncate(CHOSEN / 2);
    interner.internal_validate().unwrap();
    for role in roles.get(CHOSEN / 2..).unwrap() {
        assert_eq!(interner.get(role), None);
        interner.push(interner.hash(role), role);
    }
    interner.shrink_to_fit();
    interner.internal_validate().unwrap();
}

/// An attacker who knows the seed of one table learns nothing about another table.
#[test]
fn roles_colliding_in_one_table_do_not_slow_another() {
    let known = RandomState::default();
    let roles = colliding(&known);
    for _ in 0..20 {
        let other = interner(RandomState::default(), &roles);
        // Of 256 texts in 512 buckets, one in 128 has the seven hash bits of another text nearby.
        let compared = compared_with_all(&other, &roles);
        assert!(compared < 3 * CHOSEN, "{compared} comparisons of {CHOSEN} roles");
    }
}

/// A new thread can reuse the stack of a thread that has ended.
#[test]
fn two_tables_on_any_threads_have_different_seeds() {
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

//! The memory of a table: the figures in the documentation of `AclTable`.

use rolegate::AclTable;

const LISTS: usize = 100_000;

/// Bytes of hash table per entry: 2^17 slots of five bytes.
const SLOT: f64 = 5.0 * 131_072.0 / LISTS as f64;

/// Returns the memory of a table of lists, without spare capacity.
fn memory<S: AsRef<str>, L: IntoIterator<Item = S>>(lists: impl Iterator<Item = L>) -> f64 {
    let mut table = AclTable::new();
    for list in lists {
        table.insert(list).unwrap();
    }
    table.shrink_to_fit();
    table.memory() as f64
}

fn assert_near(what: &str, bytes: f64, expected: f64) {
    let near = (bytes - expected).abs() < expected * 0.1;
    assert!(near, "{what}: {bytes:.1} bytes, expected about {expected:.1}");
}

/// Returns three permissions for two of 2,000 roles. With few roles, the lists take most bytes. Each role is in
/// a hundred lists.
fn two_roles(list: usize) -> [String; 3] {
    let (a, b) = (list % 1000, list / 100);
    [
        format!("read(\"user:a{a}\")"),
        format!("update(\"user:b{b}\")"),
        format!("delete(\"user:b{b}\")"),
    ]
}

#[test]
fn list_of_three_permissions_for_two_roles_takes_under_32_bytes() {
    let bytes = memory((0..LISTS).map(two_roles)) / LISTS as f64;
    // The end offset, two grants, two postings, a slot, and its share of 2,000 roles.
    assert_near("a list", bytes, 4.0 + 2.0 * (4.0 + 4.0) + SLOT + 0.02 * 50.0);
    assert!(bytes < 32.0, "{bytes}");
}

#[test]
fn list_for_a_third_role_takes_eight_bytes_more() {
    let three = |list| {
        let [read, update, _] = two_roles(list);
        [read, update, format!("delete(\"user:c{}\")", list % 999)]
    };
    let more = memory((0..LISTS).map(three)) - memory((0..LISTS).map(two_roles));
    assert_near("a third role", more / LISTS as f64, 8.0 + 0.01 * 50.0);
}

#[test]
fn role_takes_under_54_bytes_beside_its_text() {
    let roles = |count: usize| (0..count).map(|role| format!("read(\"user:u{role:06}\")"));
    let bytes = memory([roles(LISTS)].into_iter()) / LISTS as f64;
    // The text, its end offset, its postings, a slot, and one grant.
    assert_near("a role", bytes, 12.0 + 4.0 + 32.0 + SLOT + 4.0);
    assert!(bytes - 12.0 < 54.0, "{bytes}");
}

#[test]
fn role_in_every_list_takes_a_grant_and_a_bit_per_list() {
    let public = |list| {
        let [_, update, delete] = two_roles(list);
        [format!("read(\"user:a{}\")", list % 1000), update, delete, "read(\"any\")".into()]
    };
    let more = memory((0..LISTS).map(public)) - memory((0..LISTS).map(two_roles));
    // Four bytes for a grant, and an eighth of a byte for a bit. A posting would take four bytes.
    assert!(more / (LISTS as f64) < 4.5, "{} bytes a list", more / LISTS as f64);
}

#[test]
fn refused_list_of_many_roles_leaves_no_memory() {
    let mut table = AclTable::new();
    let roles = (0..LISTS).map(|role| format!("read(\"user:u{role}\")"));
    table.insert(roles.chain(["nonsense".into()])).unwrap_err();
    assert!(table.memory() < 1024, "{} bytes", table.memory());
    table.insert(["read(\"any\")"]).unwrap();
    assert_eq!((table.len(), table.roles().len()), (1, 1));
}

/// In a block of 200 lists, one bitmap of 520 bytes is smaller than 800 bytes of postings. Two bitmaps
/// are larger than the postings.
#[test]
fn block_becomes_a_bitmap_only_if_that_is_smaller() {
    let named = |verbs: &[&str]| {
        let users: Vec<String> = verbs.iter().map(|verb| format!("{verb}(\"users\")")).collect();
        let others = |list: usize| [format!("read(\"user:u{list}\")")];
        // The last list is in the next block, which completes the first block.
        memory((0..4097).map(|list| {
            let named = if list < 200 || list == 4096 { &users[..] } else { &[] };
            others(list).into_iter().chain(named.iter().cloned()).collect::<Vec<_>>()
        }))
    };
    let (one, two) = (named(&["read"]), named(&["read", "update"]));
    assert!(two - one < 800.0 - 520.0, "{} bytes more", two - one);
}

#[test]
fn refused_list_keeps_the_spare_capacity() {
    let mut table = AclTable::new();
    for list in 0..1500 {
        table.insert([format!("read(\"user:u{list}\")")]).unwrap();
    }
    let before = table.memory();
    table.insert(["read(\"user:new\")", "nonsense"]).unwrap_err();
    assert!(table.memory() >= before, "{} bytes, {before} before", table.memory());
}

//! What a table takes, by counting: the figures in the documentation of `AclTable`.

use rolegate::AclTable;

const LISTS: usize = 100_000;

/// Slots of the hash table for that many entries: 2^17, of five bytes each.
const SLOT: f64 = 5.0 * 131_072.0 / LISTS as f64;

/// A table of lists, and what it takes without what is reserved for growth.
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

/// Two roles of a thousand each: few enough that the lists' bytes are what counts, and each named by
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
fn a_list_of_three_permissions_for_two_roles_takes_under_32_bytes() {
    let bytes = memory((0..LISTS).map(two_roles)) / LISTS as f64;
    // The end, two grants, two postings, a slot; and its part of two thousand roles.
    assert_near("a list", bytes, 4.0 + 2.0 * (4.0 + 4.0) + SLOT + 0.02 * 50.0);
    assert!(bytes < 32.0, "{bytes}");
}

#[test]
fn a_list_for_three_roles_takes_eight_bytes_more() {
    let three = |list| {
        let [read, update, _] = two_roles(list);
        [read, update, format!("delete(\"user:c{}\")", list % 999)]
    };
    let more = memory((0..LISTS).map(three)) - memory((0..LISTS).map(two_roles));
    assert_near("a role more", more / LISTS as f64, 8.0 + 0.01 * 50.0);
}

#[test]
fn a_role_takes_under_50_bytes_beside_its_text() {
    let roles = |count: usize| (0..count).map(|role| format!("read(\"user:u{role:06}\")"));
    let bytes = memory([roles(LISTS)].into_iter()) / LISTS as f64;
    // The text, its end, its postings, a slot; and the one grant.
    assert_near("a role", bytes, 12.0 + 4.0 + 32.0 + SLOT + 4.0);
    assert!(bytes - 12.0 < 54.0, "{bytes}");
}

#[test]
fn a_role_that_every_list_names_takes_a_bit_a_list() {
    let public = |list| {
        let [_, update, delete] = two_roles(list);
        [format!("read(\"user:a{}\")", list % 1000), update, delete, "read(\"any\")".into()]
    };
    let more = memory((0..LISTS).map(public)) - memory((0..LISTS).map(two_roles));
    // A grant in the list, and an eighth of a byte: far from the four of a posting.
    assert!(more / (LISTS as f64) < 4.5, "{} bytes a list", more / LISTS as f64);
}

#[test]
fn a_refused_list_leaves_nothing_behind() {
    let mut table = AclTable::new();
    let roles = (0..LISTS).map(|role| format!("read(\"user:u{role}\")"));
    table.insert(roles.chain(["nonsense".into()])).unwrap_err();
    assert!(table.memory() < 1024, "{} bytes", table.memory());
    table.insert(["read(\"any\")"]).unwrap();
    assert_eq!((table.len(), table.roles().len()), (1, 1));
}

/// Two hundred lists of a block: one bit map of 520 bytes takes less than their 800, two take more.
#[test]
fn a_block_is_made_of_bits_only_where_those_take_less() {
    let named = |verbs: &[&str]| {
        let users: Vec<String> = verbs.iter().map(|verb| format!("{verb}(\"users\")")).collect();
        let others = |list: usize| [format!("read(\"user:u{list}\")")];
        // One more in the next block, so that the first one is done with.
        memory((0..4097).map(|list| {
            let named = if list < 200 || list == 4096 { &users[..] } else { &[] };
            others(list).into_iter().chain(named.iter().cloned()).collect::<Vec<_>>()
        }))
    };
    let (one, two) = (named(&["read"]), named(&["read", "update"]));
    assert!(two - one < 800.0 - 520.0, "{} bytes more", two - one);
}

#[test]
fn a_refused_list_does_not_take_what_is_reserved_for_others() {
    let mut table = AclTable::new();
    for list in 0..1500 {
        table.insert([format!("read(\"user:u{list}\")")]).unwrap();
    }
    let before = table.memory();
    table.insert(["read(\"user:new\")", "nonsense"]).unwrap_err();
    assert!(table.memory() >= before, "{} bytes, {before} before", table.memory());
}

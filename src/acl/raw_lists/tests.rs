//! Raw lists with the same hash, the room for lists, and hash seeds.

use super::*;

fn get(raw: &mut RawLists, texts: &[&str]) -> Option<u32> {
    raw.get(raw.hash(texts), &texts.iter().copied())
}

/// Adds a raw list to a table whose lists have the numbers up to `list`.
fn add(raw: &mut RawLists, texts: &[&str], list: u32) {
    raw.add(texts, list, list as usize + 1);
}

fn validate(raw: &RawLists) {
    raw.internal_validate(|_, _| true).unwrap();
}

/// Each list is looked up with the hash of the list that is remembered, as if their hashes were the same.
#[test]
fn raw_list_with_the_hash_of_another_list_is_not_found() {
    let known = ["read(\"any\")", "read(\"users\")"];
    let mut raw = RawLists::default();
    add(&mut raw, &known, 7);
    add(&mut raw, &["read(\"any\")", "read(\"guests\")"], 8);
    let hash = raw.hash(&known);
    assert_eq!(raw.get(hash, &known.into_iter()), Some(7));
    let others: [&[&str]; 9] = [
        &[],
        &["read(\"any\")"],
        &["read(\"any\")", "read(\"userz\")"],
        &["read(\"anz\")", "read(\"users\")"],
        &["read(\"users\")", "read(\"any\")"],
        &["read(\"any\")read(\"users\")"],
        &["read(\"any\")r", "ead(\"users\")"],
        &["read(\"any\")", "read(\"users\")", ""],
        &["read(\"any\")", "read(\"users\")", "read(\"any\")", "read(\"guests\")"],
    ];
    for other in others {
        assert_eq!(raw.get(hash, &other.iter().copied()), None, "{other:?}");
    }
    validate(&raw);
}

#[test]
fn raw_list_added_again_is_stored_once() {
    let mut raw = RawLists::default();
    let texts = ["read(\"any\")", "read(\"users\")"];
    add(&mut raw, &texts, 7);
    add(&mut raw, &texts, 7);
    assert_eq!(raw.lists.len(), 1);
    validate(&raw);
}

#[test]
fn raw_list_without_texts_is_not_that_of_an_empty_text() {
    let mut raw = RawLists::default();
    assert_eq!(get(&mut raw, &[]), None);
    add(&mut raw, &[], 3);
    assert_eq!(get(&mut raw, &[]), Some(3));
    let hash = raw.hash(&[]);
    for other in [&[""][..], &["", ""], &["read(\"any\")"]] {
        assert_eq!(get(&mut raw, other), None, "{other:?}");
        assert_eq!(raw.get(hash, &other.iter().copied()), None, "{other:?}");
    }
    validate(&raw);
}

/// The lengths of the texts that are remembered are stored in bytes.
#[test]
fn texts_of_any_length_are_no_permissions_of_another_length() {
    let mut raw = RawLists::default();
    let permission = "x".repeat(133);
    add(&mut raw, &[&permission], 1);
    for len in (0..700).filter(|&len| len != permission.len()) {
        assert_eq!(get(&mut raw, &[&"x".repeat(len)]), None, "{len}");
    }
    assert_eq!(get(&mut raw, &[&permission]), Some(1));
}

fn user(number: usize) -> String {
    format!("read(\"user:u{number}\")")
}

#[test]
fn few_lists_are_remembered_until_lists_repeat() {
    let mut raw = RawLists::default();
    (0..10_000).for_each(|number| add(&mut raw, &[&user(number)], to_u32(number)));
    assert_eq!(raw.lists.len(), AT_FIRST);
    assert!(raw.memory() < 64 << 10, "{} bytes", raw.memory());
    (0..10).for_each(|number| assert_eq!(get(&mut raw, &[&user(number)]), Some(to_u32(number))));
    (0..10).for_each(|_| raw.count_repeat());
    (500..10_000).for_each(|number| add(&mut raw, &[&user(number)], to_u32(number)));
    assert_eq!(raw.lists.len(), AT_FIRST + 20 * FOR_EACH_REPEAT);
    validate(&raw);
}

#[test]
fn spellings_of_few_lists_take_little_memory() {
    let mut raw = RawLists { repeats: usize::MAX, ..RawLists::default() };
    (0..10_000).for_each(|number| raw.add(&[&user(number)], 3, 10));
    assert_eq!(raw.lists.len(), AT_FIRST + 10 * FOR_EACH_LIST);
    validate(&raw);
}

#[test]
fn raw_lists_of_any_number_take_bounded_memory() {
    let mut raw = RawLists { repeats: usize::MAX, ..RawLists::default() };
    let longest = |number: usize| format!("{number:0>133}");
    let texts = longest(1);
    let texts = [texts.as_str(); TOO_LONG - 2];
    for number in 0..30_000 {
        add(&mut raw, &[&[longest(number).as_str()][..], &texts].concat(), to_u32(number));
    }
    assert!(raw.texts.len() < MAX_BYTES + 2048, "{} bytes", raw.texts.len());
    assert_eq!(raw.lists.len(), MAX_BYTES.div_ceil(7 * 133));
    assert!(raw.memory() < 3 * MAX_BYTES, "{} bytes", raw.memory());
    validate(&raw);
}

#[test]
fn hash_of_texts_depends_on_their_order_and_on_the_seed() {
    let (raw, other) = (RawLists::default(), RawLists::default());
    let mut hashes = Vec::new();
    for raw in [&raw, &other] {
        for texts in [&["a", "b"][..], &["b", "a"], &["a", "a", "b"], &["a"], &["b"]] {
            hashes.push(raw.hash(texts));
        }
    }
    let count = hashes.len();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), count);
}

//! The index against the naive way: every document asked, one after the other.

use std::collections::BTreeMap;
use std::time::Instant;

use appwrite_server::index::Index;
use rolegate::{Action, Principal};

/// Numbers that look random and are the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn list(random: &mut Random, users: u64) -> String {
    let count = random.below(3);
    let actions = ["read", "update", "delete"];
    let permissions: Vec<String> = (0..count)
        .map(|_| {
            format!("{}(\"user:u{}\")", actions[random.below(3) as usize], random.below(users))
        })
        .collect();
    serde_json::to_string(&permissions).unwrap()
}

fn permissions(list: &str) -> Vec<String> {
    serde_json::from_str(list).unwrap()
}

fn check(index: &Index, naive: &BTreeMap<i64, String>, who: &Principal, random: &mut Random) {
    let visible = index.table.resolve(who, Action::Read);
    let mut expected: Vec<_> = naive
        .iter()
        .filter(|(_, list)| who.can(Action::Read, permissions(list)))
        .map(|(document, _)| *document)
        .collect();
    assert_eq!(index.count(&visible), expected.len(), "{who:?}");
    let after = random.below(60) as i64;
    let beyond = |all: &[i64], down: bool| -> Vec<i64> {
        all.iter().copied().filter(|&one| if down { one < after } else { one > after }).collect()
    };
    assert_eq!(index.page(&visible, None, false).collect::<Vec<_>>(), expected, "{who:?}");
    assert_eq!(
        index.page(&visible, Some(after), false).collect::<Vec<_>>(),
        beyond(&expected, false)
    );
    expected.reverse();
    assert_eq!(index.page(&visible, None, true).collect::<Vec<_>>(), expected, "{who:?}");
    assert_eq!(
        index.page(&visible, Some(after), true).collect::<Vec<_>>(),
        beyond(&expected, true)
    );
}

fn everybody(users: u64) -> Vec<Principal> {
    let user = |number| Principal::parse_roles([format!("user:u{number}")]).unwrap();
    let all = Principal::parse_roles((0..users).map(|number| format!("user:u{number}"))).unwrap();
    (0..users.min(5))
        .map(user)
        .chain([all, Principal::guest(), Principal::key_with_bypass()])
        .collect()
}

#[test]
fn pages_and_totals_are_those_of_asking_every_document() {
    for (seed, users) in [(1, 2), (2, 5), (3, 40)] {
        let (mut random, mut index, mut naive) = (Random(seed), Index::default(), BTreeMap::new());
        for _ in 0..600 {
            let document = random.below(60) as i64;
            let from: Option<String> = naive.remove(&document);
            let to = (from.is_none() || random.below(3) > 0).then(|| list(&mut random, users));
            index.file(document, from.as_deref(), to.as_deref()).unwrap();
            naive.extend(to.map(|list| (document, list)));
            for who in &everybody(users) {
                check(&index, &naive, who, &mut random);
            }
        }
    }
}

/// Whoever gives one document list after list does not fill the memory, and sees the same afterwards.
#[test]
fn lists_that_nobody_has_any_more_are_forgotten() {
    let (mut random, mut index, mut naive) = (Random(1), Index::default(), BTreeMap::new());
    for document in 0..50 {
        let list = list(&mut random, 5);
        index.file(document, None, Some(&list)).unwrap();
        naive.insert(document, list);
    }
    for number in 0..20_000 {
        let list = format!("[\"read(\\\"user:n{number}\\\")\"]");
        let from = naive.insert(7, list.clone());
        index.file(7, from.as_deref(), Some(&list)).unwrap();
    }
    assert!(index.table.len() < 5_000, "{:?}", index.table);
    for who in everybody(5) {
        check(&index, &naive, &who, &mut random);
    }
    let last = Principal::parse_roles(["user:n19999"]).unwrap();
    check(&index, &naive, &last, &mut random);
    assert_eq!(index.count(&index.table.resolve(&last, Action::Read)), 1);
}

/// A page does not walk past what is invisible, however much of the rest is visible.
#[test]
fn a_page_costs_itself_and_the_visible_lists() {
    let (mut index, last) = (Index::default(), 20_000);
    for document in 0..last {
        let user = if document < last - last / 7 { "a" } else { "b" };
        index.file(document, None, Some(&format!("[\"read(\\\"user:{user}\\\")\"]"))).unwrap();
    }
    let time = |work: &dyn Fn() -> usize, expected| {
        let started = Instant::now();
        assert_eq!(work(), expected);
        started.elapsed()
    };
    let all = index.table.resolve(&Principal::key_with_bypass(), Action::Read);
    let whole = time(&|| index.page(&all, None, false).count(), last as usize);
    let few = Principal::parse_roles(["user:b"]).unwrap();
    let few = index.table.resolve(&few, Action::Read);
    let pages = || (0..50).map(|_| index.page(&few, None, false).take(25).count()).sum();
    let pages = time(&pages, 50 * 25);
    // Fifty walks take far longer than one.
    assert!(pages < 8 * whole, "{pages:?} for pages, {whole:?} for one walk");
}

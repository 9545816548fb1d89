use super::*;

/// Returns a table of 70,000 lists. `team:all` reads every list, `user:u{n}` reads list `n`, and
/// `team:t{n}` reads the first `n` lists, for each of the sizes.
fn table(sizes: &[usize]) -> AclTable {
    let mut table = AclTable::new();
    for at in 0..LISTS {
        let mut list = vec![format!("read(\"user:u{at}\")"), "read(\"team:all\")".into()];
        list.extend(
            sizes.iter().filter(|size| at < **size).map(|n| format!("read(\"team:t{n}\")")),
        );
        table.insert(list).unwrap();
    }
    table
}

const LISTS: usize = 70_000;
const MOST: usize = LISTS / 128;

fn resolve(table: &AclTable, roles: &[&str]) -> Visibility {
    let visibility = table.resolve(&Principal::parse_roles(roles).unwrap(), Action::Read);
    assert_eq!(visibility.internal_validate(), Ok(()));
    visibility
}

#[test]
fn resolve_chooses_the_representation_by_the_number_of_lists() {
    let table = table(&[MOST - 1, MOST, MOST + 1, LISTS - 1]);
    let name = |visibility: &Visibility| match visibility.lists {
        Lists::Unrestricted => "unrestricted",
        Lists::None => "none",
        Lists::One(_) => "one",
        Lists::All(_) => "all",
        Lists::Numbers(_) => "numbers",
        Lists::Bits(_) => "bits",
    };
    let (below, most, above) = (MOST - 1, MOST, MOST + 1);
    for (roles, expected, count) in [
        (vec!["any".into()], "none", 0),
        (vec!["user:u69999".into()], "one", 1),
        (vec!["user:u69999".into(), "user:u0".into()], "numbers", 2),
        (vec![format!("team:t{most}")], "numbers", most),
        // Twice as many postings as lists that may be numbers.
        (vec![format!("team:t{most}"), format!("team:t{below}")], "numbers", most),
        (vec![format!("team:t{above}")], "bits", above),
        (vec![format!("team:t{}", LISTS - 1)], "bits", LISTS - 1),
        (vec!["team:all".into(), "user:u5".into()], "all", LISTS),
    ] {
        let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
        let visibility = resolve(&table, &roles);
        assert_eq!((name(&visibility), visibility.list_count(table.id())), (expected, Some(count)));
        assert!(visibility.lists_of(table.id()).unwrap().is_sorted());
        assert_eq!(visibility.lists_of(table.id()).unwrap().count(), count, "{roles:?}");
    }
}

#[test]
fn covers_is_true_up_to_the_lists_at_resolve_time() {
    let mut table = table(&[LISTS - 1]);
    let all = resolve(&table, &["team:all"]);
    let most = resolve(&table, &[&format!("team:t{}", LISTS - 1)]);
    let everything = Visibility::unrestricted(&table);
    table.insert(["read(\"user:later\")"]).unwrap();
    let (id, len, other) = (table.id(), to_u32(LISTS), AclTable::new().id());
    assert!(all.covers(id, len - 1) && all.covers(id, len) && !all.covers(id, len + 1));
    assert!(!all.shows(id, len) && all.shows(id, len - 1));
    assert!(!most.covers(id, len) && !most.covers(id, 2));
    assert!(everything.covers(id, u32::MAX) && everything.shows(id, len));
    for visibility in [&all, &most, &everything] {
        assert!(!visibility.covers(other, 1) && !visibility.shows(other, 0));
        assert_eq!(visibility.list_count(other), Some(0));
        assert_eq!(visibility.lists_of(other).map(Iterator::count), Some(0));
    }
    assert_eq!(all.list_count(id), Some(LISTS));
    assert_eq!(everything.list_count(id), None);
    assert!(everything.lists_of(id).is_none());
}

/// A large column makes the visibility prepare its bits. The last visible list begins a word.
#[test]
fn shows_with_numbers_is_the_same_before_and_after_filtering() {
    let table = table(&[]);
    let visibility = resolve(&table, &["user:u3", "user:u300", "user:u65535", "user:u69952"]);
    let shown = || -> Vec<u32> {
        (0..to_u32(LISTS) + 100).filter(|&list| visibility.shows(table.id(), list)).collect()
    };
    assert_eq!((shown(), visibility.is_dense()), (vec![3, 300, 65_535, 69_952], false));
    let ids = (0..to_u32(LISTS)).map(|list| AclId::new(table.id(), list));
    assert_eq!(
        visibility.filter(&ids.collect()).iter().collect::<Vec<_>>(),
        [3, 300, 65_535, 69_952]
    );
    assert_eq!((shown(), visibility.is_dense()), (vec![3, 300, 65_535, 69_952], true));
    assert_eq!(visibility.internal_validate(), Ok(()));
    assert!(!visibility.shows(table.id(), AclColumn::FOREIGN));
}

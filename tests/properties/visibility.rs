//! Properties of visibilities of a large table, which store few lists as numbers and many as bits. They
//! are compared with the lists that have a permission of the principal.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use rolegate::{AclColumn, AclId, AclTable, Action, Principal, Selection, Visibility};

use crate::support::oracle;

/// The lists of the table. Up to 1,171 visible lists are stored as numbers.
const LISTS: usize = 150_000;
const TEAMS: usize = 1_500;

/// Lists at the borders of one and two bytes, of words, and of blocks of postings.
const BORDERS: [usize; 16] = [
    0, 1, 63, 64, 254, 255, 256, 257, 4_095, 4_096, 65_534, 65_535, 65_536, 65_537, 149_998,
    149_999,
];

/// Returns the permissions of a list. Each team reads 100 lists. `label:block` and `label:every` have
/// bitmaps, and `label:mixed` has 3,750 postings, of which 375 grant delete.
fn permissions(list: usize) -> Vec<String> {
    let mut permissions = vec![
        format!("read(\"user:u{list}\")"),
        format!("read(\"team:t{}\")", list % TEAMS),
        format!("read(\"member:m{}\")", list / 7),
    ];
    if (20_480..24_576).contains(&list) && list % 20 == 3 {
        permissions.push("read(\"label:block\")".into());
    }
    if list % 2 == 1 {
        permissions.push("update(\"label:every\")".into());
    }
    if list % 40 == 7 {
        let action = if list % 400 == 7 { "delete" } else { "update" };
        permissions.push(format!("{action}(\"label:mixed\")"));
    }
    permissions
}

struct Large {
    table: AclTable,
    ids: Vec<AclId>,
    /// The lists with a permission, by its text.
    by_permission: HashMap<String, Vec<usize>>,
    /// The id of list 1 in a clone of the table.
    foreign: AclId,
}

static LARGE: LazyLock<Large> = LazyLock::new(|| {
    let mut table = AclTable::new();
    let mut by_permission: HashMap<String, Vec<usize>> = HashMap::new();
    let mut ids = Vec::new();
    for list in 0..LISTS {
        ids.push(table.insert(permissions(list)).unwrap());
        for permission in permissions(list) {
            by_permission.entry(permission).or_default().push(list);
        }
    }
    let foreign = table.clone().insert(permissions(1)).unwrap();
    Large { table, ids, by_permission, foreign }
});

fn resolve(roles: &[String], action: Action) -> Visibility {
    let visibility = LARGE.table.resolve(&Principal::parse_roles(roles).unwrap(), action);
    assert_eq!(visibility.internal_validate(), Ok(()));
    visibility
}

/// Returns the lists with a permission for one of the roles.
fn expected(roles: &[String], action: Action) -> BTreeSet<usize> {
    let texts = roles.iter().map(|role| format!("{action}(\"{role}\")"));
    texts.filter_map(|text| LARGE.by_permission.get(&text)).flatten().copied().collect()
}

/// Roles that reach from no list to several thousand lists. Some lists are reached by several roles.
fn roles() -> impl Strategy<Value = Vec<String>> {
    let users = subsequence(BORDERS.to_vec(), 0..=BORDERS.len());
    let any_users = vec(0..LISTS, 0..5);
    let teams = prop_oneof![
        2 => btree_set(0..TEAMS, 0..3),
        2 => btree_set(0..TEAMS, 10..13),
        1 => btree_set(0..TEAMS, 13..30),
    ];
    let members = prop_oneof![Just(vec![]), vec(0..LISTS / 7, 0..4), vec(0..LISTS / 7, 60..70)];
    let labels = subsequence(vec!["label:block", "label:mixed", "label:every"], 0..=2);
    (users, any_users, teams, members, labels).prop_map(
        |(users, any_users, teams, members, labels)| {
            let users = users.into_iter().chain(any_users).map(|user| format!("user:u{user}"));
            let teams = teams.into_iter().map(|team| format!("team:t{team}"));
            let members = members.into_iter().map(|member| format!("member:m{member}"));
            let roles: BTreeSet<String> = users.chain(teams).chain(members).collect();
            roles.into_iter().chain(labels.into_iter().map(String::from)).collect()
        },
    )
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![4 => Just(Action::Read), 1 => Just(Action::Update), 1 => Just(Action::Delete)]
}

/// Compares the filtered documents, twice, so that prepared bits and bytes are used too.
fn check_filter(
    visibility: &Visibility,
    seen: &BTreeSet<usize>,
    lists: &[usize],
) -> Result<(), TestCaseError> {
    let column: AclColumn = lists.iter().map(|&list| LARGE.ids[list]).collect();
    let expected: Selection = lists.iter().map(|list| seen.contains(list)).collect();
    for again in [visibility, visibility, &visibility.clone()] {
        prop_assert!(again.filter(&column) == expected, "{} documents", lists.len());
        prop_assert_eq!(again.internal_validate(), Ok(()));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn visibility_of_large_table_shows_lists_with_a_permission(
        roles in roles(),
        action in action(),
        others in vec(0..LISTS, 0..50),
    ) {
        let (visibility, expected) = (resolve(&roles, action), expected(&roles, action));
        let ids: Vec<AclId> = expected.iter().map(|&list| LARGE.ids[list]).collect();
        prop_assert_eq!(visibility.lists().unwrap().collect::<Vec<_>>(), ids);
        prop_assert_eq!(visibility.is_none(), expected.is_empty());
        prop_assert!(!visibility.is_unrestricted());
        prop_assert_eq!(format!("{visibility:?}"), format!("Visibility({} lists)", expected.len()));
        let neighbours = expected.iter().flat_map(|&list| [list.saturating_sub(1), list, list + 1]);
        for list in neighbours.chain(BORDERS).chain(others).filter(|&list| list < LISTS) {
            prop_assert_eq!(visibility.allows(LARGE.ids[list]), expected.contains(&list), "{}", list);
        }
        prop_assert!(!visibility.allows(LARGE.foreign));
    }

    /// Columns of each width. The lengths are on both sides of the sizes from which bits and bytes pay.
    #[test]
    fn filter_of_large_table_selects_documents_with_visible_lists(
        roles in roles(),
        action in action(),
        largest in select(vec![255, 256, 65_535, 65_536, LISTS - 1]),
        len in prop_oneof![
            4 => 0..400_usize,
            1 => select(vec![65_535, 65_536, 70_000_usize]),
        ],
        (start, step) in (0..LISTS, select(vec![1, 3, 64, 257, 1_500_usize])),
    ) {
        let (visibility, seen) = (resolve(&roles, action), expected(&roles, action));
        // Half of the documents have a visible list, if it is not too large.
        let within: Vec<usize> = seen.range(..=largest).copied().chain([largest]).collect();
        let list = |at: usize| match at % 2 {
            0 => (start + at * step) % (largest + 1),
            _ => within[within.len() - 1 - at / 2 % within.len()],
        };
        let lists: Vec<usize> = (0..len).map(list).collect();
        check_filter(&visibility, &seen, &lists)?;
    }

    /// A visibility keeps what it prepared for one column, and filters the next.
    #[test]
    fn filter_of_columns_of_each_width_uses_the_same_visibility(roles in roles()) {
        let (visibility, seen) = (resolve(&roles, Action::Read), expected(&roles, Action::Read));
        for (len, end) in [(70_000, LISTS), (100, LISTS), (70_000, 65_536), (300, 65_536), (300, 256)] {
            let lists: Vec<usize> = (0..len).map(|at| end - 1 - at * 31 % end).collect();
            check_filter(&visibility, &seen, &lists)?;
        }
    }
}

#[test]
fn resolve_of_large_table_agrees_with_the_oracle() {
    for (roles, action) in [
        (vec!["user:u65536", "team:t36", "team:t1499", "label:block"], Action::Read),
        (vec!["label:mixed", "team:t1"], Action::Delete),
    ] {
        let owned: Vec<String> = roles.iter().map(ToString::to_string).collect();
        let visibility = resolve(&owned, action);
        for (list, id) in LARGE.ids.iter().enumerate() {
            let texts = permissions(list);
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let allowed = oracle::allows(&roles, action, &texts);
            assert_eq!(visibility.allows(*id), allowed, "{list}");
        }
        assert!(visibility.lists().unwrap().count() > 100);
    }
}

#[test]
fn list_inserted_into_large_table_after_resolve_is_not_visible() {
    let mut table = AclTable::new();
    let list =
        |at: usize| [format!("read(\"user:u{at}\")"), format!("read(\"team:t{}\")", at / 100)];
    let ids: Vec<AclId> = (0..70_000).map(|at| table.insert(list(at)).unwrap()).collect();
    let reader = Principal::parse_roles(["team:t699", "user:u69800"]).unwrap();
    let visibility = table.resolve(&reader, Action::Read);
    let mut column: AclColumn = ids.iter().copied().collect();
    column.push(LARGE.ids[69_950]);
    for at in 0..300 {
        let list = [format!("read(\"user:later{at}\")"), "read(\"team:t699\")".into()];
        let later = table.insert(list).unwrap();
        column.push(later);
        assert!(!visibility.allows(later));
    }
    let seen: Vec<usize> = [69_800].into_iter().chain(69_900..70_000).collect();
    let small: AclColumn = (69_800..column.len()).map_while(|at| column.get(at)).collect();
    assert_eq!(visibility.filter(&small).iter().map(|at| at + 69_800).collect::<Vec<_>>(), seen);
    assert_eq!(visibility.filter(&column).iter().collect::<Vec<_>>(), seen);
    assert_eq!(visibility.internal_validate(), Ok(()));

    let again = table.resolve(&reader, Action::Read).filter(&column);
    assert_eq!(again.count(), 101 + 300);
}

/// A column of another table, with the same numbers.
#[test]
fn column_of_another_large_table_has_no_visible_documents() {
    let visibility = resolve(&["team:t3".into(), "user:u70000".into()], Action::Read);
    let mut other = AclTable::new();
    let column: AclColumn = (0..70_100).map(|at| other.insert(permissions(at)).unwrap()).collect();
    assert!(column.iter().flatten().all(|id| !visibility.allows(id)));
    assert!(visibility.filter(&column).is_empty());
    let own: AclColumn = LARGE.ids.iter().copied().collect();
    assert_eq!(visibility.filter(&own).count(), LISTS / TEAMS + 1);
    assert!(visibility.filter(&column).is_empty());
}

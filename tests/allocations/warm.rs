//! A warm matcher allocates nothing. A visibility that writes into a warm selection allocates nothing.

use std::hint::black_box;

use allocation_counter::measure;
use rolegate::{AclColumn, AclId, AclTable, Action, Principal, Selection, Visibility};

/// The number of documents. It is large enough for the table that a visibility prepares for large columns.
const DOCUMENTS: usize = 100_000;

/// Returns the number of heap allocations on this thread.
fn allocations(run: impl FnOnce()) -> u64 {
    measure(run).count_total
}

#[test]
fn counter_one_allocation_counts_one() {
    assert_eq!(allocations(|| drop(black_box(Box::new(1)))), 1);
    assert_eq!(allocations(|| _ = black_box(1)), 0);
}

#[test]
fn matcher_warm_allocates_nothing() {
    let principals = [
        Principal::parse_roles(["any", "users", "user:ann", "team:t1", "team:t1/owner"]).unwrap(),
        Principal::parse_roles(["any"]).unwrap(),
        Principal::key_with_bypass(),
    ];
    let page = [
        vec![r#"read("any")"#, r#"update("user:ann")"#],
        vec![r#"update("team:t1")"#, r#"read("team:t1/owner")"#, r#"write("users")"#],
        vec![r#"read("user:bob")"#],
        vec!["read(any)", "", "*", r#"read("user:an n")"#],
        vec![],
    ];
    let long = "x".repeat(100_000);
    for principal in principals {
        for action in Action::ALL {
            let matcher = principal.matcher(action);
            let run = || {
                black_box(matcher.filter(&page, |list| list).count());
                black_box(page.iter().filter(|list| matcher.allows(*list)).count());
                black_box(matcher.allows([&long]));
            };
            run();
            assert_eq!(allocations(run), 0, "{principal:?}, {action:?}");
        }
    }
}

#[test]
fn list_inserted_again_allocates_nothing() {
    let lists: Vec<Vec<String>> = (0..7)
        .map(|len| (0..len).map(|at| format!("update(\"team:t{at}/owner\")")).collect())
        .collect();
    let mut table = AclTable::new();
    let mut insert = || lists.iter().for_each(|list| _ = black_box(table.insert(list)));
    insert();
    insert();
    assert_eq!(allocations(insert), 0);
}

/// Returns a column over a table of `lists` lists, with a visibility of each representation. Every
/// hundredth document has a list that was inserted after resolving.
fn resolved(lists: usize) -> (AclColumn, Vec<(&'static str, Visibility)>) {
    let mut table = AclTable::new();
    let list = |number: usize| {
        let (reader, owner) = (number % 20, number);
        [
            format!("read(\"team:t{reader}\")"),
            "update(\"users\")".into(),
            format!("delete(\"user:u{owner}\")"),
        ]
    };
    let ids: Vec<_> = (1..lists).map(|number| table.insert(list(number)).unwrap()).collect();
    let principal = Principal::parse_roles(["any", "users", "team:t3", "user:u7"]).unwrap();
    let few = Principal::parse_roles((1..10).map(|at| format!("user:u{}", at * 20))).unwrap();
    let resolve = |table: &AclTable, action| table.resolve(&principal, action);
    let visibilities = vec![
        ("none", resolve(&table, Action::Create)),
        ("one", resolve(&table, Action::Delete)),
        ("few", table.resolve(&few, Action::Delete)),
        ("some", resolve(&table, Action::Read)),
        ("all", resolve(&table, Action::Update)),
        ("every document", table.resolve(&Principal::key_with_bypass(), Action::Read)),
    ];
    let later = table.insert(["update(\"user:later\")"]).unwrap();
    let column =
        (0..DOCUMENTS).map(|at| if at % 100 == 99 { later } else { ids[at % ids.len()] }).collect();
    (column, visibilities)
}

#[test]
fn filter_warm_allocates_nothing() {
    for (width, lists) in [(1, 200), (2, 20_000), (4, 70_000)] {
        let (column, visibilities) = resolved(lists);
        assert!(column.memory() < DOCUMENTS * width * 2 + 64, "{column:?}");
        assert!(format!("{column:?}").contains(&format!("bytes_per_document: {width}")));
        let mut counts = Vec::new();
        for (name, visibility) in visibilities {
            let mut selection = Selection::new();
            let mut run = || visibility.filter_into(black_box(&column), &mut selection);
            run();
            assert_eq!(allocations(&mut run), 0, "{name}, {lists} lists");
            counts.push(selection.count());
        }
        let [none, one, few, some, all, every] = counts[..] else { panic!("six cases") };
        assert_eq!((none, all, every), (0, DOCUMENTS / 100 * 99, DOCUMENTS), "{lists} lists");
        let ascend = [none, one, few, some, all].is_sorted_by(|fewer, more| fewer < more);
        assert!(ascend, "{one}, {few} and {some} of {all}, {lists} lists");
    }
}

#[test]
fn filter_into_a_larger_selection_allocates_nothing() {
    let (large, visibilities) = resolved(200);
    let small: AclColumn = (0..10).map(|at| large.get(at).unwrap()).collect();
    for (name, visibility) in visibilities {
        let mut selection = visibility.filter(&large);
        assert_eq!(allocations(|| visibility.filter_into(&small, &mut selection)), 0, "{name}");
    }
}

/// A principal that sees lists 7, 700 and 69,000 of `table`, of 70,000 lists. They are stored as numbers.
fn with_numbers(table: &AclTable) -> Visibility {
    let roles = ["user:u7", "user:u700", "user:u69000"];
    table.resolve(&Principal::parse_roles(roles).unwrap(), Action::Update)
}

#[test]
fn filter_with_numbers_allocates_once_for_each_large_width() {
    let (table, ids) = table_of(70_000);
    let column = |len: usize, end: usize| -> AclColumn {
        (0..len).map(|at| ids[end - 1 - at * 31 % end]).collect()
    };
    let visibility = with_numbers(&table);
    let mut selection = visibility.filter(&column(DOCUMENTS, 256));
    let mut filter = |column: &AclColumn| {
        let counted = measure(|| visibility.filter_into(column, &mut selection));
        (counted.count_total, counted.bytes_current)
    };
    // Four bytes: one document in 1,024 lists. The last visible list is number 69,000.
    let (small, large) = (column(69_000 / 1024 - 1, 70_000), column(DOCUMENTS, 70_000));
    let bits = (69_000 / 64 + 1) * 8;
    assert_eq!(filter(&small), (0, 0));
    assert_eq!((filter(&large), filter(&large), filter(&small)), ((1, bits), (0, 0), (0, 0)));
    // Two bytes: 65,536 documents.
    let (small, large) = (column((1 << 16) - 1, 1 << 16), column(1 << 16, 1 << 16));
    assert_eq!(filter(&small), (0, 0));
    assert_eq!((filter(&large), filter(&large), filter(&small)), ((1, 1 << 16), (0, 0), (0, 0)));
}

#[test]
fn resolve_of_few_lists_takes_no_memory_for_the_table() {
    let bytes = |lists: usize| {
        let (table, _) = table_of(lists);
        let counted = measure(|| drop(black_box(with_numbers(&table))));
        let roles = measure(|| drop(black_box(with_numbers(&AclTable::new())))).bytes_total;
        counted.bytes_total - roles
    };
    let (once, twice) = (bytes(70_000), bytes(140_000));
    assert_eq!(once, twice);
    assert!(once <= 64, "{once} bytes for three lists");
}

/// Makes a value, and returns it with the bytes of heap that it holds.
fn held<T>(make: impl FnOnce() -> T) -> (T, usize) {
    let mut thing = None;
    let bytes = measure(|| thing = Some(make())).bytes_current;
    (thing.unwrap(), usize::try_from(bytes).unwrap())
}

/// Returns a table with postings of each representation: few, many, and bitmap blocks.
fn table_of(lists: usize) -> (AclTable, Vec<AclId>) {
    let mut table = AclTable::new();
    let list = |number: usize| {
        let owner = format!("update(\"user:u{number}\")");
        [owner, format!("read(\"team:t{}\")", number % 100), "read(\"any\")".into()]
    };
    let ids = (0..lists).map(|number| table.insert(list(number)).unwrap()).collect();
    (table, ids)
}

#[test]
fn memory_of_table_and_column_is_exact_to_the_byte() {
    for lists in [0, 1, 3, 100, 300, 5_000, 70_000] {
        let (mut table, bytes) = held(|| table_of(lists).0);
        assert_eq!(table.memory(), bytes, "a table of {lists} lists");
        let freed = -measure(|| table.shrink_to_fit()).bytes_current;
        let bytes = i64::try_from(bytes).unwrap() - freed;
        assert_eq!(i64::try_from(table.memory()), Ok(bytes), "a table of {lists} lists, shrunk");

        let (_, ids) = table_of(lists);
        let (column, bytes) = held(|| ids.iter().copied().collect::<AclColumn>());
        assert_eq!(column.memory(), bytes, "a column of {lists} lists");
    }
}

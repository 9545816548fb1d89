//! Properties of columns: ids of one, two and four bytes, compared with a vector of ids.

use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use rolegate::{AclColumn, AclId, AclTable, Action, Principal, Visibility};

/// The lists of the large table: more than two bytes can number.
const LISTS: usize = (1 << 16) + 100;

/// Lists at the borders of one and two bytes, and at borders of words.
const BORDERS: [usize; 14] =
    [0, 1, 63, 64, 254, 255, 256, 257, 65_534, 65_535, 65_536, 65_537, LISTS - 2, LISTS - 1];

/// A table of small distinct lists. Every principal may read list `n`, and user `n` may update it.
struct Large {
    table: AclTable,
    ids: Vec<AclId>,
    /// The visibilities of a guest, each with the number of lists at resolve time.
    early: Vec<(usize, Visibility)>,
    foreign: AclId,
}

static LARGE: LazyLock<Large> = LazyLock::new(|| {
    let mut large = Large {
        table: AclTable::new(),
        ids: Vec::new(),
        early: Vec::new(),
        foreign: AclTable::new().insert([r#"read("any")"#]).unwrap(),
    };
    for at in 0..LISTS {
        if BORDERS.contains(&at) {
            large.early.push((at, large.table.resolve(&Principal::guest(), Action::Read)));
        }
        let list = [r#"read("any")"#.to_owned(), format!("update(\"user:u{at}\")")];
        large.ids.push(large.table.insert(list).unwrap());
    }
    large.early.push((LISTS, large.table.resolve(&Principal::guest(), Action::Read)));
    large
});

/// A list of the large table, or `None` for the id of another table.
type Place = Option<usize>;

fn id(place: Place) -> AclId {
    place.map_or(LARGE.foreign, |at| LARGE.ids[at])
}

fn place() -> impl Strategy<Value = Place> {
    let low = prop_oneof![0..3_usize, 0..256_usize, 0..70_usize];
    prop_oneof![
        6 => low.prop_map(Some),
        3 => select(BORDERS.to_vec()).prop_map(Some),
        1 => (0..LISTS).prop_map(Some),
        1 => Just(None),
    ]
}

#[derive(Clone, Debug)]
enum Operation {
    Push(Place),
    Extend(Vec<Place>),
    Set(prop::sample::Index, Place),
    SetBehindTheEnd(Place),
    SwapRemove(prop::sample::Index),
    ShrinkToFit,
    SwapRemoveBehindTheEnd,
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        place().prop_map(Operation::Push),
        vec(place(), 0..140).prop_map(Operation::Extend),
        (any::<prop::sample::Index>(), place()).prop_map(|(at, place)| Operation::Set(at, place)),
        place().prop_map(Operation::SetBehindTheEnd),
        any::<prop::sample::Index>().prop_map(Operation::SwapRemove),
        Just(Operation::ShrinkToFit),
        Just(Operation::SwapRemoveBehindTheEnd),
    ]
}

/// A column as a vector. An id is `None` if its table is not the table of the first id.
#[derive(Default)]
struct Model {
    first: Option<Place>,
    places: Vec<Option<Place>>,
}

impl Model {
    fn admit(&mut self, place: Place) -> Option<Place> {
        let first = *self.first.get_or_insert(place);
        (first.is_some() == place.is_some()).then_some(place)
    }

    fn push(&mut self, place: Place) {
        let place = self.admit(place);
        self.places.push(place);
    }

    fn apply(&mut self, operation: &Operation, column: &mut AclColumn) {
        match operation {
            Operation::Push(place) => {
                column.push(id(*place));
                self.push(*place);
            }
            Operation::Extend(places) => {
                column.extend(places.iter().copied().map(id));
                for place in places {
                    self.push(*place);
                }
            }
            Operation::Set(at, place) if !self.places.is_empty() => {
                let at = at.index(self.places.len());
                assert!(column.set(at, id(*place)));
                self.places[at] = self.admit(*place);
            }
            Operation::Set(_, place) | Operation::SetBehindTheEnd(place) => {
                assert!(!column.set(self.places.len(), id(*place)));
            }
            Operation::SwapRemove(at) if !self.places.is_empty() => {
                let at = at.index(self.places.len());
                assert!(column.swap_remove(at));
                self.places.swap_remove(at);
            }
            Operation::SwapRemove(_) | Operation::SwapRemoveBehindTheEnd => {
                assert!(!column.swap_remove(self.places.len()));
            }
            Operation::ShrinkToFit => {
                let before = column.memory();
                column.shrink_to_fit();
                assert!(column.memory() <= before);
            }
        }
    }

    fn check(&self, column: &AclColumn) -> Result<(), TestCaseError> {
        prop_assert_eq!(column.internal_validate(), Ok(()));
        prop_assert_eq!(column.len(), self.places.len());
        prop_assert_eq!(column.is_empty(), self.places.is_empty());
        let ids = |place: &Option<Place>| place.map(id);
        let expected: Vec<Option<AclId>> = self.places.iter().map(ids).collect();
        let got: Vec<Option<AclId>> = (0..column.len()).map(|at| column.get(at)).collect();
        prop_assert_eq!(column.iter().collect::<Vec<_>>(), &*expected);
        prop_assert_eq!(got, expected);
        prop_assert_eq!(column.get(column.len()), None);
        Ok(())
    }

    /// Returns the documents whose list belongs to the large table and is `visible`.
    fn filtered(&self, visible: impl Fn(usize) -> bool) -> Vec<usize> {
        let sees = |&at: &usize| self.places[at].flatten().is_some_and(&visible);
        (0..self.places.len()).filter(sees).collect()
    }
}

fn updater(users: &[usize]) -> Visibility {
    let roles = users.iter().map(|user| format!("user:u{user}"));
    LARGE.table.resolve(&Principal::parse_roles(roles).unwrap(), Action::Update)
}

proptest! {
    #[test]
    fn column_after_operations_equals_vector_of_ids(operations in vec(operation(), 0..12)) {
        let (mut column, mut model) = (AclColumn::new(), Model::default());
        for operation in &operations {
            model.apply(operation, &mut column);
            model.check(&column)?;
        }
        let places: Vec<Place> = model.places.iter().flatten().copied().collect();
        if places.len() == model.places.len() {
            let anew: AclColumn = places.into_iter().map(id).collect();
            model.check(&anew)?;
        }
    }

    #[test]
    fn filter_on_any_column_selects_documents_with_visible_lists(
        operations in vec(operation(), 0..6),
        users in subsequence(BORDERS.to_vec(), 0..4),
        many in 0..300_usize,
    ) {
        let (mut column, mut model) = (AclColumn::new(), Model::default());
        for operation in &operations {
            model.apply(operation, &mut column);
        }
        let mut selection = rolegate::Selection::new();

        let users: Vec<usize> = users.into_iter().chain(0..many).collect();
        updater(&users).filter_into(&column, &mut selection);
        let expected = model.filtered(|list| users.contains(&list));
        prop_assert_eq!(selection.iter().collect::<Vec<_>>(), expected, "some");
        prop_assert_eq!(selection.batch_len(), column.len());

        for (lists, visibility) in &LARGE.early {
            visibility.filter_into(&column, &mut selection);
            let expected = model.filtered(|list| list < *lists);
            prop_assert_eq!(selection.iter().collect::<Vec<_>>(), expected, "all of {}", lists);
        }
        LARGE.table.resolve(&Principal::key_with_bypass(), Action::Read).filter_into(&column, &mut selection);
        let expected = model.filtered(|_| true);
        prop_assert_eq!(selection.iter().collect::<Vec<_>>(), expected, "unrestricted");
    }
}

proptest! {
    // Each case has about 65,536 documents, from which a visibility prepares its table of bytes.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn filter_on_large_batch_equals_filter_on_each_document(
        len in select(vec![65_535, 65_536, 65_537, 70_000_usize]),
        (largest, step) in (select(BORDERS.to_vec()), select(vec![1, 3, 64, 257_usize])),
        users in subsequence(BORDERS.to_vec(), 0..6),
        many in 0..300_usize,
    ) {
        let lists: Vec<usize> = (0..len).map(|at| at * step % (largest + 1)).collect();
        let column: AclColumn = lists.iter().map(|&at| LARGE.ids[at]).collect();
        prop_assert_eq!(column.internal_validate(), Ok(()));
        let users: Vec<usize> = users.into_iter().chain(0..many).collect();
        let visibility = updater(&users);
        let seen: std::collections::HashSet<usize> = users.into_iter().collect();
        let expected: rolegate::Selection = lists.iter().map(|list| seen.contains(list)).collect();
        let copy = visibility.clone();
        for again in [&visibility, &visibility, &copy] {
            prop_assert!(again.filter(&column) == expected, "{len} documents, {largest}, {step}");
            prop_assert_eq!(again.internal_validate(), Ok(()));
        }
    }
}

#[test]
fn column_with_large_id_takes_the_bytes_that_it_needs() {
    for (list, bytes) in [(0, 1), (255, 1), (256, 2), (65_535, 2), (65_536, 4), (LISTS - 1, 4)] {
        let mut column: AclColumn = (0..1000).map(|_| LARGE.ids[0]).collect();
        column.push(LARGE.ids[list]);
        let shown = format!("{column:?}");
        assert!(shown.contains(&format!("bytes_per_document: {bytes}")), "{list}: {shown}");
        assert!(column.memory() < 2 * 1024 * bytes, "{list}: {}", column.memory());
    }
}

/// Reaches each width by a small step and by a large one.
#[test]
fn column_after_widening_is_no_wider_than_its_largest_id() {
    for (lists, bytes) in [
        (&[0, 255][..], 1),
        (&[255, 256], 2),
        (&[254, 255, 65_535], 2),
        (&[256, 257, 65_534, 65_535], 2),
        (&[65_535, 65_536], 4),
        (&[0, 65_536, 65_537], 4),
    ] {
        let mut column: AclColumn = lists.iter().map(|&list| LARGE.ids[list]).collect();
        column.extend((lists.len()..1000).map(|_| LARGE.ids[0]));
        column.shrink_to_fit();
        assert_eq!(column.memory(), 1000 * bytes, "{lists:?}");
        let got: Vec<_> = column.iter().take(lists.len()).flatten().collect();
        let expected: Vec<_> = lists.iter().map(|&list| LARGE.ids[list]).collect();
        assert_eq!(got, expected);
    }
}

/// Tries one visible list at the borders of words and of one byte.
#[test]
fn one_visible_list_at_any_border_is_found() {
    let lists = [0, 1, 63, 64, 65, 127, 128, 191, 192, 254, 255, 256, 65_535, 65_536];
    for visible in lists {
        let visibility = updater(&[visible]);
        for width in [255, 65_535, LISTS - 1] {
            let among: Vec<usize> =
                lists.iter().copied().filter(|list| *list <= width).cycle().take(300).collect();
            let column: AclColumn = among.iter().map(|&list| LARGE.ids[list]).collect();
            let seen: Vec<usize> = visibility.filter(&column).iter().collect();
            let expected: Vec<usize> = (0..300).filter(|&at| among[at] == visible).collect();
            assert_eq!(seen, expected, "list {visible} in a column up to {width}");
        }
    }
}

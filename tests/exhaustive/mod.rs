//! Every decision of a small scope: all sets of up to three permissions over eight roles, all sets of
//! those roles, all actions.
//!
//! Random cases can miss a combination, and enumeration cannot. Each fast path makes all 10,957,824 decisions,
//! and each must equal the decision of [`oracle::allows`]. The order of a list and repetitions in it are
//! sampled.

mod language;
mod scope;

use rolegate::index::DocumentIndex;
use rolegate::json::{Filter, Format};
use rolegate::{AclColumn, AclId, AclTable, Action, Principal, Visibility};

use scope::{DECISIONS, LISTS, PRINCIPALS, SCOPE, principal};

use crate::support::oracle;

/// The length of a page of an index: 1,000.
const PAGE: usize = 1_000;

/// Compares the answers of one path with the oracle's. `answers` returns one answer per list.
/// Returns the number of decisions that were compared.
fn compare(
    path: &str,
    principals: impl Iterator<Item = u8>,
    mut answers: impl FnMut(&Principal, Action) -> Vec<bool>,
) -> usize {
    let mut decisions = 0;
    for roles in principals {
        let principal = principal(roles);
        for action in Action::ALL {
            let answers = answers(&principal, action);
            assert_eq!(answers.len(), LISTS, "{path}: answers");
            let different = answers.iter().zip(SCOPE.allowed(roles, action));
            if let Some(at) = different.clone().position(|(ours, oracle)| *ours != oracle) {
                let (list, ours) = (&SCOPE.lists[at], answers[at]);
                panic!("{path}: {ours} for {action} of {list:?} by {:?}", principal.roles());
            }
            decisions += different.count();
        }
    }
    decisions
}

/// Compares every decision of the scope, and asserts that their number is [`scope::DECISIONS`].
fn compare_all(path: &str, answers: impl FnMut(&Principal, Action) -> Vec<bool>) {
    let decisions = compare(path, 0..=u8::MAX, answers);
    assert_eq!(decisions, DECISIONS, "{path}: decisions");
    println!("exhaustive {path}: {decisions} decisions");
}

/// Inserts every list of the scope.
fn table() -> (AclTable, Vec<AclId>) {
    let mut table = AclTable::new();
    let ids = SCOPE.lists.iter().map(|list| table.insert(list).unwrap()).collect();
    table.internal_validate().unwrap();
    (table, ids)
}

/// Returns the positions of the lists that are allowed.
fn positions(answers: &[bool]) -> Vec<usize> {
    (0..answers.len()).filter(|&at| answers[at]).collect()
}

#[test]
fn oracle_every_small_list_allows_as_many_decisions_as_combinatorics_say() {
    let counted: usize = (0..=u8::MAX)
        .flat_map(|roles| Action::ALL.map(|action| SCOPE.allowed(roles, action)))
        .map(|allowed| allowed.filter(|allowed| *allowed).count())
        .sum();
    assert_eq!(counted, scope::allowed_by_combinatorics());
    assert_eq!(DECISIONS, 10_957_824);
}

/// The scope asks the oracle about one role at a time. Here the oracle is asked about all roles of a
/// principal at once: exhaustively for up to two permissions, sampled for three.
#[test]
fn oracle_principal_with_many_roles_is_allowed_what_one_of_them_is() {
    let mut random = fastrand::Rng::with_seed(1);
    let mut decisions = 0;
    for (at, list) in SCOPE.lists.iter().enumerate() {
        let texts: Vec<&str> = list.iter().map(String::as_str).collect();
        let some: Vec<u8> = match list.len() {
            3 => (0..8).map(|_| random.u8(..)).collect(),
            _ => (0..=u8::MAX).collect(),
        };
        for roles in some {
            for action in Action::ALL {
                let naive = oracle::allows(&scope::roles(roles), action, &texts);
                let allowed = SCOPE.allows(at, roles, action);
                assert_eq!(allowed, naive, "{action} of {list:?} by {:?}", scope::roles(roles));
                decisions += 1;
            }
        }
    }
    assert_eq!(decisions, (821 * PRINCIPALS + 9_880 * 8) * Action::ALL.len());
}

#[test]
fn can_every_small_list_agrees_with_oracle() {
    compare_all("can", |principal, action| {
        SCOPE.lists.iter().map(|list| principal.can(action, list)).collect()
    });
}

#[test]
fn matcher_every_small_list_agrees_with_oracle() {
    compare_all("matcher", |principal, action| {
        let matcher = principal.matcher(action);
        SCOPE.lists.iter().map(|list| matcher.allows(list)).collect()
    });
}

/// Checks three paths at once: the visibility of each id, the selection of a column, and the
/// positions that the selection iterates over.
#[test]
fn table_every_small_list_agrees_with_oracle() {
    let (table, ids) = table();
    let column: AclColumn = ids.iter().copied().collect();
    compare_all("table", |principal, action| {
        let visibility = table.resolve(principal, action);
        visibility.internal_validate().unwrap();
        let selection = visibility.filter(&column);
        selection.internal_validate().unwrap();
        let answers: Vec<bool> = ids.iter().map(|id| visibility.allows(*id)).collect();
        let selected: Vec<bool> = (0..LISTS).map(|at| selection.contains(at)).collect();
        assert_eq!(selected, answers, "selection of {action} by {:?}", principal.roles());
        assert_eq!(selection.iter().collect::<Vec<_>>(), positions(&answers));
        assert_eq!(selection.count(), positions(&answers).len());
        answers
    });
}

/// Two lists share an id if and only if they allow the same roles the same actions.
#[test]
fn table_lists_of_equal_meaning_share_an_id() {
    let (table, ids) = table();
    let mut meanings: Vec<_> = (0..LISTS).map(|at| (SCOPE.meaning(at), ids[at])).collect();
    meanings.sort_unstable_by_key(|(meaning, _)| *meaning);
    for pair in meanings.windows(2) {
        let [(one, id), (other, other_id)] = pair else { unreachable!() };
        assert_eq!(id == other_id, one == other, "{:?}", table.grants(*id).unwrap().len());
    }
    meanings.dedup_by_key(|(meaning, _)| *meaning);
    assert_eq!(table.len(), meanings.len());
}

/// Checks each document by itself, the total, and the pages in both directions.
#[test]
fn index_every_small_list_agrees_with_oracle() {
    let mut index = DocumentIndex::new();
    for (at, list) in SCOPE.lists.iter().enumerate() {
        index.insert(at, list).unwrap();
    }
    compare_all("index", |principal, action| {
        let visible = index.table().resolve(principal, action);
        let answers: Vec<bool> = (0..LISTS).map(|at| index.allows(&visible, &at)).collect();
        let expected = positions(&answers);
        assert_eq!(index.count(&visible), expected.len(), "total for {:?}", principal.roles());
        assert!(index.before(&visible, None).eq(expected.iter().rev()), "{:?}", principal.roles());
        assert_eq!(pages(&index, &visible), expected, "pages for {:?}", principal.roles());
        answers
    });
}

/// Reads all pages of the visible documents, each after the last document of the page before.
fn pages(index: &DocumentIndex<usize>, visible: &Visibility) -> Vec<usize> {
    let mut read: Vec<usize> = Vec::new();
    loop {
        let last = read.last().copied();
        let page = index.after(visible, last.as_ref()).take(PAGE);
        let before = read.len();
        read.extend(page.copied());
        if read.len() < before + PAGE {
            return read;
        }
    }
}

/// Returns one principal in eight, including the principals without a role and with every role.
fn sampled_principals() -> impl Iterator<Item = u8> {
    (0..=u8::MAX).filter(|roles| roles % 8 == roles / 8 % 8)
}

#[test]
fn json_filter_sampled_principals_agree_with_oracle() {
    let document = |(at, list): (usize, &Vec<String>)| {
        serde_json::json!({ "$id": at.to_string(), "$permissions": list }).to_string()
    };
    let documents: Vec<String> = SCOPE.lists.iter().enumerate().map(document).collect();
    let input = format!("[{}]", documents.join(","));
    let decisions = compare("json", sampled_principals(), |principal, action| {
        let matcher = principal.matcher(action);
        let filter = Filter::new(&matcher).format(Format::Array);
        let (output, outcome) = filter.apply(input.as_bytes()).unwrap();
        let kept: Vec<Kept> = serde_json::from_slice(&output).unwrap();
        assert_eq!((outcome.visible(), outcome.problem_count()), (kept.len() as u64, 0));
        let mut answers = vec![false; LISTS];
        for Kept { id } in kept {
            answers[id.parse::<usize>().unwrap()] = true;
        }
        answers
    });
    assert_eq!(decisions, DECISIONS / 8);
    println!("exhaustive json: {decisions} decisions");
}

/// A document that the JSON filter has kept.
#[derive(serde::Deserialize)]
struct Kept {
    #[serde(rename = "$id")]
    id: String,
}

#[test]
fn explain_sampled_principals_agree_with_oracle() {
    let decisions = compare("explain", sampled_principals(), |principal, action| {
        SCOPE.lists.iter().map(|list| principal.explain(action, list).allowed).collect()
    });
    assert_eq!(decisions, DECISIONS / 8);
    println!("exhaustive explain: {decisions} decisions");
}

/// Each list once more in another order, with some of its permissions repeated.
#[test]
fn every_path_shuffled_list_with_repetitions_means_the_same() {
    let mut random = fastrand::Rng::with_seed(2);
    let (mut table, ids) = table();
    let mut index = DocumentIndex::new();
    for (at, list) in SCOPE.lists.iter().enumerate() {
        let mut shuffled = list.clone();
        for _ in 0..random.usize(..4) {
            shuffled.extend(random.choice(list).cloned());
        }
        random.shuffle(&mut shuffled);
        assert_eq!(table.insert(&shuffled).unwrap(), ids[at], "{shuffled:?}");
        index.insert(at, &shuffled).unwrap();
        for _ in 0..4 {
            let roles = random.u8(..);
            let principal = principal(roles);
            for action in Action::ALL {
                let expected = SCOPE.allows(at, roles, action);
                let shown = format!("{action} of {shuffled:?} by {:?}", principal.roles());
                assert_eq!(principal.can(action, &shuffled), expected, "{shown}");
                assert_eq!(principal.matcher(action).allows(&shuffled), expected, "{shown}");
                assert_eq!(principal.explain(action, &shuffled).allowed, expected, "{shown}");
            }
        }
    }
    assert_eq!(table.len(), index.table().len());
    let decisions = compare("shuffled", sampled_principals(), |principal, action| {
        let visible = index.table().resolve(principal, action);
        (0..LISTS).map(|at| index.allows(&visible, &at)).collect()
    });
    assert_eq!(decisions, DECISIONS / 8);
}

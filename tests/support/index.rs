//! A model of the index: a plain map from documents to lists. The index and the model must agree after
//! each change.

use std::collections::BTreeMap;

use rolegate::index::{DocumentIndex, IndexSnapshot};
use rolegate::{
    AclLimits, AclTable, Action, Collection, DocumentSecurity, InsertError, MalformedPermission,
    Principal, Role, TableFull, Visibility,
};

use super::model::normalized;
use super::rules::Rules;
use super::{oracle, recogniser};

type List = Vec<String>;

/// A change of an index.
#[derive(Clone, Debug)]
pub enum Change {
    Insert(u8, List),
    InsertLenient(u8, List),
    Remove(u8),
}

/// The actions that a document's permissions can grant.
const ACTIONS: [Action; 3] = [Action::Read, Action::Update, Action::Delete];

/// The number of visibilities that are kept and used again after later changes.
const KEPT: usize = 16;

/// The number of documents in a chunk, and of chunks in a node. Few documents therefore take many.
const CHUNK: usize = 4;

/// The number of snapshots that are kept and read again after later changes.
const SNAPSHOTS: usize = 2;

/// Collections that grant everything to some principals, and collections that grant nothing.
const COLLECTIONS: [(&[&str], bool); 4] = [
    (&["read(\"any\")", "delete(\"user:a\")"], true),
    (&["write(\"users\")"], false),
    (&[], true),
    (&[], false),
];

/// A principal with its roles. `None` bypasses permissions.
struct Who {
    principal: Principal,
    roles: Option<List>,
}

impl Who {
    fn roles(&self) -> Option<Vec<&str>> {
        Some(self.roles.as_ref()?.iter().map(String::as_str).collect())
    }

    fn may(&self, action: Action, list: &[String]) -> bool {
        let list: Vec<&str> = list.iter().map(String::as_str).collect();
        self.roles().is_none_or(|roles| oracle::allows(&roles, action, &list))
    }
}

/// An earlier visibility, with its principal and action.
struct Kept {
    visibility: Visibility,
    who: usize,
    action: Action,
}

/// An index, its model, and earlier visibilities.
pub struct Machine {
    index: DocumentIndex<u8>,
    documents: BTreeMap<u8, List>,
    /// Another index that gets the same changes.
    other: DocumentIndex<u8>,
    limited: bool,
    principals: Vec<Who>,
    kept: Vec<Kept>,
    /// Earlier snapshots, each with the documents at that time.
    snapshots: Vec<(IndexSnapshot<u8>, BTreeMap<u8, List>)>,
    steps: usize,
}

impl Machine {
    /// Returns an empty index for some principals, a guest, and a key that bypasses permissions.
    pub fn new(limits: AclLimits, some: impl IntoIterator<Item = Principal>) -> Self {
        let who = |principal: Principal| {
            let roles = || principal.roles().iter().map(Role::to_string).collect();
            Who { roles: (!principal.bypasses_permissions()).then(roles), principal }
        };
        let others = [Principal::guest(), Principal::key_with_bypass()];
        Self {
            index: DocumentIndex::internal_with_chunks_of(limits, CHUNK),
            documents: BTreeMap::new(),
            other: DocumentIndex::with_limits(limits),
            snapshots: Vec::new(),
            limited: limits != AclLimits::default(),
            principals: some.into_iter().chain(others).map(who).collect(),
            kept: Vec::new(),
            steps: 0,
        }
    }

    /// Returns the number of lists in the table, lists without a document included.
    pub fn lists(&self) -> usize {
        self.index.table().len()
    }

    /// Applies one change, and compares the visible documents of every principal.
    pub fn step(&mut self, change: &Change) {
        self.keep();
        self.apply(change);
        let (Change::Insert(at, _) | Change::InsertLenient(at, _) | Change::Remove(at)) = change;
        self.check(&[Some(*at), at.checked_add(1), at.checked_sub(1), None]);
    }

    /// Applies one change.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Insert(at, list) => self.insert(*at, list),
            Change::InsertLenient(at, list) => self.insert_lenient(*at, list),
            Change::Remove(at) => {
                assert_eq!(self.index.remove(at), self.documents.remove(at).is_some(), "{at}");
                self.other.remove(at);
            }
        }
    }

    fn insert(&mut self, at: u8, list: &List) {
        let inserted = self.index.insert(at, list);
        assert_eq!(self.other.insert(at, list), inserted, "{list:?}");
        let malformed = list.iter().position(|text| !recogniser::is_permission(text));
        match inserted {
            Ok(()) => {
                assert_eq!(malformed, None, "accepted: {list:?}");
                self.documents.insert(at, list.clone());
            }
            Err(InsertError::Malformed(error)) => assert_eq!(Some(error.index()), malformed),
            Err(InsertError::Full(full)) => {
                self.check_full(full, &list[..malformed.unwrap_or(list.len())]);
            }
            Err(error) => panic!("{error}"),
        }
    }

    fn insert_lenient(&mut self, at: u8, list: &List) {
        let inserted = self.index.insert_lenient(at, list);
        assert_eq!(self.other.insert_lenient(at, list), inserted, "{list:?}");
        match inserted {
            Ok(malformed) => {
                let positions: Vec<usize> =
                    malformed.iter().map(MalformedPermission::index).collect();
                let is_malformed = |&at: &usize| !recogniser::is_permission(&list[at]);
                let expected: Vec<usize> = (0..list.len()).filter(is_malformed).collect();
                assert_eq!(positions, expected, "malformed ones of {list:?}");
                self.documents.insert(at, list.clone());
            }
            Err(full) => self.check_full(full, list),
        }
    }

    /// Checks that a full table has limits, and did not refuse a list that a document has.
    fn check_full(&self, full: TableFull, list: &[String]) {
        assert!(self.limited, "{full} without limits");
        let new = normalized(list);
        let known = self.documents.values().any(|list| normalized(list) == new);
        assert!(!known, "{full}, and a document has {list:?}");
    }

    /// Keeps a visibility and a snapshot. Each call takes the next principal.
    fn keep(&mut self) {
        self.steps += 1;
        let snapshot = (self.index.snapshot(), self.documents.clone());
        if self.snapshots.len() < SNAPSHOTS {
            self.snapshots.push(snapshot);
        } else {
            self.snapshots[self.steps % SNAPSHOTS] = snapshot;
        }
        let who = self.steps % self.principals.len();
        let action = ACTIONS[self.steps / self.principals.len() % ACTIONS.len()];
        let visibility = self.index.resolve(&self.principals[who].principal, action);
        let kept = Kept { visibility, who, action };
        if self.kept.len() < KEPT {
            self.kept.push(kept);
        } else {
            self.kept[self.steps % KEPT] = kept;
        }
    }

    /// Compares the visible documents of every principal for each action: alone, in collections, by earlier
    /// visibilities, and by visibilities of another index.
    pub fn check(&self, cursors: &[Option<u8>]) {
        self.index.internal_validate().unwrap();
        assert_eq!(self.index.len(), self.documents.len());
        assert_eq!(self.index.is_empty(), self.documents.is_empty());
        for who in &self.principals {
            for action in ACTIONS {
                let visible = self.index.resolve(&who.principal, action);
                let expected = self.documents_where(|list| who.may(action, list));
                self.check_pages(&visible, &expected, cursors);
                let foreign = self.other.resolve(&who.principal, action);
                self.check_pages(&foreign, &[], cursors);
                self.check_collections(who, action, cursors);
            }
        }
        self.kept.iter().for_each(|kept| self.check_kept(kept, cursors));
        self.snapshots.iter().for_each(|(snapshot, documents)| {
            self.check_snapshot(snapshot, documents);
        });
        if self.steps.is_multiple_of(4) {
            self.check_bulk_load();
        }
    }

    /// Checks that a snapshot shows the documents of its time.
    fn check_snapshot(&self, snapshot: &IndexSnapshot<u8>, documents: &BTreeMap<u8, List>) {
        snapshot.internal_validate().unwrap();
        let keys: Vec<u8> = documents.keys().copied().collect();
        for who in &self.principals {
            let visible = snapshot.resolve(&who.principal, Action::Read);
            let sees = |at: &u8| who.may(Action::Read, &documents[at]);
            let expected: Vec<u8> = keys.iter().copied().filter(sees).collect();
            Pages { index: snapshot, keys: &keys }.check(&visible, &expected, &[None]);
        }
    }

    /// Checks that an index that is loaded at once shows the same documents.
    fn check_bulk_load(&self) {
        let mut table = AclTable::new();
        let mut load: Vec<_> = self
            .documents
            .iter()
            .map(|(at, list)| (*at, table.insert_lenient(list).unwrap().0))
            .collect();
        // The last list of a key counts, in any order of the keys.
        load.reverse();
        if let Some((at, _)) = load.last() {
            load.insert(0, (*at, table.insert(["read(\"any\")"]).unwrap()));
        }
        let index = DocumentIndex::bulk_load(table, load).unwrap();
        index.internal_validate().unwrap();
        let keys: Vec<u8> = self.documents.keys().copied().collect();
        for who in &self.principals {
            let visible = index.resolve(&who.principal, Action::Read);
            let expected = self.documents_where(|list| who.may(Action::Read, list));
            Pages { index: &index, keys: &keys }.check(&visible, &expected, &[None]);
        }
    }

    fn documents_where(&self, sees: impl Fn(&List) -> bool) -> Vec<u8> {
        self.documents.iter().filter(|(_, list)| sees(list)).map(|(at, _)| *at).collect()
    }

    fn check_collections(&self, who: &Who, action: Action, cursors: &[Option<u8>]) {
        for (permissions, document_security) in COLLECTIONS {
            let security = if document_security {
                DocumentSecurity::Enabled
            } else {
                DocumentSecurity::Disabled
            };
            let collection = Collection::new(permissions, security);
            let rules = Rules { permissions, document_security, closed: false };
            let expected = self.documents_where(|list| {
                let list: Vec<&str> = list.iter().map(String::as_str).collect();
                rules.one(who.roles().as_deref(), action, &list)
            });
            match collection.visibility(&who.principal, action, &self.index.table()) {
                Ok(visible) => self.check_pages(&visible, &expected, cursors),
                Err(_) => assert!(expected.is_empty(), "{permissions:?}: {expected:?}"),
            }
            let foreign = collection.visibility(&who.principal, action, &self.other.table());
            if let Ok(foreign) = foreign {
                self.check_pages(&foreign, &[], cursors);
            }
        }
    }

    /// Checks that an earlier visibility shows only documents that are allowed now. If it is unrestricted, it
    /// must show all documents, or none after a compaction.
    fn check_kept(&self, kept: &Kept, cursors: &[Option<u8>]) {
        let Kept { visibility, who, action } = kept;
        let shown: Vec<u8> = self.index.after(visibility, None).copied().collect();
        let allowed = self.documents_where(|list| self.principals[*who].may(*action, list));
        let denied: Vec<_> = shown.iter().filter(|at| !allowed.contains(at)).collect();
        assert!(denied.is_empty(), "{denied:?} by {visibility:?} from before");
        if visibility.is_unrestricted() {
            assert!(shown.is_empty() || shown == allowed, "{shown:?} of {allowed:?}");
        }
        self.check_pages(visibility, &shown, cursors);
    }

    fn check_pages(&self, visible: &Visibility, expected: &[u8], cursors: &[Option<u8>]) {
        let keys: Vec<u8> = self.documents.keys().copied().collect();
        Pages { index: &self.index, keys: &keys }.check(visible, expected, cursors);
    }
}

/// The pages of an index with these keys.
struct Pages<'a> {
    index: &'a IndexSnapshot<u8>,
    keys: &'a [u8],
}

impl Pages<'_> {
    /// Checks the total, each document, and the pages in both directions from each cursor.
    fn check(&self, visible: &Visibility, expected: &[u8], cursors: &[Option<u8>]) {
        let Self { index, keys } = self;
        assert_eq!(index.count(visible), expected.len(), "{visible:?}: {expected:?}");
        let odd = expected.iter().filter(|at| *at % 2 == 1).count();
        assert_eq!(index.count_where(visible, |at| at % 2 == 1), odd, "{visible:?}: {expected:?}");
        let selection = index.select(visible);
        assert!(selection.of(keys).eq(expected), "{visible:?}: {selection:?} of {expected:?}");
        for at in keys.iter().chain(cursors.iter().flatten()) {
            assert_eq!(index.allows(visible, at), expected.contains(at), "{at}: {visible:?}");
            assert_eq!(index.get(at).is_some(), keys.contains(at), "{at}");
        }
        for cursor in cursors {
            let after: Vec<u8> = expected
                .iter()
                .copied()
                .filter(|at| cursor.is_none_or(|from| *at > from))
                .collect();
            let mut before: Vec<u8> = expected
                .iter()
                .copied()
                .filter(|at| cursor.is_none_or(|from| *at < from))
                .collect();
            before.reverse();
            let cursor = cursor.as_ref();
            let shown = |which| format!("{which} {cursor:?}: {visible:?}");
            check_whole(|| index.after(visible, cursor), &after, &shown("after"));
            check_whole(|| index.before(visible, cursor), &before, &shown("before"));
        }
        self.check_page_by_page(visible, expected);
    }

    /// Reads page by page: each page starts after the last document of the page before.
    fn check_page_by_page(&self, visible: &Visibility, expected: &[u8]) {
        let (mut up, mut down): (Vec<u8>, Vec<u8>) = (Vec::new(), Vec::new());
        for _ in 0..=expected.len() / 3 {
            up.extend(self.index.after(visible, up.clone().last()).take(3));
            down.extend(self.index.before(visible, down.clone().last()).take(3));
        }
        down.reverse();
        assert_eq!((up.as_slice(), down.as_slice()), (expected, expected), "{visible:?}");
    }
}

/// Checks that an iterator gives the expected documents, in part and in whole, and is fused.
fn check_whole<'a, I: Iterator<Item = &'a u8>>(
    documents: impl Fn() -> I,
    expected: &[u8],
    shown: &str,
) {
    let half = expected.len() / 2;
    for offset in [1, half, expected.len()] {
        let rest = expected.get(offset..).unwrap_or_default();
        assert!(documents().skip(offset).eq(rest), "{shown}: from offset {offset}");
    }
    assert!(documents().take(half).eq(&expected[..half]), "{shown}: the first {half}");
    let mut all = documents();
    assert_eq!(all.by_ref().copied().collect::<Vec<_>>(), expected, "{shown}");
    assert!(all.next().is_none() && all.next().is_none(), "{shown}: after the end");
}

//! A model of the table: lists as plain maps. An [`AclTable`] and the model must agree after each
//! operation of a sequence.

use std::collections::{BTreeMap, BTreeSet};

use rolegate::{
    AclColumn, AclId, AclLimits, AclTable, Action, InsertError, MalformedPermission, Principal,
    Role, TableFull, Visibility,
};

use super::{oracle, recogniser};

type List = Vec<String>;

/// The meaning of a list: the actions that it grants to each role.
pub(super) type Normalized = BTreeMap<String, BTreeSet<Action>>;

/// An operation on a table.
#[derive(Clone, Debug)]
pub enum Operation {
    Insert(List),
    InsertLenient(List),
    /// Resolves for a holder of these roles, and keeps the visibility.
    Resolve(Vec<String>, Action),
    ListsGranting(Action, String),
    ShrinkToFit,
}

/// The reason why the model refuses a list.
#[derive(PartialEq, Eq, Debug)]
enum Refusal {
    Malformed(usize),
    Full(u32),
}

impl From<InsertError> for Refusal {
    fn from(error: InsertError) -> Self {
        match error {
            InsertError::Malformed(malformed) => Self::Malformed(malformed.index()),
            InsertError::Full(full) => full.into(),
            other => panic!("unknown error {other:?}"),
        }
    }
}

impl From<TableFull> for Refusal {
    fn from(full: TableFull) -> Self {
        Self::Full(full.limit())
    }
}

/// A table, its model, and the visibilities that were resolved so far.
pub struct Machine {
    table: AclTable,
    limits: AclLimits,
    ids: Vec<AclId>,
    lists: Vec<Normalized>,
    snapshots: Vec<Snapshot>,
}

/// A visibility, with its roles, its action, and the number of lists at the time.
struct Snapshot {
    visibility: Visibility,
    roles: Vec<String>,
    action: Action,
    lists: usize,
}

impl Machine {
    pub fn new(limits: AclLimits) -> Self {
        Self {
            table: AclTable::with_limits(limits),
            limits,
            ids: Vec::new(),
            lists: Vec::new(),
            snapshots: Vec::new(),
        }
    }

    /// Applies one operation, and compares.
    pub fn step(&mut self, operation: &Operation) {
        match operation {
            Operation::Insert(list) => self.insert(list),
            Operation::InsertLenient(list) => self.insert_lenient(list),
            Operation::Resolve(roles, action) => self.resolve(roles, *action),
            Operation::ListsGranting(action, role) => self.lists_granting(*action, role),
            Operation::ShrinkToFit => self.shrink(),
        }
        self.check_lists();
        self.table.internal_validate().unwrap();
    }

    fn insert(&mut self, list: &List) {
        let malformed = list.iter().position(|text| !recogniser::is_permission(text));
        let well_formed = &list[..malformed.unwrap_or(list.len())];
        let expected = self.expected(well_formed, malformed);
        let inserted = self.table.insert(list).map_err(Refusal::from);
        self.compare(list, expected, inserted);
    }

    fn insert_lenient(&mut self, list: &List) {
        let expected = self.expected(list, None);
        let inserted = self.table.insert_lenient(list).map_err(Refusal::from);
        let id = inserted.map(|(id, malformed)| {
            let positions: Vec<usize> = malformed.iter().map(MalformedPermission::index).collect();
            let is_malformed = |&at: &usize| !recogniser::is_permission(&list[at]);
            let expected: Vec<usize> = (0..list.len()).filter(is_malformed).collect();
            assert_eq!(positions, expected, "malformed ones of {list:?}");
            id
        });
        self.compare(list, expected, id);
    }

    /// Returns the meaning of a list, or the reason why it is refused. Permissions are read in order, up
    /// to the first malformed one. The limits are tested after each permission.
    fn expected(&self, list: &[String], malformed: Option<usize>) -> Result<Normalized, Refusal> {
        let new = normalized(list);
        let mut roles = self.roles();
        for role in list.iter().filter_map(|text| role_of(text)) {
            roles.insert(role.to_owned());
            let bytes: usize = roles.iter().map(String::len).sum();
            within(roles.len(), self.limits.roles)?;
            within(bytes, self.limits.role_bytes)?;
        }
        if let Some(at) = malformed {
            return Err(Refusal::Malformed(at));
        }
        if !self.lists.contains(&new) {
            within(self.lists.len() + 1, self.limits.lists)?;
            let grants: usize = self.lists.iter().map(Normalized::len).sum();
            within(grants + new.len(), self.limits.grants)?;
        }
        Ok(new)
    }

    fn compare(
        &mut self,
        list: &List,
        expected: Result<Normalized, Refusal>,
        inserted: Result<AclId, Refusal>,
    ) {
        let (new, id) = match (expected, inserted) {
            (Ok(new), Ok(id)) => (new, id),
            (Err(expected), Err(refusal)) => return assert_eq!(refusal, expected, "{list:?}"),
            (expected, inserted) => panic!("{list:?}: {inserted:?}, the model: {expected:?}"),
        };
        if let Some(known) = self.lists.iter().position(|known| *known == new) {
            assert_eq!(id, self.ids[known], "{list:?} is already there");
        } else {
            assert!(!self.ids.contains(&id), "{list:?} is new");
            self.ids.push(id);
            self.lists.push(new);
        }
    }

    fn resolve(&mut self, roles: &[String], action: Action) {
        let principal = Principal::parse_roles(roles).unwrap();
        let visibility = self.table.resolve(&principal, action);
        let lists = self.lists.len();
        self.snapshots.push(Snapshot { visibility, roles: roles.to_vec(), action, lists });
    }

    fn lists_granting(&self, action: Action, role: &str) {
        let role = Role::parse(role).unwrap();
        let ids: Vec<AclId> = self.table.lists_granting(action, &role).collect();
        let grants =
            |list: &Normalized| list.get(role.as_str()).is_some_and(|a| a.contains(&action));
        let expected =
            self.ids.iter().zip(&self.lists).filter(|(_, list)| grants(list)).map(|(id, _)| *id);
        let expected: Vec<AclId> = expected.collect();
        assert!(
            expected.iter().all(|id| ids.contains(id)),
            "{role} {action}: {ids:?}, the model: {expected:?}"
        );
        assert_eq!(ids.len(), expected.len(), "{role} {action}: each once: {ids:?}");
    }

    fn shrink(&mut self) {
        let before = self.table.memory();
        self.table.shrink_to_fit();
        assert!(self.table.memory() <= before);
    }

    /// Compares the number of lists, and the roles. This is the cheap part, done after each step.
    fn check_lists(&self) {
        assert_eq!(self.table.len(), self.lists.len());
        assert_eq!(self.table.is_empty(), self.lists.is_empty());
        let roles: Vec<String> = self.table.roles().map(|role| role.to_string()).collect();
        let distinct: BTreeSet<String> = roles.iter().cloned().collect();
        assert_eq!(roles.len(), distinct.len(), "each role once: {roles:?}");
        assert_eq!(distinct, self.roles(), "roles that lists name");
    }

    /// Compares the meaning of each list, and each visibility with the lists at its time.
    pub fn finish(&self) {
        for (id, list) in self.ids.iter().zip(&self.lists) {
            let grants = self.table.grants(*id).unwrap();
            let grants: Normalized = grants
                .map(|grant| (grant.role.to_string(), grant.actions.iter().collect()))
                .collect();
            assert_eq!(&grants, list);
        }
        let column: AclColumn = self.ids.iter().copied().collect();
        for snapshot in &self.snapshots {
            self.check_snapshot(snapshot, &column);
        }
    }

    fn check_snapshot(&self, snapshot: &Snapshot, column: &AclColumn) {
        let Snapshot { visibility, roles, action, lists } = snapshot;
        visibility.internal_validate().unwrap();
        let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
        let sees = |list: &Normalized| {
            let texts = printed(list);
            oracle::allows(&roles, *action, &texts.iter().map(String::as_str).collect::<Vec<_>>())
        };
        let expected: Vec<bool> =
            self.lists.iter().enumerate().map(|(at, list)| at < *lists && sees(list)).collect();
        let allowed: Vec<bool> = self.ids.iter().map(|&id| visibility.allows(id)).collect();
        assert_eq!(allowed, expected, "{roles:?} {action} of {lists} lists");
        let positions: Vec<usize> = (0..expected.len()).filter(|&at| expected[at]).collect();
        assert_eq!(visibility.filter(column).iter().collect::<Vec<_>>(), positions);
        let ids: Vec<AclId> = positions.iter().map(|&at| self.ids[at]).collect();
        assert_eq!(visibility.lists().unwrap().collect::<Vec<_>>(), ids);
        assert_eq!(visibility.is_none(), ids.is_empty());
        assert!(!visibility.is_unrestricted());
    }

    fn roles(&self) -> BTreeSet<String> {
        self.lists.iter().flat_map(BTreeMap::keys).cloned().collect()
    }
}

fn within(len: usize, limit: u32) -> Result<(), Refusal> {
    if len > limit as usize { Err(Refusal::Full(limit)) } else { Ok(()) }
}

fn role_of(text: &str) -> Option<&str> {
    recogniser::split_permission(text)
        .map(|(_, role)| role)
        .filter(|role| recogniser::is_role(role))
}

pub(super) fn normalized(list: &[String]) -> Normalized {
    let mut grants = Normalized::new();
    for text in list.iter().filter(|text| recogniser::is_permission(text)) {
        let (verb, role) = recogniser::split_permission(text).unwrap();
        let stands_for = |action: &Action| {
            verb == action.as_str() || (verb == "write" && *action != Action::Read)
        };
        let actions = Action::ALL.into_iter().filter(stands_for);
        grants.entry(role.to_owned()).or_default().extend(actions);
    }
    grants
}

fn printed(list: &Normalized) -> List {
    let of_role = |(role, actions): (&String, &BTreeSet<Action>)| {
        actions.iter().map(|action| format!("{action}(\"{role}\")")).collect::<List>()
    };
    list.iter().flat_map(of_role).collect()
}

//! The target `table_operations`: a sequence of operations, compared with a plain map.

use arbitrary::{Arbitrary, Unstructured};
use rolegate::{AclLimits, Action};

use crate::support::model::{Machine, Operation};

/// The maximum number of operations: 64. One input then takes little time.
const MAX_OPERATIONS: usize = 64;

/// Applies the operations in `data` to a table and to its model, twice. The two must agree.
///
/// The second time, the table has most lists, and remembers the texts of some.
pub fn table_operations(data: &[u8]) {
    let mut bytes = Unstructured::new(data);
    let Ok(limits) = bytes.arbitrary::<Limits>() else { return };
    let mut machine = Machine::new(limits.into());
    let steps = bytes.arbitrary_iter::<Step>().unwrap().take(MAX_OPERATIONS);
    let operations: Vec<Operation> = steps.map_while(Result::ok).map(Operation::from).collect();
    for operation in operations.iter().chain(&operations) {
        machine.step(operation);
    }
    machine.finish();
}

/// The limits of a table. Most tables have no limits, and the other limits are small enough to be reached.
#[derive(Arbitrary, Debug)]
pub(crate) struct Limits {
    lists: Option<u8>,
    roles: Option<u8>,
    grants: Option<u8>,
    role_bytes: Option<u8>,
}

impl From<Limits> for AclLimits {
    fn from(limits: Limits) -> Self {
        let mut all = Self::default();
        let set = |limit: &mut u32, value: Option<u8>| *limit = value.map_or(*limit, u32::from);
        set(&mut all.lists, limits.lists);
        set(&mut all.roles, limits.roles);
        set(&mut all.grants, limits.grants);
        set(&mut all.role_bytes, limits.role_bytes);
        all
    }
}

#[derive(Arbitrary, Debug)]
enum Step {
    Insert(Vec<Text>),
    InsertLenient(Vec<Text>),
    Resolve(Vec<Name>, Verb),
    ListsGranting(Verb, Name),
    ShrinkToFit,
}

#[derive(Arbitrary, Debug)]
pub(crate) enum Verb {
    Create,
    Read,
    Update,
    Delete,
}

/// A permission, or any text.
#[derive(Arbitrary, Debug)]
pub(crate) enum Text {
    Permission(Verb, Name),
    Write(Name),
    Any(String),
}

/// A role from a small set.
#[derive(Arbitrary, Debug)]
pub(crate) enum Name {
    Any,
    Users,
    User(u8),
    Team(u8),
    TeamRole(u8, u8),
}

impl From<&Verb> for Action {
    fn from(verb: &Verb) -> Self {
        match verb {
            Verb::Create => Self::Create,
            Verb::Read => Self::Read,
            Verb::Update => Self::Update,
            Verb::Delete => Self::Delete,
        }
    }
}

impl From<&Name> for String {
    fn from(name: &Name) -> Self {
        match name {
            Name::Any => "any".into(),
            Name::Users => "users".into(),
            Name::User(id) => format!("user:u{id}"),
            Name::Team(id) => format!("team:t{id}"),
            Name::TeamRole(id, role) => format!("team:t{id}/r{}", role % 4),
        }
    }
}

impl From<&Text> for String {
    fn from(text: &Text) -> Self {
        match text {
            Text::Permission(verb, name) => {
                format!("{}(\"{}\")", Action::from(verb), Self::from(name))
            }
            Text::Write(name) => format!("write(\"{}\")", Self::from(name)),
            Text::Any(text) => text.clone(),
        }
    }
}

impl From<Step> for Operation {
    fn from(step: Step) -> Self {
        match step {
            Step::Insert(list) => Self::Insert(list.iter().map(String::from).collect()),
            Step::InsertLenient(list) => {
                Self::InsertLenient(list.iter().map(String::from).collect())
            }
            Step::Resolve(roles, verb) => {
                Self::Resolve(roles.iter().map(String::from).collect(), Action::from(&verb))
            }
            Step::ListsGranting(verb, name) => {
                Self::ListsGranting(Action::from(&verb), (&name).into())
            }
            Step::ShrinkToFit => Self::ShrinkToFit,
        }
    }
}

//! The small scope: its roles, its lists, and the decisions of the oracle.

use std::sync::LazyLock;

use rolegate::{Action, Principal};

use crate::support::oracle;

/// One role of each kind, with `team:t` and `team:t/owner`, and with both verifications.
const ROLES: [&str; 8] = [
    "any",
    "guests",
    "users/verified",
    "user:a/unverified",
    "team:t",
    "team:t/owner",
    "member:m",
    "label:l",
];

const VERBS: [&str; 5] = ["read", "create", "update", "delete", "write"];

/// The number of permissions: each verb with each role.
const PERMISSIONS: usize = VERBS.len() * ROLES.len();

/// The number of sets of up to three permissions.
pub const LISTS: usize = sets_of_up_to_three(PERMISSIONS);

/// The number of sets of roles.
pub const PRINCIPALS: usize = 1 << ROLES.len();

/// The number of decisions: 10,957,824.
pub const DECISIONS: usize = LISTS * PRINCIPALS * Action::ALL.len();

/// Returns C(n, 0) + C(n, 1) + C(n, 2) + C(n, 3).
const fn sets_of_up_to_three(n: usize) -> usize {
    let pairs = n * n.saturating_sub(1) / 2;
    1 + n + pairs + pairs * n.saturating_sub(2) / 3
}

/// Every list, with the roles that the oracle allows each action.
pub struct Scope {
    pub lists: Vec<Vec<String>>,
    /// Per list and action: one bit per role, set if the oracle allows a holder of that role alone.
    allowed: Vec<[u8; 4]>,
}

pub static SCOPE: LazyLock<Scope> = LazyLock::new(Scope::new);

impl Scope {
    fn new() -> Self {
        let lists = lists();
        let allowed = lists.iter().map(|list| Action::ALL.map(|action| bits(list, action)));
        Self { allowed: allowed.collect(), lists }
    }

    /// Returns `true` if the oracle allows a list to a holder of some roles.
    pub fn allows(&self, list: usize, roles: u8, action: Action) -> bool {
        self.allowed[list][column(action)] & roles != 0
    }

    /// Returns the oracle's answers for every list.
    pub fn allowed(&self, roles: u8, action: Action) -> impl Iterator<Item = bool> + Clone {
        let column = column(action);
        self.allowed.iter().map(move |allowed| allowed[column] & roles != 0)
    }

    /// Returns the meaning of a list: the roles that the list allows each action.
    pub fn meaning(&self, list: usize) -> [u8; 4] {
        self.allowed[list]
    }
}

fn column(action: Action) -> usize {
    Action::ALL.iter().position(|each| *each == action).unwrap()
}

/// Asks the oracle about each role by itself.
fn bits(list: &[String], action: Action) -> u8 {
    let texts: Vec<&str> = list.iter().map(String::as_str).collect();
    let allowed = |at: &usize| oracle::allows(&ROLES[*at..=*at], action, &texts);
    (0..ROLES.len()).filter(allowed).fold(0, |bits, at| bits | 1 << at)
}

/// Returns every set of up to three permissions. The position of a set identifies it.
fn lists() -> Vec<Vec<String>> {
    let permission = |at: usize| {
        let (verb, role) = (VERBS[at / ROLES.len()], ROLES[at % ROLES.len()]);
        format!("{verb}(\"{role}\")")
    };
    let mut lists = vec![vec![]];
    for first in 0..PERMISSIONS {
        lists.push(vec![permission(first)]);
        for second in first + 1..PERMISSIONS {
            lists.push(vec![permission(first), permission(second)]);
            let thirds = second + 1..PERMISSIONS;
            lists.extend(thirds.map(|third| [first, second, third].map(permission).to_vec()));
        }
    }
    assert_eq!(lists.len(), LISTS);
    lists
}

/// Returns the roles of a set.
pub fn roles(set: u8) -> Vec<&'static str> {
    (0..ROLES.len()).filter(|at| set >> at & 1 != 0).map(|at| ROLES[at]).collect()
}

/// Returns a holder of exactly the roles of a set.
pub fn principal(set: u8) -> Principal {
    let principal = Principal::parse_roles(roles(set)).unwrap();
    assert_eq!(principal.roles().len(), set.count_ones() as usize);
    principal
}

/// Returns the number of allowed decisions, from counting alone.
///
/// For a principal with `k` roles, `k` permissions allow read. Each other action is allowed by `2 * k`
/// permissions: those with its own verb, and those with `write`. A list denies an action if none of its
/// permissions allows it.
pub fn allowed_by_combinatorics() -> usize {
    let allowed = |permissions| LISTS - sets_of_up_to_three(PERMISSIONS - permissions);
    (0..=u8::MAX)
        .map(|set| set.count_ones() as usize)
        .map(|roles| allowed(roles) + 3 * allowed(2 * roles))
        .sum()
}

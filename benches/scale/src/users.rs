//! The users of a table of figures.

use fastrand::Rng;
use rolegate::{Action, Principal};

use crate::workload::{TEAMS, Workload, permissions};

/// The users of one kind: the user of the warm figures, and other users for the cold figures.
pub struct Users {
    /// The name of the kind in the table of figures.
    pub name: String,
    /// The user with the median number of visible lists of all users of the kind.
    pub warm: User,
    /// Other users of the kind, or the same user again if there is only one.
    pub cold: Vec<User>,
}

/// A user, and the lists that its roles may read.
pub struct User {
    pub principal: Principal,
    /// One entry for each list: `true` if [`Principal::can`] allows reading it.
    pub allowed: Vec<bool>,
}

/// The numbers of roles of the users.
const ROLES: [usize; 3] = [12, 200, 1_000];
/// The number of other users of each kind, so that no cold repetition asks for the same user twice.
const COLD: usize = 25;

impl Users {
    /// Draws the users of each kind. A user has the roles `any` and `users`, its own role, and random teams.
    /// The last kind has one user, a member of the largest team.
    pub fn draw(workload: &Workload) -> Vec<Self> {
        let mut kinds: Vec<Self> = ROLES.iter().map(|&roles| Self::with(roles, workload)).collect();
        let mut rng = Rng::with_seed(0x006c_6172_6765);
        let largest = |rng: &mut Rng| principal(rng, workload.users, 12, Some(0));
        let first = largest(&mut rng);
        let again = User::new(first.clone(), workload);
        kinds.push(Self {
            name: "12 roles with the largest team".into(),
            warm: User::new(first, workload).checked(workload),
            cold: vec![again],
        });
        kinds
    }

    fn with(roles: usize, workload: &Workload) -> Self {
        let mut rng = Rng::with_seed(0x0075_7365_7273 + roles as u64);
        let mut users: Vec<User> = (0..=COLD)
            .map(|_| User::new(principal(&mut rng, workload.users, roles, None), workload))
            .collect();
        users.sort_by_key(User::lists);
        let warm = users.remove(users.len() / 2).checked(workload);
        // The order of the cold users has nothing to do with what they see.
        rng.shuffle(&mut users);
        Self { name: format!("{roles} roles"), warm, cold: users }
    }
}

impl User {
    /// Asks [`Principal::can`] once for each team.
    fn new(principal: Principal, workload: &Workload) -> Self {
        let teams: Vec<bool> = (0..TEAMS)
            .map(|team| principal.can(Action::Read, permissions(team, u32::MAX)))
            .collect();
        let lists = 0..workload.lists() as u32;
        let allowed = lists.map(|list| teams[workload.team(list) as usize]).collect();
        Self { principal, allowed }
    }

    /// Asks [`Principal::can`] again for every list, which must give the same answers.
    fn checked(self, workload: &Workload) -> Self {
        for (list, &allowed) in self.allowed.iter().enumerate() {
            let text = workload.text(list as u32);
            assert_eq!(self.principal.can(Action::Read, &text), allowed, "{text:?}");
        }
        self
    }

    /// Returns the number of visible lists.
    pub fn lists(&self) -> usize {
        self.allowed.iter().filter(|allowed| **allowed).count()
    }
}

fn principal(rng: &mut Rng, users: u32, roles: usize, team: Option<u32>) -> Principal {
    let mut texts: Vec<String> =
        ["any".into(), "users".into(), format!("user:u{}", rng.u32(..users))].into();
    texts.extend(team.map(|team| format!("team:t{team}")));
    while texts.len() < roles {
        let team = format!("team:t{}", rng.u32(..TEAMS));
        if !texts.contains(&team) {
            texts.push(team);
        }
    }
    Principal::parse_roles(&texts).expect("well-formed roles")
}

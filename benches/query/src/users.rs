//! The users of the figures.

use fastrand::Rng;
use rolegate::{Action, Principal};

use crate::workload::{TEAMS, Workload};

/// The documents on a page.
pub const PAGE: usize = 25;
/// The numbers of roles of the users.
const ROLES: [usize; 4] = [10, 100, 500, 1_000];
/// The number of users of a kind that are drawn. The one with the median number of visible documents is used.
const DRAWN: usize = 25;

/// A user, and the answers that every statement must give.
pub struct User {
    /// The name in the tables of figures.
    pub name: String,
    /// The number of roles, or `None` for a user that no target names.
    pub roles: Option<usize>,
    pub principal: Principal,
    /// The ids of the newest visible documents, in descending order.
    pub page: Vec<i64>,
    /// The number of visible documents.
    pub total: i64,
}

impl User {
    /// Draws the users. A user has the roles `any` and `users`, its own role, and random teams. The last user is a
    /// member of the largest team.
    pub fn draw(workload: &Workload) -> Vec<Self> {
        let median = ROLES.map(|roles| {
            let mut rng = Rng::with_seed(0x0071_7565_7279 + roles as u64);
            let mut drawn: Vec<Teams> = (0..DRAWN).map(|_| Teams::draw(&mut rng, roles)).collect();
            drawn.sort_by_cached_key(|teams| teams.documents(workload));
            let teams = drawn.swap_remove(DRAWN / 2);
            Self::new(format!("{roles} roles"), Some(roles), &teams.0, &mut rng, workload)
        });
        let mut rng = Rng::with_seed(0x006c_6172_6765);
        let mut teams = Teams::draw(&mut rng, ROLES[0]).0;
        teams[0] = 0;
        let name = format!("{} roles with the largest team", ROLES[0]);
        let largest = Self::new(name, None, &teams, &mut rng, workload);
        median.into_iter().chain([largest]).collect()
    }

    /// Asks [`Principal::can`] for each list.
    fn new(
        name: String,
        roles: Option<usize>,
        teams: &[u32],
        rng: &mut Rng,
        workload: &Workload,
    ) -> Self {
        let own = format!("user:u{}", rng.u32(..workload.users));
        let teams = teams.iter().map(|team| format!("team:t{team}"));
        let texts: Vec<String> =
            ["any".into(), "users".into(), own].into_iter().chain(teams).collect();
        let principal = Principal::parse_roles(&texts).expect("well-formed roles");
        let allowed: Vec<bool> = (0..workload.lists() as u32)
            .map(|list| principal.can(Action::Read, workload.text(list)))
            .collect();
        // Ids begin at 1.
        let visible: Vec<i64> = (1..)
            .zip(&workload.documents)
            .filter(|(_, list)| allowed[**list as usize])
            .map(|(id, _)| id)
            .collect();
        let page = visible.iter().rev().take(PAGE).copied().collect();
        let total = i64::try_from(visible.len()).expect("positions have 32 bits");
        Self { name, roles, principal, page, total }
    }
}

/// The teams of a user.
struct Teams(Vec<u32>);

impl Teams {
    /// Draws distinct teams for a user with this number of roles.
    fn draw(rng: &mut Rng, roles: usize) -> Self {
        let others = 3;
        let mut teams = Vec::new();
        while teams.len() < roles - others {
            let team = rng.u32(1..TEAMS);
            if !teams.contains(&team) {
                teams.push(team);
            }
        }
        Self(teams)
    }

    /// Returns the number of documents that one of the teams may read.
    fn documents(&self, workload: &Workload) -> usize {
        let mut chosen = vec![false; TEAMS as usize];
        for &team in &self.0 {
            chosen[team as usize] = true;
        }
        let lists = workload.documents.iter();
        lists.filter(|list| chosen[workload.team(**list) as usize]).count()
    }
}

/// Prints what each user may read.
pub fn describe(users: &[User]) {
    println!("\n| user | visible documents |\n| --- | --- |");
    for user in users {
        println!("| {} | {} |", user.name, user.total);
    }
}

#[cfg(test)]
mod tests {
    use super::{PAGE, User};
    use crate::workload::{Sharing, Workload};

    #[test]
    fn users_have_the_roles_of_their_name_and_sorted_pages() {
        let workload = Workload::new(20_000, Sharing::Shared(5_000));
        let users = User::draw(&workload);
        for user in &users {
            assert_eq!(user.page.len(), PAGE.min(usize::try_from(user.total).unwrap()));
            assert!(user.page.is_sorted_by(|newer, older| newer > older));
            assert!(user.principal.roles().len() == user.roles.unwrap_or(10), "{}", user.name);
        }
        let totals: Vec<i64> = users.iter().map(|user| user.total).collect();
        assert!(totals.is_sorted_by(|fewer, more| fewer < more), "{totals:?}");
    }
}

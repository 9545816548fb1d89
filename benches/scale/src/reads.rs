//! Totals and pages, warm and cold.

use rolegate::Action;

use crate::clock::{Sweeper, median, warm, worst};
use crate::documents::Documents;
use crate::expected::{Expected, after, at_offset, before, check_all};
use crate::figures::Figures;
use crate::format::TIME;
use crate::subject::Index;
use crate::users::{User, Users};

/// The number of cursors of warm pages.
const CURSORS: usize = 16;
/// The number of calls of a cold figure.
const COLD: usize = 25;

/// Users with the answers that they must get.
pub struct Answers<'u> {
    kinds: Vec<(&'u Users, Expected, Vec<Expected>)>,
}

impl<'u> Answers<'u> {
    /// Computes the answers of every user.
    pub fn new(documents: &Documents, users: &'u [Users]) -> Self {
        let kinds = users.iter().map(|users| {
            let warm = Expected::new(documents, &users.warm, CURSORS);
            let cold = users.cold.iter().map(|user| Expected::new(documents, user, 1)).collect();
            (users, warm, cold)
        });
        Self { kinds: kinds.collect() }
    }

    /// Asserts that the index gives every user these answers.
    pub fn check(&self, index: &Index) {
        for (users, warm, cold) in &self.kinds {
            warm.check(index, &users.warm);
            users.cold.iter().zip(cold).for_each(|(user, cold)| cold.check(index, user));
        }
    }

    /// Asserts that the index lists exactly the visible documents to each user of a warm figure.
    pub fn check_all(&self, documents: &Documents, index: &Index) {
        for (users, ..) in &self.kinds {
            check_all(documents, index, &users.warm);
        }
    }

    /// Describes the users of the warm figures.
    pub fn describe(&self) {
        println!("| user | visible lists | visible documents |\n| --- | --- | --- |");
        for (Users { name, warm, .. }, expected, _) in &self.kinds {
            println!("| {name} | {} | {} |", warm.lists(), expected.total);
        }
        println!();
    }

    /// Measures a total and pages of each user. Each answer is checked first.
    pub fn measure(&self, index: &Index, sweeper: &Sweeper, figures: &mut Figures) {
        self.check(index);
        for (users, expected, cold_expected) in &self.kinds {
            measure_warm(&users.name, &users.warm, expected, index, figures);
            let cold = users.cold.iter().zip(cold_expected).cycle().take(COLD).collect();
            Cold { name: &users.name, users: cold, index, sweeper }.measure(figures);
        }
    }

    /// Measures a total and the first page of each user after churn.
    pub fn measure_churned(&self, index: &Index, figures: &mut Figures) {
        self.check(index);
        for (Users { name, warm: user, .. }, ..) in &self.kinds {
            let visible = index.table().resolve(&user.principal, Action::Read);
            let mut row = |what: &str, time| {
                figures.insert(format!("after churn, {what}, {name}"), TIME, time);
            };
            row("total", warm(|_| index.count(&visible)));
            row("first page", warm(|_| after(index, &visible, None)));
        }
    }
}

fn measure_warm(
    name: &str,
    user: &User,
    expected: &Expected,
    index: &Index,
    figures: &mut Figures,
) {
    let resolve = || index.table().resolve(&user.principal, Action::Read);
    let (visible, cursors) = (resolve(), expected.keys());
    let mut row = |what: &str, time| figures.insert(format!("{what}, {name}, warm"), TIME, time);
    row("resolve", warm(|_| resolve()));
    row("resolve + total", warm(|_| index.count(&resolve())));
    row("first page, ascending", warm(|_| after(index, &visible, None)));
    row("first page, descending", warm(|_| before(index, &visible, None)));
    let cursor = |call: usize| cursors.get(call % cursors.len());
    row("page after a cursor", warm(|call| after(index, &visible, cursor(call))));
    row("page before a cursor", warm(|call| before(index, &visible, cursor(call))));
    for &(offset, _) in &expected.offsets {
        let time = warm(|_| at_offset(index, &visible, offset));
        row(&format!("page at offset {offset}"), time);
    }
    let listing = || {
        let visible = resolve();
        (after(index, &visible, None), index.count(&visible))
    };
    row("resolve + first page + total", warm(|_| listing()));
}

/// The cold figures of one kind of users. Each call is for another user and follows a sweep of the caches.
struct Cold<'a> {
    name: &'a str,
    users: Vec<(&'a User, &'a Expected)>,
    index: &'a Index,
    sweeper: &'a Sweeper,
}

impl Cold<'_> {
    fn measure(&self, figures: &mut Figures) {
        let (index, sweeper) = (self.index, self.sweeper);
        let resolve = |user: &User| index.table().resolve(&user.principal, Action::Read);
        let time = |user: &User, _: &Expected| sweeper.cold(|| index.count(&resolve(user)));
        self.row("resolve + total", time, figures);
        let time = |user: &User, _: &Expected| {
            let visible = resolve(user);
            sweeper.cold(|| after(index, &visible, None))
        };
        self.row("first page, ascending", time, figures);
        let time = |user: &User, expected: &Expected| {
            let (visible, cursors) = (resolve(user), expected.keys());
            sweeper.cold(|| after(index, &visible, cursors.first()))
        };
        self.row("page after a cursor", time, figures);
        let time = |user: &User, _: &Expected| {
            sweeper.cold(|| {
                let visible = resolve(user);
                (after(index, &visible, None), index.count(&visible))
            })
        };
        self.row("resolve + first page + total", time, figures);
    }

    fn row(&self, what: &str, time: impl Fn(&User, &Expected) -> f64, figures: &mut Figures) {
        let times: Vec<f64> =
            self.users.iter().map(|(user, expected)| time(user, expected)).collect();
        figures.insert(format!("{what}, {}, cold", self.name), TIME, median(&times));
        let slowest = format!("{what}, {}, cold, slowest of {COLD}", self.name);
        figures.insert(slowest, TIME, worst(&times));
    }
}

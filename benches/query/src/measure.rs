//! Checks and times the statements of one database.

use rolegate::query::sql::Dialect;

use crate::Result;
use crate::clock::{median, once};
use crate::database::Database;
use crate::statement::Statement;
use crate::users::User;
use crate::way::Way;

/// The figures of one database.
pub struct Measured {
    /// The name and the version of the database.
    pub title: String,
    pub dialect: Dialect,
    /// One figure for each user and way.
    pub figures: Vec<Figure>,
}

/// The times of one user and one way, in nanoseconds, with one entry for each round.
pub struct Figure {
    pub user: String,
    pub roles: Option<usize>,
    pub way: Way,
    pub page: Vec<f64>,
    pub total: Vec<f64>,
    /// The plans of the two statements, if the target is missed.
    pub plans: Vec<Vec<String>>,
    statements: [Statement; 2],
}

impl Figure {
    /// Returns the times of the page and the total together.
    pub fn both(&self) -> Vec<f64> {
        self.page.iter().zip(&self.total).map(|(page, total)| page + total).collect()
    }
}

impl Measured {
    /// Returns the time of the other way for the same user, divided by the time of a figure.
    pub fn ratio(&self, figure: &Figure, other: Way) -> Option<f64> {
        let same = |found: &&Figure| found.user == figure.user && found.way == other;
        let other = self.figures.iter().find(same)?;
        Some(median(&other.both()) / median(&figure.both()))
    }

    /// Returns the ratio to the peer and the target of a figure, if there are any.
    pub fn target(&self, figure: &Figure) -> Option<(f64, f64)> {
        let target = figure.way.target(self.dialect, figure.roles?)?;
        Some((self.ratio(figure, figure.way.peer()?)?, target))
    }
}

/// Checks all answers, and times the ways in turn as often as `rounds` says.
pub fn measure(database: &mut dyn Database, users: &[User], rounds: usize) -> Result<Measured> {
    let (title, dialect) = (database.title()?, database.dialect());
    let mut figures = Vec::new();
    for user in users {
        for &way in Way::of(dialect) {
            figures.push(check(database, user, way)?);
        }
    }
    for round in 0..rounds {
        // Another way begins in each round.
        for position in 0..figures.len() {
            let at = (position + round) % figures.len();
            time(database, &mut figures[at])?;
        }
        eprintln!("{title}: round {} of {rounds} is done", round + 1);
    }
    let mut measured = Measured { title, dialect, figures };
    explain_misses(database, &mut measured)?;
    Ok(measured)
}

/// Compares the answers of a way with the expected ones.
fn check(database: &mut dyn Database, user: &User, way: Way) -> Result<Figure> {
    let dialect = database.dialect();
    let statements = [way.page(dialect, &user.principal)?, way.total(dialect, &user.principal)?];
    let [page, total] = &statements;
    let found = (database.integers(page)?, database.integers(total)?);
    assert_eq!(found, (user.page.clone(), vec![user.total]), "{dialect}, {}, {way:?}", user.name);
    Ok(Figure {
        user: user.name.clone(),
        roles: user.roles,
        way,
        page: Vec::new(),
        total: Vec::new(),
        plans: Vec::new(),
        statements,
    })
}

fn time(database: &mut dyn Database, figure: &mut Figure) -> Result<()> {
    let [page, total] = &figure.statements;
    for (statement, times) in [(page, &mut figure.page), (total, &mut figure.total)] {
        let (time, answer) = once(|| database.integers(statement));
        answer?;
        times.push(time);
    }
    Ok(())
}

/// Asks for the plans of the ways whose target is missed, and of their peers.
fn explain_misses(database: &mut dyn Database, measured: &mut Measured) -> Result<()> {
    let missed = measured
        .figures
        .iter()
        .filter(|figure| measured.target(figure).is_some_and(|(ratio, target)| ratio < target));
    let mut explained: Vec<(String, Way)> = Vec::new();
    for figure in missed {
        let ways = [Some(figure.way), figure.way.peer()].into_iter().flatten();
        explained.extend(ways.map(|way| (figure.user.clone(), way)));
    }
    for figure in &mut measured.figures {
        if explained.contains(&(figure.user.clone(), figure.way)) {
            for statement in &figure.statements {
                figure.plans.push(database.explain(statement)?);
            }
        }
    }
    Ok(())
}

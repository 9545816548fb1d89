//! The times of a plan, and of the text and bind values of a condition.

use rolegate::query::sql::Dialect;
use rolegate::{Action, Collection, DocumentSecurity};

use crate::Result;
use crate::clock::warm;
use crate::format::TIME;
use crate::users::User;
use crate::way::Way;

/// The times that are targets for 1,000 roles, in nanoseconds.
const PLAN: f64 = 1_000.0;
const CONDITION: f64 = 40_000.0;

/// Prints the times for the user with the most roles.
pub fn print(users: &[User]) -> Result<()> {
    let user = users.iter().max_by_key(|user| user.roles).ok_or("no user")?;
    let collection = Collection::without_permissions(DocumentSecurity::Enabled);
    println!("\n## Before the database\n\nFor {}.\n", user.name);
    println!("| figure | time | target | |\n| --- | --- | --- | --- |");
    let plan = warm(|_| collection.plan(&user.principal, Action::Read));
    row("`Collection::plan`", plan, PLAN);
    let plan = collection.plan(&user.principal, Action::Read)?;
    for dialect in [Dialect::Sqlite, Dialect::Postgres, Dialect::MariaDb] {
        for &way in Way::of(dialect) {
            if let Some(layout) = way.layout(dialect)? {
                let time = warm(|_| layout.condition(&plan, 1));
                row(&format!("text and binds, {dialect}, {}", way.name()), time, CONDITION);
            }
        }
    }
    Ok(())
}

fn row(name: &str, time: f64, target: f64) {
    let result = if time <= target { "met" } else { "missed" };
    println!("| {name} | {} | {} | {result} |", TIME(time, 2), TIME(target, 2));
}

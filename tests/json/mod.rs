//! The JSON filter: its output, its report, and its errors.

mod detection;
mod errors;
mod limits;
mod properties;
mod rules;
mod spellings;
mod strategies;
mod streams;

use rolegate::json::{Error, Filter, FilterReport, Format};
use rolegate::{Action, Matcher, Principal};

/// The documents of Appwrite's guide.
const BIRTHDAYS: &str = include_str!("../../examples/birthdays.json");

fn matcher(roles: &[&str]) -> Matcher {
    Principal::parse_roles(roles).unwrap().matcher(Action::Read)
}

fn user_a() -> Matcher {
    matcher(&["any", "users", "user:user-a"])
}

fn bypass() -> Matcher {
    Principal::key_with_bypass().matcher(Action::Read)
}

/// Filters JSON for user-a.
fn seen(input: &str) -> Result<(String, FilterReport), Error> {
    seen_as(Format::Detect, input)
}

fn seen_as(format: Format, input: &str) -> Result<(String, FilterReport), Error> {
    let matcher = user_a();
    let (output, report) = Filter::new(&matcher).format(format).apply(input.as_bytes())?;
    Ok((String::from_utf8(output).unwrap(), report))
}

/// Returns the output for user-a.
fn text(input: &str) -> String {
    seen(input).unwrap_or_else(|error| panic!("{input}: {error}")).0
}

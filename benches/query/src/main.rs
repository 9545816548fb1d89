//! The figures of conditions in databases, beside Appwrite's own conditions.
//!
//! ```text
//! rolegate-query-bench [documents=N] [rounds=N] [databases=sqlite,postgres,mariadb]
//! ```

#![allow(unreachable_pub, reason = "a program has no public interface")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench that cannot go on says so and stops"
)]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures are rounded, and positions have 32 bits"
)]

mod arguments;
#[allow(dead_code, reason = "the index at scale uses the rest")]
#[path = "../../scale/src/clock.rs"]
mod clock;
mod database;
mod figures;
#[allow(dead_code, reason = "the report uses the rest")]
#[path = "../../report/src/format.rs"]
mod format;
mod measure;
mod prepare;
mod rows;
#[allow(
    dead_code,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the tests of databases use the rest, and a server that does not start ends the bench"
)]
#[path = "../../../tests/databases/src/servers/mod.rs"]
mod servers;
mod statement;
mod tables;
mod users;
mod way;
#[allow(dead_code, reason = "the index at scale uses the rest")]
#[path = "../../scale/src/workload.rs"]
mod workload;

use std::error::Error;
use std::process::ExitCode;

use arguments::Options;
use users::User;
use workload::{Sharing, Workload};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The lists of which documents draw one at random. With 250,000 documents, about 91,800 lists are drawn.
const LISTS: usize = 100_000;

fn run(arguments: &[&str]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let workload = Workload::new(options.documents, Sharing::Shared(LISTS));
    let users = User::draw(&workload);
    rows::describe(&workload);
    users::describe(&users);
    prepare::print(&users)?;
    for name in &options.databases {
        let mut database = name.start()?;
        tables::fill(database.as_mut(), &workload)?;
        figures::print(&measure::measure(database.as_mut(), &users, options.rounds)?);
    }
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

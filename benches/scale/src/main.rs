//! The figures of the index at scale, and their chart.
//!
//! ```text
//! rolegate-scale table [documents=N] [lists=half|shared:N] [runs=N] [churn=yes|no]
//! rolegate-scale points FILE [largest=N]
//! rolegate-scale chart FILE SVG
//! ```
//!
//! `table` prints a table of figures. `points` measures the points of the chart and writes them to a file.
//! `chart` draws them.

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
mod chart;
mod churn;
mod clock;
mod documents;
mod expected;
mod figures;
#[allow(dead_code, reason = "the report uses the rest")]
#[path = "../../report/src/format.rs"]
mod format;
mod points;
mod reads;
mod saved;
mod subject;
mod table;
mod users;
mod workload;
mod writes;

use std::error::Error;
use std::process::ExitCode;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const USAGE: &str =
    "usage: rolegate-scale table [documents=N] [lists=half|shared:N] [runs=N] [churn=yes|no]
       rolegate-scale points FILE [largest=N]
       rolegate-scale chart FILE SVG";

fn run(arguments: &[&str]) -> Result<()> {
    match *arguments {
        ["table", ref options @ ..] => {
            table::print(&arguments::Options::parse(options)?);
            Ok(())
        }
        ["points", file] => points::measure(file, points::LARGEST),
        ["points", file, option] => points::measure(file, arguments::largest(option)?),
        ["chart", file, svg] => chart::write(file, svg),
        _ => Err(USAGE.into()),
    }
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

//! The times of events and changes among many connections.
//!
//! ```text
//! times [connections=N] [rounds=N]
//! ```

#![allow(unreachable_pub, reason = "a program has no public interface")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a bench that cannot go on says so and stops"
)]

mod changes;
mod churn;
mod loads;
mod reads;
mod unfavourable;
mod writes;

use std::io;
use std::process::ExitCode;

use reads::Reads;
use rolegate_audience_bench::Result;
use rolegate_audience_bench::arguments::Options;
use rolegate_audience_bench::clients::clients;
use rolegate_audience_bench::clock::Sweeper;
use rolegate_audience_bench::figures::Figures;
use rolegate_audience_bench::ways::Ways;

/// The bytes that are read before a cold call: 1 GB, which is more than the largest cache.
const SWEPT: usize = 1 << 30;

fn run(options: &Options) -> Result<()> {
    let sweeper = Sweeper::with_bytes(SWEPT);
    let sizes = [100, 10, 1].map(|part| options.connections / part);
    let mut all = sizes.map(|count| {
        let mut ways = Ways::new(clients(count));
        let reads = Reads::new(count);
        reads.check(&mut ways);
        (count, ways, reads)
    });
    let changes = changes::pairs(options.connections);
    changes::check(&changes, &mut all[2].1);
    let mut shapes = unfavourable::Shapes::new(options.connections);
    eprintln!("all ways give the same receivers");

    let mut figures = Figures::default();
    for round in 1..=options.rounds {
        loads::measure(&mut figures);
        for (count, ways, reads) in &mut all {
            reads.measure_users(*count, ways, &mut figures);
        }
        for (count, ways, _) in &mut all {
            writes::measure(*count, ways, &mut figures);
        }
        let [_, _, (count, large, reads)] = &mut all;
        reads.measure_teams(large, &sweeper, &mut figures);
        reads.measure_all(large, &mut figures);
        changes::measure(&changes, large, &mut figures);
        shapes.measure(&mut figures);
        churn::measure(*count, large, &mut figures);
        writes::measure_pauses(*count, &mut figures);
        eprintln!("round {round} of {} is done", options.rounds);
    }
    figures.write(&mut io::stdout())?;
    Ok(())
}

fn main() -> ExitCode {
    match Options::parse(std::env::args().skip(1)).and_then(|options| run(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

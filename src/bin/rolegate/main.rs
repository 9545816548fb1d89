//! The command line: `rolegate filter`, `query`, `explain`, `lint` and `roles`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line prints")]

mod args;
mod caller;
mod collection;
mod credentials;
mod documents;
mod explain;
mod failure;
mod filter;
mod input;
mod lint;
mod object;
mod output;
mod progress;
mod query;
mod roles;
mod style;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{Args, Command};
use failure::{Failure, Status};
use output::print;

fn main() -> ExitCode {
    let status = match run(Args::parse().command) {
        Ok(status) => status,
        Err(failure) => failure.report(),
    };
    status.into()
}

fn run(command: Command) -> Result<Status, Failure> {
    match command {
        Command::Filter(args) => filter::run(&args),
        Command::Query(args) => query::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Lint(args) => lint::run(&args),
        Command::Roles(args) => roles::run(&args),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Args::command(), "rolegate", &mut script);
            print(&script)
        }
        Command::Man { command } => manual(command.as_deref()),
    }
}

fn manual(of: Option<&str>) -> Result<Status, Failure> {
    let mut command = Args::command();
    command.build();
    if let Some(name) = of {
        let Some(subcommand) = command.find_subcommand(name) else {
            let commands: Vec<&str> =
                command.get_subcommands().map(clap::Command::get_name).collect();
            let (name, commands) = (name.escape_debug(), commands.join(", "));
            let message = format!("unknown command `{name}`; the commands are {commands}");
            return Err(Failure::new(message));
        };
        command = subcommand.clone();
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    print(&page)
}

//! The command `rolegate`, run as a process.

mod caller;
mod explain;
mod filter;
mod lint;
mod query;

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

const BIRTHDAYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/birthdays.json");
const USER_A: &str = "any,users,user:user-a";

/// The output and exit status of a run.
struct Run {
    status: i32,
    out: String,
    err: String,
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolegate"));
    command.args(args).env_remove("ROLEGATE_JWT_SECRET").stdin(Stdio::null());
    command
}

fn run(args: &[&str]) -> Run {
    finished(command(args).output().unwrap())
}

fn run_with_secret(args: &[&str], secret: &str) -> Run {
    finished(command(args).env("ROLEGATE_JWT_SECRET", secret).output().unwrap())
}

/// Runs with a text on the standard input.
fn run_on(input: &str, args: &[&str]) -> Run {
    let mut command = command(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    finished(output)
}

fn finished(output: Output) -> Run {
    Run {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Writes a file that no other test writes, and returns its path.
fn file(name: &str, text: &str) -> String {
    static FILES: AtomicUsize = AtomicUsize::new(0);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let number = FILES.fetch_add(1, Ordering::Relaxed);
    let folder = folder.join(format!("{}-{number}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.into_os_string().into_string().unwrap()
}

#[test]
fn arguments_of_wrong_usage_end_with_2() {
    for args in [
        &[][..],
        &["show"],
        &["filter"],
        &["filter", "--guest", "--roles", "any"],
        &["filter", "--guest", "--action", "write"],
        &["filter", "--guest", "--format", "xml"],
        &["filter", "--jwt", "a.b.c"],
        &["filter", "--api-key", "standard_a"],
        &["filter", "--guest", "--users", "users.json"],
        &["query", "--guest"],
        &["query", "--dialect", "qdrant"],
        &["query", "--dialect", "mysql", "--layout", "acl", "--guest"],
        &["explain", "--guest"],
        &["roles"],
        &["man", "show"],
        &["completions", "basic"],
    ] {
        let run = run(args);
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{args:?}");
        assert!(!run.err.is_empty(), "{args:?}");
    }
}

#[test]
fn manual_page_of_unknown_command_names_the_commands() {
    let unknown = run(&["man", "show\u{1b}"]);
    let message =
        "unknown command `show\\u{1b}`; the commands are filter, query, explain, lint, roles, ";
    assert!(unknown.err.contains(message), "{}", unknown.err);
}

#[test]
fn help_completions_and_manual_pages_print_on_standard_output() {
    for (args, expected) in [
        (&["--help"][..], "filter"),
        (&["filter", "--help"], "--roles <ROLE,ROLE>"),
        (&["query", "--help"], "rolegate query --dialect postgres --layout column"),
        (&["--version"], concat!("rolegate ", env!("CARGO_PKG_VERSION"))),
        (&["completions", "bash"], "complete -F _rolegate"),
        (&["completions", "zsh"], "#compdef rolegate"),
        (&["completions", "fish"], "complete -c rolegate"),
        (&["man"], ".SH SUBCOMMANDS"),
        (&["man", "filter"], "max\\-document"),
        (&["man", "query"], "first\\-placeholder"),
    ] {
        let run = run(args);
        assert_eq!((run.status, run.err.as_str()), (0, ""), "{args:?}");
        assert!(run.out.contains(expected), "{args:?}: {}", run.out);
    }
}

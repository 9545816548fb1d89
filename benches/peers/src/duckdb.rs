//! DuckDB 2.0, by its Python package, as a child process that runs `duckdb_tables.py`.
//!
//! The script has the tables, the statement, and the source of their form. It measures by itself, so that no time
//! is spent on passing answers between processes.
//!
//! Prepared: the database in memory, its statistics and the parsed statement. Timed: planning and running the
//! statement with the roles as a parameter, until the positions are an array of numpy.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::data::{Data, Document};
use crate::{Engine, PAGE};

/// The variable with the path of a Python that has the packages of `requirements.txt`.
pub const PYTHON: &str = "ROLEGATE_PYTHON";

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/duckdb_tables.py");

/// A database in a child process.
pub struct DuckDb {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// The form of the tables.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tables {
    /// A row for each permission, with the number of its role.
    Rows,
    /// A row for each role, with a list of the documents that it may read.
    Lists,
}

impl DuckDb {
    /// Fills the database.
    #[must_use]
    pub fn new(data: &Data, tables: Tables) -> Self {
        Self::start(data, tables, usize::MAX)
    }

    /// Fills the database, for pages.
    #[must_use]
    pub fn page(data: &Data, tables: Tables) -> Self {
        Self::start(data, tables, PAGE)
    }

    fn start(data: &Data, tables: Tables, limit: usize) -> Self {
        let python = env::var_os(PYTHON).expect("ROLEGATE_PYTHON is set");
        let tables = match tables {
            Tables::Rows => "rows",
            Tables::Lists => "lists",
        };
        let mut command = Command::new(python);
        command.args([SCRIPT, tables, &limit.to_string()]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("ROLEGATE_PYTHON is a program");
        let requests = child.stdin.take().expect("a pipe");
        let answers = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut duckdb = Self { child, requests, answers };
        let rows: String = (0..).zip(&data.documents).map(rows).collect();
        duckdb.send(&[&data.caller.roles.join(","), "\n", &rows, "\n"].concat());
        duckdb
    }

    fn send(&mut self, text: &str) {
        self.requests.write_all(text.as_bytes()).expect("the script runs");
        self.requests.flush().expect("the script runs");
    }

    fn ask(&mut self, request: &str) -> String {
        self.send(request);
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("the script writes text");
        assert!(answer.ends_with('\n'), "the script has ended");
        answer
    }
}

/// Returns a row for each permission of a document.
fn rows((number, document): (u32, &Document)) -> String {
    let row = |permission: &String| {
        let (action, role) = permission.split_once("(\"").expect("an action and a role");
        let role = role.strip_suffix("\")").expect("a role in quotes");
        format!("{action},{role},{number}\n")
    };
    document.permissions.iter().map(row).collect()
}

impl Engine for DuckDb {
    fn visible(&mut self) -> Vec<usize> {
        let answer = self.ask("answer\n");
        answer.split_whitespace().map(|number| number.parse().expect("a number")).collect()
    }

    fn time(&mut self, runs: u64) -> Duration {
        let answer = self.ask(&format!("time {runs}\n"));
        Duration::from_nanos(answer.trim().parse().expect("nanoseconds"))
    }
}

impl Drop for DuckDb {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

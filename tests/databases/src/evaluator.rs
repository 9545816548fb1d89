//! Databases and evaluators in other languages, as child processes: [`Evaluator`].
//!
//! A request is one line of JSON, and so is an answer: `{"ok": VALUE}` or `{"error": TEXT}`.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

pub(crate) struct Evaluator {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Evaluator {
    /// Starts one of the stores of `stores.py`.
    pub(crate) fn python(store: &str) -> Self {
        let installed = installed();
        let mut command = Command::new(installed.join("python/bin/python"));
        command.arg(installed.join("stores.py")).arg(store);
        Self::start(command)
    }

    /// Starts one of the stores of `stores.mjs`.
    pub(crate) fn node(store: &str) -> Self {
        let mut command = Command::new("node");
        command.arg(installed().join("stores.mjs")).arg(store);
        Self::start(command)
    }

    fn start(mut command: Command) -> Self {
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child =
            spawned.unwrap_or_else(|error| panic!("{command:?}: {error}; run tests/databases/run"));
        let requests = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Self { child, requests, answers }
    }

    /// Sends a request, and returns the answer.
    pub(crate) fn ask(&mut self, request: &Value) -> Result<Value, String> {
        let mut line = request.to_string();
        line.push('\n');
        self.requests.write_all(line.as_bytes()).unwrap();
        self.requests.flush().unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap_or_else(|error| {
            panic!("the evaluator has ended, or wrote no JSON: {error}: {answer}")
        });
        match answer.get("error").and_then(Value::as_str) {
            Some(error) => Err(error.to_owned()),
            None => Ok(answer["ok"].clone()),
        }
    }
}

impl Drop for Evaluator {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the folder where `run` installs packages.
fn installed() -> PathBuf {
    let folder = env::var_os("ROLEGATE_DATABASES").map(PathBuf::from);
    folder.unwrap_or_else(|| panic!("ROLEGATE_DATABASES is not set; run tests/databases/run"))
}

//! Servers that live as long as the tests that use them.

mod mariadb;
mod postgres;

pub use mariadb::MariaDbServer;
pub use postgres::PostgresServer;

use std::fs::File;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use tempfile::TempDir;

/// The user that a server runs as. Servers refuse to run as root.
#[derive(Clone, Copy)]
struct Account(Option<(u32, u32)>);

impl Account {
    /// Returns this account if the tests run as root, and the account of the tests otherwise.
    fn named(name: &str) -> Self {
        let number = |arguments: &[&str]| -> u32 {
            let output = Command::new("id").args(arguments).output().unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            text.trim()
                .parse()
                .unwrap_or_else(|_| panic!("there is no user {name}; run tests/databases/run"))
        };
        if number(&["-u"]) != 0 {
            return Self(None);
        }
        Self(Some((number(&["-u", name]), number(&["-g", name]))))
    }

    /// Creates a folder that belongs to the account.
    fn folder(self) -> TempDir {
        let folder = tempfile::Builder::new().prefix("rolegate-").tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        if let Some((user, group)) = self.0 {
            chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        folder
    }

    /// Returns a command that runs as the account. Its output goes to a file in the folder.
    fn command(self, program: &Path, folder: &TempDir) -> Command {
        let log = File::options().create(true).append(true).open(log(folder)).unwrap();
        let mut command = Command::new(program);
        command.current_dir(folder.path()).stdin(Stdio::null());
        command.stderr(log.try_clone().unwrap()).stdout(log);
        if let Some((user, group)) = self.0 {
            command.uid(user).gid(group);
        }
        command
    }
}

fn log(folder: &TempDir) -> PathBuf {
    folder.path().join("log")
}

/// Runs a command to its end.
fn finish(mut command: Command, folder: &TempDir) {
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        status.success(),
        "{command:?}: {status}\n{}",
        fs::read_to_string(log(folder)).unwrap()
    );
}

/// The time that a server may take to start.
const START: Duration = Duration::from_secs(60);

/// Waits until a server accepts connections.
fn wait(child: &mut Child, folder: &TempDir, mut is_ready: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_ready() {
        let ended = child.try_wait().unwrap();
        assert!(
            ended.is_none() && begin.elapsed() < START,
            "the server has not started: {ended:?}\n{}",
            fs::read_to_string(log(folder)).unwrap()
        );
        thread::sleep(Duration::from_millis(50));
    }
}

/// Returns the path of a program, from the folders or the search path.
fn program(name: &str, folders: &[PathBuf], package: &str) -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = folders.iter().cloned().chain(env::split_paths(&path));
    let mut programs = folders.map(|folder| folder.join(name));
    programs.find(|program| program.is_file()).unwrap_or_else(|| {
        panic!("{name} is not installed; install the package {package}, or run tests/databases/run")
    })
}

/// Returns the server that other tests use at the moment, or starts one.
fn shared<T>(server: &Mutex<Weak<T>>, start: impl FnOnce() -> T) -> Arc<T> {
    let mut server = server.lock().unwrap_or_else(PoisonError::into_inner);
    server.upgrade().unwrap_or_else(|| {
        let started = Arc::new(start());
        *server = Arc::downgrade(&started);
        started
    })
}

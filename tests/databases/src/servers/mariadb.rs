//! A MariaDB server: [`MariaDbServer`].

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::{Arc, Mutex, Weak};

use tempfile::TempDir;

use super::{Account, finish, program, shared, wait};

/// A server without settings, in a temporary folder. It accepts connections on a socket only.
pub struct MariaDbServer {
    socket: PathBuf,
    process: Child,
    _folder: TempDir,
}

static SERVER: Mutex<Weak<MariaDbServer>> = Mutex::new(Weak::new());

impl MariaDbServer {
    /// Returns the server that other tests use at the moment, or starts one.
    pub fn shared() -> Arc<Self> {
        shared(&SERVER, Self::start)
    }

    fn start() -> Self {
        let account = Account::named("mysql");
        let folder = account.folder();
        let (data, socket) = (folder.path().join("data"), folder.path().join("socket"));
        let mut install = account.command(&binary("mariadb-install-db"), &folder);
        install.arg("--no-defaults").arg(argument("--datadir=", &data));
        install.args(["--auth-root-authentication-method=normal", "--skip-test-db"]);
        finish(install, &folder);

        let mut server = account.command(&binary("mariadbd"), &folder);
        server.arg("--no-defaults").arg(argument("--datadir=", &data));
        server.arg(argument("--socket=", &socket));
        server.arg(argument("--pid-file=", &folder.path().join("pid")));
        server.args([
            "--skip-networking",
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-buffer-pool-size=64M",
        ]);
        let mut process = server.spawn().unwrap();
        wait(&mut process, &folder, || UnixStream::connect(&socket).is_ok());
        Self { socket, process, _folder: folder }
    }

    pub fn socket(&self) -> &Path {
        &self.socket
    }
}

fn argument(name: &str, path: &Path) -> String {
    format!("{name}{}", path.display())
}

fn binary(name: &str) -> PathBuf {
    program(name, &[PathBuf::from("/usr/sbin")], "mariadb-server")
}

impl Drop for MariaDbServer {
    fn drop(&mut self) {
        // Nothing of the folder is used again.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

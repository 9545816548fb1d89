//! A PostgreSQL server: [`PostgresServer`].

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::Child;
use std::sync::{Arc, Mutex, Weak};

use postgres::{Client, NoTls};
use tempfile::TempDir;

use super::{Account, finish, program, shared, wait};

/// A server with an empty cluster in a temporary folder.
pub struct PostgresServer {
    account: Account,
    folder: TempDir,
    process: Child,
    port: u16,
}

static SERVER: Mutex<Weak<PostgresServer>> = Mutex::new(Weak::new());

impl PostgresServer {
    /// Returns the server that other tests use at the moment, or starts one.
    pub fn shared() -> Arc<Self> {
        shared(&SERVER, Self::start)
    }

    fn start() -> Self {
        let account = Account::named("postgres");
        let folder = account.folder();
        let data = folder.path().join("data");
        let mut init = account.command(&binary("initdb"), &folder);
        init.arg("-D").arg(&data).args([
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync",
        ]);
        // The default collation is that of a language, not of bytes.
        init.args(["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en"]);
        finish(init, &folder);

        let port =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let mut server = account.command(&binary("postgres"), &folder);
        server.arg("-D").arg(&data).args(["-p", &port.to_string()]);
        for setting in [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "max_parallel_workers_per_gather=0",
            "jit=off",
        ] {
            server.args(["-c", setting]);
        }
        let mut process = server.spawn().unwrap();
        let url = format!("{} dbname=postgres", url(port));
        wait(&mut process, &folder, || Client::connect(&url, NoTls).is_ok());
        Self { account, folder, process, port }
    }

    /// Returns the parameters of a connection, without the name of a database.
    pub fn url(&self) -> String {
        url(self.port)
    }
}

fn url(port: u16) -> String {
    format!("host=127.0.0.1 port={port} user=postgres")
}

/// Returns the path of a program of the newest version that is installed.
fn binary(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<u32> =
        versions.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    versions.sort_unstable_by(|one, other| other.cmp(one));
    let folders =
        versions.iter().map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")));
    program(name, &folders.collect::<Vec<_>>(), "postgresql")
}

impl Drop for PostgresServer {
    /// Stops the server with all its processes.
    fn drop(&mut self) {
        let mut stop = self.account.command(&binary("pg_ctl"), &self.folder);
        stop.arg("-D").arg(self.folder.path().join("data")).args(["-m", "immediate", "stop"]);
        if stop.status().is_ok_and(|status| status.success()) {
            let _ = self.process.wait();
        } else {
            let _ = self.process.kill();
        }
    }
}

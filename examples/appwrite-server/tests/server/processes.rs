//! The server as a process: its start, its log and its end.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use appwrite_server::Server;
use rolegate::auth::Secret;
use rolegate::auth::http::encode_session;
use serde_json::Value;

use crate::host::{ALL, BACKEND, Host, PROJECT, SECRET, directory};
use crate::limits::ENDLESS;

/// The log of this process.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Log;

impl Write for Log {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        LOG.lock().unwrap().write(text)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn request_whose_client_has_gone_is_logged() {
    tracing_subscriber::fmt().with_ansi(false).with_writer(|| Log).init();
    let file = directory("logged").join("data.db");
    let host = Host::open(&file);
    let path = format!("{ALL}/ac5fc866ad1e");
    // The request waits for this transaction, and no client waits for the request.
    let other = rusqlite::Connection::open(&file).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let request = host.ask("DELETE", &path, &[BACKEND], Value::Null);
    assert!(tokio::time::timeout(Duration::from_millis(50), request).await.is_err());
    other.execute_batch("ROLLBACK").unwrap();
    while host.get(&path, &[BACKEND]).await.status == 200 {}
    host.get("/v1/none", &[BACKEND]).await.refused(404, "general_route_not_found");
    let log = || String::from_utf8(LOG.lock().unwrap().clone()).unwrap();
    let says = |texts: [&str; 3], line: &str| texts.iter().all(|text| line.contains(text));
    let no_route = |line: &str| says(["/v1/none", " status=404 ", "standard key `Backend`"], line);
    assert!(log().lines().any(no_route), "{}", log());
    let logged =
        |line: &str| says(["/ac5fc866ad1e", " status=204 ", "standard key `Backend`"], line);
    let until = SystemTime::now() + Duration::from_secs(5);
    while !log().lines().any(logged) {
        assert!(SystemTime::now() < until, "{}", log());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A link is another name of the same file.
#[test]
fn file_in_use_is_refused() {
    let directory = directory("one-file");
    let [file, link, hard] = ["data.db", "link.db", "hard.db"].map(|name| directory.join(name));
    let dotted = directory.join("../one-file/data.db");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let open =
        |path| Server::open(Some(path), "", Secret::new(SECRET).unwrap(), Default::default());
    let first = open(&link).unwrap();
    fs::hard_link(&file, &hard).unwrap();
    for path in [&file, &link, &hard, &dotted] {
        assert!(open(path).err().unwrap().to_string().contains("in use"));
    }
    drop(first);
    open(&file).unwrap();
    let first = open(&hard).unwrap();
    assert!(open(&file).err().unwrap().to_string().contains("in use"));
    drop(first);
}

#[test]
fn failed_start_names_the_option_to_change() {
    let directory = directory("no-start");
    fs::write(directory.join("bad.sql"), "no SQL").unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap().to_string();
    let start = |arguments: &[&str], secret| {
        let mut server = Command::new(env!("CARGO_BIN_EXE_appwrite-server"));
        server.args(["--listen", &taken]).args(arguments).env("APPWRITE_SERVER_SECRET", secret);
        server.env("RUST_BACKTRACE", "0");
        let output = server.current_dir(&directory).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    for (arguments, secret, what, hint) in [
        (&["--db", "none/x.db"] as &[_], "s", "none/x.db", "--db"),
        (&["--seed", "none.sql"], "s", "none.sql", "--seed"),
        (&["--seed", "bad.sql"], "s", "syntax error", "--seed"),
        (&[], "", "secret", "APPWRITE_SERVER_SECRET"),
        (&["--db", ":memory:"], "s", &taken, "--listen"),
        (&["--db", "file:x.db?mode=memory"], "s", &taken, "--listen"),
    ] {
        let message = start(arguments, secret);
        assert!(message.contains(what) && message.contains(hint), "{message}");
        assert!(!message.contains("Some(") && !message.contains("None"), "{message}");
        assert!(
            message.starts_with("Error: could not ") && message.lines().count() <= 5,
            "{message}"
        );
    }
    // These names are files, although SQLite could read them as URIs. No other file was created.
    let kept: BTreeSet<_> =
        fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let names = ["bad.sql", ":memory:", "file:x.db?mode=memory"];
    assert_eq!(kept, names.iter().map(OsString::from).collect());
}

/// Starts a server with more than the birthdays, and returns its log and its address.
fn start(name: &str, more: &str) -> (Child, Lines<BufReader<ChildStdout>>, String) {
    let seed = directory(name).join("seed.sql");
    fs::write(&seed, format!("{}{more}", include_str!("../../seed.sql"))).unwrap();
    let mut server = Command::new(env!("CARGO_BIN_EXE_appwrite-server"));
    server.args(["--listen", "127.0.0.1:0", "--seed"]).arg(&seed).stdout(Stdio::piped());
    let mut server = server.spawn().unwrap();
    let mut log = BufReader::new(server.stdout.take().unwrap()).lines();
    let listens = log.next().unwrap().unwrap();
    let address = listens.split("http://").nth(1).unwrap().strip_suffix("/v1").unwrap().to_owned();
    (server, log, address)
}

/// Threads hash in the memory of the turns: 4 times 19 MiB, besides the memory of an idle server.
#[test]
fn many_logins_take_little_memory() {
    let (mut server, _log, address) = start("logins", "");
    let body = r#"{"email":"a@example.com","password":"x"}"#;
    let request = format!(
        "POST /v1/account/sessions/email HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let logins: Vec<_> = std::iter::repeat_with(|| {
        let mut client = TcpStream::connect(&address).unwrap();
        client.write_all(request.as_bytes()).unwrap();
        client
    })
    .take(48)
    .collect();
    for mut client in logins {
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    }
    let status = fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kilobytes: u32 = peak.trim().strip_suffix(" kB").unwrap().parse().unwrap();
    assert!(kilobytes < 200_000, "{kilobytes} kB");
}

/// Requests have two seconds and their threads one more.
#[test]
fn server_that_stops_gives_up_searches() {
    for method in ["GET", "POST"] {
        let (mut server, mut log, address) = start(&format!("stops-{method}"), ENDLESS);
        let mut client = TcpStream::connect(address).unwrap();
        write!(
            client,
            "{method} {ALL} HTTP/1.1\r\nhost: x\r\n{}: {}\r\n{}: {}\r\n\r\n",
            BACKEND.0, BACKEND.1, PROJECT.0, PROJECT.1
        )
        .unwrap();
        std::thread::sleep(Duration::from_millis(500));
        let asked = SystemTime::now();
        assert!(Command::new("kill").arg(server.id().to_string()).status().unwrap().success());
        assert!(server.wait().unwrap().success());
        let took = asked.elapsed().unwrap();
        assert!(took < Duration::from_secs(4), "{took:?}");
        assert!(log.any(|line| line.unwrap().contains(" status=408 ")), "it is logged");
    }
}

/// The deadline of 8 seconds also applies to receiving the body.
#[test]
fn body_that_does_not_end_is_refused() {
    let (mut server, _log, address) = start("slow", "");
    let mut client = TcpStream::connect(address).unwrap();
    write!(client, "POST {ALL} HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{{").unwrap();
    let asked = SystemTime::now();
    client.set_read_timeout(Some(Duration::from_secs(12))).unwrap();
    let mut answer = [0; 12];
    client.read_exact(&mut answer).unwrap();
    let took = asked.elapsed().unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!(answer, *b"HTTP/1.1 408", "{took:?}");
    assert!(took > Duration::from_secs(7) && took < Duration::from_secs(10), "{took:?}");
}

/// The log names guests, their sessions, and refused headers. It has no secret.
#[test]
fn log_names_guests_and_refused_headers() {
    let (mut server, mut log, address) = start("log-of-headers", "");
    let session = encode_session("user-z", "a-secret");
    let cookies = format!("cookie: a_session_birthdays={session}\r\n");
    let jwts = "x-appwrite-jwt: some-token\r\n".repeat(2);
    for (headers, path, status, who) in [
        (&cookies, ALL, 200, "guest: unknown user (user `user-z`)"),
        (&jwts, ALL, 400, "refused: repeated header `X-Appwrite-JWT`; send it once"),
        (&jwts, "/v1/nothing", 404, "refused: repeated header `X-Appwrite-JWT`; send it once"),
    ] {
        let mut client = TcpStream::connect(&address).unwrap();
        write!(client, "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n")
            .unwrap();
        client.read_to_string(&mut String::new()).unwrap();
        let line = log.next().unwrap().unwrap();
        assert!(line.contains(&format!(" status={status} who=\"{who}\"")), "{line}");
        assert!(![&*session, "a-secret", "some-token"].iter().any(|secret| line.contains(secret)));
    }
    server.kill().unwrap();
    server.wait().unwrap();
}

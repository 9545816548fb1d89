//! Connects 5,000 clients to a server in another process, creates 200 documents a second, and checks that each event
//! reaches each of its receivers exactly once. `load/realtime` builds and runs it.
//!
//! The latency of an event counts from the time at which its document should have been created, so that a slow
//! server is not measured less often.

use std::env::temp_dir;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use futures_util::{SinkExt, StreamExt, TryStreamExt, stream};
use rolegate::auth::http::encode_session;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{ClientRequestBuilder, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

const CONNECTIONS: usize = 5000;
/// The teams, with 100 connections each. An event is for one team.
const TEAMS: usize = 50;
const EVENTS: usize = 2000;
/// The time between two events: 5 ms.
const PACE: Duration = Duration::from_millis(5);
/// The HTTP connections that create documents, and the WebSockets that are opened at once.
const WRITERS: usize = 4;
const OPENED_AT_ONCE: usize = 64;
/// The buffer of a client: 4 KiB. The default of 128 KiB would take 640 MB.
const READ_BUFFER: usize = 4 << 10;
/// The time for the last events to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// The server, which ends with this value.
struct Server {
    process: Child,
    directory: PathBuf,
    address: String,
}

/// What the clients received.
struct Tally {
    start: Instant,
    /// For each connection, one bit for each event of its team.
    seen: Vec<AtomicU64>,
    /// The events that came twice, or to a connection of another team.
    wrong: AtomicU64,
    microseconds: Mutex<Vec<u64>>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let server = Server::start()?;
    let before = server.memory()?;
    let open = (0..CONNECTIONS).map(|number| connect(&server.address, number));
    let opened = Instant::now();
    let sockets: Vec<Socket> = stream::iter(open).buffered(OPENED_AT_ONCE).try_collect().await?;
    let opened = opened.elapsed();
    let idle = server.memory()?;
    let tally = Arc::new(Tally {
        start: Instant::now() + Duration::from_millis(200),
        seen: (0..CONNECTIONS).map(|_| AtomicU64::new(0)).collect(),
        wrong: AtomicU64::new(0),
        microseconds: Mutex::default(),
    });
    for (number, socket) in sockets.into_iter().enumerate() {
        tokio::spawn(receive(Arc::clone(&tally), number, socket));
    }
    let writers = (0..WRITERS).map(|writer| write(&server.address, tally.start, writer));
    futures_util::future::try_join_all(writers).await?;
    let written = tally.start.elapsed();
    let expected = EVENTS * CONNECTIONS / TEAMS;
    tally.wait(expected).await;
    tally.check(expected)?;
    let after = server.memory()?;
    println!("| | |\n| --- | --- |");
    println!("| connections, opened in | {CONNECTIONS}, {:.1} s |", opened.as_secs_f64());
    println!("| events, created in | {EVENTS}, {:.1} s |", written.as_secs_f64());
    println!("| deliveries, each exactly once | {expected} |");
    for (name, share) in [("median", 0.5), ("99th percentile", 0.99), ("longest", 1.0)] {
        println!("| latency, {name} | {:.1} ms |", tally.latency(share) / 1000.0);
    }
    for (name, now) in [("before the events", idle), ("after the events", after)] {
        let each = now.saturating_sub(before) as f64 / CONNECTIONS as f64 / 1024.0;
        println!("| memory of the server for each connection, {name} | {each:.1} KiB |");
    }
    Ok(())
}

impl Server {
    fn start() -> Result<Self> {
        let path = std::env::var("SERVER").context("SERVER must be the path of the server")?;
        let directory = temp_dir().join(format!("realtime-{}", std::process::id()));
        fs::create_dir(&directory)?;
        fs::write(directory.join("seed.sql"), seed()?)?;
        let log = File::create(directory.join("log"))?;
        let mut command = Command::new(path);
        command.args(["--listen", "127.0.0.1:0", "--seed"]).arg(directory.join("seed.sql"));
        let process = command.stdout(log).spawn()?;
        let mut server = Self { process, directory, address: String::new() };
        let until = Instant::now() + PATIENCE;
        while server.address.is_empty() {
            ensure!(Instant::now() < until, "the server has not started");
            std::thread::sleep(Duration::from_millis(20));
            let log = fs::read_to_string(server.directory.join("log"))?;
            let found =
                log.split_once("listening on http://").and_then(|it| it.1.split_once("/v1"));
            server.address = found.map(|(address, _)| address.to_owned()).unwrap_or_default();
        }
        Ok(server)
    }

    /// Returns the bytes of memory in use.
    fn memory(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        Ok(kilobytes.context("the server has ended")?.trim().parse::<u64>()? * 1024)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// Returns SQL for one user with a session for each connection, each in a team.
fn seed() -> Result<String> {
    let digest = |secret: &str| -> String {
        Sha256::digest(secret).iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let scopes = r#"["documents.write"]"#;
    let mut sql = format!(
        "INSERT INTO keys (secret, name, scopes) VALUES (x'{}', 'Load', '{scopes}');
        INSERT INTO collections (number, database, id, rules, attributes)
        VALUES (1, 'load', 'events', '{{\"documentSecurity\": true}}', '[\"name\"]');\n",
        digest("standard_load")
    );
    for number in 0..CONNECTIONS {
        let team = number % TEAMS;
        writeln!(
            sql,
            r#"INSERT INTO users VALUES ('u{number}', 'u{number}', '', '{{"$id": "u{number}",
            "emailVerification": true, "memberships": [{{"$id": "m{number}", "teamId": "t{team}", "confirm": true}}]}}');
            INSERT INTO sessions (id, user, secret, expire)
            VALUES ('s{number}', 'u{number}', x'{}', '2100-01-01T00:00:00.000+00:00');"#,
            digest(&format!("secret{number}"))
        )?;
    }
    Ok(sql)
}

/// Opens a connection of a user, and subscribes to all documents.
async fn connect(address: &str, number: usize) -> Result<Socket> {
    let uri = format!("ws://{address}/v1/realtime?project=birthdays").parse()?;
    let session = encode_session(&format!("u{number}"), &format!("secret{number}"));
    let request = ClientRequestBuilder::new(uri).with_header("X-Appwrite-Session", session);
    let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER);
    let (mut socket, _) = connect_async_with_config(request, Some(config), true).await?;
    let channel = "databases.load.collections.events.documents";
    let message = format!(
        r#"{{"type":"subscribe","data":[{{"subscriptionId":"s{number}","channels":["{channel}"]}}]}}"#
    );
    socket.send(Message::text(message)).await?;
    for expected in [format!(r#""$id":"u{number}""#), r#""success":true"#.into()] {
        let message = socket.next().await.context("the connection has ended")??;
        ensure!(message.to_text()?.contains(&expected), "expected {expected}, found {message}");
    }
    Ok(socket)
}

async fn receive(tally: Arc<Tally>, number: usize, mut socket: Socket) {
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else { continue };
        tally.add(number, &text);
    }
}

/// Creates each event whose number has this remainder, at its time.
async fn write(address: &str, start: Instant, writer: usize) -> Result<()> {
    let mut stream = BufReader::new(TcpStream::connect(address).await?);
    stream.get_ref().set_nodelay(true)?;
    for event in (writer..EVENTS).step_by(WRITERS) {
        tokio::time::sleep_until((start + PACE * event as u32).into()).await;
        let team = event % TEAMS;
        let body = format!(
            r#"{{"documentId":"e{event}","data":{{"name":"Event"}},"permissions":["read(\"team:t{team}\")"]}}"#
        );
        let request = format!(
            "POST /v1/databases/load/collections/events/documents HTTP/1.1\r\nhost: {address}\r\n\
            x-appwrite-project: birthdays\r\nx-appwrite-key: standard_load\r\n\
            content-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await?;
        let (mut head, mut length) = (String::new(), 0);
        while !head.ends_with("\r\n\r\n") {
            ensure!(stream.read_line(&mut head).await? > 0, "the server has ended");
        }
        for line in head.lines() {
            if let Some(text) = line.strip_prefix("content-length: ") {
                length = text.parse()?;
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        if !head.starts_with("HTTP/1.1 201 ") {
            bail!("{head}{}", String::from_utf8_lossy(&body));
        }
    }
    Ok(())
}

impl Tally {
    fn add(&self, connection: usize, text: &str) {
        let id = text.split_once(r#""$id":"e"#).and_then(|(_, rest)| rest.split_once('"'));
        let event = id.and_then(|(id, _)| id.parse::<usize>().ok()).filter(|id| *id < EVENTS);
        let Some(event) = event.filter(|event| event % TEAMS == connection % TEAMS) else {
            self.wrong.fetch_add(1, Relaxed);
            return;
        };
        let bit = 1 << (event / TEAMS);
        if self.seen[connection].fetch_or(bit, Relaxed) & bit != 0 {
            self.wrong.fetch_add(1, Relaxed);
        }
        let planned = self.start + PACE * event as u32;
        let microseconds = Instant::now().saturating_duration_since(planned).as_micros();
        self.microseconds.lock().unwrap().push(microseconds as u64);
    }

    fn delivered(&self) -> usize {
        self.microseconds.lock().unwrap().len()
    }

    /// Waits until all events were delivered, or for [`PATIENCE`]. An event that is delivered twice comes in the second
    /// after that.
    async fn wait(&self, expected: usize) {
        let until = Instant::now() + PATIENCE;
        while self.delivered() < expected && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }

    /// Checks that each connection has received each event of its team once, and no other.
    fn check(&self, expected: usize) -> Result<()> {
        let wrong = self.wrong.load(Relaxed);
        ensure!(wrong == 0, "{wrong} events came twice or to a foreign connection");
        let seen: u32 = self.seen.iter().map(|bits| bits.load(Relaxed).count_ones()).sum();
        ensure!(seen as usize == expected, "{seen} of {expected} deliveries");
        ensure!(self.delivered() == expected, "{} of {expected}", self.delivered());
        Ok(())
    }

    /// Returns the latency, in microseconds, that this share of the deliveries does not exceed.
    fn latency(&self, share: f64) -> f64 {
        let mut all = self.microseconds.lock().unwrap().clone();
        all.sort_unstable();
        all[((all.len() - 1) as f64 * share) as usize] as f64
    }
}

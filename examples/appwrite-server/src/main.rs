//! `cargo run --release`: the birthdays of Appwrite's guide, on 127.0.0.1:8080.

use std::fmt::Display;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use appwrite_server::{Server, store};
use clap::Parser;
use rolegate::Secret;
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

/// An Appwrite-compatible server whose decisions are rolegate's.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The SQLite file that data lives in; in memory unless given.
    #[arg(long)]
    db: Option<PathBuf>,
    /// SQL that fills a new database; the birthdays unless given.
    #[arg(long)]
    seed: Option<PathBuf>,
    /// What JWTs are signed with. Unless given they end with the process.
    #[arg(long, env = "APPWRITE_SERVER_SECRET", hide_env_values = true)]
    secret: Option<String>,
}

/// How long whoever is being served may keep a server that shall stop.
const GRACE: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    tracing_subscriber::fmt().with_target(false).init();
    // As many threads may block as it is worth having connections to one file.
    let runtime = Builder::new_multi_thread().enable_all().max_blocking_threads(16).build();
    let served = runtime.map_err(because("could not start", "is there memory for threads?"));
    match served.and_then(|runtime| runtime.block_on(serve(Args::parse()))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("appwrite-server: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(Args { listen, db, seed, secret }: Args) -> Result<(), String> {
    let name = seed.as_deref().map_or("the birthdays".into(), Path::to_string_lossy);
    let sql = seed.as_ref().map(std::fs::read_to_string).transpose();
    let sql =
        sql.map_err(because(format!("could not read {name}"), "give --seed a file of SQL"))?;
    let sql = sql.as_deref().unwrap_or(include_str!("../seed.sql"));
    let hint = "give --secret or APPWRITE_SERVER_SECRET some random text, or neither";
    let secret = secret.map_or_else(|| store::random_hex(32), Ok);
    let secret = secret.map_err(because("could not make a secret", hint))?;
    let secret = Secret::new(secret).map_err(because("could not use the secret", hint))?;
    let name = db.as_deref().map_or("memory".into(), Path::to_string_lossy);
    let hint = "give --db a file that may be written, and --seed SQL that fits schema.sql";
    let server = Server::open(db.as_deref(), sql, secret);
    let server = server.map_err(because(format!("could not open a database in {name}"), hint))?;
    let hint = "give --listen an address of this machine that is free";
    let listener = tokio::net::TcpListener::bind(listen).await;
    let listener = listener.map_err(because(format!("could not listen on {listen}"), hint))?;
    let address = listener.local_addr().unwrap_or(listen);
    tracing::info!("listening on http://{address}/v1");
    let signals = because("could not wait for signals", "is this a Unix?");
    let mut terminate = signal(SignalKind::terminate()).map_err(signals)?;
    let (stop, stopping) = tokio::sync::oneshot::channel();
    let stop = async move {
        tokio::select! { _ = terminate.recv() => {}, _ = tokio::signal::ctrl_c() => {} }
        let _ = stop.send(());
    };
    let late = async move {
        let _ = stopping.await;
        tokio::time::sleep(GRACE).await;
    };
    let served = axum::serve(listener, server.router()).with_graceful_shutdown(stop).into_future();
    tokio::select! {
        served = served => served.map_err(because("could not go on", "start it again")),
        () = late => Ok(()),
    }
}

/// What went wrong, why, and what can be done.
fn because<E: Display>(what: impl Display, hint: &'static str) -> impl FnOnce(E) -> String {
    move |why| format!("{what}: {why}; {hint}")
}

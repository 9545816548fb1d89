//! The program: `cargo run --release` serves the birthdays of Appwrite's guide on 127.0.0.1:8080.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use appwrite_server::limits::ConnectionLimits;
use appwrite_server::{Server, random_hex};
use clap::Parser;
use rolegate::auth::Secret;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;

/// An Appwrite-compatible server in which rolegate makes every decision.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The SQLite file that holds the data [default: in memory].
    #[arg(long)]
    db: Option<PathBuf>,
    /// SQL that fills a new database [default: the birthdays].
    #[arg(long)]
    seed: Option<PathBuf>,
    /// The secret that signs JWTs [default: random, so that they end with the process].
    #[arg(long, env = "APPWRITE_SERVER_SECRET", hide_env_values = true)]
    secret: Option<String>,
}

/// The time for running requests when the server stops: 2 seconds. Then searches are stopped.
const GRACE: Duration = Duration::from_secs(2);

/// The time for threads after [`GRACE`]: 1 second. A commit that is not complete by then has
/// no effect.
const END: Duration = Duration::from_secs(1);

fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_target(false).init();
    // Each thread that blocks has a connection. More than 16 connections to one file do not help.
    let runtime = Builder::new_multi_thread().enable_all().max_blocking_threads(16).build()?;
    let served = runtime.block_on(serve(Args::parse()));
    runtime.shutdown_timeout(END);
    served
}

async fn serve(Args { listen, db, seed, secret }: Args) -> anyhow::Result<()> {
    let sql = seed.as_ref().map_or(Ok(include_str!("../seed.sql").into()), std::fs::read_to_string);
    let name = seed.as_deref().unwrap_or("the birthdays".as_ref()).display();
    let sql = sql.with_context(|| format!("could not read {name}; give --seed a file of SQL"))?;
    let hint = "could not use the secret; give APPWRITE_SERVER_SECRET random text, or nothing";
    let secret = Secret::new(secret.map_or_else(|| random_hex(32), Ok)?).context(hint)?;
    let hint = "give --db a file that may be written, and --seed SQL that fits schema.sql";
    let server = Server::open(db.as_deref(), &sql, secret, ConnectionLimits::default());
    let name = db.as_deref().unwrap_or("a database in memory".as_ref()).display();
    let server = server.with_context(|| format!("could not open {name}; {hint}"))?;
    let hint = "give --listen an address of this machine that is free";
    let listener = TcpListener::bind(listen).await;
    let listener = listener.with_context(|| format!("could not listen on {listen}; {hint}"))?;
    tracing::info!("listening on http://{}/v1", listener.local_addr()?);
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = Arc::new(Notify::new());
    let stopping = Arc::clone(&stop).notified_owned();
    let served =
        axum::serve(listener, Arc::clone(&server).router()).with_graceful_shutdown(stopping);
    let stopped = async {
        tokio::select! { _ = terminate.recv() => {}, _ = tokio::signal::ctrl_c() => {} }
        stop.notify_one();
        tokio::time::sleep(GRACE).await;
        server.end_searches();
    };
    tokio::select! { served = served.into_future() => Ok(served?), () = stopped => Ok(()) }
}

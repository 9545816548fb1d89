//! `cargo run --release`: the birthdays of Appwrite's guide, on 127.0.0.1:8080.

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;

use appwrite_server::{Server, store};
use clap::Parser;
use rolegate::Secret;
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

fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_target(false).init();
    // As many threads may block as it is worth having connections to one file.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.enable_all().max_blocking_threads(16).build()?.block_on(serve(Args::parse()))
}

async fn serve(args: Args) -> Result<(), Box<dyn Error>> {
    let seed = args.seed.map(std::fs::read_to_string).transpose()?;
    let seed = seed.as_deref().unwrap_or(include_str!("../seed.sql"));
    let secret = args.secret.map_or_else(|| store::random_hex(32), Ok)?;
    let server = Server::open(args.db.as_deref(), seed, Secret::new(secret)?)?;
    let listener = tokio::net::TcpListener::bind(args.listen).await?;
    tracing::info!("listening on http://{}/v1", listener.local_addr()?);
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = async move {
        tokio::select! { _ = terminate.recv() => {}, _ = tokio::signal::ctrl_c() => {} }
    };
    Ok(axum::serve(listener, server.router()).with_graceful_shutdown(stop).await?)
}

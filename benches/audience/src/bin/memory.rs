//! The memory of connections, counted by the allocator.
//!
//! ```text
//! memory [connections=N]
//! ```

#![allow(
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a bench that cannot go on says so and stops"
)]

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use allocation_counter::measure;
use fastrand::Rng;
use rolegate::audience::Audience;
use rolegate_audience_bench::Result;
use rolegate_audience_bench::arguments::Options;
use rolegate_audience_bench::clients::{Client, client, clients};
use rolegate_audience_bench::figures::{Figures, thousands};
use rolegate_audience_bench::format::BYTES;
use rolegate_audience_bench::shapes::many_channels;
use rolegate_audience_bench::ways::{Bitmaps, Listener, Naive, now};

/// The columns of the other ways.
const LOOP: &str = "naive loop";
const BITMAPS: &str = "roaring bitmaps";

/// The targets where the subscriptions are numbers, and where they are texts.
const NUMBERS: f64 = 400.0;
const TEXTS: f64 = 1024.0;

/// Returns the value with the bytes of heap that it holds.
fn held<T>(make: impl FnOnce() -> T) -> (T, f64) {
    let mut value = None;
    let bytes = measure(|| value = Some(make())).bytes_current;
    (value.expect("made just now"), bytes as f64)
}

/// Returns an audience whose subscriptions have ids of 20 characters.
fn texts(clients: &[Client]) -> Audience<u64, Box<str>> {
    let mut audience = Audience::new();
    for (number, client) in (0_u64..).zip(clients) {
        audience.connect(number, &client.caller).expect("room for a connection");
        for (at, channels) in (number * 10..).zip(&client.subscriptions) {
            let id = format!("{at:020x}").into_boxed_str();
            audience.subscribe(&number, id, channels).expect("room for channels");
        }
    }
    audience
}

fn numbers(clients: &[Client]) -> Listener {
    let mut listener = Listener::new();
    (0..).zip(clients).for_each(|(number, client)| listener.connect(number, client));
    listener
}

fn bitmaps(clients: &[Client]) -> Bitmaps {
    let mut bitmaps = Bitmaps::new();
    (0..).zip(clients).for_each(|(number, client)| bitmaps.connect(number, client));
    bitmaps
}

/// Adds the memory of a connection in each way.
fn measure_each(count: u32, figures: &mut Figures) {
    let each = f64::from(count);
    let table = figures.table("Memory of a connection", &[LOOP, BITMAPS]);
    let (naive, naive_bytes) = held(|| Naive(clients(count)));
    let (listener, bytes) = held(|| numbers(&naive.0));
    assert!((listener.audience.memory() as f64 - bytes).abs() < 0.5, "`memory()` is not exact");
    let (_, bitmaps_bytes) = held(|| bitmaps(&naive.0));
    let name = format!("{}, subscriptions are numbers", thousands(count));
    let row = table.add(name, Some(NUMBERS), BYTES, bytes / each);
    row.beside(LOOP, BYTES, naive_bytes / each).beside(BITMAPS, BYTES, bitmaps_bytes / each);
    let (_, bytes) = held(|| texts(&naive.0));
    let name = format!("{}, subscriptions are texts", thousands(count));
    table.add(name, Some(TEXTS), BYTES, bytes / each);
}

/// Adds the memory of clients that need less or more than others.
fn measure_others(count: u32, figures: &mut Figures) {
    let each = f64::from(count);
    let table = figures.table("Memory of a connection", &[LOOP, BITMAPS]);
    let all = |make: fn(u32, u32) -> Client| (0..count).map(|number| make(number, count)).collect();
    for (what, target, clients) in [
        ("no channel of its own", Some(NUMBERS), all(shared_channels)),
        ("ten channels of its own", None, all(own_channels)),
        ("a session and an expiry", None, all(with_session)),
        ("100 channels and one role", None, many_channels(count)),
    ] {
        let (_, bytes) = held(|| numbers(&clients));
        let (_, bitmaps_bytes) = held(|| bitmaps(&clients));
        let row = table.add(format!("{}, {what}", thousands(count)), target, BYTES, bytes / each);
        row.beside(BITMAPS, BYTES, bitmaps_bytes / each);
    }
}

/// Returns a client whose channels all belong to others too.
fn shared_channels(number: u32, count: u32) -> Client {
    let mut client = client(number, count);
    for channel in client.subscriptions.iter_mut().flatten() {
        if channel.starts_with("account.") {
            "account.update".clone_into(channel);
        }
    }
    client
}

/// Returns a client whose channels belong to no other.
fn own_channels(number: u32, count: u32) -> Client {
    let mut client = client(number, count);
    for (at, channel) in (number * 10..).zip(client.subscriptions.iter_mut().flatten()) {
        *channel = format!("databases.main.collections.c1.documents.{at:020}");
    }
    client
}

fn with_session(number: u32, count: u32) -> Client {
    let client = client(number, count);
    let expiry = now() + Duration::from_secs(number.into());
    let caller = client.caller.with_session(format!("session{number:013}")).with_expiry(expiry);
    Client { caller, ..client }
}

/// Adds the memory of the connections that are left after 90 % have disconnected, and after all have.
fn measure_rest(count: u32, figures: &mut Figures) {
    let (clients, rest) = (clients(count), (count / 10) as usize);
    let (mut listener, bytes) = held(|| numbers(&clients));
    let mut order: Vec<u32> = (0..count).collect();
    Rng::with_seed(0x6c65_6674).shuffle(&mut order);
    let (rest, gone) = order.split_at(rest);
    let each = rest.len() as f64;
    let mut bytes = bytes;
    let mut end = |numbers: &[u32]| {
        bytes += held(|| numbers.iter().for_each(|&number| listener.disconnect(number))).1;
        bytes
    };
    let after = end(gone);
    let at_last = end(rest);
    let left: Vec<Client> = rest.iter().map(|&number| client(number, count)).collect();
    let (_, fresh) = held(|| numbers(&left));
    let table = figures.table("Memory after disconnects", &[]);
    let all = thousands(count);
    table.add(format!("a connection, after 90 % of {all} ended"), None, BYTES, after / each);
    table.add("a connection, if only these had connected", None, BYTES, fresh / each);
    table.add(format!("the whole audience, after all of {all} ended"), None, BYTES, at_last);
}

fn run(options: &Options) -> Result<()> {
    let mut figures = Figures::default();
    measure_each(options.connections / 10, &mut figures);
    measure_each(options.connections, &mut figures);
    measure_others(options.connections / 10, &mut figures);
    measure_rest(options.connections, &mut figures);
    figures.write(&mut io::stdout())?;
    Ok(())
}

fn main() -> ExitCode {
    match Options::parse(std::env::args().skip(1)).and_then(|options| run(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use rolegate_audience_bench::arguments::Options;

    #[test]
    fn memory_is_measured_at_a_small_size() {
        super::run(&Options { connections: 10_000, rounds: 1 }).unwrap();
    }
}

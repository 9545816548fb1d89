//! Connecting with ten subscriptions, and disconnecting.

use fastrand::Rng;
use rolegate_audience_bench::clients::client;
use rolegate_audience_bench::clock::{median, once, worst};
use rolegate_audience_bench::figures::{Figures, thousands};
use rolegate_audience_bench::format::TIME;
use rolegate_audience_bench::ways::{Listener, Ways};

use crate::reads::BITMAPS;

/// The title of the table.
const TITLE: &str = "Connecting with 10 subscriptions, and disconnecting";
/// The target of each, in nanoseconds.
const TARGET: f64 = 3000.0;
/// The number of clients that disconnect and connect again, at most a tenth of them.
const CLIENTS: usize = 10_000;

/// Measures clients that disconnect in random order and connect again. All ways are the same afterwards.
pub fn measure(count: u32, ways: &mut Ways, figures: &mut Figures) {
    let Ways { listener, bitmaps, .. } = ways;
    let numbers = drawn(count, CLIENTS.min(count as usize / 10));
    let made = || numbers.iter().map(|&number| (number, client(number, count)));
    let own = [
        times(made(), |(number, _)| listener.disconnect(*number)),
        times(made(), |(number, client)| listener.connect(*number, client)),
    ];
    let bitmaps = [
        times(made(), |(number, client)| bitmaps.disconnect(*number, client)),
        times(made(), |(number, client)| bitmaps.connect(*number, client)),
    ];
    let table = figures.table(TITLE, &[BITMAPS]);
    for ((own, bitmaps), what) in own.iter().zip(&bitmaps).zip(["disconnect", "connect"]) {
        let name = format!("{what}, among {} connections", thousands(count));
        let row = table.add(name, Some(TARGET), TIME, median(own));
        row.beside(BITMAPS, TIME, median(bitmaps));
    }
}

/// Measures connecting all clients to an empty audience, and disconnecting them in random order. The slowest
/// connect makes a table grow, and the slowest disconnect builds the audience again.
pub fn measure_pauses(count: u32, figures: &mut Figures) {
    let mut listener = Listener::new();
    let made = (0..count).map(|number| (number, client(number, count)));
    let connects = times(made, |(number, client)| listener.connect(*number, client));
    let order = drawn(count, count as usize);
    let disconnects = times(order.into_iter(), |&number| listener.disconnect(number));
    assert!(listener.audience.is_empty());
    let table = figures.table(TITLE, &[BITMAPS]);
    for (what, times) in [("connect", &connects), ("disconnect", &disconnects)] {
        let name = format!("{what} all of {}", thousands(count));
        table.add(format!("{name}, the mean"), Some(TARGET), TIME, mean(times));
        table.add(format!("{name}, the slowest call"), None, TIME, worst(times));
    }
}

/// Returns the time of each call. Clients are made between the calls, as their texts have just arrived at a server.
fn times<T>(items: impl Iterator<Item = T>, mut call: impl FnMut(&T)) -> Vec<f64> {
    items.map(|item| once(|| call(&item)).0).collect()
}

fn mean(times: &[f64]) -> f64 {
    times.iter().sum::<f64>() / times.len() as f64
}

/// Returns some of the clients in random order.
fn drawn(count: u32, len: usize) -> Vec<u32> {
    let mut numbers: Vec<u32> = (0..count).collect();
    Rng::with_seed(0x6472_6177).shuffle(&mut numbers);
    numbers.truncate(len);
    numbers
}

#[cfg(test)]
mod tests {
    use rolegate_audience_bench::clients::clients;
    use rolegate_audience_bench::event::Event;
    use rolegate_audience_bench::figures::Figures;
    use rolegate_audience_bench::ways::Ways;

    use super::{measure, measure_pauses};

    #[test]
    fn connections_are_the_same_after_measuring() {
        let mut ways = Ways::new(clients(1000));
        measure(1000, &mut ways, &mut Figures::default());
        measure_pauses(1000, &mut Figures::default());
        assert_eq!(ways.check(&Event::new("any", 0)).len(), 1000);
    }
}

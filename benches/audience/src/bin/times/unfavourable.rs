//! Connections of shapes that do not suit the library.

use rolegate_audience_bench::event::Event;
use rolegate_audience_bench::figures::{Figures, thousands};
use rolegate_audience_bench::shapes::{
    COMMON, SECOND_HALF, drawn_channel, many_channels, one_channel,
};
use rolegate_audience_bench::ways::Ways;

use crate::reads::{BITMAPS, LOOP, READS, Row};

/// The connections of each shape.
pub struct Shapes {
    one_channel: Ways,
    many_channels: Ways,
    one: Vec<(String, Event, usize)>,
    many: Vec<(String, Event, usize)>,
}

impl Shapes {
    /// Connects the clients, and asserts that all ways give the same receivers. Clients with many channels are a
    /// tenth of the connections.
    pub fn new(count: u32) -> Self {
        let mut one_channel = Ways::new(one_channel(count));
        let mut many_channels = Ways::new(many_channels(count / 10));
        let one = [
            ("all listen, and 0.35 % read", Event::new("label:few", 0)),
            ("all listen, and 0.45 % read", Event::new("label:more", 0)),
            (
                "half read, half listen, and 100 do both",
                Event::new("label:first", 0).on(SECOND_HALF),
            ),
        ];
        let many = [
            (
                "100 channels each, all read, and about 500 listen",
                Event::new("any", 0).on(&drawn_channel(7)),
            ),
            ("100 channels each, and all read and listen", Event::new("any", 0)),
        ];
        let one = one.map(|(name, event)| described(name, event, &mut one_channel));
        let many = many.map(|(name, event)| described(name, event, &mut many_channels));
        assert_eq!(one[2].2, COMMON as usize);
        Self { one_channel, many_channels, one: one.into(), many: many.into() }
    }

    /// Measures all events.
    pub fn measure(&mut self, figures: &mut Figures) {
        let table = figures.table("Unfavourable events, of a receiver", &[LOOP, BITMAPS]);
        let one = (&mut self.one_channel, &self.one);
        let many = (&mut self.many_channels, &self.many);
        for (ways, events) in [one, many] {
            for (name, event, receivers) in events {
                for (read, what) in READS {
                    let name = format!("{name}, {what}");
                    let row = Row { name, target: None, receivers: *receivers };
                    row.measure(ways, std::slice::from_ref(event), read, table);
                }
            }
        }
    }
}

/// Returns the event with its number of receivers, which its name says too.
fn described(name: &str, event: Event, ways: &mut Ways) -> (String, Event, usize) {
    let receivers = ways.check(&event).len();
    let connections = ways.naive.0.len();
    let [found, all] = [receivers, connections].map(|number| thousands(number as u32));
    (format!("{name} ({found} of {all})"), event, receivers)
}

#[cfg(test)]
mod tests {
    use super::Shapes;

    #[test]
    fn event_is_described_with_its_receivers() {
        let shapes = Shapes::new(10_000);
        assert_eq!(shapes.one[0].0, "all listen, and 0.35 % read (35 of 10,000)");
    }
}

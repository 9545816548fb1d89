//! Clients of shapes that do not suit the library.

use rolegate::Principal;
use rolegate::audience::Caller;

use crate::clients::{Client, mix, scattered};

/// The channel of the second half of the clients, and of the last [`COMMON`] of the first half.
pub const SECOND_HALF: &str = "second.half";
/// The number of clients that have both the role of the first half and the channel of the second half.
pub const COMMON: u32 = 100;
/// The channels of each client of [`many_channels`].
pub const CHANNELS: u32 = 100;

/// Returns clients who all listen to `documents`. Some of their roles have many connections.
///
/// | role | clients |
/// | --- | --- |
/// | `any` | all |
/// | `label:few` | seven in 2,000, whom an event looks up |
/// | `label:more` | nine in 2,000, for whom an event combines bitmaps |
/// | `label:first` | half of the clients. The other half and 100 of these have the channel `second.half` |
pub fn one_channel(count: u32) -> Vec<Client> {
    let client = |number| {
        let place = scattered(number, count);
        let mut roles = vec!["any", "users"];
        roles.extend((place % 2000 < 7).then_some("label:few"));
        roles.extend((place % 2000 < 9).then_some("label:more"));
        roles.extend((place < count / 2).then_some("label:first"));
        let second = place >= count / 2 - COMMON;
        let channels = ["documents"].into_iter().chain(second.then_some(SECOND_HALF));
        of(&roles, channels.map(|channel| vec![channel.to_owned()]).collect())
    };
    (0..count).map(client).collect()
}

/// Returns clients with the role `any` and 100 channels each, in ten subscriptions. One channel is `documents`,
/// and the others are drawn from a fifth as many as there are clients.
pub fn many_channels(count: u32) -> Vec<Client> {
    let client = |number: u32| {
        let drawn = (1..CHANNELS).map(|draw| mix(u64::from(number) << 8 | u64::from(draw)) as u32);
        let channels: Vec<String> = drawn
            .map(|draw| drawn_channel(draw % (count / 5)))
            .chain(["documents".into()])
            .collect();
        of(&["any"], channels.chunks(10).map(<[String]>::to_vec).collect())
    };
    (0..count).map(client).collect()
}

/// Returns a channel of [`many_channels`].
pub fn drawn_channel(number: u32) -> String {
    format!("databases.main.collections.c{number}.documents")
}

fn of(roles: &[&str], subscriptions: Vec<Vec<String>>) -> Client {
    let principal = Principal::parse_roles(roles).expect("well-formed roles");
    Client { caller: Caller::new(principal), subscriptions }
}

#[cfg(test)]
mod tests {
    use super::{COMMON, SECOND_HALF, drawn_channel, many_channels, one_channel};
    use crate::event::Event;
    use crate::ways::Ways;

    #[test]
    fn one_channel_gives_the_same_receivers_in_each_way() {
        let mut ways = Ways::new(one_channel(10_000));
        for (role, receivers) in [("label:few", 35), ("label:more", 45), ("label:first", 5000)] {
            assert_eq!(ways.check(&Event::new(role, 0)).len(), receivers);
        }
        let both = Event::new("label:first", 0).on(SECOND_HALF);
        assert_eq!(ways.check(&both).len(), COMMON as usize);
    }

    #[test]
    fn many_channels_give_the_same_receivers_in_each_way() {
        let mut ways = Ways::new(many_channels(500));
        assert_eq!(ways.check(&Event::new("any", 0)).len(), 500);
        let few = ways.check(&Event::new("any", 0).on(&drawn_channel(7))).len();
        assert!((200..400).contains(&few), "{few}");
    }
}

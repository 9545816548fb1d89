//! What the model refuses because of limits.

use std::collections::BTreeSet;

use rolegate::audience::ErrorKind;

use super::connection::Connection;
use super::{List, Machine, Who, bytes, role_name};

impl Machine {
    /// Returns the error of a subscription, by the number of channels before and after it.
    pub(super) fn room(&self, at: u8, id: u8, channels: &List) -> Result<(), ErrorKind> {
        let limit = self.limits.channels as usize;
        let subscriptions = &self.connections[&at].subscriptions;
        let before: usize = subscriptions.values().map(BTreeSet::len).sum();
        let mut with = subscriptions.get(&id).cloned().unwrap_or_default();
        let own = with.len();
        with.extend(channels.iter().cloned());
        if channels.iter().collect::<BTreeSet<_>>().len() > limit {
            return Err(ErrorKind::TooManyChannels);
        }
        self.fits_channels(channels)?;
        if before - own + with.len() > limit { Err(ErrorKind::TooManyChannels) } else { Ok(()) }
    }

    /// Returns the error of new roles, by the length of each and by the bytes of all distinct ones.
    pub(super) fn fits_roles(&self, who: &Who) -> Result<(), ErrorKind> {
        let texts = who.texts();
        if texts.iter().any(|text| text.len() > self.limits.text_len as usize) {
            return Err(ErrorKind::TextTooLong);
        }
        let all = self.connections.values().flat_map(Connection::texts).chain(texts);
        let names: BTreeSet<String> = all.map(|role| role_name(&role)).collect();
        if bytes(&names) > self.limits.text_bytes as usize { Err(ErrorKind::Full) } else { Ok(()) }
    }

    /// Returns the error of new channels, by the length of each and by the bytes of all distinct ones.
    pub(super) fn fits_channels(&self, channels: &[String]) -> Result<(), ErrorKind> {
        if channels.iter().any(|text| text.len() > self.limits.channel_len as usize) {
            return Err(ErrorKind::TextTooLong);
        }
        let all = self.connections.values().flat_map(|c| c.subscriptions.values().flatten());
        let all: BTreeSet<String> = all.chain(channels).cloned().collect();
        if bytes(&all) > self.limits.text_bytes as usize { Err(ErrorKind::Full) } else { Ok(()) }
    }
}

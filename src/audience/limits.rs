//! The limits of an audience: [`Limits`].

use super::error::Error;

/// The limits of an audience. A change beyond one of them fails with [`Error`](super::Error).
///
/// Clients choose channels, so the default values of [`channels`](Self::channels) and
/// [`channel_len`](Self::channel_len) are low: one client holds about 80 KB at most. The other default values are the
/// largest that the representation can number. A host whose clients choose the ids `S` of subscriptions bounds their
/// length itself, because an audience does not know how many bytes an `S` holds.
///
/// ```
/// use rolegate::audience::{Audience, Caller, ErrorKind, Limits};
/// use rolegate::Principal;
///
/// let mut limits = Limits::default();
/// limits.connections = 1;
/// let mut audience = Audience::<u64>::with_limits(limits);
/// let guest = Caller::new(Principal::guest());
/// audience.connect(1, &guest)?;
/// let error = audience.connect(2, &guest).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Full);
/// assert_eq!(error.to_string(), "audience is full: 1 connection");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Connections. At most 2^30, because a candidate has two of 32 bits for the sides of a change.
    pub connections: u32,
    /// Channels of one connection, where a channel of two subscriptions counts twice. A connection therefore
    /// also has at most this number of subscriptions. The default is 256, which an event reads in about a quarter
    /// of a microsecond. At most 2^20.
    pub channels: u32,
    /// Bytes of one channel. The default is 256. The longest channel of Appwrite has about 150 bytes. At most 65,535,
    /// because the length is stored in 16 bits.
    pub channel_len: u32,
    /// Bytes of one role. Also those of an id of a session or an actor, or of the name of a key, with one byte more that
    /// distinguishes them from roles. The default is 1,024. At most 65,535.
    pub text_len: u32,
    /// Bytes of all distinct roles and ids together, and of all distinct channels together. At most 2^32 - 1.
    pub text_bytes: u32,
}

/// The largest number of slots: 2^30.
const MAX_CONNECTIONS: u32 = 1 << 30;

impl Limits {
    /// Reduces each limit to the largest that the representation can number.
    pub(super) fn capped(self) -> Self {
        Self {
            connections: self.connections.min(MAX_CONNECTIONS),
            channels: self.channels.min(1 << 20),
            channel_len: self.channel_len.min(u16::MAX.into()),
            text_len: self.text_len.min(u16::MAX.into()),
            text_bytes: self.text_bytes,
        }
    }

    /// Checks the length of a channel.
    pub(super) fn check_channel(&self, channel: &str) -> Result<(), Error> {
        let fits = channel.len() <= self.channel_len as usize;
        if fits { Ok(()) } else { Err(Error::text_too_long(self.channel_len)) }
    }

    /// Checks the length of a role or an id.
    pub(super) fn check_text(&self, text: &str) -> Result<(), Error> {
        let fits = text.len() <= self.text_len as usize;
        if fits { Ok(()) } else { Err(Error::text_too_long(self.text_len)) }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: MAX_CONNECTIONS,
            channels: 256,
            channel_len: 256,
            text_len: 1024,
            text_bytes: u32::MAX,
        }
    }
}

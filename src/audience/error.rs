//! The error of an audience: [`Error`].

use std::fmt;

use crate::acl::Grouped;

/// The error of a change of an audience. The audience is unchanged, except that connections whose principal could not be
/// replaced have lost the roles that the new principal does not have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Error(Reason);

/// The kind of an [`Error`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The connection is connected already.
    AlreadyConnected,
    /// The connection is not connected, or has ended.
    NotConnected,
    /// The connection would have too many channels.
    TooManyChannels,
    /// A channel, a role, an id of a session or a user, or the name of a key is too long.
    TextTooLong,
    /// The audience has reached one of its limits.
    Full,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Reason {
    AlreadyConnected,
    NotConnected,
    TooManyChannels(u32),
    TextTooLong(u32),
    FullOfConnections(u32),
    FullOfText(u32),
    FullOfNames(u32),
}

impl Error {
    #[cold]
    pub(super) fn already_connected() -> Self {
        Self(Reason::AlreadyConnected)
    }

    #[cold]
    pub(super) fn not_connected() -> Self {
        Self(Reason::NotConnected)
    }

    #[cold]
    pub(super) fn too_many_channels(limit: u32) -> Self {
        Self(Reason::TooManyChannels(limit))
    }

    #[cold]
    pub(super) fn text_too_long(limit: u32) -> Self {
        Self(Reason::TextTooLong(limit))
    }

    #[cold]
    pub(super) fn full_of_connections(limit: u32) -> Self {
        Self(Reason::FullOfConnections(limit))
    }

    #[cold]
    pub(super) fn full_of_text(limit: u32) -> Self {
        Self(Reason::FullOfText(limit))
    }

    #[cold]
    pub(super) fn full_of_names(limit: u32) -> Self {
        Self(Reason::FullOfNames(limit))
    }

    /// Returns the kind.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self.0 {
            Reason::AlreadyConnected => ErrorKind::AlreadyConnected,
            Reason::NotConnected => ErrorKind::NotConnected,
            Reason::TooManyChannels(_) => ErrorKind::TooManyChannels,
            Reason::TextTooLong(_) => ErrorKind::TextTooLong,
            Reason::FullOfConnections(_) | Reason::FullOfText(_) | Reason::FullOfNames(_) => {
                ErrorKind::Full
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |limit: u32| if limit == 1 { "" } else { "s" };
        match self.0 {
            Reason::AlreadyConnected => f.write_str("connection is already connected"),
            Reason::NotConnected => f.write_str("connection not found"),
            Reason::TooManyChannels(limit) => {
                write!(f, "connection is full: {} channel{}", Grouped(limit), plural(limit))
            }
            Reason::TextTooLong(limit) => {
                write!(f, "text is too long: {} byte{} at most", Grouped(limit), plural(limit))
            }
            Reason::FullOfConnections(limit) => {
                write!(f, "audience is full: {} connection{}", Grouped(limit), plural(limit))
            }
            Reason::FullOfNames(limit) => {
                write!(f, "audience is full: {} roles or channels", Grouped(limit))
            }
            Reason::FullOfText(limit) => {
                write!(f, "audience is full: {} byte{} of text", Grouped(limit), plural(limit))
            }
        }
    }
}

impl std::error::Error for Error {}

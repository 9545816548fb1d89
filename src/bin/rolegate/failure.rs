//! The end of a command: [`Status`], or a [`Failure`] with a message.

use std::fmt::{self, Display};
use std::io::{self, Write};
use std::process::ExitCode;

/// The exit status.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// The command succeeded.
    Fine = 0,
    /// A problem was found, or access is denied.
    Found = 1,
    /// Wrong usage, or an input or output failed.
    Trouble = 2,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}

/// The reason why a command ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The reader of the output closed the pipe. The exit status is 0.
    ClosedPipe,
    /// Access is denied.
    Denied(String),
    /// Another reason.
    Trouble(String),
}

impl Failure {
    pub(crate) fn new(message: impl Display) -> Self {
        Self::Trouble(message.to_string())
    }

    /// Creates a failure whose message starts with the name of a file or another input.
    pub(crate) fn with(name: impl Display, error: impl Display) -> Self {
        Self::Trouble(format!("{name}: {error}"))
    }

    /// Creates the failure for an error of writing the output.
    pub(crate) fn writing(error: &rolegate::json::Error) -> Self {
        match error.io_error() {
            Some(io) if io.kind() == io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::Trouble(format!("cannot write the output: {error}")),
        }
    }

    /// Prints the message, and returns the exit status.
    pub(crate) fn report(self) -> Status {
        match self {
            Self::ClosedPipe => Status::Fine,
            Self::Denied(message) => {
                tell(message);
                Status::Found
            }
            Self::Trouble(message) => {
                tell(message);
                Status::Trouble
            }
        }
    }
}

/// Prints a message on standard error. Ignores a closed standard error.
pub(crate) fn tell(message: impl Display) {
    let _ = writeln!(io::stderr(), "rolegate: {message}");
}

/// Converts an error of writing the output. For errors of reading, use [`Failure::with`] and the name of the
/// file.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::ClosedPipe;
        }
        Self::Trouble(format!("cannot write the output: {error}"))
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClosedPipe => f.write_str("closed pipe"),
            Self::Denied(message) | Self::Trouble(message) => f.write_str(message),
        }
    }
}

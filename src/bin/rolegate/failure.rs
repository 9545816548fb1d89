//! How a command ends: [`Status`], or a [`Failure`] with a message.

use std::fmt::{self, Display};
use std::io::{self, Write};
use std::process::ExitCode;

/// What the exit status says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// Nothing to complain of.
    Fine = 0,
    /// Something was found, or is denied.
    Found = 1,
    /// It was called wrongly, or something could not be read or written.
    Trouble = 2,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}

/// Why a command did not do what it should.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Whoever reads the output has seen enough: no error.
    ClosedPipe,
    /// The answer is no.
    Denied(String),
    /// Anything else.
    Trouble(String),
}

impl Failure {
    pub(crate) fn new(message: impl Display) -> Self {
        Self::Trouble(message.to_string())
    }

    /// A failure with a file, or another input, as the people call it.
    pub(crate) fn with(name: impl Display, error: impl Display) -> Self {
        Self::Trouble(format!("{name}: {error}"))
    }

    /// What it is that the output could not be written, and whether that is a failure.
    pub(crate) fn writing(error: &rolegate::json::Error) -> Self {
        match error.io_error() {
            Some(io) if io.kind() == io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::Trouble(format!("the output cannot be written: {error}")),
        }
    }

    /// Tells the person, and gives the status to end with.
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

/// Says something to the person. If nobody can hear it, that is no reason to fail.
pub(crate) fn tell(message: impl Display) {
    let _ = writeln!(io::stderr(), "rolegate: {message}");
}

/// Of writing the output. Errors of reading are given the file's name first.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::ClosedPipe;
        }
        Self::Trouble(format!("the output cannot be written: {error}"))
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

//! The standard output of the commands: [`print`].

use std::io::{self, Write};

use crate::failure::{Failure, Status};

/// Writes a text to the standard output.
pub(crate) fn print(text: &[u8]) -> Result<Status, Failure> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text)?;
    stdout.flush()?;
    Ok(Status::Fine)
}

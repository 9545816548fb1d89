//! A file or the standard input: [`Input`].

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::failure::{Failure, tell};

/// A reader, the name of its input for messages, and the length in bytes if it is known.
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) reader: Box<dyn Read>,
    pub(crate) len: Option<u64>,
}

impl Input {
    /// Opens a file, or the standard input if the file is `-` or not given.
    pub(crate) fn open(file: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = file.filter(|path| *path != Path::new("-")) else {
            static TAKEN: AtomicBool = AtomicBool::new(false);
            if TAKEN.swap(true, Ordering::Relaxed) {
                return Err(Failure::new("`-`, the standard input, can be passed only once"));
            }
            let stdin = io::stdin();
            if stdin.is_terminal() {
                tell("reading from the terminal; end the input with Ctrl-D");
            }
            let name = "standard input".to_owned();
            return Ok(Self { name, reader: Box::new(stdin.lock()), len: None });
        };
        let name = path.display().to_string();
        let file = File::open(path).map_err(|error| Failure::with(&name, error))?;
        let about = file.metadata().map_err(|error| Failure::with(&name, error))?;
        if about.is_dir() {
            return Err(Failure::with(&name, "is a directory"));
        }
        let len = about.is_file().then_some(about.len());
        Ok(Self { name, reader: Box::new(file), len })
    }

    /// Reads the whole input. An input of more than `max_len` bytes is an error, whose message ends with
    /// `hint`.
    pub(crate) fn read(self, max_len: usize, hint: &str) -> Result<(String, Vec<u8>), Failure> {
        let Self { name, reader, .. } = self;
        let mut text = Vec::new();
        let mut start = reader.take((max_len as u64).saturating_add(1));
        start.read_to_end(&mut text).map_err(|error| Failure::with(&name, error))?;
        if text.len() > max_len {
            let message = format!("input is longer than {max_len} bytes{hint}");
            return Err(Failure::with(&name, message));
        }
        Ok((name, text))
    }
}

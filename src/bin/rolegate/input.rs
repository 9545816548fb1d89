//! Where documents come from: a file or the standard input.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use rolegate::json::MAX_RESPONSE_LEN;
use serde::de::DeserializeOwned;

use crate::failure::{Failure, tell};

/// Something to read, what people call it, and how long it is if that is known.
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) reader: Box<dyn Read>,
    pub(crate) len: Option<u64>,
}

impl Input {
    pub(crate) fn open(file: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = file.filter(|path| *path != Path::new("-")) else {
            static TAKEN: AtomicBool = AtomicBool::new(false);
            if TAKEN.swap(true, Ordering::Relaxed) {
                return Err(Failure::new("the standard input can be only one of the files"));
            }
            let stdin = io::stdin();
            if stdin.is_terminal() {
                tell("reading from the keyboard; Ctrl-D ends it");
            }
            let name = "standard input".to_owned();
            return Ok(Self { name, reader: Box::new(stdin.lock()), len: None });
        };
        let name = path.display().to_string();
        let file = File::open(path).map_err(|error| Failure::with(&name, error))?;
        let about = file.metadata().map_err(|error| Failure::with(&name, error))?;
        if about.is_dir() {
            return Err(Failure::with(&name, "expected a file, found a directory"));
        }
        let len = about.is_file().then_some(about.len());
        Ok(Self { name, reader: Box::new(file), len })
    }

    /// All of it, if that is not too long; otherwise `hint` says what to do.
    pub(crate) fn read(self, max_len: usize, hint: &str) -> Result<(String, Vec<u8>), Failure> {
        let Self { name, reader, .. } = self;
        let mut text = Vec::new();
        let mut start = reader.take((max_len as u64).saturating_add(1));
        start.read_to_end(&mut text).map_err(|error| Failure::with(&name, error))?;
        if text.len() > max_len {
            let message = format!("expected at most {max_len} bytes, found more{hint}");
            return Err(Failure::with(&name, message));
        }
        Ok((name, text))
    }
}

/// Reads what a file of JSON says.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    let (name, text) = Input::open(Some(path))?.read(MAX_RESPONSE_LEN, "")?;
    serde_json::from_slice(&text).map_err(|error| Failure::with(name, error))
}

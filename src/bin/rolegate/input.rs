//! Where documents come from: a file or the standard input.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

use serde::de::DeserializeOwned;

use crate::failure::Failure;

/// Something to read, what people call it, and how long it is if that is known.
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) reader: Box<dyn Read>,
    pub(crate) len: Option<u64>,
}

impl Input {
    pub(crate) fn open(file: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = file.filter(|path| *path != Path::new("-")) else {
            let stdin = io::stdin();
            if stdin.is_terminal() {
                eprintln!("rolegate: reading documents from the keyboard; Ctrl-D ends them");
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

    pub(crate) fn read(mut self) -> Result<(String, Vec<u8>), Failure> {
        let mut text = Vec::new();
        match self.reader.read_to_end(&mut text) {
            Ok(_) => Ok((self.name, text)),
            Err(error) => Err(Failure::with(&self.name, error)),
        }
    }
}

/// Reads what a file of JSON says.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    let (name, text) = Input::open(Some(path))?.read()?;
    serde_json::from_slice(&text).map_err(|error| Failure::with(name, error))
}

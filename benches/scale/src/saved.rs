//! Saving to a file and loading from it.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Write};

use crate::clock::once;
use crate::documents::Documents;
use crate::figures::{Figures, MEGABYTES, SECONDS};
use crate::reads::Answers;
use crate::subject::{self, Index};

/// The position of the host that is saved.
const POSITION: u64 = 1_234_567;

/// Measures saving and loading, and checks the answers of the loaded index. The file stays in the page cache.
pub fn measure(index: &Index, answers: &Answers<'_>, documents: &Documents, figures: &mut Figures) {
    let path = std::env::temp_dir().join(format!("rolegate-scale-{}", std::process::id()));
    let (save, ()) = once(|| {
        let mut out = BufWriter::with_capacity(1 << 20, File::create(&path).expect("a new file"));
        subject::save(index, POSITION, &mut out);
        out.flush().expect("room for the file");
    });
    let size = fs::metadata(&path).expect("a file").len();
    let (load, (loaded, position)) = once(|| {
        subject::load(BufReader::with_capacity(1 << 20, File::open(&path).expect("a file")))
    });
    fs::remove_file(&path).expect("a file");
    assert_eq!((loaded.len(), position), (documents.len(), POSITION));
    answers.check(&loaded);
    figures.insert("save", SECONDS, save);
    figures.insert("load", SECONDS, load);
    figures.insert("size of the file", MEGABYTES, size as f64);
}

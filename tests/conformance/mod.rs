//! The reference's own answers. `tests/data/conformance` has inputs and what Appwrite's code said of
//! them; with `ROLEGATE_VECTORS=DIR` the same checks run over the files in `DIR` instead.

mod collections;
mod decisions;
mod differences;
#[cfg(feature = "jwt")]
mod jwt;
#[cfg(feature = "jwt")]
mod keys;
mod language;
mod principals;

use std::fs;
use std::path::PathBuf;

use serde::de::DeserializeOwned;

/// Every file of vectors that there is a check for; for `jwt` and `keys` with the feature `jwt`.
const FILES: [&str; 10] = [
    "aggregate",
    "collections",
    "collections_raw",
    "decisions",
    "decisions_raw",
    "jwt",
    "keys",
    "permissions",
    "roles",
    "user_roles",
];

/// Where the vectors are, and whether they are the ones in this repository.
fn folder() -> (PathBuf, bool) {
    match std::env::var_os("ROLEGATE_VECTORS") {
        Some(folder) => (folder.into(), false),
        None => (PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/conformance"), true),
    }
}

/// Checks every case of a file and prints how many there were. A check says what is wrong; all
/// that is wrong is reported together. Another folder need not have every file.
fn check_all<Case: DeserializeOwned>(
    name: &str,
    mut check: impl FnMut(&Case) -> Result<(), String>,
) {
    let (folder, shipped) = folder();
    let path = folder.join(name).with_extension("ndjson");
    if !shipped && !path.exists() {
        println!("conformance {name}: 0 cases, there is no {}", path.display());
        return;
    }
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut wrong = Vec::new();
    let mut cases = 0;
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let case: Case = serde_json::from_str(line)
            .unwrap_or_else(|e| panic!("{}:{}: {e}", path.display(), number + 1));
        cases += 1;
        if let Err(what) = check(&case) {
            wrong.push(format!("{}:{}: {what}\n  {line}", path.display(), number + 1));
        }
    }
    println!("conformance {name}: {cases} cases");
    assert!(cases > 0, "{} has no cases", path.display());
    assert!(wrong.is_empty(), "{} of {cases} wrong\n{}", wrong.len(), wrong.join("\n"));
}

/// Compares one thing that we say with what the reference says.
fn same<T: PartialEq + std::fmt::Debug>(what: &str, ours: &T, reference: &T) -> Result<(), String> {
    if ours == reference {
        Ok(())
    } else {
        Err(format!("{what}: ours {ours:?}, the reference's {reference:?}"))
    }
}

/// A file that nobody checks would look like one that passed.
#[test]
fn every_file_of_the_folder_is_checked() {
    let (folder, _) = folder();
    let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut known = 0;
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.extension().is_some_and(|extension| extension == "ndjson") {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let known_name = FILES.contains(&name.as_str());
            assert!(known_name, "no check for {}", path.display());
            known += usize::from(FILES.contains(&name.as_str()));
        }
    }
    assert!(known > 0, "{} has no vectors", folder.display());
}

//! Appwrite's own answers. `tests/data/conformance` holds inputs with the outputs of Appwrite's code.
//! With `ROLEGATE_VECTORS=DIR` the same checks run over the files in `DIR` instead.

mod audience;
mod collections;
mod decisions;
mod differences;
#[cfg(feature = "auth")]
mod jwt;
#[cfg(feature = "auth")]
mod keys;
mod language;
mod principals;
#[cfg(feature = "http")]
mod requests;

use std::fs;
use std::path::PathBuf;

use serde::de::DeserializeOwned;

/// The files that every folder of vectors must have. `jwt`, `keys` and `requests` are checked with the
/// feature `auth` only.
const FILES: [&str; 12] = [
    "aggregate",
    "audience",
    "collections",
    "collections_raw",
    "decisions",
    "decisions_raw",
    "jwt",
    "keys",
    "permissions",
    "requests",
    "roles",
    "user_roles",
];

/// Returns the folder of the vectors, and `true` if it is the one of this repository.
fn folder() -> (PathBuf, bool) {
    match std::env::var_os("ROLEGATE_VECTORS") {
        Some(folder) => (folder.into(), false),
        None => (PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/conformance"), true),
    }
}

/// Checks every case of a file and prints the number of cases. A check returns the mistake of a case. All
/// wrong cases are reported together.
fn check_all<Case: DeserializeOwned>(
    name: &str,
    mut check: impl FnMut(&Case) -> Result<(), String>,
) {
    let path = folder().0.join(name).with_extension("ndjson");
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

/// Compares an answer of this library with Appwrite's answer.
fn same<T: PartialEq + std::fmt::Debug>(what: &str, ours: &T, appwrite: &T) -> Result<(), String> {
    if ours == appwrite {
        Ok(())
    } else {
        Err(format!("{what}: ours {ours:?}, Appwrite's {appwrite:?}"))
    }
}

/// Returns the mistakes of a folder with files of these names: vectors without a check, and missing vectors.
fn faults(names: &[String]) -> Vec<String> {
    let vectors: Vec<&str> = names.iter().filter_map(|name| name.strip_suffix(".ndjson")).collect();
    let unknown = vectors.iter().filter(|name| !FILES.contains(name));
    let unknown = unknown.map(|name| format!("no check for {name}.ndjson"));
    let missing = FILES.iter().filter(|name| !vectors.contains(name));
    unknown.chain(missing.map(|name| format!("missing {name}.ndjson"))).collect()
}

#[test]
fn folder_every_file_is_known_and_no_file_is_missing() {
    let (folder, _) = folder();
    let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let names: Vec<String> = names.collect();
    assert_eq!(faults(&names), [""; 0], "{}", folder.display());
}

#[test]
fn folder_wrong_or_missing_file_is_a_fault() {
    let names = |names: &[&str]| names.iter().map(|name| format!("{name}.ndjson")).collect();
    let known: Vec<String> = names(&FILES);
    let with = |name: &str| [known.as_slice(), &[name.to_owned()]].concat();
    assert_eq!(faults(&known), [""; 0]);
    assert_eq!(faults(&with("keys_config.json")), [""; 0]);
    assert_eq!(faults(&with("role.ndjson")), ["no check for role.ndjson"]);
    assert_eq!(faults(&known[1..]), ["missing aggregate.ndjson"]);
    assert_eq!(faults(&[]).len(), FILES.len());
}

//! Replays the files in `corpus/TARGET` and `regressions/TARGET`, without libFuzzer.

use std::fs;
use std::path::{Path, PathBuf};

/// Returns the files in a folder of a target.
fn files(folder: &str, target: &str) -> Vec<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(target);
    let entries = fs::read_dir(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let files = entries.map(|entry| entry.unwrap().path());
    files.filter(|path| !path.ends_with(".gitkeep")).collect()
}

fn replay(target: &str, body: fn(&[u8])) {
    let seeds = files("corpus", target);
    assert!(!seeds.is_empty(), "{target} has no seeds");
    for path in seeds.into_iter().chain(files("regressions", target)) {
        let data = fs::read(&path).unwrap();
        let result = std::panic::catch_unwind(|| body(&data));
        assert!(result.is_ok(), "{}", path.display());
    }
}

#[test]
fn text_is_accepted_as_by_the_recogniser() {
    replay("permission", rolegate_fuzz::permission);
}

#[test]
fn accepted_text_is_printed_unchanged() {
    replay("round_trip", rolegate_fuzz::round_trip);
}

#[test]
fn user_document_gives_the_roles_of_the_table() {
    replay("user_document", rolegate_fuzz::user_document);
}

#[test]
fn json_is_filtered_as_by_the_naive_filter() {
    replay("json_filter", rolegate_fuzz::json_filter);
}

#[test]
fn table_agrees_with_a_plain_map() {
    replay("table_operations", rolegate_fuzz::table_operations);
}

#[test]
fn index_agrees_with_a_plain_map() {
    replay("document_index", rolegate_fuzz::document_index);
}

#[test]
fn audience_agrees_with_a_plain_map() {
    replay("audience", rolegate_fuzz::audience);
}

#[test]
fn saved_index_is_refused_or_loaded_as_it_is() {
    replay("saved_index", rolegate_fuzz::saved_index);
}

#[test]
fn token_has_the_claims_of_its_signed_bytes() {
    replay("token", rolegate_fuzz::token);
}

#[test]
fn headers_give_only_the_session_that_they_have() {
    replay("headers", rolegate_fuzz::headers);
}

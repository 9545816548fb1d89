//! `rolegate filter`.

use std::io::Read;
use std::process::Stdio;

use super::{BIRTHDAYS, USER_A, command, file, run, run_on};

const KEVIN: &str = r#"{
  "total": 1,
  "documents": [
    {
      "$id": "ac5fc866ad1e",
      "$permissions": ["read(\"user:user-a\")"],
      "name": "Kevin",
      "birthday": "2012-02-03"
    }
  ]
}
"#;

/// The guide's response, one document a line.
fn lines() -> String {
    let response: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(BIRTHDAYS).unwrap()).unwrap();
    let documents = response["documents"].as_array().unwrap();
    documents.iter().flat_map(|document| [document.to_string(), "\n".into()]).collect()
}

#[test]
fn the_guide_s_user_sees_one_document_of_a_file_a_pipe_and_lines() {
    let of_file = run(&["filter", "--roles", USER_A, BIRTHDAYS]);
    assert_eq!((of_file.status, of_file.out.as_str(), of_file.err.as_str()), (0, KEVIN, ""));

    let response = std::fs::read_to_string(BIRTHDAYS).unwrap();
    for args in [&["filter", "--roles", USER_A][..], &["filter", "--roles", USER_A, "-"]] {
        let run = run_on(&response, args);
        assert_eq!((run.status, run.out.as_str(), run.err.as_str()), (0, KEVIN, ""));
    }

    let lines = lines();
    let first = lines.split_inclusive('\n').next().unwrap();
    let run = run_on(&lines, &["filter", "--roles", USER_A]);
    assert_eq!((run.status, run.out.as_str()), (0, first));
    let told = run_on(&lines, &["filter", "--roles", USER_A, "--form", "lines"]);
    assert_eq!(told.out, first);

    let array = run_on(
        "[{\"$permissions\":[\"read(\\\"users\\\")\"]}, {}]",
        &["filter", "--roles", USER_A],
    );
    assert_eq!(array.out, "[{\"$permissions\":[\"read(\\\"users\\\")\"]}]");
}

#[test]
fn other_actions_lists_and_nested_documents_can_be_asked_for() {
    let input = r#"{"movies":[{"$permissions":["update(\"users\")"],"a":{"$permissions":[]}},{}]}"#;
    let run = run_on(
        input,
        &["filter", "--roles", "users", "--action", "update", "--list", "movies", "--nested"],
    );
    assert_eq!(run.out, r#"{"movies":[{"$permissions":["update(\"users\")"],"a":null}]}"#);
    let unnamed = run_on(input, &["filter", "--roles", "users", "--form", "list"]);
    assert_eq!(unnamed.status, 2);
    assert!(unnamed.err.contains("--list"), "{}", unnamed.err);
    let long = run_on("{\"a\":1}\n", &["filter", "--guest", "--max-document", "6"]);
    assert_eq!(long.status, 2);
    assert!(long.err.contains("--max-document"), "{}", long.err);
}

#[test]
fn a_collection_counts_too() {
    let granting = file("granting.json", r#"{"$permissions":["read(\"users\")", "red(\"any\")"]}"#);
    let all = run(&["filter", "--roles", USER_A, "--collection", &granting, BIRTHDAYS]);
    assert_eq!(all.status, 0);
    assert_eq!(all.out, std::fs::read_to_string(BIRTHDAYS).unwrap());
    assert!(all.err.contains("write `read`"), "{}", all.err);

    let secured = file("secured.json", r#"{"$permissions":[],"documentSecurity":true}"#);
    let one = run(&["filter", "--roles", USER_A, "--collection", &secured, BIRTHDAYS]);
    assert_eq!((one.status, one.out.as_str()), (0, KEVIN));

    let closed = file("closed.json", r#"{"$permissions":[]}"#);
    let none = run(&["filter", "--roles", USER_A, "--collection", &closed, BIRTHDAYS]);
    assert_eq!((none.status, none.out.as_str()), (1, ""));
    assert!(none.err.contains("document security"), "{}", none.err);
}

#[test]
fn malformed_json_and_missing_files_end_with_2_and_say_where() {
    let bad = run_on("{\"documents\": [\n  {\"a\": 1,}\n]}", &["filter", "--guest"]);
    assert_eq!((bad.status, bad.out.as_str()), (2, ""));
    assert_eq!(
        bad.err,
        "rolegate: standard input: line 2, column 11: expected a key, found `}`; leave out the comma before it\n"
    );
    let missing = run(&["filter", "--guest", "no/such/file.json"]);
    assert_eq!(missing.status, 2);
    assert!(missing.err.contains("no/such/file.json"), "{}", missing.err);
    let directory = run(&["filter", "--guest", env!("CARGO_MANIFEST_DIR")]);
    assert_eq!(directory.status, 2);
    assert!(directory.err.contains("directory"), "{}", directory.err);

    // What stood before the mistake has been written.
    let line = "{\"$permissions\":[\"read(\\\"any\\\")\"]}\n";
    let lines = run_on(&format!("{line}{line}{{\n"), &["filter", "--roles", "any"]);
    assert_eq!((lines.status, lines.out), (2, line.repeat(2)));
    assert!(lines.err.contains("line 3, column 2"), "{}", lines.err);
}

#[test]
fn malformed_permissions_are_told_of() {
    let run =
        run_on("[{\"$permissions\":[\"reed\"]},{\"$permissions\":5}]", &["filter", "--guest"]);
    assert_eq!((run.status, run.out.as_str()), (0, "[]"));
    assert!(run.err.contains("document 0: permission 0"), "{}", run.err);
    assert!(run.err.contains("and 1 more"), "{}", run.err);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let line = "{\"$permissions\":[\"read(\\\"any\\\")\"]}\n";
    let long = file("long.ndjson", &line.repeat(100_000));
    let mut command = command(&["filter", "--roles", "any", &long]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0; 10]).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn nobody_has_to_hear_what_the_tool_says() {
    for (input, status, out) in
        [("{\"$permissions\":[\"read(\\\"any\\\")\",\"rea\"]}\n", 0, true), ("{\"a\":\n", 2, false)]
    {
        let path = file("said.ndjson", input);
        let mut command = command(&["filter", "--guest", &path]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stderr.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stdout == input.as_bytes()), (Some(status), out));
    }
}

#[test]
fn what_is_held_in_memory_is_bounded() {
    for args in [&["filter", "--guest"][..], &["lint"], &["explain", "--guest", "--id", "a"]] {
        let long =
            run_on(&format!("[{}]", " ".repeat(1000)), &[args, &["--max-input", "999"]].concat());
        assert_eq!((long.status, long.out.as_str()), (2, ""), "{args:?}");
        assert!(long.err.contains("--max-input"), "{args:?}: {}", long.err);
    }
    let lines = run_on(&"\n".repeat(1000), &["filter", "--guest", "--max-input", "10"]);
    assert_eq!((lines.status, lines.err.as_str()), (0, ""), "lines pass");
}

#[test]
#[cfg(target_os = "linux")]
fn output_that_cannot_be_written_ends_with_2() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = command(&["filter", "--roles", USER_A, BIRTHDAYS]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.starts_with("rolegate: the output cannot be written: "), "{err}");
}

//! The command `rolegate filter`.

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

/// Returns the documents of the guide's response, one per line.
fn lines() -> String {
    let response: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(BIRTHDAYS).unwrap()).unwrap();
    let documents = response["documents"].as_array().unwrap();
    documents.iter().flat_map(|document| [document.to_string(), "\n".into()]).collect()
}

#[test]
fn filter_file_pipe_or_lines_prints_visible_document() {
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
    let told = run_on(&lines, &["filter", "--roles", USER_A, "--format", "lines"]);
    assert_eq!(told.out, first);

    let array = run_on(
        "[{\"$permissions\":[\"read(\\\"users\\\")\"]}, {}]",
        &["filter", "--roles", USER_A],
    );
    assert_eq!(array.out, "[{\"$permissions\":[\"read(\\\"users\\\")\"]}]");
}

#[test]
fn filter_with_action_list_and_nested_applies_them() {
    let input = r#"{"movies":[{"$permissions":["update(\"users\")"],"a":{"$permissions":[]}},{}]}"#;
    let run = run_on(
        input,
        &["filter", "--roles", "users", "--action", "update", "--list", "movies", "--nested"],
    );
    assert_eq!(run.out, r#"{"movies":[{"$permissions":["update(\"users\")"],"a":null}]}"#);
    let unnamed = run_on(input, &["filter", "--roles", "users", "--format", "list"]);
    assert_eq!(unnamed.status, 2);
    assert!(unnamed.err.contains("--list"), "{}", unnamed.err);
    let long = run_on("{\"a\":1}\n", &["filter", "--guest", "--max-document", "6"]);
    assert_eq!(long.status, 2);
    assert!(long.err.ends_with("; raise the limit with --max-document\n"), "{}", long.err);
}

#[test]
fn filter_with_collection_applies_its_permissions() {
    let granting = file("granting.json", r#"{"$permissions":["read(\"users\")", "red(\"any\")"]}"#);
    let all = run(&["filter", "--roles", USER_A, "--collection", &granting, BIRTHDAYS]);
    assert_eq!(all.status, 0);
    assert_eq!(all.out, std::fs::read_to_string(BIRTHDAYS).unwrap());
    assert!(all.err.contains("write `read`"), "{}", all.err);

    let secured = file("secured.json", r#"{"$permissions":[],"documentSecurity":true}"#);
    let one = run(&["filter", "--roles", USER_A, "--collection", &secured, BIRTHDAYS]);
    assert_eq!((one.status, one.out.as_str()), (0, KEVIN));

    let unsecured = file("unsecured.json", r#"{"$permissions":[]}"#);
    let none = run(&["filter", "--roles", USER_A, "--collection", &unsecured, BIRTHDAYS]);
    assert_eq!((none.status, none.out.as_str()), (1, ""));
    assert!(none.err.contains("document security is disabled"), "{}", none.err);
}

#[test]
fn create_that_only_documents_grant_is_refused_with_that_reason() {
    let secured = file("secured.json", r#"{"$permissions":[],"documentSecurity":true}"#);
    let asked = ["--roles", "any", "--action", "create", "--collection", &secured];
    for command in [&["filter", BIRTHDAYS][..], &["query", "--dialect", "qdrant"]] {
        let refused = run(&[command, &asked].concat());
        assert_eq!((refused.status, refused.out.as_str()), (1, ""), "{command:?}");
        assert_eq!(
            refused.err,
            "rolegate: access denied: no role of the principal may create; \
             the collection does not grant it, and permissions of documents never grant create\n"
        );
    }
}

#[test]
fn filter_malformed_json_or_missing_file_ends_with_2_and_names_place() {
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

    // The lines before the mistake are written.
    let line = "{\"$permissions\":[\"read(\\\"any\\\")\"]}\n";
    let lines = run_on(&format!("{line}{line}{{\n"), &["filter", "--roles", "any"]);
    assert_eq!((lines.status, lines.out), (2, line.repeat(2)));
    assert!(lines.err.contains("line 3, column 2"), "{}", lines.err);
}

#[test]
fn filter_with_closed_collection_finds_it_only_for_keys() {
    for enabled in ["false", "null"] {
        let json = format!(
            r#"{{"$permissions":["read(\"any\")"],"documentSecurity":true,"enabled":{enabled}}}"#
        );
        let closed = file("closed.json", &json);
        let none = run(&["filter", "--roles", USER_A, "--collection", &closed, BIRTHDAYS]);
        assert_eq!((none.status, none.out.as_str()), (1, ""), "{enabled}");
        assert_eq!(none.err, "rolegate: collection not found; the collection is not enabled\n");

        let project = file(
            "project.json",
            r#"{"$id":"p1","keys":[{"secret":"standard_k","scopes":["documents.read"]}]}"#,
        );
        let key = ["--api-key", "standard_k", "--project", &project];
        let all = run(&[&["filter"], &key[..], &["--collection", &closed, BIRTHDAYS]].concat());
        assert_eq!(all.status, 0, "{}", all.err);
        assert_eq!(all.out, std::fs::read_to_string(BIRTHDAYS).unwrap());
    }
    let open = file("open.json", r#"{"$permissions":["read(\"any\")"],"enabled":true}"#);
    let all = run(&["filter", "--roles", USER_A, "--collection", &open, BIRTHDAYS]);
    assert_eq!((all.status, all.err.as_str()), (0, ""));
}

#[test]
fn collection_file_without_permissions_is_refused_with_what_was_found() {
    for (json, message) in [
        (
            r#"{"total":1,"collections":[{"$id":"c","$permissions":[]}]}"#,
            "expected a collection with `$permissions`, found an object with the keys `total`, \
             `collections`; pass one element of `collections`",
        ),
        (
            r#"{"$id":"c","permissions":[]}"#,
            "expected a collection with `$permissions`, found an object with the keys `$id`, \
             `permissions`; write `$permissions` instead of `permissions`",
        ),
        ("{}", "expected a collection with `$permissions`, found an empty object"),
        (
            r#"{"$id":"c","attributes":[{"key":"a"}]}"#,
            "expected a collection with `$permissions`, found an object with the keys `$id`, \
             `attributes`\n",
        ),
        (
            r#"{"$id":"d","$tableId":"t","$permissions":[]}"#,
            "expected a collection, found an object with the key `$tableId`",
        ),
        (
            r#"{"$permissions":null}"#,
            "expected a collection with `$permissions`, found `$permissions`: null",
        ),
        (
            r#"[{"$permissions":[]}]"#,
            "expected a collection, found an array; pass one element of the array",
        ),
        ("null", "expected a collection, found null"),
        ("\"c\"", "expected a collection, found a string"),
        (r#"{"$permissions":[],"$permissions":[]}"#, "the key `$permissions` is repeated"),
        (r#"{"$permissions":[],"enabled":"false"}"#, "expected a boolean"),
        (r#"{"$permissions":[],"documentSecurity":1}"#, "expected a boolean"),
        (r#"{"$permissions":"read(\"any\")"}"#, "expected a sequence"),
    ] {
        let path = file("collection.json", json);
        let args = ["--guest", "--collection", &path];
        for command in [&["filter"][..], &["explain", "--id", "ac5fc866ad1e"]] {
            let run = run(&[command, &args[..], &[BIRTHDAYS]].concat());
            assert_eq!((run.status, run.out.as_str()), (2, ""), "{json}");
            assert!(run.err.starts_with(&format!("rolegate: {path}: ")), "{json}: {}", run.err);
            assert!(run.err.contains(message), "{json}: {}", run.err);
        }
    }
}

#[test]
fn filter_malformed_permissions_reports_them() {
    let run =
        run_on("[{\"$permissions\":[\"reed\"]},{\"$permissions\":5}]", &["filter", "--guest"]);
    assert_eq!((run.status, run.out.as_str()), (0, "[]"));
    let expected = "rolegate: standard input: 2 malformed permissions: document 0: permission 0: ";
    assert!(run.err.starts_with(expected), "{}", run.err);
    assert!(run.err.ends_with("; `rolegate lint` shows each\n"), "{}", run.err);
}

#[test]
fn filter_document_without_permissions_reports_its_position() {
    let one = run_on(r#"{"total":1,"documents":[{"status":"active"}]}"#, &["filter", "--guest"]);
    assert_eq!((one.status, one.out.as_str()), (0, r#"{"total":0,"documents":[]}"#));
    assert_eq!(
        one.err,
        "rolegate: standard input: removed 1 document without `$permissions`: position 0; \
         a query that selects attributes must select `$permissions` too\n"
    );

    let visible = "{\"$permissions\":[\"read(\\\"any\\\")\"]}\n";
    let lines = format!("{visible}{}5\n\"x\"\n", "{}\n".repeat(7));
    let many = run_on(&lines, &["filter", "--roles", "any"]);
    assert_eq!((many.status, many.out.as_str()), (0, visible));
    assert_eq!(
        many.err,
        "rolegate: standard input: removed 7 documents without `$permissions`: \
         positions 1, 2, 3, 4, 5, ...; \
         a query that selects attributes must select `$permissions` too\n\
         rolegate: standard input: removed 2 values that cannot be documents: positions 8, 9\n"
    );
}

#[test]
fn input_without_documents_ends_with_2_and_names_what_to_pass() {
    for (input, message) in [
        (
            r#"{"message":"Unauthorized","code":401}"#,
            "found an object with the keys `message` and `code`; this looks like an error response",
        ),
        (r#"{"total":0,"movies":[{"a":1}]}"#, "with the array `movies`; pass --list movies\n"),
        (r#"{"my movies":[]}"#, "with the array `my movies`; pass --list 'my movies'\n"),
        (r#"{"it's":[]}"#, r"; pass --list 'it'\''s'"),
        (r#"{"data":[]}"#, "pass --list data\n"),
        (r#"{"--x":[]}"#, "pass --list=--x\n"),
        (r#"{"\u001b'[":[]}"#, r"pass --list $'\U0000001b\'['"),
        (r#"{"errors":[{"message":"no"}],"data":null}"#, "this looks like an error response"),
        (r#"[{"total":0,"documents":[]}]"#, "found an array of list responses"),
        ("\"Unauthorized\"", "expected an object with a list of documents"),
    ] {
        for args in [&["filter", "--guest"][..], &["lint"], &["explain", "--guest", "--id", "a"]] {
            let run = run_on(input, args);
            assert_eq!((run.status, run.out.as_str()), (2, ""), "{args:?} {input}");
            let start = "rolegate: standard input: line 1, column 1: expected ";
            assert!(run.err.starts_with(start), "{args:?} {input}: {}", run.err);
            assert!(run.err.contains(message), "{args:?} {input}: {}", run.err);
        }
    }
    let movies = r#"{"total":9,"movies":[]}"#;
    let named = run_on(movies, &["filter", "--guest", "--list", "movies"]);
    assert_eq!((named.status, named.out.as_str()), (0, r#"{"total":0,"movies":[]}"#));
    let document = r#"{"$id":"a","$permissions":[]}"#;
    let list = run_on(document, &["filter", "--guest", "--format", "list"]);
    assert!(list.err.ends_with("; pass --format lines for a single document\n"), "{}", list.err);
}

#[test]
fn filter_with_closed_output_pipe_ends_with_0() {
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
fn filter_with_closed_standard_error_keeps_its_status() {
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
fn input_longer_than_the_limit_is_refused() {
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
fn filter_with_full_output_device_ends_with_2() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = command(&["filter", "--roles", USER_A, BIRTHDAYS]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.starts_with("rolegate: cannot write the output: "), "{err}");
}

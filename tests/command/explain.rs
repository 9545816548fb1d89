//! `rolegate explain`.

use std::time::{Duration, Instant};

use super::{BIRTHDAYS, USER_A, file, run, run_on};

#[test]
fn it_says_why_and_ends_with_1_if_denied() {
    let allowed = run(&["explain", "--roles", USER_A, "--id", "ac5fc866ad1e", BIRTHDAYS]);
    assert_eq!((allowed.status, allowed.err.as_str()), (0, ""));
    let expected = format!(
        "{BIRTHDAYS}:4: document `ac5fc866ad1e`\n  read allowed: the document grants read(\"user:user-a\")\n"
    );
    assert_eq!(allowed.out, expected, "no colours but on a terminal");

    let denied = run(&["explain", "--roles", USER_A, "--id", "bc7fc866ad1e", BIRTHDAYS]);
    assert_eq!(denied.status, 1);
    assert!(denied.out.contains("read denied: it needs user:user-b"), "{}", denied.out);
}

#[test]
fn it_says_it_in_json() {
    let run = run(&["explain", "--guest", "--json", "--id", "cc2fc886ad1e", BIRTHDAYS]);
    assert_eq!(run.status, 1);
    let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(
        report,
        serde_json::json!({
            "$id": "cc2fc886ad1e",
            "document": 2,
            "line": 16,
            "action": "read",
            "allowed": false,
            "reason": "not_granted",
            "roles": ["user:user-c"],
        })
    );
}

#[test]
fn what_is_not_there_is_an_error() {
    let run = run(&["explain", "--guest", "--id", "nobody", BIRTHDAYS]);
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    assert!(run.err.contains("found none among 3 documents"), "{}", run.err);
}

#[test]
fn what_does_not_count_is_said() {
    for (document, note) in [
        (r#"{"$id":"x"}"#, "no `$permissions`"),
        (r#"{"$id":"x","$permissions":null}"#, "no array of strings"),
        (r#"{"\u0024id":"x","$permissions":["read(\"any\")",1]}"#, "no array of strings"),
        (r#"{"$id":"x","$permissions":["red(\"any\")"]}"#, "write `read`"),
    ] {
        for input in
            [format!("{document}\n"), format!("[{document}]"), format!("{{\"rows\":[{document}]}}")]
        {
            let run = run_on(&input, &["explain", "--roles", "any", "--id", "x"]);
            assert_eq!(run.status, 1, "{input}: {}", run.err);
            assert!(run.out.contains(note), "{input}: {}", run.out);
        }
    }
    let twice = run_on(
        r#"[{"$id":"x","$permissions":[],"$permissions":[]}]"#,
        &["explain", "--guest", "--id", "x"],
    );
    assert_eq!(twice.status, 2);
}

#[test]
fn a_collection_counts_too() {
    let collection = file("explained.json", r#"{"$permissions":["read(\"any\")"]}"#);
    let run = run(&[
        "explain",
        "--guest",
        "--id",
        "bc7fc866ad1e",
        "--collection",
        &collection,
        BIRTHDAYS,
    ]);
    assert_eq!(run.status, 0);
    assert!(run.out.contains("the collection grants read(\"any\")"), "{}", run.out);
}

/// A test of time, with room for a slow machine: it took minutes as long as every place was counted from
/// the start.
#[test]
fn places_are_counted_once() {
    let documents: String = (0..50_000).fold(String::new(), |documents, index| {
        documents
            + &format!("{{\"$id\":\"x\",\"$permissions\":[\"read(\\\"user:u{index}\\\")\"]}}\n")
    });
    let start = Instant::now();
    let explained = run_on(&documents, &["explain", "--guest", "--id", "x"]);
    assert_eq!(explained.out.lines().count(), 100_000);
    assert!(explained.out.contains("standard input:50000: "));

    let list = vec!["\"reed(\\\"any\\\")\""; 50_000].join(",\n");
    let linted = run_on(&format!("{{\"documents\":[{{\"$permissions\":[{list}]}}]}}"), &["lint"]);
    assert!(linted.out.contains("standard input:50000:2: "));
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

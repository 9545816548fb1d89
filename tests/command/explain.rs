//! The command `rolegate explain`.

use std::time::{Duration, Instant};

use super::{BIRTHDAYS, USER_A, file, run, run_on};

#[test]
fn explain_prints_reason_and_ends_with_1_if_denied() {
    let allowed = run(&["explain", "--roles", USER_A, "--id", "ac5fc866ad1e", BIRTHDAYS]);
    assert_eq!((allowed.status, allowed.err.as_str()), (0, ""));
    let expected = format!(
        "{BIRTHDAYS}:4: document `ac5fc866ad1e`\n  read allowed: the document grants read(\"user:user-a\")\n"
    );
    assert_eq!(allowed.out, expected, "colours only on a terminal");

    let denied = run(&["explain", "--roles", USER_A, "--id", "bc7fc866ad1e", BIRTHDAYS]);
    assert_eq!(denied.status, 1);
    assert!(denied.out.contains("read denied: it needs user:user-b"), "{}", denied.out);
}

#[test]
fn explain_with_json_prints_one_object() {
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
fn explain_unknown_id_ends_with_2() {
    let run = run(&["explain", "--guest", "--id", "unknown", BIRTHDAYS]);
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    assert!(
        run.err.contains("no document with the `$id` `unknown`; the input has 3 documents"),
        "{}",
        run.err
    );
}

#[test]
fn explain_unusable_permissions_adds_a_note() {
    for (document, note) in [
        (r#"{"$id":"x"}"#, "no `$permissions`"),
        (r#"{"$id":"x","$permissions":null}"#, "is not an array of strings"),
        (r#"{"\u0024id":"x","$permissions":["read(\"any\")",1]}"#, "is not an array of strings"),
        (r#"{"$id":"x","$permissions":["red(\"any\")"]}"#, "write `read`"),
    ] {
        for (input, format) in [
            (format!("{document}\n"), "lines"),
            (format!("[{document}]"), "detect"),
            (format!("{{\"rows\":[{document}]}}"), "detect"),
        ] {
            let args = ["explain", "--roles", "any", "--id", "x", "--format", format];
            let run = run_on(&input, &args);
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
fn explain_with_collection_names_its_permission() {
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

#[test]
fn explain_with_closed_collection_denies_with_status_1() {
    let closed = file("closed.json", r#"{"$permissions":["read(\"any\")"],"enabled":false}"#);
    let args = ["--id", "bc7fc866ad1e", "--collection", &closed, BIRTHDAYS];
    let denied = run(&[&["explain", "--roles", USER_A], &args[..]].concat());
    assert_eq!(denied.status, 1);
    assert!(denied.out.contains("read denied: the collection is not enabled"), "{}", denied.out);
}

#[test]
fn explain_with_user_names_values_that_give_no_role() {
    let user = file("user.json", r#"{"$id":"user-a","labels":["super-admin"]}"#);
    for format in [&[][..], &["--json"]] {
        let args = ["explain", "--user", &user, "--id", "bc7fc866ad1e", BIRTHDAYS];
        let denied = run(&[&args[..], format].concat());
        assert_eq!(denied.status, 1);
        let expected = format!("rolegate: {user}: labels[0] `super-admin` gives no role: ");
        assert!(denied.err.starts_with(&expected), "{}", denied.err);
        assert!(!denied.out.contains("super-admin"), "{}", denied.out);
    }
}

/// The time limit has room for a slow machine. Counting each place from the start of the input took minutes.
#[test]
fn explain_and_lint_many_documents_take_linear_time() {
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

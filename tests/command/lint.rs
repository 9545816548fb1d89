//! The command `rolegate lint`.

use super::{BIRTHDAYS, file, run, run_on};

#[test]
fn lint_well_formed_permissions_finds_no_problem() {
    let run = run(&["lint", BIRTHDAYS]);
    assert_eq!((run.status, run.err.as_str()), (0, ""));
    assert_eq!(run.out, format!("{BIRTHDAYS}: no problems in 3 documents\n"));
}

#[test]
fn lint_malformed_permission_shows_place_caret_and_hint() {
    let path = file(
        "malformed.json",
        "[\n  {\"$id\": \"é\", \"$permissions\": [\n    \"read(\\\"usr:a\\\")\"]}\n]",
    );
    let run = run(&["lint", &path]);
    assert_eq!(run.status, 1);
    let expected = format!(
        "{path}:3:13: document `é`: permission 0 is malformed\n\
        \x20   read(\"usr:a\")\n\
        \x20         ^^^ expected a role, found `usr`; write `user:a`\n\
        {path}:2:3: document `é`: its permissions grant nothing; only keys see it\n\
        {path}: 2 problems in 1 document\n"
    );
    assert_eq!(run.out, expected);
}

#[test]
fn lint_useless_permission_names_the_reason() {
    for (permissions, problem) in [
        (r#"["read(\"any\")","create(\"users\")"]"#, "create means nothing on a document"),
        (r#"["read(\"any\")","read(\"any\")"]"#, "the same as permission 0"),
        (
            r#"["write(\"users\")","delete(\"users\")"]"#,
            "permission 1, delete(\"users\"), is useless: permission 0, write(\"users\"), grants it already",
        ),
        (
            r#"["update(\"users\")","write(\"users\")"]"#,
            "permission 0, update(\"users\"), is useless: permission 1, write(\"users\"), grants it already",
        ),
        (r#"["create(\"users\")"]"#, "its permissions grant nothing"),
        ("[]", "its permissions grant nothing"),
        ("5", "`$permissions` is not an array of strings"),
        (r#"["read(\"any\")",[]]"#, "permission 1 is not a string; the whole list grants nothing"),
        (r#"["read(\"any\")",[]]"#, "its permissions grant nothing"),
        (r#"[5,"reed(\"any\")"]"#, "permission 1 is malformed"),
        (r#"["\u0072ead(\u0022\ud83d\ude00\u0022)"]"#, "permission 0 is malformed"),
    ] {
        let run = run_on(&format!("{{\"$permissions\":{permissions}}}\n"), &["lint"]);
        assert_eq!(run.status, 1, "{permissions}");
        assert!(run.out.contains(problem), "{permissions}: {}", run.out);
    }
    let fine = r#"["read(\"users\")","write(\"users\")","update(\"any\")"]"#;
    let run = run_on(&format!("{{\"$permissions\":{fine}}}\n"), &["lint"]);
    assert_eq!(run.status, 0, "{}", run.out);
    let run = run_on("{}\n5\n", &["lint", "--format", "lines"]);
    assert!(run.out.contains("standard input:1:1: document 0 has no `$permissions`"));
    assert!(run.out.contains("standard input:2:1: not an object"), "{}", run.out);
}

#[test]
fn lint_malformed_json_ends_with_2() {
    let run = run_on("[{\"a\":01}]", &["lint"]);
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    assert!(run.err.contains("line 1, column 8"), "{}", run.err);
}

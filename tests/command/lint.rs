//! `rolegate lint`.

use super::{BIRTHDAYS, file, run, run_on};

#[test]
fn what_is_well_formed_is_fine() {
    let run = run(&["lint", BIRTHDAYS]);
    assert_eq!((run.status, run.err.as_str()), (0, ""));
    assert_eq!(run.out, format!("{BIRTHDAYS}: no problems in 3 documents\n"));
}

#[test]
fn a_malformed_permission_is_shown_with_its_place_a_caret_and_a_hint() {
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
        {path}:2:3: document `é`: its permissions grant nothing to anybody; only keys see it\n\
        {path}: 2 problems in 1 document\n"
    );
    assert_eq!(run.out, expected);
}

#[test]
fn useless_permissions_are_found() {
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
        (r#"["create(\"users\")"]"#, "grant nothing to anybody"),
        ("[]", "grant nothing to anybody"),
        ("5", "expected an array of strings"),
        (r#"["read(\"any\")",[]]"#, "permission 1: expected a string"),
        (r#"["read(\"any\")",[]]"#, "grant nothing to anybody"),
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
    let run = run_on("{}\n5\n", &["lint", "--form", "lines"]);
    assert!(
        run.out.contains("standard input:1:1: document 0: expected `$permissions`, found none")
    );
    assert!(run.out.contains("standard input:2:1: expected a document"), "{}", run.out);
}

#[test]
fn malformed_json_ends_with_2() {
    let run = run_on("[{\"a\":01}]", &["lint"]);
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    assert!(run.err.contains("line 1, column 8"), "{}", run.err);
}

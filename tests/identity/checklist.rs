//! Every field that is read, with values that are absent, null, empty or of another type. The expected
//! answers are in the checklist of `tests/README.md`.

use std::collections::BTreeSet;

use rolegate::User;
use serde_json::{Value, json};

use super::probes;

/// A row of the checklist.
struct Row<'a> {
    section: &'a str,
    /// The document, with the further values that the row sets.
    document: Value,
    /// The name of the field, which may be absent from the document.
    field: &'a str,
    seen_by: &'a str,
    valid: Value,
    answer: &'a str,
    absent: &'a str,
    null: &'a str,
    empty: &'a str,
    wrong: &'a str,
}

/// Returns the checklist of `tests/README.md`, which is both document and data.
fn checklist() -> &'static str {
    let readme = include_str!("../README.md");
    let (_, rest) = readme.split_once("<!-- identity/checklist.rs reads from here -->").unwrap();
    rest.split_once("<!-- to here -->").unwrap().0
}

/// Reads the rows, and the document of each section.
fn rows(markdown: &str) -> Vec<Row<'_>> {
    let (mut section, mut document) = ("", Value::Null);
    let mut rows = Vec::new();
    for line in markdown.lines() {
        if let Some(title) = line.strip_prefix("### ") {
            section = title;
        } else if line.starts_with('{') {
            let hash = super::sha256(super::SESSION_SECRET);
            document = serde_json::from_str(&line.replace("SHA-256", &hash)).unwrap();
        } else if line.starts_with("| `") {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [field, seen_by, valid, absent, null, empty, wrong, source] = cells[..] else {
                panic!("{} cells: {line}", cells.len());
            };
            assert!(!source.is_empty(), "{line}");
            let (valid, answer) = valid.strip_prefix('`').unwrap().split_once("`: ").unwrap();
            let valid = valid.replace("SHA-256", &super::sha256(super::SESSION_SECRET));
            let mut code = field.split('`').skip(1).step_by(2);
            let field = code.next().unwrap();
            let mut document = document.clone();
            if let Some(with) = code.next() {
                let with: Value = serde_json::from_str(with).unwrap();
                document.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
            }
            let valid = serde_json::from_str(&valid).unwrap();
            rows.push(Row {
                section,
                document,
                field,
                seen_by,
                valid,
                answer,
                absent,
                null,
                empty,
                wrong,
            });
        }
    }
    rows
}

impl Row<'_> {
    /// Returns the object that has the field.
    fn object<'v>(&self, document: &'v mut Value) -> &'v mut serde_json::Map<String, Value> {
        let pointer = match self.section {
            "Membership" => "/memberships/0",
            "Session" => "/sessions/0",
            "Authenticator" => "/authenticators/0",
            _ => "",
        };
        document.pointer_mut(pointer).unwrap().as_object_mut().unwrap()
    }

    fn answer_without(&self) -> String {
        let mut document = self.document.clone();
        self.object(&mut document).remove(self.field);
        probes::answer(self.seen_by, &document)
    }

    fn answer_with(&self, value: &Value) -> String {
        let mut document = self.document.clone();
        self.object(&mut document).insert(self.field.to_owned(), value.clone());
        probes::answer(self.seen_by, &document)
    }

    /// Returns the values that are empty in PHP, in the type of the valid value.
    fn empty_values(&self) -> Vec<Value> {
        match &self.valid {
            Value::String(_) => vec![json!(""), json!("0")],
            Value::Array(_) => vec![json!([])],
            Value::Bool(_) => vec![json!(false)],
            Value::Number(_) => vec![json!(0)],
            other => panic!("{other}"),
        }
    }

    /// Returns values of every type but that of the valid value.
    fn wrong_values(&self) -> Vec<Value> {
        let all = [
            json!(""),
            json!("0"),
            json!("user"),
            json!("true"),
            json!("1767226500"),
            json!(false),
            json!(true),
            json!(0),
            json!(1),
            json!(-1),
            json!(1.5),
            json!(1_767_226_500.0),
            json!([]),
            json!(["password"]),
            json!([1]),
            json!([null]),
            json!(["password", null]),
            json!([["password"]]),
            json!([{"$id": "s1"}, 1]),
            json!([[], {}]),
            json!([{"type": "totp", "verified": true}]),
            json!({}),
            json!({"0": "password"}),
            json!({"$id": "user"}),
        ];
        let is_right = |value: &&Value| match (&self.valid, *value) {
            (Value::String(_), Value::String(_)) | (Value::Bool(_), Value::Bool(_)) => true,
            (Value::Number(_), Value::Number(number)) => number.is_i64() || number.is_u64(),
            (Value::Array(valid), Value::Array(values)) => {
                values.iter().all(|value| value.is_string() == valid[0].is_string())
                    && values.iter().all(|value| value.is_object() == valid[0].is_object())
            }
            _ => false,
        };
        let mut wrong: Vec<Value> = all.to_vec();
        wrong.retain(|value| !is_right(&value));
        wrong
    }
}

#[test]
fn field_that_is_absent_null_empty_or_of_another_type_gives_the_answer_of_the_checklist() {
    let rows = rows(checklist());
    let mut mistakes = Vec::new();
    for row in &rows {
        let mut check = |what: &str, expected: &str, found: &str| {
            if expected != "-" && expected != found {
                let (section, field, seen_by) = (row.section, row.field, row.seen_by);
                mistakes.push(format!(
                    "{section}, `{field}` {what} seen by {seen_by}: expected {expected}, found {found}"
                ));
            }
        };
        check("valid", row.answer, &row.answer_with(&row.valid));
        if row.absent != "-" {
            check("absent", row.absent, &row.answer_without());
        }
        if row.null != "-" {
            check("null", row.null, &row.answer_with(&Value::Null));
        }
        let answers: Vec<_> =
            row.empty_values().iter().map(|value| row.answer_with(value)).collect();
        let mut distinct = answers.clone();
        distinct.dedup();
        check("empty", row.empty, &distinct.join(", "));
        if row.wrong != "-" {
            for value in row.wrong_values() {
                check(&value.to_string(), row.wrong, &row.answer_with(&value));
            }
        }
    }
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
    assert_eq!(rows.len(), 63);
}

/// The checklist names every field that [`User`] writes, and so every field that it reads.
#[test]
fn checklist_of_a_user_has_every_field() {
    let document = json!({
        "$id": "u", "email": "e", "phone": "p", "status": true,
        "memberships": [{"$id": "m", "teamId": "t", "confirm": true, "roles": ["r"]}],
        "sessions": [
            {"$id": "s", "expire": "e", "secret": "s", "provider": "p", "factors": ["f"]},
        ],
        "authenticators": [{"type": "totp", "verified": true}],
    });
    let user: User = serde_json::from_value(document).unwrap();
    let written = serde_json::to_value(user).unwrap();
    let rows = rows(checklist());
    for (section, pointer) in [
        ("User", ""),
        ("Membership", "/memberships/0"),
        ("Session", "/sessions/0"),
        ("Authenticator", "/authenticators/0"),
    ] {
        let written: BTreeSet<&str> =
            written.pointer(pointer).unwrap().as_object().unwrap().keys().map(|k| &**k).collect();
        let listed: BTreeSet<&str> =
            rows.iter().filter(|row| row.section == section).map(|row| row.field).collect();
        assert_eq!(written, listed, "{section}");
    }
}

/// PHP uses the last one of two values. Such a guess could grant something.
#[test]
fn repeated_field_in_a_user_document_is_an_error() {
    let read = |json: &str| serde_json::from_str::<User>(json);
    for (before, field, after) in [
        ("{", r#""$id":"a""#, "}"),
        ("{", r#""status":true"#, "}"),
        ("{", r#""emailVerification":null"#, "}"),
        ("{", r#""labels":[]"#, "}"),
        (r#"{"sessions":[{"#, r#""expire":"2099-01-01T00:00:00.000+00:00""#, "}]}"),
        (r#"{"sessions":[{"#, r#""factors":[]"#, "}]}"),
        (r#"{"memberships":[{"#, r#""confirm":true"#, "}]}"),
        (r#"{"authenticators":[{"#, r#""type":"totp""#, "}]}"),
    ] {
        assert!(read(&format!("{before}{field}{after}")).is_ok(), "{field}");
        assert!(read(&format!("{before}{field},{field}{after}")).is_err(), "{field}");
    }
}

#[test]
fn unknown_field_with_any_value_is_ignored() {
    for value in ["null", "0", "\"\"", "[]", "{}", r#"[{"secret":"account_a"}]"#] {
        for json in [
            format!(r#"{{"$id":"u","keys":{value},"expire":{value}}}"#),
            format!(r#"{{"$id":"u","sessions":[{{"$id":"s","status":{value}}}]}}"#),
            format!(r#"{{"$id":"u","memberships":[{{"$id":"m","labels":{value}}}]}}"#),
        ] {
            let user: User = serde_json::from_str(&json).unwrap();
            assert_eq!(user.id, "u", "{json}");
        }
    }
}

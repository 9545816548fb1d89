//! Texts in columns that hold JSON: other spellings of an array, other types, and texts that are no JSON.

use rolegate::Principal;
use rolegate::query::sql::Dialect;

use super::{Constraints, Corpus, JsonText, Question, Readers, Row, Stored};

const ANY: &str = r#"read("any")"#;
const USERS: &str = r#"read("users")"#;

/// Returns rows whose text is JSON, or nearly JSON, and principals with the roles `any` and `users`.
pub fn hostile_json() -> Corpus {
    let texts = [readable(), unreadable(), unusual()].concat();
    let rows = texts.into_iter().map(Stored::Json).chain([
        Stored::Null,
        Stored::List(vec![ANY.into()]),
        Stored::List(vec!["write(\"users\")".into()]),
    ]);
    let principals = [
        Principal::parse_roles(["any"]).unwrap(),
        Principal::parse_roles(["users"]).unwrap(),
        Principal::parse_roles(["any", "users", "team:t/r"]).unwrap(),
        Principal::parse_roles([""; 0]).unwrap(),
        Principal::key_with_bypass(),
    ];
    Corpus {
        name: "hostile JSON".into(),
        rows: rows.enumerate().map(|(position, stored)| Row::new(position, stored)).collect(),
        strays: Vec::new(),
        questions: principals.iter().flat_map(Question::document_actions).collect(),
        constraints: Constraints::Loose,
        negate_every: 1,
    }
}

/// Returns arrays that every database reads.
fn readable() -> Vec<JsonText> {
    let characters: Vec<_> = ANY.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
    let escaped = characters.concat();
    let upper = escaped.to_uppercase().replace("\\U", "\\u");
    [
        ("[]", vec![]),
        (" [ ] ", vec![]),
        ("\t[\r\n \"read(\\\"any\\\")\" , \"x\" ]", vec![ANY]),
        (r#"["read(\"team:t\/r\")"]"#, vec![r#"read("team:t/r")"#]),
        (&format!("[\"{escaped}\"]"), vec![ANY]),
        (&format!("[\"{upper}\"]"), vec![ANY]),
        (r#"[null, true, false, 1, -0.5e10, 1E+2, "read(\"any\")"]"#, vec![ANY]),
        (r#"["read(\"any\")", "read(\"any\")"]"#, vec![ANY]),
        (r#"["read(\"any\"),read(\"users\")"]"#, vec![]),
        (r#"["read(\"any\")\u0000"]"#, vec![]),
        (r#"["\u0000read(\"any\")"]"#, vec![]),
        (r#"["read(\"any\u0000\")", "read(\"users\")"]"#, vec![USERS]),
        (r#"["\\u0000read(\"any\")", "read(\"users\")"]"#, vec![USERS]),
        (r#"["\ud83d\ude00", "read(\"users\")"]"#, vec![USERS]),
        (r#"["😀 é ſ", "read(\"users\")"]"#, vec![USERS]),
        (r#"["READ(\"ANY\")", "réad(\"any\")", "read(\"any\") "]"#, vec![]),
        (r#"["\b\f\n\r\t\\\/", "read(\"users\")"]"#, vec![USERS]),
        (r#"["%", "_", "'", "`", "$[*]", "read(\"users\")"]"#, vec![USERS]),
    ]
    .map(|(text, list)| JsonText::new(Readers::All, text, &list))
    .into()
}

/// Returns texts that are no array, or no JSON. No database reads a list.
fn unreadable() -> Vec<JsonText> {
    [
        "",
        " ",
        "null",
        "true",
        "1",
        "{}",
        r#""read(\"any\")""#,
        r#"{"0": "read(\"any\")"}"#,
        r#"{"read(\"any\")": "read(\"any\")"}"#,
        r#"{"a": ["read(\"any\")"]}"#,
        r#"read("any")"#,
        r#"[read("any")]"#,
        r#"['read("any")']"#,
        r#"["read("any")"]"#,
        r#"["read(\"any\")""#,
        r#"["read(\"any\")"#,
        r#""read(\"any\")"]"#,
        r#"["read(\"any\")"]]"#,
        r#"["read(\"any\")"] x"#,
        r#"["read(\"any\")"], ["read(\"any\")"]"#,
        r#"["read(\"any\")" "read(\"any\")"]"#,
        r#"[,"read(\"any\")"]"#,
        r#"["read(\"any\")",,"x"]"#,
        r#"["read(\"any\")", "\u12"]"#,
        r#"["read(\"any\")", 01]"#,
        r#"["read(\"any\")", .5]"#,
        r#"["read(\"any\")", +1]"#,
        r#"["read(\"any\")", 0x10]"#,
        r#"["read(\"any\")", True]"#,
        r#"["read(\"any\")", undefined]"#,
        r#"["read(\"any\")" /* no comment */]"#,
        r#"{read("any")}"#,
        r#"{"read(\"any\")"}"#,
        "[\"read(\\\"any\\\")\"]\0",
        "[\"read(\\\"any\\\")\"]\0 x",
        "[\"read(\\\"any\\\")\", \"\0\"]",
        "\0[\"read(\\\"any\\\")\"]",
        "]",
        "[",
        "\"",
        "\\",
    ]
    .map(|text| JsonText::new(Readers::All, text, &[]))
    .into()
}

/// Returns texts that some databases read, and others do not.
fn unusual() -> Vec<JsonText> {
    let deep = |levels: usize| {
        format!("[{}{}, \"read(\\\"users\\\")\"]", "[".repeat(levels), "]".repeat(levels))
    };
    let digits = |count: usize| format!("[{}, \"read(\\\"users\\\")\"]", "1".repeat(count));
    let mut texts = Vec::new();
    for text in [
        r#"[["read(\"any\")"], "read(\"users\")"]"#,
        r#"["read(\"users\")", [], {}]"#,
        r#"[{"0": "read(\"any\")", "read(\"any\")": 1}, "read(\"users\")"]"#,
        r#"["read(\"users\")", {"a": [{"b": ["read(\"any\")"]}]}]"#,
    ] {
        texts.push(JsonText::new(Readers::AllButPostgres, text, &[USERS]));
    }
    for text in
        [r#"["read(\"users\")", "\x"]"#, r#"["read(\"users\")", 1.]"#, r#"["read(\"users\")", -]"#]
    {
        texts.push(JsonText::new(Readers::MaybeOnly(Dialect::MariaDb), text, &[USERS]));
    }
    for text in [
        r#"["read(\"users\")",]"#,
        r#"["read(\"users\")", NaN]"#,
        r#"["read(\"users\")", -Infinity]"#,
    ] {
        texts.push(JsonText::new(Readers::MaybeOnly(Dialect::DuckDb), text, &[USERS]));
    }
    for text in [
        r#"["\ud800", "read(\"users\")"]"#,
        r#"["\ude00\ud83d", "read(\"users\")"]"#,
        r#"["read(\"users\")", 1e400]"#,
        r#"["read(\"users\")", -1e-400]"#,
        "[\"a\tb\", \"read(\\\"users\\\")\"]",
        "[\"a\u{1}b\", \"read(\\\"users\\\")\"]",
        "\u{feff}[\"read(\\\"users\\\")\"]",
        "\u{a0}[\"read(\\\"users\\\")\"]",
        &deep(40),
        &deep(2_000),
        &digits(200),
        &digits(201),
        &digits(5_000),
    ] {
        texts.push(JsonText::new(Readers::Maybe, text, &[USERS]));
    }
    texts
}

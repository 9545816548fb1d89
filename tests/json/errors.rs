//! Inputs that are refused: the kind, the place and the message.

use super::{BIRTHDAYS, seen, seen_as, user_a};
use crate::support::json::is_json;
use rolegate::json::{ErrorKind, Filter, Format, MAX_DEPTH};

/// Texts that are JSON, or nearly JSON. Each text is tested alone and within a document.
const VALUES: [&str; 97] = [
    "0",
    "-0",
    "1",
    "-1",
    "10",
    "01",
    "-01",
    "00",
    "1.0",
    "1.",
    ".5",
    "-",
    "+1",
    "1e5",
    "1E+5",
    "1e-5",
    "1e",
    "1e+",
    "1.e5",
    "0e0",
    "0x1",
    "1_000",
    "1e308",
    "1.7976931348623157e308",
    "1.7976931348623159e308",
    "1e309",
    "-1e309",
    "1e400",
    "1e-400",
    "0e999999999999999999999",
    "1e999999999999999999999",
    "1e-999999999999999999999",
    "123456789012345678901234567890",
    "true",
    "false",
    "null",
    "True",
    "tru",
    "truee",
    "nul",
    "nan",
    "NaN",
    "Infinity",
    "-Infinity",
    "\"\"",
    "\"a\"",
    "\"é\"",
    "\"\\n\"",
    "\"\\/\"",
    "\"\\x\"",
    "\"\\\"",
    "\"\\u00e9\"",
    "\"\\u00E9\"",
    "\"\\u00g9\"",
    "\"\\u\"",
    "\"\\u12\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud83d\"",
    "\"\\ude00\"",
    "\"\\ud83d\\ud83d\"",
    "\"\\ud83dx\"",
    "\"\\ud83d\\n\"",
    "\"\\ud83d\\u0041\"",
    "\"\\ud83d\\ue000\"",
    "\"\\uDBFF\\uDFFF\"",
    "\"\\uD800\\uDC00\"",
    "\"\u{7f}\"",
    "\"\u{1f}\"",
    "\"\t\"",
    "\"\n\"",
    "\"\0\"",
    "'a'",
    "\"a",
    "a",
    "\u{feff}1",
    "[]",
    "[ ]",
    "[1]",
    "[1,]",
    "[,1]",
    "[1 2]",
    "[1,,2]",
    "[",
    "]",
    "{}",
    "{ }",
    "{\"a\":1}",
    "{\"a\":1,}",
    "{a:1}",
    "{\"a\" 1}",
    "{\"a\":}",
    "{1:1}",
    "{\"a\":1 \"b\":2}",
    "{,}",
    "1 2",
    "/**/1",
    "\u{a0}1",
];

#[test]
fn json_is_accepted_exactly_if_serde_json_accepts_it() {
    for value in VALUES {
        let long = format!("{value}                    ");
        for value in [value, &long] {
            for input in [
                format!("[{value}]"),
                format!("[{{\"a\":{value}}}]"),
                format!("{{\"documents\":[],\"a\":{value}}}"),
                format!("{{\"documents\":[{{\"a\":[[{value}]],\"$permissions\":{value}}}]}}"),
                format!("{{\"documents\":[],\"a\":[{value},{{\"b\":{value}}}]}}"),
            ] {
                let expected = is_json(input.as_bytes());
                let format = if input.starts_with('[') { Format::Array } else { Format::List };
                let result = seen_as(format, &input);
                assert_eq!(result.is_ok(), expected, "{input:?}: {result:?}");
            }
            if !value.contains('\n') {
                let result = seen_as(Format::Lines, value);
                assert_eq!(result.is_ok(), is_json(value.as_bytes()), "{value:?}: {result:?}");
            }
        }
    }
}

#[test]
fn invalid_utf_8_is_an_error_at_its_offset() {
    let matcher = user_a();
    for bytes in
        [&b"\xff"[..], b"\xc3", b"\xc3\x28", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80"]
    {
        for (before, behind) in [
            (&b"[{\"a\":\""[..], &b"\"}]"[..]),
            (b"[{\"", b"\":1}]"),
            (b"[{\"a\":\"0123456789abcdef\\n", b"0123456789abcdef\"}]"),
            (b"[{\"$permissions\":[\"read(\\\"user:", b"\\\")\"]}]"),
        ] {
            let input = [before, bytes, behind].concat();
            let error = Filter::new(&matcher).apply(&input).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidUtf8, "{input:?}: {error}");
            assert_eq!(error.offset(), before.len() as u64, "{input:?}");
        }
        assert!(Filter::new(&matcher).apply(&[b"[", bytes, b"]"].concat()).is_err());
    }
}

#[test]
fn syntax_error_names_place_and_remedy() {
    for (input, line, column, message) in [
        ("[1,\n 2,\n é]", 3, 2, "expected a value, found `\\u{e9}`"),
        (
            "[\"é\", 'a']",
            1,
            7,
            "expected a value, found `'`; write strings and keys in double quotes",
        ),
        ("[\n  {\"a\": 1,}\n]", 2, 11, "expected a key, found `}`; leave out the comma before it"),
        ("[{a: 1}]", 1, 3, "expected a key, found `a`; write strings and keys in double quotes"),
        ("[{\"a\" 1}]", 1, 7, "expected `:` after the key, found `1`"),
        ("[1 2]", 1, 4, "expected `,` or `]`, found `2`"),
        ("[{\"a\":1 \"b\":2}]", 1, 9, "expected `,` or `}`, found `\"`"),
        ("[tru]", 1, 5, "expected `true`, `false` or `null`, found `]`"),
        ("[01]", 1, 3, "expected a number, found `1`; leave out leading zeros"),
        ("[1.]", 1, 4, "expected a digit, found `]`"),
        ("[1e999]", 1, 2, "number is out of range of a 64-bit float; write it as a string"),
        (
            "[\"a\tb\"]",
            1,
            4,
            "expected a character or a closing quote, found `\\t`; write it as an escape",
        ),
        (
            "[\"\\x\"]",
            1,
            3,
            "expected an escape, found `\\`; escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX",
        ),
        (
            "[\"\\u12g4\"]",
            1,
            7,
            "expected an escape, found `g`; escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX",
        ),
        (
            "[\"\\ud800\"]",
            1,
            3,
            "expected a pair of surrogates, found `\\`; a character beyond \\uffff is written as a pair of escapes",
        ),
        (
            "[] []",
            1,
            4,
            "expected the end, found `[`; an input is one response, one array, or one document on each line",
        ),
        (
            "[{\"$permissions\":[],\n\"\\u0024permissions\":[]}]",
            2,
            1,
            "document has `$permissions` twice",
        ),
        ("[", 1, 2, "expected a value, found the end"),
        ("[\"abc", 1, 6, "expected a character or a closing quote, found the end"),
        (
            "{\"a\":1}\n{\"a\":\n1}",
            2,
            6,
            "expected a value, found the end of the line; \
             write each document on one line, or all of them in an array",
        ),
        (
            "{\"a\":1}\n\n{\"a\":1}}",
            3,
            8,
            "expected the end, found `}`; an input is one response, one array, or one document on each line",
        ),
        ("\u{feff}[]", 1, 1, "expected a value, found `\\u{feff}`; leave out the byte order mark"),
        ("[NaN]", 1, 2, "expected a value, found `N`; JSON has no NaN or infinity"),
    ] {
        let error = seen(input).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("line {line}, column {column}: {message}"),
            "{input}"
        );
        assert_eq!((error.line(), error.column()), (line, column));
        let (message, hint) = message.split_once("; ").unwrap_or((message, ""));
        assert!(!message.is_empty());
        assert_eq!(error.hint().unwrap_or_default(), hint);
    }
}

#[test]
fn input_in_another_format_is_an_error() {
    for (format, input, kind, line, column) in [
        (Format::List, "\n []", ErrorKind::NotAnObject, 2, 2),
        (Format::List, "5", ErrorKind::NotAnObject, 1, 1),
        (Format::List, "{\"message\":\"no\"}", ErrorKind::NoList, 1, 1),
        (Format::List, "{\"documents\":\n{}}", ErrorKind::NotAnArray, 2, 1),
        (Format::List, "{\"rows\":[],\"documents\":null}", ErrorKind::NotAnArray, 1, 24),
        (Format::List, "", ErrorKind::UnexpectedEnd, 1, 1),
        (Format::Array, "{}", ErrorKind::NotAnArray, 1, 1),
        (Format::Array, "", ErrorKind::UnexpectedEnd, 1, 1),
        (Format::Array, "{]", ErrorKind::UnexpectedCharacter, 1, 2),
        (Format::Lines, "[\n]", ErrorKind::UnexpectedEnd, 1, 2),
    ] {
        let error = seen_as(format, input).unwrap_err();
        assert_eq!((error.kind(), error.line(), error.column()), (kind, line, column), "{input}");
    }
}

#[test]
fn limit_or_format_error_names_remedy() {
    let matcher = user_a();
    let filter = Filter::new(&matcher);
    let deep = "[".repeat(MAX_DEPTH + 1);
    for (filter, input, message) in [
        (
            filter.clone().format(Format::List),
            r#"{"message":"no"}"#,
            "line 1, column 1: expected a list of documents, found an object with the key `message`; \
             a list response has an array `documents` or `rows`, and a document has `$permissions`"
                .to_owned(),
        ),
        (
            filter.clone(),
            &deep,
            format!(
                "line 1, column {}: nested deeper than {MAX_DEPTH} levels",
                MAX_DEPTH + 1
            ),
        ),
        (
            filter.clone().max_document_len(1),
            "[ {}]",
            "line 1, column 3: document is too long; allow longer documents"
                .into(),
        ),
        (
            filter.clone().max_response_len(3),
            "[\n{}]",
            "line 2, column 2: response is too long; \
             allow longer responses, or send one document on each line"
                .into(),
        ),
    ] {
        let error = filter.copy(input.as_bytes(), std::io::sink()).unwrap_err();
        assert_eq!(error.to_string(), message, "{input}");
        assert!(std::error::Error::source(&error).is_none());
        let shown = format!("{error:?}");
        let offset = error.offset();
        let expected = format!("Error {{ kind: {:?}, offset: {offset}, message", error.kind());
        assert!(shown.starts_with(&expected), "{shown}");
        assert!(shown.contains(&message), "{shown}");
    }
}

#[test]
fn truncated_response_is_an_error_without_output() {
    let matcher = user_a();
    let filter = Filter::new(&matcher);
    let trimmed = BIRTHDAYS.trim_end();
    for end in 1..trimmed.len() {
        let mut output = b"before".to_vec();
        let result = filter.apply_into(&trimmed.as_bytes()[..end], &mut output);
        assert!(result.is_err(), "{}", &trimmed[..end]);
        assert_eq!(output, b"before");

        let mut written = Vec::new();
        assert!(filter.copy(&trimmed.as_bytes()[..end], &mut written).is_err());
        assert!(written.is_empty());
    }
}

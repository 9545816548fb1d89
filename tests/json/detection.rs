//! The detection of the format, and single values without documents.

use rolegate::json::{ErrorKind, Filter, Format, Nested};

use super::{bypass, seen, seen_as, user_a};

/// Single values that are neither a list response nor a document: the input, the kind of error, the
/// lists that were found, and the message.
const NO_DOCUMENTS: [(&str, ErrorKind, &[&str], &str); 15] = [
    (
        r#"{"message":"Unauthorized","code":401}"#,
        ErrorKind::NoList,
        &[],
        "line 1, column 1: expected a list of documents, found an object with the keys `message` \
         and `code`; this looks like an error response",
    ),
    (
        "{\n  \"message\": \"Unauthorized\",\n  \"code\": 401\n}\n",
        ErrorKind::NoList,
        &[],
        "line 1, column 1: expected a list of documents, found an object with the keys `message` \
         and `code`; this looks like an error response",
    ),
    (
        r#"{"total":1,"movies":[{"$permissions":["read(\"any\")"]}]}"#,
        ErrorKind::NoList,
        &["movies"],
        "line 1, column 1: expected a list of documents, found an object with the array `movies`; \
         pass list_key(\"movies\")",
    ),
    (
        "{\"data\":[\n]}",
        ErrorKind::NoList,
        &["data"],
        "line 1, column 1: expected a list of documents, found an object with the array `data`; \
         pass list_key(\"data\")",
    ),
    (
        r#" {"a":[],"b":[1],"c\"":[ {}],"d":{"e":[]}}"#,
        ErrorKind::NoList,
        &["a", "c\""],
        "line 1, column 2: expected a list of documents, found an object with the arrays `a` and \
         `c\\\"`; pass list_key(\"a\")",
    ),
    (
        r#"{"a":[],"b":[],"c":[],"d":[],"e":[]}"#,
        ErrorKind::NoList,
        &["a", "b", "c", "d"],
        "line 1, column 1: expected a list of documents, found an object with the arrays `a`, `b`, \
         `c`, `d` and others; pass list_key(\"a\")",
    ),
    (
        r#"{"status":"active"}"#,
        ErrorKind::NoList,
        &[],
        "line 1, column 1: expected a list of documents, found an object with the key `status`; \
         a list response has an array `documents` or `rows`, and a document has `$permissions`",
    ),
    (
        r#"{"message":"no","code":"401"}"#,
        ErrorKind::NoList,
        &[],
        "line 1, column 1: expected a list of documents, found an object with the keys `message` \
         and `code`; a list response has an array `documents` or `rows`, and a document has \
         `$permissions`",
    ),
    (
        "\n\n{}\n\n",
        ErrorKind::NoList,
        &[],
        "line 3, column 1: expected a list of documents, found an empty object; \
         a list response has an array `documents` or `rows`, and a document has `$permissions`",
    ),
    (
        r#"{"documents":null}"#,
        ErrorKind::NotAnArray,
        &[],
        "line 1, column 14: expected an array of documents, found null",
    ),
    (
        "{\"rows\":[],\"total\":0,\n\"documents\": {\"a\":1}}",
        ErrorKind::NotAnArray,
        &[],
        "line 2, column 14: expected an array of documents, found an object",
    ),
    (
        r#"{"errors":[{"message":"no"}],"data":null}"#,
        ErrorKind::NoList,
        &[],
        "line 1, column 1: expected a list of documents, found an object with the keys `errors` \
         and `data`; this looks like an error response",
    ),
    (
        "\"Unauthorized\"",
        ErrorKind::NotAnObject,
        &[],
        "line 1, column 1: expected an object with a list of documents, found a string",
    ),
    (
        "\n null \n",
        ErrorKind::NotAnObject,
        &[],
        "line 2, column 2: expected an object with a list of documents, found null",
    ),
    (
        r#"[{"total":1,"documents":[{"$permissions":["read(\"any\")"]}]},{"total":0,"documents":[]}]"#,
        ErrorKind::ResponseInArray,
        &[],
        "line 1, column 1: expected an array of documents, found an array of list responses; \
         filter each response by itself",
    ),
];

#[test]
fn single_value_without_documents_is_an_error() {
    let matcher = user_a();
    let filter = Filter::new(&matcher);
    for (input, kind, lists, message) in NO_DOCUMENTS {
        let mut written = Vec::new();
        for error in [
            filter.apply(input.as_bytes()).unwrap_err(),
            filter.copy(input.as_bytes(), &mut written).unwrap_err(),
        ] {
            assert_eq!(error.kind(), kind, "{input}");
            assert_eq!(error.found_lists(), lists, "{input}");
            assert_eq!(error.to_string(), message, "{input}");
            let parts = message.split_once(": ").unwrap().1;
            let (text, hint) = parts.split_once("; ").unwrap_or((parts, ""));
            assert_eq!((error.message().as_str(), error.hint().unwrap_or_default()), (text, hint));
        }
        assert!(written.trim_ascii().is_empty(), "only empty lines before it: {input}");
    }
}

#[test]
fn single_value_without_documents_passes_a_bypass() {
    let matcher = bypass();
    let filter = Filter::new(&matcher);
    for (input, ..) in NO_DOCUMENTS {
        if input.trim().contains('\n') {
            continue;
        }
        let mut written = Vec::new();
        let copied = filter.copy(input.as_bytes(), &mut written).unwrap();
        let (output, report) = filter.apply(input.as_bytes()).unwrap();
        assert_eq!((output.as_slice(), &written), (input.as_bytes(), &output));
        assert_eq!((report.removed(), report.problem_count()), (0, 0), "{input}");
        assert_eq!(copied, report);
    }
}

#[test]
fn single_document_without_permissions_is_removed_if_the_format_is_lines() {
    for input in [r#"{"status":"active"}"#, "{}", r#"{"movies":[]}"#] {
        let (output, report) = seen_as(Format::Lines, input).unwrap();
        assert_eq!((output.as_str(), report.without_permissions()), ("", 1), "{input}");
    }
}

#[test]
fn several_lines_without_permissions_are_reported_without_error() {
    let matcher = user_a();
    let filter = Filter::new(&matcher);
    for (input, missing, not_objects) in [
        ("{}\n{}\n", 2, 0),
        ("{\"a\":1}\n\n5\n\"x\"\n", 1, 2),
        ("1\n2", 0, 2),
        ("{\"message\":\"no\",\"code\":401}\n{\"movies\":[]}", 2, 0),
        ("{\"documents\":null}\n{\"total\":0,\"documents\":[]}", 2, 0),
    ] {
        let (output, report) = filter.apply(input.as_bytes()).unwrap();
        assert!(output.trim_ascii().is_empty(), "{input}");
        assert_eq!(report.format(), Format::Lines);
        assert_eq!((report.without_permissions(), report.not_objects()), (missing, not_objects));
        assert_eq!(filter.copy(input.as_bytes(), Vec::new()).unwrap(), report, "{input}");
    }
}

#[test]
fn list_format_without_a_list_names_the_keys() {
    let error = seen_as(Format::List, r#"{"$id":"a","$permissions":[],"tags":[]}"#).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 1, column 1: expected a list of documents, found an object with the keys `$id`, \
         `$permissions` and `tags`; pass format(Format::Lines) for a single document"
    );
    let error = seen_as(Format::List, r#"{"data":[{}]}"#).unwrap_err();
    assert_eq!(error.hint(), Some("pass list_key(\"data\")"));
}

#[test]
fn long_keys_are_not_named() {
    let long = "é".repeat(33);
    let fits = "é".repeat(32);
    for (input, lists, found) in [
        (format!("{{\"{long}\":[]}}"), vec![], "found an object; ".to_owned()),
        (
            format!("{{\"{long}\":[],\"{fits}\":[]}}"),
            vec![fits.clone()],
            format!("found an object with the arrays `{fits}` and others; "),
        ),
        (
            format!("{{\"{long}\":1,\"b\":2}}"),
            vec![],
            "found an object with the keys `b` and others; ".to_owned(),
        ),
    ] {
        let error = seen(&input).unwrap_err();
        assert_eq!(error.found_lists(), lists, "{input}");
        assert!(error.to_string().contains(&found), "{error}");
    }
}

#[test]
fn array_of_pages_is_an_error_only_if_its_first_element_is_one() {
    let page = r#"{"total":0,"rows":[]}"#;
    for format in [Format::Detect, Format::Array] {
        let error = seen_as(format, &format!(" [ {page}]")).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (ErrorKind::ResponseInArray, 1));
    }
    let nested = r#"[{"rows":[],"a":{"$permissions":5}}]"#;
    let matcher = user_a();
    let filter = Filter::new(&matcher).nested(Nested::Filter);
    assert_eq!(filter.apply(nested.as_bytes()).unwrap_err().kind(), ErrorKind::ResponseInArray);
    for first in [
        "{}",
        "5",
        r#"{"rows":5}"#,
        r#"{"rows":[],"$permissions":["read(\"any\")"]}"#,
        r#"{"rows":[],"$permissions":5}"#,
    ] {
        let (_, report) = seen(&format!("[{first},{page}]")).unwrap();
        assert_eq!(report.documents(), 2, "{first}");
        let last = report.problems().last().unwrap();
        assert_eq!(
            (last.document(), last.to_string().as_str()),
            (1, "document 1: no `$permissions`")
        );
    }
}

#[test]
fn format_is_detected_from_the_first_line() {
    let matcher = user_a();
    let filter = Filter::new(&matcher);
    for (input, format) in [
        ("", Format::Lines),
        ("\n\n", Format::Lines),
        ("{\"$permissions\":[]}", Format::Lines),
        ("\n\n{}\n{}\n", Format::Lines),
        ("5\n6\n", Format::Lines),
        ("[]", Format::Array),
        (" \n[\n]", Format::Array),
        ("{\"rows\":[]}", Format::List),
        ("\n{\"rows\":[]}\n\n", Format::List),
        ("{\n\"rows\":[]}", Format::List),
    ] {
        assert_eq!(filter.copy(input.as_bytes(), std::io::sink()).unwrap().format(), format);
        assert_eq!(filter.apply(input.as_bytes()).unwrap().1.format(), format, "{input}");
    }
    // An object that is longer than the maximum length of a document is a response.
    let long = format!("{{\"rows\":[{}]}}", ["{}"; 100].join(","));
    let short = filter.max_document_len(20);
    assert_eq!(short.copy(long.as_bytes(), std::io::sink()).unwrap().removed(), 100);
}

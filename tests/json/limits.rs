//! The limits of depth and length, and very large inputs.

use rolegate::json::{ErrorKind, Filter, Format, MAX_DEPTH, Nested};
use serde_json::Value;

use super::user_a;

#[test]
fn nesting_beyond_the_limit_is_an_error_as_in_serde_json() {
    let matcher = user_a();
    for nested in [Nested::Keep, Nested::Filter] {
        for depth in [MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1, 100_000] {
            let deep = |open: &str, inner: &str, close: &str, around: usize| {
                let levels = depth - around;
                [open.repeat(levels), inner.into(), close.repeat(levels)].concat()
            };
            let permissions = r#""$permissions":["read(\"any\")"]"#;
            for (format, input) in [
                (Format::Array, format!("[{{\"a\":{},{permissions}}}]", deep("[", "", "]", 2))),
                (
                    Format::Array,
                    format!("[{{\"a\":{},{permissions}}}]", deep("{\"a\":", "1", "}", 2)),
                ),
                (Format::Array, format!("[{{\"$permissions\":{}}}]", deep("[", "", "]", 2))),
                (Format::Array, deep("[", "{}", "]", 1)),
                (Format::Array, deep("[", "[]", "]", 1)),
                (Format::List, format!("{{\"rows\":[],\"a\":{}}}", deep("[", "", "]", 1))),
                (Format::List, format!("{{\"rows\":[{}]}}", deep("[", "", "]", 2))),
                (Format::Lines, deep("{\"a\":", "1", "}", 0)),
            ] {
                let result =
                    Filter::new(&matcher).format(format).nested(nested).apply(input.as_bytes());
                assert_eq!(result.is_ok(), depth <= MAX_DEPTH, "{depth} {format:?} {nested:?}");
                if let Err(error) = result {
                    assert_eq!(error.kind(), ErrorKind::TooDeep);
                }
                let expected = serde_json::from_str::<Value>(&input);
                assert_eq!(expected.is_ok(), depth <= MAX_DEPTH, "{depth} {format:?}");
            }
        }
    }
}

#[test]
fn document_beyond_the_limit_is_an_error() {
    let matcher = user_a();
    let document = r#"{"$permissions":["read(\"any\")"]}"#;
    for (format, input) in [
        (Format::Array, format!("[ {{}}, {document}]")),
        (Format::List, format!("{{\"rows\":[{document},5]}}")),
        (Format::Lines, format!("{document}\n{{}}")),
    ] {
        for nested in [Nested::Keep, Nested::Filter] {
            let filter = Filter::new(&matcher).format(format).nested(nested);
            let fits = filter.clone().max_document_len(document.len());
            assert!(fits.apply(input.as_bytes()).is_ok(), "{format:?}");
            assert!(fits.copy(input.as_bytes(), Vec::new()).is_ok(), "{format:?}");
            let short = filter.max_document_len(document.len() - 1);
            for error in [
                short.apply(input.as_bytes()).unwrap_err(),
                short.copy(input.as_bytes(), Vec::new()).unwrap_err(),
            ] {
                assert_eq!(error.kind(), ErrorKind::DocumentTooLong);
                assert_eq!(error.offset(), input.find("{\"$").unwrap() as u64, "{format:?}");
            }
        }
    }
}

#[test]
fn response_from_reader_beyond_the_limit_is_an_error() {
    let matcher = user_a();
    let input = format!("[{}]", "{},".repeat(100_000) + "{}");
    let filter = Filter::new(&matcher);
    let fits = filter.clone().max_response_len(input.len());
    assert_eq!(fits.copy(input.as_bytes(), Vec::new()).unwrap().removed(), 100_001);
    let short = filter.clone().max_response_len(input.len() - 1);
    let mut written = Vec::new();
    let error = short.copy(input.as_bytes(), &mut written).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResponseTooLong);
    assert!(written.is_empty());
    assert!(
        short.apply(input.as_bytes()).is_ok(),
        "the limit is not for input that is in memory already"
    );
}

#[test]
fn endless_line_is_an_error_in_bounded_memory() {
    let matcher = user_a();
    let filter = Filter::new(&matcher).format(Format::Lines).max_document_len(1000);
    let endless = std::io::repeat(b' ');
    let error = filter.copy(endless, Vec::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DocumentTooLong);
    let detecting = Filter::new(&matcher).max_document_len(1000).max_response_len(100_000);
    let error = detecting.copy(std::io::repeat(b' '), Vec::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DocumentTooLong);
    let error = detecting.copy(std::io::repeat(b'{'), Vec::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResponseTooLong);
}

//! Each rule of the filter by itself.

use rolegate::json::{ErrorKind, Filter, Format, MAX_REPORTED, Nested, Problem, ProblemKind};
use rolegate::{Action, Collection, DocumentSecurity, Matcher, Principal};

use super::{BIRTHDAYS, bypass, matcher, seen, seen_as, text, user_a};

const MINE: &str = r#"{"$permissions":["read(\"user:user-a\")"]}"#;
const YOURS: &str = r#"{"$permissions":["read(\"user:user-b\")"]}"#;

/// Returns the only birthday that user-a sees.
fn kevin() -> &'static str {
    let start = BIRTHDAYS.match_indices('{').nth(1).unwrap().0;
    &BIRTHDAYS[start..=start + BIRTHDAYS[start..].find('}').unwrap()]
}

#[test]
fn birthdays_in_every_format_show_user_a_one() {
    let kevin = kevin();
    let (output, report) = seen(BIRTHDAYS).unwrap();
    let expected = format!("{{\n  \"total\": 1,\n  \"documents\": [\n    {kevin}\n  ]\n}}\n");
    assert_eq!(output, expected);
    assert_eq!(report.format(), Format::List);
    assert_eq!((report.visible(), report.removed(), report.malformed_permissions()), (1, 2, 0));

    let array = &BIRTHDAYS[BIRTHDAYS.find('[').unwrap()..=BIRTHDAYS.rfind(']').unwrap()];
    let (output, report) = seen(array).unwrap();
    assert_eq!(output, format!("[\n    {kevin}\n  ]"));
    assert_eq!(report.format(), Format::Array);

    let response: serde_json::Value = serde_json::from_str(BIRTHDAYS).unwrap();
    let lines: Vec<String> =
        response["documents"].as_array().unwrap().iter().map(ToString::to_string).collect();
    let (output, report) = seen(&(lines.join("\n") + "\n")).unwrap();
    assert_eq!(output, format!("{}\n", lines[0]));
    assert_eq!(report.format(), Format::Lines);
}

#[test]
fn bypass_returns_the_input_unchanged() {
    let bypass = bypass();
    for input in [BIRTHDAYS, r#"{"total":99,"documents":[1,null,{}]}"#, "[1, 2]", "{}\n5\n"] {
        let (output, report) = Filter::new(&bypass).apply(input.as_bytes()).unwrap();
        assert_eq!(output, input.as_bytes());
        assert_eq!(report.removed(), 0, "{input}");
    }
    let error_response = br#"{"message":"not found","code":404}"#;
    let filter = Filter::new(&bypass).format(Format::List).nested(Nested::Filter);
    assert_eq!(filter.apply(error_response).unwrap().0, error_response);
    assert!(filter.apply(b"{\"message\":nope}").is_err());
    let repeated = br#"{"documents":[{"$permissions":[],"$permissions":[]}]}"#;
    assert!(filter.apply(repeated).is_err());

    let nested = format!(r#"[{{"author":{YOURS},"books":[{YOURS},{MINE}],"$permissions":[]}}]"#);
    let filter = Filter::new(&bypass).nested(Nested::Filter);
    let (output, report) = filter.apply(nested.as_bytes()).unwrap();
    assert_eq!(String::from_utf8(output).unwrap(), nested);
    assert_eq!((report.visible(), report.nested_removed()), (1, 0));
}

/// Returns a matcher to which the collection grants read, which does not apply to nested documents.
fn granted() -> Matcher {
    let users = Collection::new(["read(\"users\")"], DocumentSecurity::Enabled);
    let principal = Principal::parse_roles(["any", "users", "user:user-a"]).unwrap();
    users.matcher(&principal, Action::Read).unwrap()
}

#[test]
fn collection_grant_does_not_show_nested_documents_outside_a_list() {
    let matcher = granted();
    let filter = Filter::new(&matcher).nested(Nested::Filter);
    let document = format!(r#"{{"author":{YOURS},"$permissions":[]}}"#);
    for (format, input, kind) in [
        (Format::Detect, format!(r#"{{"movies":[{document}]}}"#), ErrorKind::NoList),
        (Format::List, format!(r#"{{"movies":[{document}]}}"#), ErrorKind::NoList),
        (Format::List, format!(r#"{{"rows":{document}}}"#), ErrorKind::NotAnArray),
        (Format::Detect, format!(r#"[{{"rows":[{document}]}}]"#), ErrorKind::ResponseInArray),
    ] {
        let filter = filter.clone().format(format);
        let mut written = Vec::new();
        for error in [
            filter.apply(input.as_bytes()).unwrap_err(),
            filter.copy(input.as_bytes(), &mut written).unwrap_err(),
        ] {
            assert_eq!(error.kind(), kind, "{input}");
        }
    }
    for (input, expected) in [
        (format!("[[{YOURS},{MINE}],5]"), format!("[[{MINE}],5]")),
        (format!("{{\"rows\":[[{YOURS}]]}}"), "{\"rows\":[[]]}".to_owned()),
        ("[{\"rows\":[5]}]".to_owned(), "[{\"rows\":[5]}]".to_owned()),
    ] {
        let (output, report) = filter.apply(input.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(output).unwrap(), expected);
        assert_eq!(report.removed(), 0, "{input}");
    }
}

#[test]
fn collection_grant_makes_every_document_visible() {
    let granted = granted();
    assert!(granted.allows(["read(\"user:user-b\")"]));
    let (output, report) = Filter::new(&granted).apply(BIRTHDAYS.as_bytes()).unwrap();
    assert_eq!(output, BIRTHDAYS.as_bytes());
    assert_eq!(report.visible(), 3);

    // Nested documents belong to another collection.
    let nested = format!(r#"[{{"author":{YOURS},"$permissions":[]}}]"#);
    let (output, report) =
        Filter::new(&granted).nested(Nested::Filter).apply(nested.as_bytes()).unwrap();
    assert_eq!(output, br#"[{"author":null,"$permissions":[]}]"#);
    assert_eq!((report.visible(), report.nested_removed()), (1, 1));

    let principal = Principal::parse_roles(["any", "users", "user:user-a"]).unwrap();
    let own = Collection::without_permissions(DocumentSecurity::Enabled);
    let own = own.matcher(&principal, Action::Read).unwrap();
    assert_eq!(Filter::new(&own).apply(BIRTHDAYS.as_bytes()).unwrap().1.visible(), 1);
    let closed = Collection::new(["read(\"team:t\")"], DocumentSecurity::Disabled);
    assert!(closed.matcher(&principal, Action::Read).is_err());
}

#[test]
fn escaped_keys_and_permissions_are_read() {
    for document in [
        r#"{"\u0024permissions":["read(\"any\")"]}"#,
        r#"{"$permi\u0073\u0073ions":["read(\"any\")"]}"#,
        r#"{"$permissions":["\u0072ead(\"any\")"]}"#,
        r#"{"$permissions":["read(\u0022any\u0022)"]}"#,
        r#"{"$permissions":["read(\"user:user\u002da\")"]}"#,
        r#"{"$permissions":["\u0072\u0065\u0061\u0064\u0028\u0022\u0061\u006E\u006e\u0079\u0022\u0029", "read(\"any\")"]}"#,
    ] {
        let list = format!(r#"{{"\u0064ocuments":[{document}]}}"#);
        assert_eq!(text(&list), list);
    }
    for document in [
        r#"{"\\u0024permissions":["read(\"any\")"]}"#,
        r#"{"$permissions\u0000":["read(\"any\")"]}"#,
        r#"{"$Permissions":["read(\"any\")"]}"#,
        r#"{"$permissions":["read(\\\"any\\\")"]}"#,
        r#"{"$permissions":["read(\"any\")\u0000"]}"#,
    ] {
        assert_eq!(text(&format!("[{document}]")), "[]", "{document}");
    }
}

#[test]
fn permissions_below_the_top_of_a_document_do_not_count() {
    for document in [
        r#"{"inner":{"$permissions":["read(\"any\")"]}}"#,
        r#"{"inner":{"$permissions":["read(\"any\")"]},"$permissions":[]}"#,
        r#"{"a":"\"$permissions\":[\"read(\\\"any\\\")\"]"}"#,
        r#"{"a":["$permissions",["read(\"any\")"]]}"#,
    ] {
        assert_eq!(text(&format!("[{document}]")), "[]");
    }
    let kept = format!(r#"[{{"inner":{YOURS},"$permissions":["read(\"any\")"]}}]"#);
    assert_eq!(text(&kept), kept);
}

#[test]
fn document_without_permissions_is_removed_and_reported() {
    let empty = r#"{"total":1,"documents":[{"$permissions":[]}]}"#;
    let (output, report) = seen(empty).unwrap();
    assert_eq!(output, r#"{"total":0,"documents":[]}"#);
    assert_eq!(
        (report.problems(), report.problem_count()),
        (&[][..], 0),
        "an empty list is a list"
    );

    // A document as `Query.select` returns it.
    let input = r#"{"total":1,"documents":[{"status":"active"}]}"#;
    let (output, report) = seen(input).unwrap();
    assert_eq!(output, r#"{"total":0,"documents":[]}"#);
    assert_eq!((report.without_permissions(), report.problem_count()), (1, 1));
    let [problem] = report.problems() else { panic!("{report:?}") };
    assert_eq!((problem.document(), problem.permission()), (0, None));
    assert_eq!((problem.kind(), problem.offset()), (&ProblemKind::NoPermissions, 24));
    assert_eq!(problem.to_string(), "document 0: no `$permissions`");

    for (format, input) in [
        (Format::Array, format!("[{MINE},{{}},{MINE},{{\"a\":[{MINE}]}}]")),
        (Format::List, format!("{{\"rows\":[{MINE},{{}}],\"documents\":[{MINE},{{}}]}}")),
        (Format::Lines, format!("{MINE}\n{{}}\n{MINE}\n{{\"a\":{MINE}}}\n")),
    ] {
        let matcher = user_a();
        for nested in [Nested::Keep, Nested::Filter] {
            let filter = Filter::new(&matcher).format(format).nested(nested);
            let (_, report) = filter.apply(input.as_bytes()).unwrap();
            let problems = report.problems();
            assert!(problems.iter().map(Problem::document).eq([1, 3]), "{input}");
            for problem in problems {
                let rest = &input[usize::try_from(problem.offset()).unwrap()..];
                assert!(rest.starts_with("{}") || rest.starts_with("{\"a\""), "{rest}");
            }
            assert_eq!((report.without_permissions(), report.removed()), (2, 2));
        }
    }
}

#[test]
fn document_without_permissions_is_kept_and_not_reported_if_everything_is_visible() {
    let bypass = bypass();
    let users = Collection::new(["read(\"users\")"], DocumentSecurity::Enabled);
    let principal = Principal::parse_roles(["any", "users"]).unwrap();
    let granted = users.matcher(&principal, Action::Read).unwrap();
    for matcher in [&bypass, &granted] {
        let input = br#"{"total":1,"documents":[{"status":"active"},5]}"#;
        let (output, report) = Filter::new(matcher).apply(input).unwrap();
        assert_eq!((output.as_slice(), report.problem_count()), (&input[..], 0));
    }
}

#[test]
fn permissions_of_another_type_grant_nothing_and_are_reported() {
    for (permissions, at) in [
        (r#""read(\"any\")""#, None),
        ("null", None),
        (r#"{"0":"read(\"any\")"}"#, None),
        (r#"["read(\"any\")",5]"#, Some(1)),
        (r#"[null,"read(\"any\")"]"#, Some(0)),
        (r#"[["read(\"any\")"]]"#, Some(0)),
    ] {
        let document = format!(r#"{{"$permissions":{permissions}}}"#);
        let (output, report) = seen(&format!("[{MINE},{document}]")).unwrap();
        assert_eq!(output, format!("[{MINE}]"));
        let [malformed] = report.problems() else { panic!("{permissions}: {report:?}") };
        assert_eq!((malformed.document(), malformed.permission()), (1, at), "{permissions}");
        let expected = match at {
            None => ProblemKind::PermissionsNotAnArray,
            Some(_) => ProblemKind::PermissionNotAString,
        };
        assert_eq!(malformed.kind(), &expected);
    }
}

#[test]
fn malformed_permission_is_reported_and_the_others_count() {
    let bad = r#""reed(\"any\")""#;
    let input = format!(r#"[{MINE}, {{"$permissions":["read(\"any\")", {bad}]}}]"#);
    let (output, report) = seen(&input).unwrap();
    assert_eq!(output, input);
    let [malformed] = report.problems() else { panic!("{report:?}") };
    assert_eq!((malformed.document(), malformed.permission()), (1, Some(1)));
    assert!(input[usize::try_from(malformed.offset()).unwrap()..].starts_with(bad));
    assert_eq!(
        malformed.to_string(),
        "document 1: permission 1: expected an action, found `reed`; write `read`"
    );
}

#[test]
fn problems_beyond_the_bound_are_only_counted() {
    let document = r#"{"$permissions":["read(\"\")","","é","read(\"user:0\")"]}"#;
    let input = format!("[{}]", [document; 1000].join(","));
    let (output, report) = seen(&input).unwrap();
    assert_eq!(output, "[]");
    assert_eq!((report.problems().len(), report.malformed_permissions()), (MAX_REPORTED, 4000));
    assert_eq!(report.problems()[MAX_REPORTED - 1].document(), 24);

    // Problems of one group do not hide problems of another group.
    let input = format!("[{},{},{document}]", ["{}"; 1000].join(","), ["5"; 1000].join(","));
    let (_, report) = seen(&input).unwrap();
    assert_eq!(report.problems().len(), 2 * MAX_REPORTED + 4);
    let counts =
        (report.without_permissions(), report.not_objects(), report.malformed_permissions());
    assert_eq!((counts, report.problem_count()), ((1000, 1000, 4), 2004));
    let long = format!(r#"[{{"$permissions":["{}"]}}]"#, "read(".repeat(100_000));
    let (_, report) = seen(&long).unwrap();
    assert!(report.problems()[0].to_string().len() < 400);
}

#[test]
fn elements_that_are_not_objects_are_removed_and_reported() {
    for element in
        ["1", "\"read\"", "null", "true", "[]", r#"[{"$permissions":["read(\"any\")"]}]"#]
    {
        let (output, report) = seen(&format!("[{element},{MINE}, {element}]")).unwrap();
        assert_eq!(output, format!("[{MINE}]"));
        assert_eq!((report.not_objects(), report.problem_count()), (2, 2));
        assert!(report.problems().iter().map(Problem::document).eq([0, 2]));
        assert_eq!(report.problems()[0].offset(), 1);
        assert_eq!(report.problems()[1].to_string(), "document 2: not an object");
        assert_eq!(text(&format!("{{\"rows\":[{element}]}}")), "{\"rows\":[]}");
        assert_eq!(seen_as(Format::Lines, &format!("{element}\n{MINE}")).unwrap().0, MINE);
    }
}

#[test]
fn removed_element_leaves_no_comma() {
    let (m, y) = (MINE, YOURS);
    for (input, output) in [
        (format!("[ {m} , {y} ]"), format!("[ {m} ]")),
        (format!("[ {y} , {m} ]"), format!("[ {m} ]")),
        (format!("[{y},{y}, {m},{y}\n,\n{m}\t,{y},{y} ]"), format!("[{m}\n,\n{m} ]")),
        (format!("[\n {y}\n ]"), "[]".into()),
        ("[ ]".into(), "[ ]".into()),
        (format!("\n[{y}]\n"), "\n[]\n".into()),
    ] {
        assert_eq!(text(&input), output, "{input}");
    }
}

#[test]
fn total_counts_the_visible_documents() {
    let (m, y) = (MINE, YOURS);
    for (input, output) in [
        (
            format!("{{\"documents\":[{m},{y}],\"total\":2}}"),
            format!("{{\"documents\":[{m}],\"total\":1}}"),
        ),
        (format!("{{\"total\": 2e3 ,\"rows\":[{y}]}}"), "{\"total\": 0 ,\"rows\":[]}".into()),
        (
            format!("{{\"tot\\u0061l\":-7.5,\"rows\":[{m}]}}"),
            format!("{{\"tot\\u0061l\":1,\"rows\":[{m}]}}"),
        ),
        (
            format!("{{\"total\":null,\"rows\":[{m}]}}"),
            format!("{{\"total\":null,\"rows\":[{m}]}}"),
        ),
        (
            format!("{{\"total\":9,\"rows\":[{m}],\"documents\":[{m},{y}],\"x\":{{\"total\":9}}}}"),
            format!("{{\"total\":2,\"rows\":[{m}],\"documents\":[{m}],\"x\":{{\"total\":9}}}}"),
        ),
    ] {
        assert_eq!(text(&input), output);
    }
    let hundred = format!("{{\"total\":100,\"documents\":[{}]}}", [MINE; 100].join(","));
    assert_eq!(text(&hundred), hundred);
}

#[test]
fn list_under_an_added_key_is_filtered() {
    let matcher = user_a();
    let input = format!(r#"{{"total":1,"movies":[{YOURS}]}}"#);
    let filter = Filter::new(&matcher).list_key("movies").list_key("séries");
    assert_eq!(filter.apply(input.as_bytes()).unwrap().0, br#"{"total":0,"movies":[]}"#);
    assert_eq!(seen(&input).unwrap_err().found_lists(), ["movies"]);
    assert_eq!(seen_as(Format::List, &input).unwrap_err().found_lists(), ["movies"]);
    let other = format!(r#"{{"s\u00e9ries":[{YOURS}]}}"#);
    assert_eq!(filter.apply(other.as_bytes()).unwrap().0, br#"{"s\u00e9ries":[]}"#);
}

#[test]
fn object_with_permissions_and_a_list_is_a_document() {
    let input = r#"{"$permissions":["read(\"user:user-b\")"],"rows":[]}"#;
    assert_eq!(text(input), "");
    let inner =
        r#"{"rows":[{"$permissions":[],"$permissions":[]}],"$permissions":["read(\"any\")"]}"#;
    let two = format!("{inner}\n{input}\n{inner}");
    assert_eq!(text(&two), format!("{inner}\n{inner}"));
    assert_eq!(text("{\"documents\":5}\n{}\n"), "");
}

#[test]
fn empty_lines_and_line_ends_are_kept() {
    assert_eq!(text(""), "");
    assert_eq!(text("\n \t\r\n"), "\n \t\r\n");
    let input = format!("\r\n {MINE} \r\n{YOURS}\r\n\n{MINE}");
    assert_eq!(text(&input), format!("\r\n {MINE} \r\n\n{MINE}"));
}

#[test]
fn nested_documents_are_kept_or_filtered() {
    let matcher = user_a();
    let (m, y) = (MINE, YOURS);
    let own = r#""$permissions":["read(\"any\")"]"#;
    let filter = Filter::new(&matcher).nested(Nested::Filter);
    for (inner, expected, removed) in [
        (format!(r#""a":{y}"#), r#""a":null"#.into(), 1),
        (format!(r#""a":{m}"#), format!(r#""a":{m}"#), 0),
        (format!(r#""a":[ {y} , {m}, {y} ]"#), format!(r#""a":[ {m} ]"#), 2),
        (format!(r#""a":[{y},{y}]"#), r#""a":[]"#.into(), 2),
        (format!(r#""a":[[{y},1],[{y}]]"#), r#""a":[[1],[]]"#.into(), 2),
        (format!(r#""a":{{"b":[{{"c":{y}}}]}}"#), r#""a":{"b":[{"c":null}]}"#.into(), 1),
        (format!(r#""a":{{"b":{y},"$permissions":[]}}"#), r#""a":null"#.into(), 1),
        (r#""a":{"$permissions":null}"#.into(), r#""a":null"#.into(), 1),
        (r#""a":{"\u0024permissions":[]}"#.into(), r#""a":null"#.into(), 1),
        (r#""a":[],"b":{},"c":[1,[]]"#.into(), r#""a":[],"b":{},"c":[1,[]]"#.into(), 0),
    ] {
        let input = format!("[{{{inner},{own}}},{{{inner}}}]");
        let (output, report) = filter.apply(input.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(output).unwrap(), format!("[{{{expected},{own}}}]"));
        assert_eq!(report.nested_removed(), removed, "{input}");
        assert_eq!(text(&input), format!("[{{{inner},{own}}}]"));
    }
}

#[test]
fn other_actions_are_tested_against_the_same_permissions() {
    let input = br#"[{"$permissions":["write(\"users\")"]},{"$permissions":["read(\"users\")"]}]"#;
    let users = Principal::parse_roles(["users"]).unwrap();
    for (action, expected) in [(Action::Read, 1), (Action::Update, 0), (Action::Delete, 0)] {
        let matcher = users.matcher(action);
        let (output, report) = Filter::new(&matcher).apply(input).unwrap();
        assert_eq!(report.visible(), 1, "{action}");
        let element = [&b"write"[..], b"read"][expected];
        assert!(output.windows(element.len()).any(|part| part == element), "{action}");
    }
    assert_eq!(Filter::new(&matcher(&[])).apply(input).unwrap().0, b"[]");
}

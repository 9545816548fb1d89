//! Strategies for JSON with random spelling: white space, escapes, order of keys.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::strategies::{near_miss, small_permission};

fn space() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        6 => Just(""),
        2 => Just(" "),
        1 => select(vec!["\n", "\t", "\r\n  ", "                    ", "\n        ", " \t\r\n"]),
    ]
}

/// Writes a text as a JSON string, with escapes for some characters that need none.
pub fn quoted(text: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let some = prop_oneof![4 => Just(0_u32), 1 => Just(u32::MAX), 1 => any::<u32>()];
    (text, some).prop_map(|(text, escaped)| {
        let mut out = String::from("\"");
        for (at, character) in text.chars().enumerate() {
            if escaped >> (at % 32) & 1 == 1 {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    let digits = format!("{unit:04x}");
                    out += "\\u";
                    out += &if at % 2 == 0 { digits } else { digits.to_uppercase() };
                }
            } else {
                let plain = serde_json::to_string(&character.to_string()).unwrap();
                out += &plain[1..plain.len() - 1];
            }
        }
        out + "\""
    })
}

fn key() -> impl Strategy<Value = String> {
    let names =
        ["a", "$id", "total", "documents", "rows", "$permission", "$permissionsx", "é\"\\", ""];
    quoted(prop_oneof![
        3 => select(names.to_vec()).prop_map(str::to_owned),
        1 => any::<String>(),
    ])
}

fn scalar() -> BoxedStrategy<String> {
    let literals =
        ["0", "-1.5e3", "1E-7", "123456789012345678901234567890", "1e308", "true", "false"];
    prop_oneof![
        select(literals.to_vec()).prop_map(str::to_owned),
        Just("null".to_owned()),
        any::<f64>()
            .prop_filter("JSON has no others", |f| f.is_finite())
            .prop_map(|f| f.to_string()),
        quoted(any::<String>()),
        quoted("[ -~é]{0,40}".prop_map(|text: String| text)),
    ]
    .boxed()
}

fn array_of(element: BoxedStrategy<String>, len: usize) -> BoxedStrategy<String> {
    (vec((space(), element, space()), 0..len), space())
        .prop_map(|(elements, empty)| {
            let elements: Vec<String> =
                elements.into_iter().map(|(a, element, b)| format!("{a}{element}{b}")).collect();
            format!("[{}]", if elements.is_empty() { empty.into() } else { elements.join(",") })
        })
        .boxed()
}

fn object_of(members: Vec<BoxedStrategy<(String, String)>>) -> BoxedStrategy<String> {
    let members: Vec<_> =
        members.into_iter().map(|m| (space(), m, space(), space(), space())).collect();
    members
        .prop_shuffle()
        .prop_map(|members| {
            let members: Vec<String> = members
                .into_iter()
                .map(|(a, (key, value), b, c, d)| format!("{a}{key}{b}:{c}{value}{d}"))
                .collect();
            format!("{{{}}}", members.join(","))
        })
        .boxed()
}

/// Generates a value of `$permissions`, mostly a list.
fn permissions() -> BoxedStrategy<String> {
    let text = prop_oneof![
        6 => quoted(small_permission()),
        2 => quoted(near_miss(small_permission())),
        1 => scalar(),
    ];
    prop_oneof![9 => array_of(text.boxed(), 5), 1 => scalar(), 1 => Just("{\"a\": []}".to_owned())]
        .boxed()
}

fn permissions_member() -> BoxedStrategy<(String, String)> {
    (quoted(Just("$permissions".to_owned())), permissions()).boxed()
}

/// Generates any value, with nested documents.
pub fn value() -> BoxedStrategy<String> {
    scalar()
        .prop_recursive(4, 24, 4, |inner| {
            let member = (key(), inner.clone()).boxed();
            prop_oneof![
                array_of(inner, 4),
                vec(Just(()), 0..4)
                    .prop_flat_map(move |m| object_of(vec![member.clone(); m.len()])),
                document(),
            ]
        })
        .boxed()
}

/// Generates an object that mostly has permissions.
fn small_document(inner: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let member = (key(), inner).boxed();
    prop_oneof![12 => Just(1), 2 => Just(0), 1 => Just(2)]
        .prop_flat_map(move |count| {
            let others = vec(Just(()), 0..4);
            let member = member.clone();
            others.prop_flat_map(move |others| {
                let mut members = vec![permissions_member(); count];
                members.extend(vec![member.clone(); others.len()]);
                object_of(members)
            })
        })
        .boxed()
}

fn document() -> BoxedStrategy<String> {
    small_document(scalar())
}

/// Generates an element of a list.
pub fn element() -> BoxedStrategy<String> {
    prop_oneof![8 => small_document(value()), 1 => value()].boxed()
}

/// Generates an array of documents.
pub fn array() -> BoxedStrategy<String> {
    array_of(element(), 6)
}

/// Generates a list response, or an object that is nearly one.
pub fn response() -> BoxedStrategy<String> {
    let list =
        (quoted(select(vec!["documents", "rows", "movies"]).prop_map(str::to_owned)), array())
            .boxed();
    let total =
        (quoted(Just("total".to_owned())), prop_oneof![3 => Just("3".to_owned()), 1 => scalar()])
            .boxed();
    let other = (key(), value()).boxed();
    (0..3_usize, 0..2_usize, 0..3_usize)
        .prop_flat_map(move |(lists, totals, others)| {
            let mut members = vec![list.clone(); lists];
            members.extend(vec![total.clone(); totals]);
            members.extend(vec![other.clone(); others]);
            object_of(members)
        })
        .boxed()
}

/// Generates newline-delimited JSON: documents without line breaks, and empty lines.
pub fn lines() -> BoxedStrategy<String> {
    let ending = select(vec!["\n", "\r\n", "\n\n", "\n \t\n"]);
    (vec((element(), ending), 0..6), any::<bool>())
        .prop_map(|(lines, open)| {
            let mut text = String::new();
            for (line, ending) in lines {
                text += &line.replace(['\n', '\r'], " ");
                text += ending;
            }
            if open { text.trim_end().to_owned() } else { text }
        })
        .boxed()
}

/// Generates an input of any format, with white space around it.
pub fn input() -> BoxedStrategy<String> {
    let any = prop_oneof![3 => response(), 2 => array(), 3 => lines(), 1 => value()];
    (space(), any, space()).prop_map(|(a, text, b)| format!("{a}{text}{b}")).boxed()
}

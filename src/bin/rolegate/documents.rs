//! The documents of an input, and where each of their permissions is written.

use std::fmt;

use rolegate::json::Format;
use rolegate::{Action, Principal};
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::args::InputArgs;
use crate::failure::Failure;
use crate::filter::failure;
use crate::input::Input;

/// A text of JSON documents, read whole.
pub(crate) struct Documents {
    pub(crate) name: String,
    pub(crate) text: Vec<u8>,
    form: Format,
    lists: Vec<String>,
}

/// A document, or what stands in the place of one.
pub(crate) struct Document<'a> {
    /// Its number, from 0.
    pub(crate) index: usize,
    /// Where it begins in the text.
    pub(crate) offset: usize,
    pub(crate) id: Option<String>,
    pub(crate) permissions: Permissions<'a>,
}

/// What a document says of its permissions.
pub(crate) enum Permissions<'a> {
    /// It is no object.
    NoDocument,
    /// Nothing.
    Missing,
    /// Something other than an array, at an offset.
    NotAnArray(usize),
    /// A list.
    List(Vec<Element<'a>>),
}

/// What stands in a list of permissions.
pub(crate) enum Element<'a> {
    Text(Text<'a>),
    /// Something other than a string, at an offset: none of the list counts.
    Other(usize),
}

impl<'a> Element<'a> {
    pub(crate) fn text(&self) -> Option<&Text<'a>> {
        match self {
            Self::Text(text) => Some(text),
            Self::Other(_) => None,
        }
    }
}

/// A string in the input.
pub(crate) struct Text<'a> {
    /// Where its quote is.
    pub(crate) offset: usize,
    /// As it is written, with the quotes.
    pub(crate) raw: &'a str,
    pub(crate) value: String,
}

impl Documents {
    /// Reads and checks an input. What is no JSON, or has a document with two `$permissions`, is a
    /// failure.
    pub(crate) fn read(args: &InputArgs) -> Result<Self, Failure> {
        let input = Input::open(args.file.as_deref())?;
        let (name, text) = input.read(args.max_input, "; --max-input says how many it may be")?;
        // What a key may have filtered can be looked at.
        let everybody = Principal::key_with_bypass().matcher(Action::Read);
        let filter = args.filter(&everybody).max_document_len(usize::MAX);
        let (_, outcome) = filter.apply(&text).map_err(|error| failure(&name, &error))?;
        let lists = ["documents", "rows"].map(str::to_owned).into_iter();
        let lists = lists.chain(args.lists.iter().cloned()).collect();
        Ok(Self { name, text, form: outcome.format(), lists })
    }

    /// All of them, in their order.
    pub(crate) fn all(&self) -> Result<Vec<Document<'_>>, Failure> {
        let values = match self.form {
            Format::Lines => self.lines(),
            Format::Array => serde_json::from_slice(&self.text),
            _ => serde_json::from_slice(&self.text).map(|response| self.listed(response)),
        };
        let values: Vec<&RawValue> = values.map_err(|error| Failure::with(&self.name, error))?;
        values
            .into_iter()
            .enumerate()
            .map(|(index, value)| self.document(index, value))
            .collect::<Result<_, _>>()
            .map_err(|error| Failure::with(&self.name, error))
    }

    fn lines(&self) -> serde_json::Result<Vec<&RawValue>> {
        let lines = self.text.split(|&byte| byte == b'\n');
        lines.filter(|line| !line.trim_ascii().is_empty()).map(serde_json::from_slice).collect()
    }

    fn listed<'a>(&self, Members(members): Members<'a>) -> Vec<&'a RawValue> {
        let lists = members.into_iter().filter(|(key, _)| self.lists.contains(key));
        lists.flat_map(|(_, list)| elements(list).unwrap_or_default()).collect()
    }

    fn document<'a>(&self, index: usize, value: &'a RawValue) -> serde_json::Result<Document<'a>> {
        let offset = self.offset(value);
        let mut document =
            Document { index, offset, id: None, permissions: Permissions::NoDocument };
        if !value.get().starts_with('{') {
            return Ok(document);
        }
        document.permissions = Permissions::Missing;
        let Members(members) = serde_json::from_str(value.get())?;
        for (key, value) in members {
            match key.as_str() {
                "$id" => document.id = serde_json::from_str(value.get()).ok(),
                "$permissions" => document.permissions = self.permissions(value),
                _ => {}
            }
        }
        Ok(document)
    }

    fn permissions<'a>(&self, value: &'a RawValue) -> Permissions<'a> {
        let Some(elements) = elements(value) else {
            return Permissions::NotAnArray(self.offset(value));
        };
        let read = |element: &'a RawValue| {
            let (offset, raw) = (self.offset(element), element.get());
            match serde_json::from_str(raw) {
                Ok(value) => Element::Text(Text { offset, raw, value }),
                Err(_) => Element::Other(offset),
            }
        };
        Permissions::List(elements.into_iter().map(read).collect())
    }

    /// Where a part of the text is.
    fn offset(&self, part: &RawValue) -> usize {
        (part.get().as_ptr().addr()).saturating_sub(self.text.as_ptr().addr())
    }

    /// The place of an offset, counted on from a place before it.
    pub(crate) fn place(&self, from: Place, offset: usize) -> Place {
        let between = self.text.get(from.offset..offset).unwrap_or_default();
        let mut lines = between.split(|&byte| byte == b'\n');
        let characters = |text: &[u8]| String::from_utf8_lossy(text).chars().count();
        let first = lines.next().unwrap_or_default();
        let (more, last) = lines.fold((0, None), |(count, _), line| (count + 1, Some(line)));
        let column = last.map_or(from.column + characters(first), |last| 1 + characters(last));
        Place { offset, line: from.line + more, column }
    }
}

/// A place in the text: the line and the column, in characters, from 1.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) offset: usize,
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Place {
    pub(crate) const START: Self = Self { offset: 0, line: 1, column: 1 };
}

impl Document<'_> {
    /// What people call it.
    pub(crate) fn name(&self) -> String {
        match &self.id {
            Some(id) => format!("document `{}`", id.escape_debug()),
            None => format!("document {}", self.index),
        }
    }
}

impl Text<'_> {
    /// Where in the input the byte `at` of the value is written.
    pub(crate) fn offset_of(&self, at: usize) -> usize {
        let inner = self.raw.get(1..).unwrap_or_default();
        let mut meant = 0;
        let mut written = 0;
        while meant < at {
            let rest = inner.get(written..).unwrap_or_default();
            let len = match rest.as_bytes() {
                [b'\\', b'u', b'd' | b'D', b'8'..=b'9' | b'a'..=b'b' | b'A'..=b'B', ..] => 12,
                [b'\\', b'u', ..] => 6,
                [b'\\', ..] => 2,
                _ => match rest.chars().next() {
                    Some(character) => character.len_utf8(),
                    None => break,
                },
            };
            let Some(piece) = rest.get(..len) else { break };
            let value: Result<String, _> = serde_json::from_str(&format!("\"{piece}\""));
            meant += value.map_or(1, |value| value.len());
            written += len;
        }
        self.offset + 1 + written
    }
}

/// The elements of an array.
fn elements(value: &RawValue) -> Option<Vec<&RawValue>> {
    serde_json::from_str(value.get()).ok()
}

/// The members of an object, repeated ones too.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
                Err(A::Error::custom("expected an object, found an array"))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

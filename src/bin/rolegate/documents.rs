//! The documents of an input, with the place of each permission: [`Documents`].

use rolegate::json::Format;
use rolegate::{Action, Principal};
use serde_json::value::RawValue;

use crate::args::InputArgs;
use crate::failure::Failure;
use crate::filter::failure;
use crate::input::Input;
use crate::object::{Members, elements};

/// A text with JSON documents.
pub(crate) struct Documents {
    pub(crate) name: String,
    pub(crate) text: Vec<u8>,
    format: Format,
    lists: Vec<String>,
}

/// A document, or another value in its place.
pub(crate) struct Document<'a> {
    /// The position among the documents, from 0.
    pub(crate) index: usize,
    /// The offset in the text.
    pub(crate) offset: usize,
    pub(crate) id: Option<String>,
    pub(crate) permissions: Permissions<'a>,
}

/// The `$permissions` of a document.
pub(crate) enum Permissions<'a> {
    /// The value is not an object.
    NoDocument,
    /// The document has no `$permissions`.
    Missing,
    /// `$permissions` is not an array. The number is the offset of the value.
    NotAnArray(usize),
    /// `$permissions` is an array.
    List(Vec<Element<'a>>),
}

/// An element of `$permissions`.
pub(crate) enum Element<'a> {
    Text(Text<'a>),
    /// The element is not a string, so the whole list grants nothing. The number is the offset of the
    /// element.
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

/// A string of the input.
pub(crate) struct Text<'a> {
    /// The offset of the opening quote.
    pub(crate) offset: usize,
    /// The JSON of the string, with quotes.
    pub(crate) raw: &'a str,
    pub(crate) value: String,
}

impl Documents {
    /// Reads and checks an input. Malformed JSON, an input without documents, and a document with two
    /// `$permissions` are failures.
    pub(crate) fn read(args: &InputArgs) -> Result<Self, Failure> {
        let input = Input::open(args.file.as_deref())?;
        let (name, text) = input.read(args.max_input, "; raise the limit with --max-input")?;
        // A filter for a guest finds wrong formats. A filter for a principal that may see every document
        // accepts any JSON.
        let guest = Principal::guest().matcher(Action::Read);
        let filter = args.filter(&guest).max_document_len(usize::MAX);
        let (_, report) = filter.apply(&text).map_err(|error| failure(&name, &error))?;
        let lists = ["documents", "rows"].map(str::to_owned).into_iter();
        let lists = lists.chain(args.lists.iter().cloned()).collect();
        Ok(Self { name, text, format: report.format(), lists })
    }

    /// Returns all documents in order.
    pub(crate) fn all(&self) -> Result<Vec<Document<'_>>, Failure> {
        let values = match self.format {
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

    /// Returns the offset of a part of the text.
    fn offset(&self, part: &RawValue) -> usize {
        (part.get().as_ptr().addr()).saturating_sub(self.text.as_ptr().addr())
    }

    /// Returns the place of an offset. Counts lines and columns from the earlier place `from`.
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

/// A place in the text. Lines and columns count from 1, and a column is a character.
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
    /// Returns a name for messages.
    pub(crate) fn name(&self) -> String {
        match &self.id {
            Some(id) => format!("document `{}`", id.escape_debug()),
            None => format!("document {}", self.index),
        }
    }
}

impl Text<'_> {
    /// Returns the offset in the input that belongs to the byte `at` of the unescaped value.
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

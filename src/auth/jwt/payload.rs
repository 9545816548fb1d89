//! The JSON of a token: [`Payload`], [`Claim`].
//!
//! The reader is at least as strict as Appwrite's, also for unused claims. If one reader accepted a token
//! that the other refuses, an attacker could use the difference. `serde_json::Value` is not used, because
//! it reads numbers differently if any crate of the program turns on certain features.

use super::error::{TokenError, TokenErrorKind};
use crate::json::scan::{MAX_DEPTH, Scan, ScanErrorKind, Scanner};

/// The JSON object of a token's payload or header.
pub(in crate::auth) struct Payload;

/// A requested claim, and its value.
pub(in crate::auth) struct Claim {
    name: &'static str,
    value: Value,
}

/// The value of a claim. Only the types that claims use keep their content.
enum Value {
    /// The claim is absent or `null`.
    Absent,
    Flag(bool),
    Integer(i64),
    Text(Box<str>),
    /// An array of strings.
    Texts(Vec<Box<str>>),
    /// Another value: a number that is not an `i64`, an object, or an array of other values.
    Other,
}

/// The error of reading claims.
pub(super) enum PayloadError {
    /// The text is not a JSON object.
    NotAnObject,
    /// A requested claim is repeated. Choosing one of its values would be a guess.
    Repeated(&'static str),
}

impl Payload {
    /// Reads some claims of a verified payload.
    pub(in crate::auth) fn read<const N: usize>(
        json: &[u8],
        names: [&'static str; N],
    ) -> Result<[Claim; N], TokenError> {
        Self::claims(json, names).map_err(|error| match error {
            PayloadError::NotAnObject => TokenErrorKind::Payload.into(),
            PayloadError::Repeated(name) => TokenError::claim(name),
        })
    }

    /// Reads some members of a JSON object.
    pub(super) fn claims<const N: usize>(
        json: &[u8],
        names: [&'static str; N],
    ) -> Result<[Claim; N], PayloadError> {
        let mut reader = Reader { scanner: Scanner::new(json), repeated: None };
        let claims = reader.object(names).map_err(|_| PayloadError::NotAnObject)?;
        match reader.repeated {
            Some(name) => Err(PayloadError::Repeated(name)),
            None => Ok(claims),
        }
    }
}

impl Claim {
    /// Returns the value of a claim that is a string.
    pub(in crate::auth) fn text(self) -> Result<Option<Box<str>>, TokenError> {
        match self.value {
            Value::Absent => Ok(None),
            Value::Text(text) => Ok(Some(text)),
            _ => Err(TokenError::claim(self.name)),
        }
    }

    /// Returns the value of a claim that is an integer.
    pub(super) fn integer(self) -> Result<Option<i64>, TokenError> {
        match self.value {
            Value::Absent => Ok(None),
            Value::Integer(integer) => Ok(Some(integer)),
            _ => Err(TokenError::claim(self.name)),
        }
    }

    /// Returns the value of a claim that is `true` or `false`.
    pub(in crate::auth) fn flag(self) -> Result<Option<bool>, TokenError> {
        match self.value {
            Value::Absent => Ok(None),
            Value::Flag(flag) => Ok(Some(flag)),
            _ => Err(TokenError::claim(self.name)),
        }
    }

    /// Returns the value of a claim that is an array of strings, or an empty array if the claim is absent.
    pub(in crate::auth) fn texts(self) -> Result<Vec<Box<str>>, TokenError> {
        match self.value {
            Value::Absent => Ok(Vec::new()),
            Value::Texts(texts) => Ok(texts),
            _ => Err(TokenError::claim(self.name)),
        }
    }

    /// Returns `true` if the claim has a value other than `null`.
    pub(super) fn is_present(&self) -> bool {
        !matches!(self.value, Value::Absent)
    }
}

struct Reader<'a> {
    scanner: Scanner<'a>,
    /// The first requested claim that is repeated.
    repeated: Option<&'static str>,
}

impl Reader<'_> {
    fn object<const N: usize>(&mut self, names: [&'static str; N]) -> Scan<[Claim; N]> {
        let mut values = [const { None }; N];
        if self.scanner.space() != b'{' {
            return Err(ScanErrorKind::NotAnObject);
        }
        let mut more = self.scanner.open_object();
        while more {
            let name = self.name()?;
            let value = self.value()?;
            let mut wanted = names.iter().zip(&mut values);
            if let Some((wanted, place)) = wanted.find(|(wanted, _)| **wanted == name)
                && place.replace(value).is_some()
            {
                self.repeated.get_or_insert(wanted);
            }
            more = self.scanner.next_member()?;
        }
        self.scanner.end()?;
        let mut values = values.into_iter();
        Ok(names.map(|name| {
            let value = values.next().flatten().unwrap_or(Value::Absent);
            Claim { name, value }
        }))
    }

    /// Reads the name of a member. A name that starts with NUL is an error, because PHP cannot store it as a
    /// property.
    fn name(&mut self) -> Scan<String> {
        let raw = self.scanner.key()?;
        let mut name = String::new();
        raw.unescape(usize::MAX, &mut name);
        if name.starts_with('\0') { Err(ScanErrorKind::Key) } else { Ok(name) }
    }

    fn value(&mut self) -> Scan<Value> {
        let start = self.scanner.at;
        match self.scanner.byte() {
            b'"' => self.text().map(Value::Text),
            b'[' => self.array(),
            b'{' => self.skip().map(|()| Value::Other),
            _ => {
                self.scanner.skip_value(1)?;
                let text = self.scanner.slice(start, self.scanner.at);
                Ok(scalar(std::str::from_utf8(text).unwrap_or_default()))
            }
        }
    }

    fn text(&mut self) -> Scan<Box<str>> {
        let start = self.scanner.at;
        let escaped = self.scanner.string()?;
        let mut text = String::new();
        self.scanner.raw(start, escaped).unescape(usize::MAX, &mut text);
        Ok(text.into())
    }

    /// Reads an array of strings. An array with other elements is skipped, and is [`Value::Other`].
    fn array(&mut self) -> Scan<Value> {
        let start = self.scanner.at;
        let mut texts = Vec::new();
        let mut more = self.scanner.open_array();
        while more {
            if self.scanner.byte() != b'"' {
                self.scanner.at = start;
                return self.skip().map(|()| Value::Other);
            }
            texts.push(self.text()?);
            more = self.scanner.next_element()?;
        }
        Ok(Value::Texts(texts))
    }

    /// Skips an array or object, and checks the names in it.
    fn skip(&mut self) -> Scan<()> {
        let mut open_objects = Vec::new();
        loop {
            let mut more = match self.scanner.byte() {
                // The payload itself is one level.
                b'{' | b'[' if open_objects.len() + 1 >= MAX_DEPTH => {
                    return Err(ScanErrorKind::TooDeep);
                }
                b'{' => {
                    open_objects.push(true);
                    self.scanner.open_object()
                }
                b'[' => {
                    open_objects.push(false);
                    self.scanner.open_array()
                }
                _ => {
                    self.scanner.skip_value(0)?;
                    self.next(&open_objects)?
                }
            };
            while !more {
                open_objects.pop();
                if open_objects.is_empty() {
                    return Ok(());
                }
                more = self.next(&open_objects)?;
            }
            if open_objects.last() == Some(&true) {
                self.name()?;
            }
        }
    }

    fn next(&mut self, open_objects: &[bool]) -> Scan<bool> {
        match open_objects.last() {
            Some(true) => self.scanner.next_member(),
            Some(false) => self.scanner.next_element(),
            None => Ok(false),
        }
    }
}

/// Returns the value of a number or a literal, which is valid JSON.
fn scalar(text: &str) -> Value {
    match text {
        "null" => Value::Absent,
        "true" => Value::Flag(true),
        "false" => Value::Flag(false),
        number => number.parse().map_or(Value::Other, Value::Integer),
    }
}

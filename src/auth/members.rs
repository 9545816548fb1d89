//! The members of a JSON object from a request, read strictly: [`Members`].
//!
//! The reader is at least as strict as Appwrite's, also for unused members. If one reader accepted a token
//! that the other refuses, an attacker could use the difference. `serde_json::Value` is not used, because
//! it reads numbers differently if any crate of the program turns on certain features.

use crate::json::scan::{MAX_DEPTH, Scan, ScanErrorKind, Scanner};

/// The values of some members of a JSON object. Of a repeated member, this is the last value.
pub(super) struct Members<'n, const N: usize> {
    pub(super) values: [Value; N],
    /// The name of the first requested member that is repeated.
    pub(super) repeated: Option<&'n str>,
}

/// The value of a member. Only the types that tokens and sessions use keep their content.
pub(super) enum Value {
    /// The member is absent or `null`.
    Absent,
    Flag(bool),
    Integer(i64),
    Text(Box<str>),
    /// An array of strings.
    Texts(Vec<Box<str>>),
    /// Another value: a number that is not an `i64`, an object, or an array of other values.
    Other,
}

impl<'n, const N: usize> Members<'n, N> {
    /// Reads the members with these names. Other members are checked and skipped.
    pub(super) fn read(json: &[u8], names: [&'n str; N]) -> Result<Self, MembersError> {
        let mut reader = Reader { scanner: Scanner::new(json), nul_name: false };
        reader.object(names).map_err(|kind| reader.error(kind))
    }
}

/// The error of reading members.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum MembersError {
    /// The text is not a JSON object.
    NotAnObject,
    /// Up to the mistake, PHP reads the text as a JSON object.
    OnlyInPhp,
}

struct Reader<'a> {
    scanner: Scanner<'a>,
    /// `true` after a name that starts with NUL.
    nul_name: bool,
}

impl Reader<'_> {
    fn object<'n, const N: usize>(&mut self, names: [&'n str; N]) -> Scan<Members<'n, N>> {
        let mut values = [const { None }; N];
        let mut repeated = None;
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
                repeated.get_or_insert(*wanted);
            }
            more = self.scanner.next_member()?;
        }
        self.scanner.end()?;
        Ok(Members { values: values.map(|value| value.unwrap_or(Value::Absent)), repeated })
    }

    /// Reads the name of a member. A name that starts with NUL is an error, because PHP cannot store it as a
    /// property.
    fn name(&mut self) -> Scan<String> {
        let raw = self.scanner.key()?;
        let mut name = String::new();
        raw.unescape(usize::MAX, &mut name);
        self.nul_name = name.starts_with('\0');
        if self.nul_name { Err(ScanErrorKind::Key) } else { Ok(name) }
    }

    /// Returns the error of a mistake at the cursor. PHP also reads deeper nesting, numbers out of range,
    /// literals in capitals, and names that start with NUL if it makes an array of the object.
    fn error(&self, kind: ScanErrorKind) -> MembersError {
        let only_in_php = match kind {
            ScanErrorKind::TooDeep | ScanErrorKind::NumberRange => true,
            ScanErrorKind::Literal | ScanErrorKind::Value => {
                self.scanner.byte().is_ascii_uppercase()
            }
            _ => self.nul_name,
        };
        if only_in_php { MembersError::OnlyInPhp } else { MembersError::NotAnObject }
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

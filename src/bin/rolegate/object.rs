//! JSON objects in files, with keys that they must have: [`read_object`].

use std::fmt;
use std::path::Path;

use rolegate::json::MAX_RESPONSE_LEN;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::failure::Failure;
use crate::input::Input;

/// Reads an object from a file. A key of `required` that is absent or `null` is an error, which describes
/// the content of the file.
pub(crate) fn read_object<T: DeserializeOwned>(
    path: &Path,
    what: &str,
    required: &[&str],
) -> Result<T, Failure> {
    let (name, text) = read_file(path)?;
    parse(&text)
        .and_then(|value| check(value, what, required))
        .and_then(|()| serde_json::from_slice(&text).map_err(|error| error.to_string()))
        .map_err(|error| Failure::with(name, error))
}

/// Reads a whole file, and returns its name and content.
pub(crate) fn read_file(path: &Path) -> Result<(String, Vec<u8>), Failure> {
    Input::open(Some(path))?.read(MAX_RESPONSE_LEN, "")
}

/// Checks that a text is an array of objects with some keys, or an object that has the array under
/// `key`.
pub(crate) fn check_list(text: &[u8], key: &str, required: &[&str]) -> Result<(), String> {
    let value = parse(text)?;
    let list = match elements(value) {
        Some(list) => list,
        None => list_under(value, key)?,
    };
    for (index, element) in list.into_iter().enumerate() {
        check(element, "an object", required)
            .map_err(|error| format!("{key}[{index}]: {error}"))?;
    }
    Ok(())
}

fn list_under<'a>(value: &'a RawValue, key: &str) -> Result<Vec<&'a RawValue>, String> {
    check(value, &format!("an array of {key}, or an object"), &[key])?;
    let list = members(value)?.get(key).and_then(elements);
    list.ok_or_else(|| format!("expected an array under the key `{key}`, found another value"))
}

fn parse(text: &[u8]) -> Result<&RawValue, String> {
    serde_json::from_slice(text).map_err(|error| error.to_string())
}

/// Checks that a value is an object that has each of the keys once.
fn check(value: &RawValue, what: &str, required: &[&str]) -> Result<(), String> {
    if !value.get().starts_with('{') {
        let hint = match value.get().as_bytes() {
            [b'[', ..] => "; pass one element of the array",
            _ => "",
        };
        return Err(format!("expected {what}, found {}{hint}", kind(value)));
    }
    let members = members(value)?;
    for key in required {
        match members.get(key) {
            Some(_) if members.count(key) > 1 => {
                return Err(format!("the key `{key}` is repeated"));
            }
            Some(value) if value.get() != "null" => {}
            Some(_) => return Err(format!("expected {what} with `{key}`, found `{key}`: null")),
            None => {
                let hint = members.hint(key);
                return Err(format!("expected {what} with `{key}`, found {members}{hint}"));
            }
        }
    }
    Ok(())
}

fn members(value: &RawValue) -> Result<Members<'_>, String> {
    serde_json::from_str(value.get()).map_err(|error| error.to_string())
}

/// Returns the elements of an array, or `None` for another value.
pub(crate) fn elements(value: &RawValue) -> Option<Vec<&RawValue>> {
    serde_json::from_str(value.get()).ok()
}

fn kind(value: &RawValue) -> &'static str {
    match value.get().as_bytes() {
        [b'{', ..] => "an object",
        [b'[', ..] => "an array",
        [b'"', ..] => "a string",
        [b't' | b'f', ..] => "a boolean",
        [b'n', ..] => "null",
        _ => "a number",
    }
}

/// The members of an object, repeated keys included.
pub(crate) struct Members<'a>(pub(crate) Vec<(String, &'a RawValue)>);

impl<'a> Members<'a> {
    fn get(&self, key: &str) -> Option<&'a RawValue> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| *value)
    }

    fn count(&self, key: &str) -> usize {
        self.0.iter().filter(|(name, _)| name == key).count()
    }

    /// Returns a hint about a missing key, or an empty text.
    fn hint(&self, missing: &str) -> String {
        if let Some(without_sign) = missing.strip_prefix('$').filter(|key| self.get(key).is_some())
        {
            return format!("; write `{missing}` instead of `{without_sign}`");
        }
        let is_list = |value: &RawValue| {
            elements(value).is_some_and(|list| list.iter().any(|each| each.get().starts_with('{')))
        };
        match self.0.iter().find(|(_, value)| is_list(value)) {
            Some((key, _)) => format!("; pass one element of `{}`", key.escape_debug()),
            None => String::new(),
        }
    }
}

/// Prints the first keys.
impl fmt::Display for Members<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// The maximum number of keys that are printed: 6.
        const SHOWN: usize = 6;
        /// The maximum number of characters of a key that are printed: 40.
        const SHOWN_OF_KEY: usize = 40;
        match self.0.len() {
            0 => return f.write_str("an empty object"),
            1 => f.write_str("an object with the key ")?,
            _ => f.write_str("an object with the keys ")?,
        }
        for (index, (key, _)) in self.0.iter().take(SHOWN).enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            let key: String = key.chars().take(SHOWN_OF_KEY).collect();
            write!(f, "{separator}`{}`", key.escape_debug())?;
        }
        if self.0.len() > SHOWN { f.write_str(", ...") } else { Ok(()) }
    }
}

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
        }
        deserializer.deserialize_map(Object)
    }
}

//! JSON objects in files, with keys that they must have: [`read_object`].

use std::fmt;
use std::path::Path;

use rolegate::json::MAX_RESPONSE_LEN;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::failure::Failure;
use crate::input::Input;

/// A kind of object in Appwrite's JSON.
pub(crate) struct Kind {
    name: &'static str,
    /// The key that every object of this kind has.
    required: &'static str,
    /// Keys that only objects of other kinds have.
    foreign: &'static [&'static str],
}

pub(crate) const COLLECTION: Kind = Kind {
    name: "a collection",
    required: "$permissions",
    foreign: &["$collectionId", "$tableId", "bucketId", "fileSecurity"],
};

/// A user. Memberships, sessions, targets and identities have a `userId`, projects a `teamId`, teams a `total`, and
/// collections, tables and buckets a setting of security.
pub(crate) const USER: Kind = Kind {
    name: "a user",
    required: "$id",
    foreign: &[
        "userId",
        "teamId",
        "total",
        "documentSecurity",
        "rowSecurity",
        "fileSecurity",
        "$collectionId",
        "$tableId",
    ],
};

/// A project. API keys have a `secret`.
pub(crate) const PROJECT: Kind =
    Kind { name: "a project", required: "$id", foreign: &["secret", "$collectionId", "$tableId"] };

/// Reads an object from a file. If the file has another content, the error describes the content.
pub(crate) fn read_object<T: DeserializeOwned>(path: &Path, kind: &Kind) -> Result<T, Failure> {
    let (name, text) = read_file(path)?;
    parse(&text, kind.name)
        .and_then(|value| check(value, kind))
        .and_then(|()| serde_json::from_slice(&text).map_err(|error| error.to_string()))
        .map_err(|error| Failure::with(name, error))
}

/// Reads a whole file, and returns its name and content.
pub(crate) fn read_file(path: &Path) -> Result<(String, Vec<u8>), Failure> {
    Input::open(Some(path))?.read(MAX_RESPONSE_LEN, "")
}

/// Checks that a text is an array of users, or an object that has the array under `users`.
pub(crate) fn check_users(text: &[u8]) -> Result<(), String> {
    const USERS: Kind =
        Kind { name: "an array of users, or an object", required: "users", foreign: &[] };
    let value = parse(text, "an array of users")?;
    let list = if let Some(list) = elements(value) {
        list
    } else {
        check(value, &USERS)?;
        let list = members(value)?.get("users").and_then(elements);
        list.ok_or("the value of `users` is not an array")?
    };
    for (index, element) in list.into_iter().enumerate() {
        check(element, &USER).map_err(|error| format!("users[{index}]: {error}"))?;
    }
    Ok(())
}

fn parse<'a>(text: &'a [u8], what: &str) -> Result<&'a RawValue, String> {
    if text.trim_ascii().is_empty() {
        return Err(format!("expected {what}, found an empty file"));
    }
    if text.starts_with("\u{feff}".as_bytes()) {
        return Err(format!("expected {what}, found a byte order mark; leave it out"));
    }
    serde_json::from_slice(text).map_err(|error| error.to_string())
}

/// Checks that a value is an object of a kind.
fn check(value: &RawValue, kind: &Kind) -> Result<(), String> {
    let &Kind { name, required, .. } = kind;
    if !value.get().starts_with('{') {
        let hint = match value.get().as_bytes() {
            [b'[', ..] => "; pass one element of the array",
            _ => "",
        };
        return Err(format!("expected {name}, found {}{hint}", type_of(value)));
    }
    let members = members(value)?;
    match members.get(required) {
        _ if members.count(required) > 1 => Err(format!("the key `{required}` is repeated")),
        Some(value) if value.get() == "null" => {
            Err(format!("expected {name} with `{required}`, found `{required}`: null"))
        }
        Some(_) => match members.foreign(kind) {
            Some(key) => Err(format!("expected {name}, found an object with the key `{key}`")),
            None => Ok(()),
        },
        None => {
            let hint = members.hint(kind);
            Err(format!("expected {name} with `{required}`, found {members}{hint}"))
        }
    }
}

fn members(value: &RawValue) -> Result<Members<'_>, String> {
    serde_json::from_str(value.get()).map_err(|error| error.to_string())
}

/// Returns the elements of an array, or `None` for another value.
pub(crate) fn elements(value: &RawValue) -> Option<Vec<&RawValue>> {
    serde_json::from_str(value.get()).ok()
}

fn type_of(value: &RawValue) -> &'static str {
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

    /// Returns a key that only objects of other kinds have.
    fn foreign(&self, kind: &Kind) -> Option<&'static str> {
        kind.foreign.iter().copied().find(|key| self.get(key).is_some())
    }

    /// Returns a hint about the missing key of a kind, or an empty text.
    fn hint(&self, kind: &Kind) -> String {
        let missing = kind.required;
        if let Some(without_sign) = missing.strip_prefix('$').filter(|key| self.get(key).is_some())
        {
            return format!("; write `{missing}` instead of `{without_sign}`");
        }
        let is_list = |value: &RawValue| {
            elements(value)
                .is_some_and(|list| list.iter().any(|element| check(element, kind).is_ok()))
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

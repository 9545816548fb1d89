//! Reading the JSON of a token at least as strictly as the reference does, in fields that are not
//! used too: what one side reads and the other does not is where tokens are forged.

use std::fmt;

use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Why a text is not what was asked for.
pub(super) enum Fault {
    /// It is not JSON, or no object.
    NoObject,
    /// A field that is asked for is there twice. Which one counts would be a guess.
    Twice(&'static str),
}

/// The values of some fields of an object, `None` where there is none or `null`.
pub(super) fn fields<const N: usize>(
    text: &[u8],
    names: [&'static str; N],
) -> Result<[Option<Value>; N], Fault> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let object = reader.deserialize_map(Fields { names }).and_then(|found| {
        reader.end()?;
        Ok(found)
    });
    let (values, twice) = object.map_err(|_| Fault::NoObject)?;
    match twice {
        Some(name) => Err(Fault::Twice(name)),
        None => Ok(values.map(|value| value.filter(|value| !value.is_null()))),
    }
}

struct Fields<const N: usize> {
    names: [&'static str; N],
}

impl<'de, const N: usize> Visitor<'de> for Fields<N> {
    type Value = ([Option<Value>; N], Option<&'static str>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut values = [const { None }; N];
        let mut twice = None;
        while let Some(Name(name)) = map.next_key()? {
            let wanted = self.names.iter().zip(&mut values).find(|(wanted, _)| **wanted == name);
            let Some((wanted, value)) = wanted else {
                map.next_value::<Anything>()?;
                continue;
            };
            if value.replace(map.next_value()?).is_some() {
                twice = Some(*wanted);
            }
        }
        Ok((values, twice))
    }
}

/// A field's name. PHP reads objects into properties, whose names cannot start with NUL.
struct Name(String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        if name.starts_with('\0') {
            return Err(D::Error::custom("expected a name, found one that starts with NUL"));
        }
        Ok(Self(name))
    }
}

/// Any value, read to its end and forgotten. serde's own `IgnoredAny` would skip over texts without
/// checking that they are UTF-8 and that their surrogates are paired.
struct Anything;

impl<'de> Deserialize<'de> for Anything {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Anything {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self, A::Error> {
        while seq.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        while map.next_entry::<Name, Self>()?.is_some() {}
        Ok(self)
    }
}

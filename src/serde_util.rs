//! Helpers that read Appwrite's JSON. A type is read from an object only, and `null` counts as absent.

use std::fmt;

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Reads a value, and returns the default for `null`. Appwrite leaves a field out or writes `null`.
pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Reads a text or a list of texts, and returns the default for a value of another type.
pub(crate) fn wrong_type_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: From<TextOrTexts>,
{
    TextOrTexts::deserialize(deserializer).map(Into::into)
}

/// A JSON value. Only texts and lists of texts keep their content.
pub(crate) enum TextOrTexts {
    Text(String),
    Texts(Vec<String>),
    Other,
}

impl From<TextOrTexts> for Option<String> {
    fn from(value: TextOrTexts) -> Self {
        match value {
            TextOrTexts::Text(text) => Some(text),
            TextOrTexts::Texts(_) | TextOrTexts::Other => None,
        }
    }
}

impl From<TextOrTexts> for String {
    fn from(value: TextOrTexts) -> Self {
        Option::from(value).unwrap_or_default()
    }
}

impl From<TextOrTexts> for Vec<String> {
    fn from(value: TextOrTexts) -> Self {
        match value {
            TextOrTexts::Texts(texts) => texts,
            TextOrTexts::Text(_) | TextOrTexts::Other => Self::new(),
        }
    }
}

impl<'de> Deserialize<'de> for TextOrTexts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyValue;
        impl<'de> Visitor<'de> for AnyValue {
            type Value = TextOrTexts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_str<E>(self, text: &str) -> Result<TextOrTexts, E> {
                Ok(TextOrTexts::Text(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<TextOrTexts, A::Error> {
                let mut texts = Some(Vec::new());
                while let Some(element) = seq.next_element()? {
                    match (&mut texts, element) {
                        (Some(texts), TextOrTexts::Text(text)) => texts.push(text),
                        _ => texts = None,
                    }
                }
                Ok(texts.map_or(TextOrTexts::Other, TextOrTexts::Texts))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TextOrTexts, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(TextOrTexts::Other)
            }

            fn visit_unit<E>(self) -> Result<TextOrTexts, E> {
                Ok(TextOrTexts::Other)
            }

            fn visit_bool<E>(self, _: bool) -> Result<TextOrTexts, E> {
                Ok(TextOrTexts::Other)
            }

            fn visit_i64<E>(self, _: i64) -> Result<TextOrTexts, E> {
                Ok(TextOrTexts::Other)
            }

            fn visit_u64<E>(self, _: u64) -> Result<TextOrTexts, E> {
                Ok(TextOrTexts::Other)
            }

            fn visit_f64<E>(self, _: f64) -> Result<TextOrTexts, E> {
                Ok(TextOrTexts::Other)
            }
        }
        deserializer.deserialize_any(AnyValue)
    }
}

/// Reads a type with `#[serde(remote = "Self")]` from an object only. Derived code alone would also
/// accept an array, and assign its elements to the fields in their order. That would be a guess, which
/// could grant something.
macro_rules! only_from_objects {
    ($($type:ident: $expected:literal),*) => {$(
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Object;
                impl<'de> serde::de::Visitor<'de> for Object {
                    type Value = $type;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($expected)
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(
                        self,
                        map: A,
                    ) -> Result<$type, A::Error> {
                        $type::deserialize(serde::de::value::MapAccessDeserializer::new(map))
                    }
                }
                deserializer.deserialize_map(Object)
            }
        }
    )*};
}

pub(crate) use only_from_objects;

//! The JSON of a token: [`Payload`], [`Claim`].

use super::error::{TokenError, TokenErrorKind};
use crate::auth::members::{Members, Value};

/// The JSON object of a token's payload or header.
pub(in crate::auth) struct Payload;

/// A requested claim, and its value.
pub(in crate::auth) struct Claim {
    name: &'static str,
    value: Value,
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
        let members = Members::read(json, names).map_err(|_| PayloadError::NotAnObject)?;
        if let Some(name) = members.repeated {
            return Err(PayloadError::Repeated(name));
        }
        let mut values = members.values.into_iter();
        Ok(names.map(|name| Claim { name, value: values.next().unwrap_or(Value::Absent) }))
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

//! The actions on a document: [`Action`] and [`ActionSet`].

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::verb::Verb;
use super::{ParseError, diagnose};

/// An action that a permission can allow on a document.
///
/// `write` is not an action. In a permission it stands for create, update and delete, which is
/// [`ActionSet::WRITE`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Action {
    /// Create a new document. Only a collection can grant it. On a document it has no meaning.
    Create = 0b0001,
    /// Read a document.
    Read = 0b0010,
    /// Update a document.
    Update = 0b0100,
    /// Delete a document.
    Delete = 0b1000,
}

impl Action {
    /// All four actions: create, read, update and delete.
    pub const ALL: [Self; 4] = [Self::Create, Self::Read, Self::Update, Self::Delete];

    /// Returns the name of the action: `create`, `read`, `update` or `delete`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.verb().name()
    }

    /// Returns the verb of a permission for this action alone.
    pub(super) const fn verb(self) -> Verb {
        match self {
            Self::Create => Verb::Create,
            Self::Read => Verb::Read,
            Self::Update => Verb::Update,
            Self::Delete => Verb::Delete,
        }
    }

    /// Parses the name of an action.
    ///
    /// # Errors
    ///
    /// The text is not one of the four lower-case names. `write` is an error too.
    pub fn parse(input: &str) -> Result<Self, ParseError> {
        Self::ALL
            .into_iter()
            .find(|action| action.as_str() == input)
            .ok_or_else(|| diagnose::action(input))
    }
}

/// A set of [`Action`]s.
///
/// It prints as names with commas between them. `write` stands for create, update and delete together,
/// and `none` for the empty set.
///
/// ```
/// use rolegate::{Action, ActionSet};
///
/// let set = ActionSet::parse("read,write")?;
/// assert!(set.contains(Action::Delete));
/// assert_eq!(ActionSet::from(Action::Read).to_string(), "read");
/// # Ok::<(), rolegate::ParseError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ActionSet(u8);

impl ActionSet {
    /// The empty set.
    pub const NONE: Self = Self(0);
    /// The actions that `write` stands for: create, update and delete. It does not contain read.
    pub const WRITE: Self =
        Self(Action::Create as u8 | Action::Update as u8 | Action::Delete as u8);
    /// All actions: create, read, update and delete.
    pub const ALL: Self = Self(Self::WRITE.0 | Action::Read as u8);
    /// The actions that the permissions of a document can grant: read, update and delete.
    pub const DOCUMENT: Self =
        Self(Action::Read as u8 | Action::Update as u8 | Action::Delete as u8);

    /// Returns `true` if `action` is in the set.
    #[must_use]
    pub const fn contains(self, action: Action) -> bool {
        self.0 & action as u8 != 0
    }

    /// Returns `true` if the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns the actions that are in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns the actions that are in both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Returns the actions of the set, in the order of [`Action::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Action> + Clone {
        Action::ALL.into_iter().filter(move |&action| self.contains(action))
    }

    /// Parses what [`Display`](fmt::Display) prints: names with commas between them in any order, or
    /// `none`.
    ///
    /// # Errors
    ///
    /// A name is neither an action nor `write`. The span of the error refers to the whole text.
    pub fn parse(input: &str) -> Result<Self, ParseError> {
        if input == "none" {
            return Ok(Self::NONE);
        }
        let mut set = Self::NONE;
        let mut at = 0;
        for name in input.split(',') {
            let part = match Verb::from_name(name) {
                Some(verb) => verb.into(),
                None => return Err(diagnose::action(name).shifted(at)),
            };
            set = set.union(part);
            at += name.len() + 1;
        }
        Ok(set)
    }

    pub(crate) const fn bits(self) -> u8 {
        self.0
    }

    pub(crate) const fn from_bits_truncated(bits: u8) -> Self {
        Self(bits & Self::ALL.0)
    }
}

impl From<Action> for ActionSet {
    fn from(action: Action) -> Self {
        Self(action as u8)
    }
}

/// The actions that a verb stands for. `write` stands for create, update and delete.
impl From<Verb> for ActionSet {
    #[inline]
    fn from(verb: Verb) -> Self {
        match verb {
            Verb::Read => Action::Read.into(),
            Verb::Create => Action::Create.into(),
            Verb::Update => Action::Update.into(),
            Verb::Delete => Action::Delete.into(),
            Verb::Write => Self::WRITE,
        }
    }
}

impl FromIterator<Action> for ActionSet {
    fn from_iter<I: IntoIterator<Item = Action>>(actions: I) -> Self {
        actions.into_iter().fold(Self::NONE, |set, action| set.union(action.into()))
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for ActionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("none");
        }
        let written_out = if self.intersection(Self::WRITE) == Self::WRITE {
            self.intersection(Action::Read.into())
        } else {
            *self
        };
        let names = written_out.iter().map(Action::as_str);
        let write = (written_out != *self).then_some(Verb::Write.name());
        for (i, name) in names.chain(write).enumerate() {
            if i > 0 {
                f.write_str(",")?;
            }
            f.write_str(name)?;
        }
        Ok(())
    }
}

impl fmt::Debug for ActionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl FromStr for Action {
    type Err = ParseError;

    fn from_str(input: &str) -> Result<Self, ParseError> {
        Self::parse(input)
    }
}

impl FromStr for ActionSet {
    type Err = ParseError;

    fn from_str(input: &str) -> Result<Self, ParseError> {
        Self::parse(input)
    }
}

impl Serialize for Action {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for ActionSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Action {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for ActionSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

//! The role in a permission: [`Role`].

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::grammar::{self, MAX_ROLE_LEN};
use super::{ParseError, diagnose, shortcut};

/// A role in its canonical spelling, such as `any`, `users/verified` or `team:t1/owner`.
///
/// A permission names one role, and a principal has several. Two roles are equal if and only if their
/// texts are equal. No role contains another: a principal that has `team:t1/owner` has `team:t1` only
/// if it lists both. A parsed role borrows its text. [`into_owned`](Self::into_owned) copies it.
///
/// ```
/// use rolegate::{Role, RoleKind};
///
/// let role = Role::parse("team:t1/owner")?;
/// assert_eq!(role.kind(), RoleKind::Team { id: "t1", role: Some("owner") });
/// assert_eq!(role, Role::team_role("t1", "owner")?);
/// # Ok::<(), rolegate::ParseError>(())
/// ```
///
/// Source: `Utopia\Database\Helpers\Role` and `Validator\Roles` of utopia-php/database.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Role<'a>(Cow<'a, str>);

/// The parts of a [`Role`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum RoleKind<'a> {
    /// `any`: every user and every guest.
    Any,
    /// `guests`: every caller that is not signed in.
    Guests,
    /// `users`, `users/verified`, `users/unverified`: every user that is signed in.
    Users {
        /// Limits the role to users with, or without, a verified e-mail address or phone number.
        verification: Option<Verification>,
    },
    /// `user:ID`, `user:ID/verified`, `user:ID/unverified`: one user.
    User {
        /// The id of the user.
        id: &'a str,
        /// Limits the role to the time in which the user has, or lacks, a verified e-mail address or
        /// phone number.
        verification: Option<Verification>,
    },
    /// `team:ID`, `team:ID/ROLE`: the confirmed members of a team.
    Team {
        /// The id of the team.
        id: &'a str,
        /// Limits the role to the members with this role within the team.
        role: Option<&'a str>,
    },
    /// `member:ID`: the user with one membership.
    Member {
        /// The id of the membership.
        id: &'a str,
    },
    /// `label:NAME`: every user with a label.
    Label {
        /// The label.
        name: &'a str,
    },
}

/// The state of a user's e-mail address and phone number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Verification {
    /// `verified`: the e-mail address or the phone number is verified.
    Verified,
    /// `unverified`: neither the e-mail address nor the phone number is verified.
    Unverified,
}

impl Verification {
    /// Returns the name in a role: `verified` or `unverified`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Unverified => "unverified",
        }
    }
}

impl<'a> Role<'a> {
    /// The bytes of the longest role, which is `team:ID/ROLE`: 123.
    pub const MAX_LEN: usize = MAX_ROLE_LEN;

    /// Parses a role.
    ///
    /// # Errors
    ///
    /// The text is not a role in its canonical spelling.
    pub fn parse(input: &'a str) -> Result<Self, ParseError> {
        if shortcut::is_role(input) {
            Ok(Self(Cow::Borrowed(input)))
        } else {
            Err(diagnose::role(input))
        }
    }

    /// For tests: returns `true` if the shortcut accepts a text, and `true` if the grammar does.
    #[doc(hidden)]
    #[must_use]
    pub fn internal_accepts(text: &str) -> [bool; 2] {
        [shortcut::accepts_role(text.as_bytes()), grammar::is_role(text)]
    }

    /// Creates a role from a text that the grammar has accepted.
    pub(crate) fn from_canonical(text: &'a str) -> Self {
        debug_assert!(grammar::is_role(text), "{text:?} is not a role");
        Self(Cow::Borrowed(text))
    }

    /// Returns the text of the role.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the parts of the role.
    #[must_use]
    pub fn kind(&self) -> RoleKind<'_> {
        let (head, suffix) = match self.0.split_once('/') {
            Some((head, suffix)) => (head, Some(suffix)),
            None => (self.as_str(), None),
        };
        let verification = suffix.map(|suffix| match suffix {
            "verified" => Verification::Verified,
            _ => Verification::Unverified,
        });
        match head.split_once(':') {
            Some(("user", id)) => RoleKind::User { id, verification },
            Some(("team", id)) => RoleKind::Team { id, role: suffix },
            Some(("member", id)) => RoleKind::Member { id },
            Some((_, name)) => RoleKind::Label { name },
            None if head == "any" => RoleKind::Any,
            None if head == "users" => RoleKind::Users { verification },
            None => RoleKind::Guests,
        }
    }

    /// Copies the text if it is borrowed.
    #[must_use]
    pub fn into_owned(self) -> Role<'static> {
        Role(Cow::Owned(self.0.into_owned()))
    }
}

/// Roles from their parts. Each part is checked before the parts are joined, so an id that contains a
/// slash or a colon never becomes another role.
impl Role<'static> {
    /// Creates `any`: every user and every guest.
    #[must_use]
    pub const fn any() -> Self {
        Self(Cow::Borrowed("any"))
    }

    /// Creates `guests`: every caller that is not signed in.
    #[must_use]
    pub const fn guests() -> Self {
        Self(Cow::Borrowed("guests"))
    }

    /// Creates `users`: every user that is signed in.
    #[must_use]
    pub const fn users() -> Self {
        Self(Cow::Borrowed("users"))
    }

    /// Creates `users/verified` or `users/unverified`.
    #[must_use]
    pub const fn users_with(verification: Verification) -> Self {
        Self(Cow::Borrowed(match verification {
            Verification::Verified => "users/verified",
            Verification::Unverified => "users/unverified",
        }))
    }

    /// Creates `user:ID`: one user.
    ///
    /// # Errors
    ///
    /// The grammar does not accept `id`. The span of the error refers to `id`.
    pub fn user(id: &str) -> Result<Self, ParseError> {
        check_id(id)?;
        Ok(Self::joined(&["user:", id]))
    }

    /// Creates `user:ID/verified` or `user:ID/unverified`: one user, while verified or unverified.
    ///
    /// # Errors
    ///
    /// The same as for [`user`](Self::user).
    pub fn user_with(id: &str, verification: Verification) -> Result<Self, ParseError> {
        check_id(id)?;
        Ok(Self::joined(&["user:", id, "/", verification.as_str()]))
    }

    /// Creates `team:ID`: the confirmed members of a team.
    ///
    /// # Errors
    ///
    /// The same as for [`user`](Self::user).
    pub fn team(id: &str) -> Result<Self, ParseError> {
        check_id(id)?;
        Ok(Self::joined(&["team:", id]))
    }

    /// Creates `team:ID/ROLE`: the members of a team with a role within it.
    ///
    /// # Errors
    ///
    /// The grammar does not accept `id` or `role`. The span of the error refers to that part.
    pub fn team_role(id: &str, role: &str) -> Result<Self, ParseError> {
        Self::team(id)?.within(role)
    }

    /// Creates `team:ID/ROLE` from this role, which is `team:ID`.
    pub(crate) fn within(&self, role: &str) -> Result<Self, ParseError> {
        if !grammar::is_team_role(role) {
            return Err(diagnose::team_role(role));
        }
        Ok(Self::joined(&[self.as_str(), "/", role]))
    }

    /// Creates `member:ID`: the user with one membership.
    ///
    /// # Errors
    ///
    /// The same as for [`user`](Self::user).
    pub fn member(id: &str) -> Result<Self, ParseError> {
        check_id(id)?;
        Ok(Self::joined(&["member:", id]))
    }

    /// Creates `label:NAME`: every user with a label.
    ///
    /// # Errors
    ///
    /// `name` is not 1 to 36 ASCII letters and digits, or it is `0`.
    pub fn label(name: &str) -> Result<Self, ParseError> {
        if !grammar::is_label(name) {
            return Err(diagnose::label(name));
        }
        Ok(Self::joined(&["label:", name]))
    }

    fn joined(parts: &[&str]) -> Self {
        let mut text = String::with_capacity(parts.iter().map(|part| part.len()).sum());
        for part in parts {
            text.push_str(part);
        }
        Self(Cow::Owned(text))
    }
}

fn check_id(id: &str) -> Result<(), ParseError> {
    if grammar::is_id(id) { Ok(()) } else { Err(diagnose::id(id)) }
}

impl AsRef<str> for Role<'_> {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Role<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Role<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Role({self})")
    }
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Borrows the text of a role.
impl<'a> From<&'a Role<'_>> for Role<'a> {
    fn from(role: &'a Role<'_>) -> Self {
        Self(Cow::Borrowed(role.as_str()))
    }
}

impl<'a> TryFrom<&'a str> for Role<'a> {
    type Error = ParseError;

    fn try_from(input: &'a str) -> Result<Self, ParseError> {
        Self::parse(input)
    }
}

impl FromStr for Role<'static> {
    type Err = ParseError;

    fn from_str(input: &str) -> Result<Self, ParseError> {
        Role::parse(input).map(Role::into_owned)
    }
}

impl Serialize for Role<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Role<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse::<Role<'static>>().map_err(D::Error::custom)
    }
}

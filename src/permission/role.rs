//! Who is meant: [`Role`].

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{ParseError, diagnose, grammar};

/// A role, in its one spelling: `any`, `users/verified`, `team:t1/owner`.
///
/// A permission names one role, a principal has several. The text is borrowed where it can be;
/// [`into_owned`](Self::into_owned) cuts the tie. Two roles are the same if and only if their texts
/// are, and no role contains another: whoever has `team:t1/owner` has `team:t1` only because the
/// principal lists both.
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
/// Source of the rules: `Utopia\Database\Helpers\Role` and `Validator\Roles` of utopia-php/database.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Role<'a>(Cow<'a, str>);

/// A [`Role`] taken apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum RoleKind<'a> {
    /// `any`: everybody, guests included.
    Any,
    /// `guests`: whoever is not signed in.
    Guests,
    /// `users`, `users/verified`, `users/unverified`: whoever is signed in.
    Users {
        /// Only those whose e-mail address or phone number is, or is not, verified.
        verification: Option<Verification>,
    },
    /// `user:ID`, with or without a verification: one user.
    User {
        /// The user's id.
        id: &'a str,
        /// Only while the user's e-mail address or phone number is, or is not, verified.
        verification: Option<Verification>,
    },
    /// `team:ID`, `team:ID/ROLE`: the confirmed members of a team.
    Team {
        /// The team's id.
        id: &'a str,
        /// Only the members with this role within the team.
        role: Option<&'a str>,
    },
    /// `member:ID`: whoever holds one membership.
    Member {
        /// The membership's id.
        id: &'a str,
    },
    /// `label:NAME`: the users with a label.
    Label {
        /// The label.
        name: &'a str,
    },
}

/// Whether a user's e-mail address or phone number is verified.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Verification {
    /// `verified`: at least one of them is.
    Verified,
    /// `unverified`: neither is.
    Unverified,
}

impl Verification {
    /// The name in a role: `verified` or `unverified`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Unverified => "unverified",
        }
    }
}

impl<'a> Role<'a> {
    /// Reads a role.
    ///
    /// # Errors
    ///
    /// Any spelling but the canonical one.
    pub fn parse(input: &'a str) -> Result<Self, ParseError> {
        if grammar::is_role(input) {
            Ok(Self(Cow::Borrowed(input)))
        } else {
            Err(diagnose::role(input))
        }
    }

    /// A role from a text that is known to be one.
    pub(crate) fn from_canonical(text: &'a str) -> Self {
        debug_assert!(grammar::is_role(text), "{text:?} is no role");
        Self(Cow::Borrowed(text))
    }

    /// The role's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The role taken apart.
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

    /// The same role with a text of its own.
    #[must_use]
    pub fn into_owned(self) -> Role<'static> {
        Role(Cow::Owned(self.0.into_owned()))
    }
}

/// Roles from their parts. Each part is checked by itself before it is joined, so that an id with a
/// slash or a colon in it never becomes another role.
impl Role<'static> {
    /// `any`: everybody, guests included.
    #[must_use]
    pub const fn any() -> Self {
        Self(Cow::Borrowed("any"))
    }

    /// `guests`: whoever is not signed in.
    #[must_use]
    pub const fn guests() -> Self {
        Self(Cow::Borrowed("guests"))
    }

    /// `users`: whoever is signed in.
    #[must_use]
    pub const fn users() -> Self {
        Self(Cow::Borrowed("users"))
    }

    /// `users/verified` or `users/unverified`.
    #[must_use]
    pub const fn users_with(verification: Verification) -> Self {
        Self(Cow::Borrowed(match verification {
            Verification::Verified => "users/verified",
            Verification::Unverified => "users/unverified",
        }))
    }

    /// `user:ID`: one user.
    ///
    /// # Errors
    ///
    /// An id that cannot be written in a permission; the span is within `id`.
    pub fn user(id: &str) -> Result<Self, ParseError> {
        check_id(id)?;
        Ok(Self::joined(&["user:", id]))
    }

    /// `user:ID/verified` or `user:ID/unverified`: one user, while that is so.
    ///
    /// # Errors
    ///
    /// As [`user`](Self::user).
    pub fn user_with(id: &str, verification: Verification) -> Result<Self, ParseError> {
        check_id(id)?;
        Ok(Self::joined(&["user:", id, "/", verification.as_str()]))
    }

    /// `team:ID`: the confirmed members of a team.
    ///
    /// # Errors
    ///
    /// As [`user`](Self::user).
    pub fn team(id: &str) -> Result<Self, ParseError> {
        check_id(id)?;
        Ok(Self::joined(&["team:", id]))
    }

    /// `team:ID/ROLE`: the members of a team who have a role within it.
    ///
    /// # Errors
    ///
    /// An id or a team role that cannot be written in a permission; the span is within that part.
    pub fn team_role(id: &str, role: &str) -> Result<Self, ParseError> {
        Self::team(id)?.within(role)
    }

    /// The role within the team that this role, `team:ID`, is.
    pub(crate) fn within(&self, role: &str) -> Result<Self, ParseError> {
        if !grammar::is_team_role(role) {
            return Err(diagnose::team_role(role));
        }
        Ok(Self::joined(&[self.as_str(), "/", role]))
    }

    /// `member:ID`: whoever holds one membership.
    ///
    /// # Errors
    ///
    /// As [`user`](Self::user).
    pub fn member(id: &str) -> Result<Self, ParseError> {
        check_id(id)?;
        Ok(Self::joined(&["member:", id]))
    }

    /// `label:NAME`: the users with a label.
    ///
    /// # Errors
    ///
    /// A label that has other characters than letters and digits, none, or more than 36.
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

/// The same role, borrowed.
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

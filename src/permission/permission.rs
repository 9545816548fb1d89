//! An action and a role together: [`Permission`].

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::verb::{CLOSING, Verb};
use super::{Action, ActionSet, ParseError, Role, diagnose, grammar};

/// A permission, in its one spelling: `read("user:user-a")`.
///
/// It grants its [`actions`](Self::actions) to whoever has its [`role`](Self::role). The text is
/// borrowed where it can be; [`into_owned`](Self::into_owned) cuts the tie.
///
/// ```
/// use rolegate::{Action, Permission, Role};
///
/// let permission = Permission::parse(r#"write("team:t1")"#)?;
/// assert!(permission.actions().contains(Action::Delete));
/// assert!(!permission.actions().contains(Action::Read));
/// assert_eq!(permission.role(), Role::team("t1")?);
///
/// assert_eq!(Permission::read(&Role::any()).to_string(), r#"read("any")"#);
/// # Ok::<(), rolegate::ParseError>(())
/// ```
///
/// Source of the rules: `Utopia\Database\Helpers\Permission` and `Validator\Permissions` of
/// utopia-php/database.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission<'a>(Cow<'a, str>);

impl<'a> Permission<'a> {
    /// Reads a permission.
    ///
    /// # Errors
    ///
    /// Any spelling but the canonical one.
    pub fn parse(input: &'a str) -> Result<Self, ParseError> {
        match grammar::permission(input) {
            Some(_) => Ok(Self(Cow::Borrowed(input))),
            None => Err(diagnose::permission(input)),
        }
    }

    /// The permission's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it allows: one action, or [`ActionSet::WRITE`].
    #[must_use]
    pub fn actions(&self) -> ActionSet {
        self.parts().0
    }

    /// Whom it allows it.
    #[must_use]
    pub fn role(&self) -> Role<'_> {
        Role::from_canonical(self.parts().1)
    }

    /// The same permission with a text of its own.
    #[must_use]
    pub fn into_owned(self) -> Permission<'static> {
        Permission(Cow::Owned(self.0.into_owned()))
    }

    fn parts(&self) -> (ActionSet, &str) {
        // The text was accepted by the grammar when the value was made, and the grammar splits
        // exactly where this does.
        split_canonical(&self.0).unwrap_or_default()
    }
}

impl Permission<'static> {
    /// `read("ROLE")`.
    #[must_use]
    pub fn read(role: &Role<'_>) -> Self {
        Self::joined(Verb::Read, role)
    }

    /// `create("ROLE")`: for collections.
    #[must_use]
    pub fn create(role: &Role<'_>) -> Self {
        Self::joined(Verb::Create, role)
    }

    /// `update("ROLE")`.
    #[must_use]
    pub fn update(role: &Role<'_>) -> Self {
        Self::joined(Verb::Update, role)
    }

    /// `delete("ROLE")`.
    #[must_use]
    pub fn delete(role: &Role<'_>) -> Self {
        Self::joined(Verb::Delete, role)
    }

    /// `write("ROLE")`: create, update and delete.
    #[must_use]
    pub fn write(role: &Role<'_>) -> Self {
        Self::joined(Verb::Write, role)
    }

    /// The permission for one action.
    #[must_use]
    pub fn new(action: Action, role: &Role<'_>) -> Self {
        Self::joined(action.verb(), role)
    }

    fn joined(verb: Verb, role: &Role<'_>) -> Self {
        Self(Cow::Owned([verb.opening(), role.as_str(), CLOSING].concat()))
    }
}

/// Takes `write` apart and drops repetitions, as Appwrite does before it stores a list.
///
/// `write("R")` becomes create, update and delete of `R`, in that order and as far as `allowed`
/// names them; every other permission stays, whether `allowed` names it or not. Of equal
/// permissions the first stays. Linear in the length of the list.
///
/// ```
/// use rolegate::{ActionSet, Permission, aggregate};
///
/// let list = [r#"write("users")"#, r#"update("users")"#, r#"read("any")"#];
/// let list: Vec<_> = list.into_iter().map(Permission::parse).collect::<Result<_, _>>()?;
/// let stored = aggregate(&list, ActionSet::DOCUMENT);
/// let texts: Vec<_> = stored.iter().map(Permission::as_str).collect();
/// assert_eq!(texts, [r#"update("users")"#, r#"delete("users")"#, r#"read("any")"#]);
/// # Ok::<(), rolegate::ParseError>(())
/// ```
///
/// Source: `Permission::aggregate` of utopia-php/database.
#[must_use]
pub fn aggregate<'a>(permissions: &[Permission<'a>], allowed: ActionSet) -> Vec<Permission<'a>> {
    let mut seen = HashSet::with_capacity(permissions.len());
    let mut out = Vec::with_capacity(permissions.len());
    for permission in permissions {
        let (actions, role) = permission.parts();
        if actions == ActionSet::WRITE {
            let role = Role::from_canonical(role);
            let parts = allowed.intersection(ActionSet::WRITE);
            out.extend(parts.into_iter().map(|action| Permission::new(action, &role)));
        } else {
            out.push(permission.clone());
        }
    }
    out.retain(|permission| seen.insert(permission.clone()));
    out
}

/// What a permission would grant, and the text of its role, if `text` is a permission.
///
/// This only takes apart. Whoever has not checked the text must check the role: it is a permission
/// if and only if this gives something and the role is one.
#[inline]
pub(crate) fn split_canonical(text: &str) -> Option<(ActionSet, &str)> {
    let (verb, role) = Verb::strip_opening(text)?;
    Some((verb.into(), role.strip_suffix(CLOSING)?))
}

impl AsRef<str> for Permission<'_> {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Permission<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Permission<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permission({self})")
    }
}

impl<'a> TryFrom<&'a str> for Permission<'a> {
    type Error = ParseError;

    fn try_from(input: &'a str) -> Result<Self, ParseError> {
        Self::parse(input)
    }
}

impl FromStr for Permission<'static> {
    type Err = ParseError;

    fn from_str(input: &str) -> Result<Self, ParseError> {
        Permission::parse(input).map(Permission::into_owned)
    }
}

impl Serialize for Permission<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Permission<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse::<Permission<'static>>().map_err(D::Error::custom)
    }
}

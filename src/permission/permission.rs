//! An action and a role together: [`Permission`].

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::grammar::MAX_PERMISSION_LEN;
use super::verb::{CLOSING, Verb};
use super::{Action, ActionSet, ParseError, Role, diagnose, grammar, shortcut};

/// A permission in its canonical spelling, such as `read("user:user-a")`.
///
/// It grants its [`actions`](Self::actions) to every principal that has its [`role`](Self::role). A
/// parsed permission borrows its text. [`into_owned`](Self::into_owned) copies it.
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
/// Source: `Utopia\Database\Helpers\Permission` and `Validator\Permissions` of
/// utopia-php/database.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission<'a>(Cow<'a, str>);

impl<'a> Permission<'a> {
    /// The bytes of the longest permission, which is `update("team:ID/ROLE")`: 133.
    pub const MAX_LEN: usize = MAX_PERMISSION_LEN;

    /// Parses a permission.
    ///
    /// # Errors
    ///
    /// The text is not a permission in its canonical spelling.
    pub fn parse(input: &'a str) -> Result<Self, ParseError> {
        if shortcut::is_permission(input) {
            Ok(Self(Cow::Borrowed(input)))
        } else {
            Err(diagnose::permission(input))
        }
    }

    /// Returns the text of the permission.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the actions that the permission grants: one action, or [`ActionSet::WRITE`].
    #[must_use]
    pub fn actions(&self) -> ActionSet {
        self.parts().0
    }

    /// Returns the role to which the permission grants its actions.
    #[must_use]
    pub fn role(&self) -> Role<'_> {
        Role::from_canonical(self.parts().1)
    }

    /// Copies the text if it is borrowed.
    #[must_use]
    pub fn into_owned(self) -> Permission<'static> {
        Permission(Cow::Owned(self.0.into_owned()))
    }

    /// For tests: returns `true` if the shortcut accepts a text, and `true` if the grammar does.
    #[doc(hidden)]
    #[must_use]
    pub fn internal_accepts(text: &str) -> [bool; 2] {
        [shortcut::accepts_permission(text), grammar::permission(text).is_some()]
    }

    fn parts(&self) -> (ActionSet, &str) {
        // The grammar has accepted the text, and splits a text at the same places as `split_canonical`.
        split_canonical(&self.0).unwrap_or_default()
    }
}

impl Permission<'static> {
    /// Creates `read("ROLE")`.
    #[must_use]
    pub fn read(role: &Role<'_>) -> Self {
        Self::joined(Verb::Read, role)
    }

    /// Creates `create("ROLE")`, which only collections can grant.
    #[must_use]
    pub fn create(role: &Role<'_>) -> Self {
        Self::joined(Verb::Create, role)
    }

    /// Creates `update("ROLE")`.
    #[must_use]
    pub fn update(role: &Role<'_>) -> Self {
        Self::joined(Verb::Update, role)
    }

    /// Creates `delete("ROLE")`.
    #[must_use]
    pub fn delete(role: &Role<'_>) -> Self {
        Self::joined(Verb::Delete, role)
    }

    /// Creates `write("ROLE")`, which grants create, update and delete.
    #[must_use]
    pub fn write(role: &Role<'_>) -> Self {
        Self::joined(Verb::Write, role)
    }

    /// Creates the permission for one action.
    #[must_use]
    pub fn new(action: Action, role: &Role<'_>) -> Self {
        Self::joined(action.verb(), role)
    }

    fn joined(verb: Verb, role: &Role<'_>) -> Self {
        Self(Cow::Owned([verb.opening(), role.as_str(), CLOSING].concat()))
    }
}

/// Expands `write` and removes repetitions, as Appwrite does before it stores a list.
///
/// `write("R")` becomes create, update and delete of `R` in that order, without the actions that
/// `allowed` lacks. Every other permission is kept, also if `allowed` lacks its action. Of equal
/// permissions, the first is kept. Takes time linear in the length of the list.
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
            out.extend(parts.iter().map(|action| Permission::new(action, &role)));
        } else {
            out.push(permission.clone());
        }
    }
    out.retain(|permission| seen.insert(permission.clone()));
    out
}

/// Splits a permission into its actions and the text of its role.
///
/// Does not check the role. `text` is a permission if and only if the result is `Some` and the grammar
/// accepts the role. A caller that has not checked the text must check the role.
#[inline]
pub(crate) fn split_canonical(text: &str) -> Option<(ActionSet, &str)> {
    let (verb, role) = Verb::split_permission(text)?;
    Some((verb.into(), role))
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

//! The scopes of a caller: [`Scopes`].

use std::fmt;
use std::sync::Arc;

/// The scopes of every guest: `global`, `public`, `home`, `console`, `graphql`, `sessions.write`,
/// `documents.read`, `documents.write`, `rows.read`, `rows.write`, `embeddings.write`, `files.read`,
/// `files.write`, `locale.read`, `avatars.read` and `executions.write`.
///
/// Source: `app/config/roles.php` of appwrite/appwrite.
pub const GUEST_SCOPES: &[&str] = &[
    "global",
    "public",
    "home",
    "console",
    "graphql",
    "sessions.write",
    "documents.read",
    "documents.write",
    "rows.read",
    "rows.write",
    "embeddings.write",
    "files.read",
    "files.write",
    "locale.read",
    "avatars.read",
    "executions.write",
];

/// The scopes that every key of a project has, besides the scopes of the key: `global`, `health.read` and
/// `graphql`.
///
/// Source: `app/config/roles.php` of appwrite/appwrite.
pub const KEY_SCOPES: &[&str] = &["global", "health.read", "graphql"];

/// A set of scopes, such as `documents.read`.
///
/// `documents.NAME` and `rows.NAME` are the old and the new name of one scope. No other scope has two
/// names, and no scope implies another.
///
/// A clone is cheap, because all callers of a kind share the built-in scopes.
///
/// ```
/// use rolegate::auth::Scopes;
///
/// let scopes = Scopes::new(["documents.read", "users.read"]);
/// assert!(scopes.contains("rows.read"));
/// assert!(!scopes.contains("rows.write"));
/// assert_eq!(
///     scopes.require("files.read").unwrap_err().to_string(),
///     "missing scope `files.read`"
/// );
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Scopes(Arc<[Box<str>]>);

impl Scopes {
    /// Creates a set of these scopes.
    #[must_use]
    pub fn new<S: AsRef<str>>(scopes: impl IntoIterator<Item = S>) -> Self {
        let mut scopes: Vec<Box<str>> =
            scopes.into_iter().map(|scope| scope.as_ref().into()).collect();
        scopes.sort_unstable();
        scopes.dedup();
        Self(scopes.into())
    }

    /// Returns `true` if the set has a scope, under either of its names.
    #[must_use]
    pub fn contains(&self, scope: &str) -> bool {
        if self.has(&scope) {
            return true;
        }
        let [old, new] = ["documents.", "rows."];
        let renamed = |from, to| Some((to, scope.strip_prefix(from)?));
        let other = renamed(old, new).or_else(|| renamed(new, old));
        other.is_some_and(|(to, name)| self.has(&[to, name].concat()))
    }

    fn has(&self, scope: &impl AsRef<str>) -> bool {
        self.0.binary_search_by(|own| (**own).cmp(scope.as_ref())).is_ok()
    }

    /// Checks that the set has a scope, under either of its names.
    ///
    /// # Errors
    ///
    /// The set lacks the scope.
    pub fn require(&self, scope: &str) -> Result<(), MissingScope> {
        if self.contains(scope) { Ok(()) } else { Err(MissingScope(scope.into())) }
    }

    /// Returns the names, sorted and without repetitions.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(|scope| &**scope)
    }

    /// Returns the union of two sets.
    #[must_use]
    pub(super) fn and(&self, others: &Self) -> Self {
        Self::new(self.iter().chain(others.iter()))
    }
}

impl<S: AsRef<str>> FromIterator<S> for Scopes {
    fn from_iter<I: IntoIterator<Item = S>>(scopes: I) -> Self {
        Self::new(scopes)
    }
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// The scopes that callers have with every credential of a kind.
///
/// The defaults for guests and keys are Appwrite's. In Appwrite, the scopes of users depend on the version
/// and always include the scopes of guests. The default for users is therefore the scopes of guests. A
/// host that requires other scopes for users sets [`users`](Self::users).
///
/// ```
/// use rolegate::auth::{BuiltInScopes, Scopes};
///
/// let mut scopes = BuiltInScopes::default();
/// assert!(scopes.users.contains("documents.read"));
/// scopes.users = Scopes::new(scopes.users.iter().chain(["account", "teams.read"]));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct BuiltInScopes {
    /// The scopes of guests: [`GUEST_SCOPES`].
    pub guests: Scopes,
    /// The scopes of users with a session or a JWT: [`GUEST_SCOPES`]. An account key has only the scopes
    /// of the key.
    pub users: Scopes,
    /// The scopes that standard and ephemeral keys have, besides the scopes of the key: [`KEY_SCOPES`].
    pub keys: Scopes,
}

impl Default for BuiltInScopes {
    fn default() -> Self {
        let guests = Scopes::new(GUEST_SCOPES);
        Self { users: guests.clone(), guests, keys: Scopes::new(KEY_SCOPES) }
    }
}

/// An error: the caller lacks a scope.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MissingScope(Box<str>);

impl MissingScope {
    /// Returns the scope that is missing.
    #[must_use]
    pub fn scope(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MissingScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "missing scope `{}`", self.0.escape_default())
    }
}

impl std::error::Error for MissingScope {}

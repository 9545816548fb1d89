//! What a credential may be used for: [`Scopes`].

use std::fmt;

/// The scopes that every guest has.
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

/// The scopes that every key of a project has, besides its own.
///
/// Source: `app/config/roles.php` of appwrite/appwrite.
pub const KEY_SCOPES: &[&str] = &["global", "health.read", "graphql"];

/// A set of scopes, such as `documents.read`.
///
/// `documents.NAME` and `rows.NAME` are the old and the new name of the same scope. No other scope
/// has two names, and none implies another.
///
/// ```
/// use rolegate::Scopes;
///
/// let scopes = Scopes::new(["documents.read", "users.read"]);
/// assert!(scopes.contains("rows.read"));
/// assert!(!scopes.contains("rows.write"));
/// assert_eq!(
///     scopes.require("files.read").unwrap_err().to_string(),
///     "expected the scope `files.read`, found others"
/// );
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Scopes(Box<[Box<str>]>);

impl Scopes {
    /// A set of these scopes.
    #[must_use]
    pub fn new<S: AsRef<str>>(scopes: impl IntoIterator<Item = S>) -> Self {
        let mut scopes: Vec<Box<str>> =
            scopes.into_iter().map(|scope| scope.as_ref().into()).collect();
        scopes.sort_unstable();
        scopes.dedup();
        Self(scopes.into_boxed_slice())
    }

    /// Whether a scope is among them, by either of its names.
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

    /// Checks that a scope is among them, by either of its names.
    ///
    /// # Errors
    ///
    /// It is not. The error names it.
    pub fn require(&self, scope: &str) -> Result<(), MissingScope> {
        if self.contains(scope) { Ok(()) } else { Err(MissingScope(scope.into())) }
    }

    /// The scopes by their names: sorted, none twice.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(|scope| &**scope)
    }

    /// These and others.
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

/// The scopes that come with being somebody, whatever the credential says.
///
/// They are the reference's for guests and keys. What it gives to users depends on its version and
/// always includes what guests have, so that this is what users have here; a host that checks scopes
/// which only users have sets [`users`](Self::users).
///
/// ```
/// use rolegate::{BuiltInScopes, Scopes};
///
/// let mut scopes = BuiltInScopes::default();
/// assert!(scopes.users.contains("documents.read"));
/// scopes.users = Scopes::new(scopes.users.iter().chain(["account", "teams.read"]));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct BuiltInScopes {
    /// Of guests: [`GUEST_SCOPES`].
    pub guests: Scopes,
    /// Of users with a session or a JWT: [`GUEST_SCOPES`]. The keys of a user's account have only
    /// their own.
    pub users: Scopes,
    /// Of standard and ephemeral keys: [`KEY_SCOPES`].
    pub keys: Scopes,
}

impl Default for BuiltInScopes {
    fn default() -> Self {
        let guests = Scopes::new(GUEST_SCOPES);
        Self { users: guests.clone(), guests, keys: Scopes::new(KEY_SCOPES) }
    }
}

/// An error: a scope that is needed and not held.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MissingScope(Box<str>);

impl MissingScope {
    /// The scope that is needed.
    #[must_use]
    pub fn scope(&self) -> &str {
        &self.0
    }

    /// The HTTP status that Appwrite answers with.
    #[must_use]
    pub fn status(&self) -> u16 {
        401
    }

    /// The `type` in Appwrite's answer.
    #[must_use]
    pub fn error_type(&self) -> &'static str {
        "general_unauthorized_scope"
    }
}

impl fmt::Display for MissingScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected the scope `{}`, found others", self.0.escape_default())
    }
}

impl std::error::Error for MissingScope {}

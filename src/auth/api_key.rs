//! API keys: their kinds ([`KeyKind`]), stored keys ([`StoredKey`]), and ephemeral keys, which carry
//! everything themselves.

use std::fmt;
use std::time::{Duration, SystemTime};

use super::jwt::{JwtKeys, Payload, TimeClaims, TokenError};
use super::scope::Scopes;
use super::secret::{Redacted, is_same_secret};
use super::time::{Expiry, UnixTime};
use crate::principal::User;

/// The maximum age of an ephemeral key with `iat`: one day.
///
/// Source: `Key::decode` of appwrite/appwrite.
const MAX_EPHEMERAL_AGE: Duration = Duration::from_secs(86_400);

/// The names that Appwrite gives to keys without a name.
const UNNAMED: &str = "UNKNOWN";
const UNNAMED_EPHEMERAL: &str = "Ephemeral Key";

/// The kind of an API key: the text before its first `_`, and standard for a key without `_`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum KeyKind {
    /// `standard`: stored with a project. It bypasses permissions.
    Standard,
    /// `ephemeral`, formerly `dynamic`: a JWT with the project and the scopes. It is not stored, and
    /// bypasses permissions.
    Ephemeral,
    /// `organization`: stored with a team. It has the roles of the team's owners.
    Organization,
    /// `account`: stored with a user of the platform. It acts as that user.
    Account,
}

impl KeyKind {
    /// Splits a key into its kind and the text after the prefix. Returns `None` for an unknown prefix.
    pub(super) fn split(key: &str) -> Option<(Self, &str)> {
        let Some((kind, rest)) = key.split_once('_') else { return Some((Self::Standard, key)) };
        let kind = match kind {
            "standard" => Self::Standard,
            "ephemeral" | "dynamic" => Self::Ephemeral,
            "organization" => Self::Organization,
            "account" => Self::Account,
            _ => return None,
        };
        Some((kind, rest))
    }

    /// Returns the name of the kind, such as `standard`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Ephemeral => "ephemeral",
            Self::Organization => "organization",
            Self::Account => "account",
        }
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An API key as the host has stored it.
///
/// ```
/// use rolegate::auth::StoredKey;
///
/// let key = StoredKey::of_project("project-1", "standard_abc")
///     .with_name("Backend")
///     .with_scopes(["documents.read"])
///     .with_expire("2026-01-01T00:00:00.000+00:00");
/// assert!(!format!("{key:?}").contains("abc"));
/// ```
#[derive(Clone)]
pub struct StoredKey {
    pub(super) owner: Owner,
    secret: String,
    name: Option<String>,
    pub(super) scopes: Scopes,
    expire: Option<String>,
}

/// The owner of a stored key.
#[derive(Clone, Debug)]
pub(super) enum Owner {
    Project(String),
    Organization(String),
    Account(Box<User>),
}

impl StoredKey {
    /// Creates a standard key, which belongs to a project. The secret is the whole text, with the kind.
    #[must_use]
    pub fn of_project(project_id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self::new(Owner::Project(project_id.into()), secret.into())
    }

    /// Creates a key of an organization, which is a team. The secret is the whole text, with the kind.
    #[must_use]
    pub fn of_organization(team_id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self::new(Owner::Organization(team_id.into()), secret.into())
    }

    /// Creates a key of an account. `user` is a user of the platform, not of the project. The secret is the
    /// whole text, with the kind.
    #[must_use]
    pub fn of_account(user: User, secret: impl Into<String>) -> Self {
        Self::new(Owner::Account(Box::new(user)), secret.into())
    }

    fn new(owner: Owner, secret: String) -> Self {
        Self { owner, secret, name: None, scopes: Scopes::default(), expire: None }
    }

    /// Sets the name, which is for the log.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the scopes.
    #[must_use]
    pub fn with_scopes<S: AsRef<str>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = Scopes::new(scopes);
        self
    }

    /// Sets the end, in ISO 8601 as Appwrite writes it: `2026-01-01T00:15:00.000+00:00`. An empty text
    /// or `0` means that the key never ends. A key with a text that is no date has ended.
    ///
    /// Appwrite compares dates as texts. A date in another form counts as passed once it has passed
    /// either as a date or as a text.
    #[must_use]
    pub fn with_expire(mut self, expire: impl Into<String>) -> Self {
        self.expire = Some(expire.into());
        self
    }

    /// Returns `true` if the key has the secret that was presented. An empty secret is equal to none.
    pub(super) fn has_secret(&self, presented: &str) -> bool {
        !self.secret.is_empty() && is_same_secret(presented, &self.secret)
    }

    /// Returns `true` if `expire` has passed as a date, or as a text as Appwrite compares it. The two differ
    /// only for dates that are not written as Appwrite writes them.
    pub(super) fn has_expired(&self, now: UnixTime) -> bool {
        let has_passed_as_text = |date: &str| now.text().is_none_or(|now| *date < *now);
        let end = self.end();
        let date = self.expire.as_deref().filter(|_| end != Expiry::Never);
        end.has_passed(now) || date.is_some_and(has_passed_as_text)
    }

    pub(super) fn end(&self) -> Expiry {
        Expiry::of_key(self.expire.as_deref())
    }

    pub(super) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(UNNAMED)
    }
}

impl fmt::Debug for StoredKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredKey")
            .field("owner", &self.owner)
            .field("secret", &Redacted)
            .field("name", &self.name)
            .field("scopes", &self.scopes)
            .field("expire", &self.expire)
            .finish()
    }
}

/// The claims of a verified ephemeral key.
pub(super) struct EphemeralKey {
    pub(super) project_id: Box<str>,
    pub(super) name: Box<str>,
    pub(super) scopes: Scopes,
    /// Whether the key is meant for other projects too (`projectCheckDisabled`).
    pub(super) any_project: bool,
    pub(super) end: Option<UnixTime>,
}

impl EphemeralKey {
    /// Verifies the token of an ephemeral key. Unlike a user's JWT it needs no `exp`.
    pub(super) fn verify(keys: &JwtKeys, token: &str, now: SystemTime) -> Result<Self, TokenError> {
        const CLAIMS: [&str; 7] =
            ["projectId", "name", "scopes", "projectCheckDisabled", "exp", "nbf", "iat"];
        let payload = keys.verify_signature(token)?;
        let [project_id, name, scopes, any_project, exp, nbf, iat] =
            Payload::read(&payload, CLAIMS)?;
        let times = TimeClaims::read(exp, nbf, iat)?;
        let end = keys.check_times(&times, MAX_EPHEMERAL_AGE, now)?;
        Ok(Self {
            project_id: project_id.text()?.unwrap_or_default(),
            name: name.text()?.unwrap_or_else(|| UNNAMED_EPHEMERAL.into()),
            scopes: scopes.texts()?.into_iter().collect(),
            any_project: any_project.flag()?.unwrap_or(false),
            end: end.map(UnixTime::from_seconds),
        })
    }
}

//! API keys: their kinds ([`KeyKind`]), stored keys ([`StoredKey`]), and ephemeral keys, which are tokens
//! and are not stored ([`EphemeralKey`]).

use std::fmt;
use std::time::{Duration, SystemTime};

use super::jwt::{JwtKeys, Payload, TimeClaims, TokenError};
use super::scope::Scopes;
use super::secret::{Redacted, is_same_secret};
use super::time::{Expiry, UnixTime};
use crate::principal::User;

/// The maximum age of an ephemeral key that has the claim `iat`: one day.
///
/// Source: `Key::decode` of appwrite/appwrite.
const MAX_EPHEMERAL_AGE: Duration = Duration::from_secs(86_400);

/// The name of a stored key without a name: `UNKNOWN`, as in Appwrite.
const UNNAMED: &str = "UNKNOWN";

/// The name of an ephemeral key without a name: `Ephemeral Key`, as in Appwrite.
const UNNAMED_EPHEMERAL: &str = "Ephemeral Key";

/// The kind of an API key. It is the prefix before the first `_`. A key without `_` is a standard key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum KeyKind {
    /// `standard`: the key is stored with a project, and bypasses permissions.
    Standard,
    /// `ephemeral`, formerly `dynamic`: the key is a JWT with the project and the scopes. It is not
    /// stored, and bypasses permissions.
    Ephemeral,
    /// `organization`: the key is stored with a team, and has the roles of the team's owners.
    Organization,
    /// `account`: the key is stored with a user of the platform, and acts as this user.
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
    /// Creates a standard key, which belongs to a project. `secret` is the whole text of the key, with the
    /// prefix.
    #[must_use]
    pub fn of_project(project_id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self::new(Owner::Project(project_id.into()), secret.into())
    }

    /// Creates a key of an organization, which is a team. `secret` is the whole text of the key, with the
    /// prefix.
    #[must_use]
    pub fn of_organization(team_id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self::new(Owner::Organization(team_id.into()), secret.into())
    }

    /// Creates a key of an account. `user` is a user of the platform, not of the project. `secret` is the
    /// whole text of the key, with the prefix.
    #[must_use]
    pub fn of_account(user: User, secret: impl Into<String>) -> Self {
        Self::new(Owner::Account(Box::new(user)), secret.into())
    }

    fn new(owner: Owner, secret: String) -> Self {
        Self { owner, secret, name: None, scopes: Scopes::default(), expire: None }
    }

    /// Sets the name, which appears in the log.
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

    /// Sets the expiry, in ISO 8601 as Appwrite writes it: `2026-01-01T00:15:00.000+00:00`. An empty text
    /// or `0` means that the key never expires. If the text is not a date, the key has expired.
    ///
    /// Appwrite compares dates as texts. A date in another form has passed if it has passed as a date, or
    /// if the comparison of the texts says so.
    #[must_use]
    pub fn with_expire(mut self, expire: impl Into<String>) -> Self {
        self.expire = Some(expire.into());
        self
    }

    /// Returns `true` if the key has the secret that was presented. An empty stored secret equals no
    /// secret.
    pub(super) fn has_secret(&self, presented: &str) -> bool {
        !self.secret.is_empty() && is_same_secret(presented, &self.secret)
    }

    /// Returns `true` if `expire` has passed as a date, or as a text, which is Appwrite's comparison. The
    /// two results differ only for dates in another form than Appwrite's.
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
    /// `true` if the key is for other projects too (`projectCheckDisabled`).
    pub(super) any_project: bool,
    pub(super) end: Option<UnixTime>,
}

impl EphemeralKey {
    /// Verifies the token of an ephemeral key. It needs no `exp`, unlike the JWT of a user.
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

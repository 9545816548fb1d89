//! API keys: what sort they are of ([`KeyKind`]), what is stored of them ([`FoundKey`]), and the ones
//! that carry everything themselves.

use std::fmt;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::User;
use super::claims::{self, Times};
use super::jwt::Tokens;
use super::moment::{End, Moment};
use super::scope::Scopes;
use super::secret::{Redacted, same_secret};
use super::token_error::TokenError;

/// The longest secret of a stored key. Appwrite's have 265 characters with the kind; nothing longer
/// is worth a look into a database.
pub(super) const MAX_KEY_LEN: usize = 1024;

/// How old an ephemeral key with `iat` may be.
///
/// Source: `Key::decode` of appwrite/appwrite.
const MAX_EPHEMERAL_AGE: Duration = Duration::from_secs(86_400);

/// What the reference calls a key without a name.
const UNNAMED: &str = "UNKNOWN";
const UNNAMED_EPHEMERAL: &str = "Ephemeral Key";

/// What sort of API key it is: the text before the first `_`, and standard where there is none.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum KeyKind {
    /// `standard`: stored with a project. Bypasses permissions.
    Standard,
    /// `ephemeral`, once named `dynamic`: a JWT with the project and the scopes. Nothing is stored.
    /// Bypasses permissions.
    Ephemeral,
    /// `organization`: stored with a team. Has the roles of its owners.
    Organization,
    /// `account`: stored with a user, and acts as that user.
    Account,
}

impl KeyKind {
    /// The kind of a key, and for one with a prefix the rest. `None` is no kind that there is.
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

    /// The kind's name.
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

/// A key that a host has found stored.
///
/// ```
/// use rolegate::FoundKey;
///
/// let key = FoundKey::of_project("project-1", "standard_abc")
///     .with_name("Backend")
///     .with_scopes(["documents.read"])
///     .with_expire("2026-01-01T00:00:00.000+00:00");
/// assert!(!format!("{key:?}").contains("abc"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct FoundKey {
    owner: Owner,
    secret: String,
    name: Option<String>,
    scopes: Scopes,
    expire: Option<String>,
}

/// Whom a stored key belongs to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Owner {
    Project(String),
    Organization(String),
    Account(Box<User>),
}

impl FoundKey {
    /// A standard key, of a project. Its secret is the whole text, with the kind.
    #[must_use]
    pub fn of_project(project_id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self::new(Owner::Project(project_id.into()), secret.into())
    }

    /// A key of an organization, which is a team. Its secret is the whole text, with the kind.
    #[must_use]
    pub fn of_organization(team_id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self::new(Owner::Organization(team_id.into()), secret.into())
    }

    /// A key of a user's account. Its secret is the whole text, with the kind.
    #[must_use]
    pub fn of_account(user: User, secret: impl Into<String>) -> Self {
        Self::new(Owner::Account(Box::new(user)), secret.into())
    }

    fn new(owner: Owner, secret: String) -> Self {
        Self { owner, secret, name: None, scopes: Scopes::default(), expire: None }
    }

    /// With a name, for the log.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// With these scopes.
    #[must_use]
    pub fn with_scopes<S: AsRef<str>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = Scopes::new(scopes);
        self
    }

    /// With an end, in ISO 8601 as Appwrite writes it: `2026-01-01T00:15:00.000+00:00`. An empty text
    /// is no end; what cannot be read counts as passed.
    #[must_use]
    pub fn with_expire(mut self, expire: impl Into<String>) -> Self {
        self.expire = Some(expire.into());
        self
    }

    /// Whether this is the key that was presented. An empty secret is nobody's.
    pub(super) fn is(&self, presented: &str) -> bool {
        !self.secret.is_empty() && same_secret(presented, &self.secret)
    }

    pub(super) fn end(&self) -> End {
        End::parse(self.expire.as_deref())
    }

    pub(super) fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    pub(super) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(UNNAMED)
    }

    pub(super) fn owner(&self) -> &Owner {
        &self.owner
    }
}

impl fmt::Debug for FoundKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FoundKey")
            .field("owner", &self.owner)
            .field("secret", &Redacted)
            .field("name", &self.name)
            .field("scopes", &self.scopes)
            .field("expire", &self.expire)
            .finish()
    }
}

/// What a verified ephemeral key says.
pub(super) struct EphemeralKey {
    pub(super) project_id: Box<str>,
    pub(super) name: Box<str>,
    pub(super) scopes: Scopes,
    /// Whether it is meant for other projects too.
    pub(super) any_project: bool,
    pub(super) end: Option<Moment>,
}

impl EphemeralKey {
    /// Verifies the token of an ephemeral key. Unlike a user's it needs no `exp`.
    pub(super) fn verify(
        tokens: &Tokens,
        token: &str,
        now: SystemTime,
    ) -> Result<Self, TokenError> {
        let payload = tokens.open(token)?;
        let names = ["projectId", "name", "scopes", "projectCheckDisabled", "exp", "nbf", "iat"];
        let [project, name, scopes, any_project, exp, nbf, iat] = claims::claims(&payload, names)?;
        let end = tokens.check(&Times::read(exp, nbf, iat)?, MAX_EPHEMERAL_AGE, now)?;
        let any_project = match any_project {
            None => false,
            Some(Value::Bool(disabled)) => disabled,
            Some(_) => return Err(TokenError::claim("projectCheckDisabled")),
        };
        Ok(Self {
            project_id: claims::text("projectId", project)?.unwrap_or_default(),
            name: claims::text("name", name)?.unwrap_or_else(|| UNNAMED_EPHEMERAL.into()),
            scopes: texts("scopes", scopes.as_ref())?,
            any_project,
            end: end.map(Moment::from_seconds),
        })
    }
}

fn texts(claim: &'static str, value: Option<&Value>) -> Result<Scopes, TokenError> {
    let none = Vec::new();
    let texts = match value {
        None => &none,
        Some(Value::Array(texts)) => texts,
        Some(_) => return Err(TokenError::claim(claim)),
    };
    texts.iter().map(|text| text.as_str().ok_or_else(|| TokenError::claim(claim))).collect()
}

//! A JWT or an API key, checked against files: [`Directory`].

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rolegate::auth::{
    AuthenticateError, Authenticator, Credentials, GuestReason, JwtKeys, KeyLookup, Secret,
    StoredKey, UserLookup,
};
use rolegate::{Action, Principal, User};
use serde::Deserialize;

use crate::failure::{Failure, tell};
use crate::object::{PROJECT, check_users, read_file, read_object};

/// The environment variable with the secret of JWTs. It is not an argument, because other processes can
/// read arguments.
const SECRET: &str = "ROLEGATE_JWT_SECRET";

/// A credential that was passed as an argument.
#[derive(Clone, Copy)]
pub(crate) enum Presented<'a> {
    Jwt(&'a str),
    ApiKey(&'a str),
}

/// The users, or the project with its keys, from a file.
pub(crate) struct Directory {
    file: PathBuf,
    project_id: String,
    users: Vec<User>,
    keys: Vec<Key>,
}

/// A list response of Appwrite.
#[derive(Deserialize)]
struct Users {
    users: Vec<User>,
}

/// A project in Appwrite's JSON.
#[derive(Deserialize)]
struct Project {
    #[serde(rename = "$id")]
    id: String,
    #[serde(default)]
    keys: Vec<Key>,
}

/// An API key in Appwrite's JSON of a project.
#[derive(Deserialize)]
struct Key {
    #[serde(default)]
    name: Option<String>,
    secret: String,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    expire: Option<String>,
}

impl Directory {
    /// Reads an array of users, or an object with an array `users`.
    pub(crate) fn of_users(file: &Path) -> Result<Self, Failure> {
        let (name, text) = read_file(file)?;
        let users = check_users(&text).and_then(|()| {
            if text.trim_ascii_start().starts_with(b"[") {
                serde_json::from_slice(&text).map_err(|error| error.to_string())
            } else {
                let users = serde_json::from_slice(&text).map(|Users { users }| users);
                users.map_err(|error| error.to_string())
            }
        });
        let users = users.map_err(|error| Failure::with(name, error))?;
        Ok(Self { file: file.into(), project_id: String::new(), users, keys: Vec::new() })
    }

    /// Reads a project.
    pub(crate) fn of_project(file: &Path) -> Result<Self, Failure> {
        let Project { id, keys } = read_object(file, &PROJECT)?;
        if matches!(&*id, "" | "0") {
            let message = format!("expected a project, found the `$id` `{id}`, which is not an id");
            return Err(Failure::with(file.display(), message));
        }
        Ok(Self { file: file.into(), project_id: id, users: Vec::new(), keys })
    }

    /// Returns the principal of a credential. The credential must have the scope for `action`, unless
    /// `action` is `None`.
    pub(crate) fn authenticate(
        &self,
        presented: Presented<'_>,
        action: Option<Action>,
    ) -> Result<Principal, Failure> {
        let secret = std::env::var_os(SECRET).unwrap_or_default();
        let secret = match secret.as_encoded_bytes() {
            b"" if presented.is_token() => {
                let message = format!("missing variable {SECRET}: the secret that signs JWTs");
                return Err(Failure::new(message));
            }
            // The credential is not a token, so the secret is not used.
            b"" => Secret::new("no token is verified"),
            secret => Secret::new(secret),
        };
        let jwt_keys = JwtKeys::new(secret.map_err(Failure::new)?);
        let authenticator = Authenticator::new(jwt_keys, &*self.project_id);
        let credentials = presented.credentials().with_project(&self.project_id);
        let identity = authenticator
            .authenticate(&credentials, self, SystemTime::now())
            .and_then(|caller| match action.map(scope_of) {
                Some(scope) => caller.require_scope(scope),
                None => caller.require_active(),
            })
            .map_err(|error| self.refused(&error))?;
        if let Some(reason) = identity.guest_reason() {
            self.guest(presented, reason)?;
        }
        Ok(identity.into_principal())
    }

    /// Returns a user, by value.
    pub(crate) fn into_user(self, id: &str) -> Option<User> {
        self.users.into_iter().find(|user| user.id == id)
    }

    fn refused(&self, error: &AuthenticateError) -> Failure {
        match error {
            AuthenticateError::MissingScope(missing) => Failure::Denied(missing.to_string()),
            AuthenticateError::UnknownKey(_) => {
                let keys = match self.keys.len() {
                    0 => "the project has no `keys`".to_owned(),
                    1 => "the project has 1 key".to_owned(),
                    count => format!("the project has {count} keys"),
                };
                Failure::with(self.file.display(), format!("{error}; {keys}"))
            }
            _ => Failure::new(error),
        }
    }

    /// Prints the reason if the user or session of a JWT does not exist. For an API key, returns a failure,
    /// because the caller of the command expects a key.
    fn guest(&self, presented: Presented<'_>, reason: GuestReason) -> Result<(), Failure> {
        let file = self.file.display();
        match presented {
            Presented::Jwt(_) => {
                tell(format_args!("{file}: the JWT makes a guest: {reason}"));
                Ok(())
            }
            Presented::ApiKey(_) => {
                let message =
                    format!("{reason}; a server would treat the caller as a guest; pass --guest");
                Err(Failure::with(file, message))
            }
        }
    }
}

impl rolegate::auth::Directory for Directory {
    type Error = Infallible;

    fn user(&self, lookup: UserLookup<'_>) -> Result<Option<User>, Infallible> {
        let is_found = |user: &&User| matches!(lookup, UserLookup::Id(id) if user.id == id);
        Ok(self.users.iter().find(is_found).cloned())
    }

    fn key(&self, lookup: KeyLookup<'_>) -> Result<Option<StoredKey>, Infallible> {
        let KeyLookup::Project { secret } = lookup else { return Ok(None) };
        let stored = self.keys.iter().find(|key| key.secret == secret);
        Ok(stored.map(|stored| {
            StoredKey::of_project(&*self.project_id, secret)
                .with_scopes(&stored.scopes)
                .with_name(stored.name.as_deref().unwrap_or_default())
                .with_expire(stored.expire.as_deref().unwrap_or_default())
        }))
    }
}

impl<'a> Presented<'a> {
    fn credentials(self) -> Credentials<'a> {
        match self {
            Self::Jwt(jwt) => Credentials::none().with_jwt(jwt),
            Self::ApiKey(key) => Credentials::none().with_key(key),
        }
    }

    /// Returns `true` if the credential is a signed token.
    fn is_token(self) -> bool {
        match self {
            Self::Jwt(_) => true,
            Self::ApiKey(key) => key.starts_with("ephemeral_") || key.starts_with("dynamic_"),
        }
    }
}

/// Returns the scope that a server requires before it evaluates permissions.
fn scope_of(action: Action) -> &'static str {
    match action {
        Action::Read => "documents.read",
        Action::Create | Action::Update | Action::Delete => "documents.write",
    }
}

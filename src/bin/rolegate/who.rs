//! Who asks: the [`Principal`] that the arguments name.

use std::path::Path;
use std::time::SystemTime;

use rolegate::auth::{
    self, AuthenticateError, Authenticated, Authenticator, Credentials, Directory, GuestReason,
    JwtKeys, KeyLookup, Secret, UserLookup,
};
use rolegate::json::MAX_RESPONSE_LEN;
use rolegate::{
    AccessDenied, AccessDeniedKind, Action, Collection, Matcher, Principal, PrincipalKind, Role,
    User,
};
use serde::Deserialize;

use crate::args::{AskedArgs, WhoArgs};
use crate::failure::{Failure, tell};
use crate::input::{Input, read_json};

/// The variable with the secret that tokens are signed with. It is no argument: whoever lists the
/// processes of a machine reads those.
const SECRET: &str = "ROLEGATE_JWT_SECRET";

impl WhoArgs {
    /// Who asks. `action` is what for, if for anything: credentials have scopes too.
    pub(crate) fn principal(&self, action: Option<Action>) -> Result<Principal, Failure> {
        let one = &self.one;
        if let Some(path) = &one.user {
            let user: User = read_json(path)?;
            let principal = Principal::user(&user).map_err(Failure::new)?;
            if *principal.kind() == PrincipalKind::Guest {
                tell(format_args!(
                    "asking as a guest: {}: expected a user, found no `$id`",
                    path.display()
                ));
            }
            return Ok(principal);
        }
        if let Some(roles) = &one.roles {
            for role in roles {
                Role::parse(role)
                    .map_err(|error| Failure::new(format!("--roles: `{role}`: {error}")))?;
            }
            return Principal::parse_roles(roles).map_err(Failure::new);
        }
        let directory = match (&one.jwt, &self.users, &self.project) {
            (Some(_), Some(users), _) => Files::of_users(users)?,
            (None, _, Some(project)) => Files::of_project(project)?,
            _ => return Ok(Principal::guest()),
        };
        let credentials = Credentials::none()
            .with_project(&directory.project_id)
            .with_jwt(one.jwt.as_ref())
            .with_key(one.api_key.as_ref());
        let needs_secret = one.jwt.is_some() || one.api_key.as_deref().is_some_and(is_a_token);
        let caller = directory.authenticate(&credentials, needs_secret)?;
        let identity = match action.map(scope_of) {
            Some(scope) => caller.require_scope(scope),
            None => caller.require_active(),
        };
        let identity = identity.map_err(|error| match error {
            AuthenticateError::MissingScope(error) => Failure::Denied(error.to_string()),
            error => Failure::new(error),
        })?;
        if let Some(reason) = identity.guest_reason() {
            tell(format_args!("asking as a guest: {}", explained(reason)));
        }
        Ok(identity.into_principal())
    }
}

/// Whether an API key is a token itself.
fn is_a_token(key: &str) -> bool {
    key.starts_with("ephemeral_") || key.starts_with("dynamic_")
}

/// The scope that the server asks for before it looks at permissions.
fn scope_of(action: Action) -> &'static str {
    match action {
        Action::Read => "documents.read",
        _ => "documents.write",
    }
}

fn explained(reason: GuestReason) -> String {
    let hint = match reason {
        GuestReason::UnknownUser | GuestReason::SessionDeleted | GuestReason::SessionExpired => {
            "; --users says which users and sessions there are"
        }
        GuestReason::KeyOfAnotherProject => "; --project says which project it is",
        _ => "",
    };
    format!("{reason}{hint}")
}

/// What is known of users and keys.
struct Files {
    project_id: String,
    users: Vec<User>,
    keys: Vec<StoredKey>,
}

/// Users as the response of a server.
#[derive(Deserialize)]
struct Users {
    users: Vec<User>,
}

#[derive(Deserialize)]
struct Project {
    #[serde(rename = "$id")]
    id: String,
    #[serde(default)]
    keys: Vec<StoredKey>,
}

#[derive(Deserialize)]
struct StoredKey {
    #[serde(default)]
    name: Option<String>,
    secret: String,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    expire: Option<String>,
}

impl Files {
    /// Of an array of users, or of an object with `users`.
    fn of_users(path: &Path) -> Result<Self, Failure> {
        let (name, text) = Input::open(Some(path))?.read(MAX_RESPONSE_LEN, "")?;
        let users = if text.trim_ascii_start().starts_with(b"[") {
            serde_json::from_slice(&text)
        } else {
            serde_json::from_slice(&text).map(|Users { users }| users)
        };
        let users = users.map_err(|error| Failure::with(name, error))?;
        Ok(Self { project_id: String::new(), users, keys: Vec::new() })
    }

    fn of_project(path: &Path) -> Result<Self, Failure> {
        let Project { id, keys } = read_json(path)?;
        Ok(Self { project_id: id, users: Vec::new(), keys })
    }

    fn authenticate(
        &self,
        credentials: &Credentials<'_>,
        needs_secret: bool,
    ) -> Result<Authenticated, Failure> {
        let secret = std::env::var_os(SECRET).unwrap_or_default();
        let secret = match secret.as_encoded_bytes() {
            b"" if needs_secret => {
                return Err(Failure::new(format!(
                    "the variable {SECRET} with the secret is not set"
                )));
            }
            // No token is verified.
            b"" => Secret::new("unused"),
            secret => Secret::new(secret),
        };
        let keys = JwtKeys::new(secret.map_err(Failure::new)?);
        let authenticator = Authenticator::new(keys, &*self.project_id);
        authenticator.authenticate(credentials, self, SystemTime::now()).map_err(Failure::new)
    }
}

impl Directory for Files {
    type Error = std::convert::Infallible;

    fn user(&self, lookup: UserLookup<'_>) -> Result<Option<User>, Self::Error> {
        let UserLookup::Id(id) = lookup else { return Ok(None) };
        Ok(self.users.iter().find(|user| user.id == id).cloned())
    }

    fn key(&self, lookup: KeyLookup<'_>) -> Result<Option<auth::StoredKey>, Self::Error> {
        let KeyLookup::Project { secret } = lookup else { return Ok(None) };
        let stored = self.keys.iter().find(|key| key.secret == secret);
        Ok(stored.map(|stored| {
            auth::StoredKey::of_project(&*self.project_id, secret)
                .with_scopes(&stored.scopes)
                .with_name(stored.name.as_deref().unwrap_or_default())
                .with_expire(stored.expire.as_deref().unwrap_or_default())
        }))
    }
}

impl AskedArgs {
    /// The collection that was named, if one was.
    pub(crate) fn collection(&self) -> Result<Option<Collection>, Failure> {
        let Some(path) = &self.collection else { return Ok(None) };
        let collection: Collection = read_json(path)?;
        for malformed in collection.malformed() {
            tell(format_args!("{}: {malformed}; it grants nothing", path.display()));
        }
        Ok(Some(collection))
    }

    /// What tests documents.
    pub(crate) fn matcher(&self, principal: &Principal) -> Result<Matcher, Failure> {
        match self.collection()? {
            None => Ok(principal.matcher(self.action)),
            Some(collection) => collection.matcher(principal, self.action).map_err(denied),
        }
    }
}

/// Adds the cause, which a server would not tell.
fn denied(error: AccessDenied) -> Failure {
    let cause = match error.kind() {
        AccessDeniedKind::CollectionClosed => "the collection is not enabled",
        _ => "the collection does not grant it, and its document security is disabled",
    };
    Failure::Denied(format!("{error}; {cause}"))
}

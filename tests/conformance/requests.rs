//! `requests`: the outcome of whole requests.

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderMap, HeaderName};
use rolegate::auth::http::RequestCredentials;
use rolegate::auth::{
    AuthMethod, AuthenticateError, Authenticator, Directory, GuestReason, Identity, JwtKeys,
    KeyKind, KeyLookup, Secret, StoredKey, UserLookup,
};
use rolegate::{Refusal, Role, User};
use serde::Deserialize;
use serde_json::Value;

use super::jwt::OnlyAppwrite;
use super::keys::{self, found};
use super::{check_all, same};

#[derive(Deserialize)]
struct Case {
    now: u64,
    headers: BTreeMap<String, String>,
    /// A map. PHP writes an empty map as a list.
    cookies: Value,
    project: Value,
    users: Vec<Value>,
    expect: Expect,
}

#[derive(Deserialize)]
struct Expect {
    error: Option<String>,
    #[serde(default)]
    bypass: bool,
    #[serde(default)]
    user: String,
    #[serde(default)]
    impersonator: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    key: Option<ExpectedKey>,
}

#[derive(Deserialize)]
struct ExpectedKey {
    r#type: String,
    role: String,
}

/// Returns the stored key of a project or a user of the platform with this secret.
fn stored_key(
    owner: &Value,
    secret: &str,
    make: impl FnOnce(&str) -> StoredKey,
) -> Option<StoredKey> {
    let keys = owner["keys"].as_array()?;
    let key = keys.iter().find(|key| key["secret"] == secret)?;
    Some(found(key, make(secret)))
}

impl Directory for Case {
    type Error = serde_json::Error;

    fn user(&self, lookup: UserLookup<'_>) -> Result<Option<User>, Self::Error> {
        let (field, value) = match lookup {
            UserLookup::Id(id) => ("$id", id),
            UserLookup::Email(email) => ("email", email),
            UserLookup::Phone(phone) => ("phone", phone),
            UserLookup::SessionSecret(_) => return Ok(None),
        };
        let user = self.users.iter().find(|user| user[field] == value);
        user.map(User::deserialize).transpose()
    }

    /// Returns a stored key. In these cases, the users of the project are also the users of the platform.
    fn key(&self, lookup: KeyLookup<'_>) -> Result<Option<StoredKey>, Self::Error> {
        let secret = lookup.secret();
        Ok(match lookup {
            KeyLookup::Project { .. } => {
                let project = self.project_id();
                stored_key(&self.project, secret, |secret| StoredKey::of_project(project, secret))
            }
            KeyLookup::Organization { .. } => None,
            KeyLookup::Account { user_id, .. } => {
                let Some(user) = self.users.iter().find(|user| user["$id"] == user_id) else {
                    return Ok(None);
                };
                let account = User::deserialize(user)?;
                stored_key(user, secret, |secret| StoredKey::of_account(account, secret))
            }
        })
    }
}

/// Encodes the value of a cookie as browsers send what PHP's `setcookie` sets.
fn percent_encode(value: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.+/".contains(byte);
    let encode = |byte: u8| {
        if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    value.bytes().map(encode).collect()
}

impl Case {
    fn project_id(&self) -> &str {
        self.project["$id"].as_str().unwrap_or_default()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Returns the request's headers. Each cookie is a field of its own, as in HTTP/2.
    fn header_map(&self) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in &self.headers {
            map.insert(HeaderName::try_from(name).unwrap(), value.parse().unwrap());
        }
        for (name, value) in self.cookies.as_object().into_iter().flatten() {
            let value = percent_encode(value.as_str().unwrap());
            map.append("cookie", format!("{name}={value}").parse().unwrap());
        }
        map
    }

    fn outcome(&self, secret: &str) -> Result<Identity, AuthenticateError> {
        self.authenticate(secret, &self.header_map())
    }

    fn authenticate(
        &self,
        secret: &str,
        headers: &HeaderMap,
    ) -> Result<Identity, AuthenticateError> {
        let keys = JwtKeys::new(Secret::new(secret).unwrap());
        let authenticator = Authenticator::new(keys, self.project_id());
        let request = RequestCredentials::from_headers(headers, self.project_id()).unwrap();
        let now = UNIX_EPOCH + Duration::from_secs(self.now);
        authenticator.authenticate(&request.credentials(), self, now)?.require_active()
    }

    fn check(&self, identity: &Identity) -> Result<(), String> {
        let principal = identity.principal();
        same("bypass", &principal.bypasses_permissions(), &self.expect.bypass)?;
        same("user", &principal.user_id().unwrap_or_default(), &&*self.expect.user)?;
        let impersonator = self.expect.impersonator.as_deref();
        same("impersonator", &identity.impersonator_id(), &impersonator)?;
        let mut roles: Vec<&str> = principal.roles().iter().map(Role::as_str).collect();
        let mut expected: Vec<&str> = self.expect.roles.iter().map(String::as_str).collect();
        roles.sort_unstable();
        expected.sort_unstable();
        same("roles", &roles, &expected)?;
        let key = match (identity.method(), identity.guest_reason()) {
            (AuthMethod::ApiKey { kind: KeyKind::Account, .. }, _) => Some(("account", "users")),
            (AuthMethod::ApiKey { kind, .. }, _) => Some((kind.as_str(), "keys")),
            (_, Some(GuestReason::UnknownKeyKind)) => {
                self.header("x-appwrite-key").split_once('_').map(|(kind, _)| (kind, "guests"))
            }
            (_, Some(GuestReason::InvalidKeyToken(_) | GuestReason::KeyOfAnotherProject)) => {
                Some(("ephemeral", "guests"))
            }
            _ => None,
        };
        let expected = self.expect.key.as_ref();
        same("key", &key, &expected.map(|key| (&*key.r#type, &*key.role)))
    }

    /// Returns the name of a deliberate difference: this library refuses a request that Appwrite allows, or
    /// refuses it for another reason.
    fn stricter(&self, error: &AuthenticateError, secret: &str) -> Option<&'static str> {
        // The account of the actor is the cause if the actor is refused without the impersonation too.
        let actor_is_refused = || {
            let mut headers = self.header_map();
            let targets = ["id", "email", "phone"]
                .map(|field| headers.remove(format!("x-appwrite-impersonate-user-{field}")));
            let actor = self.authenticate(secret, &headers);
            targets.iter().flatten().any(|target| !target.is_empty())
                && actor.is_err_and(|actor| actor.error_type() == error.error_type())
        };
        match error {
            AuthenticateError::UserAndApiKey => {
                Some("a key beside a user is refused without X-Appwrite-User too")
            }
            AuthenticateError::Blocked(_)
            | AuthenticateError::PasswordResetRequired { .. }
            | AuthenticateError::MoreFactorsRequired { .. }
                if actor_is_refused() =>
            {
                Some("the account of an impersonator is checked too")
            }
            _ => None,
        }
    }
}

#[test]
fn request_has_the_outcome_of_appwrite() {
    let secret = keys::config().jwt_secret;
    let mut differences = OnlyAppwrite::default();
    check_all("requests", |case: &Case| match (case.outcome(&secret), &case.expect.error) {
        (Ok(_), Some(theirs)) => Err(format!("accepted, and refused by Appwrite: {theirs}")),
        (Ok(identity), None) => case.check(&identity),
        (Err(ours), theirs) if theirs.as_deref() == Some(ours.error_type()) => Ok(()),
        (Err(AuthenticateError::InvalidJwt(error)), None) => differences.count_token(error.kind()),
        (Err(ours), theirs) => match case.stricter(&ours, &secret) {
            Some(name) => {
                differences.count(name);
                Ok(())
            }
            None => Err(format!("refused: {ours} ({}), Appwrite: {theirs:?}", ours.error_type())),
        },
    });
    differences.print("requests");
}

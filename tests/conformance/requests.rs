//! `requests`: the outcome of whole requests.

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use rolegate::auth::{
    AuthMethod, AuthenticateError, Authenticator, Credentials, Directory, GuestReason, Identity,
    ImpersonationTarget, JwtKeys, KeyKind, KeyLookup, Secret, StoredKey, UserLookup,
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

/// Decodes the value of a session cookie: base64 of a JSON object with the id of the user and the
/// secret.
fn session_of(value: &str) -> (String, String) {
    const CONFIG: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    const PHP: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, CONFIG);
    let value: String = value.split_ascii_whitespace().collect();
    let json = PHP.decode(value).unwrap_or_default();
    let object: Value = serde_json::from_slice(&json).unwrap_or_default();
    let text = |name: &str| object[name].as_str().unwrap_or_default().to_owned();
    (text("id"), text("secret"))
}

impl Case {
    fn project_id(&self) -> &str {
        self.project["$id"].as_str().unwrap_or_default()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Returns the session from the first place that yields an id or a secret.
    fn session(&self) -> Option<(String, String)> {
        let name = format!("a_session_{}", self.project_id());
        let cookie = |name: &str| self.cookies.get(name).and_then(Value::as_str);
        let cookie = cookie(&name).or_else(|| cookie(&format!("{name}_legacy")));
        let fallback: Value =
            serde_json::from_str(self.header("x-fallback-cookies")).unwrap_or_default();
        let fallback = fallback[&name].as_str().unwrap_or_default();
        let places = [cookie.unwrap_or_default(), self.header("x-appwrite-session"), fallback];
        let is_empty = |text: &str| matches!(text, "" | "0");
        let mut sessions = places.into_iter().map(session_of);
        sessions.find(|(id, secret)| !is_empty(id) || !is_empty(secret))
    }

    fn target(&self) -> Option<ImpersonationTarget<'_>> {
        let [id, email, phone] = ["id", "email", "phone"]
            .map(|field| self.header(&format!("x-appwrite-impersonate-user-{field}")));
        let targets = [
            ImpersonationTarget::Id(id),
            ImpersonationTarget::Email(email),
            ImpersonationTarget::Phone(phone),
        ];
        let present = [id, email, phone].iter().position(|text| !text.is_empty())?;
        Some(targets[present])
    }

    fn outcome(&self, secret: &str) -> Result<Identity, AuthenticateError> {
        self.authenticate(secret, self.target())
    }

    fn authenticate(
        &self,
        secret: &str,
        target: Option<ImpersonationTarget<'_>>,
    ) -> Result<Identity, AuthenticateError> {
        let session = self.session();
        let mut credentials = Credentials::none()
            .with_project(self.header("x-appwrite-project"))
            .with_jwt(self.header("x-appwrite-jwt"))
            .with_key(self.header("x-appwrite-key"))
            .with_key_user(self.header("x-appwrite-user"))
            .with_key_organization(self.header("x-appwrite-organization"))
            .with_impersonation_target(target);
        if let Some((user_id, secret)) = &session {
            credentials = credentials.with_session(user_id, secret);
        }
        let keys = JwtKeys::new(Secret::new(secret).unwrap());
        let authenticator = Authenticator::new(keys, self.project_id());
        let now = UNIX_EPOCH + Duration::from_secs(self.now);
        authenticator.authenticate(&credentials, self, now)?.require_active()
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
            let actor = self.authenticate(secret, None);
            self.target().is_some()
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

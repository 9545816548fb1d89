//! `keys`: the decoded values of API keys.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::time::{Duration, UNIX_EPOCH};

use rolegate::auth::{
    AuthMethod, AuthenticateError, Authenticated, Authenticator, BuiltInScopes, Credentials,
    Directory, GUEST_SCOPES, GuestReason, Identity, JwtKeys, KEY_SCOPES, KeyKind, KeyLookup,
    Scopes, Secret, StoredKey, UserLookup,
};
use rolegate::{Principal, Role, User};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::jwt::OnlyAppwrite;
use super::{check_all, folder, same};

#[derive(Deserialize)]
pub struct Config {
    pub jwt_secret: String,
    scopes: ConfigScopes,
}

#[derive(Deserialize)]
struct ConfigScopes {
    guests: Vec<String>,
    keys: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    project: Owner,
    team: Owner,
    user: Owner,
    key: String,
    now: u64,
    error: Option<String>,
    role: Option<String>,
    scopes: Option<Vec<Box<RawValue>>>,
    name: Option<Box<RawValue>>,
    expired: Option<bool>,
    project_id: Option<String>,
    team_id: Option<String>,
    user_id: Option<String>,
}

/// A project, team or user with its keys. Fields of any type are read, because Appwrite reads them.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Owner {
    #[serde(rename = "$id")]
    id: Value,
    /// Only Appwrite reads this field.
    secret: Value,
    keys: Value,
}

impl Owner {
    /// Returns the id, or the empty text if the owner has no id.
    fn id(&self) -> &str {
        self.id.as_str().unwrap_or_default()
    }

    fn keys(&self) -> impl Iterator<Item = &Value> {
        self.keys.as_array().into_iter().flatten()
    }

    /// Returns the key with a secret. Ignores case, as a database may do.
    fn key(&self, secret: &str) -> Option<&Value> {
        let of = |key: &Value| key["secret"].as_str().map(str::to_owned).unwrap_or_default();
        let exactly = self.keys().find(|key| of(key) == secret);
        exactly.or_else(|| self.keys().find(|key| of(key).eq_ignore_ascii_case(secret)))
    }
}

/// Returns a stored key with the fields of `stored`. A value of another type becomes its JSON text, which can
/// be a name but not a date.
pub fn found(stored: &Value, mut key: StoredKey) -> StoredKey {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if !stored["expire"].is_null() {
        key = key.with_expire(text(&stored["expire"]));
    }
    if !stored["name"].is_null() {
        key = key.with_name(text(&stored["name"]));
    }
    key.with_scopes(stored["scopes"].as_array().into_iter().flatten().filter_map(Value::as_str))
}

impl Directory for Case {
    type Error = String;

    fn user(&self, _: UserLookup<'_>) -> Result<Option<User>, String> {
        Err("a key needs no user".into())
    }

    fn key(&self, lookup: KeyLookup<'_>) -> Result<Option<StoredKey>, String> {
        let (owner, kind) = (self.owner_of_key(), lookup.kind());
        Ok(owner.key(lookup.secret()).map(|key| {
            let secret = key["secret"].as_str().unwrap_or_default();
            found(
                key,
                match kind {
                    KeyKind::Standard => StoredKey::of_project(owner.id(), secret),
                    KeyKind::Organization => StoredKey::of_organization(owner.id(), secret),
                    _ => StoredKey::of_account(User::new(owner.id()), secret),
                },
            )
        }))
    }
}

/// The names of the differences that are about stored keys, and the reasons.
const NO_ID: &str = "key of an owner without an id: an owner that cannot be named owns nothing";
const OWN_SECRET: &str = "secret found at the owner's document: only keys are keys";
const ODD_DATE: &str = "key with a date that Appwrite compares as a text: a date is read as a date";

impl Case {
    /// Returns the owner of the presented key: the project, if the key is not a stored one.
    fn owner_of_key(&self) -> &Owner {
        match self.key.split_once('_') {
            Some(("organization", _)) => &self.team,
            Some(("account", _)) => &self.user,
            _ => &self.project,
        }
    }

    /// Returns the name of the difference, if only Appwrite accepts the presented key.
    fn only_appwrite(&self) -> Option<&'static str> {
        let owner = self.owner_of_key();
        // `Document::find` searches the document itself if the list of keys is empty.
        let itself = owner.keys().next().is_none() && owner.secret == *self.key;
        match owner.id() {
            _ if self.role.as_deref() == Some("guests") => None,
            _ if itself => Some(OWN_SECRET),
            "" | "0" => Some(NO_ID),
            _ => None,
        }
    }

    /// Returns `true` if the presented key has an `expire` that is not written as Appwrite writes
    /// dates. Appwrite compares texts. Here such a key has expired if either comparison says so.
    fn has_an_odd_date(&self) -> bool {
        let expire = self.owner_of_key().key(&self.key).map_or(&Value::Null, |key| &key["expire"]);
        let like_appwrite = |date: &str| {
            date.len() == "2026-01-01T00:00:00.000+00:00".len() && date.ends_with("+00:00")
        };
        !expire.is_null() && !expire.as_str().is_some_and(like_appwrite)
    }

    fn check(&self, identity: &Identity) -> Result<(), String> {
        let scopes = self.scopes.iter().flatten().filter_map(|scope| text(scope));
        let scopes: BTreeSet<String> = scopes.collect();
        same("scopes", &identity.scopes().iter().map(str::to_owned).collect(), &scopes)?;
        let principal = identity.principal();
        let roles: Vec<&str> = principal.roles().iter().map(Role::as_str).collect();
        let AuthMethod::ApiKey { kind, name, owner_id, .. } = identity.method() else {
            same("role", &"guests", &self.role.as_deref().unwrap_or_default())?;
            return same("roles", &roles, &vec!["any", "guests"]);
        };
        same("name", &Some(name.to_string()), &self.name.as_deref().and_then(text))?;
        same("expired", &Some(false), &self.expired)?;
        let (role, owner, expected) = match kind {
            KeyKind::Standard | KeyKind::Ephemeral => {
                let here = **owner_id == *self.project.id();
                let any = Principal::from_roles([Role::any()]);
                let expected = if here { Principal::key_with_bypass() } else { any };
                ("keys", &self.project_id, expected)
            }
            KeyKind::Organization => {
                let team = format!("team:{}", self.team.id());
                let roles = ["any".into(), format!("{team}/owner"), team];
                ("keys", &self.team_id, Principal::parse_roles(roles).map_err(|e| e.to_string())?)
            }
            KeyKind::Account => {
                let user = Principal::user(&User::new(self.user.id()));
                ("users", &self.user_id, user.map_err(|e| e.to_string())?)
            }
            other => return Err(format!("unknown kind {other}")),
        };
        same("role", &role, &self.role.as_deref().unwrap_or_default())?;
        same("owner", &Some(&**owner_id), &owner.as_deref())?;
        same("principal", principal, &expected)
    }
}

/// Returns the text of a JSON string, and `None` for other values.
fn text(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}

#[test]
fn key_decodes_as_in_appwrite() {
    let config = config();
    let mut scopes = BuiltInScopes::default();
    scopes.guests = Scopes::new(config.scopes.guests);
    scopes.keys = Scopes::new(config.scopes.keys);
    let keys = JwtKeys::new(Secret::new(config.jwt_secret).unwrap());
    let mut only_appwrite = OnlyAppwrite::default();
    check_all("keys", |case: &Case| {
        let authenticator =
            Authenticator::new(keys.clone(), case.project.id()).with_scopes(scopes.clone());
        let now = UNIX_EPOCH + Duration::from_secs(case.now);
        // The headers name the owner, because `keys` tests only decoding.
        let credentials = Credentials::none()
            .with_project(case.project.id())
            .with_key_user(case.user.id())
            .with_key_organization(case.team.id())
            .with_key(&case.key);
        let caller = authenticator.authenticate(&credentials, case, now);
        let identity = match caller.and_then(Authenticated::require_active) {
            Ok(identity) => identity,
            Err(AuthenticateError::KeyExpired | AuthenticateError::AccountKeyExpired) => {
                let known = case.role.as_deref() != Some("guests");
                if known && case.expired == Some(false) && case.has_an_odd_date() {
                    only_appwrite.count(ODD_DATE);
                    return Ok(());
                }
                return same("expired", &Some(known), &case.expired);
            }
            Err(AuthenticateError::UnknownKey(_) | AuthenticateError::MissingProject) => {
                return match case.only_appwrite() {
                    Some(difference) => {
                        only_appwrite.count(difference);
                        Ok(())
                    }
                    // In Appwrite, decoding an unknown key gives a guest, and the request is refused later.
                    None if case.error.is_some() => Ok(()),
                    None => same("role", &"guests", &case.role.as_deref().unwrap_or_default()),
                };
            }
            Err(error) => return Err(error.to_string()),
        };
        let reason = identity.guest_reason();
        if let Some(error) = &case.error {
            return same(
                &format!("a guest, where Appwrite fails with {error}"),
                &reason.is_some(),
                &true,
            );
        }
        match (reason, case.only_appwrite()) {
            (Some(GuestReason::InvalidKeyToken(error)), _)
                if case.role.as_deref() != Some("guests") =>
            {
                only_appwrite.count_token(error.kind())
            }
            (Some(_), Some(difference)) => {
                only_appwrite.count(difference);
                Ok(())
            }
            _ => case.check(&identity),
        }
    });
    only_appwrite.print("keys");
}

/// Returns the configuration of the folder, or the one of this repository if the folder has none.
pub fn config() -> Config {
    let path = folder().0.join("keys_config.json");
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            println!("conformance keys: keys_config.json of this repository");
            include_str!("../data/conformance/keys_config.json").to_owned()
        }
        text => text.unwrap_or_else(|e| panic!("{}: {e}", path.display())),
    };
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[test]
fn built_in_scopes_are_those_of_appwrite() {
    let config = include_str!("../data/conformance/keys_config.json");
    let config: Config = serde_json::from_str(config).unwrap();
    assert_eq!(GUEST_SCOPES, config.scopes.guests);
    assert_eq!(KEY_SCOPES, config.scopes.keys);
}

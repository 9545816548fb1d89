//! `keys`: what API keys are good for.

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, UNIX_EPOCH};

use rolegate::{
    AuthenticateError, Authenticator, BuiltInScopes, Credentials, Directory, FoundKey, GuestReason,
    Identity, KeyKind, Principal, Provenance, RequestError, Role, Scopes, Secret, Tokens, User,
};
use serde::Deserialize;
use serde_json::Value;

use super::jwt::Refused;
use super::{check_all, folder, same};

#[derive(Deserialize)]
struct Config {
    jwt_secret: String,
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
    scopes: Option<Vec<Value>>,
    name: Option<String>,
    expired: Option<bool>,
    project_id: Option<String>,
    team_id: Option<String>,
    user_id: Option<String>,
}

/// Whoever has keys; none without an id.
#[derive(Deserialize)]
struct Owner {
    #[serde(rename = "$id", default)]
    id: String,
    #[serde(default)]
    keys: Vec<StoredKey>,
}

#[derive(Deserialize)]
struct StoredKey {
    secret: String,
    #[serde(default)]
    scopes: Vec<String>,
    expire: Option<String>,
    name: Option<String>,
}

impl StoredKey {
    fn found(&self, mut key: FoundKey) -> FoundKey {
        if let Some(expire) = &self.expire {
            key = key.with_expire(expire);
        }
        if let Some(name) = &self.name {
            key = key.with_name(name);
        }
        key.with_scopes(&self.scopes)
    }
}

impl Directory for Case {
    type Error = String;

    fn user(&self, _: &str) -> Result<Option<User>, String> {
        Err("a key needs no user".into())
    }

    /// As a database without regard to case would.
    fn key(&self, kind: KeyKind, secret: &str) -> Result<Option<FoundKey>, String> {
        let owner = match kind {
            KeyKind::Standard => &self.project,
            KeyKind::Organization => &self.team,
            KeyKind::Account => &self.user,
            other => return Err(format!("{other} keys are not stored")),
        };
        let exactly = owner.keys.iter().find(|key| key.secret == secret);
        let nearly = || owner.keys.iter().find(|key| key.secret.eq_ignore_ascii_case(secret));
        Ok(exactly.or_else(nearly).filter(|_| !owner.id.is_empty()).map(|key| {
            key.found(match kind {
                KeyKind::Standard => FoundKey::of_project(&owner.id, &key.secret),
                KeyKind::Organization => FoundKey::of_organization(&owner.id, &key.secret),
                _ => FoundKey::of_account(User::new(&owner.id), &key.secret),
            })
        }))
    }
}

impl Case {
    fn check(&self, identity: &Identity) -> Result<(), String> {
        let scopes: BTreeSet<_> = self.scopes.iter().flatten().filter_map(Value::as_str).collect();
        same("scopes", &identity.scopes().iter().collect(), &scopes)?;
        let principal = identity.principal();
        let roles: Vec<&str> = principal.roles().iter().map(Role::as_str).collect();
        let Provenance::ApiKey { kind, name, owner_id, .. } = identity.provenance() else {
            same("role", &"guests", &self.role.as_deref().unwrap_or_default())?;
            return same("roles", &roles, &vec!["any", "guests"]);
        };
        same("name", &Some(&**name), &self.name.as_deref())?;
        same("expired", &Some(false), &self.expired)?;
        let (role, owner, expected) = match kind {
            KeyKind::Standard | KeyKind::Ephemeral => {
                let here = **owner_id == *self.project.id;
                let any = Principal::from_roles([Role::any()]);
                let expected = if here { Principal::key_with_bypass() } else { any };
                ("keys", &self.project_id, expected)
            }
            KeyKind::Organization => {
                let team = format!("team:{}", self.team.id);
                let roles = ["any".into(), format!("{team}/owner"), team];
                ("keys", &self.team_id, Principal::parse_roles(roles).map_err(|e| e.to_string())?)
            }
            KeyKind::Account => {
                let user = Principal::user(&User::new(&self.user.id));
                ("users", &self.user_id, user.map_err(|e| e.to_string())?)
            }
            other => return Err(format!("unknown kind {other}")),
        };
        same("role", &role, &self.role.as_deref().unwrap_or_default())?;
        same("owner", &Some(&**owner_id), &owner.as_deref())?;
        same("principal", principal, &expected)
    }
}

#[test]
fn keys_are_good_for_what_they_are_in_the_reference() {
    let config: Config = serde_json::from_str(&config()).unwrap();
    let mut scopes = BuiltInScopes::default();
    scopes.guests = Scopes::new(config.scopes.guests);
    scopes.keys = Scopes::new(config.scopes.keys);
    let tokens = Tokens::new(Secret::new(config.jwt_secret).unwrap());
    let mut refused = Refused::default();
    check_all("keys", |case: &Case| {
        let authenticator =
            Authenticator::new(tokens.clone(), &case.project.id).with_scopes(scopes.clone());
        let now = UNIX_EPOCH + Duration::from_secs(case.now);
        let credentials = Credentials::none().with_key(&*case.key);
        let identity = match authenticator.authenticate(&credentials, case, now) {
            Ok(identity) => identity,
            Err(RequestError::Refused(AuthenticateError::KeyExpired)) => {
                let somebody = case.role.as_deref() != Some("guests");
                return same("expired", &Some(somebody), &case.expired);
            }
            Err(error) => return Err(error.to_string()),
        };
        if let Some(error) = &case.error {
            let guest = identity.guest_reason().is_some();
            return same(
                &format!("a guest, where the reference fails with {error}"),
                &guest,
                &true,
            );
        }
        match identity.guest_reason() {
            // Stricter about tokens.
            Some(GuestReason::KeyToken(error)) if case.role.as_deref() != Some("guests") => {
                refused.count(error.kind())
            }
            _ => case.check(&identity),
        }
    });
    refused.print("keys");
}

/// Another folder may have a configuration of its own.
fn config() -> String {
    let path = folder().0.join("keys_config.json");
    fs::read_to_string(path)
        .unwrap_or_else(|_| include_str!("../data/conformance/keys_config.json").to_owned())
}

/// The constants are those of the reference.
#[test]
fn built_in_scopes_are_those_of_the_reference() {
    let config = include_str!("../data/conformance/keys_config.json");
    let config: Config = serde_json::from_str(config).unwrap();
    assert_eq!(rolegate::GUEST_SCOPES, config.scopes.guests);
    assert_eq!(rolegate::KEY_SCOPES, config.scopes.keys);
}

//! The requests that the rows of the checklist send.

use rolegate::auth::{
    AuthenticateError, Credentials, Identity, ImpersonationTarget, KeyKind, StoredKey,
};
use rolegate::{Principal, PrincipalKind, Role, User};
use serde_json::{Value, json};

use super::{PROJECT, SESSION_SECRET, Store, jwt, key, now, outcome, sha256, signed, token, user};

/// Returns the answer of the request with this name.
pub fn answer(seen_by: &str, document: &Value) -> String {
    let kind = |name: &str| match name.rsplit(' ').nth(1) {
        Some("standard") => KeyKind::Standard,
        Some("organization") => KeyKind::Organization,
        Some("account") => KeyKind::Account,
        other => panic!("{other:?}"),
    };
    match seen_by {
        "header" => outcome(by_token(&signed(
            document.to_string().as_bytes(),
            json!({"userId": "user", "exp": super::NOW + 900}).to_string().as_bytes(),
        ))),
        "claims" => outcome(by_token(&token(document))),
        "ephemeral key" => outcome(by_ephemeral_key(document)),
        "name of an ephemeral key" => name(by_ephemeral_key(document)),
        "scopes of an ephemeral key" => scopes(by_ephemeral_key(document)),
        "standard key" | "organization key" | "account key" => {
            outcome(by_stored_key(kind(&format!("a {seen_by}")), document))
        }
        "name of a standard key" => name(by_stored_key(KeyKind::Standard, document)),
        _ if seen_by.starts_with("scopes of") => scopes(by_stored_key(kind(seen_by), document)),
        _ => match serde_json::from_value(document.clone()) {
            Ok(user) => of_user(seen_by, user),
            Err(_) => "error".to_owned(),
        },
    }
}

fn of_user(seen_by: &str, stored: User) -> String {
    let none = Credentials::none();
    let session = none.with_session("user", SESSION_SECRET);
    let actor = none.with_session("actor", SESSION_SECRET);
    let bound = jwt(&json!({"userId": "user", "sessionId": "s1"}));
    let store = Store::of_users(vec![stored, helper("actor"), helper("target")]);
    let target = |target| actor.with_impersonation_target(target);
    store.outcome(&match seen_by {
        "roles" => return roles(&store.users[0]),
        "session" => session,
        "session by its id" => none.with_session_verified_by_host("user", "s1"),
        "JWT" => none.with_jwt(&*bound),
        "actor" => session.with_impersonation_target(ImpersonationTarget::Id("target")),
        "target by e-mail" => target(ImpersonationTarget::Email("user@example.com")),
        "target by phone" => target(ImpersonationTarget::Phone("+1")),
        other => panic!("{other}"),
    })
}

/// Returns a user who may impersonate, with a session.
fn helper(id: &str) -> User {
    user(json!({
        "$id": id,
        "impersonator": true,
        "sessions": [{
            "$id": "s",
            "expire": super::FUTURE,
            "secret": sha256(SESSION_SECRET),
            "provider": "email",
            "factors": ["password"],
        }],
    }))
}

/// Returns `guest`, or the id, `verified`, and the roles of labels and memberships.
fn roles(user: &User) -> String {
    let principal = Principal::user(user).unwrap();
    let PrincipalKind::User(id) = principal.kind() else {
        assert_eq!(principal, Principal::guest());
        return "guest".to_owned();
    };
    let mut words = vec![id.to_string()];
    let roles: Vec<&str> = principal.roles().iter().map(Role::as_str).collect();
    if roles.contains(&"users/verified") {
        words.push("verified".to_owned());
    }
    let own = ["any", "users", "users/verified", "users/unverified"];
    let of_user = format!("user:{id}");
    let others =
        roles.into_iter().filter(|role| !own.contains(role) && !role.starts_with(&of_user));
    words.extend(others.map(ToOwned::to_owned));
    words.join(" ")
}

/// Authenticates with a token as the JWT of a user with the session `s1`.
fn by_token(token: &str) -> Result<Identity, AuthenticateError> {
    let session = json!({"$id": "s1", "expire": super::FUTURE});
    let user = user(json!({"$id": "user", "sessions": [session]}));
    Store::of_users(vec![user]).ask(&Credentials::none().with_jwt(token), now())
}

fn by_ephemeral_key(claims: &Value) -> Result<Identity, AuthenticateError> {
    Store::default().ask(&key(&format!("ephemeral_{}", token(claims))), now())
}

/// Authenticates with the key `KIND_a`, which is stored with the fields of the document. An absent field is not
/// set.
fn by_stored_key(kind: KeyKind, document: &Value) -> Result<Identity, AuthenticateError> {
    let text = |name: &str| document[name].as_str();
    let presented = format!("{kind}_a");
    let secret = text("secret").unwrap().replace("standard", kind.as_str());
    let owner = text("owner").unwrap();
    let mut stored = match kind {
        KeyKind::Organization => StoredKey::of_organization(owner, secret),
        KeyKind::Account => StoredKey::of_account(User::new(owner), secret),
        _ => StoredKey::of_project(owner, secret),
    };
    if let Some(scopes) = document["scopes"].as_array() {
        stored = stored.with_scopes(scopes.iter().map(|scope| scope.as_str().unwrap()));
    }
    if let Some(expire) = text("expire") {
        stored = stored.with_expire(expire);
    }
    if let Some(name) = text("name") {
        stored = stored.with_name(name);
    }
    let store = Store::default().with_key(kind, &presented, stored);
    let owner = key(&presented).with_key_user(PROJECT).with_key_organization(PROJECT);
    store.ask(&owner, now())
}

fn scopes(answer: Result<Identity, AuthenticateError>) -> String {
    match answer {
        Ok(identity) if identity.guest_reason().is_none() => {
            identity.scopes().iter().collect::<Vec<_>>().join(" ")
        }
        other => outcome(other),
    }
}

fn name(answer: Result<Identity, AuthenticateError>) -> String {
    match answer {
        Ok(identity) if identity.guest_reason().is_none() => identity.method().to_string(),
        other => outcome(other),
    }
}

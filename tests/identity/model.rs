//! A second implementation of authentication: the rules of Appwrite as plain code over JSON documents.

use std::collections::BTreeSet;

use serde_json::Value;

use super::world::{Key, Request, Session, Target, Token, World};
use super::{NOW, PROJECT, sha256};
use crate::support::users::{self, Who};

/// The rules of Appwrite, or the rules of this library. This library refuses more, by the named differences.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Edition {
    Appwrite,
    /// - A JWT needs `exp`.
    /// - The state of the actor of an impersonation counts too.
    /// - An ephemeral key of another project, for all projects, has the role `any` and does not bypass.
    Library,
}

/// A caller that the model accepts.
#[derive(PartialEq, Eq, Debug)]
pub struct Caller {
    pub user: Option<String>,
    pub impersonator: Option<String>,
    pub roles: BTreeSet<String>,
    pub bypass: bool,
}

/// A user, and the number of factors of its session.
struct SignedIn<'w> {
    user: &'w Value,
    factors: Option<usize>,
}

/// Returns the caller, or the type of the error.
pub fn decide(world: &World, request: &Request, edition: Edition) -> Result<Caller, &'static str> {
    let mut signed_in = by_session(world, request);
    if let Some(token) = &request.jwt {
        if signed_in.is_some() {
            return Err("user_jwt_and_cookie_set");
        }
        signed_in = by_jwt(world, token, edition)?;
    }
    if let Some(key) = &request.key
        && !matches!(key, Key::Text(text) if is_empty(text))
    {
        if signed_in.is_some() {
            return Err("user_api_key_and_session_set");
        }
        match by_key(world, request, key, edition)? {
            ByKey::Caller(caller) => return Ok(caller),
            ByKey::Account(user) => signed_in = Some(SignedIn { user, factors: None }),
        }
    }
    match signed_in {
        None => Ok(Caller::with_roles(["any", "guests"])),
        Some(signed_in) => act(world, request, &signed_in, edition),
    }
}

fn by_session<'w>(world: &'w World, request: &Request) -> Option<SignedIn<'w>> {
    let (user_id, session) = match request.session.as_ref()? {
        Session::Secret { user_id, secret } => {
            let user = find(&world.users, "$id", user_id)?;
            let hash = sha256(secret);
            let session = all(&user["sessions"]).find(|session| {
                session["secret"] == *hash
                    && session["provider"].is_string()
                    && !has_ended(&session["expire"])
            })?;
            // Appwrite returns the id, and an empty id means no session.
            (user, session["$id"].as_str().filter(|id| !is_empty(id)).map(|_| session)?)
        }
        Session::VerifiedByHost { user_id, session_id } => {
            let user = find(&world.users, "$id", user_id)?;
            let mut sessions = all(&user["sessions"]);
            let session = sessions.find(|session| {
                !is_empty(session_id)
                    && session["$id"] == **session_id
                    && !has_ended(&session["expire"])
            })?;
            (user, session)
        }
    };
    Some(SignedIn { user: user_id, factors: Some(count_of_texts(&session["factors"])) })
}

fn by_jwt<'w>(
    world: &'w World,
    token: &Token,
    edition: Edition,
) -> Result<Option<SignedIn<'w>>, &'static str> {
    let claims = &token.claims;
    let needs_exp = edition == Edition::Library;
    if !is_valid(token, 3600) || needs_exp && claims["exp"].is_null() {
        return Err("user_jwt_invalid");
    }
    let [user_id, session_id] = ["userId", "sessionId"].map(|name| &claims[name]);
    if ![user_id, session_id].iter().all(|id| id.is_null() || id.is_string()) {
        return Err("user_jwt_invalid");
    }
    let text = |id: &Value| id.as_str().filter(|id| !is_empty(id)).map(ToOwned::to_owned);
    let Some(user) = text(user_id).and_then(|id| find(&world.users, "$id", &id)) else {
        return Ok(None);
    };
    if let Some(session_id) = text(session_id) {
        let session = all(&user["sessions"]).find(|session| session["$id"] == *session_id);
        if session.is_none_or(|session| has_ended(&session["expire"])) {
            return Ok(None);
        }
    }
    Ok(Some(SignedIn { user, factors: None }))
}

/// The result of a key: a caller without an account, or the user of an account.
enum ByKey<'w> {
    Caller(Caller),
    Account(&'w Value),
}

fn by_key<'w>(
    world: &'w World,
    request: &Request,
    key: &Key,
    edition: Edition,
) -> Result<ByKey<'w>, &'static str> {
    let unknown = "user_unauthorized";
    let owner = |owners: &'w [Value], id: &Option<String>| {
        let id = id.as_deref().filter(|id| !is_empty(id))?;
        find(owners, "$id", id)
    };
    let text = match key {
        Key::Text(text) => text,
        Key::Ephemeral { token, .. } => return by_ephemeral_key(request, token, edition),
    };
    let kind = if text.contains('_') { text.split('_').next().unwrap() } else { "standard" };
    match kind {
        "account" => {
            let account = owner(&world.accounts, &request.key_user).ok_or(unknown)?;
            let key = all(&account["keys"]).find(|key| key["secret"] == **text).ok_or(unknown)?;
            if key_has_ended(key) {
                Err("account_key_expired")
            } else {
                Ok(ByKey::Account(account))
            }
        }
        "organization" => {
            let organization =
                owner(&world.organizations, &request.key_organization).ok_or(unknown)?;
            let key =
                all(&organization["keys"]).find(|key| key["secret"] == **text).ok_or(unknown)?;
            let id = organization["$id"].as_str().unwrap();
            let roles = ["any".to_owned(), format!("team:{id}"), format!("team:{id}/owner")];
            if key_has_ended(key) {
                Err("project_key_expired")
            } else {
                Ok(ByKey::Caller(Caller::with_roles(roles)))
            }
        }
        _ if request.project.as_deref() != Some(PROJECT) => Err("project_id_missing"),
        "standard" => {
            let key = world.keys.iter().find(|key| key["secret"] == **text).ok_or(unknown)?;
            if key_has_ended(key) {
                Err("project_key_expired")
            } else {
                Ok(ByKey::Caller(Caller::bypass()))
            }
        }
        _ => Ok(ByKey::Caller(Caller::with_roles(["any", "guests"]))),
    }
}

fn by_ephemeral_key<'w>(
    request: &Request,
    token: &Token,
    edition: Edition,
) -> Result<ByKey<'w>, &'static str> {
    if request.project.as_deref() != Some(PROJECT) {
        return Err("project_id_missing");
    }
    let claims = &token.claims;
    let guest = Caller::with_roles(["any", "guests"]);
    let project = &claims["projectId"];
    let disabled = &claims["projectCheckDisabled"];
    let is_typed =
        (project.is_null() || project.is_string()) && (disabled.is_null() || disabled.is_boolean());
    Ok(ByKey::Caller(if !is_valid(token, 86_400) || !is_typed {
        guest
    } else if *project == PROJECT {
        Caller::bypass()
    } else if *disabled != true {
        guest
    } else if edition == Edition::Appwrite {
        Caller::bypass()
    } else {
        Caller::with_roles(["any"])
    }))
}

/// Returns `true` if the signature and the times of a token are valid.
fn is_valid(token: &Token, max_age: i64) -> bool {
    let now = i64::try_from(NOW).unwrap();
    let time = |name: &str| match &token.claims[name] {
        Value::Null => Some(None),
        Value::Number(number) => number.as_i64().map(Some),
        _ => None,
    };
    let (Some(exp), Some(iat), Some(nbf)) = (time("exp"), time("iat"), time("nbf")) else {
        return false;
    };
    token.is_signed
        && exp.is_none_or(|exp| now < exp)
        && iat.is_none_or(|iat| now < iat + max_age)
        && nbf.is_none_or(|nbf| now > nbf)
}

/// Acts as the target of an impersonation, and checks the accounts.
fn act(
    world: &World,
    request: &Request,
    signed_in: &SignedIn<'_>,
    edition: Edition,
) -> Result<Caller, &'static str> {
    let actor = signed_in.user;
    let target = request.target.as_ref().filter(|_| actor["impersonator"] == true);
    let target = target.and_then(|target| match target {
        Target::Id(id) => find(&world.users, "$id", id),
        Target::Email(email) if is_empty(email) => None,
        Target::Email(email) => find(&world.users, "email", &email.to_ascii_lowercase()),
        Target::Phone(phone) if is_empty(phone) => None,
        Target::Phone(phone) => find(&world.users, "phone", phone),
    });
    let user = target.unwrap_or(actor);
    check_account(user, signed_in.factors)?;
    if edition == Edition::Library {
        check_account(actor, signed_in.factors)?;
    }
    let id = |user: &Value| user["$id"].as_str().unwrap().to_owned();
    let Who::User(roles) = users::who(user) else { panic!("{user}") };
    Ok(Caller {
        user: Some(id(user)),
        impersonator: target.map(|_| id(actor)),
        roles,
        bypass: false,
    })
}

fn check_account(user: &Value, factors: Option<usize>) -> Result<(), &'static str> {
    let totp = all(&user["authenticators"]).find(|authenticator| authenticator["type"] == "totp");
    let has_second = user["emailVerification"] == true
        || user["phoneVerification"] == true
        || totp.is_some_and(|totp| totp["verified"] == true);
    let required = if user["mfa"] == true && has_second { 2 } else { 1 };
    if user["status"] == false {
        Err("user_blocked")
    } else if user["reset"] == true {
        Err("user_password_reset_required")
    } else if factors.is_some_and(|factors| factors < required) {
        Err("user_more_factors_required")
    } else {
        Ok(())
    }
}

impl Caller {
    fn with_roles<R: Into<String>>(roles: impl IntoIterator<Item = R>) -> Self {
        let roles = roles.into_iter().map(Into::into).collect();
        Self { user: None, impersonator: None, roles, bypass: false }
    }

    fn bypass() -> Self {
        Self { bypass: true, ..Self::with_roles([""; 0]) }
    }
}

/// Returns `true` if a session has ended: no text, no date, or a date before now. Dates of one form
/// compare as texts.
fn has_ended(expire: &Value) -> bool {
    expire.as_str().is_none_or(|date| {
        date.len() != "2026-01-01T00:00:00.000+00:00".len()
            || date < "2026-01-01T00:00:00.000+00:00"
    })
}

/// Returns `true` if a key has ended. Without a date it never ends.
fn key_has_ended(key: &Value) -> bool {
    key["expire"].as_str().is_some_and(|date| !is_empty(date) && has_ended(&date.into()))
}

fn count_of_texts(list: &Value) -> usize {
    let texts = all(list).filter(|text| text.is_string()).count();
    if all(list).count() == texts { texts } else { 0 }
}

fn find<'w>(documents: &'w [Value], field: &str, text: &str) -> Option<&'w Value> {
    documents.iter().find(|document| document[field] == *text)
}

fn all(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn is_empty(text: &str) -> bool {
    text.is_empty() || text == "0"
}

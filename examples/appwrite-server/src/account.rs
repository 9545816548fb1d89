//! Sessions and JWTs.

use std::ops::RangeInclusive;
use std::time::{Duration, SystemTime};

use argon2::password_hash::{PasswordHash, PasswordVerifier};
use axum::Json;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::IntoResponse;
use rolegate::{
    AuthenticateError, DEFAULT_JWT_LIFETIME, Directory, Identity, MAX_JWT_LIFETIME, Principal,
    Provenance,
};
use serde_json::{Value, json};

use crate::call::{Answer, Asked, Call};
use crate::failure::Failure;
use crate::store::{digest, random_hex};
use crate::{COOKIE, Server};

/// Appwrite's own: a session lasts from a minute to a year, and of more sessions the oldest goes.
const SHORTEST_SESSION: u64 = 60;
const LONGEST_SESSION: u64 = 31_536_000;
const MAX_SESSIONS: u32 = 10;

/// The hash of a password that nobody knows.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$Lfe6R+SI9oAwQX/Ihqt7nQ$eN5T9yP7pJRsFVPXX42GAibpHVm6hf4q175SYWWjH9I";

const FALLBACK: HeaderName = HeaderName::from_static("x-fallback-cookies");

/// Signs a user in.
pub fn create_session(call: &Call, log: &mut String) -> Answer {
    let (who, body, found) = call.server.read(|db, _| {
        let (who, body) = (call.identify(db, log)?, call.json::<Value>()?);
        who.require_scope("sessions.write")?;
        let sql = "SELECT json_array(id, password) FROM users WHERE email = ?";
        let found: Option<(String, String)> = db.one(sql, [body["email"].as_str()])?;
        Ok((who, body, found))
    })?;
    // It takes as long where there is nobody to sign in.
    let hash = found.as_ref().map_or(NOBODYS, |(_, hash)| hash);
    let password = body["password"].as_str().unwrap_or_default().as_bytes();
    let fits = |hash| argon2::Argon2::default().verify_password(password, &hash).is_ok();
    let fits = PasswordHash::new(hash).is_ok_and(fits);
    let user = found.filter(|_| fits).map(|(user, _)| user).ok_or_else(|| {
        let message = "expected an e-mail address and its password, found others";
        Failure::new(401, "user_invalid_credentials", message)
    })?;
    let (id, secret) = (random_hex(10)?, random_hex(32)?);
    let seconds = duration(&body, SHORTEST_SESSION..=LONGEST_SESSION)?.unwrap_or(LONGEST_SESSION);
    let mut session: Value = call.server.write(|db, _| {
        Principal::user(&db.user(&user)?.unwrap_or_default()).map_err(AuthenticateError::from)?;
        let sql = "INSERT INTO sessions (id, user, secret, expire)
            VALUES (?, ?, ?, strftime('%FT%H:%M:%f+00:00', 'now', ?))";
        db.run(sql, (&id, &user, digest(&secret), format!("{seconds} seconds")))?;
        let last = "SELECT id FROM sessions WHERE user = ?1 ORDER BY rowid DESC LIMIT ?2";
        let sql = format!("DELETE FROM sessions WHERE user = ?1 AND id NOT IN ({last})");
        db.run(&sql, (&user, MAX_SESSIONS))?;
        let sql =
            "SELECT json_object('$id', id, 'userId', user, '$createdAt', created, '$updatedAt',
            created, 'expire', expire) FROM sessions WHERE id = ?";
        db.one(sql, [&id])?.ok_or_else(no_session)
    })?;
    // A browser gets the secret as a cookie. In the body it is for servers, which come with a key.
    let by_key = matches!(who.provenance(), Provenance::ApiKey { .. });
    session["secret"] = if by_key { secret.as_str().into() } else { "".into() };
    (session["provider"], session["current"]) = ("email".into(), true.into());
    let cookie = format!("{COOKIE}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax");
    let fallback = json!({ COOKIE: secret }).to_string();
    let headers = [(header::SET_COOKIE, cookie), (FALLBACK, fallback)];
    Ok((StatusCode::CREATED, headers, Json(session)).into_response())
}

/// Ends a session, and every JWT that was made in it.
pub fn delete_session(asked: &Asked<'_>, id: &str) -> Answer {
    asked.who.require_scope("account")?;
    let (user, current) = match asked.who.provenance() {
        Provenance::Session { user_id, session_id, .. } => (user_id, Some(session_id)),
        Provenance::Jwt { user_id, session_id, .. } => (user_id, session_id.as_ref()),
        _ => return Err(no_session()),
    };
    let id = current.filter(|_| id == "current").map_or(id, |current| current);
    if asked.db.run("DELETE FROM sessions WHERE id = ? AND user = ?", [id, user])? == 0 {
        return Err(no_session());
    }
    let cookie = format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    let plain = (header::CONTENT_TYPE, "text/plain".into());
    let headers = [(header::SET_COOKIE, cookie), (FALLBACK, "[]".into()), plain];
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}

/// Makes a JWT in the session that asks.
pub fn create_jwt(asked: &Asked<'_>) -> Answer {
    let seconds = duration(&asked.call.json()?, 0..=MAX_JWT_LIFETIME.as_secs())?;
    let jwt = jwt(&asked.call.server, asked.who, seconds)?;
    Ok((StatusCode::CREATED, Json(json!({ "jwt": jwt }))).into_response())
}

/// A JWT for whoever asks by a session. By a JWT nobody gets another: it could outlive itself.
pub fn jwt(server: &Server, who: &Identity, seconds: Option<u64>) -> Result<String, Failure> {
    who.require_scope("account")?;
    let Provenance::Session { user_id, session_id, .. } = who.provenance() else {
        return Err(no_session());
    };
    let lifetime = seconds.map_or(DEFAULT_JWT_LIFETIME, Duration::from_secs);
    let tokens = server.authenticator.tokens();
    tokens.create_jwt(user_id, session_id, lifetime, SystemTime::now()).map_err(Failure::argument)
}

/// The seconds that something shall last, if a request says so.
fn duration(body: &Value, range: RangeInclusive<u64>) -> Result<Option<u64>, Failure> {
    let seconds = body["duration"].as_u64().filter(|seconds| range.contains(seconds));
    if seconds.is_none() && !body["duration"].is_null() {
        return Err(Failure::argument(format!(
            "expected a duration of {range:?} seconds, found another"
        )));
    }
    Ok(seconds)
}

fn no_session() -> Failure {
    Failure::new(404, "user_session_not_found", "expected a session of the user, found none")
}

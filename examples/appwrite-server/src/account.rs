//! Sessions and JWTs.

use std::time::{Duration, SystemTime};

use argon2::password_hash::{PasswordHash, PasswordVerifier};
use axum::Json;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::IntoResponse;
use rolegate::{
    AuthenticateError, DEFAULT_JWT_LIFETIME, Directory, Identity, Principal, Provenance,
};
use rusqlite::{OptionalExtension, params};
use serde_json::{Value, json};

use crate::call::{Answer, Asked, Call};
use crate::failure::Failure;
use crate::store::{digest, random_hex};
use crate::{COOKIE, NOW, Server};

/// Appwrite's own: of more sessions the oldest goes, and one ends after a year.
const MAX_SESSIONS: u32 = 10;
const SESSION_SECONDS: u32 = 31_536_000;

/// The hash of a password that nobody knows.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$Lfe6R+SI9oAwQX/Ihqt7nQ$eN5T9yP7pJRsFVPXX42GAibpHVm6hf4q175SYWWjH9I";

const FALLBACK: HeaderName = HeaderName::from_static("x-fallback-cookies");

/// Signs a user in.
pub fn create_session(call: &Call, log: &mut String) -> Answer {
    let store = &call.server.store;
    let (who, body, found) = store.read(|db, _| {
        let who = call.identify(db, log)?;
        who.require_scope("sessions.write")?;
        let body: Value = call.json()?;
        let mut user = db.0.prepare_cached("SELECT id, password FROM users WHERE email = ?")?;
        let found = user.query_row([body["email"].as_str()], |row| Ok((row.get(0)?, row.get(1)?)));
        Ok((who, body, found.optional()?))
    })?;
    // It takes as long where there is nobody to sign in.
    let (user, hash): (String, String) = found.unwrap_or_else(|| (String::new(), NOBODYS.into()));
    let password = body["password"].as_str().unwrap_or_default().as_bytes();
    let fits = |hash| argon2::Argon2::default().verify_password(password, &hash).is_ok();
    if !PasswordHash::new(&hash).is_ok_and(fits) || user.is_empty() {
        let message = "expected an e-mail address and its password, found others";
        return Err(Failure::new(401, "user_invalid_credentials", message));
    }
    let (id, secret) = (random_hex(10)?, random_hex(32)?);
    let (created, expire) = store.write(|db, _| {
        Principal::user(&db.user(&user)?.unwrap_or_default()).map_err(AuthenticateError::from)?;
        let end = NOW.replace("'now'", &format!("'now', '{SESSION_SECONDS} seconds'"));
        let sql = format!("INSERT INTO sessions VALUES (?, ?, ?, {end}) RETURNING {NOW}, expire");
        let times =
            |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
        let times = db.0.query_row(&sql, params![id, user, digest(&secret)], times)?;
        let latest =
            "SELECT rowid FROM sessions WHERE user = ?1 ORDER BY expire DESC, rowid DESC LIMIT ?2";
        let sql = format!("DELETE FROM sessions WHERE user = ?1 AND rowid NOT IN ({latest})");
        db.0.execute(&sql, params![user, MAX_SESSIONS])?;
        Ok(times)
    })?;
    // A browser gets the secret as a cookie. In the body it is for servers, which come with a key.
    let shown = if matches!(who.provenance(), Provenance::ApiKey { .. }) { &*secret } else { "" };
    let cookie =
        format!("{COOKIE}={secret}; Path=/; Max-Age={SESSION_SECONDS}; HttpOnly; SameSite=Lax");
    let headers = [(header::SET_COOKIE, cookie), (FALLBACK, json!({ COOKIE: secret }).to_string())];
    let session = json!({
        "$id": id, "$createdAt": created, "$updatedAt": created, "userId": user, "expire": expire,
        "provider": "email", "current": true, "factors": ["password"], "secret": shown,
    });
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
    if asked.db.0.execute("DELETE FROM sessions WHERE id = ? AND user = ?", [id, user])? == 0 {
        return Err(no_session());
    }
    let cookie = format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    let plain = (header::CONTENT_TYPE, "text/plain".into());
    let headers = [(header::SET_COOKIE, cookie), (FALLBACK, "[]".into()), plain];
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}

/// Makes a JWT in the session that asks.
pub fn create_jwt(asked: &Asked<'_>) -> Answer {
    let body: Value = asked.call.json()?;
    let jwt = jwt(&asked.call.server, asked.who, body["duration"].as_u64())?;
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

fn no_session() -> Failure {
    Failure::new(404, "user_session_not_found", "expected a session of the user, found none")
}

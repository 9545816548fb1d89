//! Sessions and JWTs.

use std::time::{Duration, SystemTime};

use anyhow::Result;
use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordVerifier};
use axum::Json;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rolegate::{
    AuthenticateError, DEFAULT_JWT_LIFETIME, Directory, Identity, Principal, Provenance,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::database::digest;
use crate::request::{COOKIE, Call};
use crate::{Server, failure::Failure, random_hex};

/// How long a session lasts, in seconds: a year, as Appwrite has it.
const SESSION: u32 = 31_536_000;

/// The hash of a password that nobody knows.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$Lfe6R+SI9oAwQX/Ihqt7nQ$eN5T9yP7pJRsFVPXX42GAibpHVm6hf4q175SYWWjH9I";

const FALLBACK: HeaderName = HeaderName::from_static("x-fallback-cookies");

#[derive(Deserialize)]
struct Login {
    email: String,
    password: String,
}

#[derive(Deserialize)]
struct Lifetime {
    duration: Option<u64>,
}

/// Signs a user in.
pub fn create_session(call: &Call) -> Result<Response> {
    let (who, login, found) = call.read("sessions.write", |asked, _| {
        let login: Login = call.json()?;
        let sql = "SELECT json_array(id, password) FROM users WHERE email = ?";
        let found = asked.database.one::<(String, String)>(sql, [&login.email])?;
        Ok((asked.who.clone(), login, found))
    })?;
    // It takes as long where there is nobody to sign in.
    let hash = PasswordHash::new(found.as_ref().map_or(NOBODYS, |(_, hash)| hash));
    let hash = hash.map_err(anyhow::Error::msg)?;
    let fits = Argon2::default().verify_password(login.password.as_bytes(), &hash).is_ok();
    let user = found.as_ref().filter(|_| fits).map(|(user, _)| user).ok_or_else(|| {
        let message = "expected an e-mail address and its password, found others";
        Failure::new(401, "user_invalid_credentials", message)
    })?;
    let (id, secret) = (random_hex(10)?, random_hex(32)?);
    let session = call.write("sessions.write", |asked, _| {
        let found = asked.database.user(user)?.unwrap_or_default();
        Principal::user(&found).map_err(AuthenticateError::from)?;
        // All of a user's are looked at whenever it asks. As Appwrite has it, ten; of more the oldest goes.
        let oldest = "DELETE FROM sessions WHERE rowid IN (SELECT rowid FROM sessions WHERE user = ?
            ORDER BY rowid DESC LIMIT -1 OFFSET 9)";
        asked.database.one::<Value>(oldest, [user])?;
        let sql = "INSERT INTO sessions (id, user, secret, expire)
            VALUES (?, ?, ?, strftime('%FT%H:%M:%f+00:00', 'now', ?)) RETURNING json_object('$id', id,
            'userId', user, '$createdAt', created, '$updatedAt', created, 'expire', expire,
            'provider', 'email', 'current', json('true'))";
        let values = (&id, user, digest(&secret), format!("{SESSION} seconds"));
        Ok(asked.database.one(sql, values)?)
    })?;
    let mut session: Value = session.ok_or_else(no_session)?;
    // A browser gets the secret as a cookie. In the body it is for servers, which come with a key.
    let by_key = matches!(who.provenance(), Provenance::ApiKey { .. });
    session["secret"] = if by_key { secret.as_str().into() } else { "".into() };
    let cookie = format!("{COOKIE}={secret}; Path=/; Max-Age={SESSION}; HttpOnly; SameSite=Lax");
    let fallback = json!({ COOKIE: secret }).to_string();
    let headers = [(header::SET_COOKIE, cookie), (FALLBACK, fallback)];
    Ok((StatusCode::CREATED, headers, Json(session)).into_response())
}

/// Ends a session, and every JWT that was made in it.
pub fn delete_session(call: &Call, id: &str) -> Result<Response> {
    call.write("account", |asked, _| {
        let (user, current) = match asked.who.provenance() {
            Provenance::Session { user_id, session_id, .. } => (user_id, Some(session_id)),
            Provenance::Jwt { user_id, session_id, .. } => (user_id, session_id.as_ref()),
            _ => return Err(no_session().into()),
        };
        let id = current.filter(|_| id == "current").map_or(id, |current| current);
        let sql = "DELETE FROM sessions WHERE id = ? AND user = ? RETURNING json_quote(id)";
        Ok(asked.database.one::<String>(sql, [id, user])?.ok_or_else(no_session)?)
    })?;
    let cookie = format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    let plain = (header::CONTENT_TYPE, "text/plain".into());
    let headers = [(header::SET_COOKIE, cookie), (FALLBACK, "[]".into()), plain];
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}

/// Makes a JWT in the session that asks.
pub fn create_jwt(call: &Call) -> Result<Response> {
    let jwt = call.read("account", |asked, _| {
        let Lifetime { duration } = call.json()?;
        jwt(&call.server, &asked.who, duration)
    })?;
    Ok((StatusCode::CREATED, Json(json!({ "jwt": jwt }))).into_response())
}

/// A JWT for whoever asks by a session. By a JWT nobody gets another: it could outlive itself.
pub fn jwt(server: &Server, who: &Identity, seconds: Option<u64>) -> Result<String> {
    who.require_scope("account")?;
    let Provenance::Session { user_id, session_id, .. } = who.provenance() else {
        return Err(no_session().into());
    };
    let lifetime = seconds.map_or(DEFAULT_JWT_LIFETIME, Duration::from_secs);
    let tokens = server.authenticator.tokens();
    let jwt = tokens.create_jwt(user_id, session_id, lifetime, SystemTime::now());
    Ok(jwt.map_err(Failure::argument)?)
}

fn no_session() -> Failure {
    let message = "expected a session of the user, found none";
    Failure::new(404, "user_session_not_found", message)
}

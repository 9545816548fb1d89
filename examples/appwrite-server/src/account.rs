//! The routes of sessions and JWTs.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::Result;
use axum::Json;
use axum::extract::{Path, rejection::PathRejection};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rolegate::Principal;
use rolegate::auth::http::{encode_session, session_cookie_name};
use rolegate::auth::{
    AuthMethod, AuthenticateError, DEFAULT_JWT_LIFETIME, Directory, Identity, UserLookup,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::database::digest;
use crate::limits::{MAX_FORM, MAX_PASSWORD};
use crate::realtime::News;
use crate::request::{Call, nothing};
use crate::{PROJECT, Server, failure::Failure, random_hex};

/// The lifetime of a session in seconds: a year, as in Appwrite.
const SESSION: u32 = 31_536_000;

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

/// Signs a user in. The request waits for its turn, because hashing a password takes much memory.
pub async fn create_session(call: Call) -> Response {
    let turns = Arc::clone(&call.server.passwords.turns);
    call.answer_in_turn(turns, sign_in).await
}

fn sign_in(call: &Call) -> Result<Response> {
    let (who, login, found) = call.read("sessions.write", nothing, |asked, ()| {
        let login: Login = call.json(MAX_FORM)?;
        if login.password.len() > MAX_PASSWORD {
            let message = format!("the password is longer than {MAX_PASSWORD} bytes");
            return Err(Failure::argument(message).into());
        }
        let sql = "SELECT json_array(id, password) FROM users WHERE email = ?";
        let found = asked.database.one::<(String, String)>(sql, [&login.email])?;
        Ok((asked.who.clone(), login, found))
    })?;
    let hash = found.as_ref().map(|(_, hash)| hash.as_str());
    let fits = call.server.passwords.verify(&login.password, hash);
    let fits = fits.map_err(anyhow::Error::msg)?;
    let user = found.as_ref().filter(|_| fits).map(|(user, _)| user).ok_or_else(|| {
        Failure::new(401, "user_invalid_credentials", "wrong e-mail address or password")
    })?;
    let (id, secret) = (random_hex(10)?, random_hex(32)?);
    let session = call.write("sessions.write", |asked, _| {
        let found = asked.database.user(UserLookup::Id(user))?.unwrap_or_default();
        Principal::user(&found).map_err(AuthenticateError::from)?;
        // Every request of a user reads all sessions of the user. As in Appwrite, the eleventh session ends
        // the oldest.
        let oldest = "DELETE FROM sessions WHERE rowid IN (SELECT rowid FROM sessions WHERE user = ?
            ORDER BY rowid DESC LIMIT -1 OFFSET 9) RETURNING json_quote(id)";
        let ended = asked.database.all(oldest, [user])?;
        ended.into_iter().for_each(|id| asked.tell(News::SessionEnded(id)));
        let sql = "INSERT INTO sessions (id, user, secret, expire)
            VALUES (?, ?, ?, strftime('%FT%H:%M:%f+00:00', 'now', ?)) RETURNING json_object('$id', id,
            'userId', user, '$createdAt', created, '$updatedAt', created, 'expire', expire,
            'provider', 'email', 'current', json('true'))";
        let values = (&id, user, digest(&secret), format!("{SESSION} seconds"));
        Ok(asked.database.one(sql, values)?)
    })?;
    let mut session: Value = session.ok_or_else(no_session)?;
    // A browser gets the session in a cookie. A server sends a key, and gets the session in the body.
    let value = encode_session(user, &secret);
    let by_key = matches!(who.method(), AuthMethod::ApiKey { .. });
    session["secret"] = if by_key { value.as_str().into() } else { "".into() };
    let cookie_name = session_cookie_name(PROJECT);
    let fallback = [(FALLBACK, json!({ &*cookie_name: value }).to_string())];
    let mut response = (StatusCode::CREATED, fallback, Json(session)).into_response();
    if !is_foreign(&call.headers) {
        let cookie =
            format!("{cookie_name}={value}; Path=/; Max-Age={SESSION}; HttpOnly; SameSite=Lax");
        response.headers_mut().insert(header::SET_COOKIE, cookie.parse()?);
    }
    Ok(response)
}

/// Returns `true` if a page of another host sent the request. Such a page must not sign its visitor in as
/// another user, and must not read the visitor's events.
pub fn is_foreign(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return false };
    let authority = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    authority.map(|(_, authority)| authority) != host || host.is_none()
}

/// Ends a session, and every JWT that was created in the session.
pub async fn delete_session(id: Result<Path<String>, PathRejection>, call: Call) -> Response {
    call.answer(move |call| {
        let Path(id) = id.map_err(|_| Failure::no_route())?;
        sign_out(call, &id)
    })
    .await
}

fn sign_out(call: &Call, id: &str) -> Result<Response> {
    call.write("account", |asked, _| {
        let (user, current) = match asked.who.method() {
            AuthMethod::Session { user_id, session_id, .. } => (user_id, Some(session_id)),
            AuthMethod::Jwt { user_id, session_id, .. } => (user_id, session_id.as_ref()),
            _ => return Err(no_session().into()),
        };
        let id = current.filter(|_| id == "current").map_or(id, |current| current);
        let sql = "DELETE FROM sessions WHERE id = ? AND user = ? RETURNING json_quote(id)";
        let ended = asked.database.one(sql, [id, user])?.ok_or_else(no_session)?;
        asked.tell(News::SessionEnded(ended));
        Ok(())
    })?;
    let cookie_name = session_cookie_name(PROJECT);
    let cookie = format!("{cookie_name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    let plain = (header::CONTENT_TYPE, "text/plain".into());
    let headers = [(header::SET_COOKIE, cookie), (FALLBACK, "[]".into()), plain];
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}

/// Creates a JWT of the caller's session.
pub async fn create_jwt(call: Call) -> Response {
    call.answer(|call| {
        let jwt = call.read("account", nothing, |asked, ()| {
            let Lifetime { duration } = call.json(MAX_FORM)?;
            jwt(&call.server, &asked.who, duration)
        })?;
        Ok((StatusCode::CREATED, Json(json!({ "jwt": jwt }))).into_response())
    })
    .await
}

/// Creates a JWT of the caller's session. A caller with a JWT is refused, because a new JWT could expire
/// later than the first one.
pub fn jwt(server: &Server, who: &Identity, seconds: Option<u64>) -> Result<String> {
    who.require_scope("account")?;
    let (user_id, session_id) = match who.method() {
        AuthMethod::Session { user_id, session_id, .. } => (user_id, session_id),
        AuthMethod::Jwt { .. } => {
            let message = "a JWT cannot create a JWT; use a session";
            return Err(Failure::new(403, "user_jwt_creation_denied", message).into());
        }
        _ => return Err(no_session().into()),
    };
    let lifetime = seconds.map_or(DEFAULT_JWT_LIFETIME, Duration::from_secs);
    let keys = server.authenticator.jwt_keys();
    let jwt = keys.create_jwt(user_id, session_id, lifetime, SystemTime::now());
    Ok(jwt.map_err(Failure::argument)?)
}

fn no_session() -> Failure {
    Failure::new(404, "user_session_not_found", "session not found")
}

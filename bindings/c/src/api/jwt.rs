//! JSON Web Tokens.

#![allow(unsafe_code, reason = "the names of exported functions are unsafe attributes")]

use std::ffi::c_char;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rolegate::auth::{JwtKeys, Secret};
use serde::Serialize;

use crate::failure::Failure;
use crate::ffi::{self, Answer, call};
use crate::objects::{ErrorHandle, JwtKeysHandle};
use crate::reports::to_json;
use crate::types::{Buffer, Bytes, Status};

/// Creates the keys of JWTs from one secret or several. The first secret signs, and all secrets verify.
///
/// Secrets are bytes and must not be empty. `leeway` is the greatest difference between clocks in seconds, at most
/// 120.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_jwt_keys_new(
    secrets: *const Bytes,
    count: usize,
    leeway: u64,
    keys: *mut *mut JwtKeysHandle,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out(keys)?;
        let secrets = call.slice(secrets, count)?.iter().enumerate().map(|(index, secret)| {
            let secret = call.bytes(secret.data, secret.len);
            let secret = secret.and_then(|bytes| Secret::new(bytes).map_err(Failure::from));
            secret.map_err(|failure| failure.in_text(index))
        });
        let mut secrets = secrets.collect::<Answer<Vec<_>>>()?.into_iter();
        let first = secrets
            .next()
            .ok_or_else(|| Failure::new(Status::WrongLength, "there must be one secret"))?;
        let keys = secrets.fold(JwtKeys::new(first), JwtKeys::also_accept);
        out.set(ffi::new_handle(keys.with_leeway(Duration::from_secs(leeway))?)?);
        Ok(())
    })
}

/// Frees keys. Returns `ROLEGATE_STATUS_WRONG_HANDLE` if they were freed already.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_jwt_keys_free(keys: *mut JwtKeysHandle) -> Status {
    ffi::free(keys)
}

/// Creates a JWT for a user and a session. Neither id may be empty.
///
/// `lifetime` is at most 3600 seconds. `now` is the time in seconds since 1970.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_jwt_create(
    keys: *const JwtKeysHandle,
    user_id: *const c_char,
    user_id_len: usize,
    session_id: *const c_char,
    session_id_len: usize,
    lifetime: u64,
    now: u64,
    token: *mut Buffer,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let out = call.out(token)?;
        let keys = call.get(keys)?;
        let user = call.text(user_id, user_id_len)?;
        let session = call.text(session_id, session_id_len)?;
        let token = keys.create_jwt(user, session, Duration::from_secs(lifetime), time(now)?)?;
        out.set_bytes(token.into_bytes());
        Ok(())
    })
}

/// Verifies a JWT at a time in seconds since 1970. Returns its claims as a JSON object with `exp` and possibly
/// `userId`, `sessionId`, `nbf` and `iat`.
///
/// A token that is not valid is an error `ROLEGATE_STATUS_INVALID_TOKEN`, with its reason as the kind. The caller
/// must look up the user and the session: deleting a session ends its JWTs.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_jwt_verify(
    keys: *const JwtKeysHandle,
    token: *const c_char,
    token_len: usize,
    now: u64,
    claims: *mut Buffer,
    error: *mut *mut ErrorHandle,
) -> Status {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Claims<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        user_id: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        session_id: Option<&'a str>,
        exp: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        nbf: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        iat: Option<i64>,
    }
    call(error, |call| {
        let out = call.out(claims)?;
        let keys = call.get(keys)?;
        let verified = keys.verify_jwt(call.text(token, token_len)?, time(now)?)?;
        out.set_bytes(to_json(&Claims {
            user_id: verified.user_id(),
            session_id: verified.session_id(),
            exp: verified.exp(),
            nbf: verified.nbf(),
            iat: verified.iat(),
        })?);
        Ok(())
    })
}

/// Returns a time from seconds since 1970.
fn time(seconds: u64) -> Answer<SystemTime> {
    let time = UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
    time.ok_or_else(|| Failure::new(Status::WrongArgument, "time is too far in the future"))
}

//! The target `token`: any text as a token or key, and any signed header and payload.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rolegate::auth::{
    AuthMethod, AuthenticateError, Authenticator, Credentials, GuestReason, Identity, JwtKeys,
    KeyKind, Secret, Step, TokenErrorKind,
};
use serde_json::Value;

const SECRET: &str = "your-secret-key";
const PROJECT: &str = "p1";

/// The maximum length of an error message, as in the property tests.
const MAX_SHOWN: usize = 400;

/// The first second of 2026.
const NOW: Duration = Duration::from_secs(1_767_225_600);

/// Uses the bytes as an unsigned token, which must not authenticate a caller. Then uses them as a header and a
/// payload, separated by a line break, and signs these. `serde_json` must read the same claims.
pub fn token(data: &[u8]) {
    let now = UNIX_EPOCH + NOW;
    let keys = JwtKeys::new(Secret::new(SECRET).unwrap());
    let authenticator = Authenticator::new(keys, PROJECT);
    if let Ok(text) = std::str::from_utf8(data) {
        unsigned(&authenticator, text, now);
    }
    let mut parts = data.splitn(2, |byte| *byte == b'\n');
    let (first, second) = (parts.next().unwrap_or_default(), parts.next());
    let usual = br#"{"typ":"JWT","alg":"HS256"}"#.as_slice();
    let (header, payload) = second.map_or((usual, first), |payload| (first, payload));
    signed(&authenticator, header, payload, now);
}

/// Checks that a text without a signature gives a guest or an error.
fn unsigned(authenticator: &Authenticator, text: &str, now: SystemTime) {
    let error = authenticator.jwt_keys().verify_jwt(text, now).unwrap_err();
    let shown = error.to_string();
    assert!(shown.len() < MAX_SHOWN, "{shown}");
    match key_without_look_up(authenticator, text, now) {
        Ok(identity) => assert!(identity.guest_reason().is_some()),
        Err(error) => assert!(matches!(error, AuthenticateError::UnknownKey(_)), "{error}"),
    }
}

/// Authenticates an API key with a directory without keys.
fn key_without_look_up(
    authenticator: &Authenticator,
    key: &str,
    now: SystemTime,
) -> Result<Identity, AuthenticateError> {
    let credentials = Credentials::none().with_project(PROJECT).with_key(key);
    match authenticator.begin(&credentials, now)? {
        Step::FindKey(find) => {
            assert_eq!(find.lookup().secret(), key);
            Err(find.found(None).unwrap_err())
        }
        Step::Done(caller) => caller.require_active(),
        Step::FindUser(find) => panic!("{find:?}"),
    }
}

/// Checks that accepted claims equal the claims that `serde_json` reads, and are valid at `now`.
fn signed(authenticator: &Authenticator, header: &[u8], payload: &[u8], now: SystemTime) {
    let token = sign(header, payload);
    let claims: Option<Value> = serde_json::from_slice(payload).ok();
    match authenticator.jwt_keys().verify_jwt(&token, now) {
        Ok(said) => {
            let header: Value = serde_json::from_slice(header).unwrap();
            assert_eq!(header["alg"], "HS256");
            assert_eq!(header["kid"], Value::Null);
            let claims = claims.as_ref().unwrap();
            assert_eq!(claims["exp"].as_i64(), Some(said.exp()));
            assert_eq!(claims["nbf"].as_i64(), said.nbf());
            assert_eq!(claims["iat"].as_i64(), said.iat());
            assert_eq!(claims["userId"].as_str(), said.user_id());
            assert_eq!(claims["sessionId"].as_str(), said.session_id());
            let seconds = i64::try_from(NOW.as_secs()).unwrap();
            assert!(seconds < said.exp() && said.nbf().is_none_or(|nbf| nbf < seconds));
            assert!(said.iat().is_none_or(|iat| seconds < iat.saturating_add(3600)));
        }
        Err(error) => assert_ne!(error.kind(), TokenErrorKind::Signature, "{error}"),
    }
    let key = format!("ephemeral_{token}");
    let identity = key_without_look_up(authenticator, &key, now).unwrap();
    let bypass = identity.principal().bypasses_permissions();
    match identity.method() {
        AuthMethod::ApiKey { kind, owner_id, .. } => {
            assert_eq!(*kind, KeyKind::Ephemeral);
            assert_eq!(bypass, **owner_id == *PROJECT);
            assert_eq!(claims.unwrap()["projectId"].as_str().unwrap_or_default(), &**owner_id);
        }
        AuthMethod::Guest(guest) => {
            use GuestReason::{InvalidKeyToken, KeyOfAnotherProject};
            assert!(matches!(guest.reason(), InvalidKeyToken(_) | KeyOfAnotherProject));
            assert!(!bypass);
        }
        other => panic!("{other:?}"),
    }
}

fn sign(header: &[u8], payload: &[u8]) -> String {
    use base64::Engine;
    use hmac::Mac;
    let encode = |part: &[u8]| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(part);
    let message = format!("{}.{}", encode(header), encode(payload));
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(message.as_bytes());
    format!("{message}.{}", encode(&mac.finalize().into_bytes()))
}

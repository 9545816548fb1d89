//! The value of a session cookie or header: [`SessionFormat`], [`encode_session`], [`SessionValue`].

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::auth::members::{Members, MembersError, Value};
use crate::principal::is_empty_id;

/// The format of the session in cookies and headers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[non_exhaustive]
pub enum SessionFormat {
    /// Base64 of a JSON object with the id of the user and the secret. This is Appwrite's format, which its
    /// SDKs send.
    #[default]
    Appwrite,
    /// The secret alone. The host finds the user by the hash of the secret:
    /// [`UserLookup::SessionSecret`](super::super::UserLookup::SessionSecret).
    BareSecret,
}

/// A session that was decoded. An absent id or secret is empty, and finds no session.
#[derive(Clone)]
pub(super) struct SessionValue {
    pub(super) user_id: Box<str>,
    pub(super) secret: Box<str>,
}

/// An error: a value that Appwrite may read as a session, and this library does not.
pub(super) struct MalformedSession;

/// Base64 as PHP reads it after white space and padding are removed. PHP ignores the unused bits of the last
/// character.
const PHP: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// Returns the name of the session cookie of a project.
///
/// ```
/// assert_eq!(rolegate::auth::http::session_cookie_name("p1"), "a_session_p1");
/// ```
#[must_use]
pub fn session_cookie_name(project_id: &str) -> String {
    format!("a_session_{project_id}")
}

/// Encodes a session as a client gets it, in a cookie or in the `secret` of a new session.
///
/// The value contains the secret. A server stores only the SHA-256 of the secret, in hexadecimal. The value
/// consists of letters, digits, `+`, `/` and `=`, which a cookie may contain.
///
/// ```
/// use rolegate::auth::http::encode_session;
///
/// assert_eq!(encode_session("a", "s"), "eyJpZCI6ImEiLCJzZWNyZXQiOiJzIn0=");
/// ```
#[must_use]
pub fn encode_session(user_id: &str, secret: &str) -> String {
    let json = serde_json::json!({ "id": user_id, "secret": secret }).to_string();
    base64::engine::general_purpose::STANDARD.encode(json)
}

impl SessionValue {
    /// Decodes a value in Appwrite's format. Returns `None` if the value has neither an id nor a secret.
    ///
    /// Source: `Store::decode` of utopia-php/auth.
    pub(super) fn decode(value: &[u8]) -> Result<Option<Self>, MalformedSession> {
        let Some(json) = decode_base64(value) else { return Ok(None) };
        let [id, secret] = match Members::read(&json, ["id", "secret"]) {
            Ok(members) => members.values,
            Err(MembersError::OnlyInPhp) => return Err(MalformedSession),
            Err(MembersError::NotAnObject) => return Ok(None),
        };
        if is_empty(&id) && is_empty(&secret) {
            return Ok(None);
        }
        Ok(Some(Self { user_id: text(id)?, secret: text(secret)? }))
    }
}

/// Returns a text. A value that is empty in PHP is the empty text.
fn text(value: Value) -> Result<Box<str>, MalformedSession> {
    match value {
        Value::Text(text) => Ok(text),
        value if is_empty(&value) => Ok(Box::default()),
        _ => Err(MalformedSession),
    }
}

/// Returns the entry `name` of the header `X-Fallback-Cookies`, or `None` if this is no JSON object with
/// such a text.
pub(super) fn fallback_entry(header: &[u8], name: &str) -> Option<Box<str>> {
    match Members::read(header, [name]).ok()?.values {
        [Value::Text(text)] => Some(text),
        _ => None,
    }
}

/// Decodes base64 as `base64_decode` of PHP does in its strict mode.
fn decode_base64(value: &[u8]) -> Option<Vec<u8>> {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    // White space is rare, and is removed only if it is there.
    decode_without_space(value).or_else(|| {
        let text: Vec<u8> = value.iter().copied().filter(|byte| !is_space(byte)).collect();
        if text.len() == value.len() { None } else { decode_without_space(&text) }
    })
}

fn decode_without_space(text: &[u8]) -> Option<Vec<u8>> {
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    if padding > 2 || (padding > 0 && !text.len().is_multiple_of(4)) {
        return None;
    }
    PHP.decode(text.get(..text.len() - padding)?).ok()
}

/// Returns `true` if a value is empty in PHP.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Absent | Value::Flag(false) | Value::Integer(0) => true,
        Value::Text(text) => is_empty_id(text),
        Value::Texts(texts) => texts.is_empty(),
        Value::Flag(true) | Value::Integer(_) | Value::Other => false,
    }
}

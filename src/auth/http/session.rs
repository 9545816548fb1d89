//! The value of a session cookie or header: [`SessionFormat`], [`encode_session`], [`decode`].

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::auth::members::{Members, Value};
use crate::json::scan::ScanErrorKind;
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

/// A value that was decoded.
pub(super) enum Decoded {
    /// The value has neither an id nor a secret. The next source is read.
    Nothing,
    /// The session of a user. An id or secret that is absent or unusable is empty, and finds no session.
    Session { user_id: Box<str>, secret: Box<str> },
}

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

/// Decodes a value in Appwrite's format.
///
/// Source: `Store::decode` of utopia-php/auth.
pub(super) fn decode(value: &[u8]) -> Decoded {
    let Some(json) = decode_base64(value) else { return Decoded::Nothing };
    let [id, secret] = match Members::read(&json, ["id", "secret"]) {
        Ok(members) => members.values,
        Err(error) if only_php_may_read(error) => return Decoded::unusable(),
        Err(_) => return Decoded::Nothing,
    };
    if is_empty(&id) && is_empty(&secret) {
        return Decoded::Nothing;
    }
    let text = |value| match value {
        Value::Text(text) => text,
        _ => Box::default(),
    };
    Decoded::Session { user_id: text(id), secret: text(secret) }
}

impl Decoded {
    /// Returns a session that finds no user.
    fn unusable() -> Self {
        Self::Session { user_id: Box::default(), secret: Box::default() }
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
    let mut text: Vec<u8> = value.iter().copied().filter(|byte| !is_space(byte)).collect();
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    let is_padded = padding > 0;
    if is_padded && (padding > 2 || !text.len().is_multiple_of(4)) {
        return None;
    }
    text.truncate(text.len() - padding);
    PHP.decode(text).ok()
}

/// Returns `true` if PHP may read JSON with this error. The object may then have an id or a secret, and PHP
/// would not read the next source.
fn only_php_may_read(error: ScanErrorKind) -> bool {
    use ScanErrorKind::{Key, Literal, NumberRange, TooDeep, Value};
    matches!(error, Key | Literal | NumberRange | TooDeep | Value)
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

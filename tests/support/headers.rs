//! A second implementation of the headers of a request, for comparison. It is slow, copies everything, and
//! reads JSON with `serde_json`.

use http::{HeaderMap, HeaderValue};
use serde_json::Value;

/// The headers of a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    pub project: Option<String>,
    pub jwt: Option<String>,
    pub key: Option<String>,
    pub key_user: Option<String>,
    pub key_organization: Option<String>,
    /// The id, the e-mail address and the phone number.
    pub targets: [Option<String>; 3],
    /// The sessions that the rules permit. There are several if PHP and this module may
    /// read the JSON of a source differently.
    pub sessions: Vec<Session>,
}

/// The session of a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Session {
    None,
    /// A value that may be refused.
    Malformed,
    /// A value with an id and a secret. One of them may be empty.
    Of {
        id: String,
        secret: String,
    },
    Bare(String),
}

/// The name and the value of a cookie.
type Cookie = (Vec<u8>, Vec<u8>);

/// Returns the headers of a request, or the status and the name of the header that is refused.
pub fn read(headers: &HeaderMap, project: &str, is_bare: bool) -> Result<Request, (u16, String)> {
    let cookie = format!("a_session_{project}");
    let mut texts = Vec::new();
    for (name, limit) in [
        ("X-Appwrite-Project", 8192),
        ("X-Appwrite-JWT", usize::MAX),
        ("X-Appwrite-Key", usize::MAX),
        ("X-Appwrite-User", 8192),
        ("X-Appwrite-Organization", 8192),
        ("X-Appwrite-Impersonate-User-Id", 8192),
        ("X-Appwrite-Impersonate-User-Email", 8192),
        ("X-Appwrite-Impersonate-User-Phone", 8192),
    ] {
        texts.push(one(headers, name, limit)?.filter(|text| !is_empty(text)));
    }
    let cookies = cookies(headers)?;
    let main = cookie_of(&cookies, &cookie)?;
    let legacy = cookie_of(&cookies, &format!("{cookie}_legacy"))?;
    let header = one(headers, "X-Appwrite-Session", 8192)?;
    let fallback = fallback(headers, &cookie)?;
    let sources = [main.or(legacy), header.map(String::into_bytes), fallback];
    let sessions = sessions(sources.into_iter().flatten(), is_bare);
    let mut texts = texts.into_iter();
    let mut next = || texts.next().flatten();
    Ok(Request {
        project: next(),
        jwt: next(),
        key: next(),
        key_user: next(),
        key_organization: next(),
        targets: [next(), next(), next()],
        sessions,
    })
}

fn sessions(sources: impl Iterator<Item = Vec<u8>>, is_bare: bool) -> Vec<Session> {
    let mut permitted = Vec::new();
    for value in sources {
        if is_bare {
            let Ok(text) = String::from_utf8(value) else { return vec![Session::Malformed] };
            if !is_empty(&text) {
                return vec![Session::Bare(text)];
            }
            continue;
        }
        let Some(json) = from_base64(&value) else { continue };
        let document = match serde_json::from_slice::<Value>(&json) {
            Ok(document) if is_strict(&document) => document,
            Err(_) if !json.trim_ascii_start().starts_with(b"{") => continue,
            Ok(_) => return [permitted, vec![Session::Malformed]].concat(),
            Err(_) => {
                permitted.push(Session::Malformed);
                continue;
            }
        };
        let values = ["id", "secret"].map(|name| &document[name]);
        if values.iter().any(|value| !is_falsy(value) && !value.is_string()) {
            return [permitted, vec![Session::Malformed]].concat();
        }
        if values.iter().any(|value| is_float_zero(value)) {
            permitted.push(Session::Malformed);
        }
        if values.iter().any(|value| !is_falsy(value)) {
            let [id, secret] = values.map(|value| value.as_str().unwrap_or_default().to_owned());
            permitted.push(Session::Of { id, secret });
            return permitted;
        }
    }
    permitted.push(Session::None);
    permitted
}

/// Returns `true` if no number of an object is infinite and no name starts with NUL.
fn is_strict(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_f64().is_some_and(f64::is_finite),
        Value::Array(elements) => elements.iter().all(is_strict),
        Value::Object(members) => {
            members.iter().all(|(name, value)| !name.starts_with('\0') && is_strict(value))
        }
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}

fn is_falsy(value: &Value) -> bool {
    match value {
        Value::String(text) => is_empty(text),
        Value::Array(elements) => elements.is_empty(),
        Value::Number(number) => number.as_f64() == Some(0.0),
        _ => value.is_null() || value == false,
    }
}

/// Returns `true` for `0.0`, which is empty in PHP, and for `-0`, which `serde_json` may read as `-0.0`.
fn is_float_zero(value: &Value) -> bool {
    value.as_f64() == Some(0.0) && value.as_u64() != Some(0)
}

fn is_empty(text: &str) -> bool {
    text.is_empty() || text == "0"
}

/// Returns the value of a header that may stand in a request once.
fn one(headers: &HeaderMap, name: &str, limit: usize) -> Result<Option<String>, (u16, String)> {
    let values: Vec<&[u8]> = headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
    match values[..] {
        [] => Ok(None),
        [value] if value.len() > limit => Err((431, name.to_owned())),
        [value] if value.is_ascii() => Ok(String::from_utf8(value.to_vec()).ok()),
        _ => Err((400, name.to_owned())),
    }
}

fn fallback(headers: &HeaderMap, cookie: &str) -> Result<Option<Vec<u8>>, (u16, String)> {
    let name = "X-Fallback-Cookies";
    let values: Vec<&[u8]> = headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
    match values[..] {
        [] => Ok(None),
        [value] if value.len() > 65_536 => Err((431, name.to_owned())),
        [value] => {
            let document = serde_json::from_slice::<Value>(value).unwrap_or_default();
            let entry = document[cookie].as_str().filter(|_| is_strict(&document));
            Ok(entry.map(|text| text.as_bytes().to_vec()))
        }
        _ => Err((400, name.to_owned())),
    }
}

/// Returns the names and values of all cookies.
fn cookies(headers: &HeaderMap) -> Result<Vec<Cookie>, (u16, String)> {
    let fields: Vec<&[u8]> = headers.get_all("cookie").iter().map(HeaderValue::as_bytes).collect();
    if fields.concat().len() > 65_536 {
        return Err((431, "Cookie".into()));
    }
    let mut cookies = Vec::new();
    for cookie in fields.join(&b';').split(|byte| *byte == b';') {
        let mut parts = cookie.trim_ascii().splitn(2, |byte| *byte == b'=');
        if let (Some(name), Some(value)) = (parts.next(), parts.next()) {
            cookies.push((name.to_vec(), value.to_vec()));
        }
    }
    Ok(cookies)
}

fn cookie_of(cookies: &[Cookie], name: &str) -> Result<Option<Vec<u8>>, (u16, String)> {
    let values = cookies.iter().filter(|cookie| cookie.0 == name.as_bytes());
    let values: Vec<&[u8]> = values.map(|(_, value)| &**value).collect();
    if !values.concat().is_ascii() {
        return Err((400, "Cookie".into()));
    }
    let mut values: Vec<Vec<u8>> = values.into_iter().map(percent_decoded).collect();
    values.dedup();
    if values.len() > 1 {
        return Err((400, "Cookie".into()));
    }
    Ok(values.pop())
}

fn percent_decoded(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let digits = text.get(at + 1..at + 3).filter(|_| text[at] == b'%');
        let digits = digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let byte = digits.and_then(|digits| {
            u8::from_str_radix(std::str::from_utf8(digits).unwrap_or_default(), 16).ok()
        });
        decoded.push(byte.unwrap_or(text[at]));
        at += if byte.is_some() { 3 } else { 1 };
    }
    decoded
}

/// Decodes base64 bit by bit.
fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let text: Vec<u8> = text.iter().copied().filter(|byte| !b" \t\r\n".contains(byte)).collect();
    let end = text.iter().position(|byte| *byte == b'=').unwrap_or(text.len());
    let (text, padding) = text.split_at(end);
    let right = (4 - text.len() % 4) % 4;
    let is_padded = padding.len() == right && padding.iter().all(|byte| *byte == b'=');
    if right == 3 || !(padding.is_empty() || is_padded) {
        return None;
    }
    let mut bits = Vec::new();
    for byte in text {
        let index = ALPHABET.iter().position(|each| each == byte)?;
        bits.extend((0..6).rev().map(|bit| index >> bit & 1 == 1));
    }
    let bytes = bits.chunks_exact(8);
    Some(bytes.map(|byte| byte.iter().fold(0, |value, bit| value << 1 | u8::from(*bit))).collect())
}

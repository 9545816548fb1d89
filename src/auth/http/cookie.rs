//! The search for one cookie in the `Cookie` fields of a request: [`find_cookie`].

use std::borrow::Cow;

use ::http::header::COOKIE;
use ::http::{HeaderMap, HeaderValue};

use super::error::{HeaderError, HeaderErrorKind};

/// Returns the percent-decoded value of a cookie, or `None` if the request does not have the cookie. A cookie
/// without a value is empty.
///
/// Takes time in proportion to the length of the fields, and copies only a value with a `%`.
pub(super) fn find_cookie<'a>(
    headers: &'a HeaderMap,
    name: &[&str; 2],
) -> Result<Option<Cow<'a, [u8]>>, HeaderError> {
    let error = |kind| HeaderError::new(kind, "Cookie");
    let fields = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes);
    let cookies = fields.flat_map(|field| field.split(|byte| *byte == b';'));
    let mut found: Option<Cow<'a, [u8]>> = None;
    for cookie in cookies {
        let Some(value) = value_of(cookie, name) else { continue };
        if !value.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~')) {
            return Err(error(HeaderErrorKind::NotAscii));
        }
        let value = percent_decode(value);
        match &found {
            Some(first) if *first != value => return Err(error(HeaderErrorKind::Repeated)),
            _ => found = Some(value),
        }
    }
    Ok(found)
}

/// Returns the value of a cookie if its name is the two parts of `name`, one after the other.
fn value_of<'a>(cookie: &'a [u8], name: &[&str; 2]) -> Option<&'a [u8]> {
    let [first, second] = name;
    let rest = cookie.trim_ascii().strip_prefix(first.as_bytes())?;
    rest.strip_prefix(second.as_bytes())?.strip_prefix(b"=")
}

/// Decodes `%` and two hexadecimal digits to a byte. Another `%` stays.
fn percent_decode(text: &[u8]) -> Cow<'_, [u8]> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    if !text.contains(&b'%') {
        return text.into();
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        let escaped = match (first, after) {
            (b'%', [high, low, after @ ..]) => {
                digit(*high).zip(digit(*low)).map(|(high, low)| (high << 4 | low, after))
            }
            _ => None,
        };
        let (byte, after) = escaped.unwrap_or((first, after));
        decoded.push(byte);
        rest = after;
    }
    decoded.into()
}

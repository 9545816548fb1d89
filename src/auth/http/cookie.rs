//! The session cookies in the `Cookie` fields of a request: [`SessionCookies`].

use std::borrow::Cow;

use ::http::header::COOKIE;
use ::http::{HeaderMap, HeaderValue};
use memchr::{memchr, memchr_iter};

use super::error::{HeaderError, HeaderErrorKind};

/// The percent-decoded values of the session cookies of a project. A cookie without a value is empty.
#[derive(Default)]
pub(super) struct SessionCookies<'a> {
    main: Option<Cow<'a, [u8]>>,
    legacy: Option<Cow<'a, [u8]>>,
}

impl<'a> SessionCookies<'a> {
    /// Finds the cookies `name` and `name` with `_legacy`.
    ///
    /// Takes time in proportion to the length of the fields, and copies only values with a `%`.
    ///
    /// # Errors
    ///
    /// A cookie is not ASCII, or the request has it with different values.
    pub(super) fn find(headers: &'a HeaderMap, name: &str) -> Result<Self, HeaderError> {
        let mut cookies = Self::default();
        for field in headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes) {
            let mut start = 0;
            for end in memchr_iter(b';', field).chain([field.len()]) {
                let cookie = field.get(start..end).unwrap_or_default();
                if let Some(rest) = cookie.trim_ascii().strip_prefix(name.as_bytes()) {
                    cookies.insert(rest)?;
                }
                start = end + 1;
            }
        }
        Ok(cookies)
    }

    /// Returns the cookie that decides: the main one, or else the legacy one.
    pub(super) fn into_value(self) -> Option<Cow<'a, [u8]>> {
        self.main.or(self.legacy)
    }

    /// Inserts a cookie, of which `rest` is the text after the main name.
    fn insert(&mut self, rest: &'a [u8]) -> Result<(), HeaderError> {
        let error = |kind| Err(HeaderError::new(kind, "Cookie"));
        let (place, value) = if let Some(value) = rest.strip_prefix(b"=") {
            (&mut self.main, value)
        } else if let Some(value) = rest.strip_prefix(b"_legacy=") {
            (&mut self.legacy, value)
        } else {
            return Ok(());
        };
        // A `HeaderValue` contains no control characters but the tab.
        if !value.is_ascii() {
            return error(HeaderErrorKind::NotAscii);
        }
        let value = percent_decode(value);
        match place {
            Some(first) if *first != value => return error(HeaderErrorKind::Repeated),
            _ => *place = Some(value),
        }
        Ok(())
    }
}

/// Decodes `%` and two hexadecimal digits to a byte. Another `%` stays.
fn percent_decode(text: &[u8]) -> Cow<'_, [u8]> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    if memchr(b'%', text).is_none() {
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

//! The credentials in the headers of one request: [`RequestCredentials`].

use std::borrow::Cow;
use std::fmt;

use ::http::header::COOKIE;
use ::http::{HeaderMap, HeaderValue};

use super::cookie::SessionCookies;
use super::error::{HeaderError, HeaderErrorKind};
use super::session::{
    MalformedSession, SessionFormat, SessionValue, fallback_entry, session_cookie_name,
};
use crate::auth::credentials::{Credentials, ImpersonationTarget};
use crate::principal::is_empty_id;

/// The maximum length of each header but cookies, JWTs and keys: 8 KiB, the limit of many HTTP servers for a
/// line. The authenticator accepts JWTs and keys up to [`MAX_TOKEN_LEN`](crate::auth::MAX_TOKEN_LEN).
pub const MAX_HEADER_LEN: usize = 8 * 1024;

/// The maximum length of all `Cookie` fields of a request, and of `X-Fallback-Cookies`: 64 KiB. Common HTTP
/// servers accept less.
pub const MAX_COOKIES_LEN: usize = 64 * 1024;

/// The credentials in the headers of a request, read in Appwrite's order.
///
/// Values are borrowed from the headers. Only a decoded session is copied. `Debug` prints no secret.
///
/// ```
/// use rolegate::auth::http::RequestCredentials;
///
/// let mut headers = http::HeaderMap::new();
/// headers.insert("x-appwrite-project", "p1".parse()?);
/// headers.insert("x-appwrite-key", "standard_abc".parse()?);
/// let request = RequestCredentials::from_headers(&headers, "p1")?;
/// assert_eq!(request.project(), Some("p1"));
///
/// headers.append("x-appwrite-key", "standard_def".parse()?);
/// let error = RequestCredentials::from_headers(&headers, "p1").unwrap_err();
/// assert_eq!(error.to_string(), "repeated header `X-Appwrite-Key`; send it once");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct RequestCredentials<'a> {
    /// The credentials without the session.
    headers: Credentials<'a>,
    session: Option<RequestSession<'a>>,
}

/// A session that was read from cookies or headers.
#[derive(Clone)]
enum RequestSession<'a> {
    OfUser(SessionValue),
    BareSecret(Cow<'a, str>),
}

impl<'a> RequestCredentials<'a> {
    /// Reads the headers of a request to a project. Sessions are in Appwrite's format.
    ///
    /// Takes time in proportion to the length of the headers. Values beyond a limit are not read.
    ///
    /// # Errors
    ///
    /// A header is repeated, not ASCII or too long, or the session is malformed.
    pub fn from_headers(headers: &'a HeaderMap, project_id: &str) -> Result<Self, HeaderError> {
        Self::from_headers_with(headers, project_id, SessionFormat::Appwrite)
    }

    /// Reads the headers of a request to a project. Sessions have the given format.
    ///
    /// # Errors
    ///
    /// A header is repeated, not ASCII or too long, or the session is malformed.
    pub fn from_headers_with(
        headers: &'a HeaderMap,
        project_id: &str,
        format: SessionFormat,
    ) -> Result<Self, HeaderError> {
        let text = |name| text(headers, name, MAX_HEADER_LEN);
        let token = |name| text_of_any_length(headers, name);
        let credentials = Credentials::none()
            .with_project(text("X-Appwrite-Project")?)
            .with_jwt(token("X-Appwrite-JWT")?)
            .with_key(token("X-Appwrite-Key")?)
            .with_key_user(text("X-Appwrite-User")?)
            .with_key_organization(text("X-Appwrite-Organization")?)
            .with_impersonation_target(
                text("X-Appwrite-Impersonate-User-Id")?.map(ImpersonationTarget::Id),
            )
            .with_impersonation_target(
                text("X-Appwrite-Impersonate-User-Email")?.map(ImpersonationTarget::Email),
            )
            .with_impersonation_target(
                text("X-Appwrite-Impersonate-User-Phone")?.map(ImpersonationTarget::Phone),
            );
        let session = session(headers, project_id, format)?;
        Ok(Self { headers: credentials, session })
    }

    /// Returns the credentials, for [`Authenticator::begin`](crate::auth::Authenticator::begin) and
    /// [`Authenticator::authenticate`](crate::auth::Authenticator::authenticate).
    #[must_use]
    pub fn credentials(&self) -> Credentials<'_> {
        match &self.session {
            None => self.headers,
            Some(RequestSession::OfUser(SessionValue { user_id, secret })) => {
                self.headers.with_session(user_id, secret)
            }
            Some(RequestSession::BareSecret(secret)) => self.headers.with_session_secret(secret),
        }
    }

    /// Returns the project in `X-Appwrite-Project`, or `None` if the header is absent or empty.
    ///
    /// For a session or a JWT, this project is not compared with the project of the authenticator. The host
    /// refuses requests that name another project.
    #[must_use]
    pub fn project(&self) -> Option<&'a str> {
        self.headers.project
    }
}

/// Returns the session from the first source that has one.
///
/// Source: the `user` resource of appwrite/appwrite.
fn session<'a>(
    headers: &'a HeaderMap,
    project_id: &str,
    format: SessionFormat,
) -> Result<Option<RequestSession<'a>>, HeaderError> {
    let fields = headers.get_all(COOKIE).iter();
    check_len(fields.map(HeaderValue::len).sum(), MAX_COOKIES_LEN, "Cookie")?;
    let name = session_cookie_name(project_id);
    let cookies = SessionCookies::find(headers, &name)?;
    let header = text(headers, "X-Appwrite-Session", MAX_HEADER_LEN)?;
    let fallback = value(headers, "X-Fallback-Cookies", MAX_COOKIES_LEN)?;

    if let Some(cookie) = cookies.into_value()
        && let Some(session) = RequestSession::read(cookie, format, "Cookie")?
    {
        return Ok(Some(session));
    }
    if let Some(header) = header
        && let Some(session) =
            RequestSession::read(header.as_bytes().into(), format, "X-Appwrite-Session")?
    {
        return Ok(Some(session));
    }
    let fallback = fallback.and_then(|json| fallback_entry(json.as_bytes(), &name));
    let fallback = fallback.map(|entry| String::from(entry).into_bytes().into());
    match fallback {
        Some(entry) => RequestSession::read(entry, format, "X-Fallback-Cookies"),
        None => Ok(None),
    }
}

impl<'a> RequestSession<'a> {
    /// Reads the value of a session. Returns `None` if the value is not a session.
    fn read(
        value: Cow<'a, [u8]>,
        format: SessionFormat,
        header: &'static str,
    ) -> Result<Option<Self>, HeaderError> {
        let error = |kind| HeaderError::new(kind, header);
        match format {
            SessionFormat::Appwrite => match SessionValue::decode(&value) {
                Ok(session) => Ok(session.map(Self::OfUser)),
                Err(MalformedSession) => Err(error(HeaderErrorKind::MalformedSession)),
            },
            SessionFormat::BareSecret => {
                let secret = match value {
                    Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok().map(Cow::from),
                    Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::from),
                };
                let secret = secret.ok_or_else(|| error(HeaderErrorKind::NotAscii))?;
                Ok((!is_empty_id(&secret)).then_some(Self::BareSecret(secret)))
            }
        }
    }
}

/// Returns the value of a header, or an error if the request has the header twice.
fn value<'a>(
    headers: &'a HeaderMap,
    name: &'static str,
    limit: usize,
) -> Result<Option<&'a HeaderValue>, HeaderError> {
    let mut values = headers.get_all(name).iter();
    let value = values.next();
    if values.next().is_some() {
        return Err(HeaderError::new(HeaderErrorKind::Repeated, name));
    }
    check_len(value.map_or(0, HeaderValue::len), limit, name)?;
    Ok(value)
}

/// Returns the value of a header as text, or an error if the value is not ASCII.
fn text<'a>(
    headers: &'a HeaderMap,
    name: &'static str,
    limit: usize,
) -> Result<Option<&'a str>, HeaderError> {
    let value = value(headers, name, limit)?;
    let text = value.map(|value| value.to_str()).transpose();
    text.map_err(|_| HeaderError::new(HeaderErrorKind::NotAscii, name))
}

/// Returns the text of a JWT or a key, whose length the authenticator checks.
fn text_of_any_length<'a>(
    headers: &'a HeaderMap,
    name: &'static str,
) -> Result<Option<&'a str>, HeaderError> {
    text(headers, name, usize::MAX)
}

fn check_len(len: usize, limit: usize, header: &'static str) -> Result<(), HeaderError> {
    if len > limit {
        return Err(HeaderError::new(HeaderErrorKind::TooLong { limit }, header));
    }
    Ok(())
}

impl fmt::Debug for RequestCredentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RequestCredentials").field(&self.credentials()).finish()
    }
}

//! The credentials in the headers of an HTTP request. This module needs the feature `http`.
//!
//! [`RequestCredentials::from_headers`] reads a [`HeaderMap`](::http::HeaderMap) of the crate `http`, which
//! hyper, axum and tonic use. A host with another type of headers copies them into a `HeaderMap`.
//!
//! ```
//! use rolegate::auth::http::{RequestCredentials, encode_session};
//! use rolegate::auth::{Authenticator, JwtKeys, Secret, Step};
//! use std::time::SystemTime;
//!
//! let authenticator = Authenticator::new(JwtKeys::new(Secret::new("your-secret-key")?), "p1");
//!
//! let mut headers = http::HeaderMap::new();
//! let cookie = format!("theme=dark; a_session_p1={}", encode_session("user-a", "session-secret"));
//! headers.insert("cookie", cookie.parse()?);
//!
//! let request = RequestCredentials::from_headers(&headers, authenticator.project_id())?;
//! let step = authenticator.begin(&request.credentials(), SystemTime::now())?;
//! assert!(matches!(step, Step::FindUser(_)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Headers
//!
//! | header | content |
//! | --- | --- |
//! | `Cookie` | the session, as `a_session_<project>` or else `a_session_<project>_legacy` |
//! | `X-Appwrite-Session` | the session, if the cookies have none |
//! | `X-Fallback-Cookies` | a JSON object with the session as `a_session_<project>`, if there is no other |
//! | `X-Appwrite-JWT` | the JWT |
//! | `X-Appwrite-Key` | the API key |
//! | `X-Appwrite-User` | the user of an account key |
//! | `X-Appwrite-Organization` | the team of an organization key |
//! | `X-Appwrite-Project` | the project |
//! | `X-Appwrite-Impersonate-User-Id`, `-Email`, `-Phone` | the target of an impersonation; the first counts |
//!
//! An empty value counts as absent. A session value without an id and a secret counts as absent, and the
//! next source is read. The main cookie decides over the legacy cookie, even if it is empty.
//!
//! # Session values
//!
//! A session is base64 of a JSON object: `{"id": "user-a", "secret": "..."}`, where `id` is the id of the
//! *user*. The rules are those of PHP: white space is ignored, padding may be absent but not wrong, and of a
//! repeated member the last one counts. The value of a cookie is percent-decoded, and `+` stays `+`.
//! [`SessionFormat::BareSecret`] is for hosts whose sessions are a secret alone.
//!
//! # Refused headers
//!
//! | headers | outcome |
//! | --- | --- |
//! | a repeated cookie with the same value | counts once |
//! | a repeated cookie with different values | 400 `general_argument_invalid` |
//! | any other repeated header of the table | 400 `general_argument_invalid` |
//! | a session cookie or header that is not ASCII | 400 `general_argument_invalid` |
//! | a session whose `id` or `secret` is no text, or whose JSON only PHP may read | 400 `general_argument_invalid` |
//! | a value longer than [`MAX_HEADER_LEN`], except that of a cookie, a JWT or a key | 431 `general_argument_invalid` |
//! | all cookies together, or `X-Fallback-Cookies`, longer than [`MAX_COOKIES_LEN`] | 431 `general_argument_invalid` |
//!
//! HTTP/2 can split cookies into several `Cookie` fields, which are joined. Other cookies are not checked.
//! `X-Fallback-Cookies` may contain UTF-8, because it holds other cookies too.
//!
//! Two differences from Appwrite are deliberate. Appwrite makes a guest of most malformed sessions, and this
//! module refuses them. Appwrite's HTTP library looks up cookies by their names in lower case, so a project
//! whose id has capitals has no session cookies there. Here the name of a cookie is compared as it is.
//!
//! Source: the `user` resource of appwrite/appwrite, and `Store::decode` of utopia-php/auth. Appwrite's HTTP
//! server uses one of several repeated values. A proxy in front of the host could use another one, so this
//! module refuses them.

mod cookie;
mod error;
mod request;
mod session;

pub use error::{HeaderError, HeaderErrorKind};
pub use request::{MAX_COOKIES_LEN, MAX_HEADER_LEN, RequestCredentials};
pub use session::{SessionFormat, encode_session, session_cookie_name};

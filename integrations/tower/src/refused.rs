//! The answer to a request that is refused: [`Refused`].

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::Full;
use rolegate::Refusal;

use crate::protocol::Protocol;

/// The answer to a request that is refused: Appwrite's JSON with `message`, `code` and `type`.
///
/// A handler that returns `Result<T, Refused>` uses `?` on every [`Refusal`] of rolegate:
///
/// ```
/// use rolegate::{Action, Collection, Principal};
/// use rolegate_tower::Refused;
///
/// fn delete(collection: &Collection, principal: &Principal) -> Result<(), Refused> {
///     collection.create(principal)?;
///     Ok(())
/// }
///
/// let refused = delete(&Collection::default(), &Principal::guest()).unwrap_err();
/// assert_eq!(refused.status(), 401);
/// assert_eq!(refused.error_type(), "user_unauthorized");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    status: StatusCode,
    error_type: &'static str,
    message: Box<str>,
}

impl Refused {
    /// The answer to a request that names another project than the one of the authenticator.
    #[cold]
    pub(crate) fn other_project() -> Self {
        Self::new(StatusCode::NOT_FOUND, "project_not_found", "project not found")
    }

    /// The answer to a request without an identity, which is a fault of the server.
    #[cold]
    pub(crate) fn missing_layer() -> Self {
        const MESSAGE: &str = "no identity in this request: the server lacks `rolegate_tower::IdentityLayer` \
             around this route. With axum, call `.layer(identity)` after the routes and after the other \
             layers. With `tower::ServiceBuilder`, put it before the other layers";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "general_unknown", MESSAGE)
    }

    fn new(status: StatusCode, error_type: &'static str, message: &str) -> Self {
        Self { status, error_type, message: message.into() }
    }

    /// Returns the HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the `type` in the body, such as `user_unauthorized`.
    #[must_use]
    pub fn error_type(&self) -> &'static str {
        self.error_type
    }

    /// Returns the `message` in the body.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the response, with JSON.
    #[must_use]
    pub fn to_response(&self) -> Response<Full<Bytes>> {
        Protocol::Json.answer(self)
    }
}

/// Converts a refusal. An error of a directory becomes 500 `general_unknown` without its cause.
impl<R: Refusal> From<R> for Refused {
    fn from(refusal: R) -> Self {
        let status = StatusCode::from_u16(refusal.status());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self::new(status, refusal.error_type(), &refusal.to_string())
    }
}

#[cfg(feature = "axum")]
impl axum_core::response::IntoResponse for Refused {
    fn into_response(self) -> axum_core::response::Response {
        self.to_response().map(axum_core::body::Body::new)
    }
}

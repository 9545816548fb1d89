//! Every refusal, in Appwrite's shape: [`Failure`].

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rolegate::{
    AuthenticateError, GrantError, MissingScope, RequestError, TableFull, Unauthorized,
};
use serde_json::{Value, json};

/// Why a request got no answer: status, type and message.
#[derive(Debug)]
pub struct Failure(u16, String, String);

impl Failure {
    pub fn new(status: u16, kind: impl Into<String>, message: impl ToString) -> Self {
        Self(status, kind.into(), message.to_string())
    }

    pub fn argument(message: impl ToString) -> Self {
        Self::new(400, "general_argument_invalid", message)
    }

    /// What went wrong is for the log: it can say more than the caller may know.
    pub fn internal(error: impl ToString) -> Self {
        tracing::error!(error = error.to_string(), "a request failed");
        Self::new(500, "general_unknown", "the server could not answer")
    }

    pub fn body(&self) -> Value {
        let Self(code, kind, message) = self;
        let version = env!("CARGO_PKG_VERSION");
        json!({ "message": message, "code": code, "type": kind, "version": version })
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (StatusCode::from_u16(self.0).unwrap_or_default(), axum::Json(self.body())).into_response()
    }
}

macro_rules! failure_from {
    ($($error:ty: |$name:ident| $failure:expr;)*) => {$(
        impl From<$error> for Failure {
            fn from($name: $error) -> Self {
                $failure
            }
        }
    )*};
}

failure_from! {
    rusqlite::Error: |error| Self::internal(error);
    TableFull: |error| Self::internal(error);
    Unauthorized: |error| Self::new(401, "user_unauthorized", error);
    MissingScope: |error| Self::new(401, "general_unauthorized_scope", error);
    AuthenticateError: |error| Self::new(error.status(), error.error_type(), error);
    RequestError<Failure>: |error| match error {
        RequestError::Directory(failure) => failure,
        RequestError::Refused(error) => error.into(),
        error => Self::internal(format!("{error:?}")),
    };
    GrantError: |error| match &error {
        GrantError::RoleNotHeld { .. } => Self::new(401, "user_unauthorized", error),
        GrantError::Malformed(malformed) => {
            Self::argument(format!("{malformed} (at byte {})", malformed.error().span().start))
        }
        _ => Self::argument(error),
    };
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.2)
    }
}

impl std::error::Error for Failure {}

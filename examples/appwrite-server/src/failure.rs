//! Every refusal, in Appwrite's shape: [`Failure`].

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rolegate::{
    AuthenticateError, GrantError, MissingScope, RequestError, TableFull, Unauthorized,
};
use serde_json::{Value, json};

/// Why a request got no answer: status, type and message; and what is for the log only, because it
/// can say more than the caller may know.
#[derive(Debug)]
pub struct Failure(u16, String, String, Option<String>);

impl Failure {
    pub fn new(status: u16, kind: impl Into<String>, message: impl ToString) -> Self {
        Self(status, kind.into(), message.to_string(), None)
    }

    pub fn argument(message: impl ToString) -> Self {
        Self::new(400, "general_argument_invalid", message)
    }

    pub fn internal(error: impl ToString) -> Self {
        let message = "the server could not answer";
        Self(500, "general_unknown".into(), message.into(), Some(error.to_string()))
    }

    pub fn body(&self) -> Value {
        let Self(code, kind, message, _) = self;
        let version = env!("CARGO_PKG_VERSION");
        json!({ "message": message, "code": code, "type": kind, "version": version })
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if let Some(error) = &self.3 {
            tracing::error!(error, "a request failed");
        }
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
        f.write_str(self.3.as_ref().unwrap_or(&self.2))
    }
}

impl std::error::Error for Failure {}

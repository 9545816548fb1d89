//! Every refusal, in Appwrite's shape: [`Failure`].

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rolegate::{AuthenticateError, GrantError, MissingScope, Unauthorized};
use serde_json::{Value, json};

/// Why a request got no answer: the status, the type and the message.
#[derive(Debug)]
pub struct Failure(pub u16, pub String, pub String);

impl Failure {
    pub fn new(status: u16, kind: &str, message: impl ToString) -> Self {
        Self(status, kind.into(), message.to_string())
    }

    pub fn argument(message: impl ToString) -> Self {
        Self::new(400, "general_argument_invalid", message)
    }

    pub fn no_route() -> Self {
        let message = "expected a route of this server, found another";
        Self::new(404, "general_route_not_found", message)
    }

    /// Errors of rolegate say what to answer. Of others the caller is told nothing, and the log all.
    pub fn of(error: anyhow::Error) -> Self {
        macro_rules! refusals {
            ($($refusal:ty),*) => {$(
                if let Some(refused) = error.downcast_ref::<$refusal>() {
                    return Self::new(refused.status(), refused.error_type(), refused);
                }
            )*};
        }
        refusals!(AuthenticateError, MissingScope, Unauthorized, GrantError);
        error.downcast().unwrap_or_else(|error| {
            tracing::error!("a request failed: {error:#}");
            Self::new(500, "general_unknown", "the server could not answer")
        })
    }

    /// The same where documents are rows.
    pub fn of_rows(self) -> Self {
        let Self(status, kind, message) = self;
        if !kind.starts_with("document_") && !kind.starts_with("collection_") {
            return Self(status, kind, message);
        }
        let renamed = |text: String| text.replace("document", "row").replace("collection", "table");
        Self(status, renamed(kind), renamed(message))
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

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.2)
    }
}

impl std::error::Error for Failure {}

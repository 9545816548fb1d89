//! Refusals in Appwrite's format: [`Failure`].

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rolegate::auth::http::HeaderError;
use rolegate::auth::{AuthenticateError, MissingScope};
use rolegate::{AccessDenied, Refusal, SetPermissionsError};
use rusqlite::ErrorCode::{DatabaseBusy, OperationInterrupted};
use serde_json::{Value, json};

use crate::limits::MAX_MESSAGE;

/// A refusal: the status, the type and the message.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{2}")]
pub struct Failure(pub u16, pub String, pub String);

impl Failure {
    /// Creates a refusal. The message is cut at [`MAX_MESSAGE`] bytes.
    pub fn new(status: u16, kind: &str, message: impl ToString) -> Self {
        Self(status, kind.into(), cut(message.to_string()))
    }

    pub fn argument(message: impl ToString) -> Self {
        Self::new(400, "general_argument_invalid", message)
    }

    pub fn no_route() -> Self {
        Self::new(404, "general_route_not_found", "route not found")
    }

    /// Creates the refusal of a request whose deadline has passed.
    pub fn late() -> Self {
        Self::new(408, "general_timeout", "the request took too long")
    }

    /// Converts an error to a refusal. Errors of rolegate have a status and a type. Other errors are logged, and
    /// the client gets no details.
    pub fn of(error: anyhow::Error) -> Self {
        // The cause is a search, the look-up of a caller, or a write that waited for another process.
        let sqlite = error.chain().find_map(|cause| cause.downcast_ref::<rusqlite::Error>());
        let code = sqlite.and_then(|error| error.sqlite_error_code());
        if matches!(code, Some(OperationInterrupted | DatabaseBusy)) {
            return Self::new(408, "database_timeout", "the database took too long");
        }
        if let Some(refusal) = refusal(&error) {
            if refusal.status() >= 500 {
                tracing::error!("a request failed: {error:#}");
            }
            return Self::new(refusal.status(), refusal.error_type(), refusal);
        }
        error.downcast().unwrap_or_else(|error| {
            tracing::error!("a request failed: {error:#}");
            Self::new(500, "general_unknown", "internal error")
        })
    }

    /// Returns the same refusal with the names of the interface in which documents are rows.
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

/// Returns the error of rolegate that refused a request.
fn refusal(error: &anyhow::Error) -> Option<&dyn Refusal> {
    let access = error.downcast_ref::<AccessDenied>().map(|error| error as &dyn Refusal);
    let caller = || error.downcast_ref::<AuthenticateError>().map(|error| error as _);
    let header = || error.downcast_ref::<HeaderError>().map(|error| error as _);
    let scope = || error.downcast_ref::<MissingScope>().map(|error| error as _);
    let permissions = || error.downcast_ref::<SetPermissionsError>().map(|error| error as _);
    access.or_else(header).or_else(caller).or_else(scope).or_else(permissions)
}

/// Cuts a message at [`MAX_MESSAGE`] bytes, and marks the cut.
pub fn cut(mut message: String) -> String {
    if message.len() > MAX_MESSAGE {
        let end = (0..=MAX_MESSAGE).rev().find(|at| message.is_char_boundary(*at));
        message.truncate(end.unwrap_or(0));
        message.push('…');
    }
    message
}

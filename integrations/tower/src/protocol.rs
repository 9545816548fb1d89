//! The protocol in which a refusal is answered: [`Protocol`].

use std::fmt::Write;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Response, StatusCode};
use http_body_util::Full;
use serde_json::json;

use crate::refused::Refused;

/// The protocol of a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Protocol {
    /// The client reads the HTTP status and JSON.
    Json,
    /// The client reads the status in the header `grpc-status`. It takes a body of JSON for a broken message.
    Grpc,
}

impl Protocol {
    /// Returns the protocol of a request by its content type.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let content_type = headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
        match content_type.strip_prefix(b"application/grpc") {
            Some([] | [b'+' | b';', ..]) => Self::Grpc,
            _ => Self::Json,
        }
    }

    /// Returns the answer to a request that is refused.
    pub(crate) fn answer(self, refused: &Refused) -> Response<Full<Bytes>> {
        match self {
            Self::Json => json_answer(refused),
            Self::Grpc => grpc_answer(refused),
        }
    }
}

fn json_answer(refused: &Refused) -> Response<Full<Bytes>> {
    let status = refused.status();
    let (message, kind) = (refused.message(), refused.error_type());
    let body = json!({ "message": message, "code": status.as_u16(), "type": kind });
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Returns a response of headers alone, whose HTTP status is 200, as gRPC requires.
fn grpc_answer(refused: &Refused) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    let status = HeaderName::from_static("grpc-status");
    headers.insert(status, HeaderValue::from_static(grpc_status(refused.status())));
    if let Ok(message) = HeaderValue::try_from(percent_encode(refused.message())) {
        headers.insert(HeaderName::from_static("grpc-message"), message);
    }
    response
}

/// Returns the status of gRPC for an HTTP status of a [`Refused`].
fn grpc_status(status: StatusCode) -> &'static str {
    match status.as_u16() {
        // INVALID_ARGUMENT
        400 | 431 => "3",
        // NOT_FOUND
        404 => "5",
        // PERMISSION_DENIED
        403 => "7",
        // FAILED_PRECONDITION
        412 => "9",
        // UNAUTHENTICATED
        401 => "16",
        // INTERNAL
        _ => "13",
    }
}

/// Encodes a message for the header `grpc-message`: visible ASCII, with `%` and two digits for other bytes.
fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' '..=b'~' if byte != b'%' => encoded.push(byte.into()),
            _ => {
                // Writing to a `String` does not fail.
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

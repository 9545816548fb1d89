//! The query parameters of a connection.

use axum::http::{HeaderName, HeaderValue};

use crate::failure::Failure;
use crate::request::Call;

/// The parameters that are credentials, and the headers that they stand for. A browser cannot set headers of a
/// WebSocket.
const CREDENTIALS: [(&str, HeaderName); 2] = [
    ("project", HeaderName::from_static("x-appwrite-project")),
    ("jwt", HeaderName::from_static("x-appwrite-jwt")),
];

/// Returns the channels that a request names, and adds the headers that its parameters stand for. If the header
/// is there too, the header counts, as in Appwrite.
pub fn take(call: &mut Call) -> Result<Vec<String>, Failure> {
    let mut channels = Vec::new();
    for (name, text) in form_urlencoded::parse(call.uri.query().unwrap_or_default().as_bytes()) {
        if name == "channels" || name.starts_with("channels[") {
            channels.push(text.into_owned());
        } else if let Some((_, header)) = CREDENTIALS.iter().find(|(known, _)| *known == name) {
            let value = HeaderValue::from_str(&text).map_err(Failure::argument)?;
            call.headers.entry(header).or_insert(value);
        }
    }
    Ok(channels)
}
